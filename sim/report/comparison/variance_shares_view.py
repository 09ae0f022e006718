"""What the answer rests on: words, tables, bars of the shares, and the tornado of the numbers to know better."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.sensitivity.held_numbers import CHANGES, HIGH, LEVEL, LOW, STAYS, KeyNumber, Swing
from sim.analysis.sensitivity.inquiry import PRECISE
from sim.analysis.sensitivity.variance_shares import CHANCE, NUMBERS, RestsOn, VarianceGroup
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import ACCENT, INK, MUTED, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis, axis, badge, legend, points_label
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
        "ability", "bonus", "capability", "coalition_support", "commitment_premium", "concession_aversion",
        "concession_exponent", "cost", "curve", "drift", "enforcement", "firmness", "foresight", "hazard", "ideal",
        "learning_prior", "line_price", "loss", "margin", "meeting_value", "misremembering", "motive", "next_chance",
        "now", "optimism", "outside_option", "patience", "precision", "pressure_cap", "reciprocity", "recognition",
        "salience", "seats", "signing_cost", "spent_by", "standing", "support", "talk_cost", "trust_at_signing",
        "trust_premium", "volatility",
    )
}  # fmt: skip
"""Keys of the file on the way to a number -> the same in words."""

QUANTILES = (f"{LOW:.0%}", f"{HIGH:.0%}")
PRECISE_POINTS = f"{100.0 * PRECISE:.0f}"
MOST_NAMED = 2
"""Groups of a partition that a sentence names, besides those by basis."""
FILL = {NUMBERS: (WARM, 1.0), CONSTANTS: (WARM, 0.5), CHANCE: (ACCENT, 1.0)}
LABELS, GAP, ROW = 104.0, 12.0, 13.0
"""Points: of the names before bars, between columns, of a bar's row."""


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
    return [_question(rests, comparison), _by_group(rests, structure), _to_know(rests), *_widened(rests)]


def _widened(rests: RestsOn) -> list[str]:
    """That numbers without a spread were given one here."""
    if not rests.n_widened:
        return []
    return [
        say(
            "For this question alone, {count} numbers that the file assumes without a spread are drawn from a default "
            "one, since nobody knows them; shares within a quarter of where they stand, ideals within a quarter of the "
            "scale, others within half of themselves. Everything else on this page takes them as written; `--widen` "
            "widens them throughout.",
            count=rests.n_widened,
        )
    ]


def telling(rests: RestsOn) -> tuple[KeyNumber, ...]:
    """The numbers to know better, if any of them can be told from noise; a list of noise alone is none."""
    return rests.numbers if any(number.distinguishable for number in rests.numbers) else ()


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
    spread = say(
        "Of the spread of the answer from run to run, {chance} is chance, which would stay if every number were known.",
        chance=_part(chance),
    )
    if constants is not None:
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
    return say("1 uncertain number") if part.count == 1 else say("{count} uncertain numbers", count=part.count)


def _to_know(rests: RestsOn) -> str:
    clear = [number for number in rests.numbers if number.distinguishable]
    turning, close = ([number.leader for number in clear].count(leader) for leader in (CHANGES, LEVEL))
    words = [_from_noise(rests, len(clear))]
    if rests.runner_up is not None and len(rests.numbers_of) == 1:
        words.insert(
            0,
            say(
                "What the numbers alone take from the lead cannot be told from noise, so they are told for "
                "the leading format alone."
            ),
        )
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
    if not rests.n_unknowns:
        return say("No number of the file is uncertain.")
    if not telling(rests):
        return say(
            "None of the {total} uncertain numbers can be told from noise, known alone or held at an end of its range, "
            "so none is listed here; more draws may tell.",
            total=rests.n_unknowns,
        )
    alone = sum(number.share.side > 0 for number in rests.numbers) or say("none")
    return say(
        "Of {total} uncertain numbers, {alone} can be told from noise among all of them; of the {top} at the top of "
        "the list, {told} when held at an end of their range too.",
        total=rests.n_unknowns,
        alone=alone,
        top=len(rests.numbers),
        told=clear,
    )


def share_table(rests: RestsOn, comparison: Comparison, structure: Structure, partition: str) -> Table:
    """Shares of both answers, with their intervals."""
    rows = (
        (TableCell(group_words(part.id, structure), _count(part) if part.count else ""), *map(_share_cell, part.shares))
        for part in ordered(rests.partitions[partition])
    )
    return Table(
        say("{partition}: share of the variance of the answer", partition=say(PARTITION_WORDS[partition])),
        (say("Group"), *(TableCell(badges=_badges(answer.formats, comparison)) for answer in rests.answers)),
        tuple(rows),
        note=say(
            "Two formats: the first ahead of the second; one: {measure} in it alone. Bold: the 95% interval lies above "
            "zero. Dash: varied in too few runs.",
            measure=measure_words(rests),
        ),
    )


def number_badges(rests: RestsOn, comparison: Comparison) -> tuple[int, ...]:
    """Numbers, from 1, of the format or the two formats that the numbers to know better are told for."""
    return _badges(rests.numbers_of, comparison)


def _badges(formats: Sequence[str], comparison: Comparison) -> tuple[int, ...]:
    place = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    return tuple(place[id_] for id_ in formats)


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
        "change of exactly 0 means that no run ended otherwise. Formats that stayed clearly behind were played less.",
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
                *(
                    TableCell(_end_words(number, end), points_interval(end.gap), strong=end.gap.side != 0)
                    for end in (number.low, number.high)
                ),
                TableCell(say(LEAD_WORDS[number.leader]), badges=tuple(tops), joint=""),
            )
        )
    head = (
        *(say("Number"), TableCell(say("Basis, claims"), left=True), say("Known, takes away")),
        *(say("Held low"), say("Held high"), TableCell(say("Who leads"), left=True)),
    )
    return Table(say("The numbers to know better, and what they rest on"), head, tuple(rows))


def _end_words(number: KeyNumber, end: Swing) -> str:
    return f"{value_words(number, end)}: {points(end.gap.value)}"


def rests_on_view(rests: RestsOn, comparison: Comparison, structure: Structure) -> RenderableType:
    """A few lines for the terminal."""
    words = " ".join(sentences(rests, comparison, structure)[:2])
    lines: list[RenderableType] = [Text.assemble((say("Rests on") + "  ", "bold"), words)]
    clear = [number for number in rests.numbers if number.distinguishable]
    lines.append(Text(say("To know better:"), style="bold") if clear else Text(_from_noise(rests, 0)))
    for number in clear[:3]:
        where, basis = key_words(number, structure), say(number.unknown.basis)
        ends = ", ".join(_end_words(number, end) for end in (number.low, number.high))
        lines.append(Text("  " + say(VIEW_LINES[number.leader], where=where, basis=basis, ends=ends)))
    return Group(*lines, *(Text(words, style="dim") for words in _widened(rests)), Text(""))


def rests_on_figures(rests: RestsOn | None, comparison: Comparison, structure: Structure) -> list[Drawing]:
    """The figures; none where it was not asked or nothing varied."""
    if rests is None or not rests.partitions["basis"][0].shares[0].known:
        return []
    return [share_bars(rests, comparison, structure), *([tornado(rests, structure)] if telling(rests) else [])]


def share_bars(rests: RestsOn, comparison: Comparison, structure: Structure) -> Drawing:
    """Shares of the variance of the main answer and of the leading format's measure, in three partitions."""
    sheet = Sheet()
    y = 7 + legend(sheet, {say(kind_words): FILL[kind] for kind, kind_words in KIND_WORDS.items()})
    columns = range(len(rests.answers))
    shares = [part.shares[answer] for parts in rests.partitions.values() for part in parts for answer in columns]
    width = (WIDTH - LABELS - GAP * len(columns)) / len(columns) - 12
    ends = [end for share in shares for end in (share.low, share.high)]
    scales = [axis(LABELS + GAP + n * (width + 12 + GAP), width, ends) for n in range(len(columns))]
    leader, *behind = (number - 1 for number in _badges(rests.answers[0].formats, comparison))
    for scale, column in zip(scales, columns, strict=True):
        badge(sheet, scale.x + 4.6, y - 2.6, leader)
        against = behind if column == 0 else []
        words = say("ahead of") if against else measure_words(rests)
        sheet.text(scale.x + 12, y, words, size=7.5)
        for slot in against:
            badge(sheet, scale.x + 23 + 3.75 * len(words), y - 2.6, slot)
    y += 8
    for name, parts in rests.partitions.items():
        y += 15
        sheet.text(0, y, say(PARTITION_WORDS[name]), bold=True)
        y += 5
        for scale in scales:
            scale.grid(sheet, y, y + ROW * len(parts))
        for part in ordered(parts):
            sheet.text(0, y + 9, wrapped(group_words(part.id, structure), LABELS, 7, 1)[0], size=7)
            for scale, column in zip(scales, columns, strict=True):
                _share_bar(sheet, scale, y, part.shares[column], kind=part.kind)
            y += ROW
    for scale in scales:
        scale.labels(sheet, y + 9, lambda tick: f"{100 * tick:g}%")
    return sheet.finished(
        "rests_on",
        say("What the answer rests on"),
        say(
            "Share of the variance of the answer that each group of numbers is responsible for (grouped Shapley "
            "effects, which add up to 100% in each part), with 95% intervals. Bars stop at zero where an estimate "
            "falls below it."
        ),
        y + 13,
    )


def _share_bar(sheet: Sheet, scale: Axis, y: float, share: Estimate, *, kind: str) -> None:
    if not share.known:
        sheet.text(scale.at(0) + 3, y + 9, say("varied too little"), size=6.5, colour=MUTED)
        return
    colour, alpha = FILL[kind]
    sheet.rect(scale.at(0), y + 2, max(scale.at(share.value) - scale.at(0), 0.0), ROW - 4, fill=colour, alpha=alpha)
    sheet.whisker(scale.at(share.low), scale.at(share.high), y + ROW / 2)
    sheet.text(scale.at(share.high) + 4, y + 9, share_words(share.value), size=6.5, colour=MUTED)


def tornado(rests: RestsOn, structure: Structure) -> Drawing:
    """Change of the main answer with each number held at either end of its range."""
    sheet = Sheet()
    entries = {say("held low, or line not meant"): (ACCENT, 1.0), say("held high, or line meant"): (WARM, 1.0)}
    y = 1 + legend(sheet, entries)
    gaps = [end.gap for number in rests.numbers for end in (number.low, number.high)]
    scale = axis(44.0, WIDTH - 92.0, [bound for gap in gaps for bound in (gap.low, gap.high)])
    for number in rests.numbers:
        _tornado_row(sheet, scale, y, number, words=key_words(number, structure))
        y += 33
    scale.labels(sheet, y + 9, points_label)
    below, measure = say("percentage points of the leading format"), measure_words(rests)
    description = say(
        "Change of the leading format ({measure}) when one number is held and everything else, chance included, "
        "stays as it was; with paired 95% intervals. Grey names: not to be told from noise.",
        measure=measure,
    )
    if len(rests.numbers_of) > 1:
        below = say("percentage points of the leading format's lead over the runner-up")
        description = say(
            "Change of the leading format's lead over the runner-up ({measure}) when one number is held and everything "
            "else, chance included, stays as it was; with paired 95% intervals. Grey names: not to be told from noise.",
            measure=measure,
        )
    sheet.text(scale.x + scale.width / 2, y + 20, below, size=7, colour=MUTED, at="center")
    return sheet.finished("tornado", say("Numbers to know better"), description, y + 24)


def _tornado_row(sheet: Sheet, scale: Axis, y: float, number: KeyNumber, *, words: str) -> None:
    name = wrapped(f"{words} ({say(number.unknown.basis)})", WIDTH * 1.1, 7, 1)[0]
    sheet.text(0, y + 10, name, size=7, bold=number.distinguishable, colour=INK if number.distinguishable else MUTED)
    scale.grid(sheet, y + 13, y + 31)
    for row, (end, colour) in enumerate(((number.low, ACCENT), (number.high, WARM))):
        top, gap = y + 13.5 + 8.5 * row, end.gap
        left, right = sorted((scale.at(0), scale.at(gap.value)))
        sheet.rect(left, top, right - left, 7, fill=colour)
        if gap.high > gap.low:
            sheet.whisker(scale.at(gap.low), scale.at(gap.high), top + 3.5, cap=1.5)
        sheet.text(0, top + 6, value_words(number, end), size=6.5, colour=MUTED)
        sheet.text(WIDTH, top + 6, points(gap.value), size=6.5, colour=MUTED, at="right")
