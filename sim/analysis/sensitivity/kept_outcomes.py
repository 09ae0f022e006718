"""How every run ended, kept draw by draw and replication by replication: what sensitivity is computed from.

Shape letters: D draws, F formats, R replications.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.bargaining.equilibrium_plan import Encoding, with_plans
from sim.engines.batch import run_blocks
from sim.types import Outcome, Runs

Outcomes = NDArray[np.uint8]


class Endings:
    """Collects the outcomes of blocks of runs.

    Args:
        n_draws: D.
        n_formats: F.
        replications: R.
    """

    def __init__(self, n_draws: int, n_formats: int, replications: int) -> None:
        self.outcome: Outcomes = np.zeros((n_draws, n_formats, replications), dtype=np.uint8)

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take a block of whole draws, rows ordered draw, format, replication."""
        block = runs.outcome.reshape(-1, *self.outcome.shape[1:])
        self.outcome[first_draw : first_draw + len(block)] = block


def play_endings(
    source: Encoding,
    formats: Sequence[int],
    *,
    n_draws: int,
    replications: int,
    threads: int | None = None,
    after_each: Callable[[int], None] | None = None,
) -> Outcomes:
    """[D, F, R] outcomes of runs that nothing else is kept of.

    Args:
        source: the scenario with its seed, plain or switched.
        formats: positions of the formats.
        n_draws: D.
        replications: R.
        threads: default all processors.
        after_each: called with the number of runs of every block that is done.
    """
    kept = Endings(n_draws, len(formats), replications)
    blocks = run_blocks(
        with_plans(source), n_draws=n_draws, replications=replications, formats=formats, threads=threads
    )
    for first_draw, runs in blocks:
        kept.add(first_draw, runs)
        if after_each is not None:
            after_each(len(runs.outcome))
    return kept.outcome


def reached(outcome: Outcomes, measure: str) -> NDArray[np.float64]:
    """1 where a run reached a measure, `settlement` or `in_force`."""
    least = {"settlement": Outcome.SETTLEMENT, "in_force": Outcome.PARTIAL}[measure]
    return (outcome >= least).astype(np.float64)
