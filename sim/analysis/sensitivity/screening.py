"""How much of the spread of an answer would go if one number were known, read off runs that were made anyway.

The first-order share of a number x is ``Var(E[answer | x]) / Var(answer)``, Pearson's correlation ratio (1905), from
given data: draws are put into bins of x with equal counts, and the variance between the means of the bins is what
knowing the bin takes away (Plischke 2012, Environmental Modelling & Software 35).

Shape letters: D draws, R replications, B bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chndtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.statistics.intervals import UNKNOWN, Estimate
from sim.types.arrays import Floats, Ints

MOST_BINS, LEAST_IN_A_BIN = 4, 4
"""Four bins hold 15 sixteenths of a linear effect; more would drown small effects in noise."""
HALVINGS = 60


@dataclass(frozen=True)
class AnswerByDraw:
    """An answer draw by draw: its mean over replications, and the part of its variance over draws that is chance."""

    mean: Floats  # [D]
    noise: Floats  # [D] unbiased estimate of the variance of `mean` within each draw

    @property
    def variance(self) -> float:
        """Variance over draws of the answer's expectation within a draw: what knowing all numbers would take away."""
        return float(self.mean.var(ddof=1) - self.noise.mean())


def answer_of(values: Floats) -> AnswerByDraw:
    """The answer from its values [D, R] run by run, D and R at least 2."""
    return AnswerByDraw(values.mean(axis=1), values.var(axis=1, ddof=1) / values.shape[1])


def equal_bins(u: Floats) -> Ints:
    """[D] number of the bin of each draw: as many as there are draws for, at most `MOST_BINS`, with equal counts."""
    n_bins = max(2, min(MOST_BINS, len(u) // LEAST_IN_A_BIN))
    order = np.empty(len(u), dtype=np.int64)
    order[np.argsort(u, kind="stable")] = np.arange(len(u))
    return order * n_bins // len(u)


def first_order(answer: AnswerByDraw, bins: Ints, *, n_numbers: int = 1) -> Estimate:
    """First-order share of the number behind the bins, with a 95% interval that holds for `n_numbers` at once.

    The variance between bins is corrected by what random bins of these sizes would show, ``(B - 1) s^2 / D`` with s^2
    the variance within bins (Kelley 1935). Over s^2, the sum of squares between bins is close to chi-squared with B - 1
    degrees of freedom and noncentrality ``D V / s^2``, V the variance of the bins' expectations; the interval holds
    every V under which the sum seen is no surprise, at level 0.05 / n_numbers (Bonferroni).

    Bins [D] count from 0, and some may be empty. The share is told as it came, slightly negative for many numbers that
    do nothing, with an interval from 0 up; NaN where the answer never varied.
    """
    variance, n_draws = answer.variance, len(bins)
    if variance <= 0.0:
        return UNKNOWN
    counts = np.bincount(bins)
    counts, bins = counts[counts > 0], (np.cumsum(counts > 0) - 1)[bins]
    free = len(counts) - 1
    means = np.bincount(bins, weights=answer.mean) / counts
    within = float(((answer.mean - means[bins]) ** 2).sum()) / max(n_draws - len(counts), 1)
    between = float((counts * (means - answer.mean.mean()) ** 2).sum())
    if free == 0:
        return Estimate(0.0, 0.0, 0.0)
    if within == 0.0:
        return Estimate(1.0, 1.0, 1.0)
    unit = within / n_draws / variance
    tail = 0.025 / n_numbers
    low, high = (_noncentrality(between / within, free, chance) for chance in (1.0 - tail, tail))
    return Estimate(unit * (between / within - free), unit * low, unit * high)


def _noncentrality(x: float, free: int, chance: float) -> float:
    """Noncentrality under which a chi-squared of `free` degrees stays below x with this chance; 0 if none does."""
    if chndtr(x, free, 0.0) <= chance:
        return 0.0
    low, high = 0.0, x + 10.0 * (np.sqrt(x) + 10.0)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if chndtr(x, free, middle) > chance else (low, middle)
    return 0.5 * (low + high)
