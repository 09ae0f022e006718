import dataclasses
import io
import re
from html.parser import HTMLParser
from itertools import pairwise
from types import SimpleNamespace

import pytest
from rich.console import Console

from sim.analysis.comparison.verdict import verdict
from sim.report.canvas.palette import OUTCOME_WORDS
from sim.report.comparison.comparison_files import comparison_view
from sim.report.words.words import interval, percent, shown
from tests.report.conftest import compare, result_of

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
    return given.page()


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
    assert given.page() == text


def test_texts_of_the_file_are_escaped(text):
    assert "North offers &lt;b&gt;everything&lt;/b&gt;." in text
    assert "fair &lt;guess&gt;" in text
    assert "Four parties &amp; a river." in text


def test_hostile_names_do_no_harm(given):
    named = given.result.structure
    parties = [dataclasses.replace(party, name="<script>alert(1)</script>") for party in named.parties]
    found = Page(given.but(structure=dataclasses.replace(named, parties=tuple(parties))).page())
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
    for result in given.result.formats:
        assert shown(result.name) in text
        assert percent(result.measures["settlement"].value) in text
    assert shown(given.result.verdict.sentence) in text
    assert "only given the scenario file" in text
    assert "simulation error only" in text
    assert given.result.digest in text
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


def test_paper_has_what_was_open_and_the_page_says_so(text):
    print_rules = text.split("@media print", 1)[1].split("</style>", 1)[0]
    assert "details:not([open]) { display: none; }" in print_rules
    assert "details-content" not in print_rules
    assert "On paper stand the parts that were open on the page." in text


def test_a_format_without_failures_says_so(baseline):
    sure = compare(formats=(0, 1), n_draws=6, likelihoods=[[0, 0, 0, 0, 0, 0, 1]] + [[0, 0.9, 0, 0, 0, 0, 0.1]] * 4)
    (line,) = [line for line in printed(120, sure).splitlines() if "no failures" in line]
    assert line.count("no failures") == 1
    assert "no failures" not in printed(120, baseline)


def test_no_order_holds_where_no_pair_is_told_apart():
    even = compare(n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    other = {"foresight=0": even}
    judged = verdict(even, other)
    text = printed(120, even, variants=other, verdict=judged)
    assert "No pair is told apart in the file" in " ".join(text.split())
    assert "holds" not in next(line for line in text.splitlines() if line.startswith("foresight=0"))


def test_bare_page(given):
    alone = compare(formats=(1,), n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    scenario = SimpleNamespace(references=None, summary="", as_of="", notes="")
    bare = dataclasses.replace(given, result=result_of(alone), scenario=scenario, numbers=(), talks={})
    found = Page(bare.page())
    assert "pairs" not in found.ids
    assert "No variants were run." in "".join(found.text)


def printed(width, baseline, **options):
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(comparison_view(result_of(baseline, **options), width))
    return console.file.getvalue()


@pytest.mark.parametrize("width", [80, 100, 120])
def test_fits_and_says_everything(width, baseline, variants, judged):
    text = printed(width, baseline, variants=variants, verdict=judged)
    assert max(map(len, text.splitlines())) <= width
    assert text.count("How talks end") == 1
    for words in (*OUTCOME_WORDS.values(), "Failures by", "foresight=0", "hold=once", "Verdict"):
        assert words in text
    flat = " ".join(text.split())
    assert "only given the scenario file" in flat
    assert "simulation error only" in flat
    for result in baseline.formats:
        found = result.outcomes[6]
        assert f"{percent(found.value)} {interval(found)}" in text


def test_each_row_of_the_table_is_one_line_at_80(baseline):
    lines = printed(80, baseline).splitlines()
    rows = [line.split()[0] for line in lines if line.startswith(("Settlement", "Partial", "Blocked", "Collapsed"))]
    assert rows[:4] == ["Settlement", "Partial", "Collapsed", "Blocked"]
    for words in ("Settlement", "Blocked"):
        line = next(line for line in lines if line.startswith(words))
        assert line.count("–") == 5


def test_narrow_terminals_get_several_tables(baseline):
    text = printed(50, baseline)
    assert text.count("How talks end") == 3
    assert max(map(len, text.splitlines())) <= 50


def test_without_variants_or_texts():
    never = compare(n_draws=6, likelihoods=[[0.5, 0.5, 0, 0, 0, 0, 0]] * 5)
    text = printed(80, never)
    assert "Verdict" not in text
    assert "—" in text


def test_markup_in_names_is_not_obeyed(baseline):
    formats = tuple(dataclasses.replace(result, name="[red]R[/red]") for result in baseline.formats)
    named = dataclasses.replace(baseline, title="[red]Talks[/red]", formats=formats)
    text = printed(100, named)
    assert "[red]Talks[/red]" in text
    assert text.count("[red]R[/red]") == 14
