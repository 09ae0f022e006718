"""Who comes, and lanes: opened where the ground is new, found again where it is not."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engines.steps import Ground
from sim.engines.talk import ground_of
from sim.formats.lanes import change_ground, no_talks, open_shared
from sim.types import EndReason
from sim.types.work import ROOT, WHOLE
from tests.formats.cases import case, told
from tests.laws.common import Raw, encode
from tests.laws.made_up import issue, party, talks, world, worth


def opened(data: Raw) -> tuple[Ground, int]:
    """The ground of a run with its first lane open, and who stayed away."""
    ground = ground_of(encode(data), format_index=0, draw=0, replication=0)
    ground.w.loaded[0] = -1
    return ground, int(ground.call(open_shared, 0, 0))


@pytest.mark.parametrize(
    ("seat", "mask", "held"),
    [({}, 0, True), ({"talk_cost": 2}, 0b100, True), ({"talk_cost": 2, "required": True}, 0b100, False)],
)
def test_who_gets_too_little_of_it_stays_away(seat: dict[str, Any], mask: int, held: bool) -> None:
    data = case("abc")
    data["formats"]["talks"]["seats"]["c"] = {"role": "principal", **seat}
    ground, away = opened(data)
    assert away == mask
    assert bool(ground.call(no_talks, 0, away)) is not held
    assert ground.w.seats[: int(ground.w.n_seats[0])].tolist() == [p for p in range(3) if not (mask >> p) & 1]
    assert (told(data).reason is EndReason.STAYED_AWAY) is not held


def test_of_one_bloc_alone_there_are_no_talks() -> None:
    data = case("abc")
    data["formats"]["talks"]["seats"] |= {name: {"talk_cost": 2} for name in "bc"}
    ground, away = opened(data)
    assert away == 0b110
    assert ground.call(no_talks, 0, away) == 1


@pytest.mark.parametrize("seat", [{"role": "mediator"}, {"role": "mediator", "interested": True}])
def test_a_mediator_shares_in_no_pie(seat: dict[str, Any]) -> None:
    """Each of two principals hopes for half of the pie, whoever mediates: it comes at a cost of 0.4, not of 0.55."""
    for cost, held in ((0.4, True), (0.55, False)):
        data = world(
            {"peace": issue("no", "yes", settles="yes")},
            {name: party({"peace": 1}, {"peace": worth(no=0, yes=1)}) for name in "abm"},
            {"drafted": talks("a", "b", protocol="single_text")},
        )
        data["formats"]["drafted"]["seats"]["m"] = seat
        for name in "ab":
            data["parties"][name]["talk_cost"] = cost
        assert (told(data).reason is not EndReason.STAYED_AWAY) is held


def test_a_guest_that_stays_away_has_not_decided_that_there_are_no_talks() -> None:
    data = case("abc")
    seats = data["formats"]["talks"]["seats"]
    seats["b"] = {"role": "principal", "talk_cost": 2, "required": True}
    seats["c"] = {"role": "principal", "talk_cost": 2}
    assert told(data).record.decided == 0b010
    seats["b"] = {"role": "principal", "talk_cost": 2}
    assert told(data).record.decided == 0b110


def test_the_same_turn_leads_to_the_same_lane_and_another_to_another() -> None:
    ground, _ = opened(case("ab"))
    w = ground.w

    def turn(step: int, *base: int) -> int:
        w.next_base[:] = base
        return int(ground.call(change_ground, ROOT, 0, 0, step, WHOLE))

    first = turn(3, 0, 1, 0)
    assert first != ROOT
    assert w.base[first].tolist() == [0, 1, 0]
    opened_before = int(w.n_opened[0])
    assert turn(3, 0, 1, 0) == first
    assert int(w.n_opened[0]) == opened_before  # found, not built again
    assert len({first, turn(4, 0, 1, 0), turn(3, 0, 0, 1)}) == 3


def test_when_all_lanes_are_taken_the_scratch_lane_serves() -> None:
    ground, _ = opened(case("ab", months=12))
    last = len(ground.w.parent) - 1
    lanes = []
    for step in range(1, last + 3):
        ground.w.next_base[:] = [0, 1, 0]
        lanes.append(int(ground.call(change_ground, ROOT, 0, 0, step, WHOLE)))
    assert lanes == [*range(1, last), last, last, last]
