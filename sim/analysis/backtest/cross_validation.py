"""Forecasts of decisions that are known, each made without the outcomes of its own proposal.

Shape letters: N issues, K constants, 101 grid points.

Whatever has numbers learnt from outcomes - the tilts of the process's constants, the layer over it, the Gaussian and
the mixture among the baselines - learns them from the other folds, so all are judged alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.stacking import Layer, Mixture, Parts, fit_layer, fit_mixture, marginals_of
from sim.analysis.backtest.tilting import Cumulated, Tilted, cumulate, fit_tilts, fitted_means, forecast
from sim.analysis.positions.baselines import centres_of, fit_gaussian, gaussians, outcomes_of, weighted_positions
from sim.analysis.positions.forecasters import FORECASTERS, POINTS, SPREADS, point_forecasts
from sim.analysis.statistics.forecast_scores import GRID, crps, log_scores, medians
from sim.types import Constant, Ensemble, SpatialIssue
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN, By

How = Literal["out_of_fold", "stored", "in_sample"]
N_FOLDS = 10
SEED = 1  # of the folds and of the bootstrap


@dataclass(frozen=True)
class Forecaster:
    """One forecaster's forecasts of all issues."""

    name: str
    points: Floats  # [N] on 0 to 100: medians, or the numbers it gives; NaN where it gives none
    spread: Floats | None  # [N, 101]; None where it gives numbers only
    crps: Floats  # [N] of a number the absolute error; NaN where it gives none
    log: Floats | None  # [N]


@dataclass(frozen=True)
class LearntConstant:
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

    issues: Annotated[tuple[SpatialIssue, ...], HIDDEN]
    outcomes: Annotated[Floats, HIDDEN]  # [N] on 0 to 100
    forecasters: Annotated[tuple[Forecaster, ...], HIDDEN]
    """In the order of `sim.analysis.positions.forecasters.FORECASTERS`."""
    how: How
    folds: Annotated[Ints, HIDDEN]  # [N] fold of each issue; empty where nothing was fitted in folds
    fits: Annotated[tuple[Fitted, ...], HIDDEN]  # one a fold: learnt from the others
    whole: Fitted
    """Learnt from all issues, or what was stored."""
    constants: Annotated[tuple[LearntConstant, ...], By("constant.name")]
    n_draws: int
    decided_share: float
    """Runs that ended in a decision, of all runs of all issues."""
    seen_before: int = 0
    """With a stored fit: issues of proposals that it was fitted on."""
    left_out: tuple[str, ...] = ()
    """Issues nobody's forecast is judged on, as the caller says: no run decided them."""

    COMPUTED: ClassVar = ("n_issues", "n_proposals", "n_folds", "forecaster_names")

    @property
    def n_issues(self) -> int:
        """Issues scored."""
        return len(self.issues)

    @property
    def n_proposals(self) -> int:
        """Proposals that they are of."""
        return len(set(self.proposals))

    @property
    def n_folds(self) -> int:
        """Folds in which was fitted; 0 where nothing was."""
        return len(self.fits)

    @property
    def forecaster_names(self) -> dict[str, str]:
        """Forecaster -> what it is."""
        return {one.name: FORECASTERS[one.name].name for one in self.forecasters}

    @property
    def proposals(self) -> NDArray[np.str_]:
        """Proposal of each issue [N]: what the bootstrap draws."""
        return np.array([issue.proposal for issue in self.issues])

    def named(self, name: str) -> Forecaster:
        """A forecaster by name; a KeyError where there is none."""
        return {forecaster.name: forecaster for forecaster in self.forecasters}[name]


def grouped_folds(proposals: Sequence[str], n_folds: int, *, seed: int) -> Ints:
    """[N] fold of each issue, 0 to `n_folds` - 1; all issues of a proposal are in one.

    They are decided together, so an issue forecast from another of its own proposal would not be new (Roberts et al.
    2017, Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic structure,
    Ecography 40). Proposals are shuffled by the seed, then put one by one, the largest first, into the fold with the
    fewest issues. So no two folds differ by more issues than the largest proposal has, and the order of the issues
    makes no difference. A ValueError for fewer than 2 folds, or more than there are proposals.
    """
    names, member, sizes = np.unique(np.asarray(proposals, dtype=np.str_), return_inverse=True, return_counts=True)
    if not 2 <= n_folds <= len(names):
        raise ValueError(f"2 to {len(names)} folds, as many as there are proposals at most; not {n_folds}")
    shuffled = np.random.Generator(np.random.Philox(key=seed)).permutation(len(names))
    fold_of, filled = np.zeros(len(names), dtype=np.int64), np.zeros(n_folds, dtype=np.int64)
    for proposal in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[proposal] = int(np.argmin(filled))
        filled[fold_of[proposal]] += sizes[proposal]
    return fold_of[member]


def backtest(
    ensemble: Ensemble, *, n_folds: int = N_FOLDS, seed: int = SEED, left_out: tuple[str, ...] = ()
) -> BackTest:
    """Forecast every issue, all with outcomes, from what the other folds teach; no proposal is in two folds.

    `left_out` are ids of issues that the caller has taken out before, since no run decided them. A NoDecisionError
    where no run decided one that is left; a ValueError for an issue without an outcome, or folds that cannot be made.
    """
    outcomes, prepared = outcomes_of(ensemble.issues), prepare(ensemble)
    folds = grouped_folds([issue.proposal for issue in ensemble.issues], n_folds, seed=seed)
    out_of_fold = {name: np.zeros((len(outcomes), GRID.size)) for name in SPREADS}
    fits: list[Fitted] = []
    for fold in range(n_folds):
        fits.append(fit(prepared, np.flatnonzero(folds != fold)))
        held = np.flatnonzero(folds == fold)
        for name, forecasts in spreads(prepared, fits[-1], held).items():
            out_of_fold[name][held] = forecasts
    whole = fit(prepared, np.arange(len(outcomes)))
    test = _back_test(ensemble, out_of_fold, whole, how="out_of_fold", folds=folds, fits=tuple(fits))
    return replace(test, left_out=left_out)


def apply_fitted(
    ensemble: Ensemble, fitted: Fitted, *, how: How, seen_before: int = 0, left_out: tuple[str, ...] = ()
) -> BackTest:
    """Forecast every issue, all with outcomes, by what was learnt before; nothing is fitted.

    It was learnt elsewhere (`stored`) or from these very issues (`in_sample`), and `seen_before` of the issues are of
    proposals that it was learnt from. Errors and `left_out` as in `backtest`; a ValueError also for other constants.
    """
    forecasts = spreads(prepare(ensemble), fitted, np.arange(len(ensemble.issues)))
    test = _back_test(ensemble, forecasts, fitted, how=how, folds=np.zeros(0, dtype=np.int64), fits=())
    return replace(test, seen_before=seen_before, left_out=left_out)


def _back_test(
    ensemble: Ensemble, forecasts: dict[str, Floats], whole: Fitted, *, how: How, folds: Ints, fits: tuple[Fitted, ...]
) -> BackTest:
    outcomes, tilts = outcomes_of(ensemble.issues), whole.tilted.tilts
    spread = (
        Forecaster(name, medians(rows), rows, crps(rows, outcomes), log_scores(rows, outcomes))
        for name, rows in forecasts.items()
    )
    single = (Forecaster(name, at, None, np.abs(at - outcomes), None) for name, at in points(ensemble.issues).items())
    means = fitted_means(ensemble, tilts).tolist()
    constants = tuple(
        LearntConstant(
            constant, tilts[k], means[k], tuple(fold.tilted.tilts[k] for fold in fits), whole.tilted.at_bound[k]
        )
        for k, constant in enumerate(ensemble.constants)
    )
    n_draws = len(ensemble.uniforms)
    return BackTest(
        ensemble.issues,
        outcomes,
        (*spread, *single),
        how,
        folds,
        fits,
        whole,
        constants,
        n_draws,
        decided_share=float(ensemble.decided.sum()) / (int(ensemble.runs_of_issues.sum()) * n_draws),
    )


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
