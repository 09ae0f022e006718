"""Shapley effects of groups of inputs: how much of the variance of an answer each group is responsible for.

A group's Shapley effect is its mean contribution to the variance over all orders in which the groups could become known
(Owen 2014, SIAM/ASA J. Uncertainty Quantification 2; Song, Nelson & Staum 2016, same journal, 4). Effects share what
groups do together and add up to the variance. They are estimated from walks (Goda 2021, Reliability Engineering &
System Safety 213): a walk starts at one set of inputs A, ends at an independent set B, and switches group after group
from A to B in a random order.

Shape letters: D draws (walks), N groups of numbers, S = N + 1 stations of a walk, R replications of chance, Y answers.
"""

from __future__ import annotations

import numpy as np

from sim.analysis.statistics.intervals import UNKNOWN, Estimate, linearised
from sim.types.arrays import Floats, Ints

LEAST_BEARING = 10
"""Walks on which an answer must have varied for its shares to be told: from fewer, no interval can be trusted."""


def shapley_effects(walks: Floats, ranks: Ints) -> tuple[Floats, Floats]:
    """Per walk, an unbiased estimate of the effect of every group and of chance, and of the variance.

    With ends a and b of a walk, a step from y to y' is credited ``(b - a) (y' - y) / 2``: the mean of Goda's increments
    ``((a - y')^2 - (a - y)^2) / 2`` of the walk and of the same walk taken backwards. The credits of a walk add up to
    ``(b - a)^2 / 2``, whose mean is the variance.

    Chance is one more group: at its turn, replication r gives way to another one. As all replications are played at
    every station, every turn of chance and every pair of replications is averaged over, not sampled.

    From answers [D, S, R, Y] at each station, R at least 2, and the step [D, N] of the walk, from 0, at which each
    group is switched: [D, N + 1, Y] credits, chance last, and [D, Y] their sums.
    """
    n_draws, n_stations, n_reps, n_answers = walks.shape
    n_groups = n_stations - 1
    start, end = walks[:, :1], walks[:, -1:]
    steps = np.diff(walks, axis=1)
    # Sums over ordered pairs of different replications r, r2; a walk starts in r and ends in r2.
    end_r, end_r2 = _other(end, steps), _same(end, steps)
    start_r, start_r2 = _same(start, steps), _other(start, steps)
    later = (n_groups - np.arange(n_groups))[:, None] / (n_groups + 1.0)  # chance that chance's turn comes after a step
    credits = later * (end_r - start_r) + (1.0 - later) * (end_r2 - start_r2)
    middle = walks.mean(axis=1, keepdims=True)
    chance = _same(end, middle) - _other(end, middle) + _same(start, middle) - _other(start, middle)
    pairs = 2.0 * n_reps * (n_reps - 1)
    by_group = np.empty((n_draws, n_groups + 1, n_answers))
    np.put_along_axis(by_group, np.argsort(ranks, axis=1)[:, :, None], credits / pairs, axis=1)
    by_group[:, -1] = chance[:, 0] / pairs
    return by_group, by_group.sum(axis=1)


def _same(first: Floats, second: Floats) -> Floats:
    """[D, S, Y] sum over pairs r != r2 of ``first_r * second_r``."""
    return (first.shape[2] - 1) * (first * second).sum(axis=2)


def _other(first: Floats, second: Floats) -> Floats:
    """[D, S, Y] sum over pairs r != r2 of ``first_r * second_r2``."""
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
