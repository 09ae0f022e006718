"""One talk in plain words: short, complete, and true to the transcript."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from sim.engines.talk import play
from sim.report.transcript.talk_text import transcript_lines
from sim.report.transcript.text_turns import Subject
from sim.types import EndReason, FormatInfo, IssueInfo, Outcome, PartyInfo, RunRecord, Structure, Transcript
from sim.types.transcript import (
    Answer,
    ConsentDecision,
    ConsentPass,
    CrossedLine,
    Durability,
    Interim,
    LastResort,
    Leaver,
    Move,
    RatificationCourse,
    ShockEvent,
    Turn,
    UnmetCondition,
    Why,
)
from tests.engines.cases import SHIPPED, shipped
from tests.golden.regenerate import GOLDEN, path_of, told

STRUCTURE = Structure(
    scenario_id="small",
    title="Small",
    issues=(
        IssueInfo("peace", "Peace", 2, ("war", "truce", "treaty"), ("War", "Truce", "Treaty"), 0, (2,)),
        IssueInfo("land", "Land", 1, ("kept", "ceded"), ("Kept", "Ceded"), 0, ()),
    ),
    parties=(
        PartyInfo("a", "Arden", ()),
        PartyInfo("b", "Borland", (("no-cession", "land", ("ceded",)),)),
        PartyInfo("c", "Corinth", ()),
    ),
    formats=(FormatInfo("both", "Arden - Borland", "alternating_offers", (0, 1), 4, 1, "public"),),
    shocks=("drought",),
    issue_composite=np.array([0, 1]),
    issue_option=np.array([[0, 1, 2], [0, 1, -1]]),
)
NO_RECORD = RunRecord(
    outcome=Outcome.NO_AGREEMENT, reason=EndReason.DEADLINE, decided=2, month=4, held=-1,
    agreed=0, core=0, halt=0, shock=0,
    deal=(0, 0), tabled=(0, 0), refused=(0, 2), value=(0.1, 0.2, 0.3), reservation=(0.1, 0.2, 0.3),
    legs=(Outcome.NO_AGREEMENT,),
)  # fmt: skip


def answer(party: int, why: Why, *, gain: float = 0.2, **more: object) -> Answer:
    accepts = why in {Why.ACCEPTS, Why.PRESSED}
    given = {"shift": 0.0, "needed": 0.0 if accepts else gain + 0.125, **more}
    return Answer(party=party, accepts=accepts, why=why, gain=gain, **given)  # type: ignore[arg-type]


def turn(month: int, speaker: int, deal: tuple[int, int], *answers: Answer, move: Move = Move.OFFER) -> Turn:
    agreed = bool(answers) and all(one.accepts for one in answers)
    return Turn(month, month, speaker, move, deal, 0.4, 0.3, None, True, agreed, answers)


def talk(*turns: Turn, **more: object) -> Transcript:
    plain = Transcript(
        format_index=0, seed=1, draw=2, replication=3, seats=(0, 1), stayed_away=(), speaks_first=0, turns=turns,
        interims=(), shocks=(), last_resort=None, ratification=None, hold=None, record=NO_RECORD,
    )  # fmt: skip
    return replace(plain, **more)  # type: ignore[arg-type]


def text(transcript: Transcript) -> str:
    return "\n".join(transcript_lines(transcript, STRUCTURE))


def test_it_says_who_came_and_who_did_not():
    said = text(talk(turn(1, 0, (2, 0), answer(1, Why.ACCEPTS))))
    assert "At the table: Arden and Borland. Arden speaks first in every round. Not at the table: Corinth." in said
    nobody = text(talk(stayed_away=(1,), seats=(0,), speaks_first=None))
    assert "Borland stays away" in nobody
    assert "At the table" not in nobody


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(1, Why.ACCEPTS), "Borland accepts."),
        (answer(1, Why.PRESSED, pressed_by=(0,)), "Borland accepts under pressure from Arden."),
        (
            answer(1, Why.RESERVATION, gain=-0.25, sorest=1),
            "Borland refuses: 0.25 below its reservation value, most of all over Land.",
        ),
        (
            answer(1, Why.RESERVATION, gain=0.1, shift=0.35, pressed_by=(0,), supported_by=(2,)),
            "Borland refuses: 0.25 below its reservation value, although Arden pressed it, with Corinth behind it.",
        ),
        (answer(1, Why.ASPIRATION, sorest=0), "Borland holds out for 0.12 more, most of all over Peace."),
        (answer(1, Why.DOUBT), "Borland misjudges it as 0.12 too little."),
        (answer(1, Why.DOUBT, needed=0.201), "Borland misjudges it as less than 0.01 too little."),
        (
            answer(1, Why.RED_LINE, red_lines=(CrossedLine("no-cession", 1, 1),), sorest=1),
            "Borland refuses: it crosses its red line no-cession (Land: Ceded).",
        ),
        (
            answer(1, Why.RED_LINE, red_lines=(UnmetCondition("paid", ((0, 2),), ((1, (0, 1)),)),)),
            "Borland refuses: it crosses its red line paid (Peace: Treaty, only for Land: Kept or Ceded).",
        ),
        (
            answer(1, Why.RED_LINE, red_lines=(UnmetCondition("never", ((0, 2), (1, 1)), ()),)),
            "Borland refuses: it crosses its red line never (Peace: Treaty and Land: Ceded, never together).",
        ),
        (answer(1, Why.STALLING), "Borland plays for time and accepts nothing."),
    ],
)
def test_every_answer_has_its_words(given: Answer, words: str):
    assert f"Month 1: Arden offers Peace: Treaty; Land: Ceded. {words}" in text(talk(turn(1, 0, (2, 1), given)))


def test_later_offers_say_what_changes_and_repeated_rounds_are_told_once():
    no = answer(1, Why.ASPIRATION, sorest=0)
    said = text(talk(*[turn(month, 0, (2, 1), no) for month in (1, 2, 3)], turn(4, 0, (2, 0), answer(1, Why.ACCEPTS))))
    assert "Months 2\N{EN DASH}3: the same offers, the same answers." in said
    assert "Month 4: Arden now offers Land: Kept. Borland accepts." in said


def test_passing_and_playing_for_time():
    assert "Month 1: Arden passes: it knows no deal" in text(talk(turn(1, 0, (0, 0), move=Move.PASS)))
    said = text(talk(turn(1, 0, (2, 1), answer(1, Why.ASPIRATION), move=Move.STALL)))
    assert "Arden plays for time: it asks for its best deal and accepts nothing this month." in said


def test_a_text_in_hand_is_what_later_offers_change():
    yes, no = answer(1, Why.ACCEPTS), answer(1, Why.ASPIRATION)
    said = text(
        talk(
            turn(1, 0, (1, 1), yes), turn(2, 0, (2, 1), no), turn(3, 0, (1, 0), yes),
            interims=(Interim(1, 1, 0, (1, 1)), Interim(3, 3, 0, (1, 0))),
        )
    )  # fmt: skip
    assert "it leaves the core open and becomes the text in hand: Peace: Truce; Land: Ceded." in said
    assert "Month 2: Arden offers Peace: Treaty." in said
    assert "changes the text in hand: Land: Kept." in said


def test_an_outside_event_is_told_before_the_round_it_meets():
    no = answer(1, Why.ASPIRATION)
    lines = transcript_lines(
        talk(turn(1, 0, (2, 1), no), turn(2, 0, (2, 1), no), shocks=(ShockEvent(2, 0),)), STRUCTURE
    )
    (event,) = [n for n, line in enumerate(lines) if "something happens outside the talks (drought)" in line]
    assert lines[event + 1].startswith("Month 2: Arden offers")


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (LastResort(4, None, signed=False), "no lesser text that leaves the core open would be worth signing to all"),
        (LastResort(4, (0, 1), signed=True, answers=()), "A text of last resort is drafted: Land: Ceded."),
        (LastResort(4, (0, 1), signed=True, answers=()), "The whole table signs it."),
        (
            LastResort(4, (0, 1), signed=False, answers=(answer(1, Why.RESERVATION, gain=-0.5),)),
            "It is not signed. Borland refuses: 0.50 below its reservation value.",
        ),
        (
            LastResort(4, (0, 1), signed=False, answers=(answer(1, Why.RESERVATION, gain=-0.5),), in_hand=True),
            "the text in hand is no longer worth signing to all. Borland refuses: 0.50 below",
        ),
    ],
)
def test_the_deadline(last: LastResort, words: str):
    assert words in text(talk(last_resort=last))


def consent(
    *decisions: ConsentDecision, struck: tuple[int, ...] = (), remaining: tuple[int, int] = (2, 1)
) -> Transcript:
    one = ConsentPass((2, 1), decisions, struck, remaining)
    return talk(ratification=RatificationCourse((2, 1), (one,), remaining, ()))


def test_consent_says_who_refuses_what_and_why():
    refused = ConsentDecision(answer(2, Why.RESERVATION, gain=-0.125), home=False, margin=0.0, stopped=(1,))
    said = text(consent(refused, struck=(1,), remaining=(2, 0)))
    assert "Corinth, not at the table, refuses: 0.12 below its reservation value. It stops Land." in said
    assert "Struck from the text: Land. It now says: Peace: Treaty." in said
    powerless = ConsentDecision(answer(2, Why.RESERVATION, gain=-0.125), home=False, margin=0.0, stopped=())
    assert "It stops no part of it." in text(consent(powerless))


def test_homes_ask_for_their_margin():
    home = ConsentDecision(answer(0, Why.RESERVATION), home=True, margin=0.25, stopped=(0, 1))
    said = text(consent(home, struck=(0, 1), remaining=(0, 0)))
    assert "The home of Arden refuses: it asks for 0.25 above the reservation value and is 0.12 short." in said
    assert "It stops Peace and Land." in said
    assert "Nothing remains of the text." in said
    agreed = ConsentDecision(answer(0, Why.ACCEPTS), home=True, margin=0.25, stopped=())
    assert "Asked for consent, the home of Arden agrees." in text(consent(agreed))


def test_hold_and_ending():
    collapsed = replace(
        NO_RECORD, outcome=Outcome.COLLAPSED, reason=EndReason.DEFECTED, held=3, deal=(2, 0), tabled=(2, 1),
        value=(0.5, -0.001, 0.3),
    )  # fmt: skip
    left = Leaver(party=1, gain=-0.25, walk=0.5, shift=0.0, enforcement=0.125)
    said = text(talk(hold=Durability(3, 24, (left,)), record=collapsed))
    assert (
        "3 months after signature Borland leaves it: going without is worth 0.12 more, even after the 0.12 that "
        "leaving costs; its reservation value has risen by 0.50 since."
    ) in said
    still = text(talk(hold=Durability(3, 24, (replace(left, walk=0.004),)), record=collapsed))
    assert "that leaving costs." in still
    assert "by 0.00" not in still
    assert "Outcome: collapsed. The text was signed, and a party whose compliance it needed later left it." in said
    assert "Decided by Borland." in said
    assert "The text that was left: Peace: Treaty." in said
    assert "Arden 0.50 (0.10), Borland 0.00 (0.20)" in said
    assert "holds for all 24 months" in text(talk(hold=Durability(24, 24, ())))


def test_what_was_for_a_time_lapses():
    signed = replace(NO_RECORD, outcome=Outcome.PROCESS, reason=EndReason.LAPSED, held=6, deal=(1, 1), tabled=(1, 1))
    over = text(talk(hold=Durability(6, 24, (), ((0, 6), (1, 0)), over=True), record=signed))
    assert "Peace: Truce: held for its 6 months, and lapsed." in over
    assert "Land cannot stand without that, and goes with it." in over
    assert "holds for all" not in over
    assert "Outcome: process. A text for a time was signed, held for its months, and lapsed." in over
    partly = text(talk(hold=Durability(24, 24, (), ((0, 1),)), record=signed))
    assert "Peace: Truce: held for its 1 month, and lapsed." in partly
    assert "The rest of the text holds for all 24 months" in partly


def test_what_belongs_to_a_name_in_the_plural():
    parties = (replace(STRUCTURE.parties[0], name="Hill States"), *STRUCTURE.parties[1:])
    subject = Subject(talk(), replace(STRUCTURE, parties=parties), (0, 0))
    assert [subject.whose(party) for party in (0, 1, 3)] == ["Hill States'", "Borland's", "the chair's"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_long_talk_stays_under_sixty_lines_and_says_how_it_ended(name: str):
    encoder = shipped(name)
    for fmt in range(len(encoder.structure.formats)):
        for draw in range(4):
            transcript = play(encoder, format_index=fmt, draw=draw, replication=0)
            lines = transcript_lines(transcript, encoder.structure)
            assert len(lines) < 60
            assert any(line.startswith(f"Outcome: {transcript.outcome.label.replace('_', ' ')}.") for line in lines)
            assert all(line.endswith(".") and "  " not in line and " ." not in line for line in lines), lines


def test_names_and_not_ids_are_used():
    encoder = shipped(SHIPPED[1])
    said = "\n".join(transcript_lines(play(encoder, format_index=3, draw=1, replication=0), encoder.structure))
    ids = [issue.id for issue in encoder.structure.issues if "_" in issue.id]
    ids += [party.id for party in encoder.structure.parties if "_" in party.id]
    assert not [one for one in ids if re.search(rf"\b{one}\b", said)]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_transcripts(name: str):
    """After a change that is meant: `python -m tests.golden.regenerate`, and read the difference."""
    assert "\n".join(told(GOLDEN[name])) + "\n" == path_of(name).read_text(encoding="utf-8")
