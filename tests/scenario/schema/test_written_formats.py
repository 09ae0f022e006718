"""Formats and tracks as written: short forms, defaults, and what a part cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sim.scenario.schema.written_formats import Agenda, Consent, Format, Seat, Track

CALENDAR = {"months": 5, "rounds_per_month": 2}


def test_one_word_stands_for_a_mapping() -> None:
    talks = Format.model_validate({"seats": {"a": "observer", "b": {}}, "consent": "majority", "calendar": CALENDAR})
    assert (talks.seats["a"].role, talks.seats["b"].role) == ("observer", "principal")
    assert talks.consent.rule == "majority"
    assert Track.model_validate({"legs": ["x", {"format": "y", "after": 2}]}).legs[0].format == "x"


@pytest.mark.parametrize(
    ("written", "issues", "order", "stages"),
    [
        ("all", "all", "package", ()),
        (["x", "y"], ("x", "y"), "package", ()),
        ({"order": "easy_first"}, "all", "easy_first", ()),
        ({"order": ["x", ["y", "z"]]}, "all", "given", (("x",), ("y", "z"))),
        ({"order": "given", "stages": [["x"]]}, "all", "given", (("x",),)),
    ],
)
def test_an_agenda_in_short(written: Any, issues: Any, order: str, stages: tuple[tuple[str, ...], ...]) -> None:
    agenda = Format.model_validate({"seats": {}, "agenda": written, "calendar": CALENDAR}).agenda
    assert (agenda.issues, agenda.order_word, agenda.given_stages) == (issues, order, stages)


@pytest.mark.parametrize(
    ("model", "written", "words"),
    [
        (Consent, {}, "a consent rule is missing"),
        (Consent, {"rule": "unanimity", "members": 0.5}, "no room for a quota"),
        (Agenda, {"order": "given"}, "needs stages"),
        (Agenda, {"stages": ["x"]}, "go with a given order"),
        (Agenda, {"issues": ["x"], "order": ["y"]}, "the stages say"),
        (Format, {"seats": {}, "agenda": 3, "calendar": CALENDAR}, "unknown agenda"),
    ],
)
def test_what_a_part_cannot_be(model: Any, written: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        model.model_validate(written)


@pytest.mark.parametrize(
    ("protocol", "given", "months"), [("baskets", None, 2), ("baskets", 4, 4), ("shuttle", None, 0), ("baskets", 0, 0)]
)
def test_groups_take_half_of_the_months_unless_told(protocol: str, given: int | None, months: int) -> None:
    talks = Format.model_validate({"seats": {}, "protocol": protocol, "group_months": given, "calendar": CALENDAR})
    assert talks.months_in_groups == months


@pytest.mark.parametrize(
    ("role", "interested", "speaks"),
    [("principal", False, True), ("mediator", True, True), ("mediator", False, False), ("observer", False, False)],
)
def test_who_speaks(role: str, interested: bool, speaks: bool) -> None:
    assert Seat.model_validate({"role": role, "interested": interested}).speaks is speaks
