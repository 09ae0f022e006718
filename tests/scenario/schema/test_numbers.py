"""One number of a file: its forms, what is wrong with them, and how it is written out."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.scenario.schema.numbers import DEFAULT_NOTE, Number, default, looks_like_number


@pytest.mark.parametrize(
    ("written", "kind", "form"),
    [
        (3, "value", 3.0),
        ({"uniform": [1, 2]}, "uniform", (1.0, 2.0)),
        ({"triangular": [0, 0.5, 1], "basis": "assumed"}, "triangular", (0.0, 0.5, 1.0)),
    ],
)
def test_a_number_has_one_form(written: Any, kind: str, form: Any) -> None:
    number = Number.model_validate(written)
    assert (number.kind, number.form) == (kind, form)
    assert Number.model_validate(number.model_dump(mode="json")) == number


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("3", "a number is needed"),
        (True, "a number is needed"),
        ({}, "exactly one form"),
        ({"value": 1, "uniform": [0, 1]}, "exactly one form"),
        ({"uniform": [2, 1]}, "out of order"),
        ({"pert": [0, 2, 1]}, "out of order"),
        ({"value": float("nan")}, "NaN"),
        ({"uniform": [0, float("inf")]}, "not finite"),
        ({"normal": {"mean": 0, "sd": 0}}, "standard deviation"),
        ({"beta": {"a": 1, "b": 1, "low": 2, "high": 1}}, "out of order"),
        ({"discrete": {"values": [1, 2], "probabilities": [0.5, 0.4]}}, "sum to 0.9"),
        ({"discrete": {"values": [1, 2], "probabilities": [1]}}, "one probability for each"),
    ],
)
def test_what_is_no_number(written: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Number.model_validate(written)


def test_it_is_written_out_in_full_with_its_level_first() -> None:
    number = Number.model_validate({"uniform": [0, 1], "level": "high", "spread": "wide", "together": "tide"})
    assert number.model_dump(mode="json") == {
        "level": "high",
        "spread": "wide",
        "uniform": [0.0, 1.0],
        "basis": "assumed",
        "sources": [],
        "together": "tide",
    }
    assert list(number.model_dump(mode="json"))[:3] == ["level", "spread", "uniform"]
    assert default(0.97).model_dump(mode="json")["note"] == DEFAULT_NOTE


@pytest.mark.parametrize(
    ("data", "number"),
    [(3, True), ({"value": 3}, True), ({"note": "x"}, True), ({"together": 1}, False), ({"a": 1}, False)],
)
def test_a_number_is_told_from_a_mapping_by_id(data: Any, number: bool) -> None:
    assert looks_like_number(data) is number
