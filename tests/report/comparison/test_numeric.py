"""Numeric issues on the page and in the terminal: units, intervals, forecasts, the figure."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console

from sim.analysis.comparison.numeric_issues import Agreed, FormatPositions, NumericIssue
from sim.analysis.positions.forecasters import FORECASTERS, POINTS
from sim.report.canvas.sheet import Shape, Words
from sim.report.comparison.numeric import (
    agreed_table,
    forecast_table,
    in_units,
    initials,
    numeric_view,
    positions_figure,
)
from sim.report.words.language import language
from tests.analysis.synthetic import structure
from tests.report.words.test_language import INVENTED, LATIN, from_the_file, names_in, unsaid

from .test_comparison_files import Page

NAN = float("nan")
FORECASTS = dict.fromkeys(POINTS, 4.25) | {"nash_reference": None}
AGREED = Agreed(30, ((0.0, 0.25), (5.0, 0.5), (9.5, 0.25)), 4.875, 5.0, (0.0, 5.0), (0.0, 9.5), 0.25)
NO_TEXTS = Agreed(0, (), NAN, NAN, (NAN, NAN), (NAN, NAN), NAN)


def numeric(comparison) -> NumericIssue:
    """An issue in years: texts in all formats but the last, where nobody has an ideal either."""
    ids = [one.id for one in comparison.formats]
    formats = tuple(FormatPositions(key, AGREED, FORECASTS, ("hills",)) for key in ids[:-1])
    formats += (FormatPositions(ids[-1], NO_TEXTS, None, ()),)
    ideals = {"north": 9.5, "coast": 0.0, "river": 0.2}
    return NumericIssue("delay", "Delay", "years", {"a": 0.0, "b": 5.0, "c": 9.5}, 0.0, ideals, formats)


@pytest.fixture(scope="module")
def delay(baseline) -> NumericIssue:
    return numeric(baseline)


@pytest.mark.parametrize(
    ("value", "words"),
    [(9.5, "9.5 years"), (5.0, "5 years"), (4.876, "4.88 years"), (-0.001, "0 years"), (-2, "−2 years")],
)
def test_numbers_are_plain(delay, value, words):
    assert in_units(value, delay) == words


def test_a_wide_scale_is_told_in_less_detail(delay):
    wide = dataclasses.replace(delay, positions={"a": 0.0, "b": 25000.0}, unit="km")
    assert in_units(12345.67, wide) == "12,346 km"
    with language("vi"):
        assert in_units(12345.67, wide) == "12.346 km"


def test_what_texts_say(baseline, delay):
    table = agreed_table(baseline, delay)
    assert [cell.words for cell in table.cells[0][1:]] == ["5", "4.88", "0 to 5", "0 to 9.5", "25%", "30"]
    assert {cell.words for cell in table.cells[-1][1:]} == {"—", "0"}
    assert "0 years" in table.note
    assert "(years)" in table.caption


def test_every_forecast_is_beside_it_with_its_source(baseline, delay):
    table = forecast_table(baseline, structure(), delay)
    assert [row[0].words for row in table.cells[1:]] == [FORECASTERS[key].title for key in POINTS]
    assert all(row[0].small for row in table.cells[1:])
    by_name = {row[0].words: [cell.words for cell in row[1:]] for row in table.cells}
    assert by_name["Compromise model"] == ["4.25"] * 4 + ["—"]
    assert set(by_name["Nash bargaining solution, reference point as breakdown"]) == {"—"}
    assert "Hill League" in table.note
    assert "fewer than two" in table.note


def test_the_figure_marks_ideals_and_draws_a_bar_per_position(baseline, delay):
    drawing = positions_figure(baseline, structure(), delay)
    words = {item.words: item for item in drawing.items if isinstance(item, Words)}
    assert words["CU"].x < words["N"].x
    assert words["RR"].y < words["CU"].y  # too near to stand side by side
    bars = [item for item in drawing.items if isinstance(item, Shape) and item.alpha == 0.75]
    assert len(bars) == 3 * (len(delay.formats) - 1)
    assert "no text was signed" in words
    assert all(0 <= x <= drawing.width for item in drawing.items if isinstance(item, Shape) for x, _ in item.points)


def test_initials_are_different():
    assert initials(["North", "Coastal Union", "New-found land", "Nile", "Neva", "of 7"]) == [
        "N",
        "CU",
        "NFL",
        "N2",
        "N3",
        "O7",
    ]


def test_the_page_holds_the_issue(given, delay):
    text = " ".join(Page(given.but(numeric_issues=(delay,)).page()).text)
    assert "Numeric issues in their units" in text
    assert "Compromise model" in text
    assert "Numeric issues" not in " ".join(Page(given.page()).text)


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_prints_the_forecasts(baseline, delay, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(numeric_view((delay,), baseline, structure()))
    text = console.file.getvalue()
    assert "Compromise model" in text
    assert "(1991)" in text
    assert max(map(len, text.splitlines())) <= width


def test_all_of_it_is_said_in_the_language(given, baseline, delay):
    asked = given.but(numeric_issues=(delay,))
    marks = set(initials([party.name for party in structure().parties]))
    assert unsaid(asked) - names_in(delay) - marks == set()
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    with language(INVENTED):
        console.print(numeric_view((delay,), baseline, structure()))
    assert set(LATIN.findall(console.file.getvalue())) - names_in(delay) - from_the_file(asked) == set()
