"""The forecast of numeric issues: distributions by hand, issues alone, and what makes a run count."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.forecast.forecast_json import write_positions
from sim.analysis.forecast.issue_distribution import distribution, wasserstein
from sim.analysis.forecast.issue_forecasts import NothingDecidedError, Played, forecast, numeric_issues, total_runs
from sim.analysis.forecast.one_issue import one_issue
from sim.analysis.positions.issue_positions import spatial_issue
from sim.analysis.statistics.clustered_means import means
from sim.scenario import Encoder, ScenarioError, load_raw
from sim.types.playing import Size
from tests.analysis.synthetic import CountedRuns

from .test_package_trades import two_by_two

SIZE = Size(6, 4, 1, 1)


def test_a_distribution_by_hand():
    places = np.array([0.0, 10.0, 40.0, 0.0])  # the status quo and a text that writes it down share a place
    option, draw = np.array([0, 3, 1, 2, 2, 2, 1, 1]), np.repeat([0, 1, 2, 3], 2)
    found = distribution(places, option, draw, 4)
    assert found.positions.tolist() == [0.0, 10.0, 40.0]
    assert found.probabilities.tolist() == [0.25, 0.375, 0.375]
    assert found.median.value == 10.0
    assert found.median.low <= 10.0 <= found.median.high
    assert found.mean.value == pytest.approx((0 + 0 + 10 + 40 + 40 + 40 + 10 + 10) / 8)
    assert found.interval(0.5) == (0.0, 40.0)
    assert found.interval(0.2) == (10.0, 10.0)
    assert found.share_at(0.0).value == 0.25
    assert found.share_at(24.0).value == 0.375
    assert found.positions[found.nearest(5.0)] == 0.0  # of two as near, the lower
    grid = found.grid(0.0, 40.0)
    assert grid.shape == (101,)
    assert (grid[0], grid[25], grid[100]) == (0.25, 0.375, 0.375)


def test_a_distribution_needs_a_run():
    with pytest.raises(ValueError, match="needs a run"):
        distribution(np.array([0.0, 1.0]), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 2)


def test_the_median_is_sure_where_all_draws_agree_and_wide_where_they_do_not():
    places, draw = np.array([0.0, 1.0, 2.0]), np.repeat(np.arange(60), 2)
    sure = distribution(places, np.ones(120, dtype=np.int64), draw, 60)
    assert (sure.median.low, sure.median.high) == (1.0, 1.0)
    split = distribution(places, np.repeat([0, 2], 60), draw, 60)
    assert (split.median.low, split.median.high) == (0.0, 2.0)


def test_the_distance_of_two_distributions_by_hand():
    places, draw = np.array([0.0, 10.0, 40.0]), np.array([0, 1, 2, 3])
    one, other = (distribution(places, np.array(options), draw, 4) for options in ([0, 0, 1, 2], [1, 1, 1, 2]))
    assert wasserstein(one, other) == pytest.approx(0.5 * 10.0)
    assert wasserstein(one, one) == 0.0


def test_means_have_the_variance_of_their_draws():
    values, draw = np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1])
    found = means(values, draw, 2)
    assert found.value == 2.0
    np.testing.assert_allclose(found.residual, [-1.0, 1.0])
    assert found.minus(found).estimates()[0].low == 0.0
    assert np.isnan(means(np.zeros((0, 3)), np.zeros(0, dtype=np.int64), 2).value).all()


def test_an_actor_without_salience_on_the_issue_becomes_an_observer():
    data = two_by_two()
    data["parties"]["east"] = {"salience": {"roads": 1}, "values": {"roads": {"ideal": 0.5}}}
    data["formats"]["talks"]["seats"]["east"] = {}
    data["formats"]["talks"]["consent"] = {"members": 0.5, "vetoes": ["east"]}
    alone = one_issue(load_raw(data), "schools", "talks")
    assert list(alone.issues) == ["schools"]
    assert alone.formats["talks"].seats["east"].role == "observer"
    assert alone.formats["talks"].consent.vetoes == ()
    assert alone.parties["north"].salience.keys() == {"schools"}
    assert one_issue(load_raw(data), "roads", "talks").formats["talks"].consent.vetoes == ("east",)


@pytest.mark.parametrize("size", [4, {"uniform": [2, 4]}])
def test_a_contact_group_is_no_larger_than_the_principals_that_are_left(size: object):
    data = two_by_two()
    for name in ("east", "west"):
        data["parties"][name] = {"salience": {"roads": 1}, "values": {"roads": {"ideal": 0.5}}}
        data["formats"]["talks"]["seats"][name] = {}
    data["parties"]["west"]["salience"]["schools"] = 0.5
    data["parties"]["west"]["values"]["schools"] = {"ideal": 0.5}
    data["formats"]["talks"]["contact_group"] = size
    whole = load_raw(data)
    alone = one_issue(whole, "schools", "talks")
    talked = [(Encoder(one, seed=1).tables(0, 60).talks[:, 0], list(one.parties)) for one in (whole, alone)]
    in_group = [found[:, [one.index(name) for name in ("north", "south", "west")]].sum(axis=1) for found, one in talked]
    drawn = talked[0][0].sum(axis=1)
    assert (in_group[1] == np.minimum(drawn, 3)).all()
    assert one_issue(whole, "roads", "talks").formats["talks"].contact_group == whole.formats["talks"].contact_group


def test_what_refers_to_other_issues_goes():
    data = two_by_two()
    data["rules"] = {"both": {"excludes": [{"roads": "one"}, {"schools": "as_it_is"}]}}
    data["parties"]["north"]["linkages"] = {"tie": {"when": {"roads": "one", "schools": "one"}, "bonus": 0.1}}
    data["parties"]["north"]["red_lines"] = {
        "never": {"issue": "schools", "options": "one", "firmness": 0.5},
        "stay": {"issue": "roads", "options": "one", "firmness": 0.5},
    }
    data["shocks"] = {"flood": {"hazard": 0.1, "set": {"parties.south.salience.schools": {"times": 2}}}}
    alone = one_issue(load_raw(data), "roads", "talks")
    assert not alone.rules
    assert not alone.parties["north"].linkages
    assert list(alone.parties["north"].red_lines) == ["stay"]
    assert not alone.shocks
    assert list(one_issue(load_raw(data), "schools", "talks").shocks) == ["flood"]


def test_an_issue_that_is_not_core_is_what_its_own_talks_are_about():
    data = two_by_two()
    data["issues"]["schools"] = {
        **data["issues"]["schools"],
        "level": "substance",
        "options": {"nought": {}, "one": {}, "as_it_is": {}},
    }
    alone = one_issue(load_raw(data), "schools", "talks")
    assert alone.issues["schools"].level == "core"
    assert [key for key, option in alone.issues["schools"].options.items() if option.settles] == ["one", "as_it_is"]


def test_too_few_principals_leave_no_talks():
    data = two_by_two()
    del data["parties"]["south"]["salience"]["schools"]
    data["parties"]["south"]["values"]["roads"] = {"ideal": 0.8}
    data["parties"]["north"]["values"]["schools"] = {"ideal": 1}
    with pytest.raises(ScenarioError):
        one_issue(load_raw(data), "schools", "talks")
    found, _ = forecast(load_raw(data), "talks", SIZE)
    assert found.package is None
    assert "schools cannot be talked about alone" in found.no_package


def test_the_actors_of_an_issue_are_its_principals_in_the_issues_units():
    found = spatial_issue(load_raw(two_by_two()), "roads", "talks")
    assert found.actors == ("north", "south")
    assert found.positions.tolist() == [1.0, 0.0]
    assert (found.low, found.high, found.reference_point) == (0.0, 1.0, 0.0)
    assert found.saliences.tolist() == [0.03, 0.01]


def test_a_logroll_is_simulated_and_reported():
    resolved = load_raw(two_by_two())
    found, played = forecast(resolved, "talks", SIZE, progress=(seen := CountedRuns()))
    assert seen.runs == total_runs(resolved, "talks", SIZE) == 3 * 24
    assert found.decided.value == played.decided.mean()
    roads = found.issues[0]
    at_one = played.option[played.decided, 0] == 1
    assert roads.found.share_at(1.0).value == pytest.approx(at_one.mean())
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
    one, _ = forecast(resolved, "talks", SIZE)
    two, _ = forecast(resolved, "talks", Size(6, 4, 1, 2))
    assert [issue.found.shares for issue in one.issues] == [issue.found.shares for issue in two.issues]
    assert one.package == two.package


def test_one_issue_has_nothing_to_trade():
    data = two_by_two()
    data["parties"]["south"]["values"]["roads"] = {"ideal": 0.8}
    found, _ = forecast(one_issue(load_raw(data), "roads", "talks"), "talks", SIZE)
    assert found.package is None
    assert "one numeric issue" in found.no_package
    assert found.issues[0].alone is None


def test_nothing_to_forecast():
    data = two_by_two()
    for issue in data["issues"].values():
        del issue["options"]["as_it_is"], issue["scale"]["positions"]["as_it_is"]
    data["parties"]["south"]["red_lines"] = {"never": {"issue": "roads", "options": "one", "firmness": 1}}
    with pytest.raises(NothingDecidedError):
        forecast(load_raw(data), "talks", SIZE)
    for issue in data["issues"].values():
        del issue["scale"]
    for party in data["parties"].values():
        party["values"] = {key: {"ranking": ["one", "nought"]} for key in ("roads", "schools")}
    plain = load_raw(data)
    assert numeric_issues(plain, "talks") == ()
    with pytest.raises(ValueError, match="numeric issue"):
        forecast(plain, "talks", SIZE)


def test_a_run_without_a_decision_stands_at_the_status_quo():
    played = Played(np.array([True, False, True]), np.array([[2], [1], [1]]), np.array([0, 0, 1]))
    assert played.stands(0, 0).tolist() == [2, 0, 1]
    assert played.share(2).value == pytest.approx(2 / 3)


def test_runs_without_a_decision_have_no_position_in_the_table(tmp_path: Path):
    found, played = forecast(load_raw(two_by_two()), "talks", SIZE)
    some = replace(played, decided=np.arange(24) % 2 == 0)
    write_positions(found, some, [[0.0, 1.0, 0.0]] * 2, tmp_path / "runs.parquet")
    table = pd.read_parquet(tmp_path / "runs.parquet")
    assert table["roads"].isna().tolist() == [bool(k % 2) for k in range(24)]
    assert table["draw"].tolist() == np.repeat(np.arange(6), 4).tolist()
    assert (table.loc[table["decided"], "schools"] == 1.0).all()
