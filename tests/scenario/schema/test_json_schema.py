"""The JSON schema agrees with the loader, and the file that ships agrees with both."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from sim.scenario import schema_json
from sim.scenario.source.errors import Report
from sim.scenario.source.yaml_text import parse_text

ROOT = Path(__file__).parents[3]
SHIPPED = [path for path in (ROOT / "scenarios").rglob("*.yaml") if path.parent.name != "evidence"]
SOUND = sorted([*SHIPPED, *(ROOT / "tests" / "scenarios" / "valid").glob("*.yaml")])
CAUGHT_BY_SCHEMA = (
    "unknown-key",
    "missing-id",
    "schema-version",
    "bad-id",
    "number-as-text",
    "unknown-role",
    "two-distributions",
    "triangular-too-few",
    "one-option",
    "null-value",
    "horizon-not-positive",
    "unknown-strategy",
    "unknown-consent",
    "quota-above-one",
    "agenda-not-a-list",
    "agenda-unknown-order",
    "track-with-one-leg",
)


def read(file: Path):
    return parse_text(file.read_text(encoding="utf-8"), Report(file.name))


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema_json())


def test_the_file_that_ships_is_current():
    shipped = json.loads((ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(schema_json())), "write it anew: parley schema > scenarios/schema.json"


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(schema_json())


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_sound_files_meet_it(file: Path):
    validator().validate(read(file))


@pytest.mark.parametrize("name", CAUGHT_BY_SCHEMA)
def test_faults_of_shape_do_not(name: str):
    file = ROOT / "tests" / "scenarios" / "invalid" / f"{name}.yaml"
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(read(file))
