from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import ZONES, FormatBenchmarks, RationalBenchmarks, Shortfall
from sim.report.comparison.comparison_files import comparison_view
from sim.report.words.language import say
from sim.report.words.plain import plain_text
from sim.report.words.words import (
    core_words,
    interval,
    listed,
    percent,
    points,
    points_interval,
    rules_words,
    shown,
    span,
    summary,
    unsigned_sentences,
    who_is_short,
)
from sim.types import EndReason, Outcome, Runs
from sim.types.tables import SUBSTANCE
from tests.analysis.synthetic import blocks, structure
from tests.report.conftest import compare

NAN = float("nan")


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0%"), (1.0, "100%"), (0.0001, "<0.1%"), (0.9999, ">99.9%"), (0.0449, "4.5%"), (0.0994, "9.9%"),
     (0.0996, "10%"), (0.154, "15%"), (0.992, "99.2%"), (NAN, "—")],
)  # fmt: skip
def test_percent(share, words):
    assert percent(share) == words


def test_one_of_a_thing_is_told_in_the_singular():
    words = "{months} months, {rounds} rounds a month, of {total} runs; {name} is"
    assert say(words, months=1, rounds=2, total="1", name="1") == "1 month, 2 rounds a month, of 1 run; 1 is"
    assert rules_words(replace(structure().formats[0], months=1, rounds_per_month=1)).count("1 month, 1 round a month")


def test_intervals():
    assert interval(Estimate(0.1, 0.094, 0.125)) == "9.4–12"
    assert interval(Estimate(0.0, 0.0, 0.003)) == "0–0.3"
    assert interval(Estimate(NAN, 0.0, 1.0)) == "—"
    assert interval(Estimate(0.001, 0.0003, 0.01)) == "0–1.0"
    assert interval(Estimate(0.998, 0.9906, 0.9999)) == "99–100"
    assert span(0.0, 1.0) == "0–100%"


def test_differences_are_signed_and_never_minus_zero():
    assert points(0.0123) == "+1.2"
    assert points(-0.0123) == "−1.2"
    assert points(-0.0004) == "0.0"
    assert points_interval(Estimate(0.1, -0.02, 0.2)) == "−2.0 to +20.0"


def test_listed():
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


def test_shown():
    assert shown("North - River") == "North–River"


def test_summary_is_made_from_the_numbers(baseline, judged):
    said = summary(baseline, structure(), judged, {"stated": 3, "assumed": 40})
    top = baseline.format(baseline.top("settlement"))
    assert len(said) == 4
    most = f"{shown(top.name)}, which settles most, {percent(top.measures['settlement'].value)} of the runs"
    assert said[0].startswith(f"No format can be told to get further than another: with {most} ")
    assert "40 of 43 numbers are assumed" in said[3]
    assert "only given the scenario file" in said[3]
    assert "simulation error only" in said[3]
    assert judged.sentence.replace(" - ", "–") in said[2]


def test_summary_names_those_that_are_level():
    same = compare(likelihoods=[[0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.1]] * 5)
    said = summary(same, structure(), None, {})[0]
    assert said.startswith("No format can be told to get further than another: with ")
    assert "gets furthest" not in said
    some = compare(n_draws=60)
    assert {pair.side for pair in some.pairs if pair.measure == "settlement"} > {0}
    said = summary(some, structure(), None, {})[0]
    assert " gets furthest: " in said
    assert "On settlements it cannot be told apart from" in said


def test_summary_without_any_settlement():
    never = compare(likelihoods=[[0.3, 0.7, 0, 0, 0, 0, 0]] * 5)
    assert summary(never, structure(), None, {})[0].startswith("No format reached a settlement in any run; each stays")


def test_formats_that_differ_in_nothing_are_not_ranked(baseline):
    for share in (0.0, 0.3):
        twins = [replace(baseline.formats[0], id=one.id, name=one.name) for one in baseline.formats]
        measures = {**twins[0].measures, "settlement": Estimate(share, max(share - 0.1, 0.0), share + 0.1)}
        level = replace(baseline, formats=tuple(replace(one, measures=measures) for one in twins))
        said = summary(level, structure(), None, {})[0]
        assert said.startswith("No format gets further than another: with each, 30%" if share else "No format reached")
        assert not [name for name in map(shown, (one.name for one in twins)) if name in said]


def test_summary_says_once_who_decides_everywhere():
    said = summary(compare(n_draws=60), structure(), None, {})[1]
    assert "decided by River Republic, in every format (" in said


def test_summary_says_that_formats_have_unequal_time(baseline):
    assert "months" not in summary(baseline, structure(), None, {})[0]
    plain = structure()
    longer = (replace(plain.formats[0], months=plain.formats[0].months + 9), *plain.formats[1:])
    said = summary(baseline, replace(plain, formats=longer), None, {})[0]
    assert f"between {plain.formats[1].months} and {plain.formats[1].months + 9} months" in said


def short_of(*, stakes=0.18, draws=24, pressed=0.0, barred=0) -> RationalBenchmarks:
    """Two formats in whose 24 draws the third party is short of any settlement, most of all on the second issue."""
    none, some = Estimate(0.0, 0.0, 0.1), Estimate(pressed, 0.0, 1.0)
    formats = tuple(
        FormatBenchmarks(
            id=name,
            scope="core",
            zones={zone: some if zone[1] == "pressure" else none for zone in ZONES},
            open=dict.fromkeys(ZONES, 0),
            shortfalls=(Shortfall(party=2, draws=draws, stakes=stakes, issue=1),),
            barred=barred,
            n_texts=0,
            distances={},
        )
        for name in ("north-coast", "north-river")
    )
    return RationalBenchmarks(24, True, formats)


def test_where_nothing_settles_the_headline_says_so_and_who_is_short():
    """A best format at 3% is no ranking to begin with."""
    rare = compare(likelihoods=np.tile([0.1, 0.5, 0.1, 0.1, 0.1, 0.07, 0.03], (5, 1)))
    said = summary(rare, structure(), None, {}, possible=short_of())[0]
    assert said.startswith("None settles it: even under ")
    assert "gets furthest" not in said
    assert "No settlement exists at these interests, in any format, in 24 of 24 worlds looked at" in said
    assert "even under the most pressure" in said
    assert "River Republic by 0.18 stakes on average, most of all on Ceasefire (in 100% of cases)" in said
    assert "most pressure" not in summary(rare, structure(), None, {}, possible=short_of(pressed=0.5))[0]
    assert summary(rare, structure(), None, {})[0].startswith("None settles it: even under ")


def test_who_is_short_is_told_only_where_nobody_could_settle():
    assert who_is_short(short_of(draws=23), structure()) == ""
    barred = who_is_short(short_of(draws=12, barred=12), structure())
    assert "In 50% of cases firm red lines leave no settlement at all." in barred


def test_without_a_core_issue_the_summary_says_why_nothing_settles(given):
    assert core_words(given.result.structure) == ""
    assert "core issue, so nothing" not in plain_text([comparison_view(given.result, 120)])
    issues = tuple(replace(issue, level=min(issue.level, SUBSTANCE)) for issue in given.result.structure.issues)
    without = replace(given, result=replace(given.result, structure=replace(given.result.structure, issues=issues)))
    assert "No issue of this file is a core issue" in plain_text([comparison_view(without.result, 120)])
    assert "No issue of this file is a core issue" in without.page()


def failing(*, reason, share=0.6, outcome=Outcome.PROCESS, formats=(0, 1)):
    """A comparison in which the first format signs nothing in a share of its runs, for one reason."""
    found = Accumulator(structure(), formats, 40, 8)
    for first, runs in blocks(formats=formats, n_draws=40, block=10, likelihoods=[[0, 0, 0, 0, 0, 0, 1.0]] * 5):
        fresh = Runs._make(column.copy() for column in runs)
        row = np.arange(len(fresh.outcome))
        failed = (row // 8 % len(formats) == 0) & (row // 8 // len(formats) % 10 < 10 * share)
        fresh.outcome[failed], fresh.reason[failed] = outcome, reason
        found.add(first, fresh)
    return found.result()


def test_summary_says_why_a_table_often_signs_nothing():
    found = failing(reason=EndReason.FORESEEN)
    why = "most of them because the table sees that parties outside the room would stop a text"
    said = summary(found, structure(), None, {})[1]
    assert said.startswith(f"Of 100 runs, 60 with North–Coastal Union end without a text, {why}.")
    alone = unsigned_sentences(failing(reason=EndReason.FORESEEN, formats=(0,)))
    assert alone == [f"Of 100 runs, 60 end without a text, {why}."]
    assert unsigned_sentences(failing(reason=EndReason.FORESEEN, share=0.2)) == []


def test_a_format_without_a_deal_is_told_as_that_and_never_gets_furthest():
    """Also where it settles most often, in the draws in which there is a deal."""
    alone = failing(reason=EndReason.NO_ZONE, formats=(0,))
    said = " ".join(summary(alone, structure(), None, {}))
    assert said.startswith(
        "No deal exists for those at the table in 60% of the runs. North–Coastal Union settles most "
    )
    assert "furthest" not in said
    assert unsigned_sentences(alone) == []
    never = failing(reason=EndReason.NO_ZONE, share=1.0, formats=(0,), outcome=Outcome.NO_AGREEMENT)
    said = summary(never, structure(), None, {})[0]
    assert said.startswith("No deal exists for those at the table in 100% of the runs. No format reached a settlement")
    assert "most texts" not in said
    beside = summary(failing(reason=EndReason.NO_ZONE), structure(), None, {})[0]
    assert beside.startswith("No deal exists for those at the table in most runs of North–Coastal Union (60%). North–R")
    assert "North–River Republic gets furthest" in beside
