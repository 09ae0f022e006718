"""Formats and tracks described: who sits in which role, protocol, consent, agenda, calendar; tracks by their legs."""

from __future__ import annotations

from sim.formats.protocols import PROTOCOL
from sim.report.words import listed, shown
from sim.types.structure import FormatInfo, Structure


def seats_words(info: FormatInfo, structure: Structure) -> str:
    """Who sits in which role; of a track, its legs in order.

    Args:
        info: the format or track.
        structure: names.
    """
    if info.legs:
        return "Legs: " + ", then ".join(shown(structure.formats[leg].name) for leg in info.legs)
    names = [party.name for party in structure.parties]
    voters = [names[p] for p in info.seats if p != info.mediator]
    parts = [", ".join(voters)]
    if info.mediator is not None:
        vote = "with a vote" if info.mediator in info.seats else "without a vote"
        mandate = ", with a mandate" if info.mandate else ""
        parts.append(f"mediator {names[info.mediator]} ({vote}{mandate})")
    for word, parties in (("guarantor", info.guarantors), ("observer", info.observers)):
        if parties:
            parts.append(f"{word if len(parties) == 1 else word + 's'} {listed([names[p] for p in parties])}")
    return "; ".join(parts)


def rules_words(info: FormatInfo) -> str:
    """Protocol, consent rule, agenda and calendar, in short parts; of a track, how long it may take."""
    if info.legs:
        return f"Track, at most {info.months} months"
    parts = [PROTOCOL[info.protocol].title, consent_words(info)]
    if info.protocol == "baskets":
        parts.append(f"working groups on {listed(info.stages[:-1])}, then a plenary")
    elif info.agenda_order != "package":
        parts.append(agenda_words(info))
    parts += [f"{info.months} months, {info.rounds_per_month} rounds a month", info.transparency]
    return "; ".join(parts)


def consent_words(info: FormatInfo) -> str:
    """The consent rule; a majority says of what."""
    return info.consent.replace("majority", "majority (more than half of the votes)", 1)


def agenda_words(info: FormatInfo) -> str:
    """In which order the agenda is talked about; nothing for a package."""
    if info.agenda_order in ("easy_first", "hard_first"):
        first = "easiest" if info.agenda_order == "easy_first" else "hardest"
        return f"the {first} issues first, in {len(info.stages)} stages"
    if info.agenda_order == "given":
        return "in this order: " + ", then ".join(info.stages)
    return ""
