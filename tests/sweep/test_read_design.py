"""Designs that are sound: what is a number, what a cell, where files are found; problems of lists and of `--set`."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.app.scenarios import Scenario
from sim.scenario import ScenarioError, read_raw
from sim.sweep.design import Design
from sim.sweep.designs.check_design import RESERVED
from sim.sweep.designs.read_design import make_design, read_design
from sim.sweep.folders.duckdb_views import all_measures
from sim.sweep.folders.played import point_keys

DESIGNS = Path(__file__).parent / "designs"
FILE, VILLAGE_FILE = Path("scenarios/minimal.yaml"), Path("scenarios/well-formats.yaml")
MINIMAL, VILLAGE = Scenario(FILE, None), Scenario(VILLAGE_FILE, None)
PRICE = "parties.upper.price_of_no_settlement.now"


def design_of(factors: dict[str, Any], scenario: Scenario = VILLAGE, **more: Any) -> Design:
    return make_design({"factors": factors, **more}, scenario, name="test")


def problems_of(factors: dict[str, Any], scenario: Scenario = VILLAGE, **more: Any) -> str:
    with pytest.raises(ScenarioError) as caught:
        design_of(factors, scenario, **more)
    return str(caught.value)


def test_every_form_of_factor_is_what_loading_shows_it_to_be():
    design = read_design(DESIGNS / "valid" / "village.yaml")
    assert [(factor.name, factor.kind) for factor in design.structure] == [
        ("firm", "override"), ("months", "set"), ("rule", "variant"),
    ]  # fmt: skip
    assert [factor.name for factor in design.numbers] == ["lower_price", "mill_weight", "drift", "fund", "foresight"]
    assert [factor.steering.kind for factor in design.numbers] == ["value", "scale", "shift", "quantile", "value"]
    assert design.formats == ("farmers", "all-three", "council")
    assert (len(design.cells), len(design.points.luck), design.n_points) == (8, 4 * 3 * 2 * 4 * 3, 2304)
    assert design.n_runs == 2304 * 3 * 20 * 4
    assert design.cells[-1].levels == ("both-hold-out", 12, "hold=once")
    last = design.cells[-1].scenario.resolved
    assert (last.horizon_months, last.formats["farmers"].calendar.months, last.behaviour.rules.hold) == (12, 12, "once")


STARS = tuple(f"parties.{party}.behaviour.foresight" for party in ("upper", "lower", "mill", "county", "elder"))


@pytest.mark.parametrize(
    ("factor", "targets"),
    [
        ({"path": PRICE, "levels": [0, 0.1]}, (PRICE,)),
        ({"path": "behaviour.foresight", "levels": [0, 0.1]}, (*STARS, "behaviour.foresight")),
        ({"path": "parties.*.behaviour.foresight", "levels": [0, 0.1]}, STARS),
        ({"variant": "foresight", "levels": [0, 1]}, (*STARS, "behaviour.foresight")),
        ({"path": "parties.mill.behaviour.foresight", "as": "scale", "levels": [0.5, 1]}, STARS[2:3]),
        ({"path": "horizon_months", "levels": [6, 12]}, None),
        ({"path": "formats.farmers.calendar.months", "levels": [6, 12]}, None),
        ({"path": PRICE, "levels": [0, {"uniform": [0, 0.1]}]}, None),
        ({"path": "parties.mill.standing.share", "levels": [0, 1]}, None),
        ({"path": "formats.council.seats.upper.recognition", "levels": [0.5, 1]},
         ("formats.council.seats.upper.recognition",)),
    ],
)  # fmt: skip
def test_a_factor_is_a_number_where_its_levels_change_numbers_alone(factor: Any, targets: tuple[str, ...] | None):
    design = design_of({"a": factor})
    if targets is None:
        assert (len(design.structure), len(design.numbers), len(design.cells)) == (1, 0, 2)
    else:
        assert [each.steering.targets for each in design.numbers] == [targets]
        assert len(design.cells) == 1


def test_a_sobol_sample_gets_a_dummy_unless_there_is_one():
    factors = {"mill": {"path": "parties.mill.salience.sluice", "as": "scale", "range": [0.5, 2]}}
    morris = {"morris": {"trajectories": 8}}
    design = design_of(factors, sample=[{"grid": {"points": 2}}, morris, {"sobol": {"n": 8}}])
    assert [(factor.name, factor.steering.targets) for factor in design.numbers][1:] == [("dummy", ())]
    assert design.movers == [0]
    assert [sample.shape for sample in design.samples] == [(2,), (8, 2), (8, 4)]
    own = design_of({**factors, "chance": {"dummy": True}}, sample={"sobol": {"n": 8}})
    assert [factor.name for factor in own.numbers] == ["mill", "chance"]
    for sample in ({"lhs": {"n": 3}}, morris):
        assert [factor.name for factor in design_of(factors, sample=sample).numbers] == ["mill"]


def test_the_points_of_a_dummy_are_played():
    factors = {"mill": {"path": "parties.mill.salience.sluice", "as": "scale", "range": [0.5, 2]}}
    design = design_of(factors, sample={"sobol": {"n": 8}})
    keys = point_keys(design).reshape(8, 4)
    assert len(np.unique(keys)) == 8 * 3  # A, B (of one factor also AB), and the dummy's
    assert len(np.unique(design.seeds())) == 16
    assert (design.points.group.reshape(8, 4) == np.arange(8)[:, None]).all()


def test_no_factor_is_called_like_a_measure_or_an_end_of_its_interval():
    measures = all_measures([])
    assert {*measures, *(f"{measure}{end}" for measure in measures for end in ("_low", "_high"))} < RESERVED


def test_files_are_found_beside_the_design_then_where_one_works(tmp_path: Path):
    design = read_design(DESIGNS / "valid" / "list-beside.yaml")
    assert [factor.name for factor in design.numbers] == ["upper", "open", "chance"]
    assert design.points.levels.tolist() == [[-0.25, 0.1, 0.5], [0.001, 0.9, 0.5]]
    assert design.written["sample"] == {"list": [{"open": 0.1, "upper": -0.25}, {"open": 0.9, "upper": 0.001}]}
    (tmp_path / "scenarios").mkdir()
    text = FILE.read_text(encoding="utf-8").replace("id: village-well", "id: other-well")
    (tmp_path / "scenarios" / "minimal.yaml").write_text(text, encoding="utf-8")
    here = tmp_path / "here.yaml"
    lines = f"design: 1\nscenario: {FILE}\nfactors: {{a: {{path: horizon_months, levels: [6, 12]}}}}\n"
    here.write_text(lines, encoding="utf-8")
    assert read_design(here).scenario.resolved.id == "other-well"
    (tmp_path / "scenarios" / "minimal.yaml").unlink()
    assert read_design(here).scenario.resolved.id == "village-well"


def test_further_constants_come_after_those_of_the_file(tmp_path: Path):
    file = DESIGNS / "valid" / "village.yaml"
    assert read_design(file, ["horizon_months=6"]).scenario.resolved.horizon_months == 6
    assert read_design(file, ["horizon_months=6"]).written["constants"] == {"horizon_months": 6}
    with pytest.raises(ScenarioError) as caught:
        read_design(file, ["parties.mil.patience=0.9"])
    assert f"{file}: constants.parties.mil.patience: parties.mil: the path leads nowhere" in str(caught.value)
    assert "did you mean 'mill'?; [from --set parties.mil.patience=0.9]" in str(caught.value)
    for text in ("horizon_months", "horizon_months=[6"):
        with pytest.raises(ScenarioError, match="--set"):
            read_design(file, [text])


def test_a_design_from_python_is_that_of_the_file():
    design = read_design(DESIGNS / "valid" / "village.yaml")
    content = deepcopy(design.written)
    made = make_design(content, VILLAGE, name="village")
    assert content == design.written
    assert made.scenario.resolved == design.scenario.resolved
    assert (made.points.levels == design.points.levels).all()
    assert [cell.levels for cell in made.cells] == [cell.levels for cell in design.cells]
    assert (made.numbers, made.structure, made.formats) == (design.numbers, design.structure, design.formats)


def test_content_from_python_may_hold_arrays_and_tuples_and_is_not_changed():
    content = {
        "factors": {
            "a": {"path": PRICE, "levels": np.array([-0.25, 0.125])},
            "b": {"path": "horizon_months", "levels": np.array([6, 12])},
        },
        "sample": {"lhs": {"n": np.int64(5)}},
        "formats": ("farmers",),
    }
    before = deepcopy(content)
    design = make_design(content, VILLAGE, name="arrays")
    assert repr(content) == repr(before)
    assert design.numbers[0].levels == (-0.25, 0.125)
    assert design.structure[0].levels == (6, 12)
    assert json.loads(json.dumps(design.written)) == design.written
    assert make_design(design.written, VILLAGE, name="again").written == design.written


def test_a_named_scenario_of_the_file_is_applied_first():
    raw = read_raw(VILLAGE_FILE) | {"scenarios": {"quiet": {"overrides": ["all-standard"]}}}
    factors = {"firm": {"override": ["none", "both-hold-out"]}}
    design = design_of(factors, Scenario(None, raw), named_scenario="quiet")
    strategies = [cell.scenario.resolved.parties["upper"].behaviour.strategy for cell in design.cells]
    assert strategies == ["standard", "hard_liner"]
    assert design_of(factors, Scenario(None, raw, scenario="quiet")).written["named_scenario"] == "quiet"


def test_what_is_written_stands_on_its_own_with_what_the_scenario_was_changed_by():
    scenario = VILLAGE.set({"horizon_months": 6, "parties.mill.patience": 0.9}).override("all-standard")
    scenario = scenario.under("severable=no")
    factors = {"a": {"path": PRICE, "as": "scale", "levels": [0.5, 1]}}
    design = design_of(factors, scenario, constants={"horizon_months": 9}, variant="foresight=1")
    assert design.written["constants"] == {"parties.mill.patience": 0.9, "horizon_months": 9}
    assert (design.scenario.overrides, design.scenario.variant) == (("all-standard",), "severable=no+foresight=1")
    bare = Scenario(None, read_raw(VILLAGE_FILE))
    again = make_design(design.written, bare, name="again")
    assert again.scenario.resolved == design.scenario.resolved
    expected = scenario.set({"horizon_months": 9}).under("severable=no+foresight=1")
    assert design.scenario.resolved == expected.resolved


def test_a_wrong_path_in_one_of_400_cells_is_told_before_anything_is_played():
    content = deepcopy(read_raw(VILLAGE_FILE))
    good = {f"patience-{n}": {"set": {"parties.mill.patience": 0.5 + n / 50}} for n in range(18)}
    content["overrides"] = {**good, "wrong": {"set": {"parties.mill.patiense": 0.9}}}
    factors = {
        "who": {"override": ["none", *content["overrides"]]},
        "months": {"path": "formats.farmers.calendar.months", "levels": list(range(1, 21))},
    }
    text = problems_of(factors, Scenario(None, content))
    assert text.startswith("1 problem:")
    assert "factors.who.override.19: parties.mill.patiense: unknown key; seen: 'patiense'" in text
    assert "did you mean 'patience'?" in text
    del content["overrides"]["wrong"]
    factors["who"]["override"].remove("wrong")
    factors["months"]["levels"] = [1, 20]
    assert len(design_of(factors, Scenario(None, content)).cells) == 38


def test_a_file_that_cannot_be_read_and_a_scenario_that_is_wrong_say_so_themselves(tmp_path: Path):
    with pytest.raises(ScenarioError, match=r"the file cannot be read.*allowed: a design file"):
        read_design(tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_text(FILE.read_text(encoding="utf-8").replace("level: core", "level: kern"))
    file = tmp_path / "design.yaml"
    file.write_text("design: 1\nscenario: bad.yaml\nfactors: {a: {path: horizon_months, levels: [6, 12]}}\n")
    with pytest.raises(ScenarioError, match=r"bad.yaml:\d+: issues.share.level: unknown level; seen: 'kern'"):
        read_design(file)
    assert "a scenario that is widened cannot be swept" in problems_of(
        {"a": {"path": "horizon_months", "levels": [6, 12]}}, Scenario(FILE, None, widen=True)
    )


LISTED = f"design: 1\nscenario: {FILE}\nfactors:\n  a: {{path: {PRICE}, range: [-1, 1]}}\n  b: {{dummy: true}}\n"


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("a,b\n0,1\n0,2\n", 3, ("sample.list.1.b", "not a level", "seen: 2", "between 0 and 1")),
        ("a\n0\n\nx\n", 4, ("sample.list.1.a", "seen: 'x'", "a number")),
        ("a\n0\nnan\n", 3, ("sample.list.1.a", "seen: 'nan'", "a number")),
        ("a,B\n0,0.5\n", 1, ("no number factor has the name of the column", "'B'", "did you mean 'b'?")),
        ("b\n0.5\n", 2, ("a factor has no level", "no 'a'")),
        ("a,a\n0,1\n", 1, ("column 'a' twice",)),
        ("a\n", 1, ("without rows",)),
        ("a\n0,1\n", 2, ("2 cells", "1 cells")),
    ],
)
def test_problems_of_a_list_have_its_own_lines(tmp_path: Path, rows: str, line: int, words: tuple[str, ...]):
    points, file = tmp_path / "points.csv", tmp_path / "design.yaml"
    points.write_text(rows, encoding="utf-8")
    file.write_text(LISTED + "sample: {list: points.csv}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_design(file)
    text = str(caught.value)
    assert f"{points}:{line}: " in text
    for word in words:
        assert word in text
    points.write_bytes(b"a\n\xff\n")
    with pytest.raises(ScenarioError, match="the list cannot be read"):
        read_design(file)


def test_samples_may_be_several_and_inputs_are_counted():
    design = read_design(DESIGNS / "valid" / "several-samples.yaml")
    assert [(rows.kind, rows.end - rows.first) for rows in design.samples] == [
        ("grid", 3 * 3 * 2), ("lhs", 10), ("sobol", 4 * 10), ("morris", 3 * 4), ("oat", 1 + 4 + 4 + 1),
    ]  # fmt: skip
    assert design.keep_runs
    assert design.n_runs == design.n_points * 2 * 2 * 2


def test_a_constant_that_is_set_once_more_comes_after_what_was_set_in_between():
    scenario = VILLAGE.set({"parties.mill.patience": 0.5, "parties.*.patience": 0.9})
    factors = {"months": {"path": "horizon_months", "levels": [6, 12]}}
    design = design_of(factors, scenario, constants={"parties.mill.patience": 0.75})
    assert design.scenario.resolved.numbers["parties.mill.patience"].form == 0.75
    assert design.scenario.resolved.numbers["parties.upper.patience"].form == 0.9
