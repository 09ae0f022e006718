"""What the stationary equilibrium expects of every format of a comparison, beside what the talks of the model produce.

For each of the first draws of a comparison the equilibrium of every table is solved (`table_equilibrium`, before any
shock). Two chances are averaged over the draws: that talks end in a deal that settles the core, and that this deal's
core also passes the parties that are not at the table. An absent party refuses if the deal costs it something or
crosses a firm line of it, and its refusal stops the core with its largest standing on a core issue that the deal moves,
independently of others. Pressure, ratification and what becomes of the text later are left out.

The ranking of formats by that second chance is compared, pair by pair, with the ranking by settlements in the runs. A
pair is *level* where either side cannot tell the two apart, all its pairs taken together.

Shape letters: D draws, F formats, N deals, Q absent parties.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.comparison.results import Comparison, PairDifference
from sim.analysis.statistics.intervals import Estimate, Ratios, difference, holm, p_values, ratios
from sim.analysis.theory.zopa import chance_unstopped, largest_standing
from sim.bargaining.deal_space import deal_space, firm_lines, has_a_vote
from sim.bargaining.table_equilibrium import TableEquilibrium, table_equilibrium
from sim.types.arrays import Floats, Ints
from sim.types.marks import By
from sim.types.message import Message
from sim.types.tables import CORE, Tables

SAMPLE = 50  # draws of the sample unless asked otherwise
DEALS, CHECKS = 120, 2  # smaller sets of deals than for a single table, for speed
SAME, REVERSED, LEVEL = "same", "reversed", "level"
MEASURE = "settlement"  # the measure of the runs whose ranking is compared


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
        return {verdict: sum(pair.verdict == verdict for pair in self.pairs) for verdict in (SAME, REVERSED, LEVEL)}

    @property
    def same(self) -> bool:
        """No pair that both tell apart is reversed."""
        return all(pair.verdict != REVERSED for pair in self.pairs)


def theory_comparison(
    tables: Tables,
    formats: Sequence[int],
    comparison: Comparison,
    *,
    n_draws: int,
    after_each: Callable[[], None] = lambda: None,
) -> TheoryComparison:
    """Solve every format in every one of the first `n_draws` draws, 2 or more, and set the ranking beside the runs'.

    `formats` are the positions of the formats, in the order of the comparison; `after_each` is called after each table.
    """
    regimes = int(tables.n_regimes[0])
    drawn: list[list[TableEquilibrium]] = []
    chances = np.zeros((n_draws, len(formats), 2))
    for draw in range(n_draws):
        drawn.append([])
        for slot, f in enumerate(formats):
            table = table_equilibrium(tables, draw * regimes, f, most=DEALS, checks=CHECKS)
            drawn[-1].append(table)
            if table.found is not None:
                unstopped = core_unstopped(tables, draw * regimes, f, table.deals)
                chances[draw, slot] = table.core_chance, table.found.outcome @ (table.core * unstopped)
            after_each()
    core, consented = (ratios(np.minimum(chances[:, :, k], 1.0), 1) for k in range(2))
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
    return chance_unstopped(gains, standing, firm_lines(tables, world, absent), deals)


def _format(name: str, drawn: Sequence[TableEquilibrium], core: Estimate, consented: Estimate) -> FormatTheory:
    n = len(drawn)
    known = [(table.core_chance > 0.5, table.core[table.alike]) for table in drawn]
    return FormatTheory(
        id=name,
        core=core,
        consented=consented,
        could=sum(settles or bool(alone.any()) for settles, alone in known) / n,
        must=sum(settles and bool(alone.all()) for settles, alone in known) / n,
        n_alike=sum(table.n_alike for table in drawn) / n,
        no_game=sum(table.found is None for table in drawn),
        not_converged=sum(table.found is not None and not table.found.converged for table in drawn),
        missed=max(max(table.missed or 0.0, 0.0) for table in drawn),
        notes=drawn[0].seats.notes,
    )


def _pairs(comparison: Comparison, consented: Ratios) -> tuple[PairTheory, ...]:
    """Every pair of the comparison on `MEASURE`, in its order."""
    slot = {result.id: k for k, result in enumerate(comparison.formats)}
    behaved = [pair for pair in comparison.pairs if pair.measure == MEASURE]
    first, second = (np.array([slot[name] for name in names], dtype=np.int64) for names in _ends(behaved))
    apart = holm(p_values([consented], first, second)[0]).tolist()
    pairs: list[PairTheory] = []
    for pair, a, b, told in zip(behaved, first.tolist(), second.tolist(), apart, strict=True):
        theory = difference(consented, consented, (a,), (b,))
        side = (1 if theory.value > 0 else -1) if told else 0
        verdict = (LEVEL, SAME, REVERSED)[side * pair.side]
        pairs.append(PairTheory(pair.first, pair.second, theory, pair.difference, verdict))
    return tuple(pairs)


def _ends(pairs: Sequence[PairDifference]) -> tuple[list[str], list[str]]:
    """The first and the second format of every pair."""
    return [pair.first for pair in pairs], [pair.second for pair in pairs]
