"""Simple forecasts of a numeric issue as distributions on a unit grid, and the fit of the Gaussian.

Shape letters: N issues, 101 grid points: 0 to 100, a hundredth of the issue's scale apart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from sim.analysis.positions.baselines import compromise
from sim.analysis.statistics.forecast_scores import GRID, crps
from sim.types import SpatialIssue
from sim.types.arrays import Floats

SD_BOUNDS = (1.0, 100.0)  # standard deviations of a Gaussian that a fit may choose


def spread(points: Floats, weights: Floats) -> Floats:
    """[101] probabilities of weighted points on 0 to 100; a point between two grid points is shared, nearer gets more.

    Sharing in proportion to nearness keeps the mean of the points.
    """
    below = np.clip(np.floor(points), 0, 99).astype(np.int64)
    part = points - below
    mass = np.zeros(GRID.size)
    np.add.at(mass, below, weights * (1.0 - part))
    np.add.at(mass, below + 1, weights * part)
    return mass / mass.sum()


def weighted_positions(issues: Sequence[SpatialIssue]) -> Floats:
    """[N, 101] the actors' positions as a distribution, each with its share of salience times capability."""
    rows = [spread(np.array([issue.on_grid(x) for x in issue.positions]), issue.weights) for issue in issues]
    return np.array(rows, dtype=np.float64).reshape(-1, GRID.size)


def gaussians(centres: Floats, sd: float) -> Floats:
    """[N, 101] normal distributions round [N] centres, cut to the grid: mass of ``x - 1/2`` to ``x + 1/2``, rescaled.

    `sd` is the standard deviation before the cut, above 0.
    """
    edges = np.arange(GRID.size + 1) - 0.5
    mass = np.diff(ndtr((edges - centres[:, None]) / sd), axis=1)
    return mass / mass.sum(axis=1, keepdims=True)


def centres_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] compromise means on 0 to 100."""
    return np.array([issue.on_grid(compromise(issue)) for issue in issues], dtype=np.float64)


def outcomes_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] outcomes on 0 to 100; a ValueError where an issue has none."""
    missing = [issue.id for issue in issues if issue.outcome is None]
    if missing:
        raise ValueError(f"no outcome: {', '.join(missing)}")
    return np.array([issue.on_grid(float(issue.outcome or 0.0)) for issue in issues], dtype=np.float64)


def fit_gaussian(issues: Sequence[SpatialIssue]) -> float:
    """Standard deviation of one Gaussian round the compromise means: the one with the least mean CRPS."""
    centres, outcomes = centres_of(issues), outcomes_of(issues)

    def score(sd: float) -> float:
        return float(crps(gaussians(centres, sd), outcomes).mean())

    result = minimize_scalar(score, bounds=SD_BOUNDS, method="bounded", options={"xatol": 1e-4})
    return float(result.x)  # pyright: ignore[reportAttributeAccessIssue]
