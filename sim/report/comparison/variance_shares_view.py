"""What the answer rests on, in words and tables; the figures are in `variance_shares_figures`."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.sensitivity.variance_shares import (
    CHANCE,
    CHANGES,
    HIGH,
    LEVEL,
    LOW,
    NUMBERS,
    STAYS,
    KeyNumber,
    RestsOn,
    Swing,
    VarianceGroup,
)
from sim.analysis.statistics.intervals import Estimate
from sim.report.comparison.number_tables import ARROW, SECTION_WORDS, basis_cell, head_words
from sim.report.comparison.page_tables import difference, format_heads
from sim.report.words.language import digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import MINUS, NOTHING, listed, points, points_interval, shown, to
from sim.scenario.sampling.unknowns import CONSTANTS, NO_PARTY, OTHER
from sim.types import Structure

PARTITION_WORDS = {
    "basis": "By what the numbers rest on",
    "party": "By whose numbers they are",
    "parameter": "By what the numbers say",
}
KIND_WORDS = {NUMBERS: "numbers of the file", CONSTANTS: "behavioural constants", CHANCE: "chance"}
GROUP_WORDS = {
    CONSTANTS: "Behavioural constants",
    CHANCE: "Chance",
    NO_PARTY: "No party's own",
    "salience": "Salience",
    "values": "Values of options",
    "red_lines": "Red lines",
    "no_settlement": "Price of no settlement",
    "leverage": "Leverage and support",
    "standing": "Standing",
    "patience": "Patience",
    "meeting": "Meeting value, talk cost",
    "beliefs": "Beliefs about others",
    "ratification": "Ratification",
    "votes": "Weight in votes, the floor",
    "enforcement": "Enforcement",
    "shocks": "Shocks",
    OTHER: "Other",
    "stated": "Stated",
    "reported": "Reported",
    "analyst": "Analyst's judgement",
    "assumed": "Assumed",
}
BASIS_SHARES = {
    "stated": "{share} on what is stated ({numbers})",
    "reported": "{share} on what is reported ({numbers})",
    "analyst": "{share} on what is an analyst's judgement ({numbers})",
    "assumed": "{share} on what is assumed ({numbers})",
}
MOST_OF = {
    "party": "The parties whose numbers count most: {shares}.",
    "parameter": "The kinds of numbers that count most: {shares}.",
}
LEAD_WORDS = {STAYS: "stays", LEVEL: "level", CHANGES: "changes"}
END_WORDS = {True: "meant", False: "not meant"}
VIEW_LINES = {
    STAYS: "{where} ({basis}). Difference in points at {ends}",
    LEVEL: "{where} ({basis}). Difference in points at {ends}; another format level",
    CHANGES: "{where} ({basis}). Difference in points at {ends}; another format leads",
}
PART_WORDS = {
    key: key.replace("_", " ")
    for key in (
        "ability", "bonus", "capability", "coalition_support", "concession_exponent", "cost", "curve", "drift",
        "enforcement", "firmness", "foresight", "hazard", "ideal", "learning_prior", "loss", "margin",
        "meeting_value", "misremembering", "motive", "now", "outside_option", "patience", "precision",
        "pressure_cap", "reciprocity", "recognition", "salience", "seats", "spent_by", "standing", "talk_cost",
        "trust_premium", "volatility",
    )
}  # fmt: skip
"""Keys of the file on the way to a number -> the same in words."""

QUANTILES = (f"{LOW:.0%}", f"{HIGH:.0%}")
MOST_NAMED = 2
"""Groups of a partition that a sentence names, besides those by basis."""


def share_words(share: float) -> str:
    """A share of variance as a whole percentage; it may lie below 0."""
    if share != share:
        return NOTHING
    whole = round(100.0 * share)
    return f"{MINUS if whole < 0 else ''}{abs(whole)}%"


def share_interval(share: Estimate) -> str:
    """Ends of a share's interval."""
    return to(share_words(share.low)[:-1], share_words(share.high)[:-1]) if share.known else ""


def group_words(id_: str, structure: Structure) -> str:
    """A group's name: a party's, or that of a kind of numbers."""
    names = {party.id: party.name for party in structure.parties}
    return names.get(id_) or (say(GROUP_WORDS[id_]) if id_ in GROUP_WORDS else id_)


def key_words(number: KeyNumber, structure: Structure) -> str:
    """One of the numbers to know better, by party, kind and place."""
    return number_words(number.unknown.path, structure, line=number.unknown.line)


def number_words(path: str, structure: Structure, *, line: bool = False) -> str:
    """A number by party, kind and place; a red line as the question whether it is meant."""
    parts = path.split(".")
    if parts[0] not in ("parties", "formats"):
        return ARROW.join([head_words(parts[0]), *map(_plain, parts[1:])])
    names = {part.id: part.name for part in (*structure.parties, *structure.formats, *structure.issues)}
    head = shown(names.get(parts[1], parts[1]))
    if line:
        return say(
            "{party}: whether the red line \N{LEFT DOUBLE QUOTATION MARK}{line}"
            "\N{RIGHT DOUBLE QUOTATION MARK} is meant",
            party=head,
            line=_plain(parts[3]),
        )
    section = say(SECTION_WORDS[parts[2]]) if parts[2] in SECTION_WORDS else _plain(parts[2])
    for issue in structure.issues:
        names |= zip(issue.options, issue.option_names, strict=True)
    tail = [names.get(part) or _plain(part) for part in parts[3:] if part != "options"]
    return ARROW.join([f"{head}: {section[:1].lower()}{section[1:]}", *tail])


def _plain(id_: str) -> str:
    """A key of the file in words, or an id without its joints."""
    return say(PART_WORDS[id_]) if id_ in PART_WORDS else id_.replace("_", " ").replace("-", " ")


def ordered(parts: Sequence[VarianceGroup]) -> list[VarianceGroup]:
    """Groups of numbers with the largest share of the main answer first, then the constants and chance."""
    place = {NUMBERS: 0, CONSTANTS: 1, CHANCE: 2}
    return sorted(parts, key=lambda part: (place[part.kind], -part.shares[0].value))


def sentences(rests: RestsOn, comparison: Comparison, structure: Structure) -> list[str]:
    """What the answer is, what it rests on, and which numbers would change it."""
    if not rests.partitions["basis"][0].shares[0].known:
        return [say("The answer varied in too few runs to say what it rests on.")]
    return [_question(rests, comparison), _by_group(rests, structure), _to_know(rests)]


def measure_words(rests: RestsOn) -> str:
    """The measure that the answer is about, in the middle of a sentence."""
    return say(MEASURES[rests.measure].lower())


def _question(rests: RestsOn, comparison: Comparison) -> str:
    leader, measure = shown(comparison.format(rests.leader).name), measure_words(rests)
    *_, chance = rests.partitions["basis"]
    constants = next((part for part in rests.partitions["basis"] if part.kind == CONSTANTS), None)
    if rests.runner_up is None:
        words = say("The question is whether {leader} reaches this: {measure}.", leader=leader, measure=measure)
    else:
        words = say(
            "The question is by how much {leader} is ahead of {second} ({measure}).",
            leader=leader,
            second=shown(comparison.format(rests.runner_up).name),
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


def _part(part: VarianceGroup) -> str:
    share = part.shares[0]
    return f"{share_words(share.value)} ({share_interval(share)})"


def _by_group(rests: RestsOn, structure: Structure) -> str:
    by_basis = [part for part in ordered(rests.partitions["basis"]) if part.kind == NUMBERS]
    shares = [say(BASIS_SHARES[part.id], share=_part(part), numbers=_count(part)) for part in by_basis]
    words = [say("By basis, it rests {shares}.", shares=listed(shares))] if shares else []
    for partition, sentence in MOST_OF.items():
        clear = [p for p in ordered(rests.partitions[partition]) if p.kind == NUMBERS and p.shares[0].side > 0]
        if clear:
            names = [f"{group_words(part.id, structure)} {_part(part)}" for part in clear[:MOST_NAMED]]
            words.append(say(sentence, shares=listed(names)))
    return " ".join(words)


def _count(part: VarianceGroup) -> str:
    return say("1 number") if part.count == 1 else say("{count} numbers", count=part.count)


def _to_know(rests: RestsOn) -> str:
    clear = [number for number in rests.numbers if number.distinguishable]
    turning, close = ([number.leader for number in clear].count(leader) for leader in (CHANGES, LEVEL))
    words = [_from_noise(rests, len(clear))]
    if turning:
        words.append(say("Knowing {count} of them could put another format first.", count=turning))
    if close and turning:
        words.append(
            say("With {count} more of them held at one end, another format draws level with the leader.", count=close)
        )
    elif close:
        words.append(
            say("With {count} of them held at one end, another format draws level with the leader.", count=close)
        )
    if clear and not turning and not close:
        words.append(say("None of them puts another format first."))
    return " ".join(words)


def _from_noise(rests: RestsOn, clear: int) -> str:
    alone = sum(number.share.side > 0 for number in rests.numbers) or say("none")
    if not rests.numbers:
        return say(
            "Of {total} uncertain numbers, {alone} can be told from noise among all of them.",
            total=rests.n_unknowns,
            alone=alone,
        )
    return say(
        "Of {total} uncertain numbers, {alone} can be told from noise among all of them; of the {top} at the top of "
        "the list, {told} when held at an end of their range too.",
        total=rests.n_unknowns,
        alone=alone,
        top=len(rests.numbers),
        told=clear,
    )


def share_table(rests: RestsOn, comparison: Comparison, structure: Structure, partition: str) -> Table:
    """Shares of every answer: the main one, then the measure of each format."""
    columns = [0, *(y for y, answer in enumerate(rests.answers) if y > 0 and answer.measure == rests.measure)]
    rows = (
        (
            TableCell(group_words(part.id, structure), _count(part) if part.count else ""),
            *(_share_cell(part.shares[y]) for y in columns),
        )
        for part in ordered(rests.partitions[partition])
    )
    return Table(
        say("{partition}: share of the variance of the answer", partition=say(PARTITION_WORDS[partition])),
        (say("Group"), TableCell(badges=main_badges(rests, comparison)), *format_heads(comparison)),
        tuple(rows),
        note=say(
            "First column: leading format ahead of the runner-up; then {measure} in each format. Bold: the 95% "
            "interval lies above zero. Dash: varied in too few runs.",
            measure=measure_words(rests),
        ),
    )


def main_badges(rests: RestsOn, comparison: Comparison) -> tuple[int, ...]:
    """Numbers, from 1, of the leading format and the runner-up, if there is one."""
    place = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    return tuple(place[id_] for id_ in (rests.leader, rests.runner_up) if id_ is not None)


def _share_cell(share: Estimate) -> TableCell:
    return TableCell(share_words(share.value), share_interval(share), strong=share.side > 0)


def swing_table(rests: RestsOn, comparison: Comparison, structure: Structure) -> Table:
    """Change of every format's likelihood with each number held."""
    held = say("Held{number}", number="")  # the hole keeps it apart from the "Held" of a leg
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for number in rests.numbers:
        bands[len(rows)] = key_words(number, structure)
        rows += ((value_words(number, end), *map(difference, end.changes)) for end in (number.low, number.high))
    note = say(
        "Percentage points of {measure}, on the same draws and chance; bold where the 95% interval excludes zero. A "
        "change of exactly 0 means that no run ended otherwise.",
        measure=measure_words(rests),
    )
    caption = say("Each number held, everything else unchanged: change of every format's likelihood")
    return Table(caption, (held, *format_heads(comparison)), tuple(rows), bands, note=note)


def value_words(number: KeyNumber, end: Swing) -> str:
    """What a number is held at."""
    if number.unknown.line:
        return say(END_WORDS[bool(end.value)])
    return digits(f"{end.value:.2g}").replace("-", MINUS)


def number_table(rests: RestsOn, structure: Structure, references: Collection[str]) -> Table:
    """The numbers to know better, one row each."""
    rows: list[Row] = []
    for number in rests.numbers:
        sources = () if number.unknown.constant else number.unknown.sources
        tops = dict.fromkeys((number.low.top + 1, number.high.top + 1))
        rows.append(
            (
                TableCell(
                    key_words(number, structure), "" if number.distinguishable else say("not to be told from noise")
                ),
                basis_cell(number.unknown.basis, sources, references),
                _share_cell(number.share),
                *(_end_cell(number, end) for end in (number.low, number.high)),
                TableCell(say(LEAD_WORDS[number.leader]), badges=tuple(tops), joint=""),
            )
        )
    head = (
        *(say("Number"), TableCell(say("Basis, claims"), left=True), say("Known, takes away")),
        *(say("Held low"), say("Held high"), TableCell(say("Who leads"), left=True)),
    )
    return Table(say("The numbers to know better, and what they rest on"), head, tuple(rows))


def _end_cell(number: KeyNumber, end: Swing) -> TableCell:
    words = f"{value_words(number, end)}: {points(end.gap.value)}"
    return TableCell(words, points_interval(end.gap), strong=end.gap.side != 0)


def rests_on_view(rests: RestsOn, comparison: Comparison, structure: Structure) -> RenderableType:
    """A few lines for the terminal."""
    words = " ".join(sentences(rests, comparison, structure)[:2])
    lines: list[RenderableType] = [Text.assemble((say("Rests on") + "  ", "bold"), words)]
    clear = [number for number in rests.numbers if number.distinguishable]
    if clear:
        lines.append(Text(say("To know better:"), style="bold"))
    for number in clear[:3]:
        where, basis = key_words(number, structure), say(number.unknown.basis)
        ends = ", ".join(f"{value_words(number, end)}: {points(end.gap.value)}" for end in (number.low, number.high))
        lines.append(Text("  " + say(VIEW_LINES[number.leader], where=where, basis=basis, ends=ends)))
    return Group(*lines, Text(""))
