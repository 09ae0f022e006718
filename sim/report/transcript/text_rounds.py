"""The rounds of a talk, in the shortest steps that keep it readable: stages, texts, answers, agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sim.report.transcript.text_turns import Subject, against, answers, count, offer, owned, passes, repeats
from sim.report.words.words import DASH, listed
from sim.types.transcript import Deal, Move, ShockEvent, Turn

_BY_ROUND = 0
_MONTHS_A_STEP = (_BY_ROUND, 1, 2, 3, 4, 6, 12, 10_000)


@dataclass(frozen=True)
class _Said:
    """What a speaker ends a step with: its last turn, since when it says and hears that, and what is not told."""

    turn: Turn
    since: Turn
    before: tuple[Turn, ...]
    """Its other turns in the step."""

    @property
    def untold(self) -> str:
        """Words for those before: how many other texts, or that the answers were others."""
        texts = {turn.deal for turn in self.before if turn.move is not Move.PASS} - {self.turn.deal}
        if texts:
            return f", after {count(len(texts), 'other text')}"
        return ", after other answers" if self.before else ""


@dataclass(frozen=True)
class _Step:
    """Consecutive rounds told together: what every speaker that was heard ends with, in speaking order."""

    rounds: tuple[int, ...]
    months: tuple[int, int]
    said: tuple[_Said, ...]


@dataclass(frozen=True)
class _Section:
    """Consecutive rounds on one stage of the agenda, of one working group, or of the whole agenda."""

    stage: int | None
    turns: tuple[Turn, ...]

    @property
    def agreed(self) -> Turn | None:
        """The last turn that the table took."""
        return next((turn for turn in reversed(self.turns) if turn.agreed), None)


@dataclass
class _Known:
    """What has been said so far, so that only what changes need be said."""

    base: Deal
    turns: dict[int, Turn] = field(default_factory=dict)


def rounds(subject: Subject, most: int) -> list[str]:
    """The rounds, told in steps so long that they take at most `most` lines where that can be."""
    by_stage = groupby(subject.talk.turns, key=lambda turn: turn.stage)
    sections = [_Section(stage, tuple(turns)) for stage, turns in by_stage]
    lines: list[str] = []
    for months in _MONTHS_A_STEP:
        lines = _tell(subject, sections, months)
        if len(lines) <= most:
            return lines
    staged = any(section.stage is not None for section in sections)
    return _tell(subject, sections, _MONTHS_A_STEP[-1], briefly=True) if staged else lines


def _tell(subject: Subject, sections: Sequence[_Section], months: int, *, briefly: bool = False) -> list[str]:
    """All sections; briefly, a line a stage, and what comes after the stages by where it ends."""
    known = _Known(subject.stood)
    lines: list[str] = []
    for place, section in enumerate(sections):
        if briefly and section.stage is not None and not subject.is_plenary(section.stage):
            lines += _in_a_line(subject, section, known)
            continue
        lines += _begin(subject, section, known, place)
        lines += _body(subject, section, known, months)
        lines += _end(subject, section)
    return lines


def _in_a_line(subject: Subject, section: _Section, known: _Known) -> list[str]:
    lines = [event(subject, shock) for shock in _met(subject, section)]
    start, stop = section.turns[0].month, section.turns[-1].month
    span = f"Month {start}" if start == stop else f"Months {start}{DASH}{stop}"
    turn, result = section.agreed, "no agreement."
    if turn is not None:
        result = f"agreed on {owned(subject, turn)}: {subject.content(turn.deal, known.base)}."
        if not subject.is_group(section.stage):  # groups and their plenary all start from what is in force
            known.base = turn.deal
    return [*lines, f"{span}, {subject.stage(section.stage)}: {result}"]


def _begin(subject: Subject, section: _Section, known: _Known, place: int) -> list[str]:
    """What a stage or group is about; nothing for a package."""
    known.turns.clear()
    stage = section.stage
    if subject.is_plenary(stage):
        return ["The plenary: everybody decides on the package, or on another text."]
    if subject.is_group(stage):
        members = listed([subject.name(p) for p in sorted({turn.speaker for turn in section.turns})])
        return [f"Working group on {subject.stage(stage)}{', meanwhile' if place else ''}: {members}."]
    if stage is not None:
        return [f"On the agenda now: {subject.stage(stage)}."]
    return ["The agenda is through; what time is left goes to all of it."] if place else []


def _end(subject: Subject, section: _Section) -> list[str]:
    if section.stage is None or section.agreed is not None or subject.is_plenary(section.stage):
        return []
    stage = subject.stage(section.stage)
    if subject.is_group(section.stage):
        return [f"The group on {stage} ends without a text."]
    return [f"The time for {stage} is over, without agreement."]


def _body(subject: Subject, section: _Section, known: _Known, months: int) -> list[str]:
    met = _met(subject, section)
    lines: list[str] = []
    quiet: list[_Step] = []
    for step in _steps(section, months, frozenset(shock.month for shock in met)):
        events = [event(subject, shock) for shock, number in met.items() if number == step.rounds[0]]
        if events:
            known.turns.clear()
        news = _news(subject, step, known)
        if events or news:
            lines += _silence(subject, quiet)
            quiet = []
        else:
            quiet.append(step)
        lines += [*events, *news]
        turn = next((said.turn for said in step.said if said.turn.agreed), None)
        if turn is not None:
            lines.append(_agreement(subject, turn, known))
    return lines + _silence(subject, quiet)


def _steps(section: _Section, months: int, events: frozenset[int]) -> list[_Step]:
    """One round a step (0 months), or so many months; agreements, outside events and the last round are borders."""
    by_round = {number: tuple(turns) for number, turns in groupby(section.turns, key=lambda turn: turn.round)}
    agreed = {turn.round for turn in section.turns if turn.agreed}
    last = max(by_round, default=0)
    together: list[list[tuple[Turn, ...]]] = []
    month, period = 0, -1
    for number, turns in by_round.items():
        event = turns[0].month in events and turns[0].month != month
        month = turns[0].month
        before, period = period, (month - 1) // months if months else number
        if event or number == last or number - 1 in agreed or period != before:
            together.append([])
        together[-1].append(turns)
    return [_step(rounds) for rounds in together]


def _step(rounds: Sequence[tuple[Turn, ...]]) -> _Step:
    """Rounds told together; every speaker by the turns in which it was heard, all turns of one round of motions."""
    heard: dict[int, list[Turn]] = {}
    motions = len(rounds) == 1 and any(turn.move in (Move.SECOND, Move.AMEND) for turn in rounds[0])
    for turns in rounds:
        for place, turn in enumerate(turns):
            if turn.heard:
                key = place if motions else turn.speaker
                heard[key] = [*heard.pop(key, []), turn]
    numbers = tuple(turns[0].round for turns in rounds)
    return _Step(numbers, (rounds[0][0].month, rounds[-1][0].month), tuple(map(_said, heard.values())))


def _said(turns: Sequence[Turn]) -> _Said:
    """What a speaker's `turns`, in order, end with."""
    last = turns[-1]
    first = len(turns) - 1
    while first and _same(turns[first - 1], last):
        first -= 1
    return _Said(last, turns[first], tuple(turns[:first]))


def _when(subject: Subject, first: _Step, last: _Step) -> str:
    """The months of steps; the round too where a month has more of them."""
    return _span(subject, (first.months[0], first.rounds[0]), (last.months[1], last.rounds[-1]))


def _span(subject: Subject, first: tuple[int, int], last: tuple[int, int]) -> str:
    """From a month and round to another, in words."""
    start, stop = first[0], last[0]
    a_month = subject.info.rounds_per_month
    low, high = ((number - 1) % a_month + 1 for number in (first[1], last[1]))
    if start != stop:
        since = f", round {low}," if low > 1 else ""
        until = f", round {high}" if high < a_month else ""
        return f"From month {start}{since} to month {stop}{until}" if since or until else f"Months {start}{DASH}{stop}"
    if a_month == 1 or (low, high) == (1, a_month):
        return f"Month {start}"
    return f"Month {start}, round {low}" if low == high else f"Month {start}, rounds {low}{DASH}{high}"


def _met(subject: Subject, section: _Section) -> dict[ShockEvent, int]:
    """Outside events that a stage meets, each once and when it first came, with the round.

    Working groups have months of their own and live through the same events; other stages share their months.
    """
    group = subject.is_group(section.stage)
    turns = section.turns if group else [turn for turn in subject.talk.turns if not subject.is_group(turn.stage)]
    met: dict[ShockEvent, int] = {}
    seen = {-1}
    for shock in sorted(subject.talk.shocks, key=lambda shock: shock.month):
        first = next((turn for turn in turns if turn.month == shock.month), None)
        if shock.index not in seen and first is not None and first in section.turns:
            met[shock] = first.round
        seen.add(shock.index)
    return met


def event(subject: Subject, shock: ShockEvent) -> str:
    """That an outside event has happened, and when."""
    return f"Month {shock.month}: something happens outside the talks ({subject.structure.shocks[shock.index]})."


def _silence(subject: Subject, quiet: Sequence[_Step]) -> list[str]:
    if not quiet:
        return []
    same_again = {
        "single_text": "the same draft, the same answers",
        "proposal_and_vote": "the same proposals, the same votes",
        "open_rule": "the same motions, the same votes",
    }.get(subject.info.protocol, "the same offers, the same answers")
    if all(said.turn.move is Move.PASS for said in quiet[-1].said):
        same_again = "still nobody has a deal to offer"
    return [f"{_when(subject, quiet[0], quiet[-1])}: {same_again}."]


def _news(subject: Subject, step: _Step, known: _Known) -> list[str]:
    """One line per speaker who says or hears something new, in order of when it began to: of that time alone."""
    news: list[tuple[_Said, str]] = []
    repeated: list[_Said] = []
    passing: dict[str, list[_Said]] = {}
    for said in step.said:
        turn, before = said.turn, known.turns.get(said.turn.speaker)
        known.turns[turn.speaker] = turn
        if before is not None and not said.before and _same(before, turn):
            repeated.append(said)
        elif turn.move is Move.PASS:
            passing.setdefault(_since(subject, said), []).append(said)
        else:
            text = f"{offer(subject, turn, before, known.base)} {answers(subject, turn)}".rstrip()
            news.append((said, f"{_since(subject, said)}{said.untold}: {text}"))
    for at, group in passing.items():
        news += [(group[0], f"{at}: {line}") for line in passes(subject, [said.turn for said in group])]
    if news and repeated:
        first = min(repeated, key=_begins)
        last = max((said.turn.month, said.turn.round) for said in repeated)
        again = repeats(subject, [said.turn.speaker for said in repeated])
        news.append((first, f"{_span(subject, _begins(first), last)}: {again}"))
    return [line for _, line in sorted(news, key=lambda pair: _begins(pair[0]))]


def _begins(said: _Said) -> tuple[int, int]:
    return said.since.month, said.since.round


def _since(subject: Subject, said: _Said) -> str:
    return _span(subject, _begins(said), (said.turn.month, said.turn.round))


def _same(before: Turn, now: Turn) -> bool:
    """True if a turn says and hears nothing new: distances may have moved, reasons have not."""
    if before.move is not now.move or (now.move is not Move.PASS and before.deal != now.deal):
        return False
    old, new = (
        [(a.party, a.accepts, a.why, a.sorest, a.red_lines, a.pressed_by) for a in turn.answers]
        for turn in (before, now)
    )
    return old == new


def _agreement(subject: Subject, turn: Turn, known: _Known) -> str:
    head = f"Month {turn.month}: {_taken(subject, turn)}"
    interim = any((text.round, text.deal) == (turn.round, turn.deal) for text in subject.talk.interims)
    if not interim and not subject.is_group(turn.stage):
        return f"{head}: {subject.text(turn.deal)}."
    first, changes = known.base == subject.stood, subject.content(turn.deal, known.base)
    if subject.is_group(turn.stage):
        return f"{head}: {changes}."
    known.base = turn.deal
    known.turns.clear()
    if turn.stage is not None and not subject.is_plenary(turn.stage):
        return f"{head}: {changes}."
    becomes = "becomes the text in hand" if first else "changes the text in hand"
    return f"{head}; it leaves the core open and {becomes}: {changes}."


def _taken(subject: Subject, turn: Turn) -> str:
    """Who takes whose text; where votes are counted, by which rule and against whom."""
    what = owned(subject, turn)
    if subject.behind:  # whatever the rule of the format, the group itself is of one mind
        return f"the contact group agrees on {what}"
    if subject.votes:
        outvoted = [answer.party for answer in turn.answers if against(answer)]
        votes = f"against the {'votes' if len(outvoted) > 1 else 'vote'} of {subject.names(outvoted)}"
        opposed = votes if outvoted else "with nobody against"
        return f"{what} carries ({subject.info.consent}), {opposed}"
    if subject.is_group(turn.stage):
        return f"the group on {subject.stage(turn.stage)} agrees on {what}"
    if subject.is_plenary(turn.stage):
        return f"the plenary agrees on {what}"
    return f"all have said yes to {what}" if subject.info.protocol == "shuttle" else f"the table agrees on {what}"
