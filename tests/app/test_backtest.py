"""Back-tests from Python: a request, a plan, a result; no file is written and nothing is printed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.backtest.backtest_scores import issue_rows
from sim.app.backtest import SHIPPED, BacktestRequest, backtest
from sim.app.errors import InputError
from sim.types.playing import Silence, Size

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
CANALS = BacktestRequest(EXAMPLES / "canals-decided.csv", Size(50, 2), stored=SHIPPED, linking=False)


class Counting(Silence):
    total = 0

    def add(self, runs: int) -> None:
        self.total += runs


def test_a_table_is_scored_without_a_file_or_a_word(workplace, capsys):
    progress = Counting()
    result = backtest(CANALS, progress=progress)
    rows, issues = pd.DataFrame(result.rows()), pd.DataFrame(issue_rows(result))
    whole = rows[(rows["by"] == "all") & (rows["reference"] == "") & (rows["score"] == "crps")]
    means = issues.groupby("forecaster")["crps"].mean()
    for forecaster, estimate in zip(whole["forecaster"], whole["estimate"], strict=True):
        assert means[forecaster] == pytest.approx(estimate, abs=1e-4)
    assert result.linked == ()
    assert result.fit == CANALS.applied
    assert progress.total == CANALS.work
    assert capsys.readouterr() == ("", "")
    assert list(workplace.iterdir()) == []


def test_linking_takes_half_the_draws_and_is_counted():
    request = replace(CANALS, linking=True, size=Size(120, 2))
    assert request.linked
    assert request.few.draws == 60
    assert request.work == 24 * 240 + 46 * 120


def test_what_cannot_be_scored_is_refused_before_anything_runs():
    with pytest.raises(InputError, match="40 folds need as many proposals; the table has 24"):
        backtest(BacktestRequest(CANALS.file, folds=40))
    with pytest.raises(InputError, match="needs the outcome of every issue"):
        backtest(BacktestRequest(EXAMPLES / "river-ktab.csv"))
