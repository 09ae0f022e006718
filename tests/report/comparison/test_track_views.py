"""Tracks on the page, in figures and in the terminal; formats described by roles and rules."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from rich.console import Console

from sim.report.canvas.palette import OUTCOME_FILL
from sim.report.canvas.sheet import Shape
from sim.report.comparison.comparison_files import comparison_view
from sim.report.comparison.figures import draw_all, legs_figure, save_all
from sim.report.comparison.page_tables import leg_table, track_line
from sim.report.words.words import interval, percent, rules_words, seats_words, shown
from sim.types import FormatInfo, Outcome
from tests.analysis.comparison.test_summarise import compare_tracks as compare
from tests.analysis.synthetic import tracked
from tests.report.conftest import result_of

from .test_comparison_files import Page

BASE = FormatInfo("f", "F", "alternating_offers", (0, 1), 6, 2, "public")


def of_tracks(comparison):
    return result_of(comparison, structure=tracked())


@pytest.fixture(scope="module")
def result():
    return compare()


@pytest.mark.parametrize(
    ("changes", "seats", "rules"),
    [
        ({}, "North, Coastal Union", "Alternating offers; unanimity; 6 months, 2 rounds a month; public"),
        (
            {"protocol": "single_text", "mediator": 2, "mandate": True},
            "North, Coastal Union; mediator River Republic (without a vote, with a mandate)",
            "Single negotiating text; unanimity; 6 months",
        ),
        (
            {"protocol": "shuttle", "seats": (2, 0, 1), "mediator": 2, "observers": (3,)},
            "North, Coastal Union; mediator River Republic (with a vote); observer Hill League",
            "Shuttle; unanimity",
        ),
        ({"guarantors": (2, 3)}, "North, Coastal Union; guarantors River Republic and Hill League", "Alternating"),
        ({"consent": "majority"}, "North", "Alternating offers; majority (more than half of the votes); 6 months"),
        ({"consent": "55% of members, veto of North"}, "North", "; 55% of members, veto of North;"),
        ({"agenda_order": "hard_first", "stages": ("A", "B")}, "North", "; the hardest issues first, in 2 stages;"),
        ({"agenda_order": "given", "stages": ("A", "B, C")}, "North", "; in this order: A, then B, C;"),
        (
            {"protocol": "baskets", "stages": ("Land", "Water", "plenary")},
            "North",
            "Baskets; unanimity; working groups on Land and Water, then a plenary;",
        ),
        ({"protocol": "track", "legs": (0, 1)}, "Legs: North\N{EN DASH}Coastal Union, then North", "at most 6 months"),
    ],
)
def test_formats_are_described_by_roles_and_rules(changes, seats, rules):
    info = dataclasses.replace(BASE, **changes)
    assert seats_words(info, tracked()).startswith(seats)
    assert rules in rules_words(info)


def test_bars_are_as_long_as_their_shares(result):
    drawing = legs_figure(result)
    fill = OUTCOME_FILL[Outcome.SETTLEMENT]
    bars = [item for item in drawing.items if isinstance(item, Shape) and item.colour == fill][1:]  # after the legend
    widths = [bar.points[1][0] - bar.points[0][0] for bar in bars]
    legs = [leg for found in result.formats if found.track for leg in found.track.legs]
    shares = [share for leg in legs for share in (leg.of_all[6], leg.alone[6])]
    assert widths == pytest.approx([360 * share.value for share in shares], abs=0.7)


def test_the_table_says_leg_by_leg_what_was_found(result):
    table = leg_table(result)
    assert table.bands == {0: "4  Widening", 7: "5  And back"}
    legs = result.formats[3].track.legs
    names = [row[0].words or row[0].small for row in table.cells[:3]]
    assert names == ["1. North\N{EN DASH}River Republic", "the same alone", f"2. {shown(legs[1].name)}"]
    assert table.cells[2][1].words == percent(legs[1].held.value)
    assert table.cells[2][2].small == interval(legs[1].decided)
    assert table.cells[2][3].words == percent(legs[1].if_held[6].value)
    assert table.cells[3][3].words == percent(legs[1].alone[6].value)
    assert table.cells[6][2].words == percent(result.formats[3].track.inherited.value)


def test_without_the_format_alone_there_is_no_row_for_it():
    table = leg_table(compare(formats=(5,)))
    assert not [row for row in table.cells if row[0].small == "the same alone"]


def test_the_page_has_the_section_only_with_tracks(given, result):
    text = dataclasses.replace(given, result=of_tracks(result)).page()
    page = Page(text)
    assert "legs" in page.ids
    assert "#legs" in page.links
    assert "Where along the track it is decided" in text
    assert "Legs: North" in text
    assert "Alternating offers; unanimity; 6 months, 2 rounds a month; public." in text
    without = dataclasses.replace(given, result=of_tracks(compare(formats=(1, 2)))).page()
    assert "Where along the track" not in without
    assert "legs" not in Page(without).ids


def test_pictures_are_saved(result, tmp_path):
    save_all(draw_all(of_tracks(result)).values(), tmp_path)
    assert {"legs.svg", "legs.png"} <= {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_says_where_it_is_decided(width, result):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(comparison_view(of_tracks(result), width))
    text = console.file.getvalue()
    flat = re.sub(r"\s+", " ", text)
    assert max(map(len, text.splitlines())) <= width
    legs = result.formats[3].track.legs
    for number, leg in enumerate(legs, start=1):
        assert f"leg {number} (" in flat
        assert f"{percent(leg.decided.value)} ({interval(leg.decided)})" in flat
    assert flat.count("Settled in leg 1") == 2
    assert "Track, at most 18 months" in flat
    assert "Alternating offers; unanimity; 6 months, 2 rounds a month; public" in flat


def test_a_format_has_no_such_line(result):
    assert track_line(result.formats[0]) == ""
