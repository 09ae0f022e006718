"""What is still demanded as time goes by: worked examples and laws of the aspiration."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.rules.aspiration import blended_gap, conceded_share, time_share

shares = st.floats(0.0, 1.0)
exponents = st.floats(0.05, 20.0)


@pytest.mark.parametrize(
    ("step", "n_steps", "exponent", "expected"),
    [
        (0, 10, 0.3, 1.0),
        (9, 10, 0.3, 0.0),  # the last chance to speak
        (5, 11, 1.0, 0.5),  # linear, half way
        (5, 11, 0.5, 0.75),  # boulware: 1 - 0.5 ** 2
        (5, 11, 2.0, 1.0 - 0.5**0.5),  # conceder
        (0, 1, 1.0, 0.0),  # a single step is the last one
    ],
)
def test_share_still_demanded(step: int, n_steps: int, exponent: float, expected: float) -> None:
    assert time_share(step, n_steps, exponent) == pytest.approx(expected, abs=1e-12)


@given(st.integers(0, 30), st.integers(2, 32), exponents, exponents)
def test_share_falls_in_time_and_a_smaller_exponent_holds_out(step: int, n: int, one: float, two: float) -> None:
    step = min(step, n - 2)
    low, high = sorted((one, two))
    assert time_share(step + 1, n, one) <= time_share(step, n, one)
    assert time_share(step, n, low) >= time_share(step, n, high)


def test_aspiration_blends_the_clock_with_what_was_received() -> None:
    assert blended_gap(0.8, 0.5, 0.1, 0.0) == pytest.approx(0.4)
    assert blended_gap(0.8, 0.5, 0.1, 1.0) == pytest.approx(0.7)
    assert blended_gap(0.8, 0.5, 0.1, 0.25) == pytest.approx(0.75 * 0.4 + 0.25 * 0.7)
    assert blended_gap(0.8, 1.0, 5.0, 1.0) == 0.0  # never below the reservation value
    assert blended_gap(0.8, 1.0, 0.0, 1.0) == pytest.approx(0.8)  # nor above the top
    assert blended_gap(0.0, 1.0, 0.0, 0.5) == 0.0
    assert blended_gap(-0.2, 1.0, 0.0, 0.5) == 0.0


@pytest.mark.parametrize("received", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("rho", [0.0, 0.25, 1.0])
def test_the_aspiration_follows_a_moved_reservation_value_by_the_share_conceded(received: float, rho: float) -> None:
    top, share, shift = 0.8, 0.6, 1e-6
    unmoved = blended_gap(top, share, received, rho)
    moved = shift + blended_gap(top - shift, share, received, rho)  # the top stays where it is
    assert (moved - unmoved) / shift == pytest.approx(conceded_share(top, share, received, rho), abs=1e-6)


@given(shares, shares, shares, shares)
def test_aspiration_lies_between_reservation_and_top(top: float, share: float, received: float, rho: float) -> None:
    assert -1e-12 <= blended_gap(top, share, received, rho) <= top + 1e-12
