"""Every number of the scenario with its evidence, grouped for reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sim.report.words.language import digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import shown, to
from sim.scenario.sampling.encode import NumberRow
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
class NumberGroup:
    """Numbers of one party, format or other part of the file, in sections."""

    name: str
    counts: dict[str, int]
    table: Table


def basis_counts(numbers: Sequence[NumberRow]) -> dict[str, int]:
    """Numbers by basis, firmest first; bases without any are left out."""
    bases = [row.basis for row in numbers]
    return {basis: bases.count(basis) for basis in BASES if basis in bases}


def basis_words(counts: Mapping[str, int]) -> str:
    """`3 stated, 12 assumed`."""
    return ", ".join(f"{number} {say(basis)}" for basis, number in counts.items())


def bases() -> list[tuple[str, str, str]]:
    """What a number can rest on: key, word and meaning."""
    return [(basis, say(basis), say(words)) for basis, words in BASES.items()]


def cited(numbers: Sequence[NumberRow], references: Collection[str]) -> list[str]:
    """The claims that numbers cite and that the page can tell."""
    return sorted({source for row in numbers for source in row.sources} & set(references))


def basis_cell(basis: str, sources: Sequence[str] = (), references: Collection[str] = ()) -> TableCell:
    """What a number rests on, with its claims; those that the page lists are links."""
    return TableCell(say(basis), links=claims(sources, references), left=True, look=f"basis {basis}")


def claims(sources: Sequence[str], references: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Claims with the place on the page where they are told, if they are."""
    return tuple((source, f"#ref-{source}" if source in references else "") for source in sources)


def evidence_groups(
    numbers: Sequence[NumberRow], structure: Structure, references: Collection[str] = ()
) -> tuple[NumberGroup, ...]:
    """Numbers by party, format and other part, each in sections, in file order."""
    sections: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    members: dict[str, list[NumberRow]] = defaultdict(list)
    for row in numbers:
        group, section, where = _place(row.path, structure)
        sections[group][section].append(_row(row, where, references))
        members[group].append(row)
    return tuple(
        NumberGroup(name, basis_counts(rows), _group_table(name, sections[name])) for name, rows in members.items()
    )


def _group_table(name: str, sections: dict[str, list[Row]]) -> Table:
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for section, members in sections.items():
        bands[len(rows)] = section
        rows += members
    values = (say("Number"), say("Value or distribution"), say("Mean"), say("5\N{EN DASH}95%"))
    head = (*values, say("Basis"), say("Claims"), say("Note"))
    return Table(say("Numbers: {group}", group=name), head, tuple(rows), bands)


def _row(row: NumberRow, where: str, references: Collection[str]) -> Row:
    low, mean, high = (digits(f"{value:.3g}") for value in (row.low, row.mean, row.high))
    numbers = (mean, "" if row.low == row.high else to(low, high))
    sources = TableCell(links=claims(row.sources, references))
    cells = (TableCell(words, look="number") for words in numbers)
    return where, row.distribution, *cells, basis_cell(row.basis), sources, row.note


def assumed_table(groups: Sequence[NumberGroup]) -> Table:
    """How many numbers of each part of the file are assumed."""
    rows = ((g.name, str(g.counts.get("assumed", 0)), str(sum(g.counts.values()))) for g in groups)
    return Table(say("Numbers assumed, by part of the file"), (say("Part"), say("Assumed"), say("In all")), tuple(rows))


def _place(path: str, structure: Structure) -> tuple[str, str, str]:
    """Group, section and remaining path of a number's dotted path."""
    parts = path.split(".")
    if parts[0] in ("parties", "formats") and len(parts) > 2:
        names = structure.parties if parts[0] == "parties" else structure.formats
        name = next((member.name for member in names if member.id == parts[1]), parts[1])
        section = say(SECTION_WORDS.get(parts[2], "Other" if parts[0] == "parties" else "Seats and calendar"))
        kept = parts[3:] if parts[2] in SECTION_WORDS and len(parts) > 3 else parts[2:]
        heading = name if parts[0] == "parties" else say("Format {name}", name=shown(name))
        return heading, section, ARROW.join(kept)
    return head_words(parts[0]), "", ARROW.join(parts[1:])


def head_words(part: str) -> str:
    """A part of the file that belongs to no party and no format."""
    return say(HEAD_WORDS[part]) if part in HEAD_WORDS else part.capitalize()
