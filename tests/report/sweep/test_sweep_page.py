"""The page and the terminal lines of a sweep: they say what the counts say, stand alone, and never say NaN."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from sim.report.canvas.palette import ACCENT, WARM
from sim.report.canvas.sheet import EM, Strokes, Tiles, Words, to_svg
from sim.report.sweep.factor_words import LevelAxis, SweptFactor, cell_words, level_words
from sim.report.sweep.index_figures import name_lines
from sim.report.sweep.response_figures import gap_map, scale_end, separates, share_maps, side_colours
from sim.report.sweep.sweep_page import drawn, render, said_findings, summary
from sim.report.sweep.sweep_tables import factor_table, index_table
from sim.report.sweep.sweep_words import summary_sentences, swept_words
from sim.report.words.language import language
from sim.sweep.design import StructureFactor
from sim.sweep.designs.compare_line import compare_command
from sim.sweep.pooled_findings import StillFactor, still_factors
from sim.sweep.sweep_findings import findings
from sim.sweep.sweep_result import Measured
from tests.report.comparison.test_comparison_files import Page
from tests.report.sweep.made_sweep import MadeSweep, grid, lhs, morris, oat, saltelli
from tests.report.words.test_language import INVENTED, LATIN

HORIZON = StructureFactor("horizon", "set", "horizon_months", (12, 24))


def border(x, y):
    return np.where(x > 0.5, 0.95, 0.05), 0.5 + 0 * y


SWEEPS = {
    "two": lambda: grid(20, 20, share=border),
    "three formats": lambda: grid(
        7, 6, share=lambda x, y: (*border(x, y), 0.55 + 0 * x), formats=("farmers", "all-three", "farmers")
    ),
    "one factor": lambda: grid(11, share=lambda x: (0.2 + 0.6 * x, 0.5 + 0 * x)),
    "three factors": lambda: grid(4, 4, 3, share=lambda x, y, z: (0.2 + 0.3 * x + 0.3 * z, 0.5 + 0 * y)),
    "cells": lambda: grid(5, 5, share=border, structure=(HORIZON,)),
    "sobol": lambda: saltelli(64, 4, lambda a, b, c, d: (0.2 + 0.6 * a + 0 * b, 0.4 + 0 * c)),
    "morris": lambda: morris(20, 4, lambda a, b, c, d: (0.2 + 0.6 * a + 0 * b, 0.4 + 0 * c)),
    "oat": lambda: oat(3, lambda a, b, c: (0.2 + 0.5 * a, 0.5 + 0 * b)),
    "lhs": lambda: lhs(120, 3, lambda a, b, c: (np.where(a > 0.6, 0.9, 0.2), 0.4 + 0 * b)),
    "one format": lambda: grid(6, 7, share=lambda x, y: (0.2 + 0.6 * x,), formats=("farmers",), missing=(3, 4)),
    "constant": lambda: grid(6, 7, share=lambda x, y: (0 * x - 1, 0 * y - 1)),
    "nothing": lambda: grid(6, 7, share=border, missing=tuple(range(42))),
    "no moves": lambda: saltelli(32, 3, lambda a, b, c: (0 * a - 1, 0 * b - 1)),
}


@cache
def sweep(name):
    return SWEEPS[name]()


@cache
def text(name):
    return render(sweep(name), "parley sweep design.yaml")


def test_a_dummy_is_not_among_the_factors_but_in_the_table_of_indices():
    made = sweep("sobol")
    structure = made.design.scenario.encoder(seed=1).structure
    for words in (swept_words(made.design), str(factor_table(made.design, structure))):
        assert ("mill_open" in words) or ("Mill owner: values of options" in words)
        assert "dummy" not in words
    (panel,) = findings(made).panels
    assert "dummy" in str(index_table(panel, made.design))
    assert "played with other luck" in text("sobol")


@pytest.mark.parametrize("name", SWEEPS)
def test_every_page_is_whole_and_stands_alone(name):
    page = Page(text(name))
    assert [tag for tag, _ in page.tags if tag in ("script", "link", "img")] == []
    assert set(re.findall(r"https?://[^\"' <]+", text(name))) <= {"http://www.w3.org/2000/svg"}
    assert all(link.startswith("#") for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.of("h1")) == 1
    assert len(page.of("caption")) == len(page.of("table"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", SWEEPS)
def test_no_page_says_nan(name):
    said = " ".join(Page(text(name)).text)
    assert not re.search(r"\bnan\b|\binf\b|None|Message\(", said)
    assert "It is not a forecast of the world." in said
    assert "simulation error" in said


@pytest.mark.parametrize("name", SWEEPS)
def test_the_terminal_says_the_same_paragraph_and_two_tables_at_most(name):
    parts = summary(sweep(name))
    stream = io.StringIO()
    console = Console(file=stream, width=100, force_terminal=False)
    for part in parts:
        console.print(part)
    printed = re.sub(r"\s+", " ", stream.getvalue())
    made = sweep(name)
    for sentence in summary_sentences(said_findings(made), made.design, made.n_missing):
        assert sentence in printed
    assert sum(type(part).__name__ == "Group" for part in parts) <= 2
    assert "nan" not in printed


@pytest.mark.parametrize("name", SWEEPS)
def test_everything_is_said_in_the_language(name):
    made = sweep(name)
    scenario = made.design.scenario.resolved
    given = [scenario.to_yaml(), made.design.name, str([factor.name for factor in made.design.numbers])]
    given += [str(made.design.structure), "parley sweep design.yaml point uniform triangular parties numpy"]
    given += [str(made.folder), str(made.folder.failures.rows()), made.folder.digest()]
    given += [compare_command(made.design, 0, made.folder.place / "scenario.json")]
    with language(INVENTED):
        page = Page(render(made, "parley sweep design.yaml"))
    read = [attrs[key] for _, attrs in page.tags for key in ("aria-label", "title") if key in attrs]
    css = next(part for part in page.text if "@media" in part)
    shown = " ".join((*(part for part in page.text if part != css), *read))
    assert set(LATIN.findall(shown)) - set(LATIN.findall(" ".join(given))) == set()


def test_vietnamese_page_is_vietnamese():
    with language("vi"):
        page = render(sweep("two"), "parley sweep design.yaml")
    assert 'lang="vi"' in page
    assert "Thể thức nào dẫn đầu ở đâu" in page
    assert "Hai nông dân và một cái giếng" in page


def test_the_answer_comes_first():
    made = sweep("two")
    first, where = summary_sentences(said_findings(made), made.design, 0)[:2]
    assert first.startswith("Over all points together one cannot tell which format gets furthest (settlement): ")
    assert where.startswith(
        "The two farmers leads in 50% (may lead in 50%) and The farmers and the mill in 50% (50%) of the 400 points "
        "swept (settlement, beyond simulation error, all points looked at together)."
    )
    page = text("two")
    assert page.index(first) < page.index('class="given"') < page.index("<nav") < page.index(where)
    assert page.count(first) == 1


def test_who_may_lead_and_who_is_behind_everywhere_is_said():
    made = grid(
        5, 5, share=lambda x, y: (0.9 + 0 * x, 0.9 + 0 * x, 0.1 + 0 * x), formats=("farmers", "all-three", "farmers")
    )
    first, where = summary_sentences(said_findings(made), made.design, 0)[:2]
    assert first.startswith("Over all points together one cannot tell which format gets furthest (settlement): ")
    assert "may lead" not in where
    assert "Behind another at every point: The two farmers." in where


def test_few_draws_lead_nowhere_but_on_the_whole_and_it_is_said_how_many_would_tell():
    made = sweep("sobol")
    first, where = summary_sentences(said_findings(made), made.design, 0)[:2]
    assert first.startswith("Over all points together The two farmers gets furthest (settlement): ")
    assert re.search(r"points more than the next, The farmers and the mill, with .+ \+.+ to \+", first)
    assert "leads in" not in where
    needed = re.fullmatch(r"At no single point .+ with 2 draws each .+ take about ([\d,]+) at a typical .+", where)
    assert needed is not None
    assert 50 < int(needed[1].replace(",", "")) < 1000


def test_the_design_says_whose_difference_is_asked_about():
    made = grid(
        6,
        6,
        share=lambda x, y: (0.2 + 0.1 * x, 0.4 - 0.1 * x, 0.9 + 0 * x),
        formats=("farmers", "all-three", "farmers"),
    )
    made.made = replace(made.design, compare=("farmers", "all-three"))
    found = said_findings(made)
    assert (found.pair, found.top.highest) == ((0, 1), (2, 1))
    assert found.panels[0].tipping is not None
    assert (found.panels[0].tipping.first, found.panels[0].tipping.second) == (
        "The two farmers",
        "The farmers and the mill",
    )
    first, where = summary_sentences(found, made.design, 0)[:2]
    assert "gets furthest (settlement): 8" in first
    assert "Over all points together The two farmers reaches 2" in where
    assert [*found.panels[0].others] == [0, 1]
    assert "every format against The two farmers" in render(made, "parley sweep design.yaml")


def test_factors_that_move_nothing_are_named():
    made = grid(6, 5, 4, share=lambda x, y, z: (0.2 + 0.6 * x, 0.4 + 0.3 * z))
    found = said_findings(made)
    assert [(one.factor, one.same) for one in found.still] == [("mill_open", False)]
    assert "Moves nothing that can be told (averaged over the others" in summary_sentences(found, made.design, 0)[2]
    assert "looked at together): Mill owner: values of options" in summary_sentences(found, made.design, 0)[2]
    same = MadeSweep(made.design, made.shares)
    counts = made.measured("settlement")
    shape = (6, 5, 4, *counts.hits.shape[1:])
    hits = np.broadcast_to(counts.hits.reshape(shape)[:, :1], shape).reshape(counts.hits.shape)
    (still,) = still_factors(same.design, Measured(hits, counts.trials))
    assert still == StillFactor("mill_open", same=True, most=0.0)


def test_cells_that_say_the_same_are_told_once():
    page = text("cells")
    assert page.count("<h3>The same in all cells</h3>") == 1
    assert "here are those of the first: horizon: 12." in page
    assert page.count("Settlement: difference over") == 3  # heading, scroll box and drawing, once each


def test_the_line_is_solid_only_between_cells_that_are_told():
    (panel,) = findings(sweep("two")).panels
    assert panel.tipping is not None
    assert len(panel.tipping.contour) > 0
    assert separates(panel.tipping).all()
    untold = replace(panel.tipping, side=np.zeros_like(panel.tipping.side))
    assert not separates(untold).any()
    factors = (SweptFactor("x", "x", "a price", named=False), SweptFactor("y", "y", "a weight", named=False))
    drawing = gap_map(untold, factors, (0, 1), measure="settlement", runs=160)
    assert not [item for item in drawing.items if isinstance(item, Strokes) and item.width > 1 and item.lines]
    assert "Thin and grey" in drawing.description


def test_what_is_missing_is_said():
    made = sweep("one format")
    last = summary_sentences(said_findings(made), made.design, made.n_missing)[-1]
    assert last.startswith("Missing: 2 of 42 points, in 2 parts")


def test_factors_that_are_averaged_are_named():
    assert "Averaged over the levels of Mill owner: values of options" in text("three factors")


def test_factors_are_called_by_their_numbers_and_the_column_stands_in_one_table():
    page = text("two")
    assert "Upper farmer: price of no settlement" in page
    assert page.count("upper_price") == 1


def test_a_page_of_a_large_grid_is_light():
    made = grid(20, 20, share=lambda x, y: (*border(x, y), 0.5 * x), formats=("farmers", "all-three", "farmers"))
    assert len(render(made, "parley sweep design.yaml").encode()) < 400_000


def figures(name):
    made = sweep(name)
    found = findings(made)
    one = drawn(found.panels[0], found, made.design, made.design.scenario.encoder(seed=1).structure)
    return [*one.turn, *(drawing for _, drawing in one.switch), *one.causes, *one.more, *one.boxes]


@pytest.mark.parametrize("name", SWEEPS)
def test_texts_of_figures_lie_on_the_sheet_and_apart(name):
    for drawing in figures(name):
        ElementTree.fromstring(to_svg(drawing))
        boxes = []
        for item in drawing.items:
            if not isinstance(item, Words) or item.turned:
                continue
            width = len(item.words) * item.size * EM
            left = item.x - {"left": 0.0, "center": width / 2, "right": width}[item.at]
            assert left >= -8, (drawing.name, item)
            assert left + width <= drawing.width + 30, (drawing.name, item)
            assert 0 <= item.y <= drawing.height, (drawing.name, item)
            boxes.append((left, left + width * 0.9, item.y - item.size * 0.7, item.y, item.words))
        for i, (left, right, top, bottom, words) in enumerate(boxes):
            for other in boxes[i + 1 :]:
                apart = right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
                assert apart, (drawing.name, words, other[4])


def test_a_map_has_a_cell_for_every_point_and_hatches_what_cannot_be_told():
    made = sweep("two")
    found = findings(made)
    (panel,) = found.panels
    factors = (SweptFactor("x", "x", "a price", named=False), SweptFactor("y", "y", "a weight", named=False))
    maps = share_maps(panel.maps["settlement"], factors, ("A", "B"), measure="settlement")
    cells = [item for item in maps.items if isinstance(item, Tiles) and item.height != 8.0]  # without the scale
    assert sum(len(item.corners) for item in cells) == 800
    turn = grid(9, 9, share=lambda x, y: (0.5 + 0 * x, 0.4 + 0.2 * y))
    (panel,) = findings(turn).panels
    assert panel.tipping is not None
    drawing = gap_map(panel.tipping, factors, (0, 1), measure="settlement", runs=160)
    hatched = [item for item in drawing.items if isinstance(item, Strokes) and item.width == 0.4]
    assert len(hatched[0].lines) == 3 * int((panel.tipping.side == 0).sum()) > 0


def test_the_first_two_formats_keep_their_colours_in_differences():
    assert side_colours((0, 1)) == (ACCENT, WARM)
    assert side_colours((1, 0)) == (WARM, ACCENT)
    assert side_colours((3, 0)) == (WARM, ACCENT)
    assert side_colours((4, 1)) == (ACCENT, WARM)
    assert side_colours((1, 4)) == (WARM, ACCENT)


def test_levels_lie_in_the_middle_of_their_cells():
    axis = LevelAxis(10.0, 40.0, np.array([0.0, 1.0, 10.0, 100.0]), SweptFactor("x", "x", "a price", named=True))
    assert [axis.at(level) for level in (0.0, 1.0, 10.0, 100.0)] == [15.0, 25.0, 35.0, 45.0]
    assert axis.at(5.5) == pytest.approx(30.0)
    assert axis.ticks() == [0.0, 1.0, 10.0, 100.0]


def test_a_long_name_keeps_its_two_ends():
    name = "Upper farmer: values of options › Share of the water › Half each"
    assert " ".join(name_lines(name, 108.0, 7.0)) == "Upper farmer: values of options › … › Half each"
    assert name_lines("russia_price", 108.0, 7.0) == ["russia_price"]


def test_scales_end_at_round_shares():
    assert scale_end(np.array([0.02, np.nan, -0.33])) == 0.4
    assert scale_end(np.array([np.nan])) == 0.05


def test_cells_are_named_by_their_levels():
    made = sweep("cells")
    assert cell_words(made.design, made.design.cells[1]) == "horizon: 24"
    assert level_words(None) == "as in the file"
    assert level_words("both-hold-out") == "both-hold-out"
