"""A slice of the mutants, and that a crash among them would be told."""

from __future__ import annotations

from benchmarks.validation import fuzz
from benchmarks.validation.fuzz import Findings, play_one, read_all, to_play


def test_a_slice_of_the_mutants_reads_without_a_crash():
    findings = read_all(1, 2_000_000, 400)
    assert not findings.crashes
    assert findings.ends["sound"] > 30
    assert findings.ends["refused"] > 200
    assert [play_one(raw) for _, raw in to_play(findings, 2, seed=1)] == ["", ""]


def test_the_same_seed_makes_the_same_mutants_wherever_a_slice_begins():
    whole, part = read_all(2, 0, 20), read_all(2, 10, 10)
    assert [name for name, _ in part.sound] == [name for name, _ in whole.sound if name in dict(part.sound)]
    assert part.ends.total() == 10


def test_a_crash_is_told_with_its_place_and_how_to_make_it_again(monkeypatch):
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(fuzz, "load_raw", broken)
    findings: Findings = read_all(1, 0, 40)
    assert any(kind.startswith("KeyError") for kind in findings.crashes)
    assert any("--first" in line for line in findings.told())
