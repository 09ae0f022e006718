"""The report in other languages: catalogues are complete and exact, and nothing is said past them."""

from __future__ import annotations

import dataclasses
import io
import re
import unicodedata
from collections import Counter
from string import Formatter
from types import SimpleNamespace

import pytest
import yaml
from rich.console import Console

from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME
from sim.report.comparison.comparison_files import comparison_view
from sim.report.comparison.page_tables import rivals_view
from sim.report.comparison.variance_shares_view import rests_on_view
from sim.report.words.language import (
    ENGLISH,
    FOLDER,
    Catalogue,
    catalogue,
    count,
    digits,
    language,
    languages,
    say,
    spoken,
)
from sim.report.words.words import interval, listed, percent, points, verdict_words
from sim.scenario import VARIANTS
from sim.types.message import message
from tests.analysis.comparison.test_summarise import compare_tracks
from tests.analysis.synthetic import structure, tracked
from tests.report import messages
from tests.report.comparison.test_benchmarks import marks, theory
from tests.report.comparison.test_comparison_files import Page
from tests.report.conftest import result_of
from tests.report.made_up import rests_of, rivals_of

OTHERS = languages()[1:]
GLOSSARY = messages.ROOT / "docs" / "glossary.vi.md"


def holes(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def test_every_argument_of_say_is_known():
    assert messages.unknown_arguments() == [], "write the text out, or say in TABLES which words it stands for"


@pytest.mark.parametrize("code", OTHERS)
def test_no_message_is_missing_or_left_over(code):
    assert messages.missing(code) == {}, f"python -m tests.report.messages {code} lists them ready to fill in"
    assert set(catalogue(code).messages) - set(messages.collected()) == set()


@pytest.mark.parametrize("code", OTHERS)
def test_translations_have_the_same_holes(code):
    found = catalogue(code).messages
    assert {text: said for text, said in found.items() if holes(text) != holes(said)} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_are_well_formed(code):
    data = yaml.safe_load((FOLDER / f"{code}.yaml").read_text(encoding="utf-8"))
    entries = [one for section in data["messages"].values() for one in section]
    assert all(set(one) == {"en", code} for one in entries)
    assert len({one["en"] for one in entries}) == len(entries)
    for one in entries:
        assert unicodedata.is_normalized("NFC", one[code]), one
        assert (one["en"][-1:] in ".;: ") == (one[code][-1:] in ".;: "), one
        assert one["en"][:1].isspace() == one[code][:1].isspace(), one


def terms() -> list[tuple[str, str]]:
    rows = re.findall(r"^\| ([\w ]+?) \| (.+?) \* \|", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    return [(english, theirs) for english, theirs in rows]


def test_the_glossary_has_terms():
    assert len(terms()) > 30


@pytest.mark.parametrize(("english", "theirs"), terms(), ids=lambda word: word)
def test_vietnamese_keeps_to_its_glossary(english, theirs):
    word = re.compile(rf"\b{english}s?\b", re.IGNORECASE)
    wrong = {
        text: said
        for text, said in catalogue("vi").messages.items()
        if word.search(re.sub(r"\{\w+\}", "", text)) and theirs.lower() not in said.lower()
    }
    assert wrong == {}


class Invented(dict[str, str]):
    """A language in which every letter is the same, so that what is not said in it shows."""

    def get(self, words, default=None):
        parts = re.split(r"(\{\w+\})", words)
        return "".join(part if part.startswith("{") else re.sub(r"[^\W\d_]", "ж", part) for part in parts)


INVENTED = Catalogue("xx", "Invented", messages=Invented())
LATIN = re.compile(r"[A-Za-z]{2,}")


def names_in(found) -> set[str]:
    """Words that come from the file or the machine: names, ids, notes, transcripts."""
    return set(LATIN.findall(repr(found)))


def everything(given, baseline):
    """The page's input with every section, but for tracks."""
    found = theory(baseline, SAME, REVERSED, LEVEL)
    noted = tuple(dataclasses.replace(one, notes=(message("A note."),)) for one in found.formats)
    found = dataclasses.replace(found, formats=noted)
    rivals = rivals_of(baseline, given.result.variants["hold=once"])
    more = given.but(benchmarks=marks(baseline), theory=found, variance_shares=rests_of(baseline), rivals=rivals)
    scenario = SimpleNamespace(**{**vars(given.scenario), "notes": "Notes of the file."})
    return dataclasses.replace(more, scenario=scenario)


def from_the_file(given) -> set[str]:
    result = given.result
    texts = (given.numbers, given.scenario, given.talks, given.command, result.digest, result.settings, result.versions)
    if result.variance_shares is not None:
        texts += ([one.unknown.path.split(".")[3:] for one in result.variance_shares.numbers],)
    if result.rivals is not None:
        texts += (result.rivals.questions, [(one.rival, one.name, str(one.changes)) for one in result.rivals.readings])
    names = [result.structure, *result.variants, result.title]
    return names_in((texts, names, [one.name for one in result.formats]))


def unsaid(given) -> set[str]:
    with language(INVENTED):
        page = Page(given.page())
    read = [attrs[key] for _, attrs in page.tags for key in ("aria-label", "title") if key in attrs]
    css = next(text for text in page.text if "@media" in text)
    shown = (*(text for text in page.text if text != css), *read)
    return set(LATIN.findall(" ".join(shown))) - from_the_file(given)


def test_the_page_says_everything_in_the_language(given, baseline):
    assert unsaid(everything(given, baseline)) == set()


def test_the_page_with_tracks_says_everything_in_the_language(given):
    with_tracks = dataclasses.replace(given, result=result_of(compare_tracks(), structure=tracked()))
    assert unsaid(with_tracks) == set()


def test_the_terminal_says_everything_in_the_language(given, baseline):
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    found = everything(given, baseline)
    with language(INVENTED):
        console.print(comparison_view(found.result, 120))
        console.print(rests_on_view(found.result.variance_shares, baseline, structure()))
        console.print(rivals_view(found.result.rivals))
    assert set(LATIN.findall(console.file.getvalue())) - from_the_file(found) == set()


def test_numbers_have_the_marks_of_the_language():
    with language("vi"):
        assert (percent(0.0449), percent(0.0001), percent(0.5)) == ("4,5%", "<0,1%", "50%")
        assert interval(Estimate(0.1, 0.094, 0.125)) == "9,4–12"
        assert points(-0.0123) == "−1,2"
        assert count(10_000) == "10.000"
        assert digits("1,250.5") == "1.250,5"
        assert listed(["A", "B", "C"]) == "A, B và C"
    assert count(10_000) == "10,000"


def test_messages_from_below_are_said_with_all_their_parts(judged):
    consent = message(
        "{parts}",
        parts=(
            message("{share}% of members", share=66.67),
            message("veto of {parties}", parties=("A", "B"), joint=" and "),
        ),
        joint=", ",
    )
    assert str(consent) == say(consent) == "66.67% of members, veto of A and B"
    with language("vi"):
        assert say(consent) == "66,67% số thành viên, quyền phủ quyết của A và B"
        assert verdict_words(judged) != judged.sentence
        assert all(say(one.said) != one.sentence for one in VARIANTS.values())
    assert verdict_words(judged) == judged.sentence


def test_the_language_ends_with_its_block_and_an_unknown_one_speaks_english():
    assert spoken() == ENGLISH
    with language("vi"):
        assert spoken() == "vi"
        with language("qq"):
            assert (spoken(), say("Summary")) == (ENGLISH, "Summary")
        assert say("Summary") == "Tóm tắt"
        assert say("A sentence without a translation of {name}", name="X") == "A sentence without a translation of X"
    assert say("Summary") == "Summary"


def test_the_page_tells_its_language_and_keeps_transcripts_english(given):
    with language("vi"):
        page = Page(given.page())
    assert page.of("html")[0]["lang"] == "vi"
    assert [one["lang"] for one in page.of("ol") if one.get("class") == "transcript"] == ["en"]
