"""What the answer rests on, in words and tables; the figures are in `rests_on_figures`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.sensitivity.tornado import CHANGES, LEVEL, STAYS, Swing
from sim.analysis.sensitivity.variance_shares import CHANCE, HIGH, LOW, NUMBERS, KeyNumber, Part, RestsOn
from sim.analysis.statistics.intervals import Estimate
from sim.report.comparison.number_tables import ARROW, HEAD_WORDS, SECTION_WORDS
from sim.report.comparison.page_tables import Cell, Table
from sim.report.comparison.variance_shares_words import (
    BASIS_SHARES,
    END_WORDS,
    GROUP_WORDS,
    LEAD_WORDS,
    MOST_OF,
    PART_WORDS,
    PARTITION_WORDS,
    VIEW_LINES,
)
from sim.report.words.language import count, digits, say
from sim.report.words.words import MINUS, NOTHING, listed, points, points_interval, shown, to
from sim.scenario.sampling.unknowns import CONSTANTS
from sim.types import Structure

MOST_NAMED = 2
"""Groups of a partition that a sentence names, besides those by basis."""


@dataclass(frozen=True)
class NumberCells:
    """One of the numbers to know better, ready for the page."""

    words: str
    basis: str
    sources: tuple[str, ...]
    share: Cell
    low: Cell
    high: Cell
    low_top: int
    """Number of the format that is highest with the number held low."""
    high_top: int
    leads: str
    noise: bool


def share_words(share: float) -> str:
    """A share of variance as a whole percentage; it may lie below 0."""
    if share != share:
        return NOTHING
    whole = round(100.0 * share)
    return f"{MINUS if whole < 0 else ''}{abs(whole)}%"


def share_interval(found: Estimate) -> str:
    """Ends of a share's interval."""
    return to(share_words(found.low)[:-1], share_words(found.high)[:-1]) if found.known else ""


def group_words(id_: str, structure: Structure) -> str:
    """A group's name: a party's, or that of a kind of numbers."""
    names = {party.id: party.name for party in structure.parties}
    return names.get(id_) or (say(GROUP_WORDS[id_]) if id_ in GROUP_WORDS else id_)


def number_words(path: str, structure: Structure, *, line: bool = False) -> str:
    """A number by party, kind and place; a red line as the question whether it is meant."""
    parts = path.split(".")
    if parts[0] not in ("parties", "formats"):
        head = say(HEAD_WORDS[parts[0]]) if parts[0] in HEAD_WORDS else parts[0].capitalize()
        return ARROW.join([head, *map(_plain, parts[1:])])
    names = {one.id: one.name for one in (*structure.parties, *structure.formats, *structure.issues)}
    head = shown(names.get(parts[1], parts[1]))
    if line:
        return say(
            "{party}: whether the red line \N{LEFT DOUBLE QUOTATION MARK}{line}"
            "\N{RIGHT DOUBLE QUOTATION MARK} is meant",
            party=head,
            line=_plain(parts[3]),
        )
    section = say(SECTION_WORDS[parts[2]]) if parts[2] in SECTION_WORDS else _plain(parts[2])
    options = {key: name for one in structure.issues for key, name in zip(one.options, one.option_names, strict=True)}
    tail = [options.get(one) or names.get(one) or _plain(one) for one in parts[3:] if one != "options"]
    return ARROW.join([f"{head}: {section[:1].lower()}{section[1:]}", *tail])


def _plain(id_: str) -> str:
    """A key of the file in words, or an id without its joints."""
    return say(PART_WORDS[id_]) if id_ in PART_WORDS else id_.replace("_", " ").replace("-", " ")


def ordered(parts: Sequence[Part]) -> list[Part]:
    """Groups of numbers with the largest share of the main answer first, then the constants and chance."""
    place = {NUMBERS: 0, CONSTANTS: 1, CHANCE: 2}
    return sorted(parts, key=lambda part: (place[part.kind], -part.shares[0].value))


def sentences(found: RestsOn, comparison: Comparison, structure: Structure) -> list[str]:
    """What the answer is, what it rests on, and which numbers would change it."""
    if not found.partitions["basis"][0].shares[0].known:
        return [say("The answer varied in too few runs to say what it rests on.")]
    return [_question(found, comparison), _by_group(found, structure), _to_know(found)]


def _question(found: RestsOn, comparison: Comparison) -> str:
    leader, measure = shown(comparison.format(found.leader).name), say(MEASURES[found.measure].lower())
    *_, chance = found.partitions["basis"]
    constants = next((part for part in found.partitions["basis"] if part.kind == CONSTANTS), None)
    if found.runner_up is None:
        words = say("The question is whether {leader} reaches this: {measure}.", leader=leader, measure=measure)
    else:
        words = say(
            "The question is by how much {leader} is ahead of {second} ({measure}).",
            leader=leader,
            second=shown(comparison.format(found.runner_up).name),
            measure=measure,
        )
    if constants is None:
        spread = say(
            "Of the spread of the answer from run to run, {chance} is chance, which would stay if every number were "
            "known.",
            chance=_part(chance),
        )
    else:
        spread = say(
            "Of the spread of the answer from run to run, {chance} is chance, which would stay if every number were "
            "known, and {constants} rests on how parties are assumed to behave.",
            chance=_part(chance),
            constants=_part(constants),
        )
    return f"{words} {spread} " + say("The rest hangs on the numbers of the file.")


def _part(part: Part) -> str:
    share = part.shares[0]
    return f"{share_words(share.value)} ({share_interval(share)})"


def _by_group(found: RestsOn, structure: Structure) -> str:
    by_basis = [part for part in ordered(found.partitions["basis"]) if part.kind == NUMBERS]
    said = [say(BASIS_SHARES[part.id], share=_part(part), numbers=_count(part)) for part in by_basis]
    words = [say("By basis, it rests {shares}.", shares=listed(said))] if said else []
    for partition, sentence in MOST_OF.items():
        told = [p for p in ordered(found.partitions[partition]) if p.kind == NUMBERS and p.shares[0].side > 0]
        if told:
            names = [f"{group_words(part.id, structure)} {_part(part)}" for part in told[:MOST_NAMED]]
            words.append(say(sentence, shares=listed(names)))
    return " ".join(words)


def _count(part: Part) -> str:
    return say("1 number") if part.count == 1 else say("{count} numbers", count=part.count)


def _to_know(found: RestsOn) -> str:
    told = [one for one in found.numbers if one.distinguishable]
    turning = [one for one in told if CHANGES in (one.low.leader, one.high.leader)]
    close = [one for one in told if one not in turning and LEVEL in (one.low.leader, one.high.leader)]
    words = [_from_noise(found, len(told))]
    if turning:
        words.append(say("Knowing {count} of them could put another format first.", count=len(turning)))
    if close and turning:
        words.append(
            say(
                "With {count} more of them held at one end, another format draws level with the leader.",
                count=len(close),
            )
        )
    if close and not turning:
        words.append(
            say("With {count} of them held at one end, another format draws level with the leader.", count=len(close))
        )
    if told and not turning and not close:
        words.append(say("None of them puts another format first."))
    return " ".join(words)


def _from_noise(found: RestsOn, told: int) -> str:
    """How many numbers can be told from noise."""
    alone = sum(one.share.side > 0 for one in found.numbers) or say("none")
    if not found.numbers:
        return say(
            "Of {total} uncertain numbers, {alone} can be told from noise among all of them.",
            total=found.n_unknowns,
            alone=alone,
        )
    return say(
        "Of {total} uncertain numbers, {alone} can be told from noise among all of them; of the {top} at the top of "
        "the list, {told} when held at an end of their range too.",
        total=found.n_unknowns,
        alone=alone,
        top=len(found.numbers),
        told=told,
    )


def share_table(found: RestsOn, comparison: Comparison, structure: Structure, partition: str) -> Table:
    """Shares of every answer: the main one, then each format's settlement."""
    columns = [0, *_single(found, found.measure)]
    head = [Cell(say("Group"), left=True), _main_head(found, comparison)]
    head += [Cell(badge=slot + 1) for slot in range(len(comparison.formats))]
    rows = []
    for part in ordered(found.partitions[partition]):
        cells = [_share_cell(part.shares[y]) for y in columns]
        small = _count(part) if part.count else ""
        rows.append((Cell(group_words(part.id, structure), small, left=True), *cells))
    note = say(
        "First column: leading format ahead of the runner-up; then {measure} in each format. Bold: the 95% interval "
        "lies above zero. Dash: varied in too few runs.",
        measure=say(MEASURES[found.measure].lower()),
    )
    partition_words = say(PARTITION_WORDS[partition])
    caption = say("{partition}: share of the variance of the answer", partition=partition_words)
    return Table(caption, tuple(head), tuple(rows), note=note)


def _single(found: RestsOn, measure: str) -> list[int]:
    """Positions of the answers of each format on a measure."""
    return [y for y, one in enumerate(found.answers) if y > 0 and one.measure == measure]


def _slots(found: RestsOn, comparison: Comparison) -> tuple[int, int]:
    """Numbers, from 1, of the leading format and the runner-up; 0 for none."""
    place = {one.id: slot + 1 for slot, one in enumerate(comparison.formats)}
    return place[found.leader], place.get(found.runner_up or "", 0)


def _main_head(found: RestsOn, comparison: Comparison) -> Cell:
    first, second = _slots(found, comparison)
    return Cell(badge=first, badge_after=second)


def _share_cell(share: Estimate) -> Cell:
    return Cell(share_words(share.value), share_interval(share), strong=share.side > 0)


def swing_table(found: RestsOn, comparison: Comparison, structure: Structure) -> Table:
    """Change of every format's likelihood with each number held."""
    held = say("Held{number}", number="")  # the hole keeps it apart from the "Held" of a leg
    head = (Cell(held, left=True), *(Cell(badge=slot + 1) for slot in range(len(comparison.formats))))
    rows: list[tuple[Cell, ...]] = []
    bands: dict[int, str] = {}
    for one in found.numbers:
        bands[len(rows)] = number_words(one.unknown.path, structure, line=one.unknown.line)
        for end in (one.low, one.high):
            cells = [Cell(points(c.value), points_interval(c), strong=c.side != 0) for c in end.changes]
            rows.append((Cell(value_words(one, end), left=True), *cells))
    note = say(
        "Percentage points of {measure}, on the same draws and chance; bold where the 95% interval excludes zero. A "
        "change of exactly 0 means that no run ended otherwise.",
        measure=say(MEASURES[found.measure].lower()),
    )
    caption = say("Each number held, everything else unchanged: change of every format's likelihood")
    return Table(caption, head, tuple(rows), bands, note=note)


def value_words(one: KeyNumber, end: Swing) -> str:
    """What a number is held at."""
    if one.unknown.line:
        return say(END_WORDS[bool(end.value)])
    return digits(f"{end.value:.2g}").replace("-", MINUS)


def number_cells(found: RestsOn, structure: Structure) -> list[NumberCells]:
    """The numbers to know better, one row each."""
    return [
        NumberCells(
            words=number_words(one.unknown.path, structure, line=one.unknown.line),
            basis=one.unknown.basis,
            sources=() if one.unknown.constant else one.unknown.sources,
            share=_share_cell(one.share),
            low=_end_cell(one, one.low),
            high=_end_cell(one, one.high),
            low_top=one.low.top + 1,
            high_top=one.high.top + 1,
            leads=say(LEAD_WORDS[_leads(one)]),
            noise=not one.distinguishable,
        )
        for one in found.numbers
    ]


def _end_cell(one: KeyNumber, end: Swing) -> Cell:
    words = f"{value_words(one, end)}: {points(end.gap.value)}"
    return Cell(words, points_interval(end.gap), strong=end.gap.side != 0)


def _leads(one: KeyNumber) -> str:
    ends = (one.low.leader, one.high.leader)
    if CHANGES in ends:
        return CHANGES
    return LEVEL if LEVEL in ends else STAYS


def rests_on_context(
    found: RestsOn | None, comparison: Comparison, structure: Structure
) -> Mapping[str, object] | None:
    """What the part of the page needs, or None where it was not asked."""
    if found is None:
        return None
    first, second = _slots(found, comparison)
    return {
        "sentences": sentences(found, comparison, structure),
        "numbers": number_cells(found, structure),
        "swings": swing_table(found, comparison, structure) if found.numbers else None,
        "shares": [share_table(found, comparison, structure, name) for name in found.partitions],
        "first": first,
        "second": second,
        "measure": say(MEASURES[found.measure].lower()),
        "n_unknowns": found.n_unknowns,
        "walks": count(found.sizes.walks),
        "held": count(found.sizes.held),
        "quantiles": (f"{LOW:.0%}", f"{HIGH:.0%}"),
    }


def rests_on_view(found: RestsOn, comparison: Comparison, structure: Structure) -> RenderableType:
    """A few lines for the terminal."""
    said = sentences(found, comparison, structure)
    lines: list[RenderableType] = [Text.assemble((say("Rests on") + "  ", "bold"), " ".join(said[:2]))]
    told = [one for one in found.numbers if one.distinguishable]
    if told:
        lines.append(Text(say("To know better:"), style="bold"))
    for one in told[:3]:
        where = number_words(one.unknown.path, structure, line=one.unknown.line)
        ends = ", ".join(f"{value_words(one, end)}: {points(end.gap.value)}" for end in (one.low, one.high))
        lines.append(Text("  " + say(VIEW_LINES[_leads(one)], where=where, basis=say(one.unknown.basis), ends=ends)))
    return Group(*lines, Text(""))
