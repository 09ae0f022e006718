"""The statistical layer: its weights are the least of a convex score, and useless parts get none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.backtest.stacking import Layer, Mixture, Parts, fit_layer, fit_mixture, simplex_weights, smooth
from sim.analysis.positions.baselines import compromise, gaussians
from sim.analysis.statistics.forecast_scores import crps
from tests.analysis.positions.test_baselines import THREE, made
from tests.analysis.spatial import point_at


def test_two_points_by_hand():
    """Parts at 20 and 60: with weight a at 20 the CRPS between is ``(1 - a)^2 40`` at 20, ``a^2 40`` at 60.

    Outcomes 20, 20, 60: the mean is ``40 (2 (1 - a)^2 + a^2) / 3``, least at a = 2/3.
    """
    parts = np.array([np.repeat(point_at(one), 3, axis=0) for one in (20, 60)])
    weights, least = simplex_weights(parts, np.array([20.0, 20.0, 60.0]))
    assert weights == pytest.approx([2 / 3, 1 / 3])
    assert least == pytest.approx(40 * (2 / 9 + 4 / 9) / 3)


def test_weights_do_not_go_below_zero():
    """Outcomes at 0: the point at 60 is worse than that at 20, so a weight of any sign would go below 0."""
    parts = np.array([np.repeat(point_at(one), 2, axis=0) for one in (60, 20)])
    weights, least = simplex_weights(parts, np.zeros(2))
    assert weights == pytest.approx([0, 1])
    assert least == pytest.approx(20)


def test_equal_parts_share():
    parts = np.array([np.repeat(point_at(20), 2, axis=0)] * 3)
    weights, least = simplex_weights(parts, np.array([10.0, 30.0]))
    assert weights.sum() == pytest.approx(1)
    assert least == pytest.approx(10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_no_other_mixture_scores_better(seed):
    chance = np.random.Generator(np.random.Philox(key=seed))
    parts = chance.dirichlet(np.full(101, 0.05), size=(3, 8))
    outcomes = chance.uniform(0, 100, 8)
    weights, least = simplex_weights(parts, outcomes)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    assert least == pytest.approx(crps(np.tensordot(weights, parts, 1), outcomes).mean(), abs=1e-8)
    for other in chance.dirichlet(np.ones(3), size=30):
        assert least <= crps(np.tensordot(other, parts, 1), outcomes).mean() + 1e-9


def test_smoothing_keeps_mass_and_widens():
    one = point_at(50)
    assert (smooth(one, 0.0) == one).all()
    assert smooth(one, 8.0) == pytest.approx(gaussians(np.array([50.0]), 8.0))
    assert smooth(point_at(0), 8.0).sum() == pytest.approx(1)


def test_a_simulation_that_is_too_narrow_is_smoothed_and_a_useless_one_left_out():
    chance = np.random.Generator(np.random.Philox(key=6))
    centres = chance.uniform(30, 70, 400)
    outcomes = np.clip(centres + 8 * chance.standard_normal(400), 0, 100)
    marginal = np.repeat(gaussians(np.array([50.0]), 15.0), 400, axis=0)
    narrow = Parts(gaussians(centres, 1.0), marginal, marginal, marginal)
    found = fit_layer(narrow, outcomes, with_gaussian=False)
    assert found.process > 0.8
    assert found.width in {6.0, 8.0}
    useless = Parts(gaussians(100 - centres, 1.0), gaussians(centres, 8.0), gaussians(centres, 8.0), marginal)
    away = fit_layer(useless, outcomes, with_gaussian=True)
    assert away.process < 0.1
    assert sum((away.process, away.positions, away.gaussian, away.marginal)) == pytest.approx(1)
    assert away.forecast(useless).sum(axis=1) == pytest.approx(np.ones(400))


def test_a_layer_by_hand():
    parts = Parts(point_at(10), point_at(20), point_at(30), point_at(40))
    found = Layer(0.1, 0.2, 0.3, 0.4, 0.0).forecast(parts)
    assert found[0, [10, 20, 30, 40]] == pytest.approx([0.1, 0.2, 0.3, 0.4])


def test_the_fitted_mixture_finds_where_outcomes_come_from():
    """Outcomes that are the first actor's position, noise round the mean, or neither."""
    near = fit_mixture(list(made(200, 6.0, 4)))
    assert near.gaussian > 0.7
    assert near.sd == pytest.approx(6.0, rel=0.2)
    chance = np.random.Generator(np.random.Philox(key=5))
    on = [replace(one, outcome=float(one.positions[chance.integers(0, 5)])) for one in made(200, 1.0, 6)]
    assert fit_mixture(on).positions > 0.6
    assert sum(near.marginal) == pytest.approx(1)


def test_a_mixture_is_the_sum_of_its_parts_by_hand():
    marginal = [0.0] * 101
    marginal[100] = 1.0
    found = Mixture(0.5, 0.25, 10.0, tuple(marginal)).forecast([THREE])[0]
    normal = gaussians(np.array([compromise(THREE)]), 10.0)[0]
    assert found[0] == pytest.approx(0.5 / 6 + 0.25 * normal[0])
    assert found[100] == pytest.approx(0.5 / 6 + 0.25 * normal[100] + 0.25)


def test_a_mixture_needs_two_proposals():
    with pytest.raises(ValueError, match="two proposals"):
        fit_mixture([replace(THREE, outcome=3.0)])
