"""A back-test as plain data: one document for JSON, and two tidy tables that a data-frame library opens as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.analysis.backtest.backtest_scores import Evaluation, Paired, Scored
from sim.analysis.backtest.cross_validation import BackTest
from sim.analysis.backtest.linking import Linked
from sim.analysis.backtest.model_fit import Fitted
from sim.analysis.backtest.stacking import Layer
from sim.analysis.positions.forecasters import FORECASTERS
from sim.analysis.statistics.forecast_scores import HIT, Coverage
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.statistics.json_numbers import estimate, number

Json = dict[str, Any]
SCHEMA_VERSION = "parley/backtest/1"


def as_data(test: BackTest, whole: Evaluation, parts: Sequence[Evaluation]) -> Json:
    """Everything found, as dicts, lists, strings and finite numbers; null where nothing is known.

    Args:
        test: forecasts and outcomes.
        whole: scores over all issues.
        parts: scores over parts of them.
    """
    return {
        "schema": SCHEMA_VERSION,
        "how": test.how,
        "issues_seen_before": test.seen_before,
        "left_out": list(test.left_out),
        "issues": len(test.issues),
        "proposals": len(set(test.proposals)),
        "folds": len(test.fits),
        "draws": test.n_draws,
        "decided_share": number(test.decided_share),
        "forecasters": {key: method.name for key, method in FORECASTERS.items()},
        "constants": [
            {
                "name": one.constant.name,
                "meaning": one.constant.meaning,
                "low": number(one.constant.low),
                "high": number(one.constant.high),
                "tilt": number(one.tilt),
                "mean": number(one.mean),
                "fold_tilts": [number(tilt) for tilt in one.fold_tilts],
                "at_bound": one.at_bound,
            }
            for one in test.constants
        ],
        "fit": fitted_data(test.whole),
        "all": evaluation_data(whole),
        "parts": [evaluation_data(one) for one in parts],
    }


def fitted_data(fitted: Fitted) -> Json:
    """What was learnt from all issues, but for the marginal."""
    return {
        "effective_draws": number(fitted.tilted.effective_size),
        "gaussian_sd": number(fitted.gaussian_sd),
        "mixture": {
            "positions": number(fitted.mixture.positions),
            "gaussian": number(fitted.mixture.gaussian),
            "sd": number(fitted.mixture.sd),
        },
        "layered": layer_data(fitted.layered),
        "mixture_with_process": layer_data(fitted.mixture_with_process),
    }


def layer_data(layer: Layer) -> Json:
    """Weights and kernel width."""
    return {key: number(getattr(layer, key)) for key in ("process", "positions", "gaussian", "marginal", "width")}


def evaluation_data(found: Evaluation) -> Json:
    """Scores of one part, or of all."""
    return {
        "by": found.by,
        "value": found.value,
        "issues": found.n_issues,
        "proposals": found.n_proposals,
        "scores": {one.name: _scored(one) for one in found.scores},
        "paired": [_paired(one) for one in found.paired],
    }


def _scored(one: Scored) -> Json:
    return {
        "n": one.n,
        "mae": estimate(one.mae),
        "rmse": number(one.points.rmse),
        "median_error": number(one.points.median_error),
        f"within_{HIT:g}": number(one.points.hits),
        "crps": estimate(one.crps),
        "log": _estimate(one.log),
        "coverage_50": _coverage(one.half),
        "coverage_80": _coverage(one.most),
        "reliability": None
        if (told := one.reliability) is None
        else {
            "forecast": [number(x) for x in told.forecast],
            "observed": [number(x) for x in told.observed],
            "count": told.count.tolist(),
        },
        "ranks": None if one.ranks is None else [number(x) for x in one.ranks],
    }


def _estimate(found: Estimate | None) -> Json | None:
    return None if found is None else estimate(found)


def _coverage(found: Coverage | None) -> Json | None:
    return found and {"share": number(found.share), "given": number(found.given), "width": number(found.width)}


def _paired(one: Paired) -> Json:
    return {
        "name": one.name,
        "reference": one.reference,
        "measure": one.measure,
        "n": one.n,
        "difference": estimate(one.difference),
        "better": one.better,
    }


def linking_data(linked: Sequence[Linked]) -> list[Json]:
    """What linking is worth, score by score; empty where it was not computed."""
    return [
        {
            "forecaster": one.name,
            "score": one.measure,
            "n": one.n,
            "together": number(one.together),
            "apart": number(one.apart),
            "difference": estimate(one.difference),
            "better": one.better,
        }
        for one in linked
    ]


def score_rows(evaluations: Sequence[Evaluation]) -> list[Json]:
    """Tidy rows, one a part, forecaster and score: by, value, forecaster, reference, score, n, estimate, low, high.

    `reference` is empty for a score and names the other forecaster for a difference.
    """
    rows: list[Json] = []
    for found in evaluations:
        part = {"by": found.by, "value": found.value}
        for one in found.scores:
            for score, got in _named_scores(one).items():
                rows.append({**part, "forecaster": one.name, "reference": "", "score": score, "n": one.n, **got})
        for pair in found.paired:
            told = {"forecaster": pair.name, "reference": pair.reference, "score": pair.measure, "n": pair.n}
            rows.append({**part, **told, **estimate(pair.difference)})
    return rows


def _named_scores(one: Scored) -> dict[str, Json]:
    def plain(value: float) -> Json:
        return {"estimate": number(value), "low": None, "high": None}

    found = {
        "mae": estimate(one.mae),
        "rmse": plain(one.points.rmse),
        "median_error": plain(one.points.median_error),
        f"within_{HIT:g}": plain(one.points.hits),
        "crps": estimate(one.crps),
    }
    if one.log is not None and one.half is not None and one.most is not None:
        found |= {"log": estimate(one.log), "coverage_50": plain(one.half.share), "coverage_80": plain(one.most.share)}
    return found


def issue_rows(test: BackTest) -> list[Json]:
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
