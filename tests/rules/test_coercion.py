"""Worked examples of utility, levers, support and beliefs about consent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.belief import all_content, believed_score
from tests.rules.world import (
    crosses_probe,
    floor_probe,
    kept_probe,
    lists,
    make_world,
    settles_probe,
    shift_probe,
    value_probe,
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


# --- value, reservation, lines, the core ----------------------------------------------------------------------------


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


# --- the believed chance of passing ---------------------------------------------------------------------------------


def score(world, gains: list[float], needed: list[int], weights: list[float]) -> float:
    world.put([1], gains)
    world.w.needed[: len(needed)] = needed
    world.w.needed_weight[: len(needed)] = weights
    return believed_score(world.tables, world.work, 0, 0, len(needed))


def log_sigmoid(x: float) -> float:
    return -math.log1p(math.exp(-x))


def outsider(standing: float, **changes):
    """p0 and p1 at the table, p2 outside with some standing."""
    owns = np.zeros((3, 1, 2))
    owns[2, 0, 1] = standing
    return make_world(lists(3, 1, 2), seated=[0, 1], standing=owns, precision=[10.0], **changes)


def test_believed_score_by_hand() -> None:
    world = outsider(0.4)
    at_table = log_sigmoid(10.0 * 0.1)
    assert score(world, [0.0, 0.1, -0.2], [1], [1.0]) == pytest.approx(at_table)
    passes = math.exp(log_sigmoid(-2.0))
    expected = at_table + 0.5 * math.log(0.6 + 0.4 * passes)
    assert score(world, [0.0, 0.1, -0.2], [1, 2], [1.0, 0.5]) == pytest.approx(expected)
    assert score(outsider(0.0), [0.0, 0.1, -0.2], [1, 2], [1.0, 0.5]) == pytest.approx(at_table)


def test_a_firm_line_of_an_owner_outside_is_a_certain_refusal() -> None:
    barred = np.zeros((3, 1, 2), dtype=np.uint8)
    barred[2, 0, 1] = 1
    assert score(outsider(1.0, barred=barred), [0.0, 9.0, 9.0], [2], [0.5]) == pytest.approx(-30.0)
    assert score(outsider(0.5, barred=barred), [0.0, 9.0, 9.0], [2], [1.0]) == pytest.approx(math.log(0.5))


def test_pressure_helps_and_support_hurts_a_text() -> None:
    gains = [0.5, 0.1, -0.2]
    plain = score(outsider(1.0), gains, [1, 2], [1.0, 1.0])
    lever = {"leverage": pairs(3, a0on2=0.3), "motive": pairs(3, a0on2=1.0)}
    assert score(outsider(1.0, **lever), gains, [1, 2], [1.0, 1.0]) > plain
    assert score(outsider(1.0, support=pairs(3, a2on1=0.3)), gains, [1, 2], [1.0, 1.0]) < plain


def test_a_bloc_answers_once_by_its_most_reluctant_member() -> None:
    world = make_world(lists(3, 1, 2), bloc=[0, 1, 1], precision=[10.0])
    assert score(world, [0.0, 0.3, -0.1], [1, 2], [1.0, 1.0]) == pytest.approx(log_sigmoid(-1.0))
    assert score(world, [0.0, 0.3, 0.3], [1, 2], [1.0, 1.0]) == pytest.approx(log_sigmoid(3.0))


def content(world, gains: list[float], foresight: float) -> int:
    world.put([1], gains)
    world.w.needed[:2], world.w.needed_weight[:2] = [1, 2], [1.0, foresight]
    return all_content(world.tables, world.work, 0, 0, 2)


def test_all_content_with_slack_for_the_absent() -> None:
    world = outsider(0.5)
    assert content(world, [0.0, 0.0, -0.5], 1.0) == 1  # slack 1 - 1 * 0.5
    assert content(world, [0.0, 0.0, -0.51], 1.0) == 0
    assert content(world, [0.0, 0.0, -0.7], 0.5) == 1  # slack 0.75
    assert content(world, [0.0, -0.01, 1.0], 1.0) == 0  # at the table there is none
