"""What a stationary equilibrium tells parties to do, as arrays for the rules: the plan of the `equilibrium` strategy.

Per world and format the equilibrium of the table is solved (`table_equilibrium`, with a small set of deals). A party
that plays it proposes deal m with chance `plan_chance`, passes with what is missing to 1, and accepts what is worth at
least `plan_value` to it. Where there is no deal to bargain over, it passes and asks for nothing above its reservation.
Under the open rule the plan is that of `sim.bargaining.open_plan`, with replies to each deal on the floor as well.

Shape letters as in `sim.types.tables`: W worlds, F formats, P parties, M deals, J deals on the floor, C
composites.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from sim.bargaining.deal_space import Floats, Ints
from sim.bargaining.open_plan import OpenTable, most_deals, open_table
from sim.bargaining.table_equilibrium import TableEquilibrium, table_equilibrium
from sim.types.tables import EQUILIBRIUM, OPEN_RULE, Tables

PLAN_DEALS = 60
"""Deals in the games of a plan."""
RARE = 1e-6
"""Chance from which a proposal counts; what is rarer goes to the others in proportion."""


def equilibrium_plan(
    tables: Tables,
    formats: Iterable[int],
    *,
    most: int | None = None,
    after_each: Callable[[], None] | None = None,
) -> Tables:
    """The same tables with the plans filled in for parties that play the equilibrium.

    Args:
        tables: arrays of a scenario, any number of worlds.
        formats: positions of the formats that will be played.
        most: most deals in each game; by default 60, and fewer under the open rule if parties are many.
        after_each: called after every table solved, for a progress bar.

    Returns:
        New tables; the same object where no seated party has the strategy. A solution that did not converge is used all
        the same: its proposals and thresholds are then those of no equilibrium, but still a way to play.
    """
    players = tables.strategy == EQUILIBRIUM
    n_worlds, n_formats, n_parties = len(tables.precision), len(tables.n_rounds), len(players)
    shares: dict[tuple[int, int], tuple[Ints, Floats]] = {}
    opened: dict[tuple[int, int], OpenTable] = {}
    values = np.zeros((n_worlds, n_formats, n_parties, n_parties))
    for f in formats:
        speaking = tables.turn[f][tables.turn[f] >= 0]
        if not players[speaking].any():
            continue
        for w in range(n_worlds):
            if tables.protocol[f] == OPEN_RULE:
                opened[w, f] = open_table(tables, w, f, most=most or most_deals(len(speaking), PLAN_DEALS))
                shares[w, f] = _laid(opened[w, f])
                _fill_open_values(values[w, f], opened[w, f])
            else:
                table = table_equilibrium(tables, w, f, most=most or PLAN_DEALS, checks=0)
                shares[w, f] = _proposed(table)
                _fill_values(values[w, f], table)
            if after_each is not None:
                after_each()
    if not shares:
        return tables
    planned = _with_plan(tables, shares, values, players=players)
    return _with_replies(planned, opened) if opened else planned


def _proposed(table: TableEquilibrium) -> tuple[Ints, Floats]:
    """[M, C] deals that are proposed, most frequent first, and [P, M] chances by seat; passing keeps its chance."""
    if table.found is None:
        return table.deals[:0], np.zeros((len(table.seats.parties), 0))
    chance = table.found.proposals
    weight = chance.max(axis=0)
    order = np.argsort(-weight, kind="stable")
    kept = order[weight[order] > RARE]
    total, listed = chance.sum(axis=1, keepdims=True), chance[:, kept].sum(axis=1, keepdims=True)
    scale = np.divide(total, listed, out=np.zeros_like(total), where=listed > 0.0)
    return table.deals[kept], chance[:, kept] * scale


def _fill_values(values: Floats, table: TableEquilibrium) -> None:
    """Write into [P, P] the least that each listener takes from each speaker.

    The solver's parties accept with even chance what is `log(L) / L` of their range of utilities below what they expect
    from refusing, L its precision, and nearly always at what they expect: the chance is rounded to yes or no.
    """
    if table.found is not None:
        seats, precision = table.seats.parties, table.found.precision
        span = np.maximum(table.gains.max(axis=0), 0.0) - np.minimum(table.gains.min(axis=0), 0.0)
        least = table.found.thresholds - np.log(precision) / precision * span
        values[np.ix_(seats, seats)] = np.maximum(least, 0.0)


def _laid(table: OpenTable) -> tuple[Ints, Floats]:
    """[M, C] all deals of an open rule's game, and [P, M] chances of laying each on an empty floor."""
    if table.found is None:
        return table.deals[:0], np.zeros((len(table.parties), 0))
    return table.deals, _without_rare(table.found.proposals)


def _without_rare(chance: Floats) -> Floats:
    """Chances along the last axis without the rare ones, which go to the others in proportion."""
    kept = np.where(chance > RARE, chance, 0.0)
    total, left = chance.sum(axis=-1, keepdims=True), kept.sum(axis=-1, keepdims=True)
    return kept * np.divide(total, left, out=np.zeros_like(total), where=left > 0.0)


def _fill_open_values(values: Floats, table: OpenTable) -> None:
    """Write into [P, P] the least that each listener takes in a final vote, with the solver's slack."""
    if table.found is not None:
        least = np.maximum(table.found.thresholds - table.found.slack, 0.0)
        values[np.ix_(table.parties, table.parties)] = least


def _with_replies(tables: Tables, opened: dict[tuple[int, int], OpenTable]) -> Tables:
    """The tables with read-only replies to deals on the floor, and what each party expects there a session later."""
    n_worlds, n_formats, n_parties, _ = tables.plan_chance.shape
    n_deals = max(len(table.deals) for table in opened.values())
    reply = np.zeros((n_worlds, n_formats, n_parties, n_deals, n_parties, n_deals))
    floor = np.zeros((n_worlds, n_formats, n_parties, n_deals, n_parties))
    slack = np.zeros((n_worlds, n_formats, n_parties))
    for (w, f), table in opened.items():
        if table.found is None:
            continue
        seats, rows = table.parties, np.arange(len(table.deals))
        reply[w, f][np.ix_(seats, rows, seats, rows)] = _without_rare(table.found.replies)
        floor[w, f][np.ix_(seats, rows, seats)] = table.found.later
        slack[w, f, seats] = table.found.slack
    for array in (reply, floor, slack):
        array.flags.writeable = False
    return tables._replace(plan_reply=reply, plan_floor=floor, plan_slack=slack)


def _with_plan(
    tables: Tables, shares: dict[tuple[int, int], tuple[Ints, Floats]], values: Floats, *, players: Ints
) -> Tables:
    """The tables with read-only plans; rows of parties with other strategies stay 0."""
    n_worlds, n_formats, n_parties, _ = values.shape
    n_deals = max(1, *(len(deals) for deals, _ in shares.values()))
    deal = np.broadcast_to(tables.status_quo, (n_worlds, n_formats, n_deals, len(tables.status_quo))).copy()
    chance = np.zeros((n_worlds, n_formats, n_parties, n_deals))
    for (w, f), (deals, share) in shares.items():
        speaking = tables.turn[f][tables.turn[f] >= 0]
        deal[w, f, : len(deals)] = deals
        chance[w, f, speaking, : len(deals)] = share
    chance[:, :, ~players] = 0.0
    values[:, :, :, ~players] = 0.0
    found = {"plan_deal": deal, "plan_chance": chance, "plan_value": values}
    for array in found.values():
        array.flags.writeable = False
    return tables._replace(**found)
