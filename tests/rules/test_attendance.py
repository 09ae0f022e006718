"""Who comes, who plays for time, and who would come again."""

from __future__ import annotations

import pytest

from sim.rules.attendance import meets_again, stalls, stays_away


@pytest.mark.parametrize(
    ("top", "seats", "value", "cost", "away"),
    [
        (0.4, 2, 0.0, 0.1, False),  # an equal share of 0.2 pays for 0.1
        (0.4, 5, 0.0, 0.1, True),  # of 0.08 does not
        (0.0, 2, 0.0, 0.0, False),  # nothing to win, nothing to lose: comes
        (-0.5, 2, 0.1, 0.05, False),  # a top below the reservation value counts as nothing
        (-0.5, 2, 0.0, 0.05, True),
        (0.0, 2, 0.05, 0.0, False),  # comes for the picture
    ],
)
def test_who_comes(top: float, seats: int, value: float, cost: float, away: bool) -> None:
    assert stays_away(top, seats, value, cost) == away


def test_who_plays_for_time() -> None:
    assert not stalls(0.0, 0.0, 0.0, 1.0, -1.0)  # waiting for nothing is no reason
    assert stalls(0.02, 0.0, 0.0, 1.0, -1.0)  # time on its side, nothing acceptable on the table
    assert not stalls(0.02, 0.0, 0.03, 1.0, -1.0)  # talks cost more than waiting brings
    assert not stalls(0.004, 0.0, 0.0, 0.9, 0.05)  # an offer of 0.05 put off by a month loses 0.005
    assert stalls(0.006, 0.0, 0.0, 0.9, 0.05)
    assert stalls(0.004, 0.002, 0.0, 0.9, 0.05)  # meetings help


def test_who_is_more_patient_waits_longer() -> None:
    waits = [stalls(0.01, 0.0, 0.0, patience, 0.05) for patience in (0.05, 0.3, 0.6, 0.79, 0.81, 0.9, 1.0)]
    assert waits == [False, False, False, False, True, True, True]


def test_who_meets_again() -> None:
    assert not meets_again(0.0, 2, 0.0, 0.0, 0.97, 12.0)  # nothing in it for anybody
    assert meets_again(0.0, 2, 0.01, 0.0, 0.97, 12.0)
    assert meets_again(0.24, 2, 0.0, 0.009, 1.0, 12.0)  # 0.12 over 12 months is 0.01 a month
    assert not meets_again(0.24, 2, 0.0, 0.011, 1.0, 12.0)
    assert not meets_again(0.24, 2, 0.0, 0.009, 0.9, 12.0)  # discounted to 0.0028
