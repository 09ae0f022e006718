"""Hypotheses judged on counts made up by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.experiments.cells import Cell
from sim.analysis.experiments.hypotheses import (
    Hypothesis,
    HypothesisKind,
    Term,
    all_of,
    holds_in_sets,
    judge_all,
    metrics_by_cell,
)
from sim.analysis.experiments.metrics import Metric, MetricCounts

SETTLED, LASTED = Metric("settlement"), Metric("lasted")
HERE, THERE = Cell("well", ("talks",)), Cell("mill", ("talks",))


def counts(*hits: float, of: float = 10.0) -> MetricCounts:
    return MetricCounts("settlement", np.array(hits), np.full(len(hits), of))


def term(cell: Cell, metric: Metric = SETTLED) -> Term:
    return Term(cell, metric, f"{metric.kind} of {cell.scenario}")


def judged(hypothesis: Hypothesis, here: MetricCounts, there: MetricCounts) -> bool | None:
    return judge_all([hypothesis], {HERE: {SETTLED: here}, THERE: {SETTLED: there}})[0].holds


@pytest.mark.parametrize(
    ("kind", "bound", "holds", "words"),
    [
        ("greater", 0.0, True, "settlement of well is greater than settlement of mill"),
        ("near", 0.25, True, "settlement of well is within 0.25 of settlement of mill"),
        ("near", 0.15, False, "settlement of well is within 0.15 of settlement of mill"),
        ("above", 0.45, True, "settlement of well is above 0.45"),
        ("below", 0.45, False, "settlement of well is below 0.45"),
    ],
)
def test_point_estimates_decide(kind: HypothesisKind, bound: float, holds: bool, words: str):
    other = term(THERE) if kind in ("greater", "near") else None
    hypothesis = Hypothesis(kind, term(HERE), other, bound)
    assert judged(hypothesis, counts(4, 6, 5, 5), counts(3, 3, 3, 3)) is holds
    assert hypothesis.words == words


def test_nothing_to_count_among_is_no_answer():
    hypothesis = Hypothesis("greater", term(HERE), term(THERE))
    assert judged(hypothesis, counts(1, 2), counts(0, 0, of=0.0)) is None


def test_nearness_is_borne_out_by_a_whole_interval_and_open_where_it_reaches_over_the_bound():
    near = Hypothesis("near", term(HERE), term(THERE), 0.02)
    few, many = counts(5, 6, 4), counts(*[6, 5] * 500)
    (loose,) = judge_all([near], {HERE: {SETTLED: few}, THERE: {SETTLED: counts(4, 5, 4)}})
    (tight,) = judge_all([near], {HERE: {SETTLED: many}, THERE: {SETTLED: counts(*[4, 3] * 500)}})
    (same,) = judge_all([near], {HERE: {SETTLED: many}, THERE: {SETTLED: many}})
    assert (loose.holds, loose.fits(near), loose.surely(near)) == (False, None, False)
    assert (tight.holds, tight.fits(near)) == (False, False)
    assert (same.holds, same.fits(near)) == (True, True)


@pytest.mark.parametrize(("draws", "replications"), [(16, 4), (400, 8)])
def test_five_points_apart_are_seldom_taken_for_two(draws: int, replications: int):
    """The error that matters: a cell of the design, and a large one, at a true difference beyond the bound."""
    random = np.random.default_rng(3)
    near, wrong = Hypothesis("near", term(HERE), term(THERE), 0.02), 0
    for _ in range(300):
        sides = (random.binomial(replications, share, draws).astype(float) for share in (0.15, 0.20))
        here, there = (counts(*hits, of=float(replications)) for hits in sides)
        (result,) = judge_all([near], {HERE: {SETTLED: here}, THERE: {SETTLED: there}})
        wrong += result.fits(near) is True
    assert wrong / 300 <= 0.05


def test_one_false_is_false_and_one_unknown_is_unknown():
    assert all_of([True, None, False]) is False
    assert all_of([True, None]) is None
    assert all_of(iter([True, True])) is True


def test_draws_are_of_the_sets_in_turn():
    """Draws 0 and 2 are of set 0, in which the first is greater; draws 1 and 3 of set 1, in which it is not."""
    greater = Hypothesis("greater", term(HERE), term(THERE))
    found = {HERE: {SETTLED: counts(9, 1, 8, 2)}, THERE: {SETTLED: counts(2, 8, 1, 9)}}
    assert holds_in_sets([greater], found, 2) == (True, False)


def test_each_metric_of_a_cell_is_counted_once():
    pairs = [(HERE, SETTLED), (THERE, SETTLED), (HERE, LASTED), (HERE, SETTLED)]
    assert metrics_by_cell(pairs) == {HERE: [SETTLED, LASTED], THERE: [SETTLED]}
