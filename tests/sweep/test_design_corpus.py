"""Every invalid design breaks one rule, and says where and what; the design that they are made from is sound."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jsonschema
import pytest

from sim.scenario import ScenarioError
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text
from sim.sweep.designs.read_design import read_design
from sim.sweep.designs.written_design import design_schema_json
from tests.corpus import Fault, faults

ROOT = Path(__file__).parent / "designs"
BASE = ROOT / "base.yaml"
VALID = [BASE, *sorted((ROOT / "valid").glob("*.yaml"))]


FAULTS = tuple(faults(BASE, ROOT / "invalid" / "faults.yaml", ROOT / "invalid"))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_an_invalid_design_gives_one_problem_with_path_and_words(fault: Fault, tmp_path: Path):
    file = tmp_path / f"{fault.name}.yaml"
    file.write_bytes(fault.content)
    with pytest.raises(ScenarioError) as caught:
        read_design(file)
    text, problems = str(caught.value), caught.value.problems
    assert [problem.path for problem in problems] == [fault.path], text
    assert problems[0].line is not None
    assert f"{file}:{problems[0].line}: " in text
    for word in fault.words:
        assert word in text


def test_the_corpus_is_large_enough():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 90


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(design_schema_json())


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_sound_designs_are_read_and_meet_the_schema_for_editors(file: Path):
    assert read_design(file).n_points > 0
    validator().validate(parse_text(file.read_text(encoding="utf-8"), Report(file.name)))


CAUGHT_BY_SCHEMA = (
    "another-version",
    "scenario-missing",
    "unknown-key",
    "unknown-key-of-a-sample",
    "two-samples-in-one",
    "no-form-of-factor",
    "name-with-a-hyphen",
    "unknown-kind",
    "range-of-three",
    "one-point-a-grid",
    "one-draw",
)


@pytest.mark.parametrize("name", CAUGHT_BY_SCHEMA)
def test_faults_of_shape_do_not_meet_the_schema(name: str):
    (fault,) = [fault for fault in FAULTS if fault.name == name]
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(parse_text(fault.content.decode(), Report(name)))


def test_all_problems_are_told_at_once(tmp_path: Path):
    text = BASE.read_text(encoding="utf-8")
    for old, new in (
        ("all-three]", "all-tree]"),
        ("mill.salience.sluice", "mill.salience.sluce"),
        ("both-hold-out", "both-hold"),
        ("  price:", "  draw:"),
    ):
        text = text.replace(old, new)
    file = tmp_path / "four.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read_design(file)
    paths = ["formats.1", "factors.draw", "factors.mill.path", "factors.firm.override.1"]
    assert [problem.path for problem in caught.value.problems] == paths
