"""Conditions of a box search: what may be written, the words where it may not, and which points meet it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.app.errors import InputError
from sim.sweep.box_conditions import Bound, Known, Lead, holds, parse_condition

KNOWN = Known(("farmers", "all-three"), ("settlement", "in_force", "halt"))


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("settlement of farmers < 0.5", (Bound("settlement", "farmers", "<", 0.5),)),
        ("in_force of all-three>=25%", (Bound("in_force", "all-three", ">=", 0.25),)),
        ("farmers leads all-three", (Lead("farmers", "all-three", "settlement", True),)),
        ("all-three ahead of farmers on halt", (Lead("all-three", "farmers", "halt", False),)),
        (
            "farmers leads all-three and halt of farmers <= 1e-1",
            (Lead("farmers", "all-three", "settlement", True), Bound("halt", "farmers", "<=", 0.1)),
        ),
    ],
)
def test_what_may_be_written(text: str, clauses: tuple[Bound | Lead, ...]):
    assert parse_condition(text, KNOWN) == clauses
    again = " and ".join(map(str, clauses))
    assert parse_condition(again, KNOWN) == clauses


def test_the_format_may_be_named_beside_it_or_be_the_only_one():
    meant = (Bound("settlement", "all-three", ">", 0.5),)
    assert parse_condition("settlement > 0.5", Known(KNOWN.formats, KNOWN.measures, "all-three")) == meant
    assert parse_condition("settlement > 0.5", Known(("all-three",), KNOWN.measures)) == meant


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no condition. Write"),
        ("settlement", "is no condition. Write"),
        ("settlement = 0.5", "is no condition. Write"),
        ("settlement of farmers < half", '"half" in .* is no number'),
        ("settlement of farmers < nan", '"nan" in .* is no number'),
        ("settlement < 0.5", "Of which format .* One of farmers, all-three"),
        ("settlment of farmers < 0.5", 'No measure is called "settlment". Did you mean "settlement"'),
        ("settlement of farmer < 0.5", 'No format is called "farmer". Did you mean "farmers"'),
        ("farmers leads", "is no condition"),
        ("farmers leads farmers", "cannot be ahead of itself"),
        ("farmers leads all-three on hold", 'No measure is called "hold"'),
        ("farmers leads all-three and", "is no condition"),
    ],
)
def test_what_may_not_is_said_in_words(text: str, words: str):
    with pytest.raises(InputError, match=words):
        parse_condition(text, KNOWN)


def result_of(hits: Any, trials: Any) -> Any:
    """A result of [P, D, F] counts of every measure, at points of their own luck."""
    measured = np.asarray(hits), np.asarray(trials)
    sample = SimpleNamespace(first=0, end=len(hits))
    points = SimpleNamespace(luck=np.arange(len(hits)))
    design = SimpleNamespace(formats=KNOWN.formats, cells=(None,), samples=(sample,), points=points)
    return SimpleNamespace(design=design, measured=lambda _: measured)


def test_a_bound_holds_by_the_share_and_only_where_it_is_known():
    hits = np.zeros((3, 4, 2), dtype=int)
    hits[0, :, 0] = 1  # 4 of 8
    trials = np.full((3, 4, 2), 2)
    trials[2] = 0
    held, known = holds(result_of(hits, trials), parse_condition("settlement of farmers < 0.5", KNOWN))
    assert known.tolist() == [True, True, False]
    assert held.tolist() == [False, True, False]
    held, _ = holds(result_of(hits, trials), parse_condition("settlement of farmers >= 0.5", KNOWN))
    assert held.tolist() == [True, False, False]


def test_a_lead_is_told_with_all_points_looked_at_together():
    n_draws = 40
    chance = np.random.Generator(np.random.Philox(key=7))
    trials = np.full((200, n_draws, 2), 2)
    hits = chance.binomial(2, 0.5, size=trials.shape)
    hits[:10, :, 0], hits[:10, :, 1] = 2, 0
    told, _ = holds(result_of(hits, trials), parse_condition("farmers leads all-three", KNOWN))
    ahead, known = holds(result_of(hits, trials), parse_condition("farmers ahead of all-three", KNOWN))
    assert known.all()
    assert told.tolist() == [True] * 10 + [False] * 190  # 200 looks at 95% would find about 5 more
    assert 80 < ahead[10:].sum() < 110  # by the estimate alone: about half of the others
    behind, _ = holds(result_of(hits, trials), parse_condition("all-three leads farmers", KNOWN))
    assert not behind.any()
