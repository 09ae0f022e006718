"""When a listener says yes: worked examples, and the threshold that the yes is made of."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from sim.rules.acceptance import accepts, error_needed

shares = st.floats(0.0, 1.0)


def test_acceptance_needs_the_reservation_value_and_the_aspiration_within_the_error() -> None:
    assert accepts(0.3, 0.2, 0.0, 0.5, 0.0)
    assert not accepts(0.1, 0.2, 0.0, 0.5, 0.0)
    assert accepts(0.1, 0.2, 0.0, 0.5, 0.11)  # a generous misjudgement
    assert not accepts(0.3, 0.2, 0.0, 0.5, -0.11)
    assert not accepts(-0.01, 0.0, 0.0, 1.0, 5.0)  # no error signs below the reservation value
    assert accepts(0.0, 0.0, 0.0, 1.0, 0.0)  # equality is enough


def test_pressure_and_support_move_reservation_and_by_what_is_conceded_the_aspiration() -> None:
    assert accepts(-0.1, 0.0, -0.15, 1.0, 0.0)  # pressed down by 0.15
    assert not accepts(0.1, 0.0, 0.15, 1.0, 0.0)  # supported up by 0.15
    assert not accepts(0.1, 0.2, -0.15, 0.0, 0.0)  # at the start the aspiration is the top and does not move
    assert accepts(0.1, 0.2, -0.15, 1.0, 0.0)


@given(st.floats(-1.0, 1.0), shares, st.floats(-1.0, 1.0), shares, st.floats(-2.0, 2.0))
def test_the_error_needed_is_the_least_that_is_enough(
    gain: float, gap: float, shift: float, conceded: float, error: float
) -> None:
    least = error_needed(gain, gap, shift, conceded)
    assert accepts(gain, gap, shift, conceded, error) == (error >= least)
    assert math.isinf(least) == (gain - shift < 0.0)
