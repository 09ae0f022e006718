"""Small designs over the village, and a counter in the place of the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sim.app.scenarios import Scenario
from sim.scenario import Encoder
from sim.scenario.sampling.steering import Steering, SteeringKind
from sim.sweep.design import Design, DesignCell, DesignPoints, DesignRuns, NumberFactor, SampleRows, StructureFactor
from sim.sweep.play_points import PointBlock
from sim.sweep.point_counts import EVENTS, PointCounts

VILLAGE = Path("scenarios/well-formats.yaml")
PRICE, SLUICE = "parties.upper.price_of_no_settlement.now", "parties.mill.salience.sluice"


def number_factor(name: str, path: str, levels: Sequence[float], kind: SteeringKind = "value") -> NumberFactor:
    return NumberFactor(
        *(name, path, False, Steering(kind, (path,) if path else ()), min(levels), max(levels), tuple(levels))
    )


def grid(
    *numbers: NumberFactor,
    scenario: Scenario | None = None,
    structure: Mapping[str, Sequence[Any]] | None = None,
    formats: Sequence[str] = ("farmers", "all-three"),
    runs: DesignRuns | None = None,
    keep_runs: bool = False,
) -> Design:
    """A grid over number factors, crossed with overrides (`structure`: factor -> names, None for none)."""
    scenario = scenario or Scenario(VILLAGE)
    factors = tuple(StructureFactor(name, "override", "", tuple(levels)) for name, levels in (structure or {}).items())
    cells = []
    for levels in product(*(factor.levels for factor in factors)):
        names = [level for level in levels if level is not None]
        cells.append(DesignCell(levels, scenario.override(*names) if names else scenario))
    rows = np.array(list(product(*(factor.levels for factor in numbers))), dtype=np.float64)
    none = np.zeros(len(rows), dtype=np.int64)
    sample = SampleRows("grid", 0, len(rows), tuple(len(factor.levels) for factor in numbers))
    return Design(
        name="village",
        scenario=scenario,
        formats=tuple(formats),
        structure=factors,
        numbers=tuple(numbers),
        cells=tuple(cells),
        points=DesignPoints(rows, none, none),
        samples=(sample,),
        runs=runs or DesignRuns(draws=4, replications=2, seed=1),
        keep_runs=keep_runs,
        written={"design": 1, "scenario": str(VILLAGE)},
    )


def two_sliders(**changes: Any) -> Design:
    """Three prices and two weights of the sluice."""
    return grid(
        number_factor("price", PRICE, (-0.3, -0.1, 0.1)),
        number_factor("weight", SLUICE, (0.5, 2.0), "scale"),
        **changes,
    )


def counted(block: PointBlock, *_: Any, threads: int | None = None, progress: Any = None) -> PointCounts:
    """Counts that hang on seed, levels, draw, replication and format, as an engine's would."""
    structure = Encoder(block.resolved, seed=0).structure
    n_parties, draws = len(structure.parties), np.arange(block.first_draw, block.first_draw + block.n_draws)
    tries = np.arange(block.first_replication, block.first_replication + block.replications)
    ids = np.array([sum(structure.formats[f].id.encode()) for f in block.formats])
    weight = np.array([sum(map(len, steering.targets)) for steering in block.steerings], dtype=np.float64)
    state = block.seeds.astype(np.float64) % 97 + np.rint(block.levels * 1000) @ weight
    luck = np.abs(state.astype(np.int64))[:, None, None, None] * 13 + draws[:, None, None] * 11
    luck = luck + ids[:, None] * 3 + tries * 5
    ends, events = luck % 7, [(luck % k == 0).sum(axis=-1) for k in (2, 3, 5)]
    events = np.stack([*((ends == k).sum(axis=-1) for k in range(len(EVENTS) - 3)), *events], axis=-1)
    each = np.arange(n_parties) + 2
    stopped = (luck[..., None] % each == 0).sum(axis=-2)
    return PointCounts(block.replications, events, stopped, (luck[..., None] * each).sum(axis=-2) - 500)
