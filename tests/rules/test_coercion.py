"""Levers and support: worked examples of how a reservation value is moved."""

from __future__ import annotations

import numpy as np
import pytest

from tests.rules.world import (
    kept_probe,
    lists,
    make_world,
    shift_probe,
)

P0, P1, P2 = 1, 2, 4


def pairs(n: int, **places: float) -> np.ndarray:
    """[n, n] by patron and target: `a0on1=0.3`."""
    out = np.zeros((n, n))
    for name, value in places.items():
        patron, target = name[1:].split("on")
        out[int(patron), int(target)] = value
    return out


def pressing(**changes: float | np.ndarray):
    """p0 may take 0.3 off p1 if 0.5 times its gain exceeds 0.1."""
    fields = {
        "leverage": pairs(3, a0on1=0.3),
        "motive": pairs(3, a0on1=0.5),
        "pressure_cost": pairs(3, a0on1=0.1),
        "bloc": np.arange(3),
    }
    return make_world(lists(3, 1, 2, p0c0o1=1.0), **{**fields, **changes})


def shift(world, gains: list[float], patrons: int, target: int = 1, deal: int = 1) -> float:
    world.put([deal], gains)
    return shift_probe(world.tables, world.work, 0, target, patrons)


def test_a_patron_presses_where_motive_times_gain_exceeds_cost() -> None:
    world = pressing()
    assert shift(world, [0.21, 0.0, 0.0], P0) == pytest.approx(-0.3)
    assert shift(world, [0.2, 0.0, 0.0], P0) == 0.0  # equal to the cost is not enough
    assert shift(world, [0.21, 0.0, 0.0], P1 | P2) == 0.0  # not in a position to press
    assert shift(world, [0.21, 0.0, 0.0], P0, target=2) == 0.0  # no lever on that one


@pytest.mark.parametrize(
    "change",
    [
        {"leverage": np.zeros((3, 3))},
        {"motive": np.zeros((3, 3)), "pressure_cost": np.zeros((3, 3))},
        {"pressure_cost": np.full((3, 3), np.inf)},
    ],
    ids=["ability", "motive", "cost"],
)
def test_without_ability_motive_or_at_infinite_cost_nothing_moves(change: dict) -> None:
    assert shift(pressing(**change), [5.0, 0.0, 0.0], P0 | P1 | P2) == 0.0


def test_support_comes_from_those_who_lose() -> None:
    world = make_world(lists(3, 1, 2), support=pairs(3, a2on1=0.2))
    assert shift(world, [0.0, 0.0, -0.01], 0) == pytest.approx(0.2)
    assert shift(world, [0.0, 0.0, 0.0], 0) == 0.0  # at its reservation value it does not mind
    assert shift(world, [0.0, 0.0, 0.5], 0) == 0.0


def test_support_and_pressure_are_capped_each() -> None:
    world = make_world(
        lists(4, 1, 2),
        support=pairs(4, a3on1=0.9),
        leverage=pairs(4, a0on1=0.4, a2on1=0.3),
        motive=pairs(4, a0on1=1.0, a2on1=1.0),
        pressure_cap=[0.5],
    )
    assert shift(world, [1.0, 0.0, 1.0, 1.0], P0 | P2) == pytest.approx(-0.5)
    assert shift(world, [1.0, 0.0, -1.0, 1.0], P0) == pytest.approx(-0.4)
    assert shift(world, [1.0, 0.0, 1.0, -1.0], P0) == pytest.approx(0.5 - 0.4)
    assert shift(world, [1.0, 0.0, 1.0, -1.0], P0 | P2) == pytest.approx(0.0)


def test_a_bloc_presses_and_supports_once_and_never_on_itself() -> None:
    world = make_world(
        lists(4, 1, 2),
        bloc=[0, 1, 0, 3],
        leverage=pairs(4, a0on1=0.2, a2on1=0.2, a0on2=0.2),
        motive=pairs(4, a0on1=1.0, a2on1=1.0, a0on2=1.0),
        support=pairs(4, a0on3=0.1, a2on3=0.1),
    )
    assert shift(world, [1.0, 0.0, 1.0, 0.0], 0b101) == pytest.approx(-0.2)
    assert shift(world, [-1.0, 0.0, 1.0, 0.0], 0b100) == pytest.approx(-0.2)
    assert shift(world, [-1.0, 0.0, -1.0, 0.0], 0, target=3) == pytest.approx(0.1)
    assert shift(world, [1.0, 0.0, -1.0, 0.0], 0b101, target=2) == 0.0


def test_a_lever_is_spent_by_what_gives_it_away() -> None:
    fields = {
        "spent": [0.75, 0.5],
        "spent_patron": [0, 0],
        "spent_target": [1, 1],
        "spent_composite": [0, 0],
        "spent_option": [[0, 1], [0, 1]],
    }
    world = pressing(**fields)
    world.put([0])
    assert kept_probe(world.tables, world.work, 0, 0, 1) == 1.0
    world.put([1])
    assert kept_probe(world.tables, world.work, 0, 0, 1) == pytest.approx(0.25 * 0.5)
    assert kept_probe(world.tables, world.work, 0, 2, 1) == 1.0  # another's lever
    assert shift(world, [1.0, 0.0, 0.0], P0) == pytest.approx(-0.3 * 0.125)
