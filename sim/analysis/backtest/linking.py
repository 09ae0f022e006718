"""What it is worth that the issues of a proposal are negotiated together: the same forecasts with issues one by one.

Shape letters: N issues, 101 grid points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.analysis.backtest.backtest_scores import MEASURES, Measure
from sim.analysis.backtest.cross_validation import SEED, BackTest
from sim.analysis.backtest.tilting import cumulate, fit_tilts, forecast
from sim.analysis.positions.baselines import outcomes_of
from sim.analysis.statistics.forecast_scores import GRID, crps, log_scores, medians
from sim.analysis.statistics.intervals import Estimate, bootstrap_means
from sim.types import Ensemble, SpatialIssue
from sim.types.arrays import Floats, Ints

SIMULATED = ("process", "process_prior")
"""The forecasters that linking can change: with fitted constants, and as the priors have them."""


@dataclass(frozen=True)
class Linked:
    """One score of one forecaster over the issues of proposals with several."""

    name: str
    measure: Measure
    n: int
    together: float
    apart: float
    difference: Estimate
    """Together minus apart, paired by issue; for CRPS and MAE below 0 speaks for linking, for the log score above."""

    COMPUTED: ClassVar = ("better",)

    @property
    def better(self) -> int:
        """1 where linking is better with its whole interval, -1 where worse, 0 where it cannot be told."""
        return self.difference.side if self.measure == "log" else -self.difference.side


def linking(together: Ensemble, apart: Ensemble, test: BackTest, *, seed: int = SEED) -> tuple[Linked, ...]:
    """Compare two ensembles of the same issues, each with constants fitted for itself in the folds of a back-test.

    In the first the issues of a proposal are negotiated together, in the other each by itself, under the same draws;
    all issues of the back-test, or those that both decide. Folds, or stored tilts, are those of the test. Told are
    forecaster by forecaster and score by score over the issues of proposals with two or more among them.

    Raises:
        NoDecisionError: no run of one of them decided an issue.
        ValueError: they are of other draws, not of the same issues in the same order, or one is not in the back-test.
    """
    if not np.array_equal(together.uniforms, apart.uniforms):
        raise ValueError("both ensembles are of the same draws of the constants")
    keys = _keys(together.issues)
    place_in_test = {key: k for k, key in enumerate(_keys(test.issues))}
    if keys != _keys(apart.issues) or not place_in_test.keys() >= set(keys):
        raise ValueError("both ensembles are of the same issues in the same order, all of them in the back-test")
    at = np.array([place_in_test[key] for key in keys], dtype=np.int64)
    proposals = test.proposals[at]
    _, place, size = np.unique(proposals, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(size[place] > 1)
    if not len(rows):
        return ()
    folds = test.folds[at] if len(test.folds) else test.folds
    scores = [_scores(ensemble, test, folds) for ensemble in (together, apart)]
    scored: list[tuple[str, Measure]] = [(name, measure) for name in SIMULATED for measure in MEASURES]
    pairs = [[by_score[key][rows] for by_score in scores] for key in scored]
    gaps = np.stack([first - second for first, second in pairs], axis=1)
    means = bootstrap_means(gaps, proposals[rows], seed=seed)
    return tuple(
        Linked(name, measure, len(rows), float(first.mean()), float(second.mean()), mean)
        for (name, measure), (first, second), mean in zip(scored, pairs, means, strict=True)
    )


def _keys(issues: Sequence[SpatialIssue]) -> list[tuple[str, str]]:
    return [(issue.proposal, issue.id) for issue in issues]


def _scores(ensemble: Ensemble, test: BackTest, folds: Ints) -> Mapping[tuple[str, Measure], Floats]:
    """[N] every score of the process with fitted constants and with those of the priors."""
    outcomes = outcomes_of(ensemble.issues)
    plain = forecast(ensemble, np.zeros(len(ensemble.constants)))
    scores: dict[tuple[str, Measure], Floats] = {}
    for name, rows in zip(SIMULATED, (_fitted(ensemble, test, folds, outcomes), plain), strict=True):
        scores[name, "crps"] = crps(rows, outcomes)
        scores[name, "mae"] = np.abs(medians(rows) - outcomes)
        scores[name, "log"] = log_scores(rows, outcomes)
    return scores


def _fitted(ensemble: Ensemble, test: BackTest, folds: Ints, outcomes: Floats) -> Floats:
    """[N, 101] forecasts with tilts from the other folds, or with the stored ones."""
    if not len(folds):
        return forecast(ensemble, test.whole.tilted.tilts)
    summed, out_of_fold = cumulate(ensemble), np.zeros((len(outcomes), GRID.size))
    for fold in np.unique(folds):
        held = np.flatnonzero(folds == fold)
        tilted = fit_tilts(summed, outcomes, np.flatnonzero(folds != fold))
        out_of_fold[held] = forecast(ensemble, tilted.tilts, held)
    return out_of_fold
