"""YAML to plain data with a line for every path, and no surprises."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import pytest

from sim.scenario import ScenarioError
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import core_scalar, mapping_of, parse_text, parse_value, read_text

TEXT = """\
a: no
b:
  - 1
  - {c: 0x1f, d: "2"}
e: &anchor {f: 1e3}
g: *anchor
"""


def test_words_stay_words_and_every_path_has_its_line() -> None:
    report = Report("f")
    assert parse_text(TEXT, report) == {"a": "no", "b": [1, {"c": 31, "d": "2"}], "e": {"f": 1e3}, "g": {"f": 1e3}}
    assert report.lines[("b", "1", "d")] == 4
    assert report.lines[("e", "f")] == 5
    assert report.lines[("g",)] == 6


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("True", True),
        ("~", None),
        ("-3", -3),
        ("0o17", 15),
        (".5", 0.5),
        ("-.inf", -math.inf),
        ("1_000", "1_000"),
    ],
)
def test_scalars_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    found = core_scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\na: 2\n", 2, "given twice"),
        ("a: 1\nb: [1\n", 2, r"YAML syntax error: a \[ that is not closed.*seen: 'b: \[1'"),
        ("a: {b: 1\nc: 2\n", 1, "a { that is not closed"),
        ('a: "b\nc: 2\n', 1, "a quotation mark that is not closed"),
        ('a: "C:\\path"\n', 1, r"a .* inside double quotes.*single quotes"),
        ("a: 'it's'\n", 1, "an apostrophe is written twice"),
        ("a: b: c\n", 1, "a colon where none can stand"),
        ("a: 1\nb\nc: 2\n", 3, "a line without a colon"),
        ("a:\n  b: 1\n c: 2\n", 3, "a line that belongs to nothing above it"),
        ("a:\n\tb: 1\n", 2, "indent with spaces, not tabs"),
        ("a: @b\n", 1, "begins with a sign that YAML keeps for itself"),
        ("- a\n", 1, "a scenario file is a mapping"),
        ("", 1, "a scenario file is a mapping"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a: *none\n", 1, "an alias without an anchor"),
        ("a: &x\n  b: *x\n", 2, "contains itself"),
        ("<<: {a: 1}\n", 1, "merge keys"),
        ("a: !!python/name:os.system x\n", 1, "unknown YAML tag"),
        ("[a]: 1\n", 1, "a key must be a word"),
        ("a: x\x07\n", 1, "control character"),
        ("a: " + "[" * 50 + "\n", 1, "nested too deeply"),
    ],
)
def test_what_is_no_scenario_text(text: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError, match=words) as caught:
        parse_text(text, Report("f"))
    assert caught.value.problems[0].line == line


def test_aliases_cannot_multiply_without_end() -> None:
    rows = ["a0: &a0 [" + ", ".join("x" * 20) + "]"]
    rows += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 20)}]" for k in range(1, 5)]
    with pytest.raises(ScenarioError, match="too much data once aliases are expanded"):
        parse_text("\n".join(rows), Report("f"))


def test_a_value_of_the_command_line_is_yaml_too() -> None:
    assert parse_value("{uniform: [0, 1]}") == {"uniform": [0, 1]}
    assert parse_value("") is None
    with pytest.raises(ScenarioError, match="YAML syntax error"):
        parse_value("[1")


def test_what_was_read_is_on_record(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    report = Report("f")
    assert read_text(file, report) == "a: 1\n"
    assert report.read == [(file, hashlib.sha256(file.read_bytes()).hexdigest())]


def test_anything_but_a_mapping_is_an_empty_one() -> None:
    assert mapping_of({"a": 1}) == {"a": 1}
    assert mapping_of([1]) == mapping_of("a") == mapping_of(None) == {}
