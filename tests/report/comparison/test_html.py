import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from sim.report.comparison.figures import draw_all
from sim.report.comparison.html import render
from sim.report.words.words import percent, shown
from tests.analysis.synthetic import structure
from tests.report.conftest import compare

VOID = {"meta", "br", "col", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Collects ids, links and tags, and checks that tags nest."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.tags, self.stack, self.text = [], [], [], [], []
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def text(given):
    return render(given, draw_all(given.comparison, given.structure, given.variants))


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


def test_page_needs_no_network_and_runs_no_script(text, page):
    assert not page.of("script")
    assert not page.of("link")
    assert not page.of("img")
    assert not re.search(r"@import|url\(|src=|javascript:", text)
    addresses = set(re.findall(r"https?://[^\"' <]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert all(link.startswith("#") for link in page.links)


def test_links_lead_somewhere_and_ids_are_unique(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)


def test_the_same_input_gives_the_same_page(given, text):
    assert render(given, draw_all(given.comparison, given.structure, given.variants)) == text


def test_texts_of_the_file_are_escaped(text):
    assert "North offers &lt;b&gt;everything&lt;/b&gt;." in text
    assert "fair &lt;guess&gt;" in text
    assert "Four parties &amp; a river." in text


def test_hostile_names_do_no_harm(given):
    parties = [dataclasses.replace(party, name="<script>alert(1)</script>") for party in given.structure.parties]
    hostile = dataclasses.replace(given.structure, parties=tuple(parties))
    drawings = draw_all(given.comparison, hostile, given.variants)
    found = Page(render(dataclasses.replace(given, structure=hostile), drawings))
    assert not found.of("script")


def test_page_can_be_read_aloud(text, page):
    assert page.of("html")[0]["lang"] == "en"
    assert len(page.of("h1")) == len(page.of("main")) == 1
    assert all("aria-label" in svg and svg["role"] == "img" for svg in page.of("svg"))
    assert len(page.of("caption")) == len(page.of("table"))
    assert all("scope" in cell for cell in page.of("th"))
    assert all("aria-label" in box for box in page.of("div") if box.get("class", "").startswith("scroll"))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_page_has_every_section(page):
    sections = [section["id"] for section in page.of("section")]
    assert sections == [
        "summary", "ends", "lasts", "who", "texts", "value", "pairs", "chance", "rules", "talks", "evidence",
        "assumed", "again",
    ]  # fmt: skip


def test_page_says_the_numbers(text, given):
    for result in given.comparison.formats:
        assert shown(result.name) in text
        assert percent(result.measures["settlement"].value) in text
    assert shown(given.judged.sentence) in text
    assert "only given the scenario file" in text
    assert "simulation error only" in text
    assert given.making.digest in text
    assert "in which 2 of 4 numbers are assumed" in text
    assert "parley compare made-up.yaml --seed 1" in text


def test_every_number_stands_with_its_claims(text, page, given):
    for row in given.numbers:
        assert row.distribution in text
    assert '<a href="#ref-E1">E1</a>' in text
    assert "ref-E1" in page.ids
    assert "ref-E2" not in page.ids  # never cited
    assert "E9" in "".join(page.text)  # cited, but not among the references: named without a link
    assert "1 stated, 1 analyst, 2 assumed" in re.sub(r"\s+", " ", "".join(page.text))


def test_transcripts_and_their_absence(text):
    assert "The Hill League refuses." in text
    assert text.count("No transcript.") == 4


def test_page_follows_light_dark_phone_and_print(text):
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text
    assert "@page" in text
    assert "width=device-width" in text


def test_bare_page(given):
    alone = compare(formats=(1,), n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    bare = dataclasses.replace(
        given, comparison=alone, numbers=(), references={}, transcripts={}, variants={}, judged=None, summary=""
    )
    found = Page(render(bare, draw_all(alone, structure())))
    assert "pairs" not in found.ids
    assert "No variants were run." in "".join(found.text)
