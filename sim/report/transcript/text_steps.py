"""The rounds of a talk cut into steps that are told together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sim.report.transcript.text_names import Subject
from sim.report.words.words import DASH
from sim.types.transcript import Answer, Move, Turn


@dataclass(frozen=True)
class Step:
    """Consecutive rounds told together: the last heard turn of every speaker in them, in speaking order."""

    rounds: tuple[int, ...]
    months: tuple[int, int]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Section:
    """Consecutive rounds on one stage of the agenda, of one working group, or of the whole agenda."""

    stage: int | None
    turns: tuple[Turn, ...]

    @property
    def agreed(self) -> Turn | None:
        """The last turn that the table took."""
        return next((turn for turn in reversed(self.turns) if turn.agreed), None)

    @property
    def months(self) -> tuple[int, int]:
        """First and last month."""
        return self.turns[0].month, self.turns[-1].month


def sections(turns: Sequence[Turn]) -> list[Section]:
    """The talk by stages and working groups; a package is one section."""
    return [Section(stage, tuple(found)) for stage, found in groupby(turns, key=lambda turn: turn.stage)]


def steps(section: Section, months: int, events: frozenset[int]) -> list[Step]:
    """One round a step, or so many months; an agreement, an outside event and the last round are borders.

    Args:
        section: the rounds.
        months: months a step; 0 for every round on its own.
        events: months in which something happens outside.
    """
    by_round = {number: tuple(turns) for number, turns in groupby(section.turns, key=lambda turn: turn.round)}
    agreed = {turn.round for turn in section.turns if turn.agreed}
    last = max(by_round, default=0)
    found: list[list[tuple[Turn, ...]]] = []
    month, period = 0, -1
    for number, turns in by_round.items():
        event = turns[0].month in events and turns[0].month != month
        month = turns[0].month
        before, period = period, (month - 1) // months if months else number
        if event or number == last or number - 1 in agreed or period != before:
            found.append([])
        found[-1].append(turns)
    return [_step(rounds) for rounds in found]


def _step(rounds: Sequence[tuple[Turn, ...]]) -> Step:
    """Rounds told together; every speaker by its last turn that was heard, all turns of one round of motions."""
    last: dict[int, Turn] = {}
    motions = len(rounds) == 1 and any(turn.move in (Move.SECOND, Move.AMEND) for turn in rounds[0])
    for turns in rounds:
        for place, turn in enumerate(turns):
            if turn.heard:
                key = place if motions else turn.speaker
                last.pop(key, None)
                last[key] = turn
    numbers = tuple(turns[0].round for turns in rounds)
    return Step(numbers, (rounds[0][0].month, rounds[-1][0].month), tuple(last.values()))


def when(subject: Subject, first: Step, last: Step | None = None) -> str:
    """The months of a step, or of several; the round too where a month has more of them."""
    last = last or first
    start, stop = first.months[0], last.months[1]
    if start != stop:
        return f"Months {start}{DASH}{stop}"
    a_month = subject.info.rounds_per_month
    rounds = [(number - 1) % a_month + 1 for number in (first.rounds[0], last.rounds[-1])]
    if a_month == 1 or rounds == [1, a_month]:
        return f"Month {start}"
    if rounds[0] == rounds[1]:
        return f"Month {start}, round {rounds[0]}"
    return f"Month {start}, rounds {rounds[0]}{DASH}{rounds[1]}"


def same(before: Turn, now: Turn) -> bool:
    """True if a turn says and hears nothing new: distances may have moved, reasons have not."""
    if before.move is not now.move or (now.move is not Move.PASS and before.deal != now.deal):
        return False
    return [_gist(one) for one in before.answers] == [_gist(one) for one in now.answers]


def _gist(answer: Answer) -> tuple[object, ...]:
    return answer.party, answer.accepts, answer.why, answer.sorest, answer.red_lines, answer.pressed_by
