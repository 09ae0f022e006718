"""Options made by a grid."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml

from sim.analysis.theory.solved_format import at_means
from sim.scenario import ScenarioError, load_raw, load_scenario
from sim.scenario.preparation.grid import DECIDED, in_units, option_id

FILE = Path(__file__).parents[2] / "scenarios" / "valid" / "grid.yaml"


def data():
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def positions(resolved, issue: str):
    return list(resolved.issues[issue].scale.positions.values())


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
