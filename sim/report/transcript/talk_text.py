"""One talk or track in plain words: who came, who offered what, who refused and why, how it ended.

Each line stands on its own, so that it can be a line in a terminal or an item of a list. Distances are in stakes.
Rounds in which nothing new is said are told as one; a long talk is told in longer steps, each by where it ends.
"""

from __future__ import annotations

from sim.app.trace import TracedTalk
from sim.engines.talk import play
from sim.formats.protocols import PROTOCOL
from sim.report.transcript.text_ending import consent, deadline, ending, hold, left_in_force, outcome, plenary
from sim.report.transcript.text_names import WITH_DRAFTER, Subject, count
from sim.report.transcript.text_rounds import rounds
from sim.report.words.language import ENGLISH, language
from sim.report.words.words import agenda_words, consent_words, listed, shown
from sim.scenario.sampling.source import Source
from sim.types.endings import Outcome
from sim.types.outcomes import NOT_PLAYED
from sim.types.structure import FormatInfo, Structure
from sim.types.transcript import Transcript

STAKES = "All distances are in stakes: for each party its best deal minus its worst is 1."
_MOST_LINES = 36
"""Lines for the rounds; what comes before and after adds at most about fifteen."""
_LEAST_LINES = 10
"""Lines for the rounds of each leg of a long track."""


def told_lines(talk: TracedTalk) -> list[str]:
    """A talk in lines of English."""
    with language(ENGLISH):
        return transcript_lines(talk.transcript, talk.structure, track=talk.format_index)


def tell(source: Source, format_index: int, draw: int, replication: int) -> list[str]:
    """One run of a source, by the position of its format, in lines of English."""
    transcript = play(source, format_index=format_index, draw=draw, replication=replication)
    return told_lines(TracedTalk(transcript, source.structure, format_index))


def transcript_lines(transcript: Transcript, structure: Structure, *, track: int | None = None) -> list[str]:
    """Tell one talk or track in short plain sentences, one line each.

    Args:
        transcript: the talk, or the last leg of a track with the legs before it.
        structure: names of parties, issues and options of its scenario.
        track: position of a track in `structure.formats`; of a talk its format, which is the default.

    Returns:
        Lines without markup, under sixty for any talk of up to about eight seats.
    """
    info = structure.formats[transcript.format_index if track is None else track]
    return _tell_track(transcript, structure, info) if info.legs else _tell_talk(transcript, structure)


def _tell_talk(talk: Transcript, structure: Structure) -> list[str]:
    subject = _subject(talk, structure)
    first = f"{shown(subject.info.name)}. {_run(talk)}; {_calendar(subject.info)}."
    distances = [STAKES] if talk.speaks_first is not None else []
    return [first, *_opening(subject), *distances, *_course(subject, _MOST_LINES), *ending(subject)]


def _course(subject: Subject, most: int, *, ahead: bool = False) -> list[str]:
    """From the first round to what became of the text; `ahead` if a further leg begins before that can be seen."""
    table = [*rounds(subject, most), *deadline(subject), *plenary(subject)]
    return [*table, *consent(subject), *hold(subject, ahead=ahead)]


def _subject(leg: Transcript, structure: Structure) -> Subject:
    return Subject(leg, structure, leg.in_force or tuple(issue.status_quo for issue in structure.issues))


def _run(talk: Transcript) -> str:
    return f"Draw {talk.draw}, replication {talk.replication}, seed {talk.seed}"


def _calendar(info: FormatInfo) -> str:
    return f"{count(info.months, 'month')} of talks, {count(info.rounds_per_month, 'round')} a month"


def _tell_track(transcript: Transcript, structure: Structure, info: FormatInfo) -> list[str]:
    played = sum(outcome != NOT_PLAYED for outcome in transcript.record.legs)
    # the last leg is among the earlier ones where it added nothing to what they left in force
    adds_nothing = bool(transcript.earlier) and len(transcript.earlier) == played
    legs = transcript.earlier if adds_nothing else (*transcript.earlier, transcript)
    names = listed([shown(structure.formats[leg].name) for leg in info.legs])
    at_most = f"at most {count(info.months, 'month')}, breaks included"
    lines = [f"{shown(info.name)}, a track: {names}. {_run(transcript)}; {at_most}.", STAKES]
    most = max(_MOST_LINES // len(info.legs), _LEAST_LINES)
    subjects = [_subject(leg, structure) for leg in legs]
    for number, subject in enumerate(subjects, start=1):
        lines.append(f"Leg {number} of {len(info.legs)}: {shown(subject.info.name)}, {_calendar(subject.info)}.")
        lines += _opening(subject)
        if number == len(subjects):
            lines += _course(subject, most)
            continue
        stands, gone = subjects[number].stood, _is_gone(subject.talk, subjects[number].talk)
        ahead = subject.talk.hold is not None and not gone
        lines += _course(subject, most, ahead=ahead)
        what = "Outcome of this leg, taken alone" if ahead else "Outcome of this leg"
        lines += [outcome(subject, what), *left_in_force(subject, stands, gone=gone)]
    last = subjects[-1]
    if adds_nothing:
        lines.append(outcome(last, "Outcome of this leg"))
        lines.append("It adds nothing to what the legs before it have left in force.")
        last = Subject(transcript, structure, last.stood)
        lines += hold(last, since="the last leg")
    if last.talk.outcome is Outcome.SETTLEMENT and len(legs) < len(info.legs):
        lines.append("The track ends here; the later legs are not held.")
    return [*lines, *ending(last)]


def _is_gone(before: Transcript, leg: Transcript) -> bool:
    """True if the text of a leg was left before the next leg began."""
    if before.outcome is not Outcome.COLLAPSED:
        return False
    starts = leg.turns[0].month if leg.turns else before.record.month + 1
    return before.record.held <= starts - 1 - before.record.month


def _opening(subject: Subject) -> list[str]:
    """Rules where they are not the plain ones, who stayed away, who is at the table and in which role."""
    talk, info = subject.talk, subject.info
    lines = _frame(info)
    if talk.stayed_away:
        whom = "it" if len(talk.stayed_away) == 1 else "them"
        stay = subject.names(talk.stayed_away, "stay")
        lines.append(f"{stay} away: coming is worth less to {whom} than staying away.")
    if talk.speaks_first is None:
        return lines
    place = "Visited one by one" if info.protocol == "shuttle" else "At the table"
    visited = [p for p in talk.seats if info.protocol != "shuttle" or p != info.mediator]
    line = f"{place}: {subject.names(visited)}."
    if info.protocol == "alternating_offers" and not info.stages:
        line += f" {subject.name(talk.speaks_first)} speaks first in every round."
    parts = [line, *_roles(subject)]
    if subject.behind:
        vote = "votes" if len(subject.behind) == 1 else "vote"
        drawn = subject.names(sorted(p for p in talk.seats if p != info.mediator))
        parts.append(
            f"Drawn into the contact group: {drawn}. {subject.names(subject.behind)} {vote} on what it brings."
        )
    here = {*info.seats, *talk.stayed_away, *info.guarantors, *info.observers, info.mediator}
    absent = [p for p in range(len(subject.structure.parties)) if p not in here]
    if absent:
        parts.append(f"Not at the table: {subject.names(absent)}.")
    return [*lines, " ".join(parts)]


def _frame(info: FormatInfo) -> list[str]:
    """Protocol, consent rule and order of the agenda, in a line; none for alternating offers in their plain form."""
    parts: list[str] = []
    if info.protocol != "alternating_offers":
        title, sentence = PROTOCOL[info.protocol].title, PROTOCOL[info.protocol].sentence
        parts.append(f"{title}: {sentence[:1].lower()}{sentence[1:]}")
    if info.protocol in WITH_DRAFTER and info.mediator is None:
        parts.append("Nobody mediates here: a chair without a vote does the writing.")
    if str(info.consent) != "unanimity":
        parts.append(f"Consent rule: {consent_words(info)}.")
    if info.agenda_order != "package":
        parts.append(f"Agenda: {agenda_words(info)}.")
    return [" ".join(parts)] if parts else []


def _roles(subject: Subject) -> list[str]:
    info = subject.info
    roles: list[str] = []
    if info.mediator is not None:
        vote = "with a vote of its own" if info.mediator in info.seats else "and has no vote"
        mandate = "; what it drafts binds without ratification at home" if info.mandate else ""
        roles.append(f"{subject.name(info.mediator)} mediates {vote}{mandate}.")
    if info.guarantors:
        roles.append(f"{subject.names(info.guarantors, 'stand')} guarantor, asked about texts that name it.")
    if info.observers:
        roles.append(f"{subject.names(info.observers, 'observe')}.")
    return roles
