"""Simple forecasts, each against a hand-computed example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.positions.baselines import (
    Nash,
    compromise,
    fit_gaussian,
    gaussians,
    mean,
    median,
    nash,
    spread,
    weighted_median,
    weighted_positions,
)
from sim.analysis.positions.forecasters import point_forecasts
from sim.analysis.statistics.forecast_scores import GRID
from tests.analysis.spatial import EMISSIONS, issue

# Weights 50 * 1, 100 * 2, 25 * 2 = 50, 200, 50.
THREE = issue((0, 50, 1), (40, 100, 2), (100, 25, 2))


def test_compromise_model_by_hand():
    assert compromise(THREE) == pytest.approx((0 * 50 + 40 * 200 + 100 * 50) / 300)


def test_compromise_of_the_printed_example():
    # Sums by hand: s c x = 2.56+2.24+.24+5.12+9.6+9.6+14.4+.35+2+3.92, s c = .64+.32+.06+1.28+.96+.96+1.44+.05+.5+.56
    assert 100 * compromise(EMISSIONS) / 100 == pytest.approx(50.03 / 6.77, abs=1e-12)


def test_mean_and_median_by_hand():
    assert mean(THREE) == pytest.approx(140 / 3)
    assert median(THREE) == 40
    assert median(issue((0, 1, 1), (10, 1, 1), (30, 1, 1), (90, 1, 1))) == 20


def test_weighted_median_by_hand():
    assert weighted_median(THREE) == 40
    assert weighted_median(issue((0, 50, 6), (40, 50, 2), (100, 50, 3))) == 0
    assert weighted_median(EMISSIONS) == 7


def test_weighted_median_takes_the_middle_of_an_exact_half():
    assert weighted_median(issue((0, 10, 3), (20, 10, 0), (60, 10, 3))) == 30


def test_weights_that_are_all_zero_count_equally():
    assert compromise(issue((0, 0, 1), (50, 0, 3))) == 25


def test_nash_with_equal_parties_is_the_middle():
    for loss in (1.5, 2.0, 3.0):
        assert nash(issue((0, 100, 1), (100, 100, 1)), Nash(loss=loss)) == pytest.approx(50, abs=1e-5)


def test_quadratic_nash_by_hand():
    # x in units of the scale: max log(1 - x^2) + log(1 - (1 - x)^2 / 2), so 2 x^3 - 3 x^2 - 2 x + 1 = 0.
    roots = np.roots([2, -3, -2, 1])
    root = next(float(one.real) for one in roots if 0 < one.real < 1)
    assert nash(issue((0, 100, 1), (100, 50, 1))) == pytest.approx(100 * root, abs=1e-4)


def test_the_worse_the_breakdown_the_nearer_the_compromise_model():
    """Achen (2006): quadratic loss, powers, and breakdown bad for all alike."""
    two = issue((0, 100, 1), (100, 50, 1))
    assert compromise(two) == pytest.approx(100 / 3)
    far, near = nash(two, Nash(breakdown=1e4, powers=True)), nash(two, Nash(powers=True))
    assert far == pytest.approx(compromise(two), abs=0.01)
    assert near is not None
    assert near - compromise(two) > 2


def test_nash_with_the_reference_point_as_breakdown_by_hand():
    # Linear losses cancel saliences: gains 60 - |x - 60| and 100 - (100 - x) with q = 0: product (x)(x) up to 60,
    # then (120 - x) x, whose largest value is at 60 = the ideal of the first.
    two = issue((60, 100, 1), (100, 100, 1), reference_point=0.0)
    assert nash(two, Nash(loss=1.0, breakdown=None)) == pytest.approx(60, abs=1e-4)
    # Quadratic: (3600 - (x - 60)^2)(10000 - (100 - x)^2) = x^2 (120 - x)(200 - x): 4 x^2 - 960 x + 48000 = 0.
    assert nash(two, Nash(breakdown=None)) == pytest.approx((960 - np.sqrt(960**2 - 16 * 48000)) / 8, abs=1e-4)


def test_nash_stays_at_the_reference_point_where_somebody_likes_it_best():
    assert nash(issue((30, 100, 1), (80, 100, 1), reference_point=30.0), Nash(breakdown=None)) == 30
    assert nash(issue((10, 100, 1), (80, 100, 1), reference_point=30.0), Nash(breakdown=None)) == 30


def test_nash_without_a_reference_point_is_not_made_up():
    assert nash(THREE, Nash(breakdown=None)) is None
    assert point_forecasts(THREE)["nash_reference"] is None


@pytest.mark.parametrize("wrong", [{"loss": 0.5}, {"breakdown": 0.9}])
def test_nash_refuses_losses_that_are_not_concave_or_breakdown_that_is_no_breakdown(wrong):
    with pytest.raises(ValueError, match="1 or more"):
        Nash(**wrong)


stands = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 100), st.integers(1, 30)), min_size=2, max_size=12
).filter(lambda rows: len({row[0] for row in rows}) > 1)


@given(stands)
def test_every_point_lies_within_the_positions(rows):
    one = issue(*rows, reference_point=0.0)
    low, high = min(row[0] for row in rows), max(row[0] for row in rows)
    found = point_forecasts(one)
    for name, value in found.items():
        if name not in ("middle", "nash_reference"):
            assert value is not None
            assert low - 1e-6 <= value <= high + 1e-6, name


# Linear losses may leave a stretch of best points; of compromises the lowest midpoint is taken.
LOPSIDED = ("nash_linear", "expected_utility")


@given(stands)
def test_points_turn_round_with_the_scale(rows):
    one = issue(*rows)
    other = issue(*((100 - x, s, c) for x, s, c in rows))
    turned = point_forecasts(other)
    for name, value in point_forecasts(one).items():
        if value is not None and name not in LOPSIDED:
            assert turned[name] == pytest.approx(100 - value, abs=1e-3), name


# Weights 50 * 1, 100 * 2, 25 * 2 = 50, 200, 50.


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
