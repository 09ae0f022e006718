"""Who sits at a table, who drafts, who may press, and what of a world it needs to know."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engines.talk import ground_of
from sim.formats.table import load_world, seat_parties
from sim.types.work import WHOLE, Work
from tests.formats.cases import case
from tests.laws.common import encode
from tests.rules.world import lists, make_world

CHAIR = 4


def seated(seats: dict[str, Any], *, stage: int = WHOLE, away: int = 0, plenary: int = 0, **more: Any) -> Work:
    """The table of a format of `a` to `d` with some seats of another kind."""
    data = case("abcd", **more)
    for name, seat in seats.items():
        data["formats"]["talks"]["seats"][name] = seat
    data["issues"]["left"]["options"]["yes"]["guarantors"] = [
        name for name, seat in seats.items() if seat == "guarantor"
    ]
    ground = ground_of(encode(data), format_index=0, draw=0, replication=0)
    ground.call(load_world, 0)
    ground.call(seat_parties, 0, 0, stage, away, plenary)
    return ground.w


def table(w: Work) -> list[int]:
    return w.seats[: int(w.n_seats[0])].tolist()


def test_principals_sit_in_order_and_the_others_do_not_answer() -> None:
    w = seated({"b": "observer", "c": "guarantor"})
    assert table(w) == [0, 3]
    assert w.present.tolist() == [1, 0, 0, 1]
    assert w.table_mask.tolist() == w.only_presser.tolist() == [0b1001]
    assert w.guards.tolist() == [0b100]
    assert w.drafter.tolist() == [-1]


def test_a_mediator_with_a_vote_speaks_first() -> None:
    assert table(seated({"c": {"role": "mediator", "interested": True}})) == [2, 0, 1, 3]


@pytest.mark.parametrize(
    ("protocol", "seats", "drafter", "pressing"),
    [
        ("single_text", {}, CHAIR, 0b1111),
        ("single_text", {"b": {"role": "mediator"}}, 1, 0b1101),
        ("shuttle", {"b": {"role": "mediator"}}, 1, 0),
        ("shuttle", {"b": {"role": "mediator", "interested": True}}, 1, 0b10),
        ("alternating_offers", {}, -1, 0b1111),
    ],
)
def test_who_drafts_and_who_may_press(protocol: str, seats: dict[str, Any], drafter: int, pressing: int) -> None:
    w = seated(seats, protocol=protocol)
    assert w.drafter.tolist() == [drafter]
    assert w.only_presser.tolist() == [pressing]


def test_who_stays_away_has_no_seat() -> None:
    assert table(seated({}, away=0b0110)) == [0, 3]


@pytest.mark.parametrize(("plenary", "seats", "counted"), [(0, [0, 1], 0), (1, [0, 1, 2, 3], 1)])
def test_a_contact_group_sits_alone_and_unanimously_until_the_plenary(
    plenary: int, seats: list[int], counted: int
) -> None:
    must = {name: {"required": True} for name in "ab"}
    w = seated(must, plenary=plenary, contact_group=2, consent="majority")
    assert table(w) == seats
    assert w.by_count.tolist() == [counted]


def test_standing_is_the_largest_inside_a_composite_option_and_weighs_by_its_logarithm() -> None:
    owns = np.zeros((2, 1, 3))
    owns[1, 0] = [0.0, 0.4, 1.0]
    world = make_world(lists(2, 1, 3), seated=[0], standing=owns)
    w = world.w
    assert w.has_standing.tolist() == [0, 1]
    assert w.standing_max[1, 0].tolist() == [0.0, 0.4, 1.0]
    assert w.keep_off[1, 0] == pytest.approx([0.0, math.log(0.6 + 0.4 * 0.05), math.log(0.05)])
    assert w.refusal[1] == pytest.approx(-60.0)


def test_levers_without_motive_and_inside_a_bloc_press_nobody() -> None:
    leverage, motive, support = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
    leverage[0, 1] = leverage[2, 1] = leverage[1, 0] = 0.3
    motive[0, 1] = motive[1, 0] = 1.0
    support[2, 0] = support[1, 0] = 0.1
    world = make_world(lists(3, 1, 2), leverage=leverage, motive=motive, support=support, bloc=[0, 1, 0])
    assert world.w.pressers.tolist() == [0b010, 0b001, 0]
    assert world.w.supporters.tolist() == [0b010, 0, 0]
    assert world.w.blocs.tolist() == [1]
