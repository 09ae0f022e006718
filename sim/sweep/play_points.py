"""Points of a design played in one engine call."""

from __future__ import annotations

from dataclasses import dataclass

from sim.scenario import ResolvedScenario
from sim.scenario.sampling.steering import Steering
from sim.sweep.point_counts import PointCounts
from sim.types.arrays import Floats, Keys
from sim.types.playing import SILENCE, Collector, Progress


@dataclass(frozen=True)
class PointBlock:
    """Points of one cell, some formats, a range of draws and of replications."""

    resolved: ResolvedScenario
    steerings: tuple[Steering, ...]
    levels: Floats
    seeds: Keys
    formats: tuple[int, ...]
    first_draw: int
    n_draws: int
    first_replication: int
    replications: int


def play_points(
    block: PointBlock, *collectors: Collector, threads: int | None = None, progress: Progress = SILENCE
) -> PointCounts:
    """Counts of a block."""
    raise NotImplementedError
