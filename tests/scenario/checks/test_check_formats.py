"""Formats and tracks, and what speaks of them: shocks, named scenarios, rivals, what is documented, labels."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.tiny import problems, tiny

TRACK = {"legs": ["both", "both"]}


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (
            {"formats__both__calendar": {"months": 100, "rounds_per_month": 21}},
            "formats.both.calendar",
            "too many rounds",
        ),
        ({"tracks": {"both": TRACK}}, "tracks.both", "an id of its own"),
        ({"tracks": {"t": {"legs": ["both"]}}}, "tracks.t.legs", "at least two legs"),
        ({"tracks": {"t": {"legs": ["both", "other"]}}}, "tracks.t.legs.1", "unknown format"),
        ({"tracks": {"t": TRACK, "u": {"legs": ["both", "t"]}}}, "tracks.u.legs.1", "a format, not a track"),
        (
            {"tracks": {"t": {"legs": [{"format": "both", "after": 2}, "both"]}}},
            "tracks.t.legs.0.after",
            "follows nothing",
        ),
        ({"scenarios": {"s": {"overrides": ["o"]}}}, "scenarios.s.overrides", "unknown override"),
        ({"documented": {"other": {"held": False}}}, "documented.other", "unknown format or track"),
        ({"labels": {"vi": {"parties": {"z": "Z"}}}}, "labels.vi.parties.z", "unknown party"),
        ({"labels": {"vi": {"options": {"land": {"sold": "S"}}}}}, "labels.vi.options.land.sold", "unknown option"),
        ({"labels": {"vi": {"baskets": {"both": {"g": "G"}}}}}, "labels.vi.baskets.both.g", "unknown basket"),
    ],
)
def test_what_makes_no_sense_is_told_once_with_its_place(changes: dict[str, Any], path: str, words: str) -> None:
    found = problems(tiny(**changes))
    assert [where for where, _ in found] == [path]
    assert words in found[0][1]


def test_rivals_read_by_overrides_that_exist_and_cite_references() -> None:
    overrides = {name: {"set": {"parties.a.patience": 0.9}} for name in ("x", "y")}
    rival = {"question": "Which?", "readings": ["x", "z"], "sources": ["C1"]}
    found = problems(tiny(overrides=overrides, rivals={"r": rival}, references={"C2": {"title": "Two"}}))
    assert [where for where, _ in found] == ["rivals.r.readings", "rivals.r.sources"]


def test_a_shock_shifts_numbers_that_there_are() -> None:
    def shocked(path: str) -> list[tuple[str, str]]:
        return problems(tiny(shocks={"s": {"hazard": 0.1, "set": {path: {"add": 0.1}}}}))

    assert shocked("parties.a.patience") == []
    for path in ("parties.a.patienc", "parties.a", "behaviour.foresight", "shocks.s.hazard"):
        assert shocked(path) == [(f"shocks.s.set.{path}", "a shock must name a number")]


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
