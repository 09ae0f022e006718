"""Issues as written: what a grid can be, and what a file may leave to it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.scenario import schema_json
from sim.scenario.schema.written_issues import Grid, Issue


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
