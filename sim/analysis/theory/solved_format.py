"""Everything that theory says of one talk format in one world: ZOPA, frontier, solutions, stationary equilibrium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.theory.solutions import BargainingSolution, Benchmarks, benchmarks
from sim.analysis.theory.zopa import SCOPES, SENSES, Zopa, answer, ask
from sim.bargaining.deal_choice import efficient_for
from sim.bargaining.deal_search import NODES
from sim.bargaining.deal_space import DealSpace, Ints
from sim.bargaining.frontier import exact_frontier
from sim.bargaining.table_equilibrium import TableEquilibrium, table_equilibrium
from sim.types.marks import HIDDEN, By
from sim.types.structure import PartyIndex
from sim.types.tables import Tables

STEPS = len(SCOPES) * len(SENSES) + 3
"""Steps of `solve_format`, for a progress bar."""
CONCEPTS = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}
"""Attribute of `Benchmarks` -> name in words."""


@dataclass(frozen=True)
class FrontierSize:
    """Pareto-efficient deals; where not exact, at least so many of those that cost nobody anything."""

    size: int
    exact: bool


@dataclass(frozen=True)
class SolvedFormat:
    """What theory says of one format in one world."""

    format_index: Annotated[int, HIDDEN]
    zopas: Annotated[tuple[Zopa, ...], By("scope", "sense")]
    """Package before core, in the order of `SENSES`."""
    marks: Annotated[Benchmarks, HIDDEN]
    """Of the seats with a turn, in speaking order."""
    frontier: FrontierSize
    equilibrium: TableEquilibrium

    COMPUTED: ClassVar = ("n_deals", "listed", "seats", "solutions", "without_gain")

    @property
    def n_deals(self) -> float:
        """Deals that the agenda allows."""
        return self.marks.space.n_deals

    @property
    def listed(self) -> bool:
        """Whether all deals were looked at, so that everything is exact; else what is found has gaps."""
        return self.marks.space.listable

    @property
    def seats(self) -> tuple[PartyIndex, ...]:
        """Parties with a turn, in speaking order."""
        return tuple(self.marks.space.parties.tolist())

    @property
    def without_gain(self) -> tuple[PartyIndex, ...]:
        """Seats that no individually rational deal gives anything."""
        return tuple(self.marks.space.parties[self.marks.without_gain].tolist())

    @property
    def solutions(self) -> dict[str, BargainingSolution]:
        """The four solutions by the ids of `CONCEPTS`."""
        return {name: getattr(self.marks, name) for name in CONCEPTS}


def solve_format(
    tables: Tables,
    world: int,
    format_index: int,
    *,
    nodes: int = NODES,
    before_each: Callable[[str], None] = lambda _: None,
) -> SolvedFormat:
    """Solve one format in one world: exactly where its deals can be listed, else by search with stated gaps.

    Args:
        tables: arrays of a scenario.
        world: row of the arrays.
        format_index: position of the format or track.
        nodes: most nodes of each search.
        before_each: called before each of `STEPS` steps with a few words, for a progress bar.
    """
    found = []
    for scope, sense in product(SCOPES, SENSES):
        before_each("the zone of possible agreement")
        question = ask(tables, world, scope, sense, format_index=format_index)
        found.append(answer(question, scope, sense, nodes=nodes))
    before_each("the stationary equilibrium")
    first = table_equilibrium(tables, world, format_index)
    before_each("Nash, Kalai-Smorodinsky and the others")
    marks = benchmarks(first.space, nodes=nodes)
    before_each("the Pareto frontier")
    size = _frontier_size(first.space, marks)
    return SolvedFormat(format_index, tuple(found), marks, size, first)


def _frontier_size(space: DealSpace, marks: Benchmarks) -> FrontierSize:
    """The frontier's size: exact if it can be listed or there are two parties."""
    if space.n_deals == 0.0:
        return FrontierSize(0, True)
    if marks.frontier is not None:
        return FrontierSize(len(marks.frontier), True)
    if len(space.parties) == 2:
        return FrontierSize(len(exact_frontier(space.value[0], space.value[1], usable=space.usable).deals), True)
    return FrontierSize(len(efficient_for(space, np.arange(len(space.parties)))), False)


def named_deals(solved: SolvedFormat, rare: float = 0.01) -> list[Ints]:
    """[C] each: the distinct deals of the solutions, then those that somebody proposes with a chance above `rare`."""
    deals = [one.deal for one in solved.solutions.values() if one.deal is not None]
    found = solved.equilibrium.found
    if found is not None:
        often = np.flatnonzero((found.proposals > rare).any(axis=0))
        deals += list(solved.equilibrium.deals[often[np.argsort(-found.outcome[often], kind="stable")]])
    distinct: dict[tuple[int, ...], Ints] = {}
    for deal in deals:
        distinct.setdefault(tuple(deal.tolist()), deal)
    return list(distinct.values())
