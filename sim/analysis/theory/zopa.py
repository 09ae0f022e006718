"""The zone of possible agreement of one world, in three senses and two scopes.

**Senses.** A deal is in the ZOPA if everybody whose consent counts is content with it, i.e. gains at least 0 (within
`NO_LOSS`) over its reservation value, and crosses no firm red line of theirs:

- `table`: the parties at the table that have a vote.
- `standing`: also every absent party whose standing, on some issue that the deal moves, is at least `threshold`. Below
  the threshold its refusal is taken not to come through. `expected` does without a threshold: absent parties that are
  not content stop a deal with chance s, their largest standing on what it moves, independently of each other, and each
  deal counts with the chance `prod (1 - s)` that nobody does.
- `pressure`: as `standing`, with the reservation value of every party lowered by the most that the table can press:
  `min(pressure_cap, sum of leverage[p, q])` over principals p of other blocs (each bloc once) with
  `motive[p, q] * (largest gain of p over all deals of the table) > pressure_cost[p, q]`. In a run p presses only where
  that deal pays it, spent levers are weaker and supporters push back, so this is a bound from outside: no deal that
  pressing could carry is left out. With no leverage, no motive or an infinite cost it equals `standing`.

**Scopes.** `package`: the deals of the format's agenda, under a single undertaking those that settle all of its core.
`core`: deals that settle every core issue, each party's gain taken net of what it could have without them: `value(x) -
value(x with all core issues struck back) - outside`. What is available without the core cancels, so cheap issues cannot
pay for hard ones; what comes only with the core (linkages, rules, the end of the price of no settlement, what a
conditional red line ties to it) counts. Other composites without a core issue stay at the status quo.

The status quo itself is never in a ZOPA, since nothing is agreed by it. Shares are of all deals of the scope that the
agenda allows, red lines or not, so a firmer line never widens the ZOPA. A home that must ratify is not asked here.

Shape letters: P parties, Q absent parties with standing, I issues, C composites, O options, N deals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Annotated, Literal

import numpy as np

from sim.analysis.statistics.intervals import wilson
from sim.bargaining.deal_search import NODES, TouchedConsent, largest_minimum, smallest
from sim.bargaining.deal_space import (
    NO_LOSS,
    DealSpace,
    FirmLines,
    deal_space,
    firm_lines,
    has_a_vote,
    list_deals,
    open_options,
)
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import DEAL
from sim.types.tables import CORE, Tables

Scope = Literal["package", "core"]
Sense = Literal["table", "standing", "pressure"]
SCOPES: tuple[Scope, ...] = ("package", "core")
SENSES: tuple[Sense, ...] = ("table", "standing", "pressure")
SAMPLES = 20_000
THRESHOLD = 0.5


@dataclass(frozen=True)
class Zopa:
    """One ZOPA. Where `counted` is false, the shares are estimates from sampled deals."""

    scope: Scope
    sense: Sense
    exists: bool | None
    """None: neither shown nor ruled out by the search."""
    share: float
    """Of all deals of the scope."""
    share_low: float
    """95% Wilson interval; equal to `share` when counted."""
    share_high: float
    expected: float
    """Share with each deal weighed by the chance that no absent party stops it; table: the share."""
    n_deals: float
    """`share` times the deals of the scope."""
    counted: bool
    best: float
    """Largest smallest gain of those asked (over the lowered reservation value under pressure), stakes."""
    gap: float
    """The best there is lies in `[best, best + gap]`; -inf and 0: there is no deal to be asked about."""
    deal: Annotated[Ints | None, DEAL]
    """[C] the deal of `best`."""


@dataclass(frozen=True)
class ZopaQuestion:
    """Who is asked about which deals: rows of `space` are the table's parties first, then absent ones."""

    space: DealSpace
    n_table: int
    standing: Floats  # [Q, C, O] largest standing of each absent party on what the option moves
    lines: FirmLines  # of absent parties
    n_all: float  # deals of the scope with nobody's red lines

    def consent(self, threshold: float) -> TouchedConsent:
        """Absent parties are asked where they have standing of at least `threshold` on something that is moved."""
        rows = np.arange(self.n_table, len(self.space.parties))
        return TouchedConsent(rows, (self.standing >= threshold) & (self.standing > 0.0), self.lines)

    def smallest(self, deals: Ints, consent: TouchedConsent) -> Floats:
        """[N] smallest gain among those asked; -inf where a line is crossed or nothing is moved."""
        n = len(self.space.parties)
        nobody = np.zeros(n, dtype=np.bool_)
        return smallest(self.space, deals, scale=np.ones(n), held=nobody, consent=consent, moved=True)


def zopas(
    tables: Tables, world: int, *, format_index: int = 0, before_each: Callable[[], None] = lambda: None
) -> tuple[Zopa, ...]:
    """Every scope in every sense for one world, package before core, in the order of `SENSES`, at month 0."""
    zones = []
    for scope, sense in product(SCOPES, SENSES):
        before_each()
        question = ask(tables, world, scope, sense, format_index=format_index)
        zones.append(answer(question, scope, sense))
    return tuple(zones)


def ask(tables: Tables, world: int, scope: Scope, sense: Sense, *, format_index: int = 0) -> ZopaQuestion:
    """The deals of a scope, those whose consent a sense asks for, and their floors."""
    seats = has_a_vote(tables, format_index)
    absent = ~seats & (tables.standing[world] > 0.0).any(axis=(1, 2)) & (sense != "table")
    parties = np.concatenate((np.flatnonzero(seats), np.flatnonzero(absent))).astype(np.int64)
    n_table = int(seats.sum())
    table = parties[:n_table]
    plain = deal_space(tables, world, format_index=format_index, parties=parties, lines_of=table)
    allowed = open_options(tables, format_index)
    push = pressure_bound(tables, world, plain, n_table) if sense == "pressure" else np.zeros(len(parties))
    value, usable, floor = plain.value, plain.usable, plain.floor
    if scope == "core":
        within = core_only(tables)
        allowed, usable = allowed & within, usable & within
        back = without_core(tables)
        value = value - np.take_along_axis(value, np.broadcast_to(back, value.shape), axis=2)
        floor = tables.outside[world, parties]
    space = DealSpace(parties, value, floor - push, usable, tables.status_quo, plain.lines)
    standing = largest_standing(tables, world, parties[n_table:])
    lines = firm_lines(tables, world, parties[n_table:])
    return ZopaQuestion(space, n_table, standing, lines, float(np.prod(allowed.sum(axis=1, dtype=np.float64))))


def answer(
    question: ZopaQuestion,
    scope: Scope,
    sense: Sense,
    *,
    threshold: float = THRESHOLD,
    samples: int = SAMPLES,
    nodes: int = NODES,
) -> Zopa:
    """Whether the ZOPA is empty, how large it is, and its best smallest gain: exactly where the deals can be listed."""
    space, n_all = question.space, question.n_all
    consent = question.consent(threshold)
    if space.n_deals == 0.0:
        return Zopa(scope, sense, False, 0.0, 0.0, 0.0, 0.0, 0.0, True, -np.inf, 0.0, None)
    deals = list_deals(space) if space.listable else _sampled(space, samples)
    least = question.smallest(deals, consent)
    each = space.n_deals / len(deals)  # deals that a listed (1) or sampled one stands for
    inside, chance = float((least >= -NO_LOSS).sum()), float(_chance_unstopped(question, deals).sum())
    if space.listable:
        row = int(np.argmax(least))
        best, gap = float(least[row]), 0.0
        deal = deals[row] if best > -np.inf else None
        low = high = inside / n_all
    else:
        search = largest_minimum(space, consent=consent, moved=True, nodes=nodes)
        best, gap, deal = search.value, search.gap, search.deal
        interval = wilson(np.array(inside / samples), np.array(float(samples)))
        low, high = (float(end) * space.n_deals / n_all for end in interval)
    exists = True if best >= -NO_LOSS else None if gap > 0.0 and best + gap >= -NO_LOSS else False
    if best == -np.inf and gap > 0.0:
        exists = None
    shares = (inside * each / n_all, low, high, chance * each / n_all)
    return Zopa(scope, sense, exists, *shares, inside * each, space.listable, best, gap, deal)


def pressure_bound(tables: Tables, world: int, space: DealSpace, n_table: int) -> Floats:
    """[P] most stakes by which the table can lower the reservation value of each party of `space`.

    See the module. `space` holds the table's parties in its first `n_table` rows.
    """
    top = space.highest()
    push = np.zeros(len(space.parties))
    for row, target in enumerate(space.parties):
        blocs: dict[int, float] = {}
        for patron_row, patron in enumerate(space.parties[:n_table]):
            bloc = int(tables.bloc[patron])
            motive, cost = tables.motive[world, patron, target], tables.pressure_cost[world, patron, target]
            willing = motive > 0.0 and motive * top[patron_row] > cost
            if patron != target and willing:
                blocs[bloc] = max(blocs.get(bloc, 0.0), float(tables.leverage[world, patron, target]))
        push[row] = min(float(tables.pressure_cap[world]), sum(blocs.values()))
    return push


def core_only(tables: Tables) -> Mask:
    """[C, O] True where every core issue of the composite is settled; the status quo alone where it has none.

    What a conditional red line ties to a core issue is open, firm or not. Nothing is marked if the scenario has no
    core issue: then there is no core to settle.
    """
    core = np.flatnonzero(tables.level == CORE)
    marked = np.zeros(tables.ending.shape, dtype=np.bool_)
    if len(core) == 0:
        return marked
    marked[np.arange(len(tables.status_quo)), tables.status_quo] = True
    marked[tied_to_core(tables)] = True
    marked[tables.issue_composite[core]] = True
    for i in core:
        marked[tables.issue_composite[i]] &= tables.settles[i] == 1
    return marked


def tied_to_core(tables: Tables) -> Mask:
    """[C] composites without a core issue that a conditional red line of the file ties to one with a core issue."""
    core = np.isin(np.arange(len(tables.status_quo)), tables.issue_composite[tables.level == CORE])
    asked = (tables.line_if_in | tables.line_unless_in) == 1
    return asked[asked[:, core].any(axis=1)].any(axis=0) & ~core


def without_core(tables: Tables) -> Ints:
    """[C, O] the composite option that remains when every core issue of option o is struck back.

    What is tied to the core goes back to the status quo with it.
    """
    back = np.tile(np.arange(tables.ending.shape[1]), (tables.ending.shape[0], 1))
    for i in np.flatnonzero(tables.level == CORE):
        c = tables.issue_composite[i]
        n = tables.n_options[c]
        back[c, :n] = tables.strike_to[i, back[c, :n]]
    tied = tied_to_core(tables)
    back[tied] = tables.status_quo[tied, None]
    return back


def _chance_unstopped(question: ZopaQuestion, deals: Ints) -> Floats:
    """[N] chance that no absent party stops the deal; 0 where the table is not content or nothing is moved."""
    gains = question.space.gains_of(deals)
    chance = chance_unstopped(gains[:, question.n_table :], question.standing, question.lines, deals)
    content = (gains[:, : question.n_table] >= -NO_LOSS).all(axis=1)
    return np.where(content & (deals != question.space.status_quo).any(axis=1), chance, 0.0)


def chance_unstopped(gains: Floats, standing: Floats, lines: FirmLines, deals: Ints) -> Floats:
    """[N] chance that no absent party stops a deal: those that lose or see a line crossed do, with their standing.

    Gains are [N, Q] stakes; standing of each absent party [Q, C, O] by option; deals [N, C].
    """
    power = np.zeros(gains.shape)
    for c in range(deals.shape[1]):
        power = np.maximum(power, standing[:, c, deals[:, c]].T)
    refuses = (gains < -NO_LOSS) | lines.crossed(deals)
    return np.where(refuses, 1.0 - power, 1.0).prod(axis=1)


def largest_standing(tables: Tables, world: int, parties: Ints, issues: Ints | None = None) -> Floats:
    """[Q, C, O] largest standing over the issues of the composite that option o moves; by default over all issues."""
    standing = np.zeros((len(parties), *tables.ending.shape))
    for i in range(len(tables.issue_composite)) if issues is None else issues:
        c = tables.issue_composite[i]
        standing[:, c] = np.maximum(standing[:, c], tables.standing[world, parties, i] * (tables.moved[i] == 1))
    return standing


def _sampled(space: DealSpace, samples: int) -> Ints:
    """[N, C] deals drawn evenly and independently, with replacement; the same for every sense."""
    random = np.random.Generator(np.random.Philox(0))
    sizes = [samples]
    if len(space.pieces) > 1:
        sizes = random.multinomial(samples, np.array([piece.n_deals for piece in space.pieces]) / space.n_deals)
    parts = []
    for piece, size in zip(space.pieces, sizes, strict=True):
        columns = [np.flatnonzero(row)[random.integers(int(row.sum()), size=size)] for row in piece.usable]
        parts.append(np.stack(columns, axis=1).astype(np.int64))
    return np.concatenate(parts)
