"""What the open rule asks of every course: whose text is on the floor, who may move what, how votes between two go."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.talk import play
from sim.scenario import Encoder, ScenarioError, load_raw, load_scenario
from sim.types.structure import OPEN_RULE_SEATS
from sim.types.transcript import Deal, Move, Transcript, Turn, Why
from tests.golden.regenerate import FOLDER
from tests.scenario.generate import talk_scenarios
from tests.shipped import GAINS_ALONE_SETS

ROUNDING = 1e-9


def wrong_turn(turn: Turn, blocs: list[int], chair: int) -> str | None:
    """What one turn does that the rule does not allow."""
    final = turn.speaker == chair
    if turn.agreed and not final:
        return "a text is agreed without the question"
    if (final or turn.move in (Move.SECOND, Move.AMEND)) and turn.owner is None:
        return "a motion on an empty floor"
    if turn.owner is not None and not final and blocs[turn.speaker] == blocs[turn.owner]:
        return "the owner's bloc is recognised"
    if turn.move is Move.AMEND:
        for one in turn.answers:
            prefers = one.gain >= one.needed - ROUNDING
            if one.why in (Why.ACCEPTS, Why.PREFERS_FLOOR) and one.accepts != prefers and not crossed(turn):
                return "a vote between two texts against its own interest"
    return None


def crossed(turn: Turn) -> bool:
    """True if anybody's firm line is in play, so that worth alone does not tell the vote."""
    return any(one.why is Why.RED_LINE for one in turn.answers)


def wrong_order(before: Turn, turn: Turn, chair: int) -> str | None:
    """What does not follow from the turn before, in the same talk."""
    if (turn.speaker == chair) < (before.move is Move.SECOND):
        return "the question was moved and not put"
    if before.speaker == chair and not before.agreed and turn.owner is not None:
        return "a text that failed is still on the floor"
    if before.move is Move.AMEND and turn.owner not in (None, before.speaker if before.carried else before.owner):
        return "the floor is not the winner's"
    if before.owner is None and before.move is Move.OFFER and turn.owner not in (None, before.speaker):
        return "a text laid on the floor is not there"
    return None


def wrong(told: Transcript, blocs: list[int]) -> list[str]:
    """All that is wrong in a talk."""
    chair = len(blocs)
    found = [wrong_turn(turn, blocs, chair) for turn in told.turns]
    found += [wrong_order(before, turn, chair) for before, turn in pairwise(told.turns)]
    return [one for one in found if one]


@settings(max_examples=25)
@given(st.data())
def test_every_course_keeps_the_rule(data: st.DataObject) -> None:
    raw = data.draw(talk_scenarios(protocol="open_rule", red_lines=False, track=False))
    encoder = Encoder(load_raw(raw), seed=data.draw(st.integers(0, 1000)))
    for draw in range(3):
        told = play(encoder, format_index=0, draw=draw, replication=0)
        assert wrong(told, encoder.tables(draw, 1).bloc.tolist()) == []


def assembly(**changes) -> Encoder:
    """The golden assembly, where amendments are allowed."""
    sets = [f"{key.replace('__', '.')}={value}" for key, value in changes.items()]
    return Encoder(load_scenario(FOLDER / "valley.yaml", sets=[*GAINS_ALONE_SETS, *sets]), seed=1)


def talks(encoder: Encoder, n: int, **own) -> list[Transcript]:
    index = [one.id for one in encoder.structure.formats].index("open")
    return [play(encoder, format_index=index, draw=draw, replication=0, **own) for draw in range(n)]


def test_the_course_has_every_motion() -> None:
    """The checks above see something: motions, amendments that carry and that fail, questions lost and won."""
    told = [turn for one in talks(assembly(), 40) for turn in one.turns]
    assert {turn.move for turn in told} >= {Move.OFFER, Move.SECOND, Move.AMEND}
    assert {turn.carried for turn in told if turn.move is Move.AMEND} == {True, False}
    assert any(turn.agreed for turn in told)
    assert any(turn.answers and turn.speaker == 5 and not turn.agreed for turn in told)
    seconded = [(a, b) for a, b in pairwise(told) if a.move is Move.SECOND]
    own = [one for a, b in seconded for one in b.answers if one.party == a.speaker]
    assert len(own) > 20
    # Who would offer the very text moves the question on it too, though it may misjudge it.
    assert all(one.accepts or one.why is Why.DOUBT for one in own)
    assert np.mean([one.accepts for one in own]) > 0.9


class Holds:
    """Asks for its best deal and never accepts."""

    def offer(self, view) -> Deal:
        return view.best()

    def accepts(self, view, deal: Deal) -> bool:
        return False


class Takes(Holds):
    """Asks for its best deal and accepts anything."""

    def accepts(self, view, deal: Deal) -> bool:
        return view.gain(deal) >= 0.0


def test_strategies_of_ones_own_move_the_question_if_they_would_accept() -> None:
    def moves(strategy) -> list[Move]:
        told = talks(assembly(), 20, strategies={"mill": strategy})
        return [turn.move for one in told for turn in one.turns if turn.speaker == 2 and turn.owner is not None]

    assert Move.SECOND not in moves(Holds())
    assert Move.AMEND in moves(Holds())
    assert Move.SECOND in moves(Takes())


def test_when_time_is_up_the_question_is_put() -> None:
    """With everybody holding out nobody moves the question; in the last round it is put all the same, and only then."""
    encoder = assembly(formats__open__consent="unanimity")
    everybody = {name: Holds() for name in ("upper", "lower", "mill")}
    for told in talks(encoder, 10, strategies=everybody):
        put = [turn.round for turn in told.turns if turn.speaker == 5]
        assert put == [4]


def test_recognition_weighs_who_is_heard() -> None:
    encoder = assembly(formats__open__seats__upper__recognition=0, formats__open__seats__lower__recognition=3)
    speakers = [turn.speaker for one in talks(encoder, 40) for turn in one.turns if turn.owner is None]
    assert 0 not in speakers
    assert np.mean(np.array(speakers) == 1) == pytest.approx(0.75, abs=0.15)


def test_the_equilibrium_is_not_asked_of_too_many_seats() -> None:
    n = OPEN_RULE_SEATS + 1
    party = {"salience": {"pie": 1}, "values": {"pie": {"options": {"none": 0, "half": 0.5, "all": 1}}}}
    parties = {f"p{k}": dict(party) for k in range(n)}
    parties["p0"] = {**party, "behaviour": {"strategy": "equilibrium"}}
    options = {"none": {}, "half": {}, "all": {"settles": True}}
    raw = {
        "parley": 1,
        "id": "many",
        "title": "Many seats",
        "horizon_months": 6,
        "issues": {"pie": {"level": "core", "status_quo": "none", "options": options}},
        "parties": parties,
        "formats": {
            "open": {
                "protocol": "open_rule",
                "seats": dict.fromkeys(parties, "principal"),
                "calendar": {"months": 2, "rounds_per_month": 1},
            }
        },
    }
    with pytest.raises(ScenarioError, match="not solved for so many seats"):
        load_raw(raw)
    del raw["formats"]["open"]["seats"]["p7"]
    load_raw(raw)
