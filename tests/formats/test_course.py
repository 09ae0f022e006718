"""The course of a talk: shocks, the seat that begins, stages, and the ends that a round can have."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sim.formats.course import shock_in, starting_seat
from sim.types import EndReason
from tests.formats.cases import Stone, case, told
from tests.laws.common import Raw, encode
from tests.rules.world import lists, make_world


def shocked(hazard: float, **shift: float) -> Raw:
    data = case("ab")
    data["shocks"] = {"storm": {"hazard": hazard, "set": {"parties.a.outside_option": shift}}}
    return data


def test_a_shock_that_is_certain_comes_in_the_first_month_and_once() -> None:
    talk = told(shocked(1.0, add=0.01), strategies={"a": Stone(), "b": Stone()})
    assert [(event.month, event.index) for event in talk.shocks] == [(1, 0)]
    assert talk.record.shock == 1
    assert told(shocked(0.0, add=0.01)).shocks == ()


def test_shocks_are_as_frequent_as_their_hazard() -> None:
    world = make_world(lists(2, 1, 2), n_regimes=[3], hazard=[0.2, 0.5])
    regimes = Counter(shock_in(world.tables, 0, key, 4) for key in range(1, 4001))
    assert regimes[1] / 4000 == pytest.approx(0.2, abs=0.03)
    assert regimes[2] / 4000 == pytest.approx(0.8 * 0.5, abs=0.03)  # the first in file order counts


def test_blocs_begin_with_equal_chance_by_their_first_seat() -> None:
    world = make_world(lists(4, 1, 2), bloc=[0, 1, 0, 1])
    seats = Counter(starting_seat(world.tables, world.work, key, 0) for key in range(1, 2001))
    assert set(seats) == {0, 1}
    assert seats[0] / 2000 == pytest.approx(0.5, abs=0.04)


def test_an_interim_text_is_what_talks_go_on_from() -> None:
    """The sides are agreed without the border, which `b` will not have until time is up."""
    values = {"border": {"options": {"open": 1, "walled": 0}}, "left": {"options": {"no": 0, "yes": 1}}}
    data = case("ab", own={"b": {"salience": {"border": 2, "left": 1}, "values": values}})
    talk = told(data)
    (interim,) = talk.interims
    assert interim.deal[:2] == (0, 1)
    assert all(turn.deal[1] == 1 for turn in talk.turns if turn.round > interim.round and turn.agreed)
    assert talk.reason is EndReason.PARTIAL_BANKED


def test_a_text_for_the_core_ends_the_talks_but_not_before_the_last_stage() -> None:
    whole = told(case("ab"))
    assert whole.reason is EndReason.SETTLED
    assert whole.turns[-1].round == max(turn.round for turn in whole.turns if turn.agreed)
    staged = told(case("ab", agenda={"order": ["border", ["left", "right"]]}))
    agreed = [turn for turn in staged.turns if turn.agreed]
    assert agreed[0].stage == 0
    assert agreed[0].deal[0] == 1
    assert any(turn.round > agreed[0].round for turn in staged.turns)


def test_time_that_a_stage_leaves_is_the_next_ones() -> None:
    """Nobody agrees: each stage has its even share of the sixteen rounds."""
    data = case("ab", agenda={"order": ["left", "right", "border"]})
    turns = told(data, strategies={"a": Stone(), "b": Stone()}).turns
    rounds = Counter({turn.round: turn.stage for turn in turns}.values())
    assert [rounds[stage] for stage in range(3)] == np.diff([16 * z // 3 for z in range(4)]).tolist()
    assert encode(data).structure.formats[0].stages == ("left", "right", "border")
