"""Numbers held: what becomes of the leading format."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.sensitivity.tornado import CHANGES, LEVEL, STAYS, paired_mean, swing
from sim.analysis.statistics.intervals import t_quantile


def test_the_leader_changes_only_beyond_simulation_error():
    random = np.random.default_rng(1)
    base = np.zeros((400, 2, 4))
    base[:, 0] = random.random((400, 4)) < 0.55
    base[:, 1] = random.random((400, 4)) < 0.45
    worse, much_worse = base[:100, :, :2].copy(), base[:100, :, :2].copy()
    worse[:20, 0] = 0.0
    worse[:5, 1] = 1.0
    much_worse[:, 0] = 0.0
    fates = [swing(0.0, base, held, leader=0, runner_up=1) for held in (base[:100, :, :2], worse, much_worse)]
    assert [(one.top, one.leader) for one in fates] == [(0, STAYS), (1, LEVEL), (1, CHANGES)]
    assert fates[2].changes[1] == paired_mean(np.zeros(100))
    assert fates[2].gap.high < 0.0


def test_a_paired_mean_counts_the_draws_in_which_anything_changed():
    """Changes 1, 0, 0, 3: mean 1, standard error sqrt(6 / 12), and one degree of freedom from two draws."""
    estimate = paired_mean(np.array([1.0, 0.0, 0.0, 3.0]))
    assert estimate.value == 1.0
    assert estimate.high - 1.0 == pytest.approx(float(t_quantile(1.0)) * np.sqrt(0.5))
    still = paired_mean(np.zeros(9))
    assert (still.value, still.low, still.high) == (0.0, 0.0, 0.0)


def test_a_swing_by_hand():
    """Two draws, two replications: held, the second format loses one run of four, the first gains one."""
    base = np.array([[[0, 1], [1, 1]], [[0, 0], [1, 0]]], dtype=float)
    held = np.array([[[1, 1], [1, 1]], [[0, 0], [0, 0]]], dtype=float)
    end = swing(0.9, base, held, leader=1, runner_up=0)
    assert [change.value for change in end.changes] == [0.25, -0.25]
    assert end.gap.value == -0.5
    assert (end.value, end.top, end.leader) == (0.9, 0, LEVEL)
