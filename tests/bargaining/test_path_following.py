"""Branches of fixed points: followed where iteration stalls, round a fold, and flagged where they are lost."""

from __future__ import annotations

import numpy as np
import pytest

from sim.bargaining.path_following import damped, polish, trace


def cooling(unknowns, log_precision):
    """`F(v) = exp(-L v)`: the fixed point falls as L grows, and plain iteration overshoots more and more."""
    precision = np.exp(log_precision)
    value = np.exp(-precision * unknowns)
    slope = -precision * value
    return value - unknowns, np.array([[slope[0] - 1.0, -precision * unknowns[0] * value[0]]])


def folded(unknowns, log_precision):
    """The branch `log L = v^3 - 3 v` turns back at v = -1 and v = 1 (written as a residual, not as F(v) - v)."""
    v = unknowns[0]
    return np.array([log_precision - (v**3 - 3 * v)]), np.array([[-(3 * v**2 - 3), 1.0]])


def test_damped_iteration_finds_an_easy_fixed_point():
    found = damped(cooling, np.zeros(1), 0.0, most=200)
    assert found.unknowns[0] == pytest.approx(0.567143, abs=1e-6)  # the omega constant
    assert found.iterations < 200


def test_newton_polishes_what_iteration_leaves():
    rough = damped(cooling, np.zeros(1), 0.0, most=5)
    exact = polish(cooling, rough.unknowns, 0.0, target=1e-13, most=30)
    assert exact.residual <= 1e-13
    assert exact.residual < rough.residual
    assert exact.unknowns[0] * np.exp(exact.unknowns[0]) == pytest.approx(1.0, abs=1e-12)


def test_a_branch_is_followed_to_where_iteration_stalls():
    """`v exp(L v) = 1` at L = e^8."""
    stalled = damped(cooling, np.full(1, 0.5), 8.0, most=100)
    found = trace(cooling, np.full(1, 0.5), (0.0, 8.0), target=1e-10, most=2000)
    assert stalled.residual > 1e-3
    assert found.residual <= 1e-10
    assert found.unknowns[0] * np.exp(np.exp(8.0) * found.unknowns[0]) == pytest.approx(1.0, abs=1e-6)


def test_a_branch_that_turns_back_is_followed_round_its_folds():
    """From v = -2.1 at log L = -2.961 up to the fold at 2, back to the fold at -2, and up again to v = 2.5."""
    start, ends = np.array([-2.1]), (-(2.1**3) + 3 * 2.1, 2.5**3 - 3 * 2.5)
    found = trace(folded, start, ends, target=1e-10, most=4000)
    assert found.residual <= 1e-10
    assert found.unknowns[0] == pytest.approx(2.5, abs=1e-8)


def test_a_search_cut_short_says_how_far_it_is_off():
    found = trace(cooling, np.full(1, 0.5), (0.0, 8.0), target=1e-10, most=12)
    assert found.iterations <= 12 + 60
    assert found.residual == pytest.approx(float(np.abs(cooling(found.unknowns, 8.0)[0]).max()))
