"""Forecasts mixed with weights learnt from outcomes: simple ones among themselves, and with a simulation.

Shape letters: N issues, M parts, 101 grid points.

A linear pool (Stone 1961, The opinion pool, Annals of Mathematical Statistics 32; Gneiting & Ranjan 2013, Combining
predictive distributions, Electronic Journal of Statistics 7). The layer over a simulation is of the same family as the
mixture of baselines, with the simulation in the place of the Gaussian, or beside it. What it gains over the simulation
alone is the layer's, not the simulation's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

import numpy as np
from scipy.optimize import minimize_scalar

from sim.analysis.positions.baselines import SD_BOUNDS, centres_of, gaussians, outcomes_of, spread, weighted_positions
from sim.analysis.statistics.forecast_scores import GRID
from sim.types import SpatialIssue
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN

WIDTHS: tuple[float, ...] = (0.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Kernel widths tried, in hundredths of the scale; 0 leaves the simulation as it is."""
_TIE = 1e-9
_N_TRIED = 16  # standard deviations of the mixture's Gaussian tried before the best is refined


def simplex_weights(parts: Floats, outcomes: Floats) -> tuple[Floats, float]:
    """[M] weights of forecasts [M, N, 101], summing to 1 and none negative, with the least mean CRPS; and that.

    The mean CRPS of a mixture is a convex quadratic of its weights, ``a' Q a - 2 c' a + const``: over the unit
    intervals of the grid ``Q_mn`` is the mean of ``sum_j F_mj F_nj`` and ``c_m`` that of ``sum_j F_mj t_j``, with
    ``t_j`` the part of the interval above the outcome. For a handful of parts (2^M sets are tried) the least is found
    exactly: for every set of parts with weight, the point where the slopes along the sum are equal, and of those
    without negative weights the best.
    """
    n_parts, n_issues = parts.shape[:2]
    below = np.cumsum(parts, axis=2)[:, :, :-1]
    above = 1.0 - np.clip(outcomes[:, None] - GRID[None, :-1], 0.0, 1.0)
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


def _on_the_sum(square: Floats, line: Floats, chosen: Ints) -> Floats:
    """[M] the least of the quadratic over weights of the chosen parts that sum to 1, whatever their sign."""
    size = len(chosen)
    system = np.ones((size + 1, size + 1))
    system[:size, :size] = 2.0 * square[np.ix_(chosen, chosen)]
    system[size, size] = 0.0
    weights = np.zeros(len(line))
    weights[chosen] = np.linalg.lstsq(system, np.append(2.0 * line[chosen], 1.0), rcond=None)[0][:size]
    return weights


@dataclass(frozen=True)
class Mixture:
    """Weighted positions, a Gaussian round the compromise mean, and how outcomes are distributed at large."""

    positions: float
    """Weight of the actors' weighted positions."""
    gaussian: float
    """Weight of the Gaussian; the rest is the marginal's."""
    sd: float
    """Standard deviation of the Gaussian, in hundredths of the scale."""
    marginal: Annotated[tuple[float, ...], HIDDEN]  # [101] frequencies of the outcomes learnt from

    def forecast(self, issues: Sequence[SpatialIssue]) -> Floats:
        """[N, 101] forecasts of issues that were not learnt from."""
        marginal = np.broadcast_to(np.array(self.marginal), (len(issues), GRID.size))
        normal, rest = gaussians(centres_of(issues), self.sd), 1.0 - self.positions - self.gaussian
        return self.positions * weighted_positions(issues) + self.gaussian * normal + rest * marginal


def marginals_of(outcomes: Floats, proposals: Sequence[str]) -> tuple[Floats, Floats]:
    """[101] frequencies of [N] outcomes, and [N, 101] the same for each issue without those of its own proposal.

    The second are what weights are fitted with: for a new proposal the first will not hold its outcomes either, and
    with them in, the marginal would get more weight than it earns. A ValueError for fewer than two proposals.
    """
    own = np.asarray(proposals, dtype=np.str_)
    if len(set(proposals)) < 2:
        raise ValueError("the mixture is fitted on at least two proposals")
    each = np.array([spread(np.array([outcome]), np.ones(1)) for outcome in outcomes])
    return each.mean(axis=0), np.array([each[own != proposal].mean(axis=0) for proposal in own])


def fit_mixture(issues: Sequence[SpatialIssue]) -> Mixture:
    """Three numbers, two weights and a standard deviation, with the least mean CRPS over the issues.

    For a given standard deviation the best weights are found exactly; it is tried over its whole range and refined
    where it is best, so the same issues give the same numbers. A ValueError as from `marginals_of`, or without an
    outcome.
    """
    outcomes = outcomes_of(issues)
    marginal, others = marginals_of(outcomes, [issue.proposal for issue in issues])
    positions, centres = weighted_positions(issues), centres_of(issues)

    def pooled(log_sd: float) -> tuple[Floats, float]:
        normal = gaussians(centres, float(np.exp(log_sd)))
        return simplex_weights(np.array([positions, normal, others]), outcomes)

    grid = np.linspace(np.log(SD_BOUNDS[0]), np.log(SD_BOUNDS[1]), _N_TRIED)
    at = int(np.argmin([pooled(log_sd)[1] for log_sd in grid]))
    around = (grid[max(at - 1, 0)], grid[min(at + 1, _N_TRIED - 1)])
    result = minimize_scalar(lambda log_sd: pooled(log_sd)[1], bounds=around, method="bounded", options={"xatol": 1e-5})
    log_sd = float(result.x)  # pyright: ignore[reportAttributeAccessIssue]
    weights = pooled(log_sd)[0].tolist()
    return Mixture(weights[0], weights[1], float(np.exp(log_sd)), tuple(marginal.tolist()))


@dataclass(frozen=True)
class Parts:
    """What is mixed, for the same N issues; each [N, 101]."""

    process: Floats
    positions: Floats
    gaussian: Floats
    marginal: Floats


@dataclass(frozen=True)
class Layer:
    """Weights of the parts, which sum to 1, and how far the simulation is smoothed."""

    process: float
    positions: float
    gaussian: float
    marginal: float
    width: float
    """Standard deviation of the kernel, in hundredths of the scale."""

    def forecast(self, parts: Parts) -> Floats:
        """[N, 101] the mixture."""
        return (
            self.process * smooth(parts.process, self.width)
            + self.positions * parts.positions
            + self.gaussian * parts.gaussian
            + self.marginal * parts.marginal
        )


def smooth(forecast: Floats, width: float) -> Floats:
    """[N, 101] the forecast with each point spread by a normal kernel that is cut to the grid; as it is for width 0."""
    return forecast if width == 0 else forecast @ gaussians(GRID, width)


def fit_layer(parts: Parts, outcomes: Floats, *, with_gaussian: bool) -> Layer:
    """Weights, and of `WIDTHS` the kernel width, with the least mean CRPS.

    The parts are of the issues learnt from, the marginal of each without its own proposal (`marginals_of`). Without the
    Gaussian, the simulation stands in its place.
    """
    fixed = [parts.positions, parts.marginal, *([parts.gaussian] if with_gaussian else [])]
    tried: list[tuple[float, float, list[float]]] = []
    for width in WIDTHS:
        weights, value = simplex_weights(np.array([smooth(parts.process, width), *fixed]), outcomes)
        tried.append((value, width, weights.tolist()))
    _, width, (process, positions, marginal, *gaussian) = min(tried, key=lambda trial: trial[:2])
    return Layer(process, positions, gaussian[0] if gaussian else 0.0, marginal, width)
