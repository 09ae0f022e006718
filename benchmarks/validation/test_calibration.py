"""Synthetic calibration on a process whose constants matter: it passes where all is right, and fails where not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.validation.calibration import (
    RANK_DRAWS,
    MadeUp,
    drawn_together,
    flatness,
    rank_check,
    recovery,
    single_runs,
    synthetic_outcomes,
)
from sim.analysis.backtest.tilting import NoDecisionError, forecast
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(30, outcomes=False)
FIRST = toy_ensemble(ISSUES, n_draws=300, runs=60, seed=5)
FRESH = toy_ensemble(ISSUES, n_draws=300, runs=60, seed=6)


@pytest.mark.parametrize(("truth", "other"), [([0.4, 0, 0], [-0.15, 0, 0]), ([0, -0.5, 0], [0, 0.5, 0])])
def test_the_truth_is_found_in_most_sets(truth, other):
    for right, wrong in ((truth, other), (other, truth)):
        found = recovery(FIRST, FRESH, right, wrong, sets=MadeUp(copies=20))
        assert found.n_outcomes == 600
        assert found.by_log >= 90
        assert found.by_crps >= 80


def test_a_constant_that_does_nothing_is_not_found():
    found = recovery(FIRST, FRESH, [0, 0, 1.0], [0, 0, -1.0], sets=MadeUp(copies=20, n_sets=200))
    assert found.by_log < 190


def test_tilts_that_are_too_near_and_ensembles_that_are_the_same_are_refused():
    with pytest.raises(ValueError, match="apart"):
        recovery(FIRST, FRESH, [0.3, 0, 0], [0, 0, 0])
    with pytest.raises(ValueError, match="another seed"):
        recovery(FIRST, FIRST, [1, 0, 0], [0, 0, 0])
    with pytest.raises(ValueError, match="same issues"):
        recovery(FIRST, replace(FRESH, issues=FRESH.issues[::-1]), [1, 0, 0], [0, 0, 0])
    with pytest.raises(ValueError, match="one run a draw"):
        rank_check(FIRST, FRESH, sets=MadeUp(together=True))


def test_ranks_are_even_where_all_is_right():
    found = rank_check(FIRST, FRESH, sets=MadeUp(copies=2, n_sets=200), n_samples=2000)
    assert found.histogram.sum(axis=1) == pytest.approx([200] * 3)
    assert found.ranks.min() >= 0
    assert found.ranks.max() <= RANK_DRAWS
    assert found.can_be_read
    assert (found.p_values > 0.001).all()


def test_ranks_are_uneven_where_the_data_come_from_elsewhere():
    shifted = np.roll(FRESH.counts, 12, axis=2)
    found = rank_check(FIRST, replace(FRESH, counts=shifted), sets=MadeUp(copies=2), n_samples=2000)
    assert found.p_values[0] < 1e-6


def test_flatness_by_hand():
    """Counts 15 and 5: (5^2 + 5^2) / 10 = 5 on 1 degree of freedom, p = 0.0253."""
    assert flatness(np.array([[15, 5], [10, 10]])) == pytest.approx([0.0253, 1.0], abs=1e-4)


def test_synthetic_outcomes_follow_the_forecast():
    share = forecast(FRESH, [1, 0, 0])
    chance = np.random.Generator(np.random.Philox(key=1))
    found = synthetic_outcomes(share, 5000, chance)
    assert found.sum(axis=1) == pytest.approx(np.full(30, 5000))
    assert np.abs(found / 5000 - share).max() < 0.04


def test_outcomes_of_a_proposal_drawn_together_are_of_one_run():
    """Two issues of one proposal with the same decisions have the same outcomes; one by one they have not."""
    ensemble = toy_ensemble(ISSUES[:2], n_draws=500, runs=1)
    twins = tuple(replace(one, proposal="p") for one in ISSUES[:2])
    both = replace(ensemble, issues=twins, counts=np.repeat(ensemble.counts[:1], 2, axis=0))
    chance = np.random.Generator(np.random.Philox(key=1))
    found = drawn_together(single_runs(both), np.array([1.0, 0, 0]), 300, chance)
    assert (found[0] == found[1]).all()
    assert found.sum(axis=1).tolist() == [300, 300]
    share = forecast(both, [1, 0, 0])
    assert found[0] @ np.arange(101) / 300 == pytest.approx(share[0] @ np.arange(101), abs=4)
    apart = synthetic_outcomes(share, 300, chance)
    assert (apart[0] != apart[1]).any()


def test_a_proposal_that_no_run_decides_as_a_whole_is_named():
    ensemble = toy_ensemble(ISSUES[:2], n_draws=10, runs=1)
    counts = ensemble.counts.copy()
    counts[0, ::2], counts[1, 1::2] = 0, 0
    twins = tuple(replace(one, proposal="p") for one in ISSUES[:2])
    with pytest.raises(NoDecisionError, match="i0, i1"):
        single_runs(replace(ensemble, issues=twins, counts=counts))
