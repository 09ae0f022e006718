"""A numeric issue of a scenario as a table of positions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sim.analysis.positions.forecasters import point_forecasts
from sim.analysis.positions.issue_positions import OF_TABLES, numeric_issues, spatial_issue, without_ideal
from sim.interop import read_table, scenario_text
from sim.scenario import load_raw

EXAMPLES = Path("scenarios/examples")

LEVY = """
parley: 1
id: levy
title: A levy on the ferry
issues:
  levy:
    level: core
    status_quo: none
    options: {none: {}, low: {settles: true}, high: {settles: true}}
    scale: {unit: "% of the fare", positions: {none: 0, low: 5, high: 20}}
  name: {level: process, status_quo: old, options: {old: {}, new: {}}}
parties:
  town:
    capability: {uniform: [1, 3]}
    salience: {levy: {triangular: [0, 0.3, 0.9]}, name: 0.5}
    values: {levy: {ideal: {uniform: [16, 20]}}, name: {options: {old: 0, new: 1}}}
  ferry:
    salience: {levy: 1}
    values: {levy: {ideal: -4, loss: 2}}
  guests:
    salience: {levy: 0.2}
    values: {levy: {ranking: [none, low, high]}}
  watcher:
    salience: {levy: 0.2}
    values: {levy: {ideal: 3}}
formats:
  two: {seats: {town: principal, ferry: principal, guests: principal, watcher: observer}, calendar: &long {months: 2, rounds_per_month: 2}}
  alone: {seats: {town: principal, guests: principal}, calendar: *long}
tracks:
  both: {legs: [alone, two]}
"""  # noqa: E501


def levy():
    return load_raw(yaml.safe_load(LEVY))


def test_uncertain_numbers_stand_at_their_means():
    found = spatial_issue(levy(), "levy", "two")
    assert found.actors == ("town", "ferry")
    assert found.positions.tolist() == [18.0, -4.0]
    assert found.saliences.tolist() == pytest.approx([4 / 9, 1.0])  # 0.4 of 0.4 + 0.5
    assert found.capabilities.tolist() == [2.0, 1.0]
    assert found.reference_point == 0.0
    assert (found.low, found.high) == (-4.0, 20.0)  # on to the ideal beyond the options


NILE = {"egypt": (12, 0.36), "ethiopia": (5, 0.4), "sudan": (7, 0.2)}


def nile_forecasts(**units: float) -> dict[str, float | None]:
    """Simple forecasts for three parties with 0.36, 0.4 and 0.2 of their weights on the issue, each in its own unit."""
    data = yaml.safe_load(LEVY)
    data["parties"] = {
        key: {
            "salience": {"levy": share * units.get(key, 1), "name": (1 - share) * units.get(key, 1)},
            "values": {"levy": {"ideal": ideal}, "name": {"options": {"old": 0, "new": 1}}},
        }
        for key, (ideal, share) in NILE.items()
    }
    calendar = {"months": 2, "rounds_per_month": 2}
    data["formats"], data["tracks"] = {"all": {"seats": dict.fromkeys(NILE, "principal"), "calendar": calendar}}, {}
    return point_forecasts(spatial_issue(load_raw(data), "levy", "all"))


@pytest.mark.parametrize("units", [{"egypt": 100}, {"ethiopia": 0.01}, {"egypt": 7, "ethiopia": 7, "sudan": 7}])
def test_no_simple_forecast_hangs_on_the_unit_of_saliences(units):
    assert nile_forecasts(**units) == pytest.approx(nile_forecasts(), abs=1e-6)
    assert nile_forecasts()["compromise"] == pytest.approx((0.36 * 12 + 0.4 * 5 + 0.2 * 7) / 0.96)


def test_those_without_an_ideal_are_named():
    assert without_ideal(levy(), "levy", "two") == ("guests",)
    assert numeric_issues(levy()) == ("levy",)


def test_a_track_is_read_as_its_last_leg():
    assert spatial_issue(levy(), "levy", "both") == spatial_issue(levy(), "levy", "two")


@pytest.mark.parametrize(
    ("issue", "where", "words"),
    [
        ("levy", "alone", "two principals of alone with an ideal on levy; found: town"),
        ("name", "two", "issue name has no scale; issues with one: levy"),
        ("toll", "two", "no issue toll; there are levy, name"),
        ("levy", "three", "no format three; there are two, alone, both"),
    ],
)
def test_what_makes_no_table_is_refused(issue, where, words):
    with pytest.raises(ValueError, match=words):
        spatial_issue(levy(), issue, where)


def test_an_imported_table_comes_back():
    table = read_table(EXAMPLES / "harbour-long.csv").table.of("quay")
    text, _ = scenario_text(table, "harbour-long.csv")
    resolved = load_raw(yaml.safe_load(text))
    for issue, key in zip(table.issues, resolved.issues, strict=True):
        found = spatial_issue(resolved, key, "council", full_salience=OF_TABLES)
        assert found.positions.tolist() == issue.positions.tolist()
        assert found.saliences.tolist() == issue.saliences.tolist()
        assert found.capabilities.tolist() == issue.capabilities.tolist()
        if issue.reference_point is not None:
            assert found.reference_point == issue.reference_point
