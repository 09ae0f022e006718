"""Tracks: what one leg leaves to the next, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engines.steps import Ground
from sim.engines.talk import ground_of
from sim.formats.tracks import begin_track, close_leg, open_leg
from sim.types import EndReason, Outcome
from sim.types import work as at
from tests.formats.cases import case, told
from tests.laws.common import Raw, encode, play
from tests.laws.made_up import talks, worth

TRACK = 2


def track(*, after: int = 0, **more: Any) -> Raw:
    """First the sides alone, then everything."""
    data = case("ab", own={"b": {"values": {"border": worth(open=0, walled=1), "left": worth(no=0, yes=1)}}})
    data["parties"]["b"]["salience"] = {"border": 1, "left": 1}
    data["formats"] = {"sides": talks("a", "b", agenda=["left"], **more), "all": talks("a", "b")}
    data["tracks"] = {"both": {"legs": ["sides", {"format": "all", "after": after}]}}
    return data


def test_what_is_in_force_is_what_the_next_leg_bargains_from() -> None:
    talk = told(track(), fmt=TRACK)
    (first,) = talk.earlier
    assert first.record.deal == (0, 1, 0)
    assert talk.in_force == (0, 1, 0)
    assert talk.record.deal[:2] == (1, 1)
    assert talk.record.legs == (int(Outcome.PARTIAL), int(Outcome.SETTLEMENT))
    assert talk.reason is EndReason.SETTLED


@pytest.mark.parametrize("after", [0, 3])
def test_months_go_on_from_leg_to_leg(after: int) -> None:
    talk = told(track(after=after), fmt=TRACK)
    (first,) = talk.earlier
    assert talk.turns[0].month == first.turns[-1].month + after + 1


def test_a_leg_that_settles_is_the_last() -> None:
    data = track()
    data["tracks"]["both"]["legs"] = ["all", "sides"]
    talk = told(data, fmt=TRACK)
    assert talk.earlier == ()
    assert talk.record.legs == (int(Outcome.SETTLEMENT), 255)


def left(
    outcome: Outcome, *, tabled: list[int], text: list[int], held: int = -1, data: Raw | None = None
) -> tuple[Ground, int]:
    """After a first leg of four months that ended so: whether the next follows."""
    ground = ground_of(encode(data or track()), format_index=TRACK, draw=0, replication=0)
    w, out = ground.w, ground.out.arrays
    w.loaded[0], w.n_lanes[0] = -1, 1
    ground.call(begin_track, 0)
    ground.call(open_leg, TRACK, 0, 0)
    w.tabled[:], w.text[:] = tabled, text
    out.outcome[0], out.month[0], out.held[0] = int(outcome), 4, held
    return ground, int(ground.write(close_leg, TRACK, 0, 5, 15, 1))


def test_a_text_not_kept_makes_for_distrust() -> None:
    ground, follows = left(Outcome.PARTIAL, tabled=[0, 1, 0], text=[0, 1, 0], held=24)
    assert (follows, ground.w.distrust.tolist(), ground.w.in_force.tolist()) == (1, [0, 0], [0, 1, 0])
    ground, follows = left(Outcome.COLLAPSED, tabled=[0, 1, 0], text=[0, 1, 0], held=9)
    assert (follows, ground.w.distrust.tolist()) == (1, [1, 1])
    assert ground.w.state[at.LAPSES] == 13  # nine months after its fourth


def test_a_text_that_lapses_before_the_next_leg_is_no_longer_in_force() -> None:
    ground, _ = left(Outcome.COLLAPSED, tabled=[0, 1, 0], text=[0, 1, 0], held=0)
    assert ground.w.state[at.MONTHS] == 4
    assert ground.w.in_force.tolist() == [0, 0, 0]


def test_what_was_agreed_for_some_months_is_gone_once_a_leg_begins_after_them() -> None:
    for after, stands in ((1, 1), (2, 0)):  # signed in the fourth month, for two
        data = track(after=after)
        data["issues"]["left"]["options"]["yes"] = {"lasts": 2}
        ground, _ = left(Outcome.PARTIAL, tabled=[0, 1, 0], text=[0, 1, 0], held=2, data=data)
        assert ground.w.state[at.MONTHS] == 4 + after
        assert ground.w.in_force.tolist() == [0, stands, 0]


def test_a_settlement_ends_the_track() -> None:
    assert left(Outcome.SETTLEMENT, tabled=[1, 1, 0], text=[1, 1, 0], held=24)[1] == 0


def test_runs_that_carry_the_same_share_their_lanes() -> None:
    """Numbers of a track do not hang on which runs came before in the workspace."""
    encoder = encode(track())
    together = play(encoder, n_draws=3, replications=4)
    alone = play(encoder, n_draws=3, replications=4, formats=[TRACK])
    rows = np.arange(36).reshape(3, 3, 4)[:, TRACK].ravel()
    assert all(np.array_equal(array[rows], other) for array, other in zip(together, alone, strict=True))


@pytest.mark.parametrize(("after", "months"), [(0, 8), (24, 32)])
def test_shocks_occur_between_legs_too(after: int, months: int) -> None:
    """A leg that yields nothing, a break, and another: a hazard of 0.1 for every month of them."""
    data = track(after=after)
    for name in ("sides", "all"):
        data["formats"][name]["agenda"] = ["border"]
    data["parties"]["b"]["red_lines"] = {"never": {"issue": "border", "options": "walled", "firmness": 1}}
    data["parties"] = {name: {**given, "meeting_value": 0.01} for name, given in data["parties"].items()}
    data["shocks"] = {"storm": {"hazard": 0.1, "set": {"parties.a.outside_option": {"add": 0.0}}}}
    runs = play(encode(data), n_draws=400, replications=2)
    shocked = (runs.shock.reshape(400, -1, 2)[:, TRACK] > 0).mean()
    assert shocked == pytest.approx(1 - 0.9**months, abs=0.035)
    if after:
        told_of = [told(data, fmt=TRACK, draw=draw).meanwhile for draw in range(40)]
        told_months = [event.month for event in told_of if event is not None]
        assert len(told_months) > 10
        assert all(4 < month <= 4 + after for month in told_months)


def test_the_counter_coalition_is_of_those_whom_a_text_costs_at_the_prices_of_its_month() -> None:
    """What c, absent, pays for a text turns with a drift: a loss by the end of the leg though none at its start."""
    data = track()
    data["parties"]["c"] = {
        "salience": {"border": 1, "left": 1},
        "values": {"border": worth(open=0, walled=1), "left": worth(no=0, yes=0.05)},
        "price_of_no_settlement": {"now": 0.0, "drift": 0.05},
    }
    data["issues"]["left"] |= {"ends_price": True, "options": {"no": {}, "yes": {"settles": True}}}
    ground = ground_of(encode(data), format_index=TRACK, draw=0, replication=0)
    w, out = ground.w, ground.out.arrays
    for month, coalition in ((1, 0), (4, 0b100)):
        w.loaded[0], w.n_lanes[0] = -1, 1
        ground.call(begin_track, 0)
        ground.call(open_leg, TRACK, 0, 0)
        w.tabled[:], w.text[:] = [0, 1, 0], [0, 1, 0]
        out.outcome[0], out.month[0], out.held[0] = int(Outcome.PARTIAL), month, 24
        ground.write(close_leg, TRACK, 0, 5, 4 * month - 1, 1)
        assert int(w.coalition[0]) == coalition
