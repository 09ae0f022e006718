"""Scores of a back-test: those of the arrays, paired by issue and clustered by proposal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.backtest.backtest_scores import FEW, evaluate, parts
from sim.analysis.backtest.cross_validation import backtest
from sim.analysis.statistics.intervals import bootstrap_means
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(60)


TOY = toy_ensemble(ISSUES, n_draws=30, runs=20)


FOUND = backtest(TOY, n_folds=4, seed=3)


WHOLE = evaluate(FOUND)


def test_scores_are_those_of_the_arrays():
    process = FOUND.named("process")
    told = WHOLE.of("process")
    assert told.n == 60
    exact = bootstrap_means(process.crps[:, None], FOUND.proposals, seed=1)[0]
    assert (told.crps.value, told.crps.low, told.crps.high) == pytest.approx((exact.value, exact.low, exact.high))
    assert told.mae.value == pytest.approx(np.abs(process.points - FOUND.outcomes).mean())
    middle = WHOLE.of("middle")
    assert middle.mae.value == pytest.approx(np.abs(50 - FOUND.outcomes).mean())
    assert middle.crps.value == middle.mae.value
    assert middle.log is None
    assert told.ranks is not None
    assert told.ranks.sum() == pytest.approx(1)


def test_differences_are_paired_and_clustered():
    gap = WHOLE.pair("process", "compromise")
    first, second = FOUND.named("process").crps, FOUND.named("compromise").crps
    assert gap.difference.value == pytest.approx((first - second).mean())
    exact = bootstrap_means((first - second)[:, None], FOUND.proposals, seed=1)[0]
    assert gap.difference.low == pytest.approx(exact.low)
    assert gap.difference.high == pytest.approx(exact.high)
    assert gap.better == -gap.difference.side
    assert WHOLE.pair("layered", "process").n == 60
    with pytest.raises(KeyError):
        WHOLE.pair("process", "compromise", "log")


def test_forecasts_that_cannot_be_made_are_left_out_on_both_sides():
    issues = tuple(replace(one, reference_point=0.0 if k < 40 else None) for k, one in enumerate(ISSUES))
    found = evaluate(backtest(replace(TOY, issues=issues), n_folds=3))
    assert found.of("nash_reference").n == 40
    gap = found.pair("nash_reference", "compromise")
    assert gap.n == 40
    assert gap.difference.value != found.of("nash_reference").crps.value - found.of("compromise").crps.value
    assert WHOLE.of("nash_reference").n == 0
    assert not WHOLE.of("nash_reference").crps.known


def test_parts_divide_the_issues_and_few_proposals_give_no_interval():
    divided = parts(FOUND)
    for by in ("wave", "voting_rule", "issues_in_proposal"):
        rows = np.concatenate([one for (name, _), one in divided.items() if name == by])
        assert sorted(rows) == list(range(60)), by
    assert not any(by == "procedure" for by, _ in divided)
    few = evaluate(FOUND, np.arange(3))
    assert few.n_proposals < FEW
    assert not few.has_intervals
    assert np.isfinite(few.of("process").crps.value)
    assert np.isnan(few.of("process").crps.low)
    assert few.pair("process", "positions").better == 0
