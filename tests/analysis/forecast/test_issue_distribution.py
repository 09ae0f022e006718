"""Distributions of an issue over runs, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.forecast.issue_distribution import distribution, wasserstein


def test_a_distribution_by_hand():
    places = np.array([0.0, 10.0, 40.0, 0.0])  # the status quo and a text that writes it down share a place
    option, draw = np.array([0, 3, 1, 2, 2, 2, 1, 1]), np.repeat([0, 1, 2, 3], 2)
    found = distribution(places, option, draw, 4)
    assert found.positions.tolist() == [0.0, 10.0, 40.0]
    assert found.probabilities.tolist() == [0.25, 0.375, 0.375]
    assert found.median.value == 10.0
    assert found.median.low <= 10.0 <= found.median.high
    assert found.mean.value == pytest.approx((0 + 0 + 10 + 40 + 40 + 40 + 10 + 10) / 8)
    assert found.interval(0.5) == (0.0, 40.0)
    assert found.interval(0.2) == (10.0, 10.0)
    assert found.share_at(0.0).value == 0.25
    assert found.share_at(24.0).value == 0.375
    assert found.positions[found.nearest(5.0)] == 0.0  # of two as near, the lower
    grid = found.grid(0.0, 40.0)
    assert grid.shape == (101,)
    assert (grid[0], grid[25], grid[100]) == (0.25, 0.375, 0.375)


def test_a_distribution_needs_a_run():
    with pytest.raises(ValueError, match="needs a run"):
        distribution(np.array([0.0, 1.0]), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), 2)


def test_the_median_is_sure_where_all_draws_agree_and_wide_where_they_do_not():
    places, draw = np.array([0.0, 1.0, 2.0]), np.repeat(np.arange(60), 2)
    sure = distribution(places, np.ones(120, dtype=np.int64), draw, 60)
    assert (sure.median.low, sure.median.high) == (1.0, 1.0)
    split = distribution(places, np.repeat([0, 2], 60), draw, 60)
    assert (split.median.low, split.median.high) == (0.0, 2.0)


def test_the_distance_of_two_distributions_by_hand():
    places, draw = np.array([0.0, 10.0, 40.0]), np.array([0, 1, 2, 3])
    one, other = (distribution(places, np.array(options), draw, 4) for options in ([0, 0, 1, 2], [1, 1, 1, 2]))
    assert wasserstein(one, other) == pytest.approx(0.5 * 10.0)
    assert wasserstein(one, one) == 0.0
