"""Scores of a back-test: those of the arrays, paired by issue and clustered by proposal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.backtest.backtest_scores import FEW, evaluate, evaluate_parts, issue_rows, parts, score_rows
from sim.analysis.backtest.cross_validation import apply_fitted, backtest
from sim.analysis.positions.forecasters import FORECASTERS, SPREADS
from sim.analysis.statistics.intervals import bootstrap_means
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(60)


TOY = toy_ensemble(ISSUES, n_draws=30, runs=20)


FOUND = backtest(TOY, n_folds=4, seed=3)


WHOLE = evaluate(FOUND)


def test_scores_are_those_of_the_arrays():
    process = FOUND.named("process")
    told = WHOLE.of("process")
    assert told.n == 60
    exact = bootstrap_means(process.crps[:, None], FOUND.proposals, seed=1)[0]
    assert (told.crps.value, told.crps.low, told.crps.high) == pytest.approx((exact.value, exact.low, exact.high))
    assert told.mae.value == pytest.approx(np.abs(process.points - FOUND.outcomes).mean())
    middle = WHOLE.of("middle")
    assert middle.mae.value == pytest.approx(np.abs(50 - FOUND.outcomes).mean())
    assert middle.crps.value == middle.mae.value
    assert middle.log is None
    assert told.ranks is not None
    assert told.ranks.sum() == pytest.approx(1)


def test_differences_are_paired_and_clustered():
    gap = WHOLE.pair("process", "compromise")
    first, second = FOUND.named("process").crps, FOUND.named("compromise").crps
    assert gap.difference.value == pytest.approx((first - second).mean())
    exact = bootstrap_means((first - second)[:, None], FOUND.proposals, seed=1)[0]
    assert gap.difference.low == pytest.approx(exact.low)
    assert gap.difference.high == pytest.approx(exact.high)
    assert gap.better == -gap.difference.side
    assert WHOLE.pair("layered", "process").n == 60
    with pytest.raises(KeyError):
        WHOLE.pair("process", "compromise", "log")


def test_forecasts_that_cannot_be_made_are_left_out_on_both_sides():
    issues = tuple(replace(one, reference_point=0.0 if k < 40 else None) for k, one in enumerate(ISSUES))
    found = evaluate(backtest(replace(TOY, issues=issues), n_folds=3))
    assert found.of("nash_reference").n == 40
    gap = found.pair("nash_reference", "compromise")
    assert gap.n == 40
    assert gap.difference.value != found.of("nash_reference").crps.value - found.of("compromise").crps.value
    assert WHOLE.of("nash_reference").n == 0
    assert not WHOLE.of("nash_reference").crps.known


def test_parts_divide_the_issues_and_few_proposals_give_no_interval():
    divided = parts(FOUND)
    for by in ("wave", "voting_rule", "issues_in_proposal"):
        rows = np.concatenate([one for (name, _), one in divided.items() if name == by])
        assert sorted(rows) == list(range(60)), by
    assert not any(by == "procedure" for by, _ in divided)
    few = evaluate(FOUND, np.arange(3))
    assert few.n_proposals < FEW

    assert np.isfinite(few.of("process").crps.value)
    assert np.isnan(few.of("process").crps.low)
    assert few.pair("process", "positions").better == 0


def test_rows_of_scores_hold_every_score_and_difference():
    scores = pd.DataFrame(score_rows((WHOLE, *evaluate_parts(FOUND, references=("positions",)))))
    row = scores.query("by == 'all' and forecaster == 'mixture' and score == 'crps' and reference == ''")
    assert row["estimate"].item() == pytest.approx(WHOLE.of("mixture").crps.value, abs=1e-6)
    gap = scores.query("by == 'all' and forecaster == 'process' and score == 'crps' and reference == 'mixture'")
    assert gap["low"].item() == pytest.approx(WHOLE.pair("process", "mixture").difference.low, abs=1e-6)
    own = scores.query("by == 'all' and reference == ''").groupby("forecaster")["score"].apply(set)
    assert all(("coverage_80" in own[name]) == (name in SPREADS) for name in FORECASTERS)


def test_rows_of_issues_are_what_the_scores_are_means_of():
    issues = pd.DataFrame(issue_rows(FOUND))
    assert len(issues) == 60 * len(FORECASTERS)
    crps = issues.query("forecaster == 'process'")["crps"]
    assert crps.mean() == pytest.approx(WHOLE.of("process").crps.value, abs=1e-6)
    assert issues.query("forecaster == 'median'")["log"].isna().all()
    assert issues["fold"].tolist() == np.repeat(FOUND.folds, len(FORECASTERS)).tolist()


def test_without_folds_there_is_no_fold_to_tell():
    stored = apply_fitted(TOY, FOUND.whole, how="in_sample")
    assert {row["fold"] for row in issue_rows(stored)} == {None}
