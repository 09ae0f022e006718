"""Forecasts of decisions that are known, each made without the outcomes of its own proposal.

Shape letters: N issues, K constants, 101 grid points.

Whatever has numbers learnt from outcomes - the tilts of the process's constants, the layer over it, the Gaussian and
the mixture among the baselines - learns them from the other folds, so all are judged alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.model_fit import Fitted, fit, known, points, spreads
from sim.analysis.backtest.tilting import fitted_means
from sim.analysis.positions.baseline_spreads import outcomes_of
from sim.analysis.positions.forecasters import SPREADS
from sim.analysis.statistics.folds import grouped_folds
from sim.analysis.statistics.forecast_scores import GRID, crps, log_scores, medians
from sim.types import Constant, Ensemble, SpatialIssue

Floats = NDArray[np.float64]
How = Literal["out_of_fold", "stored", "in_sample"]
N_FOLDS = 10
SEED = 1
"""Of the folds and of the bootstrap."""


@dataclass(frozen=True)
class Forecaster:
    """One forecaster's forecasts of all issues."""

    name: str
    points: Floats  # [N] on 0 to 100: medians, or the numbers it gives; NaN where it gives none
    spread: Floats | None  # [N, 101]; None where it gives numbers only
    crps: Floats  # [N] of a number the absolute error; NaN where it gives none
    log: Floats | None  # [N]


@dataclass(frozen=True)
class ConstantFound:
    """What was learnt of a constant."""

    constant: Constant
    tilt: float
    """Fitted on all issues that were learnt from."""
    mean: float
    """Its mean under all the tilts, in its own unit."""
    fold_tilts: tuple[float, ...]
    """Fitted on all but one fold, for each fold; empty where nothing was fitted in folds."""
    at_bound: bool


@dataclass(frozen=True)
class BackTest:
    """Forecasts and outcomes, ready to be scored."""

    issues: tuple[SpatialIssue, ...]
    outcomes: Floats  # [N] on 0 to 100
    forecasters: tuple[Forecaster, ...]
    """In the order of `sim.analysis.positions.forecasters.FORECASTERS`."""
    how: How
    folds: NDArray[np.int64]  # [N] fold of each issue; empty where nothing was fitted in folds
    fits: tuple[Fitted, ...]
    """One a fold: learnt from the others."""
    whole: Fitted
    """Learnt from all issues, or what was stored."""
    constants: tuple[ConstantFound, ...]
    n_draws: int
    decided_share: float
    """Runs that ended in a decision, of all runs of all issues."""
    seen_before: int = 0
    """With a stored fit: issues of proposals that it was fitted on."""
    left_out: tuple[str, ...] = ()
    """Issues nobody's forecast is judged on, as the caller says: no run decided them."""

    @property
    def proposals(self) -> NDArray[np.str_]:
        """Proposal of each issue [N]: what the bootstrap draws."""
        return np.array([one.proposal for one in self.issues])

    def named(self, name: str) -> Forecaster:
        """A forecaster by name.

        Raises:
            KeyError: there is none.
        """
        return {one.name: one for one in self.forecasters}[name]


def backtest(
    ensemble: Ensemble, *, n_folds: int = N_FOLDS, seed: int = SEED, left_out: tuple[str, ...] = ()
) -> BackTest:
    """Forecast every issue from what the other folds teach.

    Args:
        ensemble: what the process gave; every issue with an outcome.
        n_folds: folds; no proposal is in two.
        seed: of the folds.
        left_out: ids of issues that the caller has taken out before, since no run decided them.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: an issue without an outcome, or folds that cannot be made.
    """
    outcomes, given = outcomes_of(ensemble.issues), known(ensemble)
    folds = grouped_folds([one.proposal for one in ensemble.issues], n_folds, seed=seed)
    found = {name: np.zeros((len(outcomes), GRID.size)) for name in SPREADS}
    fits: list[Fitted] = []
    for fold in range(n_folds):
        fits.append(fit(given, np.flatnonzero(folds != fold)))
        held = np.flatnonzero(folds == fold)
        for name, forecasts in spreads(given, fits[-1], held).items():
            found[name][held] = forecasts
    whole = fit(given, np.arange(len(outcomes)))
    return BackTest(
        ensemble.issues,
        outcomes,
        _forecasters(ensemble.issues, found, outcomes),
        "out_of_fold",
        folds,
        tuple(fits),
        whole,
        constants_found(ensemble, whole, tuple(fits)),
        len(ensemble.uniforms),
        decided_share(ensemble),
        left_out=left_out,
    )


def apply_fitted(
    ensemble: Ensemble, fitted: Fitted, *, how: How, seen_before: int = 0, left_out: tuple[str, ...] = ()
) -> BackTest:
    """Forecast every issue by what was learnt before; nothing is fitted.

    Args:
        ensemble: what the process gave; every issue with an outcome.
        fitted: what was learnt.
        how: `stored` where it was learnt elsewhere, `in_sample` where from these very issues.
        seen_before: issues of proposals that it was learnt from.
        left_out: as in `backtest`.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: an issue without an outcome, or a fit of other constants.
    """
    outcomes, given = outcomes_of(ensemble.issues), known(ensemble)
    found = spreads(given, fitted, np.arange(len(outcomes)))
    return BackTest(
        ensemble.issues,
        outcomes,
        _forecasters(ensemble.issues, found, outcomes),
        how,
        np.zeros(0, dtype=np.int64),
        (),
        fitted,
        constants_found(ensemble, fitted, ()),
        len(ensemble.uniforms),
        decided_share(ensemble),
        seen_before,
        left_out,
    )


def _forecasters(
    issues: tuple[SpatialIssue, ...], found: dict[str, Floats], outcomes: Floats
) -> tuple[Forecaster, ...]:
    spread = [
        Forecaster(name, medians(one), one, crps(one, outcomes), log_scores(one, outcomes))
        for name, one in found.items()
    ]
    single = [Forecaster(name, at, None, np.abs(at - outcomes), None) for name, at in points(issues).items()]
    return (*spread, *single)


def constants_found(ensemble: Ensemble, whole: Fitted, fits: tuple[Fitted, ...]) -> tuple[ConstantFound, ...]:
    """What was learnt of each constant."""
    means = fitted_means(ensemble, whole.tilted.tilts)
    return tuple(
        ConstantFound(
            one,
            whole.tilted.tilts[k],
            float(means[k]),
            tuple(fold.tilted.tilts[k] for fold in fits),
            whole.tilted.at_bound[k],
        )
        for k, one in enumerate(ensemble.constants)
    )


def decided_share(ensemble: Ensemble) -> float:
    """Share of all runs that ended in a decision."""
    made = int(ensemble.runs_of_issues.sum()) * len(ensemble.uniforms)
    return float(ensemble.decided.sum()) / made
