"""The best that a party could hope for, by hand; against exact enumeration: `test_offer`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.rules.world import World, lists, make_world


def top(world: World, party: int = 0) -> tuple[list[int], float]:
    """The top deal of a party of the opened lane, and its gain."""
    return world.w.top_deal[0, party].tolist(), float(world.w.top_gain[0, party])


def test_the_top_is_the_best_that_all_would_accept() -> None:
    """The first issue is dear to p1, and the second pays it back."""
    values = lists(2, 2, 2, p0c0o1=0.5, p1c0o1=-0.2, p0c1o1=-0.1, p1c1o1=0.3)
    deal, gain = top(make_world(values))
    assert deal == [1, 1]
    assert gain == pytest.approx(0.4)


def test_without_a_deal_for_all_it_is_the_text_in_hand() -> None:
    assert top(make_world(lists(2, 1, 3, p0c0o1=0.5, p1c0o1=-0.1, p0c0o2=0.9, p1c0o2=-0.2))) == ([0], 0.0)


def test_an_outside_option_is_part_of_what_others_must_get() -> None:
    values = lists(2, 1, 3, p0c0o1=0.6, p1c0o1=0.1, p0c0o2=0.4, p1c0o2=0.3)
    assert top(make_world(values))[0] == [1]
    assert top(make_world(values, outside=[0.0, 0.2]))[0] == [2]


@pytest.mark.parametrize(("foresight", "deal"), [(0.0, [1]), (1.0, [2])])
def test_who_sits_outside_counts_as_far_as_it_is_foreseen(foresight: float, deal: list[int]) -> None:
    values = lists(3, 1, 3, p0c0o1=0.6, p1c0o1=0.1, p2c0o1=-0.5, p0c0o2=0.4, p1c0o2=0.1, p2c0o2=0.1)
    owns = np.zeros((3, 1, 3))
    owns[2, 0, 1:] = 1.0
    assert top(make_world(values, seated=[0, 1], standing=owns, foresight=[foresight] * 3))[0] == deal
