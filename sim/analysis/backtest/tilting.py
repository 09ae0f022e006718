"""Learning a process's constants from outcomes: draws from their priors, weighed by an exponential tilt.

Shape letters: N issues, D draws, K constants, 101 grid points, S samples of tilts.

With ``z_dk = sqrt(12) (u_dk - 1/2)``, which has mean 0 and variance 1 under the uniform prior, draw d gets the weight

    ``w_d = exp(sum_k l_k z_dk) / sum_e exp(sum_k l_k z_ek)``.

Among all weights with the same means of the constants these are the nearest to the prior in relative entropy (Jaynes
1957, Information theory and statistical mechanics, Physical Review 106; Csiszar 1975, I-divergence geometry of
probability distributions and minimization problems, Annals of Probability 3; for forecasts from draws: Robertson,
Tallman & Whiteman 2005, Forecasting using relative entropy, Journal of Money, Credit and Banking 37). A tilt of 0 is
the prior; a small tilt moves the mean of its constant by as many prior standard deviations. No run is made again: the
forecast under a tilt is a reweighted one.

The fit is by minimum CRPS (Gneiting, Raftery, Westveld & Goldman 2005, Calibrated probabilistic forecasting using
ensemble model output statistics and minimum CRPS estimation, Monthly Weather Review 133) with a penalty that stands for
a prior of the tilts, `PENALTY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from sim.analysis.statistics.forecast_scores import GRID
from sim.types import Ensemble
from sim.types.arrays import Floats, Ints

PENALTY = 100.0
"""Weight of the prior of the tilts, normal with mean 0 and a standard deviation of about 0.4.

The fit minimises the sum of CRPS over issues, in hundredths of the scale, plus ``PENALTY |l|^2 / 2``. A CRPS is no
likelihood, so its sum has to be scaled against a prior (Bissiri, Holmes & Walker 2016, A general framework for updating
belief distributions, JRSS B 78). For a prior of variance v the scale that shrinks best is the variance of an issue's
slope over the mean curvature, divided by v: on the development part of DEU III 14 to 19 over v, with issues of a
proposal taken together 15 to 18. v is about 0.16, since the ranges of the constants were chosen on data like these and
large tilts are not to be expected; a wider prior learns luck (docs/decisions/0023)."""
BOUND = 3.0  # no tilt leaves -3 to 3: beyond, a handful of draws would carry the forecast
_SLOPE = 1e-2  # largest slope, in points of mean CRPS for a tilt of 1, at which a stopped search counts as done


class NoDecisionError(ValueError):
    """No run of any draw decided an issue, so there is nothing to forecast it from."""

    def __init__(self, issues: Sequence[str]) -> None:
        self.issues = tuple(issues)
        super().__init__(
            f"no run decided {len(self.issues)} of the issues: {', '.join(self.issues)}. Make more runs, or leave "
            "these issues out for every forecaster (sim.analysis.backtest.tilting.without_undecided) and say so"
        )


def undecided(ensemble: Ensemble) -> tuple[int, ...]:
    """Places of the issues that no run decided."""
    return tuple(int(k) for k in np.flatnonzero(ensemble.decided.sum(axis=1) == 0))


def require_decided(ensemble: Ensemble) -> None:
    """Stop where no run decided an issue, with a `NoDecisionError`."""
    gone = undecided(ensemble)
    if gone:
        raise NoDecisionError([ensemble.issues[k].id for k in gone])


def without_undecided(ensemble: Ensemble) -> tuple[Ensemble, tuple[str, ...]]:
    """The ensemble without the issues that no run decided, and their ids, for the caller to name."""
    gone = undecided(ensemble)
    kept = [k for k in range(len(ensemble.issues)) if k not in set(gone)]
    runs = ensemble.runs if np.ndim(ensemble.runs) == 0 else ensemble.runs_of_issues[kept]
    left = replace(ensemble, issues=tuple(ensemble.issues[k] for k in kept), counts=ensemble.counts[kept], runs=runs)
    return left, tuple(ensemble.issues[k].id for k in gone)


def standardised(ensemble: Ensemble) -> Floats:
    """[D, K] constants of the draws in prior standard deviations from the prior mean, -1.73 to 1.73."""
    return np.sqrt(12.0) * (ensemble.uniforms - 0.5)


def weights_of(ensemble: Ensemble, tilts: Sequence[float] | Floats) -> Floats:
    """[D] weights of the draws, which sum to 1; tilts [K], or [S, K] for weights [S, D]."""
    tilt = np.asarray(tilts, dtype=np.float64)
    if tilt.shape[-1] != len(ensemble.constants):
        raise ValueError(f"{tilt.shape[-1]} tilts for {len(ensemble.constants)} constants")
    power = tilt @ standardised(ensemble).T
    weights = np.exp(power - power.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def effective_size(weights: Floats) -> float:
    """Draws that unequal weights [D] are worth, ``1 / sum w^2``, 1 to D (Kish 1965, Survey Sampling, 11.7)."""
    return float(1.0 / (weights**2).sum())


def fitted_means(ensemble: Ensemble, tilts: Sequence[float] | Floats) -> Floats:
    """[K] means of the constants under the tilts, in their own units."""
    low, high = np.array([(constant.low, constant.high) for constant in ensemble.constants]).reshape(-1, 2).T
    return low + (high - low) * (weights_of(ensemble, tilts) @ ensemble.uniforms)


def forecast(ensemble: Ensemble, tilts: Sequence[float] | Floats, rows: Ints | None = None) -> Floats:
    """[N, 101] distributions of the decision, given that there is one: ``sum_d w_d counts_d``, rescaled.

    Draws in which more runs decide count for more: the forecast is of a decided issue, and such draws make it likelier.
    Tilts [K] of 0 are the prior; of issues at `rows`, all if None. A NoDecisionError where no run decided one of them.
    """
    rows = np.arange(len(ensemble.issues)) if rows is None else rows
    weights = weights_of(ensemble, tilts)
    mass = np.array([weights @ ensemble.counts[k] for k in rows]).reshape(-1, GRID.size)
    total = mass.sum(axis=1, keepdims=True)
    if (total <= 0).any():
        raise NoDecisionError([ensemble.issues[k].id for k in rows[total[:, 0] <= 0]])
    return mass / total


@dataclass(frozen=True)
class Cumulated:
    """An ensemble summed along the scale once, so that a tilt is scored by two products with one matrix."""

    ensemble: Ensemble
    below: NDArray[np.floating]
    """[D, N * 100] decisions at or below each grid point but the last; single precision unless asked otherwise."""
    decided: Floats  # [D, N]


def cumulate(ensemble: Ensemble, dtype: type[np.floating] = np.float32) -> Cumulated:
    """Sums an ensemble for fitting; counts below 2^24 are exact in single precision, which halves the time.

    A NoDecisionError where no run decided one of the issues.
    """
    require_decided(ensemble)
    n_issues, n_draws, _ = ensemble.counts.shape
    below = np.empty((n_draws, n_issues, GRID.size - 1), dtype=dtype)
    for k in range(n_issues):
        below[:, k] = np.cumsum(ensemble.counts[k], axis=1)[:, :-1]
    decided = np.ascontiguousarray(ensemble.decided.T, dtype=np.float64)
    return Cumulated(ensemble, below.reshape(n_draws, -1), decided)


def mean_crps(summed: Cumulated, tilts: Floats, outcomes: Floats, share: Floats) -> tuple[float, Floats]:
    """Weighted mean CRPS over issues in hundredths of the scale, as `crps` gives it, and its slopes [K] in the tilts.

    With ``F_ij = A_ij / B_i``, ``A_ij = sum_d w_d below_dij``, ``B_i = sum_d w_d decided_di``, and ``t_ij`` the part of
    interval j above the outcome: ``dCRPS_i / dF_ij = 2 (F_ij - t_ij)``, ``dF_ij / dw_d = (below_dij - F_ij decided_di)
    / B_i`` and ``dw_d / dl_k = w_d (z_dk - sum_e w_e z_ek)``. The mean of z drops out: F stays as it is when all
    weights grow alike. The shares [N] of the issues sum to 1; where one is 0, its outcome may be anything.
    """
    z = standardised(summed.ensemble)
    weights = weights_of(summed.ensemble, tilts)
    total = weights @ summed.decided
    held = (weights.astype(summed.below.dtype) @ summed.below).astype(np.float64).reshape(len(share), -1)
    below = held / total[:, None]
    above = 1.0 - np.clip(outcomes[:, None] - GRID[None, :-1], 0.0, 1.0)
    value = share @ (below**2 * (1.0 - above) + (1.0 - below) ** 2 * above).sum(axis=1)
    steep = 2.0 * (below - above) * (share / total)[:, None]
    by_draw = summed.below @ steep.ravel().astype(summed.below.dtype) - summed.decided @ (steep * below).sum(axis=1)
    return float(value), (weights * by_draw) @ z


@dataclass(frozen=True)
class Tilted:
    """A fit of the constants."""

    tilts: tuple[float, ...]
    """[K] between -`BOUND` and `BOUND`; 0 is the prior."""
    effective_size: float
    """Draws that the weights are worth, of D."""
    crps: float
    """Mean over the issues fitted on, without the penalty; in-sample, so too good."""

    @property
    def at_bound(self) -> tuple[bool, ...]:
        """[K] whether a tilt went as far as it may: the prior may be too narrow there."""
        return tuple(abs(tilt) >= BOUND - 1e-6 for tilt in self.tilts)


def fit_tilts(summed: Cumulated, outcomes: Floats, rows: Ints | None = None) -> Tilted:
    """The tilts with the least mean CRPS plus ``PENALTY |l|^2 / (2 n)``, by L-BFGS-B from the prior.

    They are learnt from the n issues at `rows` (all if None); outcomes [N] of others are not looked at. A ValueError
    without an issue, a RuntimeError where the search stopped away from an optimum.
    """
    learnt = np.arange(len(outcomes)) if rows is None else rows
    if not len(learnt):
        raise ValueError("tilts are fitted on at least one issue")
    share = np.bincount(learnt, minlength=len(outcomes)) / len(learnt)
    seen = np.where(share > 0, outcomes, 0.0)
    pull = PENALTY / len(learnt)

    def objective(tilts: Floats) -> tuple[float, Floats]:
        value, slope = mean_crps(summed, tilts, seen, share)
        return value + pull * float(tilts @ tilts) / 2.0, slope + pull * tilts

    n_constants = len(summed.ensemble.constants)
    bounds = [(-BOUND, BOUND)] * n_constants
    options = {"ftol": 1e-8, "gtol": 1e-4, "maxiter": 200}
    result = minimize(objective, np.zeros(n_constants), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    slope = objective(result.x)[1]
    free = np.clip(result.x - slope, -BOUND, BOUND) - result.x
    if not result.success and np.abs(free).max() > _SLOPE:
        raise RuntimeError(f"the fit of the tilts stopped away from an optimum: {result.message}")
    size = effective_size(weights_of(summed.ensemble, result.x))
    return Tilted(tuple(result.x.tolist()), size, mean_crps(summed, result.x, seen, share)[0])
