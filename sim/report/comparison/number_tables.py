"""Every number of the scenario with its evidence, grouped for reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.report.comparison.page_input import NumberLike
from sim.report.words.language import digits, say
from sim.report.words.words import shown, to
from sim.types import Structure

BASES: dict[str, str] = {
    "stated": "said by the party's own officials",
    "reported": "reported by the press or by another party",
    "analyst": "an analyst's judgement",
    "assumed": "assumed by the authors of the file",
}
"""What a number can rest on, from firmest to weakest."""

SECTION_WORDS = {
    "salience": "Salience",
    "values": "Values of options",
    "standing": "Standing",
    "red_lines": "Red lines",
    "leverage": "Leverage",
    "support": "Support",
    "beliefs": "Beliefs about others",
    "linkages": "Linkages",
    "behaviour": "Behaviour",
    "price_of_no_settlement": "Price of no settlement",
    "ratification": "Ratification",
}
HEAD_WORDS = {"behaviour": "Behavioural constants", "issues": "Issues", "shocks": "Shocks", "rules": "Rules"}
ARROW = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


@dataclass(frozen=True)
class NumberLine:
    """One number in words."""

    where: str
    distribution: str
    mean: str
    span: str
    basis: str
    sources: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class NumberGroup:
    """Numbers of one party, format or other part of the file, in sections."""

    name: str
    counts: dict[str, int]
    sections: tuple[tuple[str, tuple[NumberLine, ...]], ...]


def basis_counts(numbers: Sequence[NumberLike]) -> dict[str, int]:
    """Numbers by basis, firmest first; bases without any are left out."""
    found = [row.basis for row in numbers]
    return {basis: found.count(basis) for basis in BASES if basis in found}


def evidence_groups(numbers: Sequence[NumberLike], structure: Structure) -> tuple[NumberGroup, ...]:
    """Numbers by party, format and other part, each in sections, in file order."""
    grouped: dict[str, dict[str, list[NumberLine]]] = {}
    members: dict[str, list[NumberLike]] = {}
    for row in numbers:
        group, section, where = _place(row.path, structure)
        grouped.setdefault(group, {}).setdefault(section, []).append(_line(row, where))
        members.setdefault(group, []).append(row)
    return tuple(
        NumberGroup(
            name=name,
            counts=basis_counts(members[name]),
            sections=tuple((section, tuple(lines)) for section, lines in sections.items()),
        )
        for name, sections in grouped.items()
    )


def assumed_by_group(numbers: Sequence[NumberLike], structure: Structure) -> tuple[tuple[str, int, int], ...]:
    """(Group, numbers assumed, numbers in all), in file order."""
    return tuple(
        (group.name, group.counts.get("assumed", 0), sum(group.counts.values()))
        for group in evidence_groups(numbers, structure)
    )


def _place(path: str, structure: Structure) -> tuple[str, str, str]:
    """Group, section and remaining path of a number's dotted path."""
    parts = path.split(".")
    names = {"parties": structure.parties, "formats": structure.formats, "issues": structure.issues}
    if parts[0] in ("parties", "formats") and len(parts) > 2:
        name = next((one.name for one in names[parts[0]] if one.id == parts[1]), parts[1])
        section = say(SECTION_WORDS.get(parts[2], "Other" if parts[0] == "parties" else "Seats and calendar"))
        kept = parts[3:] if parts[2] in SECTION_WORDS and len(parts) > 3 else parts[2:]
        heading = name if parts[0] == "parties" else say("Format {name}", name=shown(name))
        return heading, section, ARROW.join(kept)
    head = say(HEAD_WORDS[parts[0]]) if parts[0] in HEAD_WORDS else parts[0].capitalize()
    return head, "", ARROW.join(parts[1:])


def _line(row: NumberLike, where: str) -> NumberLine:
    span = "" if row.low == row.high else to(digits(f"{row.low:.3g}"), digits(f"{row.high:.3g}"))
    return NumberLine(where, row.distribution, digits(f"{row.mean:.3g}"), span, row.basis, tuple(row.sources), row.note)
