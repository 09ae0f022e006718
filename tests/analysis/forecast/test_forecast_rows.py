"""Tidy rows of a forecast agree with the record that they are taken from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.forecast.forecast_rows import TRADE_COLUMNS, position_rows, trade_rows, write_positions
from sim.analysis.forecast.issue_forecasts import forecast_issues
from sim.scenario import load_raw
from sim.types.playing import Size

from .test_package_trades import two_by_two

FORECAST, PLAYED = forecast_issues(load_raw(two_by_two()), "talks", Size(6, 4, 1, 1))


def test_positions_have_their_probabilities_and_who_is_nearest():
    rows = pd.DataFrame(position_rows(FORECAST))
    for issue in FORECAST.issues:
        own = rows[rows["issue"] == issue.id]
        assert own["position"].tolist() == issue.distribution.positions.tolist()
        assert own["probability"].sum() == pytest.approx(1.0, abs=1e-5)
        assert own.loc[own["status_quo"], "position"].tolist() == [issue.status_quo]
        named = {actor for actors in own["nearest_actors"] for actor in actors.split()}
        assert named == {actor for held in issue.positions for actor in held.actors}
    at_one = (PLAYED.option[PLAYED.decided, 0] == 1).mean()
    assert rows["probability"][rows["nearest_actors"] == "north"].iloc[0] == pytest.approx(at_one, abs=1e-6)


def test_exchanges_are_told_by_side_and_by_party():
    rows = pd.DataFrame(trade_rows(FORECAST))
    package = FORECAST.package
    assert package is not None
    assert tuple(rows) == TRADE_COLUMNS
    assert rows["between"].tolist() == ["sides"] * len(package.by_side) + ["parties"] * len(package.by_party)
    shares = [trade.share.value for trade in (*package.by_side, *package.by_party)]
    assert rows["share"].tolist() == pytest.approx(shares, abs=1e-6)
    assert trade_rows(replace(FORECAST, package=None)) == []


def test_runs_without_a_decision_have_no_position_in_the_table(tmp_path: Path):
    some = replace(PLAYED, decided=np.arange(24) % 2 == 0)
    write_positions(FORECAST, some, tmp_path / "runs.parquet")
    table = pd.read_parquet(tmp_path / "runs.parquet")
    assert table["roads"].isna().tolist() == [bool(k % 2) for k in range(24)]
    assert table["draw"].tolist() == np.repeat(np.arange(6), 4).tolist()
    assert (table.loc[table["decided"], "schools"] == 1.0).all()
