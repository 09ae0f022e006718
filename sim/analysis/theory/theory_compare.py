"""What the stationary equilibrium expects of every format of a comparison, beside what the talks of the model produce.

For each of the first draws of a comparison the equilibrium of every table is solved (`table_equilibrium`, before any
shock). Two chances are averaged over the draws: that talks end in a deal that settles the core, and that this deal's
core also passes the parties that are not at the table. An absent party refuses if the deal costs it something or
crosses a firm line of it, and its refusal stops the core with its largest standing on a core issue that the deal moves,
independently of others. Pressure, ratification and what becomes of the text later are left out.

The ranking of formats by that second chance is compared, pair by pair, with the ranking by settlements in the runs. A
pair is *level* where either interval includes zero.

Shape letters: D draws, F formats, N deals, Q absent parties.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.comparison.results import Comparison
from sim.analysis.statistics.intervals import Estimate, Ratios, difference, ratios
from sim.analysis.theory.zopa import chance_unstopped, largest_standing
from sim.bargaining.deal_space import deal_space, has_a_vote
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.types.arrays import Floats, Ints
from sim.types.marks import By
from sim.types.message import Message
from sim.types.tables import CORE, Tables

SAMPLE = 50
"""Draws of the sample unless asked otherwise."""
DEALS, CHECKS = 120, 2
"""Smaller sets of deals than for a single table, for speed."""
SAME, REVERSED, LEVEL = "same", "reversed", "level"
MEASURE = "settlement"
"""The measure of the runs whose ranking is compared."""


@dataclass(frozen=True)
class FormatTheory:
    """The equilibrium of one format over the draws."""

    id: str
    core: Estimate
    """Chance that talks end in a deal that settles the core."""
    consented: Estimate
    """Chance that they do and that no absent party stops the core."""
    could: float
    """Share of draws in which the core is settled by some deal that is an equilibrium alone, or by the one told."""
    must: float
    """Share of draws in which it is settled by all of them."""
    n_alike: float
    """Mean number of deals that are equilibria alone."""
    no_game: int
    """Draws without a deal to bargain over."""
    not_converged: int
    """Draws whose solution did not converge; its numbers count all the same."""
    missed: float
    """Most stakes that a proposer could still add by a deal outside the set, over the draws."""
    notes: tuple[Message, ...]
    """Where the game departs from the talks of this format."""


@dataclass(frozen=True)
class PairTheory:
    """The order of two formats in the equilibrium and in the runs."""

    first: str
    second: str
    theory: Estimate
    """Chance of the first minus that of the second."""
    behaviour: Estimate
    """Settlements of the first minus those of the second."""
    verdict: str
    """`SAME`, `REVERSED` or `LEVEL`."""


@dataclass(frozen=True)
class TheoryComparison:
    """The stationary equilibrium beside a comparison."""

    n_draws: int
    formats: Annotated[tuple[FormatTheory, ...], By("id")]
    pairs: tuple[PairTheory, ...]
    concept: str = "stationary equilibrium"

    COMPUTED: ClassVar = ("same", "verdicts")

    @property
    def verdicts(self) -> dict[str, int]:
        """Verdict -> pairs with it."""
        return {verdict: self.count(verdict) for verdict in (SAME, REVERSED, LEVEL)}

    @property
    def same(self) -> bool:
        """No pair that both tell apart is reversed."""
        return all(pair.verdict != REVERSED for pair in self.pairs)

    def count(self, verdict: str) -> int:
        """Pairs with a verdict."""
        return sum(pair.verdict == verdict for pair in self.pairs)


@dataclass(frozen=True)
class _Drawn:
    """What one draw says of one format."""

    core: float
    consented: float
    could: bool
    must: bool
    n_alike: int
    game: bool
    converged: bool
    missed: float
    notes: tuple[Message, ...]


def theory_comparison(
    tables: Tables,
    formats: Sequence[int],
    comparison: Comparison,
    *,
    n_draws: int,
    after_each: Callable[[], None] = lambda: None,
) -> TheoryComparison:
    """Solve every format in every draw and set the ranking beside that of the runs.

    Args:
        tables: arrays of at least the first `n_draws` draws.
        formats: positions of the formats, in the order of the comparison.
        comparison: the runs.
        n_draws: D, at least 2.
        after_each: called after every table solved.
    """
    regimes = int(tables.n_regimes[0])
    drawn: list[list[_Drawn]] = []
    for draw in range(n_draws):
        row = []
        for f in formats:
            row.append(_solve(tables, draw * regimes, f))
            after_each()
        drawn.append(row)
    core = ratios(np.array([[table.core for table in row] for row in drawn]), 1)
    consented = ratios(np.array([[table.consented for table in row] for row in drawn]), 1)
    by_format = tuple(
        _format(comparison.formats[slot].id, column, core.at(slot), consented.at(slot))
        for slot, column in enumerate(zip(*drawn, strict=True))
    )
    return TheoryComparison(n_draws, by_format, _pairs(comparison, consented))


def core_unstopped(tables: Tables, world: int, format_index: int, deals: Ints) -> Floats:
    """[N] chance that no absent party stops the core of each deal [N, C]; see the head of the module."""
    seats = has_a_vote(tables, format_index)
    core = np.flatnonzero(tables.level == CORE)
    absent = np.flatnonzero(~seats & (tables.standing[world][:, core] > 0.0).any(axis=(1, 2)))
    gains = deal_space(tables, world, format_index=format_index, parties=absent, lines_of=[]).gains_of(deals)
    standing = largest_standing(tables, world, absent, core)
    return chance_unstopped(gains, standing, tables.barred[world, absent] == 1, deals)


def _solve(tables: Tables, world: int, format_index: int) -> _Drawn:
    table = table_equilibrium(tables, world, format_index, most=DEALS, checks=CHECKS)
    solution = table.found
    if solution is None:
        return _Drawn(0.0, 0.0, False, False, 0, False, True, 0.0, table.seats.notes)
    unstopped = core_unstopped(tables, world, format_index, table.deals)
    settles, alone = table.core_chance > 0.5, table.core[table.alike]
    return _Drawn(
        core=min(table.core_chance, 1.0),
        consented=min(float(solution.outcome @ (table.core * unstopped)), 1.0),
        could=settles or bool(alone.any()),
        must=settles and bool(alone.all()),
        n_alike=table.n_alike,
        game=True,
        converged=solution.converged,
        missed=max(table.missed or 0.0, 0.0),
        notes=table.seats.notes,
    )


def _format(name: str, drawn: Sequence[_Drawn], core: Estimate, consented: Estimate) -> FormatTheory:
    n = len(drawn)
    return FormatTheory(
        id=name,
        core=core,
        consented=consented,
        could=sum(table.could for table in drawn) / n,
        must=sum(table.must for table in drawn) / n,
        n_alike=sum(table.n_alike for table in drawn) / n,
        no_game=sum(not table.game for table in drawn),
        not_converged=sum(not table.converged for table in drawn),
        missed=max(table.missed for table in drawn),
        notes=drawn[0].notes,
    )


def _pairs(comparison: Comparison, consented: Ratios) -> tuple[PairTheory, ...]:
    """Every pair of the comparison on `MEASURE`, in its order."""
    slot = {result.id: k for k, result in enumerate(comparison.formats)}
    pairs = []
    for pair in comparison.pairs:
        if pair.measure != MEASURE:
            continue
        theory = difference(consented, consented, (slot[pair.first],), (slot[pair.second],))
        verdict = (LEVEL, SAME, REVERSED)[theory.side * pair.difference.side]
        pairs.append(PairTheory(pair.first, pair.second, theory, pair.difference, verdict))
    return tuple(pairs)
