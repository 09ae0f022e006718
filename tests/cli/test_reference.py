"""The generated page is current, and says what the schema says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sim.cli.scenario_commands import design_schema_text, schema_text
from tests.reference import design_reference_text, reference_text, result_schemas

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_current():
    written = (ROOT / "docs" / "scenario-reference.md").read_text(encoding="utf-8")
    assert written == reference_text(json.loads(schema_text())), "run `make docs`"
    written = (ROOT / "docs" / "design-reference.md").read_text(encoding="utf-8")
    assert written == design_reference_text(json.loads(design_schema_text())), "run `make docs`"


@pytest.mark.parametrize("path", [path.as_posix() for path in result_schemas()])
def test_the_schemas_of_results_are_current_and_say_what_everything_is(path):
    text = result_schemas()[Path(path)]
    assert (ROOT / path).read_text(encoding="utf-8") == text, "run `make docs`"
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    assert all(part["additionalProperties"] is False for part in schema["$defs"].values())
    assert all(part.get("description") for part in schema["$defs"].values())


def test_no_schema_of_a_result_is_left_over():
    assert {file.relative_to(ROOT) for file in (ROOT / "docs" / "schemas").iterdir()} == set(result_schemas())


def test_every_key_of_the_schema_is_on_the_page():
    schema = json.loads(schema_text())
    text = reference_text(schema)
    assert all(f"`{key}`" in text for key in schema["properties"])
    for name, part in schema["$defs"].items():
        if name in {"Number", "Normal", "Beta", "Discrete"}:  # a section of its own, in words
            continue
        assert all(f"`{key}`" in text for key in part.get("properties", {})), name


def test_required_keys_are_marked():
    text = reference_text(json.loads(schema_text()))
    row = next(line for line in text.splitlines() if line.startswith("| `parley`"))
    assert "**required**" in row


def test_a_bar_inside_a_cell_does_not_break_the_table():
    schema = {"properties": {"a": {"type": "string", "description": "x | y"}}, "required": ["a"]}
    row = next(line for line in reference_text(schema).splitlines() if line.startswith("| `a`"))
    assert row == "| `a` | text | **required** | x \\| y |"
