"""Formats and tracks described: who sits in which role, protocol, consent, agenda, calendar; tracks by their legs."""

from __future__ import annotations

from sim.formats.protocols import PROTOCOL
from sim.report.words.language import say
from sim.report.words.words import listed, shown
from sim.types.structure import FormatInfo, Structure

GUARANTOR_WORDS = ("guarantor {names}", "guarantors {names}")
OBSERVER_WORDS = ("observer {names}", "observers {names}")
"""For one, and for several."""


def seats_words(info: FormatInfo, structure: Structure) -> str:
    """Who sits in which role; of a track, its legs in order."""
    if info.legs:
        return say("Legs: {legs}", legs=say(", then ").join(shown(structure.formats[leg].name) for leg in info.legs))
    names = [party.name for party in structure.parties]
    voters = [names[p] for p in info.seats if p != info.mediator]
    parts = [", ".join(voters)]
    if info.mediator is not None:
        rights = say("with a vote") if info.mediator in info.seats else say("without a vote")
        rights += f", {say('with a mandate')}" if info.mandate else ""
        parts.append(say("mediator {name} ({rights})", name=names[info.mediator], rights=rights))
    for words, parties in ((GUARANTOR_WORDS, info.guarantors), (OBSERVER_WORDS, info.observers)):
        if parties:
            parts.append(say(words[len(parties) > 1], names=listed([names[p] for p in parties])))
    return "; ".join(parts)


def rules_words(info: FormatInfo) -> str:
    """Protocol, consent rule, agenda and calendar, in short parts; of a track, how long it may take."""
    if info.legs:
        return say("Track, at most {months} months", months=info.months)
    parts = [say(PROTOCOL[info.protocol].title), consent_words(info)]
    if info.protocol == "baskets":
        parts.append(say("working groups on {groups}, then a plenary", groups=listed(info.stages[:-1])))
    elif info.agenda_order != "package":
        parts.append(agenda_words(info))
    parts.append(say("{months} months, {rounds} rounds a month", months=info.months, rounds=info.rounds_per_month))
    return "; ".join([*parts, say(info.transparency)])


def consent_words(info: FormatInfo) -> str:
    """The consent rule; a majority says of what."""
    return say(info.consent).replace(say("majority"), say("majority (more than half of the votes)"), 1)


def agenda_words(info: FormatInfo) -> str:
    """In which order the agenda is talked about; nothing for a package."""
    if info.agenda_order == "easy_first":
        return say("the easiest issues first, in {stages} stages", stages=len(info.stages))
    if info.agenda_order == "hard_first":
        return say("the hardest issues first, in {stages} stages", stages=len(info.stages))
    if info.agenda_order == "given":
        return say("in this order: {stages}", stages=say(", then ").join(info.stages))
    return ""
