"""History beside likelihoods as people read it: page, terminal, Markdown, Vietnamese."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np
from rich.console import Console

from sim.analysis.comparison.outside_view import HISTORY_NOTE, SEATS_NOTE, OutsideView, outside_view
from sim.analysis.comparison.results import Comparison
from sim.report.comparison.comparison_files import comparison_view
from sim.report.comparison.history_tables import (
    POSITION_WORDS,
    WEIGHT_WORDS,
    history_sentences,
    history_table,
    pool_table,
    source_lines,
    times,
)
from sim.report.words.language import language
from tests.report.conftest import result_of

CLASSES = {"halt": "interstate-year-3plus-halt", "settlement": "crisis-war-formal"}


def view_of(comparison: Comparison, *, months: int = 12, pool: bool = False) -> OutsideView:
    n = len(comparison.formats)
    by_draw = {m: np.tile(np.linspace(0, 1, 9)[:, None], n) for m in CLASSES}
    view = outside_view(CLASSES, comparison, months=[months] * n, by_draw=by_draw, pool=pool)
    assert view is not None
    return view


def printed(*parts) -> str:
    console = Console(file=io.StringIO(), width=80, color_system=None)
    for part in parts:
        console.print(part)
    return console.file.getvalue()


def test_each_likelihood_has_its_row_and_every_note(baseline):
    view = view_of(baseline)
    table = history_table(view, baseline)
    assert len(table.rows) == 2 * len(baseline.formats)
    assert list(table.bands.values()) == [
        "Halt in force: 6 of 42 third and later years of an interstate conflict: it ends that year by a peace "
        "agreement or a ceasefire (interstate-year-3plus-halt)",
        "Settlement: 27 of 103 international crises with full-scale war (VIOL 4): it ends in a formal agreement "
        "(crisis-war-formal)",
    ]
    for note in (HISTORY_NOTE, SEATS_NOTE):
        assert note in table.note
    look = view.measures[0].formats[0]
    own = baseline.formats[0].measures["halt"].value
    text = table.markdown()
    assert f"({times(own * 7)})" in text
    assert "14% (7.2\N{EN DASH}25)" in text
    assert look.position is not None
    assert POSITION_WORDS[look.position] in text


def test_other_lengths_say_so(baseline):
    short, long = (history_table(view_of(baseline, months=months), baseline) for months in (6, 24))
    assert "talks of 6 months, history counts 12" in short.markdown()
    assert "Not comparable: talks shorter" in short.note
    assert "over 24 months" in long.markdown()
    assert "each period is taken to have the same chance" in long.note
    assert "each period" not in short.note + history_table(view_of(baseline), baseline).note


def test_pools_stand_side_by_side_and_the_page_says_what_is_never_pooled(baseline, given):
    view = view_of(baseline, pool=True)
    table = pool_table(view, baseline)
    assert [getattr(cell, "words", cell) for cell in table.head] == ["Weight of history", *WEIGHT_WORDS.values()]
    assert "no weight in between is right by default" in table.note
    page = given.but(history=view).page()
    for words in ('id="history"', "Likelihoods pooled with past cases", "never pooled", "Kreutz, J. (2010)"):
        assert words in page
    assert "pooled" not in given.but(history=view_of(baseline)).page()
    assert 'id="history"' not in given.page()


def test_a_sentence_a_likelihood(baseline):
    sentences = history_sentences(view_of(baseline))
    assert len(sentences) == 2
    assert re.fullmatch(r"Halt in force: .* (in \d of 5 formats(, )?)+ \(6 of 42 .*\)\.", sentences[0])
    assert history_sentences(view_of(baseline, months=6))[0].startswith("Settlement")  # nothing to say of the halt


def test_the_terminal_has_it(baseline):
    result = result_of(baseline, history=view_of(baseline, pool=True))
    text = printed(comparison_view(result, 80))
    assert "Likelihoods beside past cases" in text
    assert "6 of 42 third and later years" in " ".join(text.split())
    assert "Likelihoods pooled with past cases" in text
    assert "past cases" not in printed(comparison_view(replace(result, history=None), 80))
    with language("vi"):
        assert "Bên cạnh lịch sử" in printed(comparison_view(result, 80))


def test_factors_have_two_figures():
    factors = (5.83, 2.0, 0.0412, 9.96, 12.4, 134.0, 0.0)
    assert [times(factor)[1:] for factor in factors] == ["5.8", "2.0", "0.041", "10", "12", "134", "0"]


def test_each_source_is_told_once(baseline):
    measures = view_of(baseline).measures
    lines = list(source_lines([*measures, *measures]))
    assert len(lines) == 2 * 3
