"""Vetoes, levers and red lines of a scenario that do nothing, as far as its numbers tell before any run.

The deals that a table *wants* are those at hand (all of up to 1,000, else those that maximise weighted sums of gains,
and that of alpha*) that cost nobody who is asked anything, that move something, and that none of them beats for all who
are asked. In no draw of a format that knows it:

- is an absent party with standing worse off by a deal that those with a vote want and that it could stop, nor does such
  a deal cross a firm red line of its own: its *veto* is idle.
- does the target of a lever lose by a deal that the others with a vote want, that the target could stop, and that is
  worth pressing for to the patron (`motive * gain > cost`): the *lever* is idle.
- has anybody else with a vote more of what a party's firm red lines on an issue bar than of something that they leave:
  to every composite option barred there is one that nobody at the table bars and that all others with a vote like as
  well. These *lines* are idle, and that is exact; nothing is told where a conditional line joins the issue to others.

Told is only what could do something in one of these formats: what no format reads is told by `idle_numbers`.

Shape letters: W worlds, P parties, S seats with a vote, C composites, O options, N deals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.analysis.theory.solutions import deals_at_hand, is_rational
from sim.analysis.theory.zopa import largest_standing
from sim.bargaining.deal_space import NO_LOSS, TIE, DealSpace, any_option, deal_space, firm_lines, pareto_rows
from sim.types import Structure, Tables
from sim.types.arrays import Ints, Mask

Searched = tuple[tuple[DealSpace, float, Ints], ...]
"""Of each world: the deals of those with a vote, alpha*, and deals [N, C] at hand."""

Kind = Literal["veto", "lever", "line"]
_Acts = dict[int, bool]
"""Position of a table at which a power could do something -> whether it does."""


@dataclass(frozen=True)
class _Table:
    """Formats with the same votes over the same deals, and what those with a vote want in each world."""

    formats: list[int]
    voters: Ints  # [S]
    wanted: list[Ints]  # [N, C] each


_Find = Callable[[Tables, Structure, Ints, list[_Table]], Iterator[tuple[int, str, _Acts]]]


@dataclass(frozen=True)
class IdlePower:
    """Something that was found to do nothing."""

    kind: Kind
    party: str
    """Whose it is."""
    on: str
    """The target of a lever, the issue of red lines; empty for a veto."""
    formats: tuple[str, ...]
    """Formats in which it could do something and does nothing."""
    everywhere: bool
    """Whether these are all in which it could."""


def idle_powers(
    tables: Tables, structure: Structure, worlds: Ints, searched: Mapping[int, Searched]
) -> tuple[IdlePower, ...]:
    """Vetoes, levers and lines that do nothing in these worlds [W]; `searched` has the deals of each format."""
    seats = _tables(searched)
    kinds: dict[Kind, _Find] = {"veto": _vetoes, "lever": _levers, "line": _lines}
    idle: list[IdlePower] = []
    for kind, find in kinds.items():
        for party, on, acts in find(tables, structure, worlds, seats):
            rows = sorted(f for row, does in acts.items() if not does for f in seats[row].formats)
            if rows:
                ids = tuple(structure.formats[f].id for f in rows)
                idle.append(IdlePower(kind, structure.parties[party].id, on, ids, not any(acts.values())))
    return tuple(idle)


def _tables(searched: Mapping[int, Searched]) -> list[_Table]:
    formats: dict[int, list[int]] = {}
    for f, found in searched.items():
        formats.setdefault(id(found), []).append(f)
    apart = {id(found): found for found in searched.values()}
    return [
        _Table(formats[key], found[0][0].parties, [wanted_deals(space, deals) for space, _, deals in found])
        for key, found in apart.items()
    ]


def wanted_deals(space: DealSpace, deals: Ints) -> Ints:
    """[K, C] those of `deals` [N, C] that move something, cost no party of the space anything and are best of them."""
    gains = space.gains_of(deals)
    fair = is_rational(gains) & (deals != space.status_quo).any(axis=1)
    return deals[fair][pareto_rows(gains[fair])] if fair.any() else space.none()


def _stops(tables: Tables, world: int, party: int, deals: Ints) -> Mask:
    """[N] whether the deals move something on which a party has standing."""
    return any_option(_standing(tables, world, party), deals)[:, 0]


def _standing(tables: Tables, world: int, party: int) -> Mask:
    """[1, C, O] whether a party has standing on something that the option moves."""
    return largest_standing(tables, world, np.array([party])) > 0.0


def _loses(tables: Tables, world: int, party: int, deals: Ints) -> Mask:
    """[N] whether the deals are worse to a party than no deal."""
    return deal_space(tables, world, parties=[party]).gains_of(deals)[:, 0] < -NO_LOSS


# --- vetoes ---------------------------------------------------------------------------------------------------------


def _vetoes(
    tables: Tables, structure: Structure, worlds: Ints, seats: list[_Table]
) -> Iterator[tuple[int, str, _Acts]]:
    for q in range(len(structure.parties)):
        acts: _Acts = {}
        for row, table in enumerate(seats):
            pairs = [(int(world), deals) for world, deals in zip(worlds, table.wanted, strict=True) if len(deals)]
            allowed = tables.allowed[table.formats[0]] == 1
            could = any((_standing(tables, world, q) & allowed).any() for world, _ in pairs)
            if q not in table.voters and could:
                acts[row] = any(_refuses(tables, world, q, deals).any() for world, deals in pairs)
        yield q, "", acts


def _refuses(tables: Tables, world: int, party: int, deals: Ints) -> Mask:
    crosses = firm_lines(tables, world, np.array([party])).crossed(deals)[:, 0]
    return (crosses | _loses(tables, world, party, deals)) & _stops(tables, world, party, deals)


# --- levers ---------------------------------------------------------------------------------------------------------


def _levers(
    tables: Tables, structure: Structure, worlds: Ints, seats: list[_Table]
) -> Iterator[tuple[int, str, _Acts]]:
    pulls = (tables.leverage[worlds] > 0.0) & (tables.motive[worlds] > 0.0)
    standing = set(np.flatnonzero((tables.standing[worlds] > 0.0).any(axis=(0, 2, 3))).tolist())
    for p, q in np.argwhere(pulls.any(axis=0)).tolist():
        if tables.bloc[p] == tables.bloc[q]:
            continue
        acts: _Acts = {}
        for row, table in enumerate(seats):
            if p in table.voters and (q in table.voters or q in standing):
                drawn = np.flatnonzero(pulls[:, p, q]).tolist()
                acts[row] = any(_presses(tables, worlds, table, w, patron=p, target=q) for w in drawn)
        yield p, structure.parties[q].id, acts


def _presses(tables: Tables, worlds: Ints, table: _Table, draw: int, *, patron: int, target: int) -> bool:
    """Whether a deal that the others want, worth pressing for, makes the target refuse."""
    world, deals, voters = int(worlds[draw]), table.wanted[draw], table.voters
    seated = target in voters
    space = deal_space(tables, world, format_index=table.formats[0], parties=voters[voters != target], lines_of=voters)
    if seated:
        deals = wanted_deals(space, deals_at_hand(space))
    gain = space.gains_of(deals)[:, space.parties.tolist().index(patron)]
    worth = tables.motive[world, patron, target] * gain > tables.pressure_cost[world, patron, target]
    stops = worth if seated else worth & _stops(tables, world, target, deals)
    return bool((stops & _loses(tables, world, target, deals)).any())


# --- red lines ------------------------------------------------------------------------------------------------------


def _lines(tables: Tables, structure: Structure, worlds: Ints, seats: list[_Table]) -> Iterator[tuple[int, str, _Acts]]:
    joined = ((tables.line_if_in | tables.line_unless_in) == 1).any(axis=0)  # what is as good may cross another line
    for p, i in np.ndindex(len(structure.parties), len(structure.issues)):
        c = int(tables.issue_composite[i])
        if not tables.barred[worlds, p, c].any() or joined[c]:
            continue
        barred = np.array([_barred_by(tables, int(world), p, i) for world in worlds])  # [W, O]
        stands = bool((tables.standing[worlds, p] > 0.0).any())
        acts: _Acts = {}
        for row, table in enumerate(seats):
            reached = barred & (tables.allowed[table.formats[0], c] == 1)
            if reached.any() and (stands or p in table.voters):
                pairs = zip(worlds, reached, strict=True)
                acts[row] = any(_missed(tables, int(world), table, bars, party=p, composite=c) for world, bars in pairs)
        yield p, structure.issues[i].id, acts


def _barred_by(tables: Tables, world: int, party: int, issue: int) -> Mask:
    """[O] composite options with an option of the issue that firm lines of the party bar wherever it occurs."""
    barred = tables.barred[world, party, tables.issue_composite[issue]] == 1
    option = tables.issue_option[issue]
    whole = [k for k in set(option[barred].tolist()) if barred[option == k].all()]
    return np.isin(option, whole)


def _missed(tables: Tables, world: int, table: _Table, bars: Mask, *, party: int, composite: int) -> bool:
    """Whether an option that is barred [O] is worth more to another with a vote than all that is left besides."""
    others = table.voters[table.voters != party]
    everyone = np.union1d(table.voters, [party])
    space = deal_space(tables, world, format_index=table.formats[0], parties=others, lines_of=everyone)
    value = space.value[:, composite]  # [S, O]
    left, gone = value[:, space.usable[composite]], value[:, bars]
    as_good = (left[:, :, None] >= gone[:, None, :] - TIE).all(axis=0)
    return bool((~as_good.any(axis=0)).any())
