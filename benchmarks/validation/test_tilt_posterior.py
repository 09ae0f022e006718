"""What outcomes say of the tilts: by hand, and the truth held where it is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.validation.tilt_posterior import bin_chances, forecasts, posterior_of, prior_tilts
from sim.analysis.backtest.tilting import NoDecisionError, forecast, weights_of
from tests.analysis.backtest.test_tilting import TOY, drawn, two_draws
from tests.analysis.ensembles import toy_ensemble, toy_issues


def test_many_forecasts_at_once_are_those_one_by_one():
    samples = prior_tilts(3, 3, seed=2)
    assert forecasts(TOY, samples) == pytest.approx(np.array([forecast(TOY, one) for one in samples]))


def test_issues_nobody_decided_are_named():
    with pytest.raises(NoDecisionError):
        bin_chances(two_draws({}, {}), np.zeros((1, 1)))


def test_the_posterior_holds_the_truth_and_shrinks():
    issues = toy_issues(200, seed=8)
    ensemble = toy_ensemble(issues, n_draws=200)
    samples = prior_tilts(3000, 3, seed=1)
    found = posterior_of(ensemble, drawn(ensemble, [1.0, -1.0, 0.0], 4), samples)
    assert found.weights.sum() == pytest.approx(1)
    assert found.mean[0] == pytest.approx(1.0, abs=3 * found.sd[0])
    assert found.sd[0] < 0.5
    assert found.sd[2] > 0.7  # says nothing of a constant that does nothing
    assert 1 < found.effective_size < 3000


def test_the_posterior_by_hand():
    """Outcome 80: likelihood of a tilt is its second draw's weight, mixed with the floor."""
    ensemble = two_draws({20: 10}, {80: 10})
    samples = np.array([[-1.0], [0.5]])
    likelihood = np.array([0.99 * weights_of(ensemble, one)[1] + 0.001 for one in samples])
    found = posterior_of(ensemble, np.array([80.0]), samples)
    assert found.weights == pytest.approx(likelihood / likelihood.sum())
    assert bin_chances(ensemble, samples).sum(axis=2) == pytest.approx(np.ones((2, 1)))
    assert bin_chances(ensemble, samples)[0, 0].min() == pytest.approx(1e-3)
