"""Values by ideal with two slopes, and options made by a grid."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.theory.solved_format import at_means
from sim.scenario import ScenarioError, load_raw, load_scenario
from sim.scenario.preparation.grid import DECIDED, in_units, option_id
from sim.scenario.sampling.drawn_numbers import Drawn
from sim.scenario.sampling.layout import Layout
from sim.scenario.sampling.view_utilities import option_values

FILE = Path(__file__).parent.parent / "scenarios" / "valid" / "grid.yaml"


def data():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def values(resolved, party: str, issue: str, **draws):
    """[W or 1, n] values of the options of an issue."""
    return option_values(Layout(resolved), Drawn(resolved, 1, 0, draws.get("n", 1)), party, issue)


def positions(resolved, issue: str):
    return list(resolved.issues[issue].scale.positions.values())


def one_party(ideal: float, loss: float, below: float, above: float, step: float = 5.0):
    """Values of a grid from 0 to 100, and its positions."""
    raw = data()
    raw["issues"]["share"] |= {"status_quo": 0, "scale": {"grid": {"from": 0, "to": 100, "step": step}}}
    raw["parties"]["a"]["values"]["share"] = {
        "ideal": ideal,
        "loss": loss,
        "steepness": {"below": below, "above": above},
    }
    resolved = load_raw(raw)
    return np.array(positions(resolved, "share")), values(resolved, "a", "share")[0]


def test_by_hand_twice_as_steep_above():
    # ideal 40 of 0 to 100: 20 below is 1 - 0.2; 20 above counts as 40, 1 - 0.4; 60 above would be 1 - 1.2, so 0
    at, found = one_party(40.0, 1.0, 1.0, 2.0, step=20.0)
    by_place = dict(zip(at.tolist(), found.tolist(), strict=True))
    assert by_place[20.0] == pytest.approx(0.8)
    assert by_place[40.0] == 1.0
    assert by_place[60.0] == pytest.approx(0.6)
    assert by_place[100.0] == 0.0


def test_by_hand_quadratic():
    at, found = one_party(40.0, 2.0, 0.5, 2.0, step=20.0)
    by_place = dict(zip(at.tolist(), found.tolist(), strict=True))
    assert by_place[0.0] == pytest.approx(1.0 - 0.2**2)
    assert by_place[60.0] == pytest.approx(1.0 - 0.4**2)


def test_a_side_without_slope_is_all_one():
    at, found = one_party(40.0, 1.0, 0.0, 1.0)
    assert (found[at <= 40.0] == 1.0).all()
    assert (found[at > 40.0] < 1.0).all()


@given(st.floats(-50, 150), st.floats(0.2, 4.0), st.floats(0.0, 5.0), st.floats(0.0, 5.0), st.sampled_from([4.0, 10.0]))
def test_one_at_the_ideal_and_falling_on_both_sides(ideal, loss, below, above, step):
    at, found = one_party(ideal, loss, below, above, step)
    order = np.argsort(at, kind="stable")
    at, found = at[order], found[order]
    assert ((found >= 0.0) & (found <= 1.0)).all()
    assert (np.diff(found[at <= ideal]) >= 0.0).all()
    assert (np.diff(found[at >= ideal]) <= 0.0).all()
    assert (found[at == ideal] == 1.0).all()


@given(st.floats(0, 100), st.floats(0.2, 4.0))
def test_equal_slopes_are_the_plain_loss(ideal, loss):
    raw = data()
    raw["parties"]["a"]["values"]["share"] = {"ideal": ideal, "loss": loss}
    plain = load_raw(raw)
    raw["parties"]["a"]["values"]["share"]["steepness"] = {"above": 1}
    assert (values(load_raw(raw), "a", "share") == values(plain, "a", "share")).all()


def test_uncertain_slopes_are_drawn_and_can_be_set():
    resolved = load_scenario(FILE)
    assert resolved.numbers["parties.b.values.years.steepness.above"].form == (1, 2)
    drawn = values(resolved, "b", "years", n=50)
    assert len(np.unique(drawn[:, -1])) > 20  # and 0 where it falls off the scale
    changed = load_scenario(FILE, sets=["parties.b.values.share.steepness.above=3"])
    assert changed.numbers["parties.b.values.share.steepness.above"].form == 3.0
    assert changed.numbers["parties.b.values.share.steepness.below"].form == 1.0
    with pytest.raises(ScenarioError, match="0 or more"):
        load_scenario(FILE, sets=["parties.b.values.share.steepness.above=-0.1"])


def test_a_grid_holds_its_points_the_ideals_and_the_status_quo():
    resolved = load_scenario(FILE)
    share = resolved.issues["share"]
    assert positions(resolved, "share") == [0, 12.5, 30, 45, 60, 90, 100, 12.5]
    assert share.status_quo == "p12_5"
    assert share.options["p30"].name == "30 % of the fleet"
    assert [key for key, one in share.options.items() if not one.settles] == ["p12_5"]
    assert share.options[DECIDED].name == "12.5 % of the fleet, decided as it is"
    assert positions(resolved, "years") == [0, 4, 9.5]
    assert positions(resolved, "depth") == [-0.4, -0.2, 0, 0.2, 0.4]
    assert not any(one.settles for one in resolved.issues["depth"].options.values())


@pytest.mark.parametrize("source", ["written", "resolved"])
def test_a_change_of_the_grid_reaches_the_options(source, tmp_path):
    file = FILE
    if source == "resolved":
        file = tmp_path / "resolved.yaml"
        file.write_text(load_scenario(FILE).to_yaml(), encoding="utf-8")
    finer = load_scenario(file, overrides=["finer"])
    assert positions(finer, "share") == [0, 10, 20, 30, 40, 45, 50, 60, 70, 80, 90, 100, 20]
    assert finer.issues["share"].status_quo == "p20"
    moved = load_scenario(file, sets=["parties.a.values.share.ideal=47"])
    assert 47.0 in positions(moved, "share")
    assert 45.0 not in positions(moved, "share")


def test_options_beside_a_grid_are_refused_with_their_line(tmp_path):
    text = load_scenario(FILE).to_yaml().replace("name: 30 % of the fleet", "name: About a third")
    file = tmp_path / "changed.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert [one.path for one in caught.value.problems] == ["issues.share.options"]
    assert caught.value.problems[0].line == 1 + text.splitlines().index("    options:")


def test_a_red_line_may_name_only_what_the_grid_makes():
    raw = data()
    raw["parties"]["b"]["red_lines"]["cap"]["options"] = "p95"
    with pytest.raises(ScenarioError, match="p95"):
        load_raw(raw)


def test_means_keep_the_options():
    resolved = load_scenario(FILE)
    assert positions(at_means(resolved), "share") == positions(resolved, "share")


def test_written_data_stay_as_they_are():
    raw = data()
    before = copy.deepcopy(raw)
    load_raw(raw)
    assert raw == before


@pytest.mark.parametrize(
    ("position", "key", "words"),
    [(30.0, "p30", "30 days"), (7.5, "p7_5", "7.5 days"), (-2.0, "m2", "-2 days"), (1e-7, "p1e_07", "1e-07 days")],
)
def test_ids_and_names_come_from_positions(position, key, words):
    assert option_id(position) == key
    assert in_units(position, "days") == words


def test_a_step_of_a_tenth_gives_round_numbers():
    raw = data()
    raw["issues"]["depth"] |= {
        "status_quo": 0,
        "scale": {"unit": "m", "grid": {"from": -0.3, "to": 0.7, "step": 0.1}},
    }
    assert positions(load_raw(raw), "depth") == [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]


def test_an_ideal_beyond_the_ends_makes_no_option():
    for ideal, made in ((35, []), (30, []), (7.5, [7.5]), (-1, [])):  # 30 is an option already
        raw = data()
        raw["issues"]["share"] |= {
            "status_quo": 0,
            "scale": {"grid": {"from": 0, "to": 30, "step": 15, "include": "ideals"}},
        }
        raw["parties"]["b"]["red_lines"] = {}
        raw["parties"]["a"]["values"]["share"] = {"ideal": ideal}
        assert positions(load_raw(raw), "share") == [*sorted([0, 15, 30, *made]), 0]
