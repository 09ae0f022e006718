"""Intervals for shares and differences of shares when the draw of the uncertain numbers is the sampling unit.

Shape letters: D draws, ``...`` any trailing axes (formats, outcomes).

The runs of one draw share its uncertain numbers, so they are a cluster, and counting runs as if they were independent
would make intervals too narrow. Every interval here covers simulation error only: what a longer run of the same file
would move. It says nothing about whether the file is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Z = 1.959963984540054
"""97.5% quantile of the standard normal distribution."""

PRIOR_CLUSTERS = 2.0
"""Weight, in draws that bear on the estimate, of the cautious belief that runs of a draw all end alike."""


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


@dataclass(frozen=True)
class Ratios:
    """Ratio estimates with intervals and what is left per draw; arrays share their trailing axes."""

    value: Floats  # [...]
    low: Floats  # [...]
    high: Floats  # [...]
    size: Floats  # [...] effective number of independent runs
    residual: Floats  # [D, ...] linearised contribution of each draw to the estimate

    def at(self, *where: int) -> Estimate:
        """The estimate at one position of the trailing axes."""
        return Estimate(float(self.value[where]), float(self.low[where]), float(self.high[where]))


def t_quantile(degrees: NDArray[Any] | float) -> Floats:
    """97.5% quantile of Student's t, by the Cornish-Fisher expansion of Hill (1970).

    ``t = z + (z^3+z)/4v + (5z^5+16z^3+3z)/96v^2 + (3z^7+19z^5+17z^3-15z)/384v^3``; within 0.5% for v >= 4.

    Args:
        degrees: degrees of freedom v; values under 1 are read as 1.
    """
    v = np.maximum(np.asarray(degrees, dtype=np.float64), 1.0)
    first = (Z**3 + Z) / 4.0
    second = (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96.0
    third = (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384.0
    return Z + first / v + second / v**2 + third / v**3


def ratios(hits: NDArray[Any], trials: NDArray[Any] | int) -> Ratios:
    """Shares of `hits` among `trials`, with Wilson intervals at the effective sample size of the clusters.

    The estimate is ``p = sum hits / sum trials``. Its variance comes from the draws (ratio linearisation, Cochran 1977,
    6.4): ``z_d = (hits_d - p trials_d) / mean(trials)``, ``var = sum z_d^2 / (D (D - 1))``. The effective size is
    ``p (1 - p) / var`` (Korn & Graubard 1998), corrected for the degrees of freedom by ``(z / t)^2``, and enters
    Wilson's score interval, which stays inside [0, 1] and does not shrink to a point at 0 or 1 (Dean & Pagano 2015
    recommend it for clusters).

    A variance from a handful of events is itself worth little. So ``1 / n_eff`` is averaged with the cautious value
    ``1 / (number of draws)``, i.e. all runs of a draw end alike; the weights are the draws that bear on the estimate
    (that hold the rarer result) against `PRIOR_CLUSTERS`. Without any event this gives about ``3.8 / D``, a
    rule-of-three bound in draws.

    Args:
        hits: [D, ...] non-negative counts, at most `trials`.
        trials: [D, ...], or one number for all draws; where all are 0 the value is NaN and the interval [0, 1].

    Returns:
        The estimates and, per draw, the residual ``z_d``, which sums to zero.
    """
    hits = np.asarray(hits, dtype=np.float64)
    tried = np.broadcast_to(np.asarray(trials, dtype=np.float64), hits.shape)
    n_draws = hits.shape[0]
    total = tried.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = hits.sum(axis=0) / total
        residual = np.where(total > 0, (hits - value * tried) / (total / n_draws), 0.0)
    clusters = np.count_nonzero(tried, axis=0).astype(np.float64)
    size = _effective_size(value, residual, clusters=clusters, total=total)
    bearing = np.minimum(np.count_nonzero(hits, axis=0), np.count_nonzero(hits < tried, axis=0))
    weight = bearing / (bearing + PRIOR_CLUSTERS)
    cautious = np.maximum(np.minimum(clusters, total), 1.0)
    size = 1.0 / (weight / size + (1.0 - weight) / cautious)
    low, high = wilson(value, size * (Z / t_quantile(clusters - 1.0)) ** 2)
    return Ratios(value=value, low=low, high=high, size=size, residual=residual)


def _effective_size(value: Floats, residual: Floats, *, clusters: Floats, total: Floats) -> Floats:
    """``p (1 - p) / var``, between 1 and the number of runs; the number of clusters where there is no variance."""
    n_draws = residual.shape[0]
    variance = (residual**2).sum(axis=0) / max(n_draws * (n_draws - 1), 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        size = value * (1.0 - value) / variance
    size = np.where((variance > 0) & (value > 0) & (value < 1), size, clusters)
    return np.clip(size, 1.0, np.maximum(total, 1.0))


def wilson(value: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927) for a share observed in `size` independent trials.

    ``(p + z^2/2n -+ z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)``.

    Args:
        value: [...] shares; NaN gives [0, 1].
        size: [...] positive, need not be whole.
    """
    known = np.isfinite(value)
    share = np.where(known, value, 0.5)
    scale = 1.0 + Z**2 / size
    middle = (share + Z**2 / (2 * size)) / scale
    half = Z * np.sqrt(share * (1 - share) / size + Z**2 / (4 * size**2)) / scale
    low = np.where(known, np.clip(np.minimum(middle - half, share), 0.0, 1.0), 0.0)
    high = np.where(known, np.clip(np.maximum(middle + half, share), 0.0, 1.0), 1.0)
    return low, high


def difference(first: Ratios, second: Ratios, at_first: tuple[int, ...], at_second: tuple[int, ...]) -> Estimate:
    """Paired difference of two estimates made on the same draws, with its 95% interval.

    Square-and-add with the correlation of the draws' residuals (Newcombe 1998, method 10; Zou & Donner 2008):
    ``low = d - sqrt(a^2 - 2 r a b + b^2)``, ``a = p1 - low1``, ``b = high2 - p2``, and the mirror image above. Far from
    0 and 1 this is the usual interval of the mean of the draws' differences; near them it keeps a width.

    Args:
        first: estimates holding the first share.
        second: estimates holding the second share, on the same draws.
        at_first: position of the first share in the trailing axes.
        at_second: position of the second.

    Returns:
        First minus second; NaN in [-1, 1] where either is unknown.
    """
    one, two = first.at(*at_first), second.at(*at_second)
    if not (one.known and two.known):
        return Estimate(float("nan"), -1.0, 1.0)
    left, right = first.residual[(slice(None), *at_first)], second.residual[(slice(None), *at_second)]
    scale = float(np.sqrt((left**2).sum() * (right**2).sum()))
    correlation = float(np.clip((left * right).sum() / scale, -1.0, 1.0)) if scale > 0 else 0.0
    value = one.value - two.value
    below = _add(one.value - one.low, two.high - two.value, correlation)
    above = _add(one.high - one.value, two.value - two.low, correlation)
    return Estimate(value, max(value - below, -1.0), min(value + above, 1.0))


def _add(first: float, second: float, correlation: float) -> float:
    """Length of the difference of two error bars with the given correlation."""
    return float(np.sqrt(max(first**2 - 2.0 * correlation * first * second + second**2, 0.0)))
