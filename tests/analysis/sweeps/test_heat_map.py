"""Maps against counts made by hand."""

import numpy as np
import pytest

from sim.analysis.statistics.intervals import ratios
from sim.analysis.sweeps.heat_map import heat_map

HITS = np.array([[[1, 0], [3, 2]], [[4, 1], [4, 2]], [[0, 4], [2, 4]], [[2, 2], [2, 0]]])  # [P, D, F]
TRIALS = np.full_like(HITS, 4)


def test_each_point_stands_at_its_levels():
    heat = heat_map(("price", [0.5, 0.1, 0.5, 0.1]), ("weight", [1, 1, 2, 2]), HITS, TRIALS)
    assert (heat.rows.levels, heat.columns.levels) == ((0.1, 0.5), (1.0, 2.0))
    assert heat.value[:, :, 0].tolist() == [[1.0, 0.5], [0.5, 0.25]]
    assert heat.value[:, :, 1].tolist() == [[0.375, 0.25], [0.25, 1.0]]
    assert heat.points.tolist() == [[1, 1], [1, 1]]


def test_intervals_are_those_of_the_draws():
    heat = heat_map(("price", [1, 2, 3, 4]), None, HITS, TRIALS)
    share = ratios(HITS[2], TRIALS[2])
    assert heat.low[2, 0].tolist() == share.low.tolist()
    assert heat.high[2, 0].tolist() == share.high.tolist()


def test_points_with_the_same_levels_are_pooled_draw_by_draw():
    heat = heat_map(("price", [1, 1, 2, 2]), None, HITS, TRIALS)
    assert heat.hits[:, 0, 0].tolist() == [[5, 1], [7, 4]]
    assert heat.points.tolist() == [[2], [2]]
    share = ratios(HITS[:2].sum(axis=0), TRIALS[:2].sum(axis=0))
    assert heat.low[0, 0].tolist() == share.low.tolist()


def test_words_keep_the_order_in_which_they_occur():
    heat = heat_map(("firm", ["none", "both", "none", "both"]), ("on", [True, False, True, False]), HITS, TRIALS)
    assert heat.rows.levels == ("none", "both")
    assert not heat.rows.numeric
    assert heat.columns.levels == ("True", "False")
    assert heat.points.tolist() == [[2, 0], [0, 2]]


def test_what_was_not_played_is_unknown():
    there = np.array([1, 0, 1, 1])[:, None, None]
    heat = heat_map(("a", [1, 1, 2, 2]), ("b", [1, 2, 1, 1]), HITS * there, TRIALS * there)
    assert np.isnan(heat.value[0, 1]).all()
    assert np.isnan(heat.value[1, 1]).all()
    assert heat.low[1, 1].tolist() == [0.0, 0.0]
    assert heat.high[1, 1].tolist() == [1.0, 1.0]
    assert np.isfinite(heat.value[[0, 1], 0]).all()


def test_many_levels_are_cut_into_bins_of_equal_width():
    levels = np.array([0.0, 0.24, 0.26, 1.0])
    heat = heat_map(("price", levels), None, HITS, TRIALS, bins=2)
    assert heat.rows.binned
    assert heat.rows.levels == (0.25, 0.75)
    assert heat.points[:, 0].tolist() == [3, 1]
    assert heat_map(("price", levels), None, HITS, TRIALS, bins=4).rows.levels == pytest.approx(levels)
