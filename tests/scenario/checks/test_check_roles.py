"""Who may sit how, and whose yes can be asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.tiny import problems, tiny


def grouped(**changes: Any) -> list[tuple[str, str]]:
    """(path, message) of what is wrong with a format of three principals in which something is changed."""
    data = tiny()
    data["parties"] = {party: dict(data["parties"]["b"]) for party in "abc"}
    for party, strategy in changes.pop("strategies", {}).items():
        data["parties"][party] = data["parties"][party] | {"behaviour": {"strategy": strategy}}
    for party in changes.pop("bloc", ()):
        data["parties"][party] = data["parties"][party] | {"bloc": "one"}
    seats = dict.fromkeys("abc", "principal")
    one = {"seats": seats, "calendar": {"months": 4, "rounds_per_month": 1}, "contact_group": 2} | changes
    data["formats"] = {"group": one}
    return [(path.removeprefix("formats.group."), message) for path, message in problems(data)]


def test_what_no_contact_group_can_be():
    size = "a contact group of this size cannot be drawn"
    assert grouped() == grouped(contact_group=3) == grouped(contact_group={"uniform": [2, 3]}) == []
    for wrong in (1, 4, {"uniform": [1, 3]}, {"triangular": [2, 3, 4]}):
        assert grouped(contact_group=wrong) == [("contact_group", size)]
    assert grouped(bloc="ab") == []
    assert grouped(bloc="ab", contact_group=3) == grouped(bloc="abc") == [("contact_group", size)]
    never = {"a": {"recognition": 0}, "b": {"recognition": 0}, "c": "principal"}
    assert grouped(seats=never) == [
        ("seats", "too few seats can be drawn into the contact group: recognition may be 0")
    ]
    assert [path for path, _ in grouped(strategies={"a": "equilibrium"})] == ["contact_group"]


@pytest.mark.parametrize(
    ("seats", "path", "words"),
    [
        ({"a": "principal", "b": "observer"}, "seats", "two principals"),
        ({"a": "principal", "b": {"interested": True}}, "seats.b.interested", "only a mediator"),
        ({"a": "principal", "b": "principal", "z": "observer"}, "seats.z", "unknown party"),
    ],
)
def test_seats_that_make_no_sense(seats: dict[str, Any], path: str, words: str) -> None:
    found = problems(tiny(formats__both__seats=seats))
    assert [(where, words in message) for where, message in found] == [(f"formats.both.{path}", True)]


@pytest.mark.parametrize(
    ("consent", "path"),
    [
        ({"members": 1.5}, "members"),
        ({"rule": "majority", "vetoes": ["a", "a"]}, "vetoes"),
        ({"rule": "majority", "vetoes": "z"}, "vetoes"),
    ],
)
def test_consent_that_nothing_can_meet(consent: dict[str, Any], path: str) -> None:
    assert [where for where, _ in problems(tiny(formats__both__consent=consent))] == [f"formats.both.consent.{path}"]
