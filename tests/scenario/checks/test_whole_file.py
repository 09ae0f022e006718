"""Numbers, issues, rules and groups of linked issues of a whole file."""

from __future__ import annotations

from typing import Any

import pytest

from sim.scenario.checks.whole_file import check
from sim.scenario.schema.shape import read_shape
from sim.scenario.source.problems import Report
from tests.scenario.tiny import problems, tiny


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"parties__a__patience": 2}, "parties.a.patience", "out of range"),
        ({"parties__a__patience": {"uniform": [0.5, 1.5]}}, "parties.a.patience", "out of range"),
        ({"parties__a__outside_option": float("inf")}, "parties.a.outside_option", "not finite"),
        ({"parties__a__patience": {"value": 0.9, "basis": "stated"}}, "parties.a.patience.sources", "needs a source"),
        ({"issues__land__options__value": {}}, "issues.land.options.value", "a word of the number format"),
        ({"issues__peace__options__war": {"settles": True}}, "issues.peace.options.war.settles", "status quo cannot"),
        ({"issues__land__options__half": {"settles": True}}, "issues.land.options.half.settles", "cannot settle"),
        ({"issues__peace__options__treaty": {}}, "issues.peace.options", "needs a settling option"),
        ({"issues__land__options__kept": {"guarantors": "a"}}, "issues.land.options.kept.guarantors", "no guarantor"),
        (
            {"issues__land__scale__positions": {"kept": 0, "half": 0, "ceded": 0}},
            "issues.land.scale.positions",
            "the same",
        ),
        ({"rules": {"r": {"excludes": [{"land": "half"}]}}}, "rules.r.excludes", "a combination"),
        ({"behaviour": {"rules": {"core": "land"}}}, "behaviour.rules.core", "unknown core issue"),
    ],
)
def test_what_makes_no_sense_is_told_once_with_its_place(changes: dict[str, Any], path: str, words: str) -> None:
    data = tiny(**changes)
    if "value" in data["issues"]["land"]["options"]:
        data["issues"]["land"]["scale"]["positions"]["value"] = 1
        data["parties"]["b"]["values"]["land"]["ranking"].append("value")
    found = problems(data)
    assert [where for where, _ in found] == [path]
    assert words in found[0][1]


def test_rules_must_leave_the_status_quo_and_every_option_a_chance() -> None:
    quo = {"r": {"excludes": [{"peace": "war"}, {"land": "kept"}]}}
    assert problems(tiny(rules=quo)) == [("rules.r", "the status quo breaks this rule")]
    never = {"r": {"excludes": [{"peace": ["war", "truce", "treaty"]}, {"land": "half"}]}}
    ((path, message),) = problems(tiny(rules=never))
    assert path == "issues.land.options.half"
    assert "nobody can reach" in message


def test_sources_must_be_references_where_there_are_any() -> None:
    number = {"value": 0.9, "basis": "stated", "sources": ["C1"]}
    assert problems(tiny(parties__a__patience=number)) == []
    cited = tiny(parties__a__patience=number, references={"C2": {"title": "Two"}})
    assert problems(cited) == [("parties.a.patience.sources", "unknown source")]


def test_of_a_changed_file_only_the_changed_parts_numbers_are_looked_at() -> None:
    def told(only: list[tuple[str, ...]] | None) -> list[str]:
        report = Report("tiny")
        check(read_shape(tiny(parties__a__patience=2, parties__b__patience=3), report), report, only=only)
        return [problem.path for problem in report.problems]

    assert told(None) == ["parties.a.patience", "parties.b.patience"]
    assert told([("parties", "b", "patience")]) == ["parties.b.patience"]
