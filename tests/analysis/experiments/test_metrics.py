"""Metrics counted in made-up records, and their intervals."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from sim.analysis.experiments.metrics import MEANING, Metric, MetricCounts, MetricKind
from sim.types import EndReason, Outcome, Runs, empty_runs
from tests.analysis.synthetic import structure

R = 2


def records() -> Runs:
    """Two draws of two runs: a settlement and a text left again; no talks and talks that ran out of time."""
    runs = empty_runs(4, 11, 4)
    runs.outcome[:] = [Outcome.SETTLEMENT, Outcome.COLLAPSED, Outcome.NO_TALKS, Outcome.NO_AGREEMENT]
    runs.reason[:] = [EndReason.PARTIAL_BANKED, EndReason.PARTIAL_BANKED, EndReason.STAYED_AWAY, EndReason.DEADLINE]
    runs.tabled[:2, 3], runs.tabled[0, 4] = 2, 1
    runs.deal[:2, 3] = 2
    runs.refused[0, 4] = 0b0010  # party 1 struck the part on issue 4
    runs.month[:] = [4, 6, 0, 9]
    runs.value[:, 2], runs.reservation[:, 2] = 0.75, 0.25
    return runs


@pytest.mark.parametrize(
    ("metric", "hits", "trials"),
    [
        (Metric("settlement"), [1, 0], [2, 2]),
        (Metric("nothing"), [1, 2], [2, 2]),
        (Metric("in_force"), [1, 0], [2, 2]),
        (Metric("signed"), [2, 0], [2, 2]),
        (Metric("agreed"), [2, 0], [2, 2]),
        (Metric("no_talks"), [0, 1], [2, 2]),
        (Metric("lasted"), [1, 0], [2, 0]),
        (Metric("upheld"), [0, 0], [2, 0]),  # one part of the settlement was struck, the other text was left
        (Metric("moved", issues=(3, 4)), [1.5, 0], [2, 2]),
        (Metric("stands", issues=(4,), options=(1,)), [1, 0], [2, 0]),
        (Metric("refused", party=1), [1, 0], [2, 0]),
        (Metric("refused", party=1, issues=(3,)), [0, 0], [2, 0]),
        (Metric("refused", party=1, issues=(4,), options=(1,)), [1, 0], [1, 0]),
        (Metric("value", party=2), [1, 0], [2, 0]),
        (Metric("months"), [10, 0], [2, 0]),
        (Metric("net_gain", party=0), [5, 9], [2, 1]),
    ],
    ids=lambda part: part.kind if isinstance(part, Metric) else None,
)
def test_metrics_counted_by_hand(metric: Metric, hits: list[float], trials: list[float]):
    found = metric.count(records(), structure(1), np.array([0.5, 1.0]), R)
    assert [side.tolist() for side in found] == [hits, trials]


def test_every_kind_has_words():
    assert set(MEANING) == set(get_args(MetricKind))


def test_nothing_to_count_among_is_unknown():
    none = MetricCounts("lasted", np.zeros(3), np.zeros(3))
    some = MetricCounts("lasted", np.ones(3), np.full(3, 2.0))
    assert not none.known
    assert not none.estimate.known
    assert not some.minus(none).known
    assert some.value == 0.5


def test_a_part_is_of_the_draws_named():
    counts = MetricCounts("signed", np.array([0.0, 1.0, 2.0]), np.full(3, 2.0))
    assert [counts.part(slice(k, None, 2)).value for k in (0, 1)] == [0.5, 0.5]
    assert counts.part(slice(2, None)).value == 1.0


def test_means_are_paired_by_draw() -> None:
    noise = np.random.Generator(np.random.Philox(key=1)).normal(size=400)
    one = MetricCounts("months", 10 * (noise + 1), np.full(400, 10.0))
    other = MetricCounts("months", 10 * noise, np.full(400, 10.0))
    found = one.minus(other)
    assert found.value == pytest.approx(1.0)
    assert found.high - found.low < 1e-9
    assert one.estimate.high - one.estimate.low > 0.1
