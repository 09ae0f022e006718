"""Rounds in short: a line says only what happened in all of the time that it names."""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from sim.engines.talk import play
from sim.report.transcript.talk_text import transcript_lines
from sim.scenario import Encoder
from sim.types.transcript import Move, Transcript
from tests.engines.cases import shipped

SPAN = re.compile(
    r"^(?:(?:Months? (?P<a>\d+)(?:–(?P<b>\d+))?(?:, rounds? (?P<low>\d+)(?:–(?P<high>\d+))?)?)"
    r"|(?:From month (?P<c>\d+)(?:, round (?P<since>\d+),)? to month (?P<d>\d+)(?:, round (?P<until>\d+))?))"
    r"(?:, after [^:]*)?: (?P<who>.+?) (?:now )?offers? "
)


def rounds_of(match: re.Match[str], rounds_per_month: int) -> tuple[int, int]:
    """First and last round of the time that a line names."""
    part = match.groupdict()
    start, stop = int(part["a"] or part["c"]), int(part["b"] or part["d"] or part["a"])
    low, high = part["low"] or part["since"] or 1, part["high"] or part["low"] or part["until"] or rounds_per_month
    return (start - 1) * rounds_per_month + int(low), (stop - 1) * rounds_per_month + int(high)


def untrue(lines: list[str], talk: Transcript, names: dict[str, int], rounds_per_month: int) -> list[str]:
    """Lines on an offer whose speaker offered or heard something else in the time that the line names."""
    wrong: list[str] = []
    for line in lines:
        match = SPAN.match(line)
        if match is None or match["who"] not in names:
            continue
        low, high = rounds_of(match, rounds_per_month)
        texts = [
            (turn.deal, [(answer.party, answer.accepts) for answer in turn.answers])
            for turn in talk.turns
            if turn.heard and turn.speaker == names[match["who"]] and low <= turn.round <= high
        ]
        if len(list(groupby(texts))) != 1:
            wrong.append(line)
    return wrong


@pytest.fixture(scope="module")
def flagship() -> Encoder:
    return shipped("ukraine/anchorage-2025.yaml")


@pytest.mark.parametrize("name", ["russia-us-ukraine", "russia-us-ukraine-europe", "russia-ukraine"])
def test_a_line_says_what_happened_in_all_of_its_span(flagship: Encoder, name: str) -> None:
    structure = flagship.structure
    fmt = [info.id for info in structure.formats].index(name)
    names = {party.name: place for place, party in enumerate(structure.parties)}
    shortened = 0
    for draw in range(8):
        talk = play(flagship, format_index=fmt, draw=draw, replication=0)
        lines = transcript_lines(talk, structure)
        assert untrue(lines, talk, names, structure.formats[fmt].rounds_per_month) == []
        shortened += sum("after " in line and SPAN.match(line) is not None for line in lines)
    assert shortened > 0


def test_a_line_that_claims_too_much_is_noticed(flagship: Encoder) -> None:
    talk = play(flagship, format_index=2, draw=0, replication=0)
    speaker = next(turn.speaker for turn in talk.turns if turn.heard and turn.move is Move.OFFER)
    texts = {turn.deal for turn in talk.turns if turn.speaker == speaker and turn.heard}
    name = flagship.structure.parties[speaker].name
    last = max(turn.month for turn in talk.turns)
    assert len(texts) > 1
    assert untrue([f"Months 1–{last}: {name} offers Peace: yes."], talk, {name: speaker}, 2)
