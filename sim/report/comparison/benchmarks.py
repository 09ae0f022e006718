"""Theory beside the talks: what was possible, how far the texts are from it, what the equilibrium expects."""

from __future__ import annotations

import math

from sim.analysis.comparison.results import Comparison
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import MEASURES, ZONES, RationalBenchmarks
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME, TheoryComparison
from sim.bargaining.table_equilibrium import LIMITS
from sim.report.comparison.page_tables import difference, likelihood, per_format
from sim.report.words.language import count, digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import DASH, NOTHING, extent, interval, listed, percent, shown, to, who_is_short
from sim.types import Structure

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


def zone_table(comparison: Comparison, benchmarks: RationalBenchmarks) -> Table:
    """Share of draws in which a deal exists, by scope and sense."""
    return per_format(
        comparison,
        say("A zone of possible agreement exists (share of {draws} draws, 95% interval)", draws=benchmarks.n_draws),
        (say(ZONE_WORDS[zone]) for zone in ZONES),
        rows=(tuple(_zone(row.zones[zone], row.open[zone]) for zone in ZONES) for row in benchmarks.formats),
        note=say(
            "Some deal costs nothing to any party at the table; nor to absent parties with standing on what it moves; "
            "nor to any of them after the most pressure the table can exert. Core: deals that settle the core, net of "
            "what is to be had without it. Before any shock, in month 0."
        ),
    )


def _zone(share: Estimate, n_open: int) -> TableCell:
    return TableCell(percent(share.value), interval(share) + (say(", {open} open", open=n_open) if n_open else ""))


def distance_table(comparison: Comparison, benchmarks: RationalBenchmarks) -> Table:
    """How far the texts agreed at the table are from the solutions."""
    note = say(
        "Nash product: of the parties at the table, as a share of the largest. The others: what the text falls short "
        "of the Kalai-Smorodinsky (in ideal gains), egalitarian and utilitarian deal, and what one deal could add to "
        "everybody's gain at once (in stakes); 0 is best."
    )
    if not benchmarks.listed:
        note += " " + say("The solutions are found by climbing, so the texts may be a little farther off.")
    caption = say(
        "Texts agreed at the table against rational benchmarks (means, 95% interval, {draws} draws)",
        draws=benchmarks.n_draws,
    )
    rows = (
        (*(_mean(row.distances[name], share=name == "nash_share") for name in MEASURES), count(row.n_texts))
        for row in benchmarks.formats
    )
    head = (*(say(DISTANCE_WORDS[name]) for name in MEASURES), say("Texts"))
    return per_format(comparison, caption, head, rows=rows, note=note)


def _mean(mean: Estimate, *, share: bool) -> TableCell:
    if not mean.known:
        return TableCell(NOTHING)
    bounded = math.isfinite(mean.low)
    if share:
        return TableCell(percent(mean.value), interval(mean) if bounded else "")
    small = digits(f"{max(mean.low, 0.0):.2f}{DASH}{mean.high:.2f}") if bounded else ""
    return TableCell(digits(f"{mean.value:.2f}"), small)


def theory_table(comparison: Comparison, theory: TheoryComparison, *, narrow: bool = False) -> Table:
    """Core settlements in the equilibrium beside those in the runs."""
    rows: list[Row] = []
    for result, row in zip(comparison.formats, theory.formats, strict=True):
        shares = (row.core, row.consented, result.measures["core"], result.measures["settlement"])
        others = TableCell(to(percent(row.must), percent(row.could)), say("{deals} a draw", deals=f"{row.n_alike:.0f}"))
        rows.append((*map(likelihood, shares), others))
    note = say(
        "Not stopped: no absent party that loses by the deal stops the core by its standing. Other equilibria: share "
        "of draws in which all, and in which some, of the deals that everybody could propose in equilibrium settle the "
        "core."
    )
    caption = say("The stationary equilibrium beside the runs ({draws} draws, 95% interval)", draws=theory.n_draws)
    head = (say("Core agreed, theory"), say("and not stopped"), say("Core agreed, runs"), say("Settlement, runs"))
    head = (*head, say("Other equilibria"))
    return per_format(comparison, caption, head, rows=rows, note=f"{note} {say(LIMITS)}", narrow=narrow)


def theory_pair_table(comparison: Comparison, theory: TheoryComparison) -> Table:
    """Pairs of formats in both rankings."""
    slots = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    rows = (
        (
            TableCell(badges=(slots[pair.first], slots[pair.second])),
            difference(pair.theory, strong=pair.verdict != LEVEL),
            difference(pair.behaviour, strong=pair.verdict != LEVEL),
            TableCell(say(VERDICT_WORDS[pair.verdict]), strong=pair.verdict == REVERSED),
        )
        for pair in theory.pairs
    )
    return Table(
        say("Do theory and runs rank the formats alike (percentage points, first minus second)"),
        (say("Pair"), say("Equilibrium"), say("Settlement, runs"), say("Order")),
        tuple(rows),
        note=say("Level: one of the two cannot tell the pair apart, all pairs taken together, and has no order."),
    )


def theory_sentences(comparison: Comparison, theory: TheoryComparison) -> list[str]:
    """Whether the ranking is the same, and what to know of the solutions."""
    sentences = []
    if theory.pairs:
        counts = say(
            "Pairs with the same order in theory and in the runs: {same}; with the reverse: {reverse}; that cannot be "
            "told apart in one of the two: {level}.",
            same=theory.verdicts[SAME],
            reverse=theory.verdicts[REVERSED],
            level=theory.verdicts[LEVEL],
        )
        names = {result.id: shown(result.name) for result in comparison.formats}
        turned = ((names[pair.first], names[pair.second]) for pair in theory.pairs if pair.verdict == REVERSED)
        pairs = listed([say("{first} and {second}", first=first, second=second) for first, second in turned])
        head = say("The equilibrium reverses the order of {pairs}.", pairs=pairs)
        sentences.append(f"{say('The equilibrium reverses no pair of formats.') if theory.same else head} {counts}")
    unsolved = sum(row.not_converged for row in theory.formats)
    if unsolved:
        total = theory.n_draws * len(theory.formats)
        words = say(
            "{unsolved} of {total} equilibria did not converge and count as they are.", unsolved=unsolved, total=total
        )
        sentences.append(words)
    return sentences + list(dict.fromkeys(say(note) for row in theory.formats for note in row.notes))


def possible_sentence(benchmarks: RationalBenchmarks, structure: Structure) -> str:
    """In which share of the draws the core could be settled, who is short if in none, how far the texts fall short."""
    zones = [row.zones[row.scope, "standing"].value for row in benchmarks.formats]
    nash = [row.distances["nash_share"].value for row in benchmarks.formats if row.distances["nash_share"].known]
    words = say(
        "Some settlement of the core costs nothing to anybody with a say in it, at the table or not, in {share} of "
        "{draws} draws.",
        share=extent(zones),
        draws=benchmarks.n_draws,
    )
    words = who_is_short(benchmarks, structure) or words
    if nash:
        words += " " + say(
            "The texts agreed at the table reach {share} of the largest Nash product.", share=extent(nash)
        )
    return words
