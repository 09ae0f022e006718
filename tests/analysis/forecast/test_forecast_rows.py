"""Tidy rows of a forecast say what the forecast says."""

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


def test_positions_add_up_and_name_their_actors():
    rows = pd.DataFrame(position_rows(FORECAST)).set_index(["issue", "position"])
    assert rows.groupby("issue")["probability"].sum().tolist() == pytest.approx([1.0, 1.0])
    assert rows.loc[("roads", 1.0), "nearest_actors"] == "north"
    assert rows.loc[("roads", 0.0), ["nearest_actors", "status_quo"]].tolist() == ["south", True]
    at_one = (PLAYED.option[PLAYED.decided, 0] == 1).mean()
    assert rows.loc[("roads", 1.0), "probability"] == pytest.approx(at_one, abs=1e-6)


def test_exchanges_of_sides_come_before_those_of_parties():
    rows, package = trade_rows(FORECAST), FORECAST.package
    assert package is not None
    kinds = ["sides"] * len(package.by_side) + ["parties"] * len(package.by_party)
    assert [row["between"] for row in rows] == kinds
    assert all(tuple(row) == TRADE_COLUMNS for row in rows)
    assert {rows[-1]["givers"], rows[-1]["takers"]} == {"north", "south"}
    assert trade_rows(replace(FORECAST, package=None)) == []


def test_runs_without_a_decision_have_no_position_in_the_table(tmp_path: Path):
    some = replace(PLAYED, decided=np.arange(24) % 2 == 0)
    write_positions(FORECAST, some, tmp_path / "runs.parquet")
    table = pd.read_parquet(tmp_path / "runs.parquet")
    assert table["roads"].isna().tolist() == [bool(k % 2) for k in range(24)]
    assert table["draw"].tolist() == np.repeat(np.arange(6), 4).tolist()
    assert (table.loc[table["decided"], "schools"] == 1.0).all()
