"""The tables of a comparison, each stated once: in full for the page, `narrow` for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import MEASURES, PAIRED, Comparison, FormatResult, Likelihoods, TrackResult
from sim.analysis.comparison.verdict import FLIPS, HOLDS, JUDGED, UNCLEAR, RivalReading, RivalReadings
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import OUTCOME_WORDS, READING_ORDER, shade
from sim.report.words.language import count, digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import (
    DASH,
    IMPASSE_LABELS,
    MINUS,
    NOTHING,
    impasse_meaning,
    impasses_in,
    interval,
    listed,
    percent,
    points,
    points_interval,
    shown,
    span,
    to,
    top_deciders,
)
from sim.scenario import parse_variant
from sim.types import IMPASSES, Outcome, Structure

BASELINE = "as in the file"
CHAIN_WORDS = {"core": "Signed text settles the core", "lasted": "Lasted, of those signed"}
NARROW_MEASURES = {
    "in_force": "Text in force",
    "halt": "Halt in force",
    "agreed": "Table agreed",
    "lasted": "Signed, lasts",
}
"""Shown below the outcomes where they are kept."""
NARROW_PAIRED = {"settlement": "Settlement", "in_force": "Text in force", "lasted": "Lasted, if signed"}
FAILURES_BY = "Failures by"
COUNTED = {HOLDS: "{count} hold", UNCLEAR: "{count} level", FLIPS: "{count} reversed"}
WIDE = 100
"""Columns of a terminal from which the third paired measure is shown."""
MOST_PAIRED = 6
"""Formats up to which every pair has a line in the terminal."""


def likelihood(share: Estimate) -> TableCell:
    """A share with its interval."""
    return TableCell(percent(share.value), interval(share) if share.known else "")


def difference(gap: Estimate, *, strong: bool | None = None) -> TableCell:
    """A difference in points with its interval; strong where told so, by default where that excludes zero."""
    told = gap.side != 0 if strong is None else strong
    return TableCell(points(gap.value), points_interval(gap) if gap.known else "", strong=told)


def format_heads(comparison: Likelihoods) -> Row:
    """A column per format, by number."""
    return tuple(TableCell(badges=(slot + 1,)) for slot in range(len(comparison.formats)))


def per_format(
    comparison: Comparison,
    caption: str,
    head: Iterable[TableCell | str],
    *,
    rows: Iterable[Row],
    note: str = "",
    narrow: bool = False,
) -> Table:
    """A table with a row per format of the comparison, named first; narrow, its name can be broken."""
    names = (result.name if narrow else shown(result.name) for result in comparison.formats)
    named = enumerate(zip(names, rows, strict=True), start=1)
    cells = tuple((TableCell(name, badges=(number,)), *row) for number, (name, row) in named)
    return Table(caption, (say("Format"), *head), cells, note=note)


def outcome_table(comparison: Comparison) -> Table:
    """Formats x outcomes with 95% intervals."""
    measures = [measure for measure in ("in_force", "halt") if measure in comparison.formats[0].measures]
    rows = (
        (
            *(likelihood(result.outcomes[k]) for k in READING_ORDER),
            *(likelihood(result.measures[measure]) for measure in measures),
        )
        for result in comparison.formats
    )
    head = (*(say(OUTCOME_WORDS[k]) for k in READING_ORDER), *(say(NARROW_MEASURES[m]) for m in measures))
    return per_format(comparison, say("Share of runs by outcome, with 95% intervals (per cent)"), head, rows=rows)


def narrow_outcome_table(comparison: Comparison, structure: Structure) -> Table:
    """Outcomes x formats; below the outcomes what is in force, what lasted, why nothing was signed, who decided it."""
    formats = comparison.formats
    rows: list[Row] = []
    for k in READING_ORDER:
        strong = k is Outcome.SETTLEMENT
        cells = (replace(likelihood(result.outcomes[k]), strong=strong) for result in formats)
        rows.append((TableCell(say(OUTCOME_WORDS[k]), strong=strong), *cells))
    bands = {len(rows): ""}
    for measure, words in NARROW_MEASURES.items():
        if measure in formats[0].measures:
            rows.append((say(words), *(likelihood(result.measures[measure]) for result in formats)))
    bands[len(rows)] = say("Nothing signed:") if impasses_in(comparison) else ""
    for u in impasses_in(comparison):
        cells = (likelihood(result.unsigned.of_all[u]) for result in formats)
        rows.append((say(IMPASSE_LABELS[IMPASSES[u]]), *cells))
    bands[len(rows)] = ""
    deciders = (top_deciders(result.failures, structure) for result in formats)
    who = ("\n".join(f"{name} {percent(share)}" for name, share in parties) for parties in deciders)
    nobody = (say("nobody alone") if result.failures.runs else say("no failures") for result in formats)
    rows.append((say(FAILURES_BY), *(names or none for names, none in zip(who, nobody, strict=True))))
    head = tuple(TableCell(result.name, badges=(slot + 1,)) for slot, result in enumerate(formats))
    note = " ".join(filter(None, (halt_note(comparison, structure), impasse_meaning(comparison))))
    return Table(say("How talks end (share of runs, 95% interval)"), ("", *head), tuple(rows), bands, note=note)


def settled_table(comparison: Comparison) -> Table:
    """A row a format: settlement, any text in force, what is signed; short enough to be looked at while it changes."""
    shown_measures = ("settlement", "in_force", "signed")
    rows = tuple(
        (TableCell(result.name, badges=(slot + 1,)), *(likelihood(result.measures[name]) for name in shown_measures))
        for slot, result in enumerate(comparison.formats)
    )
    head = ("", *(say(MEASURES[m]) for m in shown_measures))
    return Table(say("So far (share of runs, 95% interval)"), head, rows)


def halt_note(comparison: Comparison, structure: Structure) -> str:
    """What a halt in force is, and within which time; nothing where no issue ends the price of no settlement."""
    if "halt" not in comparison.formats[0].measures:
        return ""
    months = {structure.formats[result.index].months for result in comparison.formats}
    if len(months) > 1:
        return say(
            "Halt in force: a text that stops (part of) the price of no settlement came into force after consent, "
            "within the months of the talks."
        )
    return say(
        "Halt in force: a text that stops (part of) the price of no settlement came into force after consent, within "
        "{months} months.",
        months=months.pop(),
    )


def chain_table(comparison: Comparison, structure: Structure) -> Table:
    """Was something agreed, was it the core, did it last: kept apart."""
    kept = comparison.formats[0].measures
    measures = [m for m in ("agreed", "signed", "halt", "core", "lasted", "settlement") if m in kept]
    words = {**MEASURES, **CHAIN_WORDS}
    closed = say(
        "Month closed: median month of the talks in which signed texts were closed, and 5\N{EN DASH}95% of them."
    )
    return per_format(
        comparison,
        say("Agreed, signed, core, lasted: share of runs with 95% intervals"),
        (*(say(words[m]) for m in measures), say("Month closed")),
        rows=((*(likelihood(result.measures[m]) for m in measures), _month(result)) for result in comparison.formats),
        note=f"{halt_note(comparison, structure)} {closed}".strip(),
    )


def _month(result: FormatResult) -> TableCell | str:
    month = result.month
    return TableCell(f"{month.median:.0f}", f"{month.low:.0f}{DASH}{month.high:.0f}") if result.n_texts else NOTHING


def core_table(comparison: Comparison, structure: Structure) -> Table:
    """Settlement of each single core issue."""
    names = {issue.id: issue.name for issue in structure.issues}
    issues = list(comparison.formats[0].core_issues)
    return per_format(
        comparison,
        say("Settled, by single core issue: share of runs with 95% intervals"),
        (*(names[i] for i in issues), say("All of them")),
        rows=(
            (*(likelihood(result.core_issues[i]) for i in issues), likelihood(result.measures["settlement"]))
            for result in comparison.formats
        ),
        note=say("A core issue counts where it stands at a settling option in a text that was in force and lasted."),
    )


def text_table(comparison: Comparison, structure: Structure) -> Table:
    """Issue x option: share of each option among signed texts, a column per format."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for i, issue in enumerate(structure.issues):
        bands[len(rows)] = issue.name
        for o, name in enumerate(issue.option_names):
            small = say("as things stand") if o == issue.status_quo else say("settles") if o in issue.settling else ""
            shares = (float(result.deals[i, o]) for result in comparison.formats)
            cells = (
                TableCell(f"{100 * s:.0f}" if s >= 0.005 else "", alpha=shade(s)) if np.isfinite(s) else NOTHING
                for s in shares
            )
            rows.append((TableCell(name, small), *cells))
    counts = "; ".join(f"{slot + 1}: {count(result.n_texts)}" for slot, result in enumerate(comparison.formats))
    note = say("Signed texts of substance, whether or not they lasted. Texts per format: {counts}.", counts=counts)
    head = (say("Option"), *format_heads(comparison))
    return Table(say("Share of signed texts with each option (per cent)"), head, tuple(rows), bands, note, look="texts")


def value_table(comparison: Comparison, structure: Structure) -> Table:
    """Value, reservation value and gain per party in signed texts."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for slot, result in enumerate(comparison.formats):
        bands[len(rows)] = f"{slot + 1}  {shown(result.name)}"
        for party, value in zip(structure.parties, result.values, strict=True):
            spreads = (
                TableCell(_stakes(s.median), to(_stakes(s.low), _stakes(s.high)) if result.n_texts else "")
                for s in (value.value, value.reservation, value.gain)
            )
            rows.append((party.name, *spreads, percent(value.below)))
    return Table(
        say("Median and 5\N{EN DASH}95% of signed texts, in stakes"),
        (say("Party"), say("Value"), say("Reservation value"), say("Gain"), say("Texts below it")),
        tuple(rows),
        bands,
        note=say(
            "Stakes: 1 is the way from the worst to the best feasible deal for that party. Below: share of signed "
            "texts."
        ),
    )


def _stakes(value: float) -> str:
    return digits(f"{round(value, 2) + 0.0:.2f}").replace("-", MINUS) if np.isfinite(value) else NOTHING


def pair_table(comparison: Comparison, *, width: int = 0) -> Table:
    """Paired differences with intervals and leads; with a width in columns what fits into a terminal."""
    slots = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    measures = PAIRED[:2] if 0 < width < WIDE else PAIRED
    few = width and len(slots) > MOST_PAIRED
    lead = comparison.top("settlement")
    pairs = {(pair.first, pair.second, pair.measure): pair for pair in comparison.pairs}
    rows: list[Row] = []
    for first, second in dict.fromkeys((a, b) for a, b, _ in pairs if not few or lead in (a, b)):
        looks = (pairs[first, second, measure] for measure in measures)
        cells = (difference(look.difference, strong=look.told_apart) for look in looks)
        pair = pairs[first, second, PAIRED[0]]
        leads = (pair.first_leads, pair.ties, pair.second_leads)
        shares = ("/".join(f"{share:.0%}" for share in leads),) if width else map(percent, leads)
        rows.append((TableCell(badges=(slots[first], slots[second])), *cells, *shares))
    if not width:
        ends = (say("First leads"), say("Ties"), say("Second leads"))
        return Table(
            say("Paired differences between formats on the same draws"),
            (say("First and second"), *(say(MEASURES[m]) for m in PAIRED), *ends),
            tuple(rows),
            note=say(
                "Percentage points, first minus second, each with its own 95% interval; bold where a difference "
                "exceeds simulation error with all of this table looked at together (Holm: 5% for any false one). "
                "Leads and ties: share of draws by number of settlements."
            ),
        )
    note = say(
        "Leads: share of draws in which the first has more settlements. Bold: beyond simulation error, all pairs "
        "together."
    )
    if few:
        note += " " + say("Only pairs with the format that settles most often; the report has all.")
    return Table(
        say("Paired differences (percentage points, first minus second, same draws)"),
        (say("Pair"), *(say(NARROW_PAIRED[measure]) for measure in measures), say("Leads/ties/trails")),
        tuple(rows),
        note=note,
    )


def range_table(comparison: Comparison, *, narrow: bool = False) -> Table:
    """5-95% range over draws of the likelihood of each outcome (narrow: of settlement), and chance's share."""
    outcomes = (Outcome.SETTLEMENT,) if narrow else READING_ORDER
    rows: list[Row] = []
    for result in comparison.formats:
        split, share = result.split, result.split.chance_share
        ranges = (span(split.low[k], split.high[k]) for k in outcomes)
        rows.append((*ranges, likelihood(share), percent(1 - share.value) if share.known else NOTHING))
    words = (say("Settlement*"),) if narrow else (say(OUTCOME_WORDS[k]) for k in READING_ORDER)
    caption = say("5\N{EN DASH}95% range over draws of the likelihood of each outcome; chance's share of the spread")
    note = say("* 5\N{EN DASH}95% range over draws, the noise of few replications taken out.")
    return per_format(
        comparison,
        say("What the spread of outcomes is made of") if narrow else caption,
        (*words, say("Chance"), say("Not knowing")),
        rows=rows,
        note=note if narrow else "",
        narrow=narrow,
    )


def variant_table(comparison: ComparisonResult, *, narrow: bool = False) -> Table:
    """Settlement and any text in force under each variant; what it changes, and what becomes of the order of pairs."""
    judged = comparison.verdict
    rows: list[Row] = [(TableCell(say(BASELINE)), *shares_by_format(comparison), "")]
    sizes = [other.n_draws for other in comparison.variants.values()]
    drawn = say(
        "Each rule is played on as many of the draws as it needs ({sizes}), and judged with the help of the "
        "file's own rules on all {draws}.",
        sizes=to(count(min(sizes)), count(max(sizes))) if len(set(sizes)) > 1 else count(max(sizes, default=0)),
        draws=count(comparison.n_draws),
    )
    for name, other in comparison.variants.items():
        fate = _fate(judged.fates(name), narrow=narrow) if judged else TableCell()
        changes = "" if narrow else say(parse_variant(name).said)
        rows.append((TableCell(name, changes), *shares_by_format(other), fate))
    numbers = format_heads(comparison)
    if not narrow:
        note = say(
            "Large: settlement; small: any text in force. Order of pairs: of the pairs that the file's own rules tell "
            "apart, how many keep their order, are level (cannot be told apart there) or are "
            "reversed, beyond simulation error with all rules and constants looked at together (Holm: 5% for any "
            "false one)."
        )
        head = (say("Rules"), *numbers, TableCell(say("Order of pairs"), left=True))
        return Table(say("Likelihoods under other rules"), head, tuple(rows), note=f"{note} {drawn}")
    pairs = judged.n_pairs if judged else 0
    note = say("No pair is told apart in the file, so there is no order to keep or to reverse.")
    if pairs:
        note = say(
            "Pairs, of the {pairs} told apart in the file: order reversed, or no longer told apart (level).",
            pairs=pairs,
        )
    note += f" {drawn}"
    return Table(
        say("Under other rules (settlement, any text in force)"),
        ("", *numbers, TableCell(say("Pairs"), left=True)),
        tuple(rows),
        {1: ""},
        note=note if judged else "",
    )


def shares_by_format(comparison: Likelihoods) -> Row:
    """Settlement, and small any text in force, of each format."""
    return tuple(
        TableCell(percent(result.measures["settlement"].value), percent(result.measures["in_force"].value))
        for result in comparison.formats
    )


def _fate(fates: Counter[str], *, narrow: bool) -> TableCell:
    """`15 hold, 3 level, 1 reversed`; narrow, the worst of them."""
    words = {fate: say(words, count=fates[fate]) for fate, words in COUNTED.items() if fates[fate]}
    if not narrow or not words:
        return TableCell(", ".join(words.values()) or NOTHING)
    return TableCell(words.get(FLIPS) or words.get(UNCLEAR) or say("holds"), strong=FLIPS in words)


def rivals_summary(rivals: RivalReadings) -> str:
    """Whether the ranking depends on which source one believes, in a sentence."""
    deciding = [key for key in rivals.questions if rivals.decides(key)]
    if not rivals.verdict.n_pairs:
        return say("No ranking: the formats cannot be told apart within simulation error.")
    if not deciding:
        return say("No reading that was played reverses the order of a pair of formats that the file tells apart.")
    return say("The order of formats depends on which source one believes in {where}.", where=listed(deciding))


def rival_sentence(rivals: RivalReadings, key: str, comparison: Comparison) -> str:
    """Which format gets furthest on a settlement under each reading."""
    names = {result.id: shown(result.name) for result in comparison.formats}
    tops = rivals.tops(key, JUDGED[0])
    if len(tops) == 1:
        return say("{format} settles most often under every reading.", format=names[tops[0]])
    parts = [f"{reading.name}: {names[reading.comparison.top(JUDGED[0])]}" for reading in rivals.of(key)]
    return say("Which format settles most often depends on the reading ({which}).", which="; ".join(parts))


def _order(rivals: RivalReadings, reading: RivalReading) -> str:
    n_reversed, n_level = rivals.reversed_pairs(reading), rivals.level_pairs(reading)
    return say("{reversed} reversed, {level} level", reversed=n_reversed, level=n_level)


def rival_table(rivals: RivalReadings, key: str) -> Table:
    """The readings of one contradiction: shares by format, and what becomes of the order of pairs."""
    readings = rivals.of(key)
    rows = (
        (TableCell(reading.name, say(reading.changes)), *shares_by_format(reading.comparison), _order(rivals, reading))
        for reading in readings
    )
    head = (say("Reading"), *format_heads(readings[0].comparison), TableCell(say("Order of pairs"), left=True))
    note = say("Large: settlement; small: any text in force. Pairs are those that the file's own numbers tell apart.")
    return Table(rivals.questions[key], head, tuple(rows), note=note)


def rivals_view(rivals: RivalReadings) -> RenderableType:
    """The readings for a terminal: settlements alone, all contradictions in one table."""
    rows = (
        (
            reading.key,
            *(percent(result.measures["settlement"].value) for result in reading.comparison.formats),
            _order(rivals, reading),
        )
        for reading in rivals.readings
    )
    head = ("", *format_heads(rivals.readings[0].comparison), TableCell(say("Order of pairs"), left=True))
    table = Table(say("Rival readings of the sources: settlement"), head, tuple(rows))
    return Group(table.rich(), Text(rivals_summary(rivals)))


def tracks_of(comparison: Comparison) -> list[tuple[int, FormatResult, TrackResult]]:
    """The tracks with their places in the comparison."""
    return [(slot, result, result.track) for slot, result in enumerate(comparison.formats) if result.track is not None]


def leg_table(comparison: Comparison) -> Table:
    """Legs x outcomes: of the runs in which the leg was held, with the same format alone in small."""
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for slot, result, track in tracks_of(comparison):
        bands[len(rows)] = f"{slot + 1}  {shown(result.name)}"
        for number, leg in enumerate(track.legs, start=1):
            name, ends = f"{number}. {shown(leg.name)}", (likelihood(leg.if_held[k]) for k in READING_ORDER)
            rows.append((name, likelihood(leg.held), likelihood(leg.decided), *ends))
            if leg.alone:
                alone = (likelihood(leg.alone[k]) for k in READING_ORDER)
                rows.append((TableCell("", say("the same alone")), "", "", *alone))
        if track.inherited.value > 0.0:
            name = TableCell(say("After the last leg"), say("by what legs had left in force"))
            rows.append((name, "", likelihood(track.inherited), *[""] * len(READING_ORDER)))
    note = say(
        "Held and decided here: share of all runs, with 95% intervals. Decided here: the leg settled the core, and the "
        "track ended. The outcomes are shares of the runs in which the leg was held; below them those of the same "
        "format on its own, where it was compared too. Runs that reach a later leg are those in which the ones "
        "before did not settle, and what these left behind (texts in force, distrust, levers spent) goes along."
    )
    head = (say("Leg"), say("Held"), say("Decided here"), *(say(OUTCOME_WORDS[k]) for k in READING_ORDER))
    return Table(say("Legs of the tracks: how each ended"), head, tuple(rows), bands, note=note)


def track_line(result: FormatResult) -> str:
    """Where a track is decided, in a line: `leg 1 (A) 12% (10-15), leg 2 (B) 3% (2-5), never 85%`."""
    if result.track is None:
        return ""
    parts = [
        say(
            "leg {number} ({format}) {share} ({interval})",
            number=number,
            format=shown(leg.name),
            share=percent(leg.decided.value),
            interval=interval(leg.decided),
        )
        for number, leg in enumerate(result.track.legs, start=1)
    ]
    if result.track.inherited.value > 0.0:
        parts.append(say("after the last {share}", share=percent(result.track.inherited.value)))
    settled = percent(result.outcomes[Outcome.SETTLEMENT].value)
    return say("Settled in {legs}; in all {share}.", legs=", ".join(parts), share=settled)
