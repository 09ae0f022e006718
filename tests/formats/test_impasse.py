"""Why a table signed nothing: each reason in a small world in which it and nothing else keeps the table apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.formats.impasse import CLAIMS, CONDITION, FORESEEN, NO_ZONE, TIME_RAN_OUT, what_kept_apart
from sim.types import tables
from tests.rules.world import World, lists, make_world

PIE = lists(2, 1, 3, p0c0o1=0.5, p1c0o1=0.1, p0c0o2=0.1, p1c0o2=0.5)
CORE = {"level": [2], "settles": [[0, 1, 1]], "undertaking": [1], "undertaken": [[1]]}
TRADE = lists(2, 2, 2, p0c0o1=0.5, p1c0o1=0.1, p0c1o1=-0.9, p1c1o1=0.1)
"""p0 wants the first issue moved, p1 the second, which p0 cannot give."""
ASKS = {
    "line_if": [[[0, 1], [1, 1]]],
    "line_if_in": [[1, 0]],
    "line_unless": [[[1, 1], [0, 1]]],
    "line_unless_in": [[0, 1]],
}


def apart(world: World, month: float = 0.0) -> int:
    return what_kept_apart(world.tables, world.work, 0, month)


def pie(optimism: float, **changes: Any) -> World:
    """Two options, each dear to one: together they can claim 0.6 of it."""
    return make_world(PIE, optimism=[optimism] * 2, patience=[1.0] * 2, next_chance=1.0, **{**CORE, **changes})


def watched(cost: float, foresight: float = 1.0, **changes: Any) -> World:
    """p0 and p1 like what p2, who sits outside and owns it, is sure to stop."""
    owns = np.zeros((3, 1, 2))
    owns[2, 0, 1] = 1.0
    values = lists(3, 1, 2, p0c0o1=0.3, p1c0o1=0.3, p2c0o1=-0.9)
    return make_world(
        values,
        seated=[0, 1],
        standing=owns,
        foresight=[foresight] * 3,
        signing_cost=[cost] * 3,
        switch={tables.FORESEEN: 1},
        **changes,
    )


def test_where_somebody_loses_by_every_text_there_is_no_zone() -> None:
    assert apart(make_world(lists(2, 1, 3, p0c0o1=0.5, p1c0o1=-0.1, p0c0o2=-0.1, p1c0o2=0.5))) == NO_ZONE


def test_where_all_gain_time_ran_out() -> None:
    assert apart(make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=0.1))) == TIME_RAN_OUT


def test_a_text_that_is_worth_nothing_to_somebody_is_in_the_zone() -> None:
    assert apart(make_world(lists(2, 1, 2, p0c0o1=0.5))) == TIME_RAN_OUT


def test_a_firm_line_leaves_no_zone() -> None:
    barred = np.zeros((2, 1, 2))
    barred[1, 0, 1] = 1
    assert apart(make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=0.1), barred=barred)) == NO_ZONE


def test_the_prices_are_those_of_the_month() -> None:
    """What p1 loses by the text is less than what it saves by the second month."""
    values = lists(2, 1, 2, p0c0o1=0.5, p1c0o1=-0.1)
    world = make_world(values, ending=[[0.0, 1.0]], drift=[0.0, -0.06])
    assert (apart(world, 1.0), apart(world, 2.0)) == (NO_ZONE, TIME_RAN_OUT)


@pytest.mark.parametrize(
    ("optimism", "reason"),
    [(-1.0, TIME_RAN_OUT), (-0.4, TIME_RAN_OUT), (-0.25, CLAIMS), (0.0, CLAIMS), (0.2, CLAIMS)],
)
def test_where_together_they_claim_more_than_there_is_their_claims_do(optimism: float, reason: int) -> None:
    """Each text leaves one party 0.1, a fifth of its best hope of 0.5: with more than a fifth claimed, none will do."""
    assert apart(pie(optimism)) == reason


def test_claims_that_a_text_can_meet_keep_nobody_apart() -> None:
    """Common beliefs, and an even split among the texts."""
    values = lists(2, 1, 3, p0c0o1=0.3, p1c0o1=0.3, p0c0o2=0.5, p1c0o2=0.1)
    assert apart(make_world(values, optimism=[0.0] * 2, patience=[1.0] * 2, next_chance=1.0, **CORE)) == TIME_RAN_OUT


def test_where_one_asks_in_return_what_the_other_cannot_give_a_condition_does() -> None:
    assert apart(make_world(TRADE, line_firm=[[0], [1]], **ASKS)) == CONDITION


def test_a_condition_that_is_not_meant_or_can_be_met_keeps_nobody_apart() -> None:
    assert apart(make_world(TRADE, line_firm=[[0], [0]], **ASKS)) == TIME_RAN_OUT
    cheap = TRADE.copy()
    cheap[0, 1, 1] = -0.2
    assert apart(make_world(cheap, line_firm=[[0], [1]], **ASKS)) == TIME_RAN_OUT


def test_where_there_is_no_zone_without_the_condition_either_it_is_not_what_does() -> None:
    dear = TRADE.copy()
    dear[1, 0, 1] = -0.2
    assert apart(make_world(dear, line_firm=[[0], [1]], **ASKS)) == NO_ZONE


def test_where_the_absent_would_stop_it_and_a_name_costs_that_is_foreseen() -> None:
    assert apart(watched(0.02)) == FORESEEN
    assert apart(watched(0.02, foresight=0.0)) == TIME_RAN_OUT
    assert apart(watched(0.0)) == TIME_RAN_OUT  # a free signature under what is stopped loses nothing


@pytest.mark.parametrize("optimism", [-1.0, 0.0])
def test_what_is_not_foreseen_of_anybody_is_not_told_as_foreseen(optimism: float) -> None:
    """Nobody sits outside: a signature is worth too little by itself, or beside what waiting brings."""
    values = lists(2, 1, 2, p0c0o1=0.5, p1c0o1=0.1)
    numbers = {"optimism": [optimism] * 2, "patience": [1.0] * 2, "next_chance": 1.0}
    cheap, fair, dear = (make_world(values, **{**numbers, "signing_cost": [cost] * 2}) for cost in (0.04, 0.07, 0.2))
    assert apart(cheap) == TIME_RAN_OUT
    assert apart(fair) == (TIME_RAN_OUT if optimism < 0.0 else CLAIMS)  # the second would keep .03, and claims .05
    assert apart(dear) == NO_ZONE


def test_claims_on_parts_are_claims_too() -> None:
    """Where texts need not settle the core a claim hangs on the text, and is looked at with it."""
    part_by_part = {"undertaking": [0], "undertaken": [[0]]}
    assert apart(pie(0.2, **part_by_part)) == CLAIMS
    assert apart(pie(-0.4, **part_by_part)) == TIME_RAN_OUT


def test_where_votes_are_counted_the_question_is_not_asked() -> None:
    values = lists(2, 1, 2, p0c0o1=0.5, p1c0o1=-0.1)
    assert apart(make_world(values, unanimous=[0], quota=[[0.5, 0.0]])) == TIME_RAN_OUT
    assert apart(make_world(values)) == NO_ZONE
