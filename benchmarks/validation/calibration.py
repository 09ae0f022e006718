"""Does the fit find what is there? The process's own data sets with known tilts, refitted and recounted.

Shape letters: N issues, K constants, 101 grid points, S samples of tilts, B bins, C copies of the issues.

Data sets are drawn from a *fresh* ensemble - the same issues, other draws and other runs - so that what the first
ensemble has of chance is not taken for knowledge. A data set has C outcomes an issue, N C observations: drawn from the
forecasts one by one, or `together`, one run for all issues of a proposal, as decisions come about. The likelihood takes
them one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from benchmarks.validation.constant_shifts import mean_shifts
from benchmarks.validation.tilt_posterior import N_BINS, bin_chances, bins_of, forecasts, posterior, prior_tilts
from sim.analysis.backtest.tilting import NoDecisionError, forecast, weights_of
from sim.analysis.statistics.forecast_scores import GRID, crps, log_scores
from sim.types import Ensemble

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
HALF_SD = 0.5
"""Least distance of two sets of constants that are to be told apart: of the means of the constants under their tilts,
in prior standard deviations (`benchmarks.validation.constant_shifts`), Euclidean over the constants."""
N_SETS = 100
RANK_DRAWS, RANK_BINS = 99, 10
"""Draws of a posterior among which the truth gets its rank, 0 to 99, and bins of their histogram."""
_LEAST_EFFECTIVE = 30.0
"""Draws that a posterior's weights must be worth for its ranks to be read."""


@dataclass(frozen=True)
class MadeUp:
    """How data sets are made up."""

    copies: int = 1
    """C, outcomes an issue in each set."""
    n_sets: int = N_SETS
    together: bool = False
    """Draw the issues of a proposal from the same runs; the fresh ensemble then has one run a draw."""
    seed: int = 1
    """Key of the Philox streams."""


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


@dataclass(frozen=True)
class SingleRuns:
    """An ensemble with one run a draw, laid out so that a run can be drawn for a whole proposal."""

    ensemble: Ensemble
    at: Counts
    """[N, D] grid point of the decision."""
    rows: tuple[NDArray[np.intp], ...]
    """Places of the issues of each proposal."""
    decided: NDArray[np.bool_]
    """[proposals, D] whether the run decided all its issues."""


def single_runs(fresh: Ensemble) -> SingleRuns:
    """Lays out an ensemble with one run a draw; of several, counts do not tell which issues were decided in one run.

    Raises:
        NoDecisionError: no run decided all issues of one of the proposals.
        ValueError: more than one run a draw.
    """
    if (fresh.runs_of_issues != 1).any():
        raise ValueError("outcomes of a proposal are drawn together from an ensemble with one run a draw")
    names = np.array([one.proposal for one in fresh.issues])
    rows = tuple(np.flatnonzero(names == name) for name in dict.fromkeys(names.tolist()))
    each = fresh.decided > 0
    decided = np.array([each[held].all(axis=0) for held in rows])
    gone = [fresh.issues[row].id for held, found in zip(rows, decided, strict=True) if not found.any() for row in held]
    if gone:
        raise NoDecisionError(gone)
    return SingleRuns(fresh, fresh.counts.argmax(axis=2), rows, decided)


def drawn_together(runs: SingleRuns, tilts: Floats, copies: int, chance: np.random.Generator) -> Counts:
    """[N, 101] how many of C outcomes an issue fall on each grid point, all issues of a proposal from the same runs.

    Args:
        runs: to draw from, those that decided.
        tilts: [K] by which draws are weighed; each outcome of a proposal is of a draw of its own.
        copies: C.
        chance: what is drawn with.
    """
    weights = weights_of(runs.ensemble, tilts)
    found = np.zeros((len(runs.at), GRID.size), dtype=np.int64)
    for rows, decided in zip(runs.rows, runs.decided, strict=True):
        held = np.cumsum(weights * decided)
        places = np.searchsorted(held, chance.random(copies) * held[-1], side="right")
        for row in rows:
            found[row] = np.bincount(runs.at[row, places], minlength=GRID.size)
    return found


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
    sets: MadeUp | None = None,
) -> Recovery:
    """Draw data sets under one set of tilts and count in how many it beats another.

    Args:
        ensemble: makes the forecasts that are scored.
        fresh: makes the data.
        truth: [K] tilts that the data are drawn with.
        other: [K] tilts whose means are at least `HALF_SD` away.
        sets: how the data sets are made up; as `MadeUp` has it if None.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: ensembles that do not fit each other, tilts too near, or several runs a draw for outcomes drawn
            together.
    """
    same_issues(ensemble, fresh)
    if np.linalg.norm(mean_shifts(ensemble, truth) - mean_shifts(ensemble, other)) < HALF_SD - 1e-6:
        raise ValueError(f"two sets of constants to be told apart have means {HALF_SD} prior standard deviations apart")
    right, wrong = (forecast(ensemble, tilts) for tilts in (truth, other))
    crps_gain = _score_of_points(wrong, crps) - _score_of_points(right, crps)
    log_gain = _score_of_points(right, log_scores) - _score_of_points(wrong, log_scores)
    made = sets or MadeUp()
    outcomes = list(
        _made_up(fresh, np.tile(np.asarray(truth, dtype=np.float64), (made.n_sets, 1)), made, key=made.seed)
    )
    return Recovery(
        tuple(map(float, truth)),
        tuple(map(float, other)),
        made.n_sets,
        made.copies * len(ensemble.issues),
        sum(float((one * log_gain).sum()) > 0 for one in outcomes),
        sum(float((one * crps_gain).sum()) > 0 for one in outcomes),
    )


def _made_up(fresh: Ensemble, truths: Floats, sets: MadeUp, *, key: int) -> Iterator[Counts]:
    """[N, 101] data sets, one for each of [sets, K] tilts."""
    chance = np.random.Generator(np.random.Philox(key=key))
    if sets.together:
        runs = single_runs(fresh)
        yield from (drawn_together(runs, truth, sets.copies, chance) for truth in truths)
        return
    different, of_set = np.unique(truths, axis=0, return_inverse=True)
    sources = forecasts(fresh, different) if len(different) > 1 else forecast(fresh, different[0])[None]
    yield from (synthetic_outcomes(sources[k], sets.copies, chance) for k in of_set.ravel())


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
    def p_value(self) -> float:
        """Of the chi-square test of flatness of all constants at once, their statistics summed."""
        return float(chi2.sf(_unevenness(self.histogram).sum(), self.histogram.size - len(self.histogram)))

    @property
    def can_be_read(self) -> bool:
        """Whether the posteriors hold enough draws: else unevenness may come from the sampling alone."""
        return bool(np.quantile(self.effective_size, 0.1) >= _LEAST_EFFECTIVE)


def rank_check(
    ensemble: Ensemble,
    fresh: Ensemble,
    *,
    sets: MadeUp | None = None,
    n_samples: int = 4000,
) -> RankCheck:
    """Simulation-based calibration of the posterior of the tilts.

    Tilts from the prior, a data set from the fresh ensemble, the posterior from the first one; the truth's rank among
    draws of the posterior is uniform where both agree (Cook, Gelman & Rubin 2006, Validation of software for Bayesian
    models using posterior quantiles, Journal of Computational and Graphical Statistics 15; Talts, Betancourt, Simpson,
    Vehtari & Gelman 2018, arXiv:1804.06788). A bump in the middle: posteriors too wide; at the ends: too narrow, as
    when the first ensemble has too few draws (`fisher_information`); a slope: the ensembles' draws are not spread
    evenly over the prior.

    Args:
        ensemble: makes the posteriors.
        fresh: makes the data.
        sets: how the data sets are made up; as `MadeUp` has it if None.
        n_samples: prior samples that every posterior weighs.

    Raises:
        NoDecisionError: no run decided one of the issues.
        ValueError: ensembles that do not fit each other, or several runs a draw for outcomes drawn together.
    """
    same_issues(ensemble, fresh)
    made, n_constants = sets or MadeUp(), len(ensemble.constants)
    samples = prior_tilts(n_samples, n_constants, seed=made.seed)
    log_chances = np.log(bin_chances(ensemble, samples))
    chance = np.random.Generator(np.random.Philox(key=made.seed + 1))
    truths = chance.standard_normal((made.n_sets, n_constants))
    ranks, sizes = np.zeros((made.n_sets, n_constants), dtype=np.int64), np.zeros(made.n_sets)
    for k, outcomes in enumerate(_made_up(fresh, truths, made, key=made.seed + 2)):
        found = posterior(samples, log_chances, _binned(outcomes))
        drawn = samples[chance.choice(n_samples, size=RANK_DRAWS, p=found.weights)]
        ranks[k], sizes[k] = (drawn < truths[k]).sum(axis=0), found.effective_size
    width = (RANK_DRAWS + 1) // RANK_BINS
    histogram = np.array([np.bincount(one // width, minlength=RANK_BINS) for one in ranks.T])
    names = tuple(one.name for one in ensemble.constants)
    return RankCheck(names, ranks, histogram, flatness(histogram), sizes, made.copies * len(ensemble.issues))


def _binned(counts: Counts) -> Counts:
    """[N, B] outcomes by bin from [N, 101] by grid point."""
    return counts @ (bins_of(GRID)[:, None] == np.arange(N_BINS)[None]).astype(np.int64)


def flatness(histogram: Counts) -> Floats:
    """[K] p-values of Pearson's chi-square test that each row of [K, bins] counts is from a flat distribution."""
    return np.asarray(chi2.sf(_unevenness(histogram), histogram.shape[1] - 1), dtype=np.float64)


def _unevenness(histogram: Counts) -> Floats:
    """[K] Pearson's statistics of rows of counts against a flat distribution."""
    expected = histogram.sum(axis=1, keepdims=True) / histogram.shape[1]
    return ((histogram - expected) ** 2 / expected).sum(axis=1)
