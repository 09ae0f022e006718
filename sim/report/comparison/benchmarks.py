"""Theory beside the talks: what was possible, how far the texts are from it, what the equilibrium expects.

The same tables serve the page and the terminal.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from sim.analysis.comparison.results import Comparison
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import MEASURES, ZONES, RationalBenchmarks
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME, TheoryComparison
from sim.bargaining.table_seats import LIMITS
from sim.report.comparison.page_tables import Cell, Table
from sim.report.words.language import count, digits, say
from sim.report.words.words import (
    DASH,
    MINUS,
    NOTHING,
    between,
    interval,
    listed,
    percent,
    points,
    points_interval,
    shown,
    to,
)

ZONE_WORDS = {
    ("package", "table"): "Package: table",
    ("package", "standing"): "and absent",
    ("package", "pressure"): "pressed",
    ("core", "table"): "Core: table",
    ("core", "standing"): "and absent",
    ("core", "pressure"): "pressed",
}
DISTANCE_WORDS = {
    "nash_share": "Nash product",
    "kalai_smorodinsky": "Kalai-Smorod.",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
    "frontier": "Frontier",
}
VERDICT_WORDS = {SAME: "the same", REVERSED: "reversed", LEVEL: "level"}
assert set(ZONE_WORDS) == set(ZONES)
assert set(DISTANCE_WORDS) == set(MEASURES)


def zone_table(comparison: Comparison, found: RationalBenchmarks) -> Table:
    """Share of draws in which a deal exists, by scope and sense."""
    head = (Cell(say("Format"), left=True), *(Cell(say(ZONE_WORDS[zone])) for zone in ZONES))
    rows = []
    for slot, one in enumerate(found.formats):
        cells = [_zone_cell(one.zones[zone], one.open[zone]) for zone in ZONES]
        rows.append((_format_cell(comparison, slot), *cells))
    return Table(
        say("A zone of possible agreement exists (share of {draws} draws, 95% interval)", draws=found.n_draws),
        head,
        tuple(rows),
        note=say(
            "Some deal costs nothing to any party at the table; nor to absent parties with standing on what it moves; "
            "nor to any of them after the most pressure the table can exert. Core: deals that settle the core, net of "
            "what is to be had without it. Before any shock, in month 0."
        ),
    )


def distance_table(comparison: Comparison, found: RationalBenchmarks) -> Table:
    """How far the texts agreed at the table are from the solutions."""
    head = (Cell(say("Format"), left=True), *(Cell(say(DISTANCE_WORDS[name])) for name in MEASURES), Cell(say("Texts")))
    rows = []
    for slot, one in enumerate(found.formats):
        cells = [_mean_cell(one.distances[name], share=name == "nash_share") for name in MEASURES]
        rows.append((_format_cell(comparison, slot), *cells, Cell(count(one.n_texts))))
    note = say(
        "Nash product: of the parties at the table, as a share of the largest. The others: what the text falls short "
        "of the Kalai-Smorodinsky (in ideal gains), egalitarian and utilitarian deal, and what one deal could add to "
        "everybody's gain at once (in stakes); 0 is best."
    )
    if not found.listed:
        note += " " + say("The solutions are found by climbing, so the texts may be a little farther off.")
    caption = say(
        "Texts agreed at the table against rational benchmarks (means, 95% interval, {draws} draws)",
        draws=found.n_draws,
    )
    return Table(caption, head, tuple(rows), note=note)


def theory_table(comparison: Comparison, found: TheoryComparison) -> Table:
    """Core settlements in the equilibrium beside those in the runs."""
    head = (
        Cell(say("Format"), left=True),
        Cell(say("Core agreed, theory")),
        Cell(say("and not stopped")),
        Cell(say("Core agreed, runs")),
        Cell(say("Settlement, runs")),
        Cell(say("Other equilibria")),
    )
    rows = []
    for slot, one in enumerate(found.formats):
        runs = comparison.formats[slot].measures
        cells = [_likelihood(x) for x in (one.core, one.consented, runs["core"], runs["settlement"])]
        span = Cell(to(percent(one.must), percent(one.could)), say("{deals} a draw", deals=f"{one.n_alike:.0f}"))
        rows.append((_format_cell(comparison, slot), *cells, span))
    note = say(
        "Not stopped: no absent party that loses by the deal stops the core by its standing. Other equilibria: share "
        "of draws in which all, and in which some, of the deals that everybody could propose in equilibrium settle the "
        "core."
    )
    caption = say(
        "The stationary equilibrium beside the runs ({draws} draws, 95% interval)",
        draws=found.n_draws,
    )
    return Table(caption, head, tuple(rows), note=f"{note} {say(LIMITS)}")


def theory_pair_table(comparison: Comparison, found: TheoryComparison) -> Table:
    """Pairs of formats in both rankings."""
    slots = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    head = (Cell(say("Pair"), left=True), Cell(say("Equilibrium")), Cell(say("Settlement, runs")), Cell(say("Order")))
    rows = [
        (
            Cell(badge=slots[pair.first], badge_after=slots[pair.second], left=True),
            _points(pair.theory),
            _points(pair.behaviour),
            Cell(say(VERDICT_WORDS[pair.verdict]), strong=pair.verdict == REVERSED),
        )
        for pair in found.pairs
    ]
    return Table(
        say("Do theory and runs rank the formats alike (percentage points, first minus second)"),
        head,
        tuple(rows),
        note=say("Level: one of the two intervals includes zero, so that side has no order."),
    )


def theory_sentences(comparison: Comparison, found: TheoryComparison) -> list[str]:
    """Whether the ranking is the same, and what to know of the solutions."""
    words = []
    if found.pairs:
        head = say("The equilibrium reverses no pair of formats.") if found.same else _reversed(comparison, found)
        counts = say(
            "Pairs with the same order in theory and in the runs: {same}; with the reverse: {reverse}; that cannot be "
            "told apart in one of the two: {level}.",
            same=found.count(SAME),
            reverse=found.count(REVERSED),
            level=found.count(LEVEL),
        )
        words.append(f"{head} {counts}")
    unsolved = sum(one.not_converged for one in found.formats)
    if unsolved:
        words.append(
            say(
                "{unsolved} of {total} equilibria did not converge and count as they are.",
                unsolved=unsolved,
                total=found.n_draws * len(found.formats),
            )
        )
    words += list(dict.fromkeys(say(note) for one in found.formats for note in one.notes))
    return words


def _reversed(comparison: Comparison, found: TheoryComparison) -> str:
    pairs = [
        say(
            "{first} and {second}",
            first=shown(comparison.format(pair.first).name),
            second=shown(comparison.format(pair.second).name),
        )
        for pair in found.pairs
        if pair.verdict == REVERSED
    ]
    return say("The equilibrium reverses the order of {pairs}.", pairs=listed(pairs))


def possible_sentence(found: RationalBenchmarks) -> str:
    """One line: in which share of the draws the core could be settled, and how far the texts are from efficient."""
    zones = [one.zones["core", "standing"].value for one in found.formats]
    nash = [one.distances["nash_share"].value for one in found.formats if one.distances["nash_share"].known]
    words = say(
        "Some settlement of the core costs nothing to anybody with a say in it, at the table or not, in {share} of "
        "{draws} draws.",
        share=_range(zones),
        draws=found.n_draws,
    )
    if nash:
        words += " " + say(
            "The texts agreed at the table reach {share} of the largest Nash product.", share=_range(nash)
        )
    return words


def _range(shares: Sequence[float]) -> str:
    return between(percent(min(shares)), percent(max(shares)))


def rich_table(table: Table) -> RichTable:
    """The same table for the terminal: intervals follow their numbers, formats are told by number."""
    found = RichTable(
        title=table.caption,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for position, cell in enumerate(table.head):
        found.add_column(_rich_cell(cell), justify="right" if position else "left", vertical="top")
    for row in table.rows:
        found.add_row(*(_rich_cell(cell) for cell in row))
    return found


def _rich_cell(cell: Cell) -> Text:
    head = f"{cell.badge} " if cell.badge and not cell.badge_after else ""
    if cell.badge_after:
        head = f"{cell.badge} {MINUS} {cell.badge_after}"
    small = f"\n{cell.small}" if cell.small else ""
    return Text.assemble(head, (cell.words, "bold" if cell.strong else ""), (small, "dim"))


def _format_cell(comparison: Comparison, slot: int) -> Cell:
    return Cell(shown(comparison.formats[slot].name), badge=slot + 1, left=True)


def _likelihood(found: Estimate) -> Cell:
    return Cell(percent(found.value), interval(found) if found.known else "")


def _zone_cell(found: Estimate, n_open: int) -> Cell:
    return Cell(percent(found.value), interval(found) + (say(", {open} open", open=n_open) if n_open else ""))


def _mean_cell(found: Estimate, *, share: bool) -> Cell:
    if not found.known:
        return Cell(NOTHING)
    if share:
        return Cell(percent(found.value), interval(found) if math.isfinite(found.low) else "")
    small = digits(f"{max(found.low, 0.0):.2f}{DASH}{found.high:.2f}") if math.isfinite(found.low) else ""
    return Cell(digits(f"{found.value:.2f}"), small)


def _points(found: Estimate) -> Cell:
    return Cell(points(found.value), points_interval(found) if found.known else "", strong=bool(found.side))
