"""Intervals for shares, means and their differences when the draw of the uncertain numbers is the sampling unit.

Shape letters: D draws, ``...`` any trailing axes (formats, outcomes).

The runs of one draw share its uncertain numbers, so they are a cluster, and counting runs as if they were independent
would make intervals too narrow. Every interval here covers simulation error only: what a longer run of the same file
would move. It says nothing about whether the file is right.

One variance serves all of them: an estimate is a ratio of sums over draws, linearised (Cochran 1977, 6.4),

    v = sum s_d / sum c_d,    z_d = (s_d - v c_d) / mean(c),    var = sum z_d^2 / (D (D - 1)),

and a paired difference has the difference of the residuals `z`. What is done otherwise stands here too, with its
reason: shares near 0 and 1 (`ratios`, `difference`), changes of which there may be none at all (`paired`), a mean over
a larger sample and one over a part of it (`nested_sum`), and forecasts, whose clusters are few (`bootstrap_means`).
Many differences looked at together are judged together (`p_values`, `holm`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Floats, Ints, Mask

Z = 1.959963984540054  # 97.5% quantile of the standard normal distribution
PRIOR_CLUSTERS = 2.0
"""Weight, in draws that bear on the estimate, of the cautious belief that runs of a draw all end alike."""
UNSEEN = Z**2  # squared moves added where none was seen: the bound is then that of a share never seen (`prior_move`)
FEW_MOVED = 15.0  # draws by which a difference must be borne for half of them to go
FAMILY_ERROR = 0.05  # chance of any wrong finding in a family of looks (`holm`)
STEPS, FARTHEST = 26, 64.0  # of the bisection for a p-value, and the largest t statistic that it tells apart
FEW = 10  # clusters under which the bootstrap gives no interval
BOOTSTRAPS = 10_000
_BLOCK = 2_000_000  # counts held at once by the bootstrap


@dataclass(frozen=True)
class Estimate:
    """A share or a difference of shares with its 95% interval; `value` is NaN where nothing was observed."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there was anything to estimate from."""
        return bool(np.isfinite(self.value))

    @property
    def side(self) -> int:
        """1 or -1 where the interval lies on one side of zero, 0 where it includes zero or nothing is known."""
        if not self.known:
            return 0
        return int(self.low > 0.0) - int(self.high < 0.0)


UNKNOWN = Estimate(float("nan"), float("nan"), float("nan"))
UNBOUNDED = Estimate(float("nan"), float("-inf"), float("inf"))  # a mean of nothing, where any value is possible


def t_quantile(degrees: NDArray[Any] | float) -> Floats:
    """97.5% quantile of Student's t; degrees of freedom under 1 are read as 1."""
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs]

    return np.asarray(stdtrit(np.maximum(np.asarray(degrees, dtype=np.float64), 1.0), 0.975))


def variance_of(residual: Floats) -> Floats:
    """Variance of an estimate from what each draw adds to it, [D, ...] residuals that sum to 0; 0 for a single draw."""
    n_draws = len(residual)
    return np.asarray((residual**2).sum(axis=0) / max(n_draws * (n_draws - 1), 1))


@dataclass(frozen=True)
class Means:
    """Ratios of sums over draws, and what is left per draw."""

    value: Floats  # [...] nan where there was nothing to average
    residual: Floats  # [D, ...] linearised contribution of each draw, sums to 0

    def half(self, degrees: float | None = None) -> Floats:
        """[...] half-width of the 95% interval; by default with D - 1 degrees of freedom."""
        t = t_quantile(len(self.residual) - 1.0 if degrees is None else degrees)
        return t * np.sqrt(variance_of(self.residual))

    def estimates(self, degrees: float | None = None) -> list[Estimate]:
        """The means with 95% intervals, in the order of the flattened trailing axes."""
        value, half = np.ravel(self.value).tolist(), np.ravel(self.half(degrees)).tolist()
        return [Estimate(v, v - h, v + h) for v, h in zip(value, half, strict=True)]

    def minus(self, other: Means) -> Means:
        """Paired difference from other means on the same draws."""
        return Means(self.value - other.value, self.residual - other.residual)


def linearised(sums: NDArray[Any], counts: NDArray[Any]) -> Means:
    """`sum sums / sum counts` over draws, both [D, ...], with the residual of each draw; see the head of the module."""
    total = counts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.asarray(sums.sum(axis=0) / total)
        residual = np.where(total > 0, (sums - value * counts) / (total / len(counts)), 0.0)
    return Means(value, residual)


def means(values: Floats, draw: Ints, n_draws: int) -> Means:
    """Means of [R, ...] values over the runs where they are known, `draw` [R] being the draw of each of these runs."""
    sums = np.zeros((n_draws, *values.shape[1:]))
    np.add.at(sums, draw, values)
    counts = np.bincount(draw, minlength=n_draws).astype(np.float64)
    return linearised(sums, np.broadcast_to(counts.reshape(-1, *(1,) * (sums.ndim - 1)), sums.shape))


def nested_sum(all_draws: Floats, some_draws: Floats) -> Estimate:
    """A mean over draws [A] plus a mean over the first of them [D], which are the same draws.

    Each draw adds what it adds to both means, each by its own number of draws; so the variance is the plain sum of
    squares, and the degrees of freedom are those of the smaller sample.
    """
    each = (all_draws - all_draws.mean()) / len(all_draws)
    each[: len(some_draws)] += (some_draws - some_draws.mean()) / len(some_draws)
    value = float(all_draws.mean() + some_draws.mean())
    half = float(t_quantile(len(some_draws) - 1)) * float(np.sqrt((each**2).sum()))
    return Estimate(value, value - half, value + half)


def paired(base: NDArray[Any], changed: NDArray[Any], replications: int) -> Estimate:
    """Mean over draws of the change in a share of runs, as by `paired_mean`.

    Both are [D] counts of runs, or shares with one replication.
    """
    return paired_mean((changed - base) / replications)


def paired_mean(moved: Floats, furthest: float = 1.0) -> Estimate:
    """Mean `d` of changes `x` [D] in [-furthest, furthest], with a 95% interval that keeps a width where none moved.

    Half-width `t sqrt((sum (x - d)^2 + k) / (D (D - 1)))` with k by `prior_move`.
    """
    n, middle = len(moved), float(moved.mean())
    spread = float(((moved - middle) ** 2).sum() + prior_move(moved - middle))
    half = float(t_quantile(n - 1.0)) * (spread / max(n * (n - 1), 1)) ** 0.5
    return Estimate(middle, max(middle - half, -furthest), min(middle + half, furthest))


@dataclass(frozen=True)
class Ratios:
    """Shares with intervals and what is left per draw; arrays share their trailing axes."""

    value: Floats  # [...]
    low: Floats  # [...]
    high: Floats  # [...]
    size: Floats  # [...] effective number of independent runs
    clusters: Floats  # [...] draws with anything to count
    residual: Floats  # [D, ...] linearised contribution of each draw to the estimate

    def at(self, *where: int) -> Estimate:
        """The estimate at one position of the trailing axes."""
        return Estimate(float(self.value[where]), float(self.low[where]), float(self.high[where]))

    def column(self, *where: int) -> Ratios:
        """All at one position of the last trailing axes."""
        return Ratios(**{name: np.asarray(getattr(self, name)[(..., *where)]) for name in _PARTS})


_PARTS = tuple(one.name for one in fields(Ratios))


def ratios(hits: NDArray[Any], trials: NDArray[Any] | int) -> Ratios:
    """Shares of `hits` among `trials`, with Wilson intervals at the effective sample size of the clusters.

    The effective size is ``p (1 - p) / var`` (Korn & Graubard 1998), corrected for the degrees of freedom by
    ``(z / t)^2``, and enters Wilson's score interval, which stays inside [0, 1] and does not shrink to a point at 0 or
    1 (Dean & Pagano 2015 recommend it for clusters).

    A variance from a handful of events is itself worth little. So ``1 / n_eff`` is averaged with the cautious value
    ``1 / (number of draws)``, i.e. all runs of a draw end alike; the weights are the draws that bear on the estimate
    (that hold the rarer result) against `PRIOR_CLUSTERS`. Without any event this gives about ``3.8 / D``, a
    rule-of-three bound in draws.

    Args:
        hits: [D, ...] non-negative counts, at most `trials`.
        trials: [D, ...], or one number for all draws; where all are 0 the value is NaN and the interval [0, 1].
    """
    hits = np.asarray(hits, dtype=np.float64)
    tried = np.broadcast_to(np.asarray(trials, dtype=np.float64), hits.shape)
    share, total = linearised(hits, tried), tried.sum(axis=0)
    clusters = np.count_nonzero(tried, axis=0).astype(np.float64)
    size = _effective_size(share, clusters=clusters, total=total)
    bearing = np.minimum(np.count_nonzero(hits, axis=0), np.count_nonzero(hits < tried, axis=0))
    weight = bearing / (bearing + PRIOR_CLUSTERS)
    cautious = np.maximum(np.minimum(clusters, total), 1.0)
    size = 1.0 / (weight / size + (1.0 - weight) / cautious)
    low, high = wilson(share.value, size * (Z / t_quantile(clusters - 1.0)) ** 2)
    return Ratios(value=share.value, low=low, high=high, size=size, clusters=clusters, residual=share.residual)


def _effective_size(share: Means, *, clusters: Floats, total: Floats) -> Floats:
    """``p (1 - p) / var``, between 1 and the number of runs; the number of clusters where there is no variance."""
    value, variance = share.value, variance_of(share.residual)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = value * (1.0 - value) / variance
    size = np.where((variance > 0) & (value > 0) & (value < 1), size, clusters)
    return np.clip(size, 1.0, np.maximum(total, 1.0))


def wilson(value: Floats, size: Floats, z: Floats | float = Z) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927) for shares [...] observed in `size` [...] independent trials, whole or not.

    ``(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)``; [0, 1] for a share that is NaN.
    """
    known = np.isfinite(value)
    share = np.where(known, value, 0.5)
    scale = 1.0 + z**2 / size
    middle = (share + z**2 / (2 * size)) / scale
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / scale
    low = np.where(known, np.clip(np.minimum(middle - half, share), 0.0, 1.0), 0.0)
    high = np.where(known, np.clip(np.maximum(middle + half, share), 0.0, 1.0), 1.0)
    return low, high


def jeffreys(k: int, n: int, level: float = 0.95) -> Estimate:
    """The share k of n cases with Jeffreys' interval of a level in (0, 1).

    Quantiles of Beta(k + 1/2, n - k + 1/2), the same chance left out on either side; 0 below a share of 0 and 1 above
    one of 1 (Brown, Cai & DasGupta 2001, 3.1).
    """
    from scipy.special import betaincinv  # pyright: ignore[reportMissingTypeStubs]

    low, high = (float(betaincinv(k + 0.5, n - k + 0.5, q)) for q in ((1 - level) / 2, (1 + level) / 2))
    return Estimate(k / n, low if k else 0.0, high if k < n else 1.0)


def difference(first: Ratios, second: Ratios, at_first: tuple[int, ...], at_second: tuple[int, ...]) -> Estimate:
    """Paired difference of two estimates made on the same draws, first minus second, with its 95% interval.

    Square-and-add with the correlation of the draws' residuals (Newcombe 1998, method 10; Zou & Donner 2008): ``low = d
    - sqrt(a^2 - 2 r a b + b^2)``, ``a = p1 - low1``, ``b = high2 - p2``, and the mirror image above. Far from 0 and 1
    this is the usual interval of the mean of the draws' differences; near them it keeps a width. Where the two are
    nearly one it would not (r goes to 1), so neither end is nearer than ``t sqrt((sum (z1 - z2)^2 + k) / (D (D - 1)))``
    with k by `prior_move`. Positions are those in the trailing axes; where either share is unknown,
    NaN in [-1, 1].
    """
    value, low, high = differences(first.column(*at_first), second.column(*at_second))
    return Estimate(float(value), float(low), float(high))


def differences(left: Ratios, right: Ratios) -> tuple[Floats, Floats, Floats]:
    """[...] as `difference`, at every position at once: values and the two ends."""
    clusters = np.minimum(left.clusters, right.clusters)
    correlation, deviation = _together(left.residual, right.residual, clusters)
    least = t_quantile(clusters - 1.0) * deviation
    value = left.value - right.value
    below = _length(left.value - left.low, right.high - right.value, correlation, least)
    above = _length(left.high - left.value, right.value - right.low, correlation, least)
    known = np.isfinite(value)
    low, high = np.maximum(value - below, -1.0), np.minimum(value + above, 1.0)
    return value, np.where(known, low, -1.0), np.where(known, high, 1.0)


def _together(first: Floats, second: Floats, clusters: Floats) -> tuple[Floats, Floats]:
    """Correlation of residuals [D, ...] and the least standard error of their difference; 0 draws count as 1."""
    n_draws = len(first)
    scale = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    correlation = np.clip((first * second).sum(axis=0) / np.where(scale > 0, scale, 1.0), -1.0, 1.0)
    prior = prior_move(first - second) * (n_draws / np.maximum(clusters, 1.0)) ** 2
    spread = ((first - second) ** 2).sum(axis=0) + prior
    return correlation, np.sqrt(spread / max(n_draws * (n_draws - 1), 1))


def prior_move(moved: Floats) -> Floats:
    """[...] squared moves to add to those seen [D, ...], so that few that were seen do not pass for all there are.

    To add a little is the usual way (Agresti & Min 2005, matched pairs, add 1: half a draw that went wholly up and half
    a draw that went wholly down). With 1, the half-width where nothing moved is 2 / D, and a change that befalls whole
    draws, all in one direction, is then covered in 86% of samples; with `UNSEEN` it is 3.8 / D, as in `ratios`.

    ``UNSEEN w (w^2 + (1 - w^2) s)``: of `UNSEEN` stays the weight ``w = m / (m + k)``, m being `FEW_MOVED` and
    ``k = (sum z^2)^2 / sum z^4`` the draws that bear the variance (it is their number, not that of all draws, that says
    what it is worth); and the more were seen, the likelier are the unseen of their size, ``s = sum z^4 / sum z^2``.
    """
    squares = moved**2
    second, fourth = squares.sum(axis=0), (squares**2).sum(axis=0)
    seen = fourth > 0.0
    size = np.where(seen, fourth, 1.0) / np.where(seen, second, 1.0)
    weight = FEW_MOVED / (FEW_MOVED + np.where(seen, second / size, 0.0))
    return UNSEEN * weight * (weight**2 + (1.0 - weight**2) * size)


def _length(first: Floats | float, second: Floats | float, correlation: Floats, least: Floats) -> Floats:
    """Length of the difference of two error bars with the given correlation."""
    return np.maximum(np.sqrt(np.maximum(first**2 - 2.0 * correlation * first * second + second**2, 0.0)), least)


def p_values(measures: Sequence[Ratios], first: Ints, second: Ints) -> Floats:
    """[M, N] two-sided p-values of no difference: the error rate at which the interval of `difference` reaches zero.

    Positions [N] are those on the single trailing axis of each of the measures; 1 where a share is unknown. The
    statistic at which the end of the interval is zero is found by bisection and read off Student's t.
    """
    from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

    shares, starts = _side_by_side(measures), len(measures[0].value) * np.arange(len(measures))[:, None]
    first, second = starts + first, starts + second
    value, size = shares.value, shares.size
    ahead = value[first] >= value[second]
    high, low = np.where(ahead, first, second), np.where(ahead, second, first)
    clusters = np.minimum(shares.clusters[high], shares.clusters[low])
    correlation, deviation = _together(shares.residual[:, high], shares.residual[:, low], clusters)
    gap = value[high] - value[low]
    near, far = np.zeros(gap.shape), np.full(gap.shape, FARTHEST)
    for _ in range(STEPS):
        t = (near + far) / 2.0
        below = value[high] - wilson(value[high], size[high], t)[0]
        above = wilson(value[low], size[low], t)[1] - value[low]
        excludes = _length(below, above, correlation, t * deviation) < gap
        near, far = np.where(excludes, t, near), np.where(excludes, far, t)
    return np.where(np.isfinite(gap), 2.0 * stdtr(np.maximum(clusters - 1.0, 1.0), -near), 1.0)


def _side_by_side(measures: Sequence[Ratios]) -> Ratios:
    """Shares of the same draws in one, along their last axis."""
    return Ratios(**{name: np.concatenate([getattr(one, name) for one in measures], axis=-1) for name in _PARTS})


def holm(p: Sequence[float] | Floats, error: float = FAMILY_ERROR) -> Mask:
    """Which of a family of looks [N] are findings, with a chance of `error` at most for any wrong one (Holm 1979).

    The smallest p-value is held against error / N, the next against error / (N - 1), and so on until one fails.
    """
    values = np.asarray(p, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    passed = values[order] <= error / np.arange(len(values), 0, -1)
    findings = np.zeros(len(values), dtype=np.bool_)
    findings[order] = np.logical_and.accumulate(passed)
    return findings


def bootstrap_means(values: Floats, clusters: NDArray[np.str_], *, seed: int) -> tuple[Estimate, ...]:
    """Means of M columns with 95% intervals by bootstrap of whole clusters (Field & Welsh 2007).

    Clusters (proposals) are drawn with replacement, as many as there are; the statistic is the ratio of the sum of
    values to the number of issues drawn; percentiles 2.5 and 97.5. All columns see the same samples. With fewer than
    `FEW` clusters the bootstrap says too little, and there is no interval; without any issue no value either.

    Values [N, M] are scores of each issue, or differences of two scores of the same issue: then they are paired.
    Clusters [N] are the proposal of each issue; `seed` is the key of the Philox stream.
    """
    if len(set(clusters)) < FEW:
        plain = values.mean(axis=0) if len(values) else np.full(values.shape[1], np.nan)
        return tuple(Estimate(value, np.nan, np.nan) for value in plain.tolist())
    _, cluster = np.unique(clusters, return_inverse=True)
    size = np.bincount(cluster).astype(np.float64)
    total = np.zeros((len(size), values.shape[1]))
    np.add.at(total, cluster, values)
    chance = np.random.Generator(np.random.Philox(key=seed))
    n_clusters, step = len(size), max(1, _BLOCK // len(size))
    ratios_drawn: list[Floats] = []
    for start in range(0, BOOTSTRAPS, step):
        n = min(step, BOOTSTRAPS - start)
        drawn = chance.integers(0, n_clusters, size=(n, n_clusters)) + n_clusters * np.arange(n)[:, None]
        times = np.bincount(drawn.ravel(), minlength=n * n_clusters).reshape(n, n_clusters).astype(np.float64)
        ratios_drawn.append((times @ total) / (times @ size)[:, None])
    ends = np.quantile(np.concatenate(ratios_drawn), [0.025, 0.975], axis=0).T.tolist()
    return tuple(Estimate(value, *low_high) for value, low_high in zip(values.mean(axis=0).tolist(), ends, strict=True))
