"""What linking is worth: two tiny ensembles, scored by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.backtest.cross_validation import apply_fitted, backtest
from sim.analysis.backtest.linking import linking
from sim.types import Ensemble, SpatialIssue, Stand
from tests.analysis.ensembles import CONSTANTS, toy_ensemble, toy_issues

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
