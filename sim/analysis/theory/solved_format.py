"""Everything that theory says of one talk format in one world: ZOPA, frontier, solutions, stationary equilibrium.

The world is one of the draws, or that in which every uncertain number stands at its mean (`at_means`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar

import numpy as np

from sim.analysis.theory.solutions import BargainingSolution, Benchmarks, benchmarks
from sim.analysis.theory.zopa import SCOPES, SENSES, Zopa, zopas
from sim.bargaining.deal_choice import efficient_for
from sim.bargaining.deal_space import DealSpace, two_party_frontier
from sim.bargaining.table_equilibrium import TableEquilibrium, table_equilibrium
from sim.scenario import ResolvedScenario, load_raw
from sim.scenario.sampling.distributions import mean
from sim.types.arrays import Ints
from sim.types.marks import HIDDEN, By
from sim.types.structure import PartyIndex
from sim.types.tables import Tables

EVEN = 0.5
MEANS_NOTE = (
    "Every uncertain number stands at its mean, and a red line counts as firm where its firmness is at least one half. "
    "No run is played at exactly these numbers, and what holds at the means need not hold on average."
)
STEPS = len(SCOPES) * len(SENSES) + 3  # steps of `solve_format`, for a progress bar
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
    marks: Annotated[Benchmarks, HIDDEN]  # of the seats with a turn, in speaking order
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
    tables: Tables, world: int, format_index: int, *, before_each: Callable[[str], None] = lambda _: None
) -> SolvedFormat:
    """Solve one format in one world: exactly where its deals can be listed, else by search with stated gaps.

    `before_each` is told in a few words of each of `STEPS` steps.
    """
    step = partial(before_each, "the zone of possible agreement")
    zones = zopas(tables, world, format_index=format_index, before_each=step)
    before_each("the stationary equilibrium")
    table = table_equilibrium(tables, world, format_index)
    before_each("Nash, Kalai-Smorodinsky and the others")
    marks = benchmarks(table.space)
    before_each("the Pareto frontier")
    return SolvedFormat(format_index, zones, marks, _frontier_size(table.space, marks), table)


def _frontier_size(space: DealSpace, marks: Benchmarks) -> FrontierSize:
    """The frontier's size: exact if it can be listed or there are two parties."""
    if space.n_deals == 0.0:
        return FrontierSize(0, True)
    if marks.frontier is not None:
        return FrontierSize(len(marks.frontier), True)
    if len(space.parties) == 2:
        return FrontierSize(len(two_party_frontier(space)), True)
    return FrontierSize(len(efficient_for(space, np.arange(len(space.parties)))), False)


def named_deals(solved: SolvedFormat, rare: float = 0.01) -> list[Ints]:
    """[C] each: the distinct deals of the solutions, then those that somebody proposes with a chance above `rare`."""
    deals = [solution.deal for solution in solved.solutions.values() if solution.deal is not None]
    equilibrium = solved.equilibrium.found
    if equilibrium is not None:
        often = np.flatnonzero((equilibrium.proposals > rare).any(axis=0))
        deals += list(solved.equilibrium.deals[often[np.argsort(-equilibrium.outcome[often], kind="stable")]])
    return [np.array(deal) for deal in dict.fromkeys(tuple(deal.tolist()) for deal in deals)]


def at_means(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario with every distribution replaced by its mean.

    Firmness is a chance per draw, so a mean would still be drawn: it becomes 1 where its mean is at least `EVEN`, else
    0. Every draw of the result is then the same, whatever the seed. The changes that the file names are left out: they
    are of the scenario itself.
    """
    data = resolved.to_data()
    for path, number in resolved.numbers.items():
        keys = path.split(".")
        value = float(mean(number) >= EVEN) if "firmness" in keys else mean(number)
        if number.kind != "value" or value != number.form:
            _put(data, keys, value)
    for issue in data["issues"].values():  # ideals are constants now: a grid would make options of them too
        issue.get("scale", {}).pop("grid", None)
    for changes in ("overrides", "scenarios", "rivals"):  # and these may change a grid
        data[changes] = {}
    return load_raw(data, name=f"{resolved.id} at its means")


def _put(data: Any, keys: list[str], value: float) -> None:
    """Replace the form of the number at a path of the plain data; basis and sources stay."""
    for key in keys:
        data = data[key]
    for kind in [key for key in data if key not in ("basis", "sources", "note")]:
        del data[kind]
    data["value"] = value
