"""Many points of a design in one engine call, and what is counted of each. Letters as in `point_counts`; R runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.comparison.results import FAILURES, SIGNED
from sim.analysis.comparison.summarise import MICRO
from sim.engines.batch import play
from sim.scenario.sampling.design_source import DesignSource
from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.steering import Steering
from sim.scenario.schema.resolved import ResolvedScenario
from sim.sweep.point_counts import EVENTS, PointCounts
from sim.types import Outcome
from sim.types.arrays import Floats, Ints, Keys
from sim.types.outcomes import Runs
from sim.types.playing import SILENCE, Collector, Luck, Progress, Size


@dataclass(frozen=True)
class PointBlock:
    """B points of one cell, all that their runs depend on."""

    resolved: ResolvedScenario
    """The scenario of the cell."""
    steerings: tuple[Steering, ...]
    levels: Floats
    """[B, K] level of each steering at each point."""
    seeds: Keys
    """[B] of draws and chance."""
    formats: tuple[int, ...]
    """Positions in the scenario, formats before tracks."""
    first_draw: int
    n_draws: int
    """D, at least 1."""
    first_replication: int
    replications: int
    """At least 1."""

    @property
    def luck(self) -> Luck:
        """Of the B * D rows."""
        draws = np.arange(self.first_draw, self.first_draw + self.n_draws)
        return Luck(np.repeat(self.seeds, self.n_draws), np.tile(draws, len(self.seeds)), self.first_replication)


def play_points(
    block: PointBlock, *collectors: Collector, threads: int | None = None, progress: Progress = SILENCE
) -> PointCounts:
    """Play every draw of every point in every format, and count.

    At a point the runs are those of the scenario with the levels set (`steering.written_number`) and the point's seed,
    exactly, whatever else is in the block and on any number of threads. Further collectors get the runs too: their draw
    number is point * D + draw.

    Raises:
        ValueError: an empty block, no replication, or a format that does not exist.
    """
    draws = (block.first_draw, block.n_draws)
    encoder = Encoder(block.resolved, seed=0)
    source = DesignSource(encoder, block.steerings, block.levels, block.seeds.astype(np.uint64), *draws)
    counts = _Counts(len(block.seeds) * block.n_draws, len(block.formats), len(encoder.structure.parties), block)
    size = Size(max(1, len(counts.events)), block.replications, threads=threads)
    play(source, block.formats, size, counts, *collectors, progress=progress, luck=block.luck)
    return counts.of_points()


class _Counts(Collector):
    """Counts of the runs of each row and format."""

    def __init__(self, n_rows: int, n_formats: int, n_parties: int, block: PointBlock) -> None:
        self._block = block
        self.events = np.zeros((n_rows, n_formats, len(EVENTS)), dtype=np.int64)
        self.stopped_by = np.zeros((n_rows, n_formats, n_parties), dtype=np.int64)
        self.gain = np.zeros_like(self.stopped_by)

    def add(self, first_draw: int, runs: Runs) -> None:
        """Count a block of whole rows."""
        shape = (-1, len(self._block.formats), self._block.replications)
        outcome = runs.outcome.reshape(shape)
        rows = slice(first_draw, first_draw + len(outcome))
        flags = (runs.agreed, runs.core, runs.halt)
        happened = [*(outcome == k for k in Outcome), *(flag.reshape(shape) != 0 for flag in flags)]
        for column, event in enumerate(happened):
            self.events[rows, :, column] = np.count_nonzero(event, axis=-1)
        decided = np.where(np.isin(outcome, FAILURES), runs.decided.reshape(shape), 0)
        signed = np.isin(runs.outcome, SIGNED)
        for p in range(self.gain.shape[-1]):
            self.stopped_by[rows, :, p] = (decided >> p & 1).sum(axis=-1)
            gain = runs.value[:, p].astype(np.float64) - runs.reservation[:, p].astype(np.float64)
            micros = np.where(signed, np.rint(gain * MICRO), 0.0)
            self.gain[rows, :, p] = micros.reshape(shape).sum(axis=-1)

    def of_points(self) -> PointCounts:
        """By point and draw."""
        shape = (len(self._block.seeds), self._block.n_draws)
        parts: tuple[Ints, ...] = (self.events, self.stopped_by, self.gain)
        return PointCounts(self._block.replications, *(part.reshape(*shape, *part.shape[1:]) for part in parts))
