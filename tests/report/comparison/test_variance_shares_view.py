"""What the answer rests on, in words, tables and figures."""

from __future__ import annotations

import dataclasses
import io
import re

import pytest
from rich.console import Console

from sim.analysis.sensitivity.inquiry import SensitivitySizes
from sim.analysis.sensitivity.variance_shares import CHANCE, ExplainedAnswer, RestsOn, VarianceGroup
from sim.analysis.statistics.intervals import Estimate
from sim.report.comparison.variance_shares_view import (
    number_words,
    ordered,
    rests_on_figures,
    rests_on_view,
    sentences,
    share_words,
)
from sim.report.words.plain import plain_text
from sim.scenario.sampling.unknowns import CONSTANTS
from tests.analysis.synthetic import structure
from tests.report.conftest import compare, result_of
from tests.report.made_up import NAN, key_number, rests_of, share, swing

from .test_comparison_files import Page


@pytest.fixture(scope="module")
def rests(baseline) -> RestsOn:
    return rests_of(baseline)


@pytest.fixture(scope="module")
def text(given, rests) -> str:
    return given.but(variance_shares=rests).page()


def test_the_sentences_say_shares_and_counts(rests, baseline):
    question, groups, numbers = sentences(rests, baseline, structure())
    assert "50% (45 to 55) is chance" in question
    assert "North–Coastal Union–River Republic–Hill League is ahead of North–Coastal Union–River Republic" in question
    assert "32% (27 to 37) on what is stated (1 uncertain number)" in groups
    assert "10% (5 to 15) on what is assumed (3 uncertain numbers)" in groups
    assert "−2% (−7 to 3) on what is an analyst's judgement" in groups
    assert "Coastal Union 25% (20 to 30) and North 15% (10 to 20)" in groups
    assert "Of 42 uncertain numbers, 2 can be told from noise" in numbers
    assert "Knowing 1 of them could put another format first" in numbers
    assert "With 1 more of them held at one end, another format draws level" in numbers


def test_numbers_are_named_by_party_kind_and_option():
    made = structure()
    assert number_words("parties.north.red_lines.no-swap.firmness", made, line=True) == (
        "North: whether the red line “no swap” is meant"
    )
    assert number_words("parties.coast.values.territory.options.territory_3", made) == (
        "Coastal Union: values of options › Territory › Swap"
    )
    assert (
        number_words("parties.coast.price_of_no_settlement.now", made) == "Coastal Union: price of no settlement › now"
    )
    assert number_words("behaviour.pressure_cap", made) == "Behavioural constants › pressure cap"


def test_shares_are_printed_as_they_came():
    assert [share_words(one) for one in (0.124, -0.02, -0.001, 1.0, NAN)] == ["12%", "−2%", "0%", "100%", "—"]


def test_groups_are_in_order_with_constants_and_chance_last(rests):
    assert [part.id for part in ordered(rests.partitions["basis"])] == [
        "stated",
        "assumed",
        "analyst",
        CONSTANTS,
        CHANCE,
    ]


def test_the_page_has_the_section_with_everything(text):
    page = Page(text)
    assert [one["id"] for one in page.of("section")][7:9] == ["chance", "rests"]
    assert "#rests" in page.links
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.of("caption")) == len(page.of("table"))
    words = re.sub(r"\s+", " ", "".join(page.text))
    for wanted in ("not meant: −10.6", "meant: +7.0", "not to be told from noise", "changes", "level", "Basis, claims"):
        assert wanted in words
    assert text.count("<small>not to be told from noise</small>") == 1
    assert "The answer varied in too few runs" not in words


def test_the_figures_draw_every_group_and_number(rests, baseline):
    bars, tornado = rests_on_figures(rests, baseline, structure())
    words = [item.words for item in bars.items if hasattr(item, "words")]
    assert {"Stated", "Assumed", "Chance", "Behavioural constants", "North", "Values of options", "32%", "−2%"} <= {
        *words
    }
    assert sum(getattr(item, "words", "").endswith("(assumed)") for item in tornado.items) == 3


def test_the_terminal_mentions_it_shortly(rests, baseline):
    out = io.StringIO()
    Console(file=out, width=80).print(rests_on_view(rests, baseline, structure()))
    lines = out.getvalue().splitlines()
    assert len(lines) <= 20
    assert "another format leads" in " ".join(out.getvalue().split())


def test_a_list_of_noise_is_a_sentence(rests, baseline, given):
    noise = tuple(key_number(f"parties.north.salience.i{n}", told=False) for n in range(10))
    nothing = dataclasses.replace(rests, numbers=noise)
    *_, words = sentences(nothing, baseline, structure())
    assert words.startswith("None of the 42 uncertain numbers can be told from noise")
    assert [drawing.name for drawing in rests_on_figures(nothing, baseline, structure())] == ["rests_on"]
    page = given.but(variance_shares=nothing).page()
    assert "None of the 42 uncertain numbers" in page
    assert "not to be told from noise</small>" not in page
    assert "The numbers to know better, and what they rest on" not in page
    told = plain_text([rests_on_view(nothing, baseline, structure())])
    assert "None of the 42" in told
    assert "To know better" not in told


def test_numbers_that_take_nothing_from_the_lead_are_told_for_the_leading_format_alone(rests, baseline, given):
    assert "for the leading format alone" not in " ".join(sentences(rests, baseline, structure()))
    alone = dataclasses.replace(rests, numbers_of=(rests.leader,))
    assert "so they are told for the leading format alone" in " ".join(sentences(alone, baseline, structure()))
    page = given.but(variance_shares=alone).page()
    assert "of that likelihood in percentage points" in page
    assert "of that difference in percentage points" not in page
    (_, tornado) = rests_on_figures(alone, baseline, structure())
    assert "runner-up" not in tornado.description


def test_numbers_without_a_spread_are_said_to_have_been_given_one(rests, baseline):
    assert "without a spread" not in " ".join(sentences(rests, baseline, structure()))
    bare = dataclasses.replace(rests, n_widened=17)
    assert "17 numbers that the file assumes without a spread" in sentences(bare, baseline, structure())[-1]
    assert "--widen" in plain_text([rests_on_view(bare, baseline, structure())])


def test_an_answer_that_never_varied_is_said_to_tell_nothing(rests, baseline, given):
    nothing = Estimate(NAN, NAN, NAN)
    partitions = {
        name: tuple(dataclasses.replace(part, shares=(nothing,) * len(part.shares)) for part in parts)
        for name, parts in rests.partitions.items()
    }
    still = dataclasses.replace(rests, partitions=partitions, numbers=())
    assert sentences(still, baseline, structure()) == ["The answer varied in too few runs to say what it rests on."]
    assert rests_on_figures(still, baseline, structure()) == []
    page = Page(given.but(variance_shares=still).page())
    assert "rests" in page.ids


def test_one_format_alone_is_explained_by_itself(given):
    alone = compare(formats=(1,), n_draws=6)
    parts = (VarianceGroup(CHANCE, CHANCE, 0, (share(1.0),)),)
    answers = (ExplainedAnswer("settlement", ("north-river",), 0.2, 9),)
    number = key_number("parties.north.patience", low=swing(0.9, 0.1, top=0, n=1), high=swing(1.0, 0.0, top=0, n=1))
    found = RestsOn(
        measure="settlement",
        leader="north-river",
        runner_up=None,
        answers=answers,
        partitions=dict.fromkeys(("basis", "party", "parameter"), parts),
        numbers=(number,),
        numbers_of=("north-river",),
        n_unknowns=1,
        sizes=SensitivitySizes(2, 2),
    )
    page = Page(dataclasses.replace(given, result=result_of(alone, variance_shares=found)).page())
    assert "whether North–River Republic reaches this: settlement" in "".join(page.text)
