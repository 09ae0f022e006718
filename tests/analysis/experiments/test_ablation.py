"""What a switch moved, read from counts made up by hand."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from sim.analysis.experiments.ablation import (
    EXPECTED_WORDS,
    SEEN_WORDS,
    Ablation,
    AblationResult,
    Expected,
    MechanismResult,
    Mechanisms,
    Seen,
)
from sim.analysis.experiments.cells import Cell
from sim.analysis.experiments.hypotheses import Term
from sim.analysis.experiments.metrics import Metric, MetricCounts
from sim.types.playing import Size
from sim.types.records import to_data

TERM = Term(Cell("well", ("talks",)), Metric("settlement"), "settlement")
MUCH, LITTLE, NONE = np.full(50, 9.0), np.full(50, 1.0), np.zeros(50)


def result(
    with_it: np.ndarray, without: np.ndarray, expected: Expected | None, *, same_bytes: bool = False, of: float = 10.0
) -> AblationResult:
    sides = (MetricCounts("settlement", side, np.full(50, of)) for side in (with_it, without))
    return AblationResult(Ablation("Patience", TERM, TERM, "settlement", expected), *sides, same_bytes=same_bytes)


@pytest.mark.parametrize(
    ("with_it", "without", "expected", "seen"),
    [
        (MUCH, LITTLE, "more", "as_expected"),
        (MUCH, LITTLE, "less", "other_way"),
        (LITTLE, MUCH, "less", "as_expected"),
        (MUCH, LITTLE, None, "more"),
        (LITTLE, MUCH, None, "less"),
        (MUCH, MUCH, "more", "undecided"),
        (MUCH, MUCH, "flat", "as_expected"),
        (MUCH, LITTLE, "flat", "not_as_expected"),
        (MUCH, MUCH, "same_bytes", "not_as_expected"),
    ],
)
def test_what_is_seen_beside_what_was_expected(
    with_it: np.ndarray, without: np.ndarray, expected: Expected | None, seen: Seen
):
    assert result(with_it, without, expected).seen == seen


def test_same_bytes_move_nothing_and_nothing_counted_is_no_answer():
    same = result(MUCH, MUCH, "same_bytes", same_bytes=True)
    assert (same.seen, same.unmoved, same.difference.low) == ("as_expected", True, 0.0)
    assert result(NONE, NONE, "more", of=0.0).seen == "nothing_to_count"
    meeting = result(MUCH, LITTLE, None, same_bytes=True)  # what meeting brings is no record
    assert (meeting.unmoved, meeting.seen) == (False, "more")


def test_every_word_is_said():
    assert set(SEEN_WORDS) == set(get_args(Seen))
    assert set(EXPECTED_WORDS) == set(get_args(Expected))


def entry(id_: str, *rows: AblationResult) -> MechanismResult:
    words = dict.fromkeys(("name", "statement", "basis", "observable", "left_out", "not_carried", "finding"), "")
    nothing = dict.fromkeys(("claims", "fields", "rules", "tests", "ablations"), ())
    return MechanismResult(id=id_, **words, **nothing, results=rows)  # type: ignore[arg-type]


def test_findings_name_what_stands_still_and_what_is_unexpected():
    moved, still = result(MUCH, LITTLE, "less"), result(MUCH, MUCH, "more")
    entries = (entry("A1", moved), entry("A2", still), entry("A3"))
    found = Mechanisms("x", "X", "", (), (), (), Size(50, 10, 1, threads=2), {}, 500, entries)
    assert found.still == ("A2",)
    assert found.unexpected == (("A1", "Patience"), ("A2", "Patience"))
    data = to_data(found)
    assert data["size"] == {"draws": 50, "replications": 10, "seed": 1}
    assert [one["moves"] for one in data["entries"]] == [True, False, False]
    assert data["entries"][0]["results"][0]["with_it"] == {"kind": "settlement", "value": 0.9}
