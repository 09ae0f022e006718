"""Does a signed text last: worked examples, and the walk against a plain simulation of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.rules.durability import hold
from sim.types.tables import HOLD_ONCE
from tests.rules.world import (
    World,
    can_break_probe,
    enforcement_probe,
    lists,
    make_world,
    owner,
)

KEY = 20250815


def lasting(gain: float, **changes) -> World:
    """Two signatories; p1 gains `gain`."""
    fields = {"volatility": [0.0], "hold_months": [24], **changes}
    world = make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=gain), **fields)
    world.w.text[:] = [1]
    return world


def held(world: World, key: int = KEY) -> tuple[int, int]:
    mask = hold(world.tables, world.work, 0, key, 0.0)
    return mask, int(world.w.held[0])


def test_without_shocks_a_good_text_lasts_and_a_bad_one_ends_in_its_first_month() -> None:
    assert held(lasting(0.1)) == (0, 24)
    assert held(lasting(0.0)) == (0, 24)
    assert held(lasting(-0.1)) == (2, 1)


def test_a_drift_on_ones_side_ends_a_text_on_time() -> None:
    """Once the ending option stands, a price that turns into a gain of 0.01 a month eats 0.1 in ten months."""
    world = lasting(0.105, drift=[0.0, 0.01], ending=[[0, 1]])
    assert held(world) == (2, 11)


def test_a_share_of_the_price_drifts_by_its_share() -> None:
    """Half of the drift of 0.01 a month eats 0.105 in 21 months."""
    assert held(lasting(0.105, drift=[0.0, 0.01], ending=[[0.0, 0.5]])) == (2, 22)
    assert held(lasting(0.105, drift=[0.0, 0.01], ending=[[0.0, 0.0]])) == (0, 24)


def test_what_lapses_is_left_out_of_later_months_by_hand() -> None:
    """A part worth 0.3 to p1 makes up for one that costs it 0.1, until it lapses after six months."""
    fields = {"volatility": [0.0], "hold_months": [24], "price": [0.1, 0.0]}
    world = make_world(lists(2, 2, 2, p0c0o1=0.5, p1c0o1=-0.1, p1c1o1=0.3), **fields)
    world.w.text[:] = [1, 1]
    assert held(world) == (0, 24)
    world = make_world(lists(2, 2, 2, p0c0o1=0.5, p1c0o1=-0.1, p1c1o1=0.3), lasts=[[0, 0], [0, 6]], **fields)
    world.w.text[:] = [1, 1]
    assert held(world) == (2, 7)
    assert world.w.text.tolist() == [1, 1]  # as signed
    assert world.w.lasting.tolist() == [1, 0]


@pytest.mark.parametrize("once", [0, 1])
def test_a_text_of_which_nothing_is_left_has_lasted_until_its_last_part_lapsed(once: int) -> None:
    values = lists(2, 2, 2, p0c0o1=0.5, p1c0o1=0.2, p1c1o1=0.3)
    world = make_world(values, volatility=[0.0], hold_months=[24], lasts=[[0, 3], [0, 6]])
    world.tables.arrays.switch[HOLD_ONCE] = once
    world.w.text[:] = [1, 1]
    assert held(world) == (0, 6)
    assert world.w.lasting.tolist() == [0, 0]


def test_what_an_earlier_leg_left_in_force_began_then() -> None:
    world = make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=0.2), volatility=[0.0], hold_months=[24], lasts=[[0, 6]])
    world.w.text[:] = world.w.in_force[:] = [1]
    world.w.signed[:], world.w.since[:] = 3, 2
    assert hold(world.tables, world.work, 0, KEY, 4.0) == 0  # in the fifth month, three after the second
    assert int(world.w.held[0]) == 3


def test_enforcement_keeps_a_text_together() -> None:
    world = lasting(-0.1, enforcement=lists(2, 1, 2, p1c0o1=0.15))
    world.put([1])
    assert enforcement_probe(world.tables, world.work, 0, 1) == pytest.approx(0.15)
    assert held(world) == (0, 24)


def test_survival_of_the_walk_is_that_of_a_random_walk() -> None:
    """P(lasting) against a plain simulation of the same walk."""
    world = lasting(0.1, volatility=[0.04])
    lasted = np.mean([held(world, key)[0] == 0 for key in range(1, 3001)])
    walks = np.cumsum(np.random.default_rng(1).normal(0.0, 0.04, (40_000, 2, 24)), axis=2)
    expected = np.mean((walks[:, 0].max(axis=1) <= 0.5) & (walks[:, 1].max(axis=1) <= 0.1))
    assert lasted == pytest.approx(expected, abs=0.03)


def test_one_look_at_the_horizon() -> None:
    world = lasting(0.1, volatility=[0.04], switch={HOLD_ONCE: 1})
    lasted = np.mean([held(world, key)[0] == 0 for key in range(1, 3001)])
    assert lasted == pytest.approx(0.5 * (1 + math.erf(0.1 / (0.04 * math.sqrt(24)) / math.sqrt(2))), abs=0.03)


def test_an_absent_party_breaks_by_its_standing_on_what_it_dislikes() -> None:
    world = owner([0.4, 1.0], [-0.2, 0.1])
    for deal, chance in (([1, 0], 0.4), ([0, 1], 0.0), ([1, 1], 0.4)):
        world.put(deal)
        able = [can_break_probe(world.tables, world.work, 0, key, 2, 0.0) for key in range(1, 2001)]
        assert np.mean(able) == pytest.approx(chance, abs=0.035)
        assert can_break_probe(world.tables, world.work, 0, KEY, 0, 0.0) == 1  # one of two that gain


@pytest.mark.parametrize(
    ("worth", "fields", "able"),
    [
        (0.0, {}, False),  # signs what does not touch it
        (0.2, {}, False),  # gains by all of it, and nothing of it is in its hands
        (-0.01, {}, True),  # it costs it something
        (0.2, {"standing": lists(3, 1, 2, p1c0o1=0.1)}, True),  # its own, in part
        (0.2, {"price": [0.0, -0.1, 0.0], "ending": [[0, 1]]}, True),  # ends a quarrel that it pays for
        (0.2, {"price": [-0.1, 0.0, -0.1], "ending": [[0, 1]]}, False),  # ends one that the other pays for
    ],
)
def test_a_signatory_can_end_what_needs_something_of_it(worth: float, fields: dict[str, Any], able: bool) -> None:
    world = make_world(lists(3, 1, 2, p0c0o1=0.5, p1c0o1=worth, p2c0o1=0.5), **fields)
    world.put([1])
    assert bool(can_break_probe(world.tables, world.work, 0, KEY, 1, 0.0)) is able


def test_what_two_sides_agree_takes_both() -> None:
    """Of a third that signs for nothing, or of the same bloc, no more is needed."""
    for values, bloc, able in (
        ([0.5, 0.2, 0.0], [0, 1, 2], [1, 1, 0]),
        ([0.5, 0.2, 0.1], [0, 1, 2], [0, 0, 0]),
        ([0.5, 0.2, 0.1], [0, 1, 1], [1, 1, 1]),
    ):
        world = make_world(lists(3, 1, 2, **{f"p{p}c0o1": value for p, value in enumerate(values)}), bloc=bloc)
        world.put([1])
        assert [can_break_probe(world.tables, world.work, 0, KEY, p, 0.0) for p in range(3)] == able


def test_who_was_outvoted_on_a_part_can_end_the_others() -> None:
    world = make_world(lists(2, 2, 2, p1c0o1=-0.1, p1c1o1=-0.1))
    for dissent, text, able in (([2, 0], [1, 0], False), ([2, 0], [1, 1], True), ([2, 2], [1, 1], False)):
        world.w.dissent[:] = dissent
        world.put(text)
        assert bool(can_break_probe(world.tables, world.work, 0, KEY, 1, 0.0)) is able


def test_what_earlier_legs_left_in_force_is_ended_by_those_who_signed_it_then() -> None:
    world = make_world(lists(3, 1, 2, p0c0o1=-0.1, p1c0o1=-0.1, p2c0o1=-0.1), seated=[1, 2])
    world.w.in_force[:], world.w.signed[:] = [1], [0b011]
    world.put([1])
    able = [can_break_probe(world.tables, world.work, 0, KEY, p, 0.0) for p in range(3)]
    assert able == [1, 1, 0]
