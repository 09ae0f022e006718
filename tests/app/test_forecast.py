"""Forecasts from Python: a request, a plan, a result; no file is written and nothing is printed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.forecast.issue_forecasts import position_rows
from sim.app.convert import TableFile
from sim.app.errors import InputError
from sim.app.forecast import ForecastRequest, forecast
from sim.app.scenarios import Scenario
from sim.types.playing import Size
from tests.analysis.forecast.test_package_trades import two_by_two

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
HARBOUR = EXAMPLES / "harbour-long.csv"
FEW = Size(4, 2)


def test_a_table_is_forecast_without_a_file_or_a_word(workplace, capsys):
    request = ForecastRequest(TableFile(HARBOUR, "quay"), size=FEW)
    result = forecast(request)
    rows = pd.DataFrame(position_rows(result))
    assert rows.groupby("issue")["probability"].sum().tolist() == pytest.approx([1.0, 1.0])
    assert list(rows["issue"].unique()) == [issue.id for issue in result.issues]
    assert request.origin.kind == "table"
    assert any("is a table: it is imported" in note for note in request.notes)
    assert capsys.readouterr() == ("", "")
    assert list(workplace.iterdir()) == []


def test_a_mapping_is_forecast_with_further_changes():
    scenario = Scenario(None, two_by_two())
    further = ("parties.south.values.roads.ideal=1",)
    plain, changed = (forecast(ForecastRequest(scenario, size=FEW, sets=sets)) for sets in ((), further))
    assert plain.request.notes == ()
    assert [held.actors for held in plain.issues[0].positions] == [("south",), ("north",)]
    assert [held.actors for held in changed.issues[0].positions] == [("north", "south")]
    assert changed.origin.sets == further


def test_problems_of_a_tables_scenario_name_the_table():
    request = ForecastRequest(TableFile(HARBOUR, "quay"), sets=("formats.council.calendar.months=0",))
    with pytest.raises(ValueError, match=r"harbour-long\.csv, imported"):
        forecast(request)


def test_what_is_not_there_is_an_input_error():
    with pytest.raises(InputError, match="No format is called"):
        forecast(ForecastRequest(Scenario(None, two_by_two()), "talk"))
    with pytest.raises(InputError, match="name one by --proposal"):
        forecast(ForecastRequest(TableFile(HARBOUR)))
