"""How much conflict a scenario holds, before any run: what its numbers alone let one expect of every format.

Over a sample of draws, in each before any shock and at month 0, the prices of no settlement counted as relief:

- `alpha* = max_x min_p gain_p(x) / top_p`: the share of its best hope that everybody with a vote can have at once. The
  deals x are those of the format's agenda that cross no firm red line of anybody with a vote; `gain_p` is over the
  reservation value, and the best hope `top_p` is the largest gain of p over all these deals, whoever loses. No unit and
  no zero of anybody's utility changes it. A pie to be split by two gives 0.5, by n parties 1/n; a coordination game
  gives 1. It is 0 where no deal is better than no deal for everybody. Who can gain by nothing is left out of the ratio
  and must only lose nothing. The ratio is that of Kalai & Smorodinsky (1975, Other solutions to Nash's bargaining
  problem, Econometrica 43), who take the best hope over deals by which nobody loses: then it would hardly fall below
  1/n, however narrow the zone of agreement, and what is left of a core in conflict would count as all that there is.
- The room of a party: from the status quo to its best and to its worst feasible combination of options, whatever the
  agenda and red lines; the two add up to 1. What the end of the price of no settlement is worth is told apart.
- The stake of a party in an option of a core issue: its gain over no deal where this issue alone moves (with what the
  rules of the file tie to it, as is best for the party).

Everybody with a vote is asked, also where a majority would do; absent parties with standing and homes are not. Spaces
of up to 1,000 deals are solved exactly; elsewhere alpha* is a lower bound by climbing (`largest_share`).

Shape letters: W worlds of the sample, P parties, S seats with a vote, C composites, O options.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.theory.idle_powers import IdlePower, Searched, idle_powers
from sim.analysis.theory.solutions import deals_at_hand, is_small, largest_share
from sim.bargaining.deal_space import NO_LOSS, deal_space, has_a_vote
from sim.types import Structure, Tables
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import By
from sim.types.tables import CORE, TRACK

SAMPLE = 24
"""Draws of the sample."""
LITTLE = 0.7
"""Above this alpha* a format is told to hold little conflict."""
LOWEST = 1 / 3
"""Of the room of a party: a status quo below this lies in its lowest third."""
ENDS = (0.05, 0.95)


@dataclass(frozen=True)
class DrawRange:
    """A number over the draws of the sample: its mean, and its 5% and 95% quantiles."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Floats) -> DrawRange:
        """The range of `values` [W]."""
        low, high = np.quantile(values, ENDS)
        return cls(float(values.mean()), float(low), float(high))


@dataclass(frozen=True)
class FormatConflict:
    """How much conflict those with a vote in one format have among each other."""

    id: str
    share: DrawRange
    """alpha*: share of its best hope that everybody with a vote can have at once."""
    without_deal: int
    """Draws in which no deal was found that is better than no deal for everybody with a vote who can gain at all."""
    hopes: Mapping[str, DrawRange]
    """Party with a vote -> `top_p`, its best hope over no deal, stakes."""
    lowest_third: bool
    """Whether the status quo lies in the lowest third of the room of everybody with a vote, on the mean."""


@dataclass(frozen=True)
class PartyRoom:
    """Where the status quo lies for a party, in stakes: its best minus its worst combination of options is 1."""

    party: str
    above: DrawRange
    below: DrawRange
    relief: DrawRange
    """What the end of its price of no settlement is worth, in addition; below 0 where it lives by the conflict."""
    outside: DrawRange
    """What it can have without any deal, above the status quo."""


@dataclass(frozen=True)
class OptionStake:
    """What an option of a core issue alone is worth to a party, over no deal."""

    party: str
    issue: str
    option: str
    gain: DrawRange
    """Stakes."""
    worse: float
    """Share of draws in which it is worse than no deal."""
    short: float
    """Stakes that it would take to make it as good as no deal: mean over these draws; 0 without any."""
    barred: float
    """Share of draws in which a firm red line of the party's own bars it, so that nothing makes it good."""


@dataclass(frozen=True)
class Conflict:
    """How much conflict a scenario holds."""

    n_draws: int
    exact: bool
    """Whether all deals were looked at; else shares are lower bounds, and deals are said to be found, or not."""
    formats: Annotated[tuple[FormatConflict, ...], By("id")]
    rooms: Annotated[tuple[PartyRoom, ...], By("party")]
    options: Annotated[tuple[OptionStake, ...], By("party", "issue", "option")]
    """Of parties with a vote in a format, or with standing."""
    idle: tuple[IdlePower, ...]

    COMPUTED: ClassVar = ("warnings",)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the figures let one expect whatever the rules are, a sentence each."""
        return tuple(_warnings(self))


def conflict(tables: Tables, structure: Structure, formats: Sequence[int] | None = None) -> Conflict:
    """How much conflict the draws in `tables` hold, for `formats` by position; by default for all but tracks."""
    worlds = np.arange(0, len(tables.price), int(tables.n_regimes[0]))
    chosen = np.flatnonzero(tables.protocol != TRACK).tolist() if formats is None else list(formats)
    searched = _searched(tables, worlds, chosen)
    rooms = tuple(_rooms(tables, structure, worlds))
    return Conflict(
        n_draws=len(worlds),
        exact=all(is_small(space) for f in chosen for space, _, _ in searched[f]),
        formats=tuple(_format_conflict(structure, rooms, f, searched[f]) for f in chosen),
        rooms=rooms,
        options=tuple(_stakes(tables, structure, worlds, chosen)),
        idle=idle_powers(tables, structure, worlds, searched),
    )


def _searched(tables: Tables, worlds: Ints, formats: Sequence[int]) -> Mapping[int, Searched]:
    """Format -> deals, alpha* and deals at hand of each world; formats with the same votes and deals share theirs."""
    known: dict[tuple[bytes, ...], Searched] = {}
    found: dict[int, Searched] = {}
    for f in formats:
        parts = (has_a_vote(tables, f), tables.allowed[f], tables.undertaking[f], tables.undertaken[f])
        key = tuple(np.ascontiguousarray(part).tobytes() for part in parts)
        if key not in known:
            spaces = [deal_space(tables, world, format_index=f) for world in worlds]
            known[key] = tuple((space, *largest_share(space, deals_at_hand(space))) for space in spaces)
        found[f] = known[key]
    return found


def _format_conflict(
    structure: Structure, rooms: Sequence[PartyRoom], format_index: int, searched: Searched
) -> FormatConflict:
    shares = np.maximum([share for _, share, _ in searched], 0.0)
    hopes = np.array([space.highest() for space, _, _ in searched])  # [W, S]
    hopes[~np.isfinite(hopes)] = 0.0  # no deal is left to hope for
    seats = searched[0][0].parties
    return FormatConflict(
        id=structure.formats[format_index].id,
        share=DrawRange.of(shares),
        without_deal=int((shares <= NO_LOSS).sum()),
        hopes={structure.parties[p].id: DrawRange.of(hopes[:, row]) for row, p in enumerate(seats)},
        lowest_third=all(rooms[p].below.mean < LOWEST for p in seats),
    )


def _rooms(tables: Tables, structure: Structure, worlds: Ints) -> Iterator[PartyRoom]:
    place = np.arange(len(tables.status_quo))
    feasible = np.arange(tables.ending.shape[1]) < tables.n_options[:, None]
    for p, info in enumerate(structure.parties):
        value = tables.contribution[worlds, p]
        quo = value[:, place, tables.status_quo].sum(axis=1)
        best = np.where(feasible, value, -np.inf).max(axis=2).sum(axis=1)
        worst = np.where(feasible, value, np.inf).min(axis=2).sum(axis=1)
        ends = tables.ending.max(axis=1).sum()
        parts = (best - quo, quo - worst, 0.0 - tables.price[worlds, p] * ends, tables.outside[worlds, p])
        yield PartyRoom(info.id, *map(DrawRange.of, parts))


def _stakes(tables: Tables, structure: Structure, worlds: Ints, formats: Sequence[int]) -> Iterator[OptionStake]:
    votes = np.any([has_a_vote(tables, f) for f in formats], axis=0)
    asked = votes | (tables.standing[worlds] > 0.0).any(axis=(0, 2, 3))
    allowed = (tables.allowed[formats] == 1).any(axis=0)  # [C, O]
    core = np.flatnonzero(tables.level == CORE).tolist()
    for p, i in product(np.flatnonzero(asked).tolist(), core):
        c, issue = int(tables.issue_composite[i]), structure.issues[i]
        value = tables.contribution[worlds, p, c] - tables.price[worlds, p][:, None] * tables.ending[c]  # [W, O]
        none = value[:, tables.status_quo[c]] + tables.outside[worlds, p]
        for k, option in enumerate(issue.options):
            deals = _alone(tables, i, k)
            deals = deals[allowed[c, deals]]
            if k != issue.status_quo and len(deals):
                barred = (tables.barred[worlds, p, c][:, deals] == 1).all(axis=1)
                of = (structure.parties[p].id, issue.id, option)
                yield _stake(of, value[:, deals].max(axis=1) - none, barred)


def _stake(of: tuple[str, str, str], gain: Floats, barred: Mask) -> OptionStake:
    """The stake of (party, issue, option) from its gain and whether a line bars it, [W] each."""
    loses = gain < -NO_LOSS
    short = float(-gain[loses].mean()) if loses.any() else 0.0
    return OptionStake(*of, DrawRange.of(gain), float(loses.mean()), short, float(barred.mean()))


def _alone(tables: Tables, issue: int, option: int) -> Ints:
    """Composite options with an option of an issue and all else at the status quo, or any with it if there is none."""
    c = tables.issue_composite[issue]
    deals = np.flatnonzero(tables.issue_option[issue] == option)
    others = [i for i in np.flatnonzero(tables.issue_composite == c) if i != issue]
    alone = deals[~(tables.moved[others][:, deals] == 1).any(axis=0)]
    return alone if len(alone) else deals


def _warnings(found: Conflict) -> Iterator[str]:
    agree = "expect agreement unless a rule stands in its way"
    little = [one.id for one in found.formats if one.share.mean > LITTLE]
    if little:
        can = f"everybody with a vote can have more than {LITTLE:g} of its best hope at once"
        yield f"the file holds little conflict in {_listed(little, found)}: {can}; {agree}"
    empty = [one.id for one in found.formats if 2 * one.without_deal > found.n_draws]
    low = [one.id for one in found.formats if one.lowest_third and one.id not in empty]
    if low:
        third = "the status quo lies in the lowest third of what each can get, for everybody with a vote"
        yield f"{third} in {_listed(low, found)}; {agree}"
    if empty:
        none = "no deal is" if found.exact else "no deal was found that is"
        most = " in most draws" if found.n_draws > 1 else ""
        where = f"{most} in {_listed(empty, found)}"
        yield f"{none} better than no deal for everybody with a vote{where}; expect no agreement"


def _listed(ids: Sequence[str], found: Conflict) -> str:
    return "every format" if len(ids) == len(found.formats) > 1 else ", ".join(ids)
