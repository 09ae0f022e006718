"""What a format can talk about, in which order, and in which working groups."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.tiny import problems, tiny

GROUPS = {"one": {"issues": ["peace"]}, "two": {"issues": ["land"]}}


def talks(**changes: Any) -> list[tuple[str, str]]:
    """What is wrong with the format when changed, by its path in it."""
    found = problems(tiny(**{f"formats__both__{key}": value for key, value in changes.items()}))
    return [(path.removeprefix("formats.both."), message) for path, message in found]


@pytest.mark.parametrize(
    ("agenda", "path", "words"),
    [
        (["peace", "peace"], "agenda", "named twice"),
        (["peace", "sea"], "agenda", "unknown issue"),
        ({"order": ["peace", "sea"]}, "agenda.order", "unknown issue"),
        ({"order": "given", "stages": ["land", "land"]}, "agenda.stages", "named twice"),
    ],
)
def test_agendas_that_make_no_sense(agenda: Any, path: str, words: str) -> None:
    ((where, message),) = talks(agenda=agenda)
    assert where == path
    assert words in message


def test_a_stage_needs_a_round() -> None:
    calendar = {"months": 1, "rounds_per_month": 1}
    assert talks(agenda={"order": "easy_first"}, calendar=calendar) == [
        ("calendar", "there are more stages than rounds")
    ]
    assert talks(agenda={"order": "easy_first"}, calendar={**calendar, "months": 2}) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"baskets": {"one": {"issues": ["peace", "land"]}}}, "baskets"),
        ({"agenda": ["peace"]}, "baskets.two.issues"),
        ({"baskets": {**GROUPS, "two": {"issues": ["peace"]}}}, "baskets.two.issues"),
        ({"baskets": {**GROUPS, "two": {"issues": ["land"], "members": ["a"]}}}, "baskets.two.members"),
        ({"baskets": {**GROUPS, "two": {"issues": ["land"], "members": ["a", "z", "b"]}}}, "baskets.two.members"),
        ({"agenda": {"order": "easy_first"}}, "agenda"),
        ({"group_months": 2}, "group_months"),
        ({"protocol": "alternating_offers"}, "baskets"),
    ],
)
def test_working_groups_that_make_no_sense(changes: dict[str, Any], path: str) -> None:
    assert talks(protocol="baskets", baskets=GROUPS) == []
    found = talks(**{"protocol": "baskets", "baskets": GROUPS, **changes})
    assert [where for where, _ in found] == [path]
