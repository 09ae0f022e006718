"""Scores of a back-test: each forecaster, pairs of forecasters, and parts of the issues.

Shape letters: N issues.

Intervals are by bootstrap of proposals (`bootstrap_means`). They say what another sample of proposals would move, for
the fits as they are: the fits are not made again in each sample. Each is for itself; among many differences some will
exclude 0 by chance. Scores and forecasts also come as two tidy tables that a data-frame library opens as they are; and
told is what it is worth that the issues of a proposal are negotiated together (`linking`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.backtest.cross_validation import SEED, BackTest, Forecaster
from sim.analysis.backtest.tilting import cumulate, fit_tilts, forecast
from sim.analysis.positions.baselines import outcomes_of
from sim.analysis.statistics.forecast_scores import (
    GRID,
    HIT,
    Coverage,
    PointScores,
    Reliability,
    coverage,
    crps,
    log_scores,
    medians,
    point_scores,
    rank_histogram,
    reliability,
)
from sim.analysis.statistics.intervals import Estimate, bootstrap_means
from sim.types import Ensemble, SpatialIssue
from sim.types.arrays import Floats, Ints
from sim.types.marks import Axes, By
from sim.types.records import number

Measure = Literal["crps", "mae", "log"]
Key = tuple[str, str, Measure]  # forecaster, reference or nothing, score
Averaged = tuple[int, Estimate]  # number of issues and the mean over them
MEASURES: tuple[Measure, ...] = ("crps", "mae", "log")
REFERENCES = ("positions", "compromise", "mixture")  # what every forecaster is set against unless asked otherwise
LAYER_PAIRS = (("layered", "process"), ("mixture_with_process", "mixture"), ("process", "process_prior"))
"""What the layer adds to the simulation, the simulation to the mixture, and the fit of the constants."""
Row = dict[str, Any]
SIMULATED = ("process", "process_prior")
"""The forecasters that linking can change: with fitted constants, and as the priors have them."""


@dataclass(frozen=True)
class Scored:
    """How one forecaster did; means over the issues it has a forecast for."""

    name: str
    n: int
    mae: Estimate
    """Of the median, or of the number."""
    points: PointScores
    crps: Estimate
    """Of a number the same as its `mae`."""
    log: Estimate | None
    """None for a number, as all below."""
    coverage_50: Coverage | None
    coverage_80: Coverage | None
    reliability: Reliability | None
    ranks: Annotated[Floats | None, Axes(None)]
    """[10] shares of outcomes by their place in the forecast; flat is calibrated."""


@dataclass(frozen=True)
class Paired:
    """Mean difference of two forecasters over the issues that both have a forecast for."""

    name: str
    reference: str
    measure: Measure
    n: int
    difference: Estimate
    """First minus reference; for CRPS and MAE below 0 is better, for the log score above."""

    COMPUTED: ClassVar = ("better",)

    @property
    def better(self) -> int:
        """1 where the first is better with its whole interval, -1 where worse, 0 where they cannot be told apart."""
        return self.difference.side if self.measure == "log" else -self.difference.side


@dataclass(frozen=True)
class Evaluation:
    """Scores over all issues, or over a part of them."""

    by: str
    """`all`, or what divides the issues: wave, voting_rule, procedure, issues_in_proposal."""
    value: str
    n_issues: int
    n_proposals: int
    scores: Annotated[tuple[Scored, ...], By("name")]
    paired: tuple[Paired, ...]
    references: tuple[str, ...]
    """What every forecaster is set against; `paired` holds `LAYER_PAIRS` besides."""

    def of(self, name: str) -> Scored:
        """The scores of a forecaster; a KeyError where there is none."""
        return {scored.name: scored for scored in self.scores}[name]

    def pair(self, name: str, reference: str, measure: Measure = "crps") -> Paired:
        """A difference; a KeyError where it is none of those taken."""
        return {(pair.name, pair.reference, pair.measure): pair for pair in self.paired}[name, reference, measure]


def evaluate(
    test: BackTest,
    rows: Ints | None = None,
    *,
    references: Sequence[str] = REFERENCES,
    by: str = "all",
    value: str = "",
    seed: int = SEED,
) -> Evaluation:
    """Every score of every forecaster, and paired differences against the references and within `LAYER_PAIRS`.

    `rows` are places of the issues counted, all if None: a part of them where `by` says what divides them and `value`
    which part. A KeyError for a reference that is no forecaster, a ValueError without issues.
    """
    counted = np.arange(len(test.issues)) if rows is None else rows
    if not len(counted):
        raise ValueError("no issue to score")
    names = [forecaster.name for forecaster in test.forecasters]
    pairs = list(
        dict.fromkeys([*((name, other) for other in references for name in names if name != other), *LAYER_PAIRS])
    )
    means = _resampled(_columns(test, pairs, counted), test.proposals[counted], seed)
    return Evaluation(
        by,
        value,
        len(counted),
        len(set(test.proposals[counted])),
        tuple(_scored(test, forecaster, counted, means) for forecaster in test.forecasters),
        tuple(Paired(*key, n, mean) for key, (n, mean) in means.items() if key[1]),
        tuple(references),
    )


def _values(forecaster: Forecaster, measure: Measure, outcomes: Floats) -> Floats | None:
    """[N] scores of a forecaster, NaN where it has no forecast; None where it has no such score."""
    return {"crps": forecaster.crps, "mae": np.abs(forecaster.points - outcomes), "log": forecaster.log}[measure]


def _columns(test: BackTest, pairs: Sequence[tuple[str, str]], rows: Ints) -> dict[Key, Floats]:
    """What is averaged over the issues, [n] each: scores, under no reference, and differences."""
    columns: dict[Key, Floats] = {}
    for name, reference in [*((forecaster.name, "") for forecaster in test.forecasters), *pairs]:
        for measure in MEASURES:
            first = _values(test.named(name), measure, test.outcomes)
            second = _values(test.named(reference), measure, test.outcomes) if reference else np.zeros(len(test.issues))
            if first is not None and second is not None:
                columns[name, reference, measure] = (first - second)[rows]
    return columns


def _resampled(columns: Mapping[Key, Floats], proposals: NDArray[np.str_], seed: int) -> dict[Key, Averaged]:
    """Number of issues and mean of each column (no interval for few proposals); alike ones are resampled together."""
    alike: dict[bytes, list[Key]] = {}
    for key, values in columns.items():
        alike.setdefault(np.isfinite(values).tobytes(), []).append(key)
    averaged: dict[Key, Averaged] = {}
    for mask, keys in alike.items():
        scored = np.frombuffer(mask, dtype=np.bool_)
        means = bootstrap_means(np.array([columns[key][scored] for key in keys]).T, proposals[scored], seed=seed)
        averaged |= {key: (int(scored.sum()), mean) for key, mean in zip(keys, means, strict=True)}
    return {key: averaged[key] for key in columns}


def _scored(test: BackTest, forecaster: Forecaster, rows: Ints, means: Mapping[Key, Averaged]) -> Scored:
    rows, name = rows[np.isfinite(forecaster.points[rows])], forecaster.name
    outcomes = test.outcomes[rows]
    points = point_scores(forecaster.points[rows], outcomes) if len(rows) else PointScores(*[float("nan")] * 4)
    mae, crps = means[name, "", "mae"][1], means[name, "", "crps"][1]
    if forecaster.spread is None:
        return Scored(name, len(rows), mae, points, crps, None, None, None, None, None)
    spread, log = forecaster.spread[rows], means[name, "", "log"][1]
    half, most = coverage(spread, outcomes, 0.5), coverage(spread, outcomes, 0.8)
    diagram, ranks = reliability(spread, outcomes), rank_histogram(spread, outcomes)
    return Scored(name, len(rows), mae, points, crps, log, half, most, diagram, ranks)


def parts(test: BackTest) -> dict[tuple[str, str], Ints]:
    """Places of the issues by wave, voting rule, procedure and number of issues in the proposal.

    Where the table says nothing of one of these, or the same of all issues, it divides nothing and is left out.
    """
    own = {name: int(n) for name, n in zip(*np.unique(test.proposals, return_counts=True), strict=True)}
    named: Mapping[str, list[str]] = {
        "wave": [issue.wave for issue in test.issues],
        "voting_rule": [issue.voting_rule for issue in test.issues],
        "procedure": [issue.procedure for issue in test.issues],
        "issues_in_proposal": [
            "4 or more" if own[issue.proposal] >= 4 else str(own[issue.proposal]) for issue in test.issues
        ],
    }
    return {
        (by, value): np.flatnonzero(np.array(values) == value)
        for by, values in named.items()
        if len(set(values)) > 1
        for value in sorted(set(values))
    }


def evaluate_parts(
    test: BackTest, *, references: Sequence[str] = REFERENCES, seed: int = SEED
) -> tuple[Evaluation, ...]:
    """Scores of every part of `parts`, in its order."""
    return tuple(
        evaluate(test, rows, references=references, by=by, value=value, seed=seed)
        for (by, value), rows in parts(test).items()
    )


def score_rows(evaluations: Sequence[Evaluation]) -> list[Row]:
    """Tidy rows, one a part, forecaster and score: by, value, forecaster, reference, score, n, estimate, low, high.

    `reference` is empty for a score and names the other forecaster for a difference.
    """
    rows: list[Row] = []
    for found in evaluations:
        part = {"by": found.by, "value": found.value}
        for one in found.scores:
            for score, got in _named_scores(one).items():
                rows.append({**part, "forecaster": one.name, "reference": "", "score": score, "n": one.n, **got})
        for pair in found.paired:
            told = {"forecaster": pair.name, "reference": pair.reference, "score": pair.measure, "n": pair.n}
            rows.append({**part, **told, **estimate(pair.difference)})
    return rows


def estimate(found: Estimate) -> Row:
    """A score with the ends of its interval."""
    return {"estimate": number(found.value), "low": number(found.low), "high": number(found.high)}


def _named_scores(one: Scored) -> dict[str, Row]:
    points = {"rmse": one.points.rmse, "median_error": one.points.median_error, f"within_{HIT:g}": one.points.hits}
    named: dict[str, Estimate | float] = {"mae": one.mae, **points, "crps": one.crps}
    if one.log is not None and one.coverage_50 is not None and one.coverage_80 is not None:
        named |= {"log": one.log, "coverage_50": one.coverage_50.share, "coverage_80": one.coverage_80.share}
    plain = {name: at if isinstance(at, Estimate) else Estimate(at, np.nan, np.nan) for name, at in named.items()}
    return {name: estimate(at) for name, at in plain.items()}


def issue_rows(test: BackTest) -> list[Row]:
    """Tidy rows, one an issue and forecaster: what was forecast, what came, and how far off it was.

    Numbers are in hundredths of the issue's scale. `fold` is empty where nothing was fitted in folds.
    """
    return [
        {
            "proposal": issue.proposal,
            "issue": issue.id,
            "fold": int(test.folds[k]) if len(test.folds) else None,
            "forecaster": one.name,
            "median": number(one.points[k]),
            "outcome": number(test.outcomes[k]),
            "crps": number(one.crps[k]),
            "log": None if one.log is None else number(one.log[k]),
        }
        for k, issue in enumerate(test.issues)
        for one in test.forecasters
    ]


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
    forecaster by forecaster and score by score over the issues of proposals with two or more among them. A ValueError
    where they are of other draws or issues, or one is not in the back-test; a NoDecisionError where no run of one
    decided an issue.
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
