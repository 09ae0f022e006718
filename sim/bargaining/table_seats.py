"""Who bargains at a table, how often each may propose, and whose consent a deal takes: the game of a talk format.

The stationary equilibrium knows two orders of speaking. Formats of `alternating_offers` are played in turn, the opening
chance equal for every bloc; `proposal_and_vote` and `open_rule` let a proposer be drawn with the chances of the file
(the open rule has a solver of its own, `open_rule_equilibrium`, and here is told as the closed one). Every other
protocol is read as a game of proposers drawn evenly by bloc, over the same seats and with the same consent, and says so
in `notes`. A track is read as its last leg.

In a round every seat has one turn, so a party that discounts a month by `patience` discounts a turn by
`patience ** (1 / (rounds a month * seats))`.

Shape letters: P parties with a turn, F formats, S speaking slots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from sim.bargaining.consent_rules import ROUNDING, ConsentRule, Quota, at_least, unanimity, with_vetoes
from sim.bargaining.equilibrium import Order
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN, Axes
from sim.types.message import Message, message
from sim.types.tables import ALTERNATING_OFFERS, OPEN_RULE, PROPOSAL_AND_VOTE, PROTOCOLS, TRACK, Tables

MOST_PATIENT = 1.0 - 1e-6
"""Largest discount of a turn: where waiting costs nothing, nearly every deal is an equilibrium."""
TRACK_NOTE = "A track is read as its last leg alone, over the deals of all its legs."
NO_GAME = (
    "The theory has no game of {protocol}: this is the one with proposers drawn at random over the same seats "
    "and consent."
)
LIMITS = (
    "The theory's game has no deadline, no absent parties, no pressing, no ratification and no misperception; "
    "the price of no settlement stands as in month 0."
)


@dataclass(frozen=True)
class TableSeats:
    """The game of one format in one world, but for its deals."""

    parties: Annotated[Ints, HIDDEN]  # [P] position in `Tables`, in speaking order
    rule: Annotated[ConsentRule, HIDDEN]
    order: Order
    recognition: Annotated[Floats, Axes("seat")]
    """[P] chance of proposing; in turn, of opening."""
    discount: Annotated[Floats, Axes("seat")]
    """[P] per turn."""
    notes: tuple[Message, ...]
    """Where the game departs from the talks of this format."""


def seats_of(tables: Tables, world: int, format_index: int) -> TableSeats:
    """The seats, order, patience and consent rule of a format or track in one world."""
    if tables.protocol[format_index] == TRACK:
        last = int(tables.legs[format_index, tables.n_legs[format_index] - 1])
        seats = seats_of(tables, world, last)
        return replace(seats, notes=(message(TRACK_NOTE), *seats.notes))
    speaking = tables.turn[format_index]
    parties = speaking[speaking >= 0].astype(np.int64)
    protocol = int(tables.protocol[format_index])
    chance = even_by_bloc(tables.bloc[parties])
    if protocol in (PROPOSAL_AND_VOTE, OPEN_RULE):
        weight = tables.recognition[world, format_index, parties] * chance
        chance = weight / weight.sum() if weight.sum() > 0.0 else chance
    turns = tables.rounds_per_month[format_index] * max(len(parties), 1)
    return TableSeats(
        parties=parties,
        rule=_rule(tables, world, format_index, parties),
        order="alternating" if protocol == ALTERNATING_OFFERS else "random",
        recognition=chance,
        discount=np.minimum(tables.patience[world, parties] ** (1.0 / turns), MOST_PATIENT),
        notes=_notes(tables, format_index, protocol),
    )


def even_by_bloc(bloc: Ints) -> Floats:
    """[P] equal chances for every bloc, split evenly among its members."""
    _, member, size = np.unique(bloc, return_inverse=True, return_counts=True)
    return 1.0 / (len(size) * size[member]) if len(bloc) else np.zeros(0)


def _rule(tables: Tables, world: int, format_index: int, parties: Ints) -> ConsentRule:
    """The consent rule over the parties with a turn; one consent is always needed."""
    n = max(len(parties), 1)
    rule = unanimity(n)
    if tables.unanimous[format_index] == 0:
        strict = bool(tables.strict[format_index])
        weights = (np.ones(n), tables.capability[world, parties])
        counted = zip(weights, tables.quota[format_index].tolist(), strict=True)
        quotas = tuple(quota for of, share in counted if (quota := _quota(of, share, strict=strict)) is not None)
        rule = ConsentRule(quotas) if quotas else at_least(1, n)
    return with_vetoes(rule, np.flatnonzero(tables.vetoes[format_index, parties]).tolist())


def _quota(weights: Floats, share: float, *, strict: bool) -> Quota | None:
    """At least (or, if strict, more than) `share` of the total of `weights`; None where there is nothing to count."""
    total = float(weights.sum())
    if total <= 0.0 or share <= 0.0:
        return None
    least = share * total + (3.0 * ROUNDING * total if strict else 0.0)
    return Quota(tuple(weights.tolist()), min(least, total))


def _notes(tables: Tables, format_index: int, protocol: int) -> tuple[Message, ...]:
    """Sentences on what the game leaves out of this format, beside `LIMITS`."""
    notes: list[Message] = []
    if protocol == OPEN_RULE:
        notes.append(message("Told here is the closed rule: the theory of this page knows no amendments."))
    elif protocol not in (ALTERNATING_OFFERS, PROPOSAL_AND_VOTE):
        notes.append(message(NO_GAME, protocol=message(PROTOCOLS[protocol].replace("_", " "))))
    if tables.abstains[format_index] == 1 and tables.unanimous[format_index] == 0:
        notes.append(message("In the theory's game nobody abstains."))
    if tables.n_stages[format_index] > 1:
        notes.append(message("The theory's game puts the whole agenda into one package."))
    return tuple(notes)
