"""A statistical layer over a simulation: its forecast mixed with simple ones, weights learnt from outcomes.

Shape letters: N issues, M parts, 101 grid points.

A linear pool (Stone 1961, The opinion pool, Annals of Mathematical Statistics 32; Gneiting & Ranjan 2013, Combining
predictive distributions, Electronic Journal of Statistics 7), the same family as the mixture of
`baseline_spreads` with the simulation in the place of the Gaussian, or beside it. What it gains over the
simulation alone is the layer's, not the simulation's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.positions.baseline_spreads import gaussians
from sim.analysis.statistics.forecast_scores import GRID
from sim.analysis.statistics.linear_pool import simplex_weights

Floats = NDArray[np.float64]
WIDTHS: tuple[float, ...] = (0.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Kernel widths tried, in hundredths of the scale; 0 leaves the simulation as it is."""


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

    Args:
        parts: forecasts of the issues learnt from. The marginal of each must leave the outcomes of its own proposal out
            (`sim.analysis.positions.baseline_spreads.marginals_of`), or it would get more weight than it earns.
        outcomes: [N] on 0 to 100.
        with_gaussian: the Gaussian may have weight too; else the simulation stands in its place.
    """
    fixed = [parts.positions, parts.marginal, *([parts.gaussian] if with_gaussian else [])]
    tried: list[tuple[float, float, Floats]] = []
    for width in WIDTHS:
        weights, value = simplex_weights(np.array([smooth(parts.process, width), *fixed]), outcomes)
        tried.append((value, width, weights))
    _, width, weights = min(tried, key=lambda one: one[:2])
    gaussian = float(weights[3]) if with_gaussian else 0.0
    return Layer(float(weights[0]), float(weights[1]), gaussian, float(weights[2]), width)
