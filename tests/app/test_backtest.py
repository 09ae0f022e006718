"""Back-tests from Python: a request, a plan, a result; no file is written and nothing is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.app.backtest import SHIPPED, BacktestRequest, backtest, plan_backtest
from sim.app.errors import InputError
from sim.types.playing import Silence

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
CANALS = BacktestRequest(EXAMPLES / "canals-decided.csv", stored=SHIPPED, draws=50, linking=False)


class Counting(Silence):
    total = 0

    def add(self, runs: int) -> None:
        self.total += runs


def test_a_table_is_scored_without_a_file_or_a_word(workplace, capsys):
    plan, progress = plan_backtest(CANALS), Counting()
    result = backtest(plan, progress=progress)
    rows, issues = pd.DataFrame(result.rows()), pd.DataFrame(result.issue_rows())
    whole = rows[(rows["by"] == "all") & (rows["reference"] == "") & (rows["score"] == "crps")]
    means = issues.groupby("forecaster")["crps"].mean()
    for forecaster, estimate in zip(whole["forecaster"], whole["estimate"], strict=True):
        assert means[forecaster] == pytest.approx(estimate, abs=1e-4)
    assert result.linked == ()
    assert result.fit == plan.stored
    assert progress.total == plan.work
    assert capsys.readouterr() == ("", "")
    assert list(workplace.iterdir()) == []


def test_linking_takes_half_the_draws_and_is_counted():
    plan = plan_backtest(replace(CANALS, linking=True, draws=120))
    assert plan.linked
    assert plan.request.few.draws == 60
    assert plan.work == 24 * 240 + 46 * 120


def test_what_cannot_be_scored_is_refused_before_anything_runs():
    with pytest.raises(InputError, match="40 folds need as many proposals; the table has 24"):
        plan_backtest(BacktestRequest(CANALS.file, folds=40))
    with pytest.raises(InputError, match="needs the outcome of every issue"):
        plan_backtest(BacktestRequest(EXAMPLES / "river-ktab.csv"))
