"""The rounds of a talk, in the shortest steps that keep it readable: stages, texts, answers, agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sim.report.transcript.text_answers import against, answers
from sim.report.transcript.text_names import Subject
from sim.report.transcript.text_offers import offer, owned, passes, repeats
from sim.report.transcript.text_steps import Section, Step, same, sections, steps, when
from sim.report.words.words import DASH, listed
from sim.types.transcript import Deal, Move, ShockEvent, Turn

_BY_ROUND = 0
_MONTHS_A_STEP = (_BY_ROUND, 1, 2, 3, 4, 6, 12, 10_000)


@dataclass
class _Told:
    """What has been said so far, so that only what changes need be said."""

    base: Deal
    turns: dict[int, Turn] = field(default_factory=dict)


def rounds(subject: Subject, most: int) -> list[str]:
    """The rounds, told in steps so long that they take at most `most` lines where that can be."""
    parts = sections(subject.talk.turns)
    lines: list[str] = []
    for months in _MONTHS_A_STEP:
        lines = _tell(subject, parts, months)
        if len(lines) <= most:
            return lines
    staged = any(part.stage is not None for part in parts)
    return _tell_briefly(subject, parts) if staged else lines


def _tell(subject: Subject, parts: Sequence[Section], months: int) -> list[str]:
    told = _Told(subject.stood)
    lines: list[str] = []
    for place, part in enumerate(parts):
        lines += _begin(subject, part, told, place)
        lines += _body(subject, part, told, months)
        lines += _end(subject, part)
    return lines


def _tell_briefly(subject: Subject, parts: Sequence[Section]) -> list[str]:
    """A line a stage; what comes after the stages by where it ends."""
    told = _Told(subject.stood)
    lines: list[str] = []
    for place, part in enumerate(parts):
        if part.stage is None or subject.is_plenary(part.stage):
            lines += _begin(subject, part, told, place)
            lines += _body(subject, part, told, _MONTHS_A_STEP[-1])
            continue
        lines += [_event(subject, shock) for shock in _shocks(subject) if _met(subject, part, shock) is not None]
        start, stop = part.months
        span = f"Month {start}" if start == stop else f"Months {start}{DASH}{stop}"
        turn = part.agreed
        said = "no agreement."
        if turn is not None:
            said = f"agreed on {owned(subject, turn)}: {subject.content(turn.deal, told.base)}."
            if not subject.is_group(part.stage):  # groups and their plenary all start from what is in force
                told.base = turn.deal
        lines.append(f"{span}, {subject.stage(part.stage)}: {said}")
    return lines


# Stages and working groups.


def _begin(subject: Subject, part: Section, told: _Told, place: int) -> list[str]:
    """What a stage or group is about; nothing for a package."""
    told.turns.clear()
    if subject.is_plenary(part.stage):
        return ["The plenary: everybody decides on the package, or on another text."]
    if subject.is_group(part.stage):
        members = listed([subject.name(p) for p in sorted({turn.speaker for turn in part.turns})])
        meanwhile = "" if place == 0 else ", meanwhile"
        return [f"Working group on {subject.stage(part.stage)}{meanwhile}: {members}."]
    if part.stage is not None:
        return [f"On the agenda now: {subject.stage(part.stage)}."]
    return [] if place == 0 else ["The agenda is through; what time is left goes to all of it."]


def _end(subject: Subject, part: Section) -> list[str]:
    """How a stage or group without agreement ends."""
    if part.stage is None or part.agreed is not None or subject.is_plenary(part.stage):
        return []
    if subject.is_group(part.stage):
        return [f"The group on {subject.stage(part.stage)} ends without a text."]
    return [f"The time for {subject.stage(part.stage)} is over, without agreement."]


# Steps.


def _body(subject: Subject, part: Section, told: _Told, months: int) -> list[str]:
    met = {shock: number for shock in _shocks(subject) if (number := _met(subject, part, shock)) is not None}
    lines: list[str] = []
    quiet: list[Step] = []
    for step in steps(part, months, frozenset(shock.month for shock in met)):
        events = [_event(subject, shock) for shock, number in met.items() if number == step.rounds[0]]
        if events:
            told.turns.clear()
        news = _news(subject, step, told)
        if events or news:
            lines += _silence(subject, quiet)
            quiet = []
        else:
            quiet.append(step)
        lines += [*events, *news]
        turn = next((turn for turn in step.turns if turn.agreed), None)
        if turn is not None:
            lines += _agreement(subject, turn, told)
    return lines + _silence(subject, quiet)


def _shocks(subject: Subject) -> list[ShockEvent]:
    """Outside events, each once and when it first came: working groups and plenary live through the same."""
    first: dict[int, ShockEvent] = {}
    for shock in sorted(subject.talk.shocks, key=lambda one: one.month):
        if shock.index >= 0:
            first.setdefault(shock.index, shock)
    return list(first.values())


def _met(subject: Subject, part: Section, shock: ShockEvent) -> int | None:
    """Round at which a stage meets an outside event; a group has months of its own, other stages share them."""
    turns = part.turns if subject.is_group(part.stage) else [
        turn for turn in subject.talk.turns if not subject.is_group(turn.stage)
    ]  # fmt: skip
    first = next((turn for turn in turns if turn.month == shock.month), None)
    return first.round if first is not None and first in part.turns else None


def _event(subject: Subject, shock: ShockEvent) -> str:
    return f"Month {shock.month}: something happens outside the talks ({subject.structure.shocks[shock.index]})."


def _silence(subject: Subject, quiet: Sequence[Step]) -> list[str]:
    """Steps in which nothing new was said."""
    if not quiet:
        return []
    same_again = {
        "single_text": "the same draft, the same answers",
        "proposal_and_vote": "the same proposals, the same votes",
        "open_rule": "the same motions, the same votes",
    }.get(subject.info.protocol, "the same offers, the same answers")
    if all(turn.move is Move.PASS for turn in quiet[-1].turns):
        same_again = "still nobody has a deal to offer"
    return [f"{when(subject, quiet[0], quiet[-1])}: {same_again}."]


def _news(subject: Subject, step: Step, told: _Told) -> list[str]:
    """One line per speaker who says or hears something new."""
    lines: list[str] = []
    repeated: list[int] = []
    passing: list[Turn] = []
    at = when(subject, step)
    for turn in step.turns:
        before = told.turns.get(turn.speaker)
        told.turns[turn.speaker] = turn
        if before is not None and same(before, turn):
            repeated.append(turn.speaker)
        elif turn.move is Move.PASS:
            passing.append(turn)
        else:
            lines.append(f"{at}: {offer(subject, turn, before, told.base)} {answers(subject, turn)}".rstrip())
    lines += [f"{at}: {line}" for line in passes(subject, passing)]
    if lines and repeated:
        lines.append(f"{at}: {repeats(subject, repeated)}")
    return lines


# Agreements.


def _agreement(subject: Subject, turn: Turn, told: _Told) -> list[str]:
    head = f"Month {turn.month}: {_taken(subject, turn)}"
    interim = next((one for one in subject.talk.interims if (one.round, one.deal) == (turn.round, turn.deal)), None)
    if subject.is_group(turn.stage):
        return [f"{head}: {subject.content(turn.deal, told.base)}."]
    if interim is None:
        return [f"{head}: {subject.text(turn.deal)}."]
    first = told.base == subject.stood
    said = subject.content(interim.deal, told.base)
    told.base = interim.deal
    told.turns.clear()
    if turn.stage is not None and not subject.is_plenary(turn.stage):
        return [f"{head}: {said}."]
    becomes = "becomes the text in hand" if first else "changes the text in hand"
    return [f"{head}; it leaves the core open and {becomes}: {said}."]


def _taken(subject: Subject, turn: Turn) -> str:
    """Who takes whose text; where votes are counted, by which rule and against whom."""
    what = owned(subject, turn)
    if subject.behind:  # whatever the rule of the format, the group itself is of one mind
        return f"the contact group agrees on {what}"
    if subject.votes:
        outvoted = [one.party for one in turn.answers if against(one)]
        votes = "votes" if len(outvoted) > 1 else "vote"
        opposed = f"against the {votes} of {subject.names(outvoted)}" if outvoted else "with nobody against"
        return f"{what} carries ({subject.info.consent}), {opposed}"
    table = "the table"
    if subject.is_group(turn.stage):
        table = f"the group on {subject.stage(turn.stage)}"
    elif subject.is_plenary(turn.stage):
        table = "the plenary"
    elif subject.info.protocol == "shuttle":
        return f"all have said yes to {what}"
    return f"{table} agrees on {what}"
