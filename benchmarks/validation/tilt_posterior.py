"""What outcomes say of the tilts of a process's constants, as a distribution rather than a best fit.

Shape letters: N issues, D draws, K constants, S samples of tilts, B bins of outcomes.

Prior of the tilts ``l ~ N(0, I)``; likelihood ``prod_i ((1 - B e) p_i(b_i | l) + e)`` with ``p_i`` the forecast's
probability of the bin of the outcome, bins as in `log_scores`, and ``e`` its `FLOOR`: a
distribution over bins again, none of them below the floor, so that no single outcome rules a tilt out. Importance
sampling from the prior (Geweke 1989, Bayesian inference in econometric models using Monte Carlo integration,
Econometrica 57).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.tilting import effective_size, require_decided, weights_of
from sim.analysis.statistics.forecast_scores import BIN_WIDTH, FLOOR, GRID
from sim.types import Ensemble

Floats = NDArray[np.float64]
N_BINS = 100 // BIN_WIDTH


def bins_of(points: Floats) -> NDArray[np.int64]:
    """Bin of each point of 0 to 100, the last one closed."""
    return np.minimum((points // BIN_WIDTH).astype(np.int64), N_BINS - 1)


def prior_tilts(n_samples: int, n_constants: int, *, seed: int) -> Floats:
    """[S, K] tilts from their prior, standard normal and independent."""
    return np.random.Generator(np.random.Philox(key=seed)).standard_normal((n_samples, n_constants))


def binned(ensemble: Ensemble) -> NDArray[np.int32]:
    """[N, D, B] decisions in each bin.

    Raises:
        NoDecisionError: no run decided one of the issues.
    """
    require_decided(ensemble)
    starts = np.flatnonzero(np.diff(bins_of(GRID), prepend=-1))
    return np.add.reduceat(ensemble.counts, starts, axis=2)


def bin_chances(ensemble: Ensemble, samples: Floats) -> Floats:
    """[S, N, B] probability of each bin under each sample of the tilts, floored as the likelihood has it.

    Raises:
        NoDecisionError: no run decided one of the issues.
    """
    n_issues, n_draws, _ = ensemble.counts.shape
    by_draw = binned(ensemble).transpose(1, 0, 2).reshape(n_draws, -1).astype(np.float64)
    found = (weights_of(ensemble, samples) @ by_draw).reshape(len(samples), n_issues, N_BINS)
    share = found / found.sum(axis=2, keepdims=True)
    return (1.0 - N_BINS * FLOOR) * share + FLOOR


def forecasts(ensemble: Ensemble, samples: Floats) -> Floats:
    """[S, N, 101] the forecasts under each of [S, K] tilts, as `forecast` gives them, in one product.

    Raises:
        NoDecisionError: no run decided one of the issues.
    """
    require_decided(ensemble)
    n_issues, n_draws, n_points = ensemble.counts.shape
    by_draw = ensemble.counts.transpose(1, 0, 2).reshape(n_draws, -1).astype(np.float64)
    chances = (weights_of(ensemble, samples) @ by_draw).reshape(len(samples), n_issues, n_points)
    return chances / chances.sum(axis=2, keepdims=True)


@dataclass(frozen=True)
class Posterior:
    """Weighted samples of the tilts."""

    samples: Floats  # [S, K]
    weights: Floats  # [S] sum to 1

    @property
    def mean(self) -> Floats:
        """Posterior means [K]."""
        return self.weights @ self.samples

    @property
    def sd(self) -> Floats:
        """Posterior standard deviations [K]."""
        return np.sqrt(np.maximum(self.weights @ (self.samples - self.mean) ** 2, 0.0))

    @property
    def effective_size(self) -> float:
        """Samples that the weights are worth; of a few dozen, no quantile should be read."""
        return effective_size(self.weights)


def posterior(samples: Floats, log_chances: Floats, seen: NDArray[np.int64]) -> Posterior:
    """Weigh samples of the prior by the likelihood of what was seen.

    Args:
        samples: [S, K] from the prior, as `prior_tilts` draws them.
        log_chances: [S, N, B] logarithm of `bin_chances` at these samples.
        seen: [N, B] how many outcomes of each issue fell into each bin: with real data one, in synthetic data as many
            as there are copies of the issue.
    """
    log_likelihood = log_chances.reshape(len(samples), -1) @ seen.ravel().astype(np.float64)
    weights = np.exp(log_likelihood - log_likelihood.max())
    return Posterior(samples, weights / weights.sum())


def seen_bins(outcomes: Floats) -> NDArray[np.int64]:
    """[N, B] 1 in the bin of each of [N] outcomes on 0 to 100."""
    return (bins_of(outcomes)[:, None] == np.arange(N_BINS)[None]).astype(np.int64)


def posterior_of(ensemble: Ensemble, outcomes: Floats, samples: Floats) -> Posterior:
    """Posterior of the tilts given one outcome an issue, from samples [S, K] of the prior."""
    return posterior(samples, np.log(bin_chances(ensemble, samples)), seen_bins(outcomes))
