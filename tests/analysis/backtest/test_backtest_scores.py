"""Scores of a back-test: those of the arrays, paired by issue and clustered by proposal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.backtest.backtest_scores import evaluate, evaluate_parts, issue_rows, linking, parts, score_rows
from sim.analysis.backtest.cross_validation import apply_fitted, backtest
from sim.analysis.positions.forecasters import FORECASTERS, SPREADS
from sim.analysis.statistics.intervals import FEW, bootstrap_means
from sim.types import Ensemble, SpatialIssue, Stand
from tests.analysis.ensembles import CONSTANTS, toy_ensemble, toy_issues

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

    assert np.isfinite(few.of("process").crps.value)
    assert np.isnan(few.of("process").crps.low)
    assert few.pair("process", "positions").better == 0


def test_rows_of_scores_hold_every_score_and_difference():
    scores = pd.DataFrame(score_rows((WHOLE, *evaluate_parts(FOUND, references=("positions",)))))
    row = scores.query("by == 'all' and forecaster == 'mixture' and score == 'crps' and reference == ''")
    assert row["estimate"].item() == pytest.approx(WHOLE.of("mixture").crps.value, abs=1e-6)
    gap = scores.query("by == 'all' and forecaster == 'process' and score == 'crps' and reference == 'mixture'")
    assert gap["low"].item() == pytest.approx(WHOLE.pair("process", "mixture").difference.low, abs=1e-6)
    own = scores.query("by == 'all' and reference == ''").groupby("forecaster")["score"].apply(set)
    assert all(("coverage_80" in own[name]) == (name in SPREADS) for name in FORECASTERS)


def test_rows_of_issues_are_what_the_scores_are_means_of():
    issues = pd.DataFrame(issue_rows(FOUND))
    assert len(issues) == 60 * len(FORECASTERS)
    crps = issues.query("forecaster == 'process'")["crps"]
    assert crps.mean() == pytest.approx(WHOLE.of("process").crps.value, abs=1e-6)
    assert issues.query("forecaster == 'median'")["log"].isna().all()
    assert issues["fold"].tolist() == np.repeat(FOUND.folds, len(FORECASTERS)).tolist()


def test_without_folds_there_is_no_fold_to_tell():
    stored = apply_fitted(TOY, FOUND.whole, how="in_sample")
    assert {row["fold"] for row in issue_rows(stored)} == {None}


STANDS = (Stand("a", 0.0, 50.0, 1.0), Stand("b", 100.0, 50.0, 1.0))
N_DRAWS = 8


def issues(*proposals: str) -> tuple[SpatialIssue, ...]:
    """An issue each, decided at 40, named alike in all proposals."""
    names = [f"i{proposals[:k].count(one)}" for k, one in enumerate(proposals)]
    return tuple(
        SpatialIssue(proposal, name, STANDS, outcome=40.0) for proposal, name in zip(proposals, names, strict=True)
    )


def always(of: tuple[SpatialIssue, ...], *places: int) -> Ensemble:
    """Every run of issue k ends at the k-th place; constants do nothing."""
    counts = np.zeros((len(of), N_DRAWS, 101), dtype=np.int32)
    for k, place in enumerate(places):
        counts[k, :, place] = 2
    uniforms = np.tile((np.arange(N_DRAWS)[:, None] + 0.5) / N_DRAWS, (1, len(CONSTANTS)))
    return Ensemble(of, counts, 2, CONSTANTS, uniforms)


def moved(ensemble: Ensemble) -> Ensemble:
    """The same draws with every decision somewhere else."""
    return replace(ensemble, counts=np.roll(ensemble.counts[:, :, ::-1], 11, axis=2))


TWICE = issues("p", "p", "q", "q", "single")
BETTER, WORSE = always(TWICE, 45, 40, 40, 50, 90), always(TWICE, 60, 50, 40, 50, 0)


def test_a_worked_example():
    """Off by 5, 0, 0, 10 together and by 20, 10, 0, 10 apart; the proposal with one issue does not count."""
    found = {(one.name, one.measure): one for one in linking(BETTER, WORSE, backtest(BETTER, n_folds=3))}
    assert {name for name, _ in found} == {"process", "process_prior"}
    for name in ("process", "process_prior"):
        for measure in ("crps", "mae"):  # of forecasts at one point they are the same
            one = found[name, measure]
            assert (one.n, one.together, one.apart) == (4, pytest.approx(3.75), pytest.approx(10.0))
            assert one.difference.value == pytest.approx(-6.25)
            assert not np.isfinite(one.difference.low)  # two proposals give no interval
        assert found[name, "log"].together > found[name, "log"].apart


def test_what_is_better_is_told_with_many_proposals():
    many = issues(*(f"p{k // 2}" for k in range(40)))
    good, bad = always(many, *[42] * 20, *[44] * 20), always(many, *[60] * 20, *[55] * 20)
    test = backtest(good, n_folds=4)
    told = {one.measure: one for one in linking(good, bad, test) if one.name == "process"}
    assert [told[measure].better for measure in ("crps", "mae", "log")] == [1, 1, 1]
    assert told["crps"].difference.high < 0
    assert [one.better for one in linking(bad, good, test)] == [-1] * 6
    assert [one.better for one in linking(good, good, test)] == [0] * 6


def test_each_ensemble_has_constants_of_its_own_fitted_out_of_fold():
    of = toy_issues(40)
    together = toy_ensemble(of, n_draws=30, runs=20)
    apart = moved(together)
    test = backtest(together, n_folds=4)
    found = {(one.name, one.measure): one for one in linking(together, apart, test)}
    several = np.array([sum(other == one for other in test.proposals) > 1 for one in test.proposals])
    assert found["process", "crps"].together == pytest.approx(test.named("process").crps[several].mean())
    assert found["process_prior", "crps"].together == pytest.approx(test.named("process_prior").crps[several].mean())
    other = backtest(apart, n_folds=4)
    assert found["process", "crps"].apart == pytest.approx(other.named("process").crps[several].mean())
    assert found["process", "crps"].apart != pytest.approx(found["process_prior", "crps"].apart)


def test_a_stored_fit_is_applied_to_both():
    of = toy_issues(40)
    together = toy_ensemble(of, n_draws=30, runs=20)
    apart = moved(together)
    fitted = backtest(together, n_folds=4).whole
    found = {
        (one.name, one.measure): one for one in linking(together, apart, apply_fitted(together, fitted, how="stored"))
    }
    several = [sum(other.proposal == one.proposal for other in of) > 1 for one in of]
    exact = apply_fitted(apart, fitted, how="stored").named("process").crps[several].mean()
    assert found["process", "crps"].apart == pytest.approx(exact)


def test_without_packages_there_is_nothing_to_link():
    singles = issues("p", "q", "r")
    one = always(singles, 40, 40, 50)
    assert linking(one, one, backtest(one, n_folds=3)) == ()


def test_issues_that_both_decide_are_enough():
    """The second issue of p is left out: what is left of p is no package here."""
    test = backtest(BETTER, n_folds=3)
    keys = {(one.proposal, one.id) for one in TWICE} - {("p", "i1")}
    found = linking(BETTER.of(keys), WORSE.of(keys), test)
    assert found[0].n == 2
    assert (found[0].together, found[0].apart) == (pytest.approx(5.0), pytest.approx(5.0))


@pytest.mark.parametrize("change", [slice(1, None), slice(None, None, -1)])
def test_other_issues_are_refused(change):
    test = backtest(BETTER, n_folds=3)
    other = always(TWICE[change], *[50] * len(TWICE[change]))
    with pytest.raises(ValueError, match="same issues in the same order"):
        linking(BETTER, other, test)


def test_other_draws_are_refused():
    other = replace(WORSE, uniforms=WORSE.uniforms[::-1])
    with pytest.raises(ValueError, match="same draws"):
        linking(BETTER, other, backtest(BETTER, n_folds=3))


def test_issues_outside_the_back_test_are_refused():
    test = backtest(BETTER, n_folds=3)
    strange = (replace(TWICE[0], proposal="z"), *TWICE[1:])  # an id that the back-test has, in another proposal
    other = always(strange, 40, 40, 40, 40, 40)
    with pytest.raises(ValueError, match="in the back-test"):
        linking(other, other, test)
