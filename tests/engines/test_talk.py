"""One set of rules, two drivers: the Mesa model and the batch engine agree on every offer, answer and ending."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.bargaining.equilibrium_plan import with_plans
from sim.engines import steps as course
from sim.engines import talk
from sim.engines.batch import run_blocks
from sim.engines.kernels import play_block
from sim.engines.mesa_model import NegotiationModel
from sim.engines.steps import ProposedDeal
from sim.engines.talk import Talk, play
from sim.formats.course import enter_round, open_talk
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario import Encoder, load_raw
from sim.types import EndReason, Runs, empty_runs, record_of
from sim.types.transcript import Answer, RatificationCourse, Transcript, UnmetCondition, Why
from sim.types.work import START, Work, make_work
from tests.engines.cases import SHIPPED, encoders, for_a_time, rich_scenario, shipped
from tests.scenario.generate import random_scenario
from tests.shipped import GAINS_ALONE_SETS, SCENARIOS, encoder_of

FEW = settings(max_examples=40, suppress_health_check=list(HealthCheck))
COURSE = ("offer", "kind", "gap", "conceded", "gain", "crossed", "worth", "claims")


def batch(encoder: Encoder, n_draws: int, replications: int) -> Runs:
    ((_, runs),) = run_blocks(with_plans(encoder), n_draws=n_draws, replications=replications, threads=1, block=n_draws)
    return runs


def differences(encoder: Encoder, n_draws: int, replications: int) -> list[str]:
    """Fields in which a talk through Mesa differs from the row of the batch engine, with the run."""
    return list(each_difference(encoder, n_draws, replications))


def each_difference(encoder: Encoder, n_draws: int, replications: int) -> Iterator[str]:
    """The same, talk by talk."""
    runs = batch(encoder, n_draws, replications)
    n_formats = len(encoder.structure.formats)
    for row, (draw, fmt, replication) in enumerate(np.ndindex(n_draws, n_formats, replications)):
        told = play(encoder, format_index=fmt, draw=draw, replication=replication)
        counted = asdict(record_of(runs, row))
        yield from (
            f"{name} of draw {draw}, format {fmt}, replication {replication}: {value} is not {counted[name]}"
            for name, value in asdict(told.record).items()
            if value != counted[name]
        )
        yield from incoherent(told)


def incoherent(told: Transcript) -> list[str]:
    """What the transcript says beside its record that the record or the rules of acceptance contradict."""
    wrong = [f"answer {answer}" for turn in told.turns for answer in turn.answers if not well_founded(answer)]
    if told.ratification is not None:
        wrong += incoherent_consent(told, told.ratification)
    if (told.hold is not None) != (told.record.held >= 0):
        wrong.append("hold")
    for one in told.hold.left if told.hold is not None else ():
        if one.gain - one.shift + one.enforcement >= 1e-9:
            wrong.append(f"{one} had no cause to leave")
    return wrong


def well_founded(answer: Answer) -> bool:
    """True if an answer follows from what it says of gain, need, lines and stalling."""
    enough = answer.gain >= answer.needed - 1e-9 and not answer.red_lines and answer.why is not Why.STALLING
    return answer.accepts == enough == (answer.why in {Why.ACCEPTS, Why.PRESSED})


TERMS = {"if": {"i1": ["o1", "o2"]}, "unless": {"i2": "o2"}}


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("unless", [True, False])
def test_a_refusal_names_the_condition_that_is_not_met(linked: bool, unless: bool):
    """Inside one composite and across two: which line a deal crosses, by what, and what is missing."""
    data = random_scenario(np.random.default_rng(1), 2, 3, 3, red_lines=False, uncertain=0.0)
    line = TERMS if unless else {"if": {"i1": ["o1", "o2"], "i2": "o0"}}
    data["parties"]["p1"]["red_lines"] = {"terms": {**line, "firmness": 1}}
    if linked:
        data["parties"]["p0"]["linkages"] = {"tie": {"when": {"i1": "o1", "i2": "o1"}, "bonus": 0.1}}
    encoder = Encoder(load_raw(data), seed=1)
    ground = Talk(encoder, format_index=0, draw=0, replication=0).ground
    for deal in np.ndindex(*(encoder.layout.width,) * len(encoder.layout.composites)):
        if (np.array(deal) >= ground.t.n_options).any():
            continue
        _, give, get = encoder.structure.issue_options_of(np.array([deal]))[0].tolist()
        text = ProposedDeal(0, 0, 0.0, np.array(deal), np.zeros(2), 0.0, 0.0, 0.0)
        crosses = give > 0 and (get < 2 if unless else get == 0)
        given, missing = (((1, give),), ((2, (2,)),)) if unless else (((1, give), (2, 0)), ())
        assert ground.crossed(1, text) == ((UnmetCondition("terms", given, missing),) if crosses else ())
        assert ground.crosses(1, text) == crosses
        assert ground.crossed(0, text) == ()


def incoherent_consent(told: Transcript, given: RatificationCourse) -> list[str]:
    """Differences between consent as told and as counted."""
    wrong: list[str] = []
    record = told.record
    if not given.remainder_refused_by and given.remaining != record.deal:
        wrong.append(f"what remained, {given.remaining}, is not in force")
    if given.tabled != record.tabled:
        wrong.append(f"tabled {given.tabled}")
    stopped = [0] * len(record.refused)
    for decision in [one for each in given.passes for one in each.decisions]:
        for issue in decision.stopped:
            stopped[issue] |= 1 << decision.answer.party
    if record.reason != EndReason.DEFECTED and tuple(stopped) != record.refused:
        wrong.append(f"refusals {stopped}")
    return wrong


def lanes_of_batch(encoder: Encoder, *, fmt: int, draw: int, replication: int) -> Work:
    """The workspace after the compiled loop has played one draw and format up to and with a replication."""
    tables = with_plans(encoder).tables(draw, 1)
    work = make_work(tables, formats=[fmt])
    out = empty_runs(replication + 1, len(tables.issue_composite), len(tables.bloc), tables.legs.shape[1])
    packs = Pack(tables, TABLES), Pack(work, WORK), Pack(out, RUNS)
    play_block(*packs, seed=encoder.seed, first=draw, count=1, replications=replication + 1)
    return work


def course_differences(encoder: Encoder, *, fmt: int, draw: int) -> list[str]:
    """Arrays of the rounds that differ between the two drivers in the first run of a draw and format."""
    model = NegotiationModel(encoder, format_index=fmt, draw=draw, replication=0)
    while model.running:
        model.step()
    mine, theirs = model.ground.w, lanes_of_batch(encoder, fmt=fmt, draw=draw, replication=0)
    found: list[str] = []
    if model.started:
        seats = mine.seats[: int(mine.n_seats[0])]
        for lane in range(int(mine.n_lanes[0])):
            rounds = slice(int(mine.first_round[lane]), int(mine.n_built[lane]))
            for name in COURSE:
                ours = getattr(mine, name)[lane, rounds][:, seats]
                if not np.array_equal(ours, getattr(theirs, name)[lane, rounds][:, seats]):
                    found.append(f"{name} in lane {lane}")
    return found


@FEW
@given(encoders())
def test_both_drivers_write_the_same_row(encoder: Encoder):
    assert differences(encoder, n_draws=2, replications=2) == []


@FEW
@given(encoders(), st.integers(0, 3))
def test_both_drivers_take_the_same_course(encoder: Encoder, fmt: int):
    assert course_differences(encoder, fmt=fmt, draw=1) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_both_drivers_agree_on_what_ships(name: str):
    assert differences(shipped(name), n_draws=4, replications=3) == []


@pytest.mark.parametrize("variant", ["severable=no", "hold=once", "errors=fresh", "learning=on", "foresight=1"])
def test_both_drivers_agree_under_variants(variant: str):
    assert differences(shipped(SHIPPED[0], variant=variant), n_draws=3, replications=2) == []


def one_of_each_ending() -> dict[EndReason, Transcript]:
    """A talk for every end reason, out of generated scenarios, each found by the batch engine."""
    found: dict[EndReason, Transcript] = {}
    sizes = [(2, 3, 2), (3, 4, 3), (4, 5, 3), (7, 9, 4), (5, 3, 3), (3, 6, 4)] * 10
    part_by_part = ({"rules": {"single_undertaking": seed // 6 % 2 == 0}} for seed in range(len(sizes)))
    every = (many_sided(seed, sizes[seed], **one) for seed, one in enumerate(part_by_part))
    for encoder in chain(every, [a_pie()]):
        runs = batch(encoder, 3, 4)
        places = list(np.ndindex(3, len(encoder.structure.formats), 4))
        for reason in set(runs.reason.tolist()) - set(found):
            draw, fmt, replication = places[int(np.flatnonzero(runs.reason == reason)[0])]
            found[EndReason(reason)] = play(encoder, format_index=fmt, draw=draw, replication=replication)
    return found


def many_sided(seed: int, sizes: tuple[int, int, int], **behaviour: Any) -> Encoder:
    rng = np.random.default_rng(seed)
    recipe: dict[str, Any] = {"linked": seed % 2 == 0, "shocks": 2, "ratification": True, "misperception": True}
    data = rich_scenario(rng, *sizes, **recipe, early_harvest=seed % 3 == 0, conditional_lines=2)
    if seed >= 48:
        for_a_time(rng, data)
    return Encoder(load_raw({**data, "behaviour": {"learning_prior": 2.0, **behaviour}}), seed=seed)


def a_pie() -> Encoder:
    """Two shares of a pie, each dear to one of two optimists."""
    pie = {"level": "core", "status_quo": "open", "options": {"open": {}, **{key: {"settles": True} for key in "ab"}}}
    likes = {own: {"options": {"open": 0, own: 1, other: 0.2}} for own, other in ("ab", "ba")}
    parties = {own: {"salience": {"pie": 1}, "values": {"pie": likes[own]}} for own in "ab"}
    talks = {"seats": dict.fromkeys("ab", "principal"), "calendar": {"months": 2, "rounds_per_month": 2}}
    head = {"parley": 1, "id": "pie", "title": "A pie", "behaviour": {"optimism": 0.2}}
    return Encoder(load_raw({**head, "issues": {"pie": pie}, "parties": parties, "formats": {"two": talks}}), seed=1)


def test_the_examples_reach_every_kind_of_ending_and_answer():
    """The equality is worth something only if the talks compared go through every part of the rules."""
    told = one_of_each_ending()
    # Nobody passes at every table of these scenarios; a text that is too poor for all is rare. Without a contact group
    # nothing is voted down (tests.formats.test_plenary).
    assert set(told) >= set(EndReason) - {EndReason.ALL_PASSED, EndReason.VOTED_DOWN}
    talks = list(told.values())
    assert told[EndReason.STAYED_AWAY].stayed_away
    assert told[EndReason.DEFECTED].hold is not None
    assert told[EndReason.DEFECTED].hold.left
    for reason in (EndReason.PARTIAL_AT_DEADLINE, EndReason.DEADLINE):
        last = told[reason].last_resort
        assert last is not None
        assert last.signed == (reason is EndReason.PARTIAL_AT_DEADLINE)
    assert told[EndReason.PARTIAL_BANKED].interims
    assert any(talk.shocks for talk in talks)
    answers = [answer for talk in talks for turn in talk.turns for answer in turn.answers]
    # Of other protocols and strategies:
    elsewhere = {Why.ABSTAINS, Why.EXPECTS_MORE, Why.OWN_STRATEGY, Why.PREFERS_FLOOR}
    assert {answer.why for answer in answers} >= set(Why) - elsewhere
    assert any(answer.supported_by for answer in answers)
    given = [talk.ratification for talk in talks if talk.ratification]
    decisions = [one for each in given for step in each.passes for one in step.decisions]
    assert {(one.home, one.answer.accepts) for one in decisions} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert any(one.remainder_refused_by for one in given)


# The comparison must be able to fail: each of these breaks one thing in one of the two drivers.


def test_a_driver_that_starts_from_another_seat_is_caught(monkeypatch: pytest.MonkeyPatch):
    def open_at_the_first(tables: Any, work: Any, *rest: Any) -> None:
        open_talk(tables, work, *rest)
        work.arrays.state[START] = 0

    monkeypatch.setattr(talk, "open_talk", open_at_the_first)
    assert any(each_difference(shipped(SHIPPED[1]), n_draws=2, replications=4))


def test_a_driver_that_forgets_what_was_received_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(talk, "close_round", lambda tables, work, lane, step: None)
    encoder = encoder_of(SCENARIOS / SHIPPED[1], sets=GAINS_ALONE_SETS)
    assert course_differences(encoder, fmt=3, draw=0)


def test_a_driver_with_other_shocks_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(talk, "enter_round", lambda tables, work, fmt, key: enter_round(tables, work, fmt, key + 1))
    encoder = many_sided(5, (3, 6, 4))
    assert any("shock" in one for one in each_difference(encoder, n_draws=4, replications=4))


def test_a_wrong_reason_is_caught(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(course.Ground, "table_error", lambda *_, **__: 0.0)
    assert any("answer" in one for one in each_difference(shipped(SHIPPED[1]), n_draws=2, replications=1))


# The Mesa side.


def test_the_tables_hold_every_turn_and_answer():
    model = NegotiationModel(shipped(SHIPPED[0]), format_index=1, draw=0, replication=1)
    while model.running:
        model.step()
    told = model.finish()
    assert told == play(shipped(SHIPPED[0]), format_index=1, draw=0, replication=1)
    assert len(model.agents) == len(model.parties)
    offers = model.datacollector.get_table_dataframe("offers")
    answers = model.datacollector.get_table_dataframe("answers")
    utilities = model.datacollector.get_table_dataframe("utilities")
    assert len(offers) == len(told.turns)
    assert len(answers) == sum(len(turn.answers) for turn in told.turns)
    assert len(utilities) == len(told.turns) * len(model.parties)
    assert offers.deal.tolist() == [turn.deal for turn in told.turns]
    per_round = model.datacollector.get_model_vars_dataframe()
    assert len(per_round) == max(turn.round for turn in told.turns)
    assert set(model.datacollector.get_agent_vars_dataframe().columns) >= {"party", "gap"}


def test_a_talk_is_the_same_whatever_was_played_before():
    encoder = shipped(SHIPPED[1])
    first = play(encoder, format_index=2, draw=3, replication=1)
    play(encoder, format_index=0, draw=1, replication=0)
    assert play(encoder, format_index=2, draw=3, replication=1) == first


def test_a_talk_still_running_has_no_transcript():
    model = Talk(shipped(SHIPPED[0]), format_index=0, draw=0, replication=0)
    with pytest.raises(RuntimeError, match="not ended"):
        model.finish()


@pytest.mark.parametrize("wrong", [{"format_index": 9}, {"format_index": -1}, {"draw": -1}, {"replication": -1}])
def test_a_run_that_does_not_exist_is_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="no such run"):
        play(shipped(SHIPPED[0]), **{"format_index": 0, "draw": 0, "replication": 0, **wrong})


def test_neither_driver_loads_mesa():
    code = "import sys, sim.engines.batch, sim.engines.talk, sim.app.trace; assert 'mesa' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
