"""How every run ended, kept draw by draw and replication by replication: what sensitivity is computed from.

Shape letters: D draws, F formats, R replications.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engines.batch import play
from sim.scenario.sampling.source import Source
from sim.types import Outcome, Runs
from sim.types.arrays import Floats
from sim.types.playing import SILENCE, Progress, Size

Outcomes = NDArray[np.uint8]


class KeptOutcomes:
    """Collects the outcomes of blocks of runs, [D, F, R]."""

    def __init__(self, n_draws: int, n_formats: int, replications: int) -> None:
        self.outcome: Outcomes = np.zeros((n_draws, n_formats, replications), dtype=np.uint8)

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take a block of whole draws, rows ordered draw, format, replication."""
        block = runs.outcome.reshape(-1, *self.outcome.shape[1:])
        self.outcome[first_draw : first_draw + len(block)] = block


def play_outcomes(source: Source, formats: Sequence[int], size: Size, *, progress: Progress = SILENCE) -> Outcomes:
    """[D, F, R] outcomes of runs that nothing else is kept of."""
    kept = KeptOutcomes(size.draws, len(formats), size.replications)
    play(source, formats, size, kept, progress=progress)
    return kept.outcome


def reached(outcome: Outcomes, measure: str) -> Floats:
    """1 where a run reached a measure, `settlement` or `in_force`."""
    least = {"settlement": Outcome.SETTLEMENT, "in_force": Outcome.PARTIAL}[measure]
    return (outcome >= least).astype(np.float64)
