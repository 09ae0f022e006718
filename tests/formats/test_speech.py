"""What parties say at a table: offers that give what is asked, silence, playing for time, what they receive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.formats.speech import close_round, everybody_proposes, propose
from sim.types.tables import STRATEGIES
from sim.types.work import OFFER, PASS, STALL
from tests.engines.cases import encoders
from tests.engines.test_talk import play
from tests.rules.world import World, lists, make_world


def spoken(world: World, party: int = 0, step: int = 0) -> tuple[int, list[int]]:
    """What a party says in a round, and its text."""
    propose(world.tables, world.work, 0, 0, step, party)
    return int(world.w.kind[0, step, party]), world.w.offer[0, step, party].tolist()


def test_the_first_offer_is_the_top_deal_and_the_last_the_least_that_is_acceptable() -> None:
    """Of two issues p0 gives away the one that it minds less; in its last round it asks for no more than it has."""
    values = lists(2, 2, 2, p0c0o1=0.5, p1c0o1=-0.2, p0c1o1=-0.1, p1c1o1=0.3)
    world = make_world(values, n_rounds=[4])
    assert spoken(world) == (OFFER, [1, 1])
    assert world.w.gap[0, 0, 0] == pytest.approx(0.4)
    assert spoken(world, step=3)[0] == OFFER
    assert world.w.gap[0, 3, 0] == pytest.approx(0.0)


def test_who_knows_no_deal_for_all_passes() -> None:
    assert spoken(make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=-0.9)))[0] == PASS


def test_a_staller_plays_for_time_but_in_the_last_month() -> None:
    calendar = {"n_rounds": [4], "rounds_per_month": [1]}
    values = lists(2, 1, 2, p0c0o1=0.5, p1c0o1=0.5)
    world = make_world(values, strategy=[STRATEGIES.index("staller"), 0], **calendar)
    assert [spoken(world, step=step)[0] for step in range(4)] == [STALL, STALL, STALL, OFFER]


def test_concessions_received_are_what_others_offers_have_improved() -> None:
    world = make_world(lists(3, 1, 3, p1c0o1=0.3, p1c0o2=0.5), reciprocity=[0.0, 1.0, 0.0])
    w = world.w
    for step, deals in enumerate(([1, 0, 0], [2, 0, 1])):
        everybody_proposes(world.tables, world.work, 0, 0, step)
        for party, deal in enumerate(deals):
            w.kind[0, step, party], w.offer[0, step, party] = OFFER, deal
            w.gain[0, step, party, 1] = [0.0, 0.3, 0.5][deal]
        close_round(world.tables, world.work, 0, step)
    assert w.received[0, 1] == pytest.approx(((0.5 - 0.3) + (0.3 - 0.0)) / 2)
    assert w.received[0, 0] == 0.0  # without reciprocity nobody counts


@settings(max_examples=15)
@given(encoders(), st.integers(0, 5))
def test_offers_in_talks_give_their_speaker_what_it_asks(encoder, draw: int) -> None:
    """The deal that is looked up on the menu is worth at least the aspiration, unless that is below what it has."""
    talk = play(encoder, format_index=0, draw=draw, replication=0)
    for turn in talk.turns:
        if turn.move.value == "offer" and turn.speaker < len(encoder.structure.parties):
            assert turn.gain >= turn.gap - 1e-6 or np.isclose(turn.gain, turn.gap)
