"""What people may put into a file: forms that stand for each other, and what a part cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from sim.scenario import schema_json
from sim.scenario.schema.written import (
    Codebook,
    ConditionalLine,
    Documented,
    Grid,
    Issue,
    Labels,
    Line,
    RedLine,
    Rule,
    ScenarioFile,
    Shift,
    Values,
    ValuesByIdeal,
    ValuesByOption,
    ValuesByRanking,
)
from tests.scenario.tiny import tiny

VALUES: TypeAdapter[Any] = TypeAdapter(Values)
LINE: TypeAdapter[Any] = TypeAdapter(Line)


def test_red_lines_take_one_of_two_forms() -> None:
    plain = LINE.validate_python({"issue": "x", "options": "a", "firmness": 1})
    paid = LINE.validate_python({"if": {"x": "a", "y": ["b"]}, "unless": {"z": "c", "x": "a"}, "firmness": 1})
    assert (type(plain), plain.issues) == (RedLine, ("x",))
    assert (type(paid), paid.issues) == (ConditionalLine, ("x", "y", "z"))
    assert LINE.validate_python(paid) is paid
    with pytest.raises(ValidationError, match="exactly one of two forms"):
        LINE.validate_python({"issue": "x", "options": "a", "unless": {"z": "c"}, "firmness": 1})


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ({"options": {"x": 1}}, ValuesByOption),
        ({"ranking": ["x", ["y", "z"]]}, ValuesByRanking),
        ({"ideal": 3}, ValuesByIdeal),
    ],
)
def test_values_take_one_of_three_forms(written: dict[str, Any], kind: type) -> None:
    values = VALUES.validate_python(written)
    assert type(values) is kind
    assert VALUES.validate_python(values) is values


def test_ties_in_a_ranking_are_lists_of_their_own() -> None:
    assert VALUES.validate_python({"ranking": ["x", ["y", "z"]]}).ranking == (("x",), ("y", "z"))


def test_a_level_of_a_codebook_is_a_number_or_one_for_each_spread() -> None:
    levels = {"salience": {"high": {"value": 3}, "low": {"wide": {"uniform": [0, 1]}, "exact": 0.5}}}
    book = Codebook.model_validate({"levels": levels})
    high, low = book.levels["salience"]["high"], book.levels["salience"]["low"]
    assert high.form == 3.0  # type: ignore[union-attr]
    assert low["exact"].form == 0.5  # type: ignore[index]


@pytest.mark.parametrize(
    ("model", "written", "words"),
    [
        (Rule, {}, "exactly one of two forms"),
        (Shift, {"add": 1, "to": 2}, "exactly one of three forms"),
        (Documented, {"held": False, "outcome": ["nothing"]}, "held"),
        (Documented, {"outcome": ["nothing", "settlement", "process_or_partial"]}, "rules at least one class out"),
        (Labels, {"parties": {"a": ""}}, "at least 1 character"),
        (ScenarioFile, {**tiny(), "parley": True}, "not a value allowed"),
        (ScenarioFile, {**tiny(), "groups": {"a": 1}}, "at most 0"),
    ],
)
def test_what_a_part_cannot_be(model: Any, written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        model.model_validate(written)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "something to make options of"),
        ({"step": 1}, "both ends"),
        ({"step": 1, "from": 3, "to": 3}, "out of order"),
        ({"step": 0, "from": 0, "to": 3}, "greater than 0"),
        ({"step": 1, "from": 0, "to": 300}, "too many options"),
        ({"include": "ends"}, "ideals"),
    ],
)
def test_what_a_grid_cannot_be(written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Grid.model_validate(written)


def test_a_grid_is_written_with_its_lower_end_called_from() -> None:
    grid = Grid.model_validate({"from": -1, "to": 1, "step": 0.5})
    assert (grid.start, grid.to) == (-1.0, 1.0)
    assert "from" in grid.model_dump(by_alias=True)


def test_editors_let_out_what_a_grid_makes_and_the_loader_asks_for_it() -> None:
    parts = schema_json()["$defs"]
    assert parts["Issue"]["required"] == ["level", "status_quo"]
    assert "required" not in parts["Scale"] or "positions" not in parts["Scale"]["required"]
    with pytest.raises(ValidationError, match="options"):
        Issue.model_validate({"level": "core", "status_quo": "x"})
