"""Simple forecasts as distributions: by hand, and a Gaussian whose width is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.positions.baseline_spreads import fit_gaussian, gaussians, spread, weighted_positions
from sim.analysis.positions.baselines import compromise
from sim.analysis.statistics.forecast_scores import GRID
from tests.analysis.spatial import EMISSIONS, issue

# Weights 50 * 1, 100 * 2, 25 * 2 = 50, 200, 50.
THREE = issue((0, 50, 1), (40, 100, 2), (100, 25, 2))


def test_a_point_between_grid_points_keeps_its_mean():
    found = spread(np.array([12.25, 100.0]), np.array([0.4, 0.6]))
    assert found[12] == pytest.approx(0.3)
    assert found[13] == pytest.approx(0.1)
    assert found[100] == pytest.approx(0.6)
    assert found @ GRID == pytest.approx(0.4 * 12.25 + 60)


def test_weighted_positions_by_hand():
    found = weighted_positions([THREE, replace(EMISSIONS, low=0.0, high=10.0)])
    assert found.shape == (2, 101)
    assert found[0][[0, 40, 100]] == pytest.approx([1 / 6, 4 / 6, 1 / 6])
    assert found[1][[40, 70, 100]] == pytest.approx([2.48 / 6.77, 0.93 / 6.77, 3.36 / 6.77])


def test_a_gaussian_is_cut_to_the_grid():
    found = gaussians(np.array([0.0, 50.0]), 10.0)
    assert found.sum(axis=1) == pytest.approx([1, 1])
    assert found[1][50] == pytest.approx(0.0398776, abs=1e-6)  # 2 Phi(0.05) - 1
    assert found[0][0] / found[0][10] == pytest.approx(0.0398776 / 0.024191, rel=1e-3)


def made(n: int, sd: float, seed: int):
    """Issues whose outcome is the compromise mean plus noise."""
    chance = np.random.Generator(np.random.Philox(key=seed))
    for k in range(n):
        rows = [(float(x), 50.0, 1.0) for x in chance.integers(30, 71, size=5)]
        one = issue(*rows, proposal=f"p{k // 2}", id=f"i{k}")
        yield replace(one, outcome=float(np.clip(compromise(one) + sd * chance.standard_normal(), 0, 100)))


def test_the_fitted_gaussian_finds_the_noise():
    assert fit_gaussian(list(made(600, 6.0, 3))) == pytest.approx(6.0, rel=0.1)


def test_an_issue_without_an_outcome_is_refused():
    with pytest.raises(ValueError, match="no outcome: i"):
        fit_gaussian([THREE])
