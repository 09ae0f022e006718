"""Weights of a linear pool of forecasts with the least mean CRPS, exactly.

Shape letters: N issues, M parts, 101 grid points.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.forecast_scores import GRID

Floats = NDArray[np.float64]
_TIE = 1e-9


def simplex_weights(parts: Floats, outcomes: Floats) -> tuple[Floats, float]:
    """Weights of [M, N, 101] forecasts, none negative and summing to 1, whose mixture has the least mean CRPS.

    The mean CRPS of a mixture is a convex quadratic of its weights, ``a' Q a - 2 c' a + const``: over the unit
    intervals of the grid ``Q_mn`` is the mean of ``sum_j F_mj F_nj`` and ``c_m`` that of ``sum_j F_mj t_j``, with
    ``t_j`` the part of the interval above the outcome. For a handful of parts the least is found exactly: for every set
    of parts with weight, the point where the slopes along the sum are equal, and of those without negative weights the
    best.

    Args:
        parts: [M, N, 101]; M small, as 2^M sets are tried.
        outcomes: [N] on 0 to 100.

    Returns:
        [M] weights and their mean CRPS.
    """
    n_parts = len(parts)
    below = np.cumsum(parts, axis=2)[:, :, :-1]
    above = 1.0 - np.clip(outcomes[:, None] - GRID[None, :-1], 0.0, 1.0)
    n_issues = len(outcomes)
    flat = below.reshape(n_parts, -1)
    square, line = flat @ flat.T / n_issues, flat @ above.ravel() / n_issues
    rest = float(above.sum()) / n_issues
    best, least = np.zeros(n_parts), np.inf
    for size in range(1, n_parts + 1):
        for chosen in combinations(range(n_parts), size):
            weights = _on_the_sum(square, line, np.array(chosen))
            value = float(weights @ square @ weights - 2.0 * line @ weights) + rest
            if weights.min() >= -_TIE and value < least - _TIE:
                best, least = weights, value
    best = np.maximum(best, 0.0)
    return best / best.sum(), least


def _on_the_sum(square: Floats, line: Floats, chosen: NDArray[np.int64]) -> Floats:
    """[M] the least of the quadratic over weights of the chosen parts that sum to 1, whatever their sign."""
    size = len(chosen)
    system = np.ones((size + 1, size + 1))
    system[:size, :size] = 2.0 * square[np.ix_(chosen, chosen)]
    system[size, size] = 0.0
    solved = np.linalg.lstsq(system, np.append(2.0 * line[chosen], 1.0), rcond=None)[0]
    found = np.zeros(len(line))
    found[chosen] = solved[:size]
    return found
