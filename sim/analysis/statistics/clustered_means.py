"""Means over runs and their differences, with the draw of the uncertain numbers as the sampling unit.

Shape letters: R runs, D draws, ``...`` any trailing axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import Estimate, t_quantile

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Means:
    """Means of something over the runs where it is known, and what is left per draw."""

    value: Floats  # [...] nan where it is known in no run
    residual: Floats  # [D, ...] linearised contribution of each draw, sums to 0

    def estimates(self) -> list[Estimate]:
        """The means with 95% intervals, in the order of the flattened trailing axes."""
        half = self._half()
        value = np.ravel(self.value).tolist()
        return [Estimate(v, v - h, v + h) for v, h in zip(value, half.tolist(), strict=True)]

    def minus(self, other: Means) -> Means:
        """Paired difference from other means on the same draws."""
        return Means(self.value - other.value, self.residual - other.residual)

    def _half(self) -> Floats:
        n_draws = len(self.residual)
        variance = (self.residual**2).sum(axis=0) / max(n_draws * (n_draws - 1), 1)
        return np.ravel(t_quantile(n_draws - 1.0) * np.sqrt(variance))


def means(values: Floats, draw: Ints, n_draws: int) -> Means:
    """Mean over runs as a ratio of sums over draws, linearised (Cochran 1977, 6.4).

    ``m = sum_r x_r / R``, ``z_d = sum_{r in d} (x_r - m) / (R / D)``, ``var = sum z_d^2 / (D (D - 1))``, Student's t.

    Args:
        values: [R, ...] what is averaged, in the runs where it is known.
        draw: [R] the draw of each of these runs.
        n_draws: D, draws in all; one without a run here adds nothing.
    """
    n_runs, rest = len(values), values.shape[1:]
    if n_runs == 0:
        return Means(np.full(rest, np.nan), np.zeros((n_draws, *rest)))
    value = np.asarray(values.mean(axis=0))
    residual = np.zeros((n_draws, *rest))
    np.add.at(residual, draw, values - value)
    return Means(value, residual * (n_draws / n_runs))
