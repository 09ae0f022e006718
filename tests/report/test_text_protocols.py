"""Talks of every protocol, votes, roles, stages and tracks in plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml

from sim.engines.talk import play
from sim.formats.protocols import PROTOCOL
from sim.report.transcript.talk_text import transcript_lines
from sim.report.transcript.text_turns import against
from sim.scenario import Encoder, load_raw
from sim.types import EndReason, FormatInfo, Outcome, Structure, Transcript
from sim.types.outcomes import NOT_PLAYED
from sim.types.transcript import (
    Answer,
    ConsentDecision,
    ConsentPass,
    Durability,
    Interim,
    LastResort,
    Leaver,
    Move,
    RatificationCourse,
    ShockEvent,
    Turn,
    Why,
)
from tests.golden.regenerate import FOLDER, GOLDEN, Golden, played
from tests.report.transcript.test_talk_text import NO_RECORD, STRUCTURE, answer, talk, turn

CHAIR = len(STRUCTURE.parties)


def structure(*formats: FormatInfo) -> Structure:
    return replace(STRUCTURE, formats=formats)


def fmt(protocol: str = "alternating_offers", **more: Any) -> FormatInfo:
    given = {"seats": (0, 1), "months": 4, "rounds_per_month": 1, "transparency": "public", **more}
    return FormatInfo(id="f", name="Arden - Borland", protocol=protocol, **given)


def said(transcript: Transcript, *formats: FormatInfo, **more: Any) -> str:
    return "\n".join(transcript_lines(transcript, structure(*formats), **more))


def staged(one: Turn, stage: int | None, *, round: int | None = None) -> Turn:
    return replace(one, stage=stage, round=round or one.round)


YES, NO = answer(1, Why.ACCEPTS), answer(1, Why.ASPIRATION, sorest=0)


@pytest.mark.parametrize("protocol", [name for name in PROTOCOL if name != "alternating_offers"])
def test_the_protocol_is_said_where_it_is_not_the_plain_one(protocol: str):
    words = said(talk(turn(1, 0, (2, 0), NO)), fmt(protocol, stages=("a", "plenary")))
    assert PROTOCOL[protocol].sentence[1:] in words


def test_alternating_offers_need_no_introduction():
    words = said(talk(turn(1, 0, (2, 0), NO)), fmt())
    assert PROTOCOL["alternating_offers"].title not in words
    assert "Consent rule" not in words


def test_roles_and_rules():
    info = fmt(
        "single_text", seats=(0,), mediator=1, mandate=True, guarantors=(2,),
        consent="55% of members, veto of Arden",
    )  # fmt: skip
    words = said(talk(turn(1, 1, (2, 0)), seats=(0,)), info)
    assert "Borland mediates and has no vote; what it drafts binds without ratification at home." in words
    assert "Corinth stands guarantor" in words
    assert "Consent rule: 55% of members, veto of Arden." in words
    assert "Not at the table" not in words
    assert "speaks first" not in words
    assert "Borland mediates with a vote of its own." in said(talk(), fmt(seats=(0, 1), mediator=1))
    assert "Corinth observes." in said(talk(), fmt(observers=(2,)))
    assert "Consent rule: majority (more than half of the votes)." in said(talk(), fmt(consent="majority"))


def test_a_vote_names_the_rule_and_who_was_outvoted():
    info = fmt("proposal_and_vote", consent="majority", seats=(0, 1, 2))
    vote = replace(
        turn(1, 0, (2, 1), answer(1, Why.RESERVATION, gain=-0.25, sorest=1), answer(2, Why.ACCEPTS)), agreed=True
    )
    words = said(talk(vote, seats=(0, 1, 2), outvoted=(1,)), info)
    assert "Arden has the floor and proposes Peace: Treaty; Land: Ceded. Corinth votes for it." in words
    assert "Borland votes against it: 0.25 below its reservation value, most of all over Land." in words
    assert "Month 1: Arden's proposal carries (majority), against the vote of Borland: Peace: Treaty" in words
    whole = said(talk(replace(turn(1, 0, (2, 1), YES), agreed=True)), info)
    assert "carries (majority), with nobody against" in whole


def test_motions_on_the_floor():
    keeps = answer(2, Why.PREFERS_FLOOR)
    motions = (
        turn(1, 0, (2, 1)),
        replace(turn(1, 1, (2, 0), answer(0, Why.ACCEPTS), keeps), move=Move.AMEND, owner=0, carried=True),
        replace(turn(1, 2, (2, 1), answer(0, Why.PREFERS_FLOOR)), move=Move.AMEND, owner=1),
        replace(turn(1, 0, (2, 0)), move=Move.SECOND, owner=1),
        replace(turn(1, CHAIR, (2, 0), answer(0, Why.ACCEPTS)), owner=1, agreed=True),
    )
    words = said(talk(*motions, seats=(0, 1, 2)), fmt("open_rule", consent="majority", seats=(0, 1, 2)))
    assert "Arden has the floor and proposes Peace: Treaty; Land: Ceded." in words
    assert "Borland moves to amend it: Peace: Treaty. The amendment carries and takes the floor." in words
    assert "Corinth votes against it: it would rather keep what is on the floor, by 0.12." in words
    assert "The amendment fails, and Borland's proposal stays on the floor." in words
    assert "Arden moves the vote on Borland's proposal." in words
    assert "Borland's proposal is put to the vote: Peace: Treaty. Arden votes for it." in words
    assert "Borland's proposal carries (majority), with nobody against: Peace: Treaty" in words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(1, Why.PRESSED, pressed_by=(0,)), "Borland votes for it under pressure from Arden."),
        (answer(1, Why.ASPIRATION, sorest=0), "Borland votes against it: it holds out for 0.12 more"),
        (answer(1, Why.DOUBT), "Borland votes against it: it misjudges it as 0.12 too little."),
        (answer(1, Why.STALLING), "Borland votes against it: it plays for time."),
        (answer(1, Why.RED_LINE), "Borland votes against it: it crosses a red line."),
        (answer(1, Why.EXPECTS_MORE), "Borland votes against it: it expects 0.12 more from talking on."),
        (answer(1, Why.OWN_STRATEGY), "Borland votes against it: its own strategy says so."),
        (answer(1, Why.ABSTAINS), "Borland abstains: the text changes nothing for it."),
    ],
)
def test_every_vote_has_its_words(given: Answer, words: str):
    told = said(talk(turn(1, 0, (2, 1), given)), fmt("proposal_and_vote", consent="majority"))
    assert words in told
    assert told.count("votes against") == words.count("votes against")


def test_reasons_of_strategies_and_guarantors():
    owns = replace(answer(1, Why.OWN_STRATEGY), accepts=True)
    assert "Borland accepts by its own strategy." in said(talk(turn(1, 0, (2, 1), owns)), fmt())
    assert "Borland refuses by its own strategy." in said(talk(turn(1, 0, (2, 1), answer(1, Why.OWN_STRATEGY))), fmt())
    more = answer(1, Why.EXPECTS_MORE)
    assert "Borland refuses: it expects 0.12 more from talking on." in said(talk(turn(1, 0, (2, 1), more)), fmt())
    asked = turn(1, 0, (2, 1), YES, answer(2, Why.RESERVATION, gain=-0.5))
    words = said(talk(asked), fmt(guarantors=(2,)))
    assert "Borland accepts. Corinth (guarantor) refuses: 0.50 below its reservation value." in words


def test_a_single_text_is_put_and_revised():
    answers = answer(0, Why.ASPIRATION), NO
    drafts = [turn(1, 2, (2, 1), *answers), turn(2, 2, (2, 0), *answers), turn(3, 2, (2, 0), answer(0, Why.ACCEPTS))]
    words = said(talk(*drafts), fmt("single_text", mediator=2))
    assert "Month 1: Corinth puts a draft: Peace: Treaty; Land: Ceded." in words
    assert "Month 2: Corinth revises its draft: Land: Kept." in words
    assert "Month 3: Corinth puts its draft again. Arden accepts." in words
    assert "the table agrees on Corinth's draft: Peace: Treaty." in words


def test_the_chair_speaks_for_nobody():
    words = said(talk(turn(1, CHAIR, (2, 1), NO)), fmt("single_text"))
    assert "a chair without a vote does the writing" in words
    assert "Month 1: The chair puts a draft: Peace: Treaty; Land: Ceded." in words
    nothing = said(talk(turn(1, CHAIR, (0, 0), move=Move.PASS)), fmt("single_text"))
    assert "The chair has no text to put that is better than what there is." in nothing


def test_a_shuttle_carries_texts():
    own = turn(1, 2, (2, 0), answer(0, Why.ASPIRATION), NO)
    theirs = turn(1, 0, (2, 1), answer(1, Why.ACCEPTS))
    words = said(talk(own, replace(theirs, round=1)), fmt("shuttle", mediator=2))
    assert "Visited one by one: Arden and Borland." in words
    assert "Corinth carries its own draft to Arden and Borland: Peace: Treaty." in words
    assert "Corinth carries the offer of Arden to Borland: Peace: Treaty; Land: Ceded. Borland accepts." in words
    assert "all have said yes to Arden's offer" in words


def test_a_mediator_with_a_vote_carries_nothing_to_itself():
    theirs = turn(1, 0, (2, 1), NO, answer(2, Why.ACCEPTS))
    words = said(talk(theirs, seats=(0, 1, 2)), fmt("shuttle", seats=(2, 0, 1), mediator=2))
    assert "Corinth carries the offer of Arden to Borland: Peace" in words
    assert "Visited one by one: Arden and Borland. Corinth mediates with a vote of its own." in words
    alone = turn(1, 0, (2, 1), answer(2, Why.ACCEPTS))
    assert "Corinth hears the offer of Arden: Peace" in said(talk(alone), fmt("shuttle", seats=(2, 0), mediator=2))


GROUPS = ("Peace", "Land", "plenary")


def test_groups_and_plenary():
    info = fmt("baskets", agenda_order="package", stages=GROUPS)
    yes = answer(1, Why.ACCEPTS)
    turns = (
        staged(turn(1, 0, (2, 0), yes), 0),
        staged(turn(1, 0, (0, 1), NO), 1),
        staged(turn(3, CHAIR, (2, 0), answer(0, Why.ACCEPTS), yes), 2),
    )
    words = said(talk(*turns, interims=(Interim(1, 1, 0, (2, 0)),)), info)
    assert "Working group on Peace: Arden." in words
    assert "Month 1: the group on Peace agrees on Arden's offer: Peace: Treaty." in words
    assert "Working group on Land, meanwhile: Arden." in words
    assert "The group on Land ends without a text." in words
    assert "The group on Peace ends" not in words
    assert "The chair puts the package of the working groups to the plenary: Peace: Treaty." in words
    assert "Month 3: the plenary agrees on the package of the working groups: Peace: Treaty." in words


def test_a_plenary_without_a_package():
    turns = (staged(turn(1, 0, (2, 0), NO), 0), staged(turn(3, CHAIR, (0, 0), move=Move.PASS), 2))
    words = said(talk(*turns), fmt("baskets", stages=GROUPS))
    assert "The working groups have agreed on nothing that the chair could put to the plenary." in words


def test_groups_meet_the_same_event_each_at_its_time():
    turns = [staged(turn(month, 0, (2, 0), NO), stage) for stage in (0, 1) for month in (1, 2)]
    turns.append(staged(turn(3, 0, (2, 0), NO), 2))
    shocks = (
        ShockEvent(2, 0),
        ShockEvent(1, -1),
        ShockEvent(3, 0),
    )  # what working groups and a plenary leave on the record
    lines = transcript_lines(talk(*turns, shocks=shocks), structure(fmt("baskets", stages=GROUPS)))
    events = [n for n, line in enumerate(lines) if "something happens outside" in line]
    assert len(events) == 2
    assert all(lines[n + 1].startswith("Month 2: Arden offers") for n in events)


def test_stages_of_an_agenda():
    info = fmt(agenda_order="given", stages=("Land", "Peace"))
    turns = (
        staged(turn(1, 0, (0, 1), YES), 0),
        staged(turn(2, 0, (2, 1), NO), 1),
        staged(turn(3, 0, (2, 1), NO), None),
    )
    words = said(talk(*turns, interims=(Interim(1, 1, 0, (0, 1)),)), info)
    assert "Agenda: in this order: Land, then Peace." in words
    assert "On the agenda now: Land." in words
    assert "Month 1: the table agrees on Arden's offer: Land: Ceded." in words
    assert "leaves the core open" not in words
    assert "The time for Peace is over, without agreement." in words
    assert "The time for Land is over" not in words
    assert "The agenda is through; what time is left goes to all of it." in words
    assert "Month 2: Arden offers Peace: Treaty." in words  # against the text in hand


def test_groups_told_briefly_all_start_from_what_is_in_force():
    names = tuple(f"Issue {z}" for z in range(30))
    turns = [staged(turn(1, p, (2, 0), answer(1 - p, Why.ASPIRATION)), z) for z in range(29) for p in (0, 1)]
    turns += [staged(turn(2, 0, (2, 0), YES), 29), staged(turn(3, CHAIR, (2, 0), NO), 30)]
    words = said(talk(*turns), fmt("baskets", stages=(*names, "plenary")))
    assert "Month 2, Issue 29: agreed on Arden's offer: Peace: Treaty." in words
    assert "to the plenary: Peace: Treaty." in words


def test_many_stages_take_a_line_each():
    info = fmt(agenda_order="easy_first", stages=tuple(f"Issue {z}" for z in range(20)), months=40)
    turns = [
        staged(turn(2 * z + 1 + m, p, (2, p), answer(1 - p, Why.ASPIRATION)), z)
        for z in range(20)
        for m in (0, 1)
        for p in (0, 1)
    ]
    turns.append(staged(turn(41, 0, (2, 0), YES), None))
    lines = transcript_lines(talk(*turns), structure(info))
    assert len(lines) < 40
    assert "Months 3\N{EN DASH}4, Issue 1: no agreement." in lines
    assert "the easiest issues first, in 20 stages" in lines[1]


def test_what_a_mediator_with_a_mandate_wrote_binds():
    done = RatificationCourse((2, 0), (ConsentPass((2, 0), (), (), (2, 0)),), (2, 0), ())
    drafted = replace(turn(1, 2, (2, 0), answer(0, Why.ACCEPTS)), agreed=True)
    words = "binds without ratification at home."
    info = fmt("shuttle", mediator=2, mandate=True)
    assert f"What the mediator wrote {words}" in said(talk(drafted, ratification=done), info)
    offered = replace(drafted, speaker=0)
    assert f"What the mediator wrote {words}" not in said(talk(offered, ratification=done), info)
    last = LastResort(4, (2, 0), signed=True, in_hand=True)
    assert f"What the mediator wrote {words}" not in said(talk(drafted, ratification=done, last_resort=last), info)


def test_a_last_resort_against_votes_and_consent_of_the_outvoted():
    info = fmt("proposal_and_vote", consent="majority", guarantors=(2,))
    no = answer(1, Why.RESERVATION, gain=-0.5)
    last = LastResort(4, (0, 1), signed=True, answers=(answer(0, Why.ACCEPTS), no))
    agrees = [ConsentDecision(answer(p, Why.ACCEPTS), home=False, margin=0.0, stopped=()) for p in (1, 2)]
    done = RatificationCourse((0, 1), (ConsentPass((0, 1), tuple(agrees), (), (0, 1)),), (0, 1), ())
    words = said(talk(last_resort=last, ratification=done, outvoted=(1,)), info)
    assert "It carries (majority). Borland votes against it: 0.50 below its reservation value." in words
    assert "The whole table signs it" not in words
    assert "Asked for consent, Borland (outvoted) and Corinth (guarantor) agree." in words


# Tracks.

TRACK = fmt("track", legs=(0, 1), months=9)
TRACK = replace(TRACK, id="t", name="Widening")
LEGS = (fmt(), replace(fmt(seats=(0, 1, 2)), id="g", name="All three"), TRACK)
PLAYED = replace(
    NO_RECORD, outcome=Outcome.SETTLEMENT, reason=EndReason.SETTLED, decided=0, deal=(2, 1), tabled=(2, 1),
    legs=(Outcome.PARTIAL, Outcome.SETTLEMENT),
)  # fmt: skip
PARTIAL = replace(
    NO_RECORD, outcome=Outcome.PARTIAL, reason=EndReason.PARTIAL_BANKED, decided=0, deal=(0, 1), tabled=(0, 1), month=4
)


def track(first: Any, *, last: Any = PLAYED, **more: Any) -> Transcript:
    leg = talk(turn(1, 0, (0, 1), YES), record=first, hold=Durability(24, 24, ()))
    seats = {"seats": (0, 1, 2), "format_index": 1, "in_force": first.deal}
    return talk(turn(6, 0, (2, 1), YES), earlier=(leg,), record=last, **{**seats, **more})


def test_a_track_is_told_leg_by_leg():
    lines = transcript_lines(track(PARTIAL), structure(*LEGS), track=2)
    assert lines[0].startswith("Widening, a track: Arden\N{EN DASH}Borland and All three. Draw 2")
    legs = [line for line in lines if line.startswith("Leg ")]
    assert [line.split(":")[0] for line in legs] == ["Leg 1 of 2", "Leg 2 of 2"]
    between = lines[lines.index(legs[0]) : lines.index(legs[1])]
    assert "In force after it: Land: Ceded." in between
    assert any(line.startswith("Outcome of this leg, taken alone: partial.") for line in between)
    assert "Month 6: Arden offers Peace: Treaty. Borland accepts." in lines  # against what leg 1 left
    assert sum(line.startswith("All distances") for line in lines) == 1


def test_rounds_of_a_later_leg_are_counted_within_their_month():
    twice = [replace(one, rounds_per_month=2) for one in LEGS]
    rounds = [replace(turn(6, 0, (2, 1), NO), round=1), replace(turn(6, 0, (2, 0), NO), round=2)]
    words = said(track(PARTIAL, turns=tuple(rounds)), *twice, track=2)
    assert "Month 6, round 1: Arden offers" in words
    assert "Month 6, round 2: Arden now offers" in words


def test_what_is_remembered_otherwise_is_told():
    words = said(track(PARTIAL, in_force=(0, 0)), *LEGS, track=2)
    assert "is remembered otherwise, and binds nobody: Land." in words
    assert "Nothing is in force after it." in words
    assert "Month 6: Arden offers Peace: Treaty; Land: Ceded." in words


@pytest.mark.parametrize(("held", "left"), [(1, "Nothing is in force"), (9, "In force after it: Land: Ceded.")])
def test_a_text_that_was_left_before_the_next_leg_is_gone(held: int, left: str):
    leaver = Leaver(party=1, gain=-0.25, walk=0.5, shift=0.0, enforcement=0.0)
    record = replace(PARTIAL, outcome=Outcome.COLLAPSED, reason=EndReason.DEFECTED, held=held, decided=2)
    whole = track(record, in_force=(0, 0) if held == 1 else (0, 1))
    first = replace(whole.earlier[0], hold=Durability(held, 24, (leaver,)))
    words = said(replace(whole, earlier=(first,)), *LEGS, track=2)
    assert left in words
    assert ("Left to itself the text would not last" in words) == (held == 9)
    assert ("after signature Borland leaves it" in words) == (held == 1)


def test_an_early_settlement_ends_the_track():
    record = replace(NO_RECORD, outcome=Outcome.SETTLEMENT, legs=(Outcome.SETTLEMENT, NOT_PLAYED))
    words = said(talk(turn(1, 0, (2, 0), YES), record=record), *LEGS, track=2)
    assert "Leg 1 of 2" in words
    assert "Leg 2 of 2" not in words
    assert "The track ends here; the later legs are not held." in words


def test_a_last_leg_that_adds_nothing():
    second = talk(turn(6, 0, (0, 1), NO), format_index=1, seats=(0, 1, 2), in_force=(0, 1))
    whole = track(PARTIAL)
    last = replace(PARTIAL, legs=(Outcome.PARTIAL, Outcome.NO_AGREEMENT))
    words = said(
        replace(whole, earlier=(*whole.earlier, second), turns=(), record=last, hold=Durability(24, 24, ())),
        *LEGS,
        track=2,
    )
    assert words.count("Leg 2 of 2") == 1
    assert "It adds nothing to what the legs before it have left in force." in words
    assert "Outcome: partial." in words
    assert "The text in force: Land: Ceded." in words


# Against the engine.


@pytest.mark.parametrize("name", GOLDEN)
def test_the_votes_told_are_the_votes_counted(name: str):
    transcript, _, _ = played(GOLDEN[name])
    agreed = [one for one in transcript.turns if one.agreed]
    if agreed and transcript.last_resort is None:
        assert tuple(one.party for one in agreed[-1].answers if against(one)) == transcript.outvoted


def test_offers_stay_within_the_stage_that_is_told():
    for draw in range(4):
        transcript, names, index = played(Golden("valley.yaml", "easy", draw, 0))
        issues = [issue.name for issue in names.issues]
        for one in transcript.turns:
            if one.stage is not None and one.move is Move.OFFER:
                before = [each.deal for each in transcript.interims if each.round < one.round]
                pairs = zip(issues, one.deal, before[-1] if before else (0,) * len(issues), strict=True)
                assert {name for name, new, old in pairs if new != old} <= {names.formats[index].stages[one.stage]}


def test_who_abstains_is_told_to_abstain():
    data = yaml.safe_load((FOLDER / "valley.yaml").read_text(encoding="utf-8"))
    data["parties"]["bank"].update(salience={"sluice": 1}, values={"sluice": {"ranking": ["open", "shut"]}})
    data["formats"]["vote"]["seats"]["bank"] = "principal"
    data["formats"]["vote"]["consent"] = {"members": 0.6, "abstention": True}
    encoder = Encoder(load_raw(data), seed=1)
    index = list(data["formats"]).index("vote")
    found = [play(encoder, format_index=index, draw=draw, replication=0) for draw in range(12)]
    answers = [one for transcript in found for each in transcript.turns for one in each.answers]
    assert all(one.pressed_by for one in answers if one.why is Why.PRESSED)
    assert any(one.why is Why.ABSTAINS for one in answers)


def test_golden_transcripts_tell_every_protocol():
    told = {played(golden)[1].formats[played(golden)[2]].protocol for golden in GOLDEN.values()}
    assert told == {*PROTOCOL, "track"}
    assert any(played(golden)[0].outvoted for golden in GOLDEN.values())


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_transcripts_are_short_and_clean(name: str):
    transcript, names, index = played(GOLDEN[name])
    lines = transcript_lines(transcript, names, track=index)
    assert len(lines) <= 30
    assert all(line.endswith(".") and "  " not in line and " ." not in line and ".." not in line for line in lines)
    assert np.isfinite(transcript.record.value).all()
