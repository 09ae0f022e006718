"""Does the fit find what is there? The process's own data sets with known tilts, refitted and recounted.

Shape letters: N issues, K constants, 101 grid points, S samples of tilts, B bins, C copies of the issues.

Data sets are drawn from the forecasts of a *fresh* ensemble - the same issues, other draws and other runs - so that
what the first ensemble has of chance is not taken for knowledge. A data set has C outcomes an issue, drawn
independently: N C observations. Real issues of one proposal err alike, so N C real ones would teach less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from sim.analysis.forecast_scores import GRID, crps, log_scores
from sim.analysis.tilt_posterior import N_BINS, bin_chances, bins_of, posterior, prior_tilts
from sim.analysis.tilting import forecast, forecasts
from sim.types import Ensemble

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
HALF_SD = 0.5
"""Least distance of two sets of tilts that are to be told apart: a tilt of 1 moves a constant by about one prior
standard deviation."""
N_SETS = 100
RANK_DRAWS = 99
"""Draws of a posterior among which the truth gets its rank, 0 to 99."""
_LEAST_EFFECTIVE = 30.0
"""Draws that a posterior's weights must be worth for its ranks to be read."""


def same_issues(ensemble: Ensemble, fresh: Ensemble) -> None:
    """Refuse two ensembles that are not of the same issues and constants, or that share their draws.

    Raises:
        ValueError: they are not two ensembles of one process on the same issues.
    """
    if [one.id for one in ensemble.issues] != [one.id for one in fresh.issues]:
        raise ValueError("both ensembles are of the same issues in the same order")
    if ensemble.constants != fresh.constants:
        raise ValueError("both ensembles are of the same constants")
    if np.array_equal(ensemble.counts, fresh.counts):
        raise ValueError("the second ensemble has the same runs as the first: make it with another seed")


def synthetic_outcomes(source: Floats, copies: int, chance: np.random.Generator) -> Counts:
    """[N, 101] how many of C outcomes an issue fall on each grid point, drawn from the distributions [N, 101]."""
    return chance.multinomial(copies, source)


@dataclass(frozen=True)
class Recovery:
    """In how many data sets the constants that made them scored better than others."""

    truth: tuple[float, ...]
    other: tuple[float, ...]
    n_sets: int
    n_outcomes: int
    """Outcomes in each data set, N C."""
    by_log: int
    """Sets in which the truth had the better mean log score."""
    by_crps: int


def recovery(
    ensemble: Ensemble,
    fresh: Ensemble,
    truth: Sequence[float],
    other: Sequence[float],
    *,
    copies: int = 1,
    n_sets: int = N_SETS,
    seed: int = 1,
) -> Recovery:
    """Draw data sets under one set of tilts and count in how many it beats another.

    Args:
        ensemble: makes the forecasts that are scored.
        fresh: makes the data.
        truth: [K] tilts that the data are drawn with.
        other: [K] tilts at least `HALF_SD` away.
        copies: outcomes an issue in each data set.
        n_sets: data sets.
        seed: key of the Philox stream.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: ensembles that do not fit each other, or tilts too near.
    """
    same_issues(ensemble, fresh)
    if np.linalg.norm(np.subtract(truth, other)) < HALF_SD - 1e-9:
        raise ValueError(f"two sets of tilts to be told apart are at least {HALF_SD} prior standard deviations apart")
    chance = np.random.Generator(np.random.Philox(key=seed))
    source = forecast(fresh, truth)
    right, wrong = (forecast(ensemble, tilts) for tilts in (truth, other))
    crps_gain = _score_of_points(wrong, crps) - _score_of_points(right, crps)
    log_gain = _score_of_points(right, log_scores) - _score_of_points(wrong, log_scores)
    sets = [synthetic_outcomes(source, copies, chance) for _ in range(n_sets)]
    return Recovery(
        tuple(map(float, truth)),
        tuple(map(float, other)),
        n_sets,
        copies * len(ensemble.issues),
        sum(float((one * log_gain).sum()) > 0 for one in sets),
        sum(float((one * crps_gain).sum()) > 0 for one in sets),
    )


def _score_of_points(given: Floats, score: Callable[[Floats, Floats], Floats]) -> Floats:
    """[N, 101] score of each forecast if the outcome were this grid point."""
    return np.array([score(given, np.full(len(given), at)) for at in GRID]).T


@dataclass(frozen=True)
class RankCheck:
    """Ranks of known tilts in their posteriors, over many data sets."""

    constants: tuple[str, ...]
    ranks: Counts
    """[sets, K] draws of the posterior below the truth, 0 to `RANK_DRAWS`."""
    histogram: Counts
    """[K, bins]; flat where posteriors are what they say."""
    p_values: Floats
    """[K] of the chi-square test of flatness."""
    effective_size: Floats
    """[sets] draws that the weights of each posterior are worth."""
    n_outcomes: int

    @property
    def can_be_read(self) -> bool:
        """Whether the posteriors hold enough draws: else unevenness may come from the sampling alone."""
        return bool(np.quantile(self.effective_size, 0.1) >= _LEAST_EFFECTIVE)


def rank_check(
    ensemble: Ensemble,
    fresh: Ensemble,
    *,
    copies: int = 1,
    n_sets: int = N_SETS,
    n_samples: int = 4000,
    n_bins: int = 10,
    seed: int = 1,
) -> RankCheck:
    """Simulation-based calibration of the posterior of the tilts.

    Tilts from the prior, a data set from the fresh ensemble, the posterior from the first one; the truth's rank among
    draws of the posterior is uniform where both agree (Cook, Gelman & Rubin 2006, Validation of software for Bayesian
    models using posterior quantiles, Journal of Computational and Graphical Statistics 15; Talts, Betancourt, Simpson,
    Vehtari & Gelman 2018, arXiv:1804.06788). A bump in the middle: posteriors too wide; at the ends: too narrow, as
    when the two ensembles differ by the chance of too few draws or runs; a slope: the ensembles' draws are not spread
    evenly over the prior.

    Args:
        ensemble: makes the posteriors.
        fresh: makes the data.
        copies: outcomes an issue in each data set.
        n_sets: data sets.
        n_samples: prior samples that every posterior weighs.
        n_bins: bins of the histogram, a divisor of `RANK_DRAWS` + 1.
        seed: key of the Philox streams.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: ensembles that do not fit each other, or bins that do not divide the ranks.
    """
    same_issues(ensemble, fresh)
    if n_bins < 2 or (RANK_DRAWS + 1) % n_bins:
        raise ValueError(f"2 bins or more, a divisor of {RANK_DRAWS + 1}")
    n_constants = len(ensemble.constants)
    samples = prior_tilts(n_samples, n_constants, seed=seed)
    log_chances = np.log(bin_chances(ensemble, samples))
    chance = np.random.Generator(np.random.Philox(key=seed + 1))
    truths = chance.standard_normal((n_sets, n_constants))
    ranks, sizes = np.zeros((n_sets, n_constants), dtype=np.int64), np.zeros(n_sets)
    for k, (truth, source) in enumerate(zip(truths, forecasts(fresh, truths), strict=True)):
        seen = _binned(synthetic_outcomes(source, copies, chance))
        found = posterior(samples, log_chances, seen)
        drawn = samples[chance.choice(n_samples, size=RANK_DRAWS, p=found.weights)]
        ranks[k], sizes[k] = (drawn < truth).sum(axis=0), found.effective_size
    width = (RANK_DRAWS + 1) // n_bins
    histogram = np.array([np.bincount(one // width, minlength=n_bins) for one in ranks.T])
    names = tuple(one.name for one in ensemble.constants)
    return RankCheck(names, ranks, histogram, flatness(histogram), sizes, copies * len(ensemble.issues))


def _binned(counts: Counts) -> Counts:
    """[N, B] outcomes by bin from [N, 101] by grid point."""
    return counts @ (bins_of(GRID)[:, None] == np.arange(N_BINS)[None]).astype(np.int64)


def flatness(histogram: Counts) -> Floats:
    """[K] p-values of Pearson's chi-square test that each row of [K, bins] counts is from a flat distribution."""
    expected = histogram.sum(axis=1, keepdims=True) / histogram.shape[1]
    statistic = ((histogram - expected) ** 2 / expected).sum(axis=1)
    return np.asarray(chi2.sf(statistic, histogram.shape[1] - 1), dtype=np.float64)
