"""A place in a draft: what lies below it, and how a name that points nowhere is told."""

from __future__ import annotations

import pytest

from sim.scenario.checks.places import Place
from sim.scenario.schema.shape import read_shape
from sim.scenario.source.problems import Report
from tests.scenario.tiny import tiny


@pytest.fixture
def file() -> Place:
    report = Report("tiny")
    return Place(read_shape(tiny(), report), report)


def told(place: Place) -> list[tuple[str, str, str]]:
    return [(problem.path, problem.message, problem.suggestion) for problem in place.report.problems]


def test_a_place_knows_its_path(file: Place) -> None:
    assert (file / "parties" / "a").path == ("parties", "a")
    assert file.path == ()


def test_a_misspelt_name_is_told_with_a_guess(file: Place) -> None:
    place = file / "here"
    assert place.issue("peace") is not None
    assert place.issue("peas") is None
    assert place.option("land", "half")
    assert not place.option("land", "hlaf")
    assert not place.party("a", other_than="a")
    assert told(file) == [
        ("here", "unknown issue", "peace"),
        ("here", "unknown option of issue 'land'", "half"),
        ("here", "a party cannot be named here by itself", ""),
    ]


def test_names_given_again_are_told_once(file: Place) -> None:
    place = file / "list"
    assert list(place.once("an issue", ["peace", "land", "peace"])) == ["peace", "land"]
    assert told(file) == [("list", "an issue is named twice", "")]
    assert file.report.problems[0].allowed == "each issue once"


def test_a_condition_names_issues_and_options(file: Place) -> None:
    when = file / "when"
    assert when.condition({"land": ("half", "kept")})
    assert not when.condition({"land": ("half", "sold"), "sea": ("x",)})
    assert [path for path, _, _ in told(file)] == ["when.land", "when.sea"]


def test_of_a_broken_part_nothing_more_is_said() -> None:
    report = Report("tiny")
    draft = read_shape(tiny(issues__land__status_quo=3), report)
    before = len(report.problems)
    place = Place(draft, report) / "x"
    assert place.issue("land") is None
    assert place.option("land", "whatever")
    assert len(report.problems) == before
