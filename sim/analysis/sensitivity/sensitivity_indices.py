"""How much of the variance of an answer groups of inputs are responsible for, and single ones: Shapley, first order.

A group's Shapley effect is its mean contribution to the variance over all orders in which the groups could become known
(Owen 2014, SIAM/ASA J. Uncertainty Quantification 2; Song, Nelson & Staum 2016, same journal, 4). Effects share what
groups do together and add up to the variance. They are estimated from walks (Goda 2021, Reliability Engineering &
System Safety 213): a walk starts at one set of inputs A, ends at an independent set B, and switches group after group
from A to B in a random order.

The first-order share of a number x, what would go if it were known, is ``Var(E[answer | x]) / Var(answer)``, Pearson's
correlation ratio (1905), read off runs that were made anyway: draws are put into bins of x with equal counts, and the
variance between the means of the bins is what knowing the bin takes away (Plischke 2012, Environmental Modelling &
Software 35).

Shape letters: D draws (walks), N groups of numbers, S = N + 1 stations of a walk, R replications of chance, B bins.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chndtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.statistics.intervals import UNKNOWN, Estimate, linearised
from sim.types.arrays import Floats, Ints

LEAST_BEARING = 10
"""Walks on which an answer must have varied for its shares to be told: from fewer, no interval can be trusted."""
MOST_BINS, LEAST_IN_A_BIN = 4, 4
"""Four bins hold 15 sixteenths of a linear effect; more would drown small effects in noise."""
HALVINGS = 60


def shapley_effects(walks: Floats, ranks: Ints, *, usual: float | None = None) -> Floats:
    """Per walk, an unbiased estimate of the effect of every group and of chance, and of the variance.

    With ends a and b of a walk, a step from y to y' is credited ``(b - a) (y' - y) / 2``: the mean of Goda's increments
    ``((a - y')^2 - (a - y)^2) / 2`` of the walk and of the same walk taken backwards. The credits of a walk add up to
    ``(b - a)^2 / 2``, whose mean is the variance.

    Chance is one more group: at its turn, replication r gives way to another one. As all replications are played at
    every station, every turn of chance and every pair of replications is averaged over, not sampled.

    As either end may be taken for the start, a step may as well be credited ``(a - c) (y - y')`` for any constant c
    (`usual`). Such a credit varies more, but is 0 in a draw whose every replication starts at c: of an answer that is
    nearly always c only the other draws have to be walked.

    From an answer [D, S, R] at each station, R at least 2, and the step [D, N] of the walk, from 0, at which each group
    is switched: [D, N + 1] credits, chance last.
    """
    n_draws, n_stations, n_reps = walks.shape
    n_groups = n_stations - 1
    start, end = walks[:, :1], walks[:, -1:]
    if usual is not None:
        start, end = 2.0 * (start - usual), np.zeros_like(end)
    steps = np.diff(walks, axis=1)
    # Sums over ordered pairs of different replications r, r2; a walk starts in r and ends in r2.
    end_r, end_r2 = _other(end, steps), _same(end, steps)
    start_r, start_r2 = _same(start, steps), _other(start, steps)
    later = (n_groups - np.arange(n_groups)) / (n_groups + 1.0)  # chance that chance's turn comes after a step
    credits = later * (end_r - start_r) + (1.0 - later) * (end_r2 - start_r2)
    middle = walks.mean(axis=1, keepdims=True)
    chance = _same(end, middle) - _other(end, middle) + _same(start, middle) - _other(start, middle)
    by_group = np.empty((n_draws, n_groups + 1))
    np.put_along_axis(by_group, np.argsort(ranks, axis=1), credits, axis=1)
    by_group[:, -1] = chance[:, 0]
    return by_group / (2.0 * n_reps * (n_reps - 1))


def _same(first: Floats, second: Floats) -> Floats:
    """[D, S] sum over pairs r != r2 of ``first_r * second_r``."""
    return (first.shape[2] - 1) * (first * second).sum(axis=2)


def _other(first: Floats, second: Floats) -> Floats:
    """[D, S] sum over pairs r != r2 of ``first_r * second_r2``."""
    return first.sum(axis=2) * second.sum(axis=2) - (first * second).sum(axis=2)


def shares(credits: Floats) -> tuple[tuple[Estimate, ...], float]:
    """Shares [G] of the variance with 95% intervals over walks, from credits [D, G] of one answer; and the variance.

    A share is a ratio of means (`linearised`); the degrees of freedom are the walks that bear on it, those whose
    credits are not all 0, less one. Shares add up to 1, and are printed as they come, so a small one may fall below 0;
    NaN where fewer than `LEAST_BEARING` walks bear on them.
    """
    total = credits.sum(axis=1)
    variance, bearing = float(total.mean()), int(np.count_nonzero(credits.any(axis=1)))
    if bearing < LEAST_BEARING or variance <= 0.0:
        return (UNKNOWN,) * credits.shape[1], variance
    return tuple(linearised(credits, total[:, None]).estimates(bearing - 1.0)), variance


@dataclass(frozen=True)
class AnswerByDraw:
    """An answer draw by draw: its mean over replications, and the part of its variance over draws that is chance."""

    mean: Floats  # [D]
    noise: Floats  # [D] unbiased estimate of the variance of `mean` within each draw

    @property
    def variance(self) -> float:
        """Variance over draws of the answer's expectation within a draw: what knowing all numbers would take away."""
        return float(self.mean.var(ddof=1) - self.noise.mean())

    @property
    def knowable(self) -> bool:
        """Whether knowing all numbers would take something away: the variance's 95% interval lies above 0."""
        of_draw = (self.mean - self.mean.mean()) ** 2 - self.noise
        return linearised(of_draw, np.ones(len(of_draw))).estimates()[0].low > 0.0


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
