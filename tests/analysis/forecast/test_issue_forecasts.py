"""The forecast of numeric issues: what is simulated and reported, and what makes a run count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.forecast.issue_forecasts import (
    TRADE_COLUMNS,
    NothingDecidedError,
    Played,
    forecast_issues,
    numeric_issues,
    position_rows,
    total_runs,
    trade_rows,
    write_positions,
)
from sim.analysis.forecast.one_issue import one_issue
from sim.analysis.positions.issue_positions import spatial_issue
from sim.analysis.statistics.intervals import means
from sim.scenario import ScenarioError, load_raw
from sim.types.playing import Size
from tests.analysis.synthetic import CountedRuns
from tests.shipped import GAINS_ALONE

from .test_package_trades import two_by_two

SIZE = Size(6, 4, 1, 1)


def test_means_have_the_variance_of_their_draws():
    values, draw = np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1])
    found = means(values, draw, 2)
    assert found.value == 2.0
    np.testing.assert_allclose(found.residual, [-1.0, 1.0])
    assert found.minus(found).estimates()[0].low == 0.0
    assert np.isnan(means(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), 2).value).all()


def test_too_few_principals_leave_no_talks():
    data = two_by_two()
    del data["parties"]["south"]["salience"]["schools"]
    data["parties"]["south"]["values"]["roads"] = {"ideal": 0.8}
    data["parties"]["north"]["values"]["schools"] = {"ideal": 1}
    with pytest.raises(ScenarioError):
        one_issue(load_raw(data), "schools", "talks")
    found, _ = forecast_issues(load_raw(data), "talks", SIZE)
    assert found.package is None
    assert "schools cannot be talked about alone" in found.no_package


def test_the_actors_of_an_issue_are_its_principals_in_the_issues_units():
    found = spatial_issue(load_raw(two_by_two()), "roads", "talks")
    assert found.actors == ("north", "south")
    assert found.positions.tolist() == [1.0, 0.0]
    assert (found.low, found.high, found.reference_point) == (0.0, 1.0, 0.0)
    assert found.saliences.tolist() == [0.75, 0.25]
    table = spatial_issue(load_raw(two_by_two()), "roads", "talks", full_salience=100.0)
    assert table.saliences.tolist() == [0.03, 0.01]


def test_a_logroll_is_simulated_and_reported():
    """Part by part: as a single undertaking two sides may also agree to leave an issue as it is."""
    resolved = load_raw(two_by_two() | {"behaviour": GAINS_ALONE})
    found, played = forecast_issues(resolved, "talks", SIZE, progress=(seen := CountedRuns()))
    assert seen.runs == total_runs(resolved, "talks", SIZE) == 3 * 24
    assert found.decided.value == played.decided.mean()
    roads = found.issues[0]
    at_one = played.option[played.decided, 0] == 1
    assert roads.distribution.share_at(1.0).value == pytest.approx(at_one.mean())
    assert [one.actors for one in roads.positions] == [("south",), ("north",)]
    assert roads.status_quo_share.value == pytest.approx(1.0 - at_one.mean())
    # Alone, with unanimity, what one side wants and the other does not is never decided and stays as it is.
    assert roads.alone is not None
    assert (roads.alone.decided.value, roads.alone.reference) == (0.0, 0.0)
    assert roads.alone.wasserstein == roads.alone.mean_moved.value == pytest.approx(at_one.mean())
    assert found.package is not None
    assert any({one.givers, one.takers} == {("north",), ("south",)} for one in found.package.by_party)
    assert found.package.by_party[0].one_by_one == found.package.by_side[0].one_by_one == 0.0
    assert [one.gain.value for one in found.package.parties] == pytest.approx([0.5, 0.5])


def test_the_same_whatever_the_threads():
    resolved = load_raw(two_by_two())
    one, _ = forecast_issues(resolved, "talks", SIZE)
    two, _ = forecast_issues(resolved, "talks", Size(6, 4, 1, 2))
    assert [issue.distribution.shares for issue in one.issues] == [issue.distribution.shares for issue in two.issues]
    assert one.package == two.package


def test_an_issue_on_which_one_party_has_an_ideal_is_not_forecast():
    data = two_by_two()
    data["parties"]["south"]["values"]["roads"] = {"ranking": ["nought", "one", "as_it_is"]}
    resolved = load_raw(data)
    assert numeric_issues(resolved, "talks") == ("schools",)
    assert [issue.id for issue in forecast_issues(resolved, "talks", SIZE)[0].issues] == ["schools"]


def test_one_issue_has_nothing_to_trade():
    data = two_by_two()
    data["parties"]["south"]["values"]["roads"] = {"ideal": 0.8}
    found, _ = forecast_issues(one_issue(load_raw(data), "roads", "talks"), "talks", SIZE)
    assert found.package is None
    assert "one numeric issue" in found.no_package
    assert found.issues[0].alone is None


def test_nothing_to_forecast():
    data = two_by_two()
    for issue in data["issues"].values():
        del issue["options"]["as_it_is"], issue["scale"]["positions"]["as_it_is"]
    data["parties"]["south"]["red_lines"] = {"never": {"issue": "roads", "options": "one", "firmness": 1}}
    with pytest.raises(NothingDecidedError):
        forecast_issues(load_raw(data), "talks", SIZE)
    for issue in data["issues"].values():
        del issue["scale"]
    for party in data["parties"].values():
        party["values"] = {key: {"ranking": ["one", "nought"]} for key in ("roads", "schools")}
    plain = load_raw(data)
    assert numeric_issues(plain, "talks") == ()
    with pytest.raises(ValueError, match="numeric issue"):
        forecast_issues(plain, "talks", SIZE)


def test_a_run_without_a_decision_stands_at_the_status_quo():
    played = Played(np.array([True, False, True]), np.array([[2], [1], [1]]), np.array([0, 0, 1]))
    assert played.stands(0, 0).tolist() == [2, 0, 1]
    assert played.share(2).value == pytest.approx(2 / 3)


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
