"""Everything that outcomes of known issues teach, fitted at once, and the forecasts of other issues it gives.

Shape letters: N issues, K constants, 101 grid points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.backtest.stacking import Layer, Mixture, Parts, fit_layer, fit_mixture, marginals_of
from sim.analysis.backtest.tilting import Cumulated, Tilted, cumulate, fit_tilts, forecast
from sim.analysis.positions.baselines import (
    centres_of,
    fit_gaussian,
    gaussians,
    outcomes_of,
    weighted_positions,
)
from sim.analysis.positions.forecasters import POINTS, SPREADS, point_forecasts
from sim.analysis.statistics.forecast_scores import GRID
from sim.types import Ensemble, SpatialIssue
from sim.types.arrays import Floats, Ints


@dataclass(frozen=True)
class Fitted:
    """What was learnt from a set of issues."""

    tilted: Tilted
    """Constants of the process."""
    gaussian_sd: float
    """Standard deviation of the Gaussian baseline, in hundredths of the scale."""
    mixture: Mixture
    """The baseline mixture; holds the marginal of the outcomes."""
    layered: Layer
    """The layer over the simulation, which stands in the Gaussian's place."""
    mixture_with_process: Layer
    """The baseline mixture with the simulation added, its Gaussian as wide as the baseline's."""


@dataclass(frozen=True)
class Prepared:
    """What fitting and forecasting need of an ensemble, made once; the outcomes may be missing."""

    ensemble: Ensemble
    summed: Cumulated
    positions: Floats  # [N, 101] weighted positions
    centres: Floats  # [N] compromise means on 0 to 100


def prepare(ensemble: Ensemble) -> Prepared:
    """Sum an ensemble along the scale, with its actors beside it; a NoDecisionError where no run decided an issue."""
    return Prepared(ensemble, cumulate(ensemble), weighted_positions(ensemble.issues), centres_of(ensemble.issues))


def fit(prepared: Prepared, rows: Ints) -> Fitted:
    """Learn from the issues at `rows`, of two proposals or more; nothing of the others is looked at.

    The layer is fitted after the tilts on the same issues, so the simulation enters it slightly too good: by what K
    numbers gain in-sample. A ValueError for fewer than two proposals, or an issue without an outcome.
    """
    issues = [prepared.ensemble.issues[k] for k in rows]
    outcomes = outcomes_of(issues)
    everywhere = np.zeros(len(prepared.ensemble.issues))
    everywhere[rows] = outcomes
    tilted = fit_tilts(prepared.summed, everywhere, rows)
    mixture = fit_mixture(issues)
    parts = Parts(
        forecast(prepared.ensemble, tilted.tilts, rows),
        prepared.positions[rows],
        gaussians(prepared.centres[rows], mixture.sd),
        marginals_of(outcomes, [issue.proposal for issue in issues])[1],
    )
    return Fitted(
        tilted,
        fit_gaussian(issues),
        mixture,
        fit_layer(parts, outcomes, with_gaussian=False),
        fit_layer(parts, outcomes, with_gaussian=True),
    )


def spreads(prepared: Prepared, fitted: Fitted, rows: Ints) -> dict[str, Floats]:
    """Name -> [n, 101] distributions of the issues at `rows`, in the order of `SPREADS`."""
    ensemble, mixture = prepared.ensemble, fitted.mixture
    marginal = np.broadcast_to(np.array(mixture.marginal), (len(rows), GRID.size))
    process = forecast(ensemble, fitted.tilted.tilts, rows)
    parts = Parts(process, prepared.positions[rows], gaussians(prepared.centres[rows], mixture.sd), marginal)
    by_name = {
        "process": process,
        "process_prior": forecast(ensemble, np.zeros(len(ensemble.constants)), rows),
        "layered": fitted.layered.forecast(parts),
        "mixture_with_process": fitted.mixture_with_process.forecast(parts),
        "positions": parts.positions,
        "gaussian": gaussians(prepared.centres[rows], fitted.gaussian_sd),
        "mixture": mixture.forecast([ensemble.issues[k] for k in rows]),
        "marginal": marginal,
    }
    return {name: by_name[name] for name in SPREADS}


def points(issues: tuple[SpatialIssue, ...]) -> dict[str, Floats]:
    """Name -> [N] forecasts that are single numbers, on 0 to 100; NaN where one cannot be made. Nothing is fitted."""
    rows = [[np.nan if at is None else issue.on_grid(at) for at in point_forecasts(issue).values()] for issue in issues]
    return dict(zip(POINTS, np.array(rows, dtype=np.float64).reshape(-1, len(POINTS)).T, strict=True))
