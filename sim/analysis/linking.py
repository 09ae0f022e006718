"""What it is worth that the issues of a proposal are negotiated together: the same back-test on issues one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.backtest import SEED, BackTest
from sim.analysis.backtest_scores import FEW, MEASURES, Measure, values_of
from sim.analysis.forecast_scores import clustered_means
from sim.analysis.intervals import Estimate

SIMULATED = ("process", "process_prior")
"""The forecasters that linking can change: with fitted constants, and as the priors have them."""


@dataclass(frozen=True)
class Linked:
    """One score of one forecaster over the issues of proposals with several."""

    name: str
    measure: Measure
    n: int
    together: float
    apart: float
    difference: Estimate
    """Together minus apart, paired by issue; for CRPS and MAE below 0 speaks for linking, for the log score above."""

    @property
    def better(self) -> int:
        """1 where linking is better with its whole interval, -1 where worse, 0 where it cannot be told."""
        return self.difference.side if self.measure == "log" else -self.difference.side


def linking(together: BackTest, apart: BackTest, *, seed: int = SEED) -> tuple[Linked, ...]:
    """Compare two back-tests of the same issues, each with constants fitted for itself.

    Args:
        together: issues of a proposal negotiated together.
        apart: each by itself.
        seed: of the bootstrap by proposals.

    Returns:
        Forecaster by forecaster, score by score; nothing where no proposal has two issues.

    Raises:
        ValueError: they are not of the same issues in the same order.
    """
    if [one.id for one in together.issues] != [one.id for one in apart.issues]:
        raise ValueError("both back-tests are of the same issues in the same order")
    proposals = together.proposals
    _, place, size = np.unique(proposals, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(size[place] > 1)
    if not len(rows):
        return ()
    keys: list[tuple[str, Measure]] = [(name, measure) for name in SIMULATED for measure in MEASURES]
    pairs = [[_values(test, *key)[rows] for test in (together, apart)] for key in keys]
    gaps = np.stack([first - second for first, second in pairs], axis=1)
    if len(set(proposals[rows])) >= FEW:
        means = clustered_means(gaps, proposals[rows], seed=seed)
    else:
        means = tuple(Estimate(float(one), np.nan, np.nan) for one in gaps.mean(axis=0))
    return tuple(
        Linked(name, measure, len(rows), float(first.mean()), float(second.mean()), mean)
        for (name, measure), (first, second), mean in zip(keys, pairs, means, strict=True)
    )


def _values(test: BackTest, name: str, measure: Measure) -> np.ndarray:
    found = values_of(test.named(name), measure, test.outcomes)
    assert found is not None
    return found
