"""Who came, in which role, and by which rules they talk."""

from __future__ import annotations

from collections.abc import Iterable

from sim.formats.protocols import PROTOCOL
from sim.report.transcript.text_names import WITH_DRAFTER, Subject
from sim.report.words.format_words import agenda_words, consent_words
from sim.report.words.words import listed

STAKES = "All distances are in stakes: for each party its best deal minus its worst is 1."


def opening(subject: Subject) -> list[str]:
    """Rules where they are not the plain ones, who stayed away, who is at the table and in which role."""
    talk = subject.talk
    lines = frame(subject)
    if talk.stayed_away:
        one = len(talk.stayed_away) == 1
        verb, whom = ("stays", "it") if one else ("stay", "them")
        lines.append(
            f"{subject.names(talk.stayed_away)} {verb} away: coming is worth less to {whom} than staying away."
        )
    if talk.speaks_first is None:
        return lines
    place = "Visited one by one" if subject.info.protocol == "shuttle" else "At the table"
    line = f"{place}: {subject.names(_visited(subject))}."
    if subject.info.protocol == "alternating_offers" and not subject.info.stages:
        line += f" {subject.name(talk.speaks_first)} speaks first in every round."
    parts = [line, *roles(subject)]
    absent = _absent(subject)
    if subject.behind:
        vote = "votes" if len(subject.behind) == 1 else "vote"
        parts.append(f"Drawn into the contact group: {subject.names(sorted(_drawn(subject)))}.")
        parts.append(f"{subject.names(subject.behind)} {vote} on what it brings.")
    if absent:
        parts.append(f"Not at the table: {subject.names(absent)}.")
    return [*lines, " ".join(parts)]


def _visited(subject: Subject) -> list[int]:
    """Who sits at the table; under shuttle without the mediator, even if it has a vote."""
    talk, info = subject.talk, subject.info
    return [p for p in talk.seats if info.protocol != "shuttle" or p != info.mediator]


def _drawn(subject: Subject) -> list[int]:
    """The contact group: who talks, but for a mediator."""
    return [p for p in subject.talk.seats if p != subject.info.mediator]


def _absent(subject: Subject) -> list[int]:
    info = subject.info
    here = {*info.seats, *subject.talk.stayed_away, *info.guarantors, *info.observers}
    return [p for p in range(len(subject.structure.parties)) if p not in here and p != info.mediator]


def frame(subject: Subject) -> list[str]:
    """Protocol, consent rule and order of the agenda, in a line; none for alternating offers in their plain form."""
    info = subject.info
    plain = info.protocol == "alternating_offers"
    parts: list[str] = []
    if not plain:
        parts.append(f"{PROTOCOL[info.protocol].title}: {_lower(PROTOCOL[info.protocol].sentence)}")
    if info.protocol in WITH_DRAFTER and info.mediator is None:
        parts.append("Nobody mediates here: a chair without a vote does the writing.")
    if str(info.consent) != "unanimity":
        parts.append(f"Consent rule: {consent_words(info)}.")
    if info.agenda_order != "package":
        parts.append(f"Agenda: {agenda_words(info)}.")
    return [" ".join(parts)] if parts else []


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def roles(subject: Subject) -> list[str]:
    """A sentence for the mediator, the guarantors and the observers."""
    info = subject.info
    found: list[str] = []
    if info.mediator is not None:
        name = subject.name(info.mediator)
        vote = "with a vote of its own" if info.mediator in info.seats else "and has no vote"
        mandate = "; what it drafts binds without ratification at home" if info.mandate else ""
        found.append(f"{name} mediates {vote}{mandate}.")
    if info.guarantors:
        found.append(f"{_who(subject, info.guarantors, 'stands', 'stand')} guarantor, asked about texts that name it.")
    if info.observers:
        found.append(f"{_who(subject, info.observers, 'observes', 'observe')}.")
    return found


def _who(subject: Subject, parties: Iterable[int], one: str, many: str) -> str:
    names = [subject.name(party) for party in parties]
    return f"{listed(names)} {one if len(names) == 1 else many}"
