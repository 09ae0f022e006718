"""Values, reservation values, firm lines and the core, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tests.rules.world import (
    crosses_probe,
    floor_probe,
    lists,
    make_world,
    settles_probe,
    value_probe,
)


def test_the_price_of_no_settlement_stops_with_the_ending_option() -> None:
    world = make_world(
        lists(2, 2, 2, p0c0o1=0.2, p0c1o1=0.3),
        price=[-0.1, 0.0],
        drift=[-0.01, 0.0],
        outside=[0.05, 0.0],
        ending=[[0, 1], [0, 0]],
    )
    world.put([1, 1])
    assert value_probe(world.tables, world.work, 0, 0, 5.0) == pytest.approx(0.5 + 0.15)
    world.put([0, 1])
    assert value_probe(world.tables, world.work, 0, 0, 5.0) == pytest.approx(0.3)
    world.put([0, 0])
    assert floor_probe(world.tables, world.work, 0, 0, 5.0) == pytest.approx(0.05)  # the outside option
    world.put([0, 1])
    assert floor_probe(world.tables, world.work, 0, 0, 5.0) == pytest.approx(0.3)  # the text in hand is better


def test_with_one_of_two_issues_settled_half_of_the_price_remains() -> None:
    """A price of -0.1 now and 0.01 more a month is -0.15 after five; half of it, 0.075, ends with each issue."""
    shares = [[0.0, 0.5], [0.0, 0.5]]
    world = make_world(lists(1, 2, 2, p0c0o1=0.2, p0c1o1=0.3), price=[-0.1], drift=[-0.01], ending=shares)
    for deal, worth in (([0, 0], 0.0), ([1, 0], 0.2 + 0.075), ([0, 1], 0.3 + 0.075), ([1, 1], 0.5 + 0.15)):
        world.put(deal)
        assert value_probe(world.tables, world.work, 0, 0, 5.0) == pytest.approx(worth)


def test_lines_and_the_core() -> None:
    barred = np.zeros((2, 2, 3), dtype=np.uint8)
    barred[1, 0, 2] = 1
    world = make_world(lists(2, 2, 3), barred=barred, level=[2, 1], settles=[[0, 0, 1], [0, 0, 0]])
    for deal, crosses, settles in (([2, 0], 1, 1), ([1, 2], 0, 0), ([0, 0], 0, 0)):
        world.put(deal)
        assert crosses_probe(world.tables, world.work, 0, 1) == crosses
        assert crosses_probe(world.tables, world.work, 0, 0) == 0
        assert settles_probe(world.tables, world.work) == settles


def test_without_a_core_issue_nothing_settles() -> None:
    world = make_world(lists(2, 1, 2), level=[1], settles=[[0, 1]])
    world.put([1])
    assert settles_probe(world.tables, world.work) == 0
