"""The open rule's equilibrium of one table, for the plan of parties that play it.

Deals, seats and consent are those of `table_equilibrium`; the game is that of `open_rule_equilibrium`. Its work
grows with the square of the deals and of the parties and with their coalitions, so all three cap the set of deals.

Shape letters: N deals, P parties with a turn, C composites.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np

from sim.bargaining.deal_choice import chosen_deals
from sim.bargaining.deal_space import Floats, Ints, deal_space
from sim.bargaining.equilibrium import BargainingGame
from sim.bargaining.open_rule_equilibrium import OpenEquilibrium, open_equilibrium
from sim.bargaining.table_seats import seats_of
from sim.types.structure import OPEN_RULE_SEATS
from sim.types.tables import Tables

MOST_WORK = 1_500_000
"""Deals squared, times parties squared, times coalitions: some seconds a table."""


@dataclass(frozen=True)
class OpenTable:
    """The solution of one table; `found` is None where there is nothing to bargain over, and then nobody proposes."""

    parties: Ints  # [P] position in `Tables`, in speaking order
    deals: Ints  # [N, C]
    gains: Floats  # [N, P] stakes over the reservation value
    found: OpenEquilibrium | None


def most_deals(n_parties: int, most: int) -> int:
    """Deals that a game of so many parties may have: `most`, or fewer if they would take too long."""
    return min(most, isqrt(MOST_WORK // (n_parties**2 * 2**n_parties)))


def open_table(tables: Tables, world: int, format_index: int, *, most: int) -> OpenTable:
    """Solve the open rule of one table.

    Args:
        tables: arrays of a scenario.
        world: row of the arrays.
        format_index: position of the format.
        most: deals from which on the set is thinned.

    Raises:
        ValueError: for more than 7 seats, which the solver does not take.
    """
    seats = seats_of(tables, world, format_index)
    n_parties = len(seats.parties)
    if n_parties > OPEN_RULE_SEATS:
        raise ValueError(
            f"strategy `equilibrium` under the open rule is solved for at most {OPEN_RULE_SEATS} seats; "
            f"this table has {n_parties}"
        )
    space = deal_space(tables, world, format_index=format_index, parties=seats.parties)
    if n_parties < 2:
        return OpenTable(seats.parties, np.zeros((0, len(space.status_quo)), dtype=np.int64), np.zeros((0, 1)), None)
    chosen = chosen_deals(space, seats.rule, most=most)
    deals = chosen.deals if chosen.possible else chosen.deals[:0]
    gains = space.gains_of(deals)
    if len(deals) == 0:
        return OpenTable(seats.parties, deals, gains, None)
    game = BargainingGame(gains, seats.recognition, seats.discount, np.zeros(n_parties), seats.rule)
    bloc = tables.bloc[seats.parties].astype(np.int64)
    return OpenTable(seats.parties, deals, gains, open_equilibrium(game, bloc=bloc))
