"""One talk or track in plain words: who offered what, who refused and why, how it ended.

Each line stands on its own, so that it can be a line in a terminal or an item of a list. Distances are in stakes.
Rounds in which nothing new is said are told as one; a long talk is told in longer steps, each by where it ends.
"""

from __future__ import annotations

from sim.report.transcript.text_ending import consent, deadline, ending, hold, left_in_force, outcome, plenary
from sim.report.transcript.text_names import Subject, count
from sim.report.transcript.text_opening import STAKES, opening
from sim.report.transcript.text_rounds import rounds
from sim.report.words.words import listed, shown
from sim.types.endings import Outcome
from sim.types.outcomes import NOT_PLAYED
from sim.types.structure import FormatInfo, Structure
from sim.types.transcript import Transcript

_MOST_LINES = 36
"""Lines for the rounds; what comes before and after adds at most about fifteen."""
_LEAST_LINES = 10
"""Lines for the rounds of each leg of a long track."""


def transcript_lines(transcript: Transcript, structure: Structure, *, track: int | None = None) -> list[str]:
    """Tell one talk or track in short plain sentences, one line each.

    Args:
        transcript: the talk, or the last leg of a track with the legs before it.
        structure: names of parties, issues and options of its scenario.
        track: position of the track in `structure.formats`; by default it is a talk, or found by its legs.

    Returns:
        Lines without markup, under sixty for any talk of up to about eight seats.
    """
    info = structure.formats[transcript.format_index if track is None else track]
    if transcript.earlier and not info.legs:
        info = _track_of(transcript, structure)
    if info is not None and info.legs:
        return _tell_track(transcript, structure, info)
    return _tell_talk(transcript, structure)


def _tell_talk(talk: Transcript, structure: Structure) -> list[str]:
    subject = Subject(talk, structure, tuple(issue.status_quo for issue in structure.issues))
    first = f"{shown(subject.info.name)}. {_run(talk)}; {_calendar(subject.info)}."
    distances = [STAKES] if talk.speaks_first is not None else []
    return [first, *opening(subject), *distances, *_course(subject, _MOST_LINES), *ending(subject)]


def _course(subject: Subject, most: int, *, ahead: bool = False) -> list[str]:
    """From the first round to what became of the text; `ahead` if a further leg begins before that can be seen."""
    told = [*rounds(subject, most), *deadline(subject), *plenary(subject)]
    return [*told, *consent(subject), *hold(subject, ahead=ahead)]


def _run(talk: Transcript) -> str:
    return f"Draw {talk.draw}, replication {talk.replication}, seed {talk.seed}"


def _calendar(info: FormatInfo) -> str:
    return f"{count(info.months, 'month')} of talks, {count(info.rounds_per_month, 'round')} a month"


def _at_most(info: FormatInfo) -> str:
    return f"at most {count(info.months, 'month')}, breaks included"


def _track_of(transcript: Transcript, structure: Structure) -> FormatInfo:
    """The first track with these legs in this order.

    Raises:
        ValueError: the scenario has no such track.
    """
    played = tuple(leg.format_index for leg in _legs(transcript))
    for info in structure.formats:
        if info.legs and info.legs[: len(played)] == played:
            return info
    raise ValueError(f"no track of this scenario has the legs {list(played)}")


def _legs(transcript: Transcript) -> tuple[Transcript, ...]:
    """All legs in order, each as it was played."""
    return transcript.earlier if _adds_nothing(transcript) else (*transcript.earlier, transcript)


def _adds_nothing(transcript: Transcript) -> bool:
    """True if the last leg is among the earlier ones, because it added nothing to what they left in force."""
    played = sum(outcome != NOT_PLAYED for outcome in transcript.record.legs)
    return bool(transcript.earlier) and len(transcript.earlier) == played


def _tell_track(transcript: Transcript, structure: Structure, info: FormatInfo) -> list[str]:
    legs = _legs(transcript)
    names = listed([shown(structure.formats[leg].name) for leg in info.legs])
    lines = [f"{shown(info.name)}, a track: {names}. {_run(transcript)}; {_at_most(info)}.", STAKES]
    most = max(_MOST_LINES // len(info.legs), _LEAST_LINES)
    nothing = tuple(issue.status_quo for issue in structure.issues)
    subjects = [Subject(leg, structure, leg.in_force or nothing) for leg in legs]
    for number, subject in enumerate(subjects, start=1):
        lines.append(f"Leg {number} of {len(info.legs)}: {shown(subject.info.name)}, {_calendar(subject.info)}.")
        lines += opening(subject)
        if number == len(subjects):
            lines += _course(subject, most)
            continue
        stands, gone = subjects[number].stood, _is_gone(subject.talk, subjects[number].talk)
        ahead = subject.talk.hold is not None and not gone
        lines += _course(subject, most, ahead=ahead)
        what = "Outcome of this leg, taken alone" if ahead else "Outcome of this leg"
        lines += [outcome(subject, what), *left_in_force(subject, stands, gone=gone)]
    last = subjects[-1]
    if _adds_nothing(transcript):
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
