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
