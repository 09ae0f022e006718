"""Who puts which text, in the words of the protocol."""

from __future__ import annotations

from collections.abc import Sequence

from sim.report.transcript.text_names import Subject
from sim.report.words.words import listed
from sim.types.tables import BY_LOT
from sim.types.transcript import Deal, Move, Turn


def offer(subject: Subject, turn: Turn, before: Turn | None, base: Deal) -> str:
    """What a speaker puts to the table.

    Args:
        subject: the talk.
        turn: the turn, no pass.
        before: the speaker's last turn that was told, if any.
        base: the text in hand, against which a first offer is told.
    """
    speaker = subject.name(turn.speaker, start=True)
    if turn.move is Move.STALL:
        return f"{speaker} plays for time: it asks for its best deal and accepts nothing this month."
    first = before is None or before.move is not Move.OFFER
    again = before is not None and not first and before.deal == turn.deal
    changes = subject.content(turn.deal, base if first or before is None else before.deal)
    if subject.info.protocol == "open_rule" and turn.owner is not None:
        return _on_floor(subject, turn, turn.owner, subject.content(turn.deal, base))
    if subject.info.protocol == "shuttle":
        return _carried(subject, turn, changes, first=first, again=again)
    if subject.drafts(turn.speaker):
        return _drafted(subject, turn, changes, first=first, again=again)
    if subject.info.protocol in BY_LOT:
        floor = f"{speaker} has the floor and"
        if again:
            return f"{floor} repeats its proposal."
        return f"{floor} {'proposes' if first else 'now proposes'} {changes}."
    if again:
        return f"{speaker} repeats its offer."
    return f"{speaker} {'offers' if first else 'now offers'} {changes}."


def _on_floor(subject: Subject, turn: Turn, owner: int, changes: str) -> str:
    """What is done about the owner's text on the floor: the question moved or put, an amendment and what came of it."""
    speaker, whose = subject.name(turn.speaker, start=True), f"{subject.name(owner)}'s proposal"
    if turn.move is Move.SECOND:
        return f"{speaker} moves the vote on {whose}."
    if turn.move is Move.AMEND:
        result = "carries and takes the floor" if turn.carried else f"fails, and {whose} stays on the floor"
        return f"{speaker} moves to amend it: {changes}. The amendment {result}."
    return f"{whose[0].upper()}{whose[1:]} is put to the vote: {changes}."


def _drafted(subject: Subject, turn: Turn, changes: str, *, first: bool, again: bool) -> str:
    """A draft of a mediator or the chair, or the package that the chair puts to the plenary."""
    speaker = subject.name(turn.speaker, start=True)
    if subject.is_plenary(turn.stage):
        text = "the package of the working groups"
        return f"{speaker} puts {text} again." if again else f"{speaker} puts {text} to the plenary: {changes}."
    if again:
        return f"{speaker} puts its draft again."
    return f"{speaker} puts a draft: {changes}." if first else f"{speaker} revises its draft: {changes}."


def _carried(subject: Subject, turn: Turn, changes: str, *, first: bool, again: bool) -> str:
    """A text that the mediator carries to those who answer it."""
    carrier = len(subject.structure.parties) if subject.info.mediator is None else subject.info.mediator
    to = listed([subject.name(answer.party) for answer in turn.answers if answer.party != carrier])
    own = subject.drafts(turn.speaker)
    text = "its own draft" if own else f"the offer of {subject.name(turn.speaker)}"
    if not first and not again:
        text = "a revised draft" if own else f"a new offer of {subject.name(turn.speaker)}"
    head = f"{subject.name(carrier, start=True)} {f'carries {text} to {to}' if to else f'hears {text}'}"
    return f"{head} again." if again else f"{head}: {changes}."


def passes(subject: Subject, turns: Sequence[Turn]) -> list[str]:
    """Those who put nothing, each with why."""
    lines = [_no_draft(subject, turn) for turn in turns if subject.drafts(turn.speaker)]
    passing = [turn.speaker for turn in turns if not subject.drafts(turn.speaker)]
    if passing:
        verb = "passes: it knows" if len(passing) == 1 else "pass: they know"
        lines.append(f"{subject.names(passing)} {verb} no deal worth more than what there is.")
    return lines


def _no_draft(subject: Subject, turn: Turn) -> str:
    if subject.is_plenary(turn.stage):
        return "The working groups have agreed on nothing that the chair could put to the plenary."
    return f"{subject.name(turn.speaker, start=True)} has no text to put that is better than what there is."


def repeats(subject: Subject, speakers: Sequence[int]) -> str:
    """Those who say and hear the same as before."""
    word, heard = ("proposal", "votes") if subject.info.protocol in BY_LOT else ("offer", "answers")
    if any(subject.drafts(speaker) for speaker in speakers):
        word = "text"
    verb = f"repeats its {word} and hears" if len(set(speakers)) == 1 else f"repeat their {word}s and hear"
    if word == "proposal":
        verb = verb.replace("hear", "get")
    return f"{subject.names(dict.fromkeys(speakers))} {verb} the same {heard}."


def owned(subject: Subject, turn: Turn) -> str:
    """Whose text it is that was agreed: `A's offer`, `the chair's draft`, `the package`."""
    if turn.speaker >= len(subject.structure.parties) and subject.is_plenary(turn.stage):
        return "the package of the working groups"
    if turn.owner is not None:
        return f"{subject.name(turn.owner)}'s proposal"
    word = "proposal" if subject.info.protocol in BY_LOT else "offer"
    return f"{subject.name(turn.speaker)}'s {'draft' if subject.drafts(turn.speaker) else word}"
