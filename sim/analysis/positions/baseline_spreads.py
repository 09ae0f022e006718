"""Simple forecasts of a numeric issue as distributions on a unit grid, and the fit of those that have numbers.

Shape letters: N issues, 101 grid points: 0 to 100, a hundredth of the issue's scale apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from sim.analysis.positions.baselines import compromise
from sim.analysis.statistics.forecast_scores import GRID, crps
from sim.analysis.statistics.linear_pool import simplex_weights
from sim.types import SpatialIssue
from sim.types.marks import HIDDEN

Floats = NDArray[np.float64]
_SD_BOUNDS = (1.0, 100.0)
_N_TRIED = 16
"""Standard deviations of the mixture's Gaussian tried before the best is refined."""


def spread(points: Floats, weights: Floats) -> Floats:
    """[101] probabilities of weighted points on 0 to 100; a point between two grid points is shared, nearer gets more.

    Sharing in proportion to nearness keeps the mean of the points.
    """
    below = np.clip(np.floor(points), 0, 99).astype(np.int64)
    part = points - below
    found = np.zeros(GRID.size)
    np.add.at(found, below, weights * (1.0 - part))
    np.add.at(found, below + 1, weights * part)
    return found / found.sum()


def weighted_positions(issues: Sequence[SpatialIssue]) -> Floats:
    """[N, 101] the actors' positions as a distribution, each with its share of salience times capability."""
    return np.array(
        [spread(np.array([one.on_grid(x) for x in one.positions]), one.weights) for one in issues], dtype=np.float64
    ).reshape(-1, GRID.size)


def gaussians(centres: Floats, sd: float) -> Floats:
    """[N, 101] normal distributions round [N] centres, cut to the grid: mass of ``x - 1/2`` to ``x + 1/2``, rescaled.

    Args:
        centres: [N] on 0 to 100.
        sd: standard deviation before the cut, above 0.
    """
    edges = np.arange(GRID.size + 1) - 0.5
    mass = np.diff(ndtr((edges - centres[:, None]) / sd), axis=1)
    return mass / mass.sum(axis=1, keepdims=True)


def centres_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] compromise means on 0 to 100."""
    return np.array([one.on_grid(compromise(one)) for one in issues], dtype=np.float64)


def outcomes_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] outcomes on 0 to 100.

    Raises:
        ValueError: an issue has none.
    """
    missing = [one.id for one in issues if one.outcome is None]
    if missing:
        raise ValueError(f"no outcome: {', '.join(missing)}")
    return np.array([one.on_grid(float(one.outcome or 0.0)) for one in issues], dtype=np.float64)


def fit_gaussian(issues: Sequence[SpatialIssue]) -> float:
    """Standard deviation of one Gaussian round the compromise mean, for all issues: the one with the least mean CRPS.

    Args:
        issues: those to learn from, with outcomes; at least one.
    """
    centres, outcomes = centres_of(issues), outcomes_of(issues)

    def score(sd: float) -> float:
        return float(crps(gaussians(centres, sd), outcomes).mean())

    found = minimize_scalar(score, bounds=_SD_BOUNDS, method="bounded", options={"xatol": 1e-4})
    return float(found.x)  # pyright: ignore[reportAttributeAccessIssue]


def marginals_of(outcomes: Floats, proposals: Sequence[str]) -> tuple[Floats, Floats]:
    """[101] frequencies of [N] outcomes, and [N, 101] the same for each issue without those of its own proposal.

    The second are what weights are fitted with: for a new proposal the first will not hold its outcomes either.

    Raises:
        ValueError: fewer than two proposals.
    """
    own = np.asarray(proposals, dtype=np.str_)
    if len(set(proposals)) < 2:
        raise ValueError("the mixture is fitted on at least two proposals")
    each = np.array([spread(np.array([one]), np.ones(1)) for one in outcomes])
    return each.mean(axis=0), np.array([each[own != one].mean(axis=0) for one in own])


@dataclass(frozen=True)
class Mixture:
    """Weighted positions, a Gaussian round the compromise mean, and how outcomes are distributed at large."""

    positions: float
    """Weight of the actors' weighted positions."""
    gaussian: float
    """Weight of the Gaussian; the rest is the marginal's."""
    sd: float
    """Standard deviation of the Gaussian, in hundredths of the scale."""
    marginal: Annotated[tuple[float, ...], HIDDEN]
    """[101] frequencies of the outcomes learnt from."""

    def forecast(self, issues: Sequence[SpatialIssue]) -> Floats:
        """[N, 101] forecasts of issues that were not learnt from."""
        marginal = np.broadcast_to(np.array(self.marginal), (len(issues), GRID.size))
        normal, rest = gaussians(centres_of(issues), self.sd), 1.0 - self.positions - self.gaussian
        return self.positions * weighted_positions(issues) + self.gaussian * normal + rest * marginal


def fit_mixture(issues: Sequence[SpatialIssue]) -> Mixture:
    """Three numbers, two weights and a standard deviation, with the least mean CRPS over the issues given.

    While they are fitted, the marginal that an issue is mixed with leaves the outcomes of its own proposal out: for a
    new proposal it will not hold them either, and with them in, the marginal would get more weight than it earns.
    For a given standard deviation the best weights are found exactly; it is tried over its whole range and refined
    where it is best, so the same issues give the same numbers.

    Args:
        issues: those to learn from, with outcomes, of at least two proposals.

    Raises:
        ValueError: fewer than two proposals, or an issue without an outcome.
    """
    outcomes = outcomes_of(issues)
    marginal, others = marginals_of(outcomes, [one.proposal for one in issues])
    positions, centres = weighted_positions(issues), centres_of(issues)

    def pooled(log_sd: float) -> tuple[Floats, float]:
        normal = gaussians(centres, float(np.exp(log_sd)))
        return simplex_weights(np.array([positions, normal, others]), outcomes)

    grid = np.linspace(np.log(_SD_BOUNDS[0]), np.log(_SD_BOUNDS[1]), _N_TRIED)
    at = int(np.argmin([pooled(one)[1] for one in grid]))
    around = (grid[max(at - 1, 0)], grid[min(at + 1, _N_TRIED - 1)])
    found = minimize_scalar(lambda one: pooled(one)[1], bounds=around, method="bounded", options={"xatol": 1e-5})
    log_sd = float(found.x)  # pyright: ignore[reportAttributeAccessIssue]
    weights = pooled(log_sd)[0]
    return Mixture(float(weights[0]), float(weights[1]), float(np.exp(log_sd)), tuple(float(one) for one in marginal))
