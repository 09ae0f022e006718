"""Tilts: by hand, against finite differences, and found again where they are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.backtest import tilting
from sim.analysis.backtest.tilting import (
    BOUND,
    PENALTY,
    Cumulated,
    NoDecisionError,
    cumulate,
    effective_size,
    fit_tilts,
    fitted_means,
    forecast,
    mean_crps,
    weights_of,
    without_undecided,
)
from sim.analysis.statistics.forecast_scores import crps
from sim.types import Constant, Ensemble
from tests.analysis.ensembles import toy_ensemble, toy_issues
from tests.analysis.spatial import issue

ISSUES = toy_issues(40)
TOY = toy_ensemble(ISSUES)
OUTCOMES = np.random.Generator(np.random.Philox(key=3)).uniform(0, 100, 40)


def two_draws(first: dict[int, int], second: dict[int, int]) -> Ensemble:
    """One issue, two draws at the ends of one constant from 10 to 30: z is -1.732 and 1.732."""
    counts = np.zeros((1, 2, 101), dtype=np.int32)
    for d, row in enumerate((first, second)):
        for at, n in row.items():
            counts[0, d, at] = n
    one = issue((0, 50, 1), (100, 50, 1))
    return Ensemble((one,), counts, 10, (Constant("c", "", 10.0, 30.0),), np.array([[0.0], [1.0]]))


def test_a_tilt_by_hand():
    ensemble = two_draws({20: 10}, {80: 10})
    tilt = np.log(3.0) / (2 * np.sqrt(3.0))  # weights 1 : 3
    assert weights_of(ensemble, [tilt]) == pytest.approx([0.25, 0.75])
    assert forecast(ensemble, [tilt])[0, [20, 80]] == pytest.approx([0.25, 0.75])
    assert forecast(ensemble, [0.0])[0, [20, 80]] == pytest.approx([0.5, 0.5])
    assert fitted_means(ensemble, [tilt]) == pytest.approx([25.0])
    assert effective_size(weights_of(ensemble, [tilt])) == pytest.approx(1.6)


def test_draws_that_decide_more_often_count_for_more():
    ensemble = two_draws({20: 2}, {80: 6})
    assert forecast(ensemble, [0.0])[0, [20, 80]] == pytest.approx([0.25, 0.75])


def test_issues_nobody_decided_are_named_not_filled():
    ensemble = two_draws({}, {})
    with pytest.raises(NoDecisionError, match="i"):
        forecast(ensemble, [0.0])
    with pytest.raises(NoDecisionError, match="leave these issues out"):
        cumulate(ensemble)
    left, gone = without_undecided(ensemble)
    assert gone == ("i",)
    assert left.issues == ()


tilts_of_three = st.lists(st.floats(-2, 2), min_size=3, max_size=3).map(np.array)


@settings(max_examples=25, deadline=None)
@given(tilts_of_three)
def test_the_slope_is_that_of_finite_differences(tilts):
    summed, share = cumulate(TOY, np.float64), np.full(40, 1 / 40)
    value, slope = mean_crps(summed, tilts, OUTCOMES, share)
    assert value == pytest.approx(crps(forecast(TOY, tilts), OUTCOMES).mean(), abs=1e-9)
    step = 1e-5
    for k in range(3):
        ahead, behind = tilts.copy(), tilts.copy()
        ahead[k] += step
        behind[k] -= step
        rise = mean_crps(summed, ahead, OUTCOMES, share)[0] - mean_crps(summed, behind, OUTCOMES, share)[0]
        assert slope[k] == pytest.approx(rise / (2 * step), abs=1e-5)


def test_single_precision_is_enough():
    share = np.full(40, 1 / 40)
    one, two = (
        mean_crps(cumulate(TOY, kind), np.array([1.0, -1.0, 0.5]), OUTCOMES, share) for kind in (np.float32, np.float64)
    )
    assert one[0] == pytest.approx(two[0], abs=1e-4)
    assert one[1] == pytest.approx(two[1], abs=1e-4)


def drawn(ensemble: Ensemble, tilts: list[float], seed: int) -> np.ndarray:
    chance = np.random.Generator(np.random.Philox(key=seed))
    return np.array([chance.choice(101, p=row) for row in forecast(ensemble, tilts)], dtype=np.float64)


def test_the_fit_goes_where_the_outcomes_are():
    issues = toy_issues(300, seed=8)
    ensemble = toy_ensemble(issues, n_draws=200)
    truth = [1.5, -1.0, 0.0]
    outcomes = drawn(toy_ensemble(issues, n_draws=200, seed=99), truth, 4)
    found = fit_tilts(cumulate(ensemble), outcomes)
    assert found.tilts[0] == pytest.approx(1.5, abs=0.5)
    assert found.tilts[1] < -0.3
    assert abs(found.tilts[2]) < 0.5
    assert found.crps < crps(forecast(ensemble, [0, 0, 0]), outcomes).mean()
    assert found.crps == pytest.approx(crps(forecast(ensemble, found.tilts), outcomes).mean(), abs=1e-4)
    assert 1 < found.effective_size < 200


def test_the_fit_is_a_minimum_of_what_it_says_it_minimises():
    found = fit_tilts(cumulate(TOY), OUTCOMES)

    def objective(tilts: np.ndarray) -> float:
        return float(crps(forecast(TOY, tilts), OUTCOMES).mean() + PENALTY * tilts @ tilts / 80)

    best = np.array(found.tilts)
    for k in range(3):
        for step in (-0.05, 0.05):
            other = best.copy()
            other[k] = np.clip(other[k] + step, -BOUND, BOUND)
            assert objective(best) <= objective(other) + 1e-5


def test_outcomes_that_are_not_learnt_from_are_not_looked_at():
    rows = np.arange(0, 40, 2)
    changed = OUTCOMES.copy()
    changed[1::2] = np.nan
    assert fit_tilts(cumulate(TOY), OUTCOMES, rows) == fit_tilts(cumulate(TOY), changed, rows)


def test_a_constant_that_all_outcomes_pull_at_stops_at_its_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tilting, "PENALTY", 0.1)
    found = fit_tilts(cumulate(TOY), np.full(40, 100.0))
    assert found.tilts[0] == BOUND
    assert found.at_bound[0]


def test_a_fit_of_usual_size_takes_few_evaluations(monkeypatch: pytest.MonkeyPatch):
    """Ten or so with the slopes given; without them each step would take one more for each constant."""
    calls: list[np.ndarray] = []

    def counted(summed: Cumulated, tilts: np.ndarray, *rest: np.ndarray) -> tuple[float, np.ndarray]:
        calls.append(tilts)
        return mean_crps(summed, tilts, *rest)

    monkeypatch.setattr(tilting, "mean_crps", counted)
    chance = np.random.Generator(np.random.Philox(key=2))
    fit_tilts(cumulate(toy_ensemble(toy_issues(203, seed=3), n_draws=500, runs=30)), chance.uniform(0, 100, 203))
    assert 2 < len(calls) <= 20


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"counts": TOY.counts[:, :, :100]}, "counts are"),
        ({"counts": TOY.counts - 1}, "not negative"),
        ({"runs": 39}, "more decisions than runs"),
        ({"runs": np.full(3, 40)}, "one number for each issue"),
        ({"uniforms": TOY.uniforms + 0.5}, "between 0 and 1"),
        ({"constants": TOY.constants[:2]}, "3 columns of draws for 2 constants"),
    ],
)
def test_ensembles_whose_arrays_do_not_fit_are_refused(change: dict, words: str):
    with pytest.raises(ValueError, match=words):
        replace(TOY, **change)
