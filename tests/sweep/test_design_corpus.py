"""Every invalid design breaks one rule, and says where and what; the design that they are made from is sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from sim.scenario import ScenarioError
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text
from sim.sweep.designs.read_design import read_design
from sim.sweep.designs.written_design import design_schema_json

ROOT = Path(__file__).parent / "designs"
BASE = ROOT / "base.yaml"
VALID = [BASE, *sorted((ROOT / "valid").glob("*.yaml"))]


@dataclass(frozen=True)
class Fault:
    """A design with one fault, and of the error its path and words that it must hold."""

    name: str
    content: bytes
    path: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return self.name


def faults() -> Iterator[Fault]:
    """The invalid files, and the base with each of the changes that `faults.yaml` lists."""
    for file in sorted((ROOT / "invalid").glob("*.expected")):
        path, *words = file.read_text(encoding="utf-8").splitlines()
        yield Fault(file.stem, file.with_suffix(".yaml").read_bytes(), path, tuple(words))
    base = BASE.read_text(encoding="utf-8")
    for name, entry in yaml.safe_load((ROOT / "invalid" / "faults.yaml").read_text(encoding="utf-8")).items():
        ((old, new),) = entry["change"].items()
        assert base.count(old) == 1, name
        path, *words = entry["error"]
        yield Fault(name, base.replace(old, new).encode(), path, tuple(words))


FAULTS = tuple(faults())


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
