"""What a seed's word is worth beside a longer run, and how turns are set beside each other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.measure import Spent, in_turns, quartiles, ratios
from benchmarks.run import written
from benchmarks.validation import top_format
from sim.types.playing import Size

MINIMAL = "scenarios/minimal.yaml"


def said(top: str, clear: bool, **shares: float) -> top_format.Record:
    return {"top": top, "clear": clear, "shares": shares, "halves": dict.fromkeys(shares, 0.02)}


def test_a_seed_agrees_or_says_that_it_cannot_tell_or_is_wrong():
    assert top_format.fate(said("a", True, a=0.5, b=0.4), "a") == "agrees"
    assert top_format.fate(said("b", True, a=0.4, b=0.5), "a") == "wrong"
    assert top_format.fate(said("b", False, a=0.44, b=0.45), "a") == "cannot tell"


def test_the_long_run_is_all_seeds_together_and_its_lead_is_over_the_second_format():
    seeds = [said("a", True, a=0.5, b=0.1, c=0.3), said("c", True, a=0.4, b=0.2, c=0.44)]
    top, ahead, half = top_format.lead(seeds)
    assert top == "a"
    assert ahead == pytest.approx(0.08)
    assert half == pytest.approx(1.96 * 0.12)


def test_seeds_that_are_kept_are_not_played_again(tmp_path: Path):
    keep = tmp_path / "keep.jsonl"
    first = list(top_format.records(MINIMAL, [Size(4, 2, 1, 1)], keep))
    line = json.loads(keep.read_text(encoding="utf-8"))
    line["said"]["settlement"]["top"] = "kept"
    keep.write_text(json.dumps(line) + "\n", encoding="utf-8")
    again = list(top_format.records(MINIMAL, [Size(4, 2, 1, 1), Size(4, 2, 2, 1)], keep))
    assert again[0]["settlement"]["top"] == "kept"
    assert again[0]["settlement"]["shares"] == first[0]["settlement"]["shares"]
    assert len(keep.read_text(encoding="utf-8").splitlines()) == 2


def test_a_machine_that_slows_down_steadily_moves_no_ratio():
    seconds = iter(range(100, 200))

    def side(count: int):
        return lambda: Spent(next(seconds) * count, 10 * count)

    first, other = in_turns(5, side(1), side(4))
    assert len(first) == 6
    assert ratios(first, other) == pytest.approx([1.0] * 5)
    found = quartiles(ratios([Spent(1, 1), Spent(1, 1), Spent(2, 1)], [Spent(0.5, 1), Spent(0.5, 1)]))
    assert (found.low, found.median, found.high) == pytest.approx((2.25, 2.5, 2.75))


def test_a_section_takes_its_place_in_the_page():
    page = "# Old head\n\n## One\n\n1\n\n## Two\n\n2\n"
    assert written(page, "## One\n\nnew\n").endswith("## One\n\nnew\n\n## Two\n\n2\n")
    assert written(page, "## Three\n\n3\n").endswith("## Two\n\n2\n\n## Three\n\n3\n")
    assert "Old head" not in written(page, "## One\n")
