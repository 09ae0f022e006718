"""Sweeps without an engine: a design over the village, and counts that follow shares that are known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from sim.app.scenarios import Scenario
from sim.scenario.sampling.steering import Steering
from sim.sweep.design import (
    OTHER_LUCK,
    Design,
    DesignCell,
    DesignPoints,
    DesignRuns,
    NumberFactor,
    SampleKind,
    SampleRows,
    StructureFactor,
)
from sim.sweep.folders.failures import Failure
from sim.sweep.sweep_result import Measured, SweepResult

if TYPE_CHECKING:
    from sim.sweep.folders.sweep_folder import SweepFolder

VILLAGE = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"
PRICE = "parties.upper.price_of_no_settlement.now"
MILL = "parties.mill.values.sluice.options.open"
THIRD = "parties.lower.salience.sluice"
RUNS = DesignRuns(draws=40, replications=4)
TARGETS = (PRICE, MILL, THIRD)


@cache
def village() -> Scenario:
    return Scenario(VILLAGE)


def factor(place: int, *, levels: tuple[float, ...] = (), dummy: bool = False) -> NumberFactor:
    name = "dummy" if dummy else ("upper_price", "mill_open", "lower_sluice")[place % 3] + ("_" * (place // 3))
    target = () if dummy else (TARGETS[place % 3],)
    low, high = (min(levels), max(levels)) if levels else (0.0, 1.0)
    return NumberFactor(name, target[0] if target else "", False, Steering("value", target), low, high, levels)


class MadeSweep(SweepResult):
    """A result with a share of settlements [P, F], known at every point and format, and points that were not played."""

    def __init__(self, design: Design, shares: np.ndarray[Any, Any], missing: tuple[int, ...] = ()) -> None:
        self.made, self.shares, self.missing = design, shares, missing
        failures = [Failure(("a" * 64,), 0, "", "farmers", 1, at, "play", "It did not work.") for at in missing]
        self.folder = cast(
            "SweepFolder",
            SimpleNamespace(
                place=Path("results/sweeps/made"),
                record={"versions": {"numpy": "2"}, "counts": []},
                failures=SimpleNamespace(rows=lambda: tuple(failures)),
                digest=lambda: "ab" * 32,
            ),
        )

    @property
    def design(self) -> Design:
        return self.made

    @property
    def n_missing(self) -> int:
        return len(self.missing)

    def measured_together(self, measures: Sequence[str]) -> dict[str, Measured]:
        return {measure: self.measured(measure) for measure in measures}

    def measured(self, measure: str) -> Measured:
        runs = self.design.runs
        size = (self.design.n_points, runs.draws, len(self.design.formats))
        chance = np.random.default_rng(7)  # the same for all measures
        luck = np.tile(self.design.points.luck, len(self.design.cells))
        _, group = np.unique(luck, return_inverse=True)
        mood = chance.normal(0.0, 0.12, (group.max() + 1, runs.draws, 1))[group]
        share = np.clip(self.shares[:, None, :] + mood, 0.0, 1.0)
        settled = chance.binomial(runs.replications, share)
        rest = runs.replications - settled
        partial = rest // 2
        hits = {"settlement": settled, "in_force": settled + partial, "signed": settled + partial}
        if measure.startswith("stopped_by_"):
            party = measure.removeprefix("stopped_by_")
            hits[measure] = (rest - partial) * (party != "lower")
        trials = np.full(size, runs.replications)
        gone = np.isin(np.arange(size[0]), self.missing)
        made = hits.get(measure, np.zeros(size, dtype=np.int64))
        there = ~gone[:, None, None]
        return Measured((made * there).astype(np.uint8), (trials * there).astype(np.uint8))


def design(
    factors: Sequence[NumberFactor],
    levels: np.ndarray[Any, Any],
    *,
    kind: SampleKind,
    shape: tuple[int, ...] = (),
    luck: np.ndarray[Any, Any] | None = None,
    structure: tuple[StructureFactor, ...] = (),
    formats: tuple[str, ...] = ("farmers", "all-three"),
    runs: DesignRuns = RUNS,
) -> Design:
    n = len(levels)
    cells: list[tuple[Any, ...]] = [()]
    for one in structure:
        cells = [(*cell, level) for cell in cells for level in one.levels]
    luck = np.zeros(n, dtype=np.int64) if luck is None else luck
    return Design(
        name="made up",
        scenario=village(),
        formats=formats,
        structure=structure,
        numbers=tuple(factors),
        cells=tuple(DesignCell(cell, village()) for cell in cells),
        points=DesignPoints(levels, luck, np.zeros(n, dtype=np.int64)),
        samples=(SampleRows(kind, 0, n, shape),),
        runs=runs,
    )


def grid(
    *sizes: int, share: Callable[..., Sequence[Any]], cells: int = 1, missing: tuple[int, ...] = (), **options: Any
) -> MadeSweep:
    """A grid over [0, 1] for each factor; `share` gives the shares of the formats from the levels."""
    sides = np.meshgrid(*(np.linspace(0.0, 1.0, n) for n in sizes), indexing="ij")
    levels = np.column_stack([side.ravel() for side in sides])
    made = design([factor(k) for k in range(len(sizes))], levels, kind="grid", shape=sizes, **options)
    shares = np.column_stack([np.broadcast_to(one, len(levels)) for one in share(*levels.T)])
    return MadeSweep(made, np.tile(np.clip(shares, 0.0, 1.0), (len(made.cells), 1)), missing)


def saltelli(n: int, n_factors: int, share: Callable[..., Sequence[Any]], **options: Any) -> MadeSweep:
    """A Saltelli sample of so many base rows; the last factor is a dummy, with luck of its own."""
    chance = np.random.default_rng(3)
    a, b = chance.random((2, n, n_factors))
    columns = [a, b]
    for k in range(n_factors):
        mixed = a.copy()
        mixed[:, k] = b[:, k]
        columns.append(mixed)
    levels = np.stack(columns, axis=1).reshape(-1, n_factors)
    luck = np.repeat(np.arange(n), n_factors + 2)
    luck[n_factors + 1 :: n_factors + 2] += (n_factors + 1) * OTHER_LUCK
    factors = [factor(k, dummy=k == n_factors - 1) for k in range(n_factors)]
    runs = DesignRuns(draws=2, replications=4)
    made = design(factors, levels, kind="sobol", shape=(n, n_factors + 2), luck=luck, runs=runs, **options)
    shares = np.column_stack([np.broadcast_to(one, len(levels)) for one in share(*levels.T)])
    return MadeSweep(made, np.clip(shares, 0.0, 1.0))


def morris(n: int, n_factors: int, share: Callable[..., Sequence[Any]]) -> MadeSweep:
    """Trajectories on four levels, each step half the range of one factor."""
    chance = np.random.default_rng(5)
    paths = []
    for _ in range(n):
        at = chance.integers(0, 2, n_factors) / 3.0
        path = [at]
        for k in chance.permutation(n_factors):
            at = at.copy()
            at[k] += 2.0 / 3.0
            path.append(at)
        paths.append(path)
    levels = np.array(paths).reshape(-1, n_factors)
    made = design(
        [factor(k) for k in range(n_factors)],
        levels,
        kind="morris",
        shape=(n, n_factors + 1),
        luck=np.repeat(np.arange(n), n_factors + 1),
        runs=DesignRuns(draws=4, replications=4),
    )
    shares = np.column_stack([np.broadcast_to(one, len(levels)) for one in share(*levels.T)])
    return MadeSweep(made, np.clip(shares, 0.0, 1.0))


def oat(n_factors: int, share: Callable[..., Sequence[Any]]) -> MadeSweep:
    """A base of 0.5 and three levels of each factor."""
    base = np.full(n_factors, 0.5)
    rows = [base]
    for k in range(n_factors):
        for level in (0.0, 0.25, 1.0):
            row = base.copy()
            row[k] = level
            rows.append(row)
    levels = np.array(rows)
    made = design([factor(k) for k in range(n_factors)], levels, kind="oat")
    shares = np.column_stack([np.broadcast_to(one, len(levels)) for one in share(*levels.T)])
    return MadeSweep(made, np.clip(shares, 0.0, 1.0))


def lhs(n: int, n_factors: int, share: Callable[..., Sequence[Any]], **options: Any) -> MadeSweep:
    """Independent rows, each with its own luck."""
    levels = np.random.default_rng(9).random((n, n_factors))
    factors = [factor(k) for k in range(n_factors)]
    made = design(factors, levels, kind="lhs", luck=np.arange(n), **options)
    shares = np.column_stack([np.broadcast_to(one, len(levels)) for one in share(*levels.T)])
    return MadeSweep(made, np.clip(shares, 0.0, 1.0))
