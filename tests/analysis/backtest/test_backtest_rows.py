"""Tidy rows hold what was found, and open as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.backtest.backtest_rows import issue_rows, score_rows
from sim.analysis.backtest.backtest_scores import evaluate, evaluate_parts
from sim.analysis.backtest.cross_validation import apply_fitted, backtest
from sim.analysis.positions.forecasters import FORECASTERS, SPREADS
from tests.analysis.ensembles import toy_ensemble, toy_issues

TOY = toy_ensemble(toy_issues(60), n_draws=30, runs=20)
FOUND = backtest(TOY, n_folds=4, seed=3)
WHOLE = evaluate(FOUND)


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
