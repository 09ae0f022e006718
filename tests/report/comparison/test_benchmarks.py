"""Theory in words: tables for the page and the terminal, sentences, and what is flagged."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import MEASURES, ZONES, FormatBenchmarks, RationalBenchmarks
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME, FormatTheory, PairTheory, TheoryComparison
from sim.report.comparison.benchmarks import (
    distance_table,
    possible_sentence,
    theory_pair_table,
    theory_sentences,
    theory_table,
    zone_table,
)
from sim.report.comparison.comparison_files import comparison_view
from tests.analysis.synthetic import structure
from tests.report.conftest import result_of


def marks(baseline) -> RationalBenchmarks:
    formats = tuple(
        FormatBenchmarks(
            id=one.id,
            scope="core",
            zones={zone: Estimate(0.75, 0.5, 0.9) for zone in ZONES},
            open=dict.fromkeys(ZONES, slot),
            n_texts=100 * slot,
            shortfalls=(),
            barred=0,
            distances={name: Estimate(0.25, 0.2, 0.3) for name in MEASURES},
        )
        for slot, one in enumerate(baseline.formats)
    )
    return RationalBenchmarks(24, False, formats)


def theory(baseline, *verdicts: str) -> TheoryComparison:
    names = [one.id for one in baseline.formats]
    formats = tuple(
        FormatTheory(
            id=name,
            core=Estimate(0.5, 0.4, 0.6),
            consented=Estimate(0.25, 0.2, 0.3),
            could=0.9,
            must=0.1,
            n_alike=7.4,
            no_game=0,
            not_converged=slot,
            missed=0.0,
            notes=("A note.",),
        )
        for slot, name in enumerate(names)
    )
    gap = Estimate(0.1, 0.05, 0.15)
    pairs = tuple(PairTheory(names[0], names[k + 1], gap, gap, verdict) for k, verdict in enumerate(verdicts))
    return TheoryComparison(50, formats, pairs)


def words(table) -> str:
    return " ".join(f"{cell.words} {cell.small}" for row in table.cells for cell in row)


def test_tables_hold_the_numbers(baseline):
    found = marks(baseline)
    assert "75%" in words(zone_table(baseline, found))
    assert "2 open" in words(zone_table(baseline, found))
    assert "0.25 0.20–0.30" in words(distance_table(baseline, found))
    assert "by climbing" in distance_table(baseline, found).note
    assert "by climbing" not in distance_table(baseline, replace(found, listed=True)).note
    assert "10% to 90% 7 a draw" in words(theory_table(baseline, theory(baseline)))
    pairs = theory_pair_table(baseline, theory(baseline, SAME, REVERSED, LEVEL))
    assert [row[-1].words for row in pairs.cells] == ["the same", "reversed", "level"]
    assert [row[-1].strong for row in pairs.cells] == [False, True, False]


def test_sentences_say_whether_the_ranking_is_the_same(baseline):
    same = theory_sentences(baseline, theory(baseline, SAME, SAME, LEVEL))
    other = theory_sentences(baseline, theory(baseline, SAME, REVERSED, LEVEL))
    assert "reverses no pair" in same[0]
    assert "runs: 2; with the reverse: 0; that cannot be told apart in one of the two: 1." in same[0]
    first, third = baseline.formats[0].name, baseline.formats[2].name
    assert f"reverses the order of {first} and {third}" in other[0].replace("–", " - ")
    assert "10 of 250 equilibria did not converge" in same[1]
    assert same[2:] == ["A note."]
    assert theory_sentences(baseline, replace(theory(baseline), formats=theory(baseline).formats[:1])) == ["A note."]
    assert "75% of 24 draws" in possible_sentence(marks(baseline), structure())


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_it_in_its_width(baseline, width):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    found = theory(baseline, SAME, REVERSED)
    console.print(comparison_view(result_of(baseline, benchmarks=marks(baseline), theory=found), width))
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= width
    for part in ("Possible  ", "The stationary equilibrium beside the runs", "Theory  "):
        assert part in text
    console.print(zone_table(baseline, marks(baseline)).rich())


def test_the_page_has_a_section_only_where_there_is_something_to_say(given, baseline):
    plain = given.page()
    full = given.but(benchmarks=marks(baseline), theory=theory(baseline, SAME)).page()
    assert 'id="theory"' not in plain
    assert 'href="#theory"' not in plain
    for part in (
        'id="theory"',
        'href="#theory"',
        "zone of possible agreement exists",
        "rank the formats alike",
        "A note.",
    ):
        assert part in full
