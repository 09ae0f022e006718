"""The documented cases: each loads under both codings, says what is documented, and the pages about them are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.app.retrodict import changed_since_freeze, read_retrodiction
from sim.scenario import warnings_of
from tests.shipped import read

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios" / "cases"
ASKED = FOLDER / "retrodiction.yml"
CASES = sorted(FOLDER.glob("*.yaml"))
CASES = [file for file in CASES if not file.name.endswith(".frozen.yml")]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_is_sound_and_says_what_is_documented(file: Path) -> None:
    resolved = read(file)
    assert resolved.id == file.stem
    assert resolved.documented
    assert {"doubling", "even_steps"} <= set(resolved.codebooks)
    coded = [path for path, number in resolved.numbers.items() if number.level is not None]
    assert len(coded) >= 10
    other = read(file, variant="coding=even_steps")
    ordinals = [path for path in coded if "salience" in path and resolved.numbers[path].level != "unknown"]
    assert all(other.numbers[path].form != resolved.numbers[path].form for path in ordinals)
    for one in resolved.documented.values():
        assert one.sources
    assert all("cannot" not in problem.message for problem in warnings_of(resolved))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_numbers_that_are_not_assumed_cite_claims(file: Path) -> None:
    resolved = read(file)
    for path, number in resolved.numbers.items():
        assert number.basis == "assumed" or set(number.sources) <= set(resolved.references or {}), path


@pytest.mark.slow
def test_every_case_is_asked_about_and_was_frozen() -> None:
    asked = read_retrodiction(ASKED, ())
    assert {case.id for case in asked.cases} == {file.stem for file in CASES}
    assert len(asked.orderings) == 9
    assert len(asked.twins) >= 7
    changed = changed_since_freeze(ASKED, asked.digests)
    assert changed is not None
    listed = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert "Changed after the first run" in listed
    page = (ROOT / "docs" / "retrodiction.md").read_text(encoding="utf-8")
    assert f"`{asked.digest}`" in page, "make the page again: parley retrodict --page docs/retrodiction.md"
    told = re.search(r"Changed since they were frozen (?:anew|before the first run): (.*?)\. Digest", page)
    assert (told.group(1).split(", ") if told else []) == list(changed)
