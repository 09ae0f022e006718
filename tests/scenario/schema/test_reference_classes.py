"""Classes of past cases: facts with sources, and over which time each says something."""

from __future__ import annotations

import re

import pytest

from sim.scenario.schema.numbers import ID_PATTERN
from sim.scenario.schema.reference_classes import reference_classes

CLASSES = reference_classes()


def test_every_class_is_whole():
    assert len(CLASSES) == 42
    for key, one in CLASSES.items():
        assert re.fullmatch(ID_PATTERN, key), key
        assert 0 < one.k < one.n, key  # log-odds and a factor need both
        assert re.search(r"\(\d{4}\)", one.source), key
        assert one.url.startswith("https://")
        for text in (one.cases, one.event, one.coding, one.unknown):
            assert len(text) > 10, key
        assert one.months in (None, 12)
        assert not one.repeats or one.months, key


@pytest.mark.parametrize(
    ("key", "k", "n"),
    [
        ("interstate-year-3plus-halt", 6, 42),
        ("interstate-year-3plus-peace", 2, 42),
        ("interstate-year-1-ended", 49, 71),
        ("war-1000-days-negotiated-next", 8, 26),
        ("crisis-war-protracted-agreed", 9, 23),
        ("interstate-truce-held", 26, 29),
    ],
)
def test_counts_as_in_the_source(key: str, k: int, n: int):
    assert (CLASSES[key].k, CLASSES[key].n, CLASSES[key].share) == (k, n, k / n)


def test_narrower_events_and_cases_are_rarer():
    for cases in ("interstate-year-1", "interstate-year-2", "interstate-year-3plus", "conflict-year-3plus"):
        ended, halt, peace = (CLASSES[f"{cases}-{event}"].k for event in ("ended", "halt", "peace"))
        assert ended >= halt >= peace
    for event in ("formal", "agreed"):
        parts = [CLASSES[f"crisis-clashes-{kind}-{event}"] for kind in ("mediated", "unmediated")]
        assert sum(part.k for part in parts) == CLASSES[f"crisis-clashes-{event}"].k
        assert sum(part.n for part in parts) == CLASSES[f"crisis-clashes-{event}"].n


@pytest.mark.parametrize(
    ("key", "months", "periods"),
    [
        ("interstate-year-3plus-halt", 12, 1.0),
        ("interstate-year-3plus-halt", 18, 1.5),  # years that repeat
        ("interstate-year-3plus-halt", 6, None),  # half a year's talks are a chosen half
        ("interstate-year-1-halt", 24, None),  # a second year is no first
        ("crisis-war-formal", 1, 1.0),  # the end of the case, however long it took
        ("crisis-war-formal", 60, 1.0),
    ],
)
def test_a_class_says_nothing_of_a_time_that_it_does_not_count(key: str, months: int, periods: float | None):
    assert CLASSES[key].periods(months) == periods
