"""A back-test as two tidy tables that a data-frame library opens as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.backtest.backtest_scores import Evaluation, Scored
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.statistics.forecast_scores import HIT
from sim.analysis.statistics.intervals import Estimate
from sim.types.records import number

Row = dict[str, Any]


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
    def plain(value: float) -> Row:
        return {"estimate": number(value), "low": None, "high": None}

    found = {
        "mae": estimate(one.mae),
        "rmse": plain(one.points.rmse),
        "median_error": plain(one.points.median_error),
        f"within_{HIT:g}": plain(one.points.hits),
        "crps": estimate(one.crps),
    }
    if one.log is not None and one.coverage_50 is not None and one.coverage_80 is not None:
        found |= {
            "log": estimate(one.log),
            "coverage_50": plain(one.coverage_50.share),
            "coverage_80": plain(one.coverage_80.share),
        }
    return found


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
