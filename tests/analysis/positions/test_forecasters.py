"""The registry of forecasters: whole, without doubles, and with the numbers that its functions give."""

from __future__ import annotations

from sim.analysis.positions.expected_utility import forecast_of
from sim.analysis.positions.forecasters import FORECASTERS, POINTS, SPREADS, point_forecasts
from tests.analysis.spatial import EMISSIONS, issue


def test_keys_and_names_are_of_one_forecaster_each():
    assert all(key == method.key for key, method in FORECASTERS.items())
    for names in ("name", "short", "title", "short_title"):
        assert len({getattr(method, names) for method in FORECASTERS.values()}) == len(FORECASTERS)
    assert all(method.source for method in FORECASTERS.values())
    assert (*SPREADS, *POINTS) == tuple(FORECASTERS)


def test_points_by_hand():
    # Weights 3 and 1 of 4.
    found = point_forecasts(issue((0, 100, 3), (60, 100, 1), reference_point=80.0))
    assert tuple(found) == POINTS
    assert (found["compromise"], found["weighted_median"], found["mean"], found["median"]) == (15, 0, 30, 30)
    assert found["middle"] == 50
    assert found["nash_reference"] != found["nash"]
    assert point_forecasts(EMISSIONS)["nash_reference"] is None
    assert point_forecasts(EMISSIONS)["expected_utility"] == forecast_of(EMISSIONS)


def test_a_title_begins_with_a_capital_and_changes_nothing_else():
    assert FORECASTERS["gaussian"].title == "Gaussian round the compromise model"
    assert FORECASTERS["expected_utility"].title == "Expected-utility model"
    assert FORECASTERS["weighted_median"].short_title == "Weighted median"
