"""The tables of the page, as rows of cells; the template gives them their look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import MEASURES, PAIRED, PLACES, Comparison
from sim.analysis.comparison.verdict import FLIPS, HOLDS, UNCLEAR, Verdict
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import OUTCOME_WORDS, READING_ORDER
from sim.report.comparison.heatmaps import shade
from sim.report.comparison.interval_plots import BASELINE
from sim.report.words.language import count, digits, say
from sim.report.words.words import (
    NOTHING,
    interval,
    party_set,
    percent,
    points,
    points_interval,
    shown,
    span,
    to,
    top_deciders,
)
from sim.types import Structure

PLACE_WORDS = {"table": "at the table", "consent": "outside the room or at home", "defected": "by leaving the text"}
CHAIN_WORDS = {"core": "Signed text settles the core", "lasted": "Lasted, of those signed"}
COUNTED = {HOLDS: "{count} hold", UNCLEAR: "{count} level", FLIPS: "{count} reversed"}
SETS_SHOWN = 3
LEAST_SHOWN = 0.0005
"""Share of runs from which a refusal is shown."""


@dataclass(frozen=True)
class Cell:
    """A cell: its main words, smaller words under them, the format number it stands for, and its shade (opacity)."""

    words: str = ""
    small: str = ""
    badge: int = 0
    badge_after: int = 0
    """A second format, in a difference."""
    alpha: float = 0.0
    strong: bool = False
    left: bool = False


@dataclass(frozen=True)
class Table:
    """A table with one row of headings; the first cell of a row is its heading. A `band` row spans the table."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    bands: Mapping[int, str] = field(default_factory=dict)
    """Row number -> heading above it."""
    note: str = ""
    look: str = ""
    """`warm` for the colour of refusals, `texts` where the small words of a heading stand beside the large ones."""


def _likelihood(found: Estimate) -> Cell:
    return Cell(percent(found.value), interval(found) if found.known else "")


def format_heads(comparison: Comparison) -> tuple[Cell, ...]:
    """A column per format, by number."""
    return tuple(Cell(badge=slot + 1) for slot in range(len(comparison.formats)))


def _format_cell(comparison: Comparison, slot: int) -> Cell:
    return Cell(shown(comparison.formats[slot].name), badge=slot + 1, left=True)


def outcome_table(comparison: Comparison) -> Table:
    """Formats x outcomes with 95% intervals."""
    head = (
        Cell(say("Format"), left=True),
        *(Cell(say(OUTCOME_WORDS[k])) for k in READING_ORDER),
        Cell(say("Text in force")),
    )
    rows = []
    for slot, result in enumerate(comparison.formats):
        cells = [_likelihood(result.outcomes[k]) for k in READING_ORDER]
        rows.append((_format_cell(comparison, slot), *cells, _likelihood(result.measures["in_force"])))
    return Table(say("Share of runs by outcome, with 95% intervals (per cent)"), head, tuple(rows))


def chain_table(comparison: Comparison) -> Table:
    """Was something agreed, was it the core, did it last: kept apart."""
    shown = ("agreed", "signed", "core", "lasted", "settlement")
    words = {**MEASURES, **CHAIN_WORDS}
    head = (Cell(say("Format"), left=True), *(Cell(say(words[m])) for m in shown), Cell(say("Month closed")))
    rows = []
    for slot, result in enumerate(comparison.formats):
        month = result.month
        when = (
            Cell(f"{month.median:.0f}", f"{month.low:.0f}\N{EN DASH}{month.high:.0f}")
            if result.n_texts
            else Cell(NOTHING)
        )
        rows.append((_format_cell(comparison, slot), *(_likelihood(result.measures[m]) for m in shown), when))
    note = say(
        "Month closed: median month of the talks in which signed texts were closed, and 5\N{EN DASH}95% of them."
    )
    return Table(say("Agreed, signed, core, lasted: share of runs with 95% intervals"), head, tuple(rows), note=note)


def core_table(comparison: Comparison, structure: Structure) -> Table:
    """Settlement of each single core issue."""
    names = {issue.id: issue.name for issue in structure.issues}
    issues = list(comparison.formats[0].core_issues)
    head = (Cell(say("Format"), left=True), *(Cell(names[i]) for i in issues), Cell(say("All of them")))
    rows = []
    for slot, result in enumerate(comparison.formats):
        cells = [_likelihood(result.core_issues[i]) for i in issues]
        rows.append((_format_cell(comparison, slot), *cells, _likelihood(result.measures["settlement"])))
    note = say("A core issue counts where it stands at a settling option in a text that was in force and lasted.")
    return Table(say("Settled, by single core issue: share of runs with 95% intervals"), head, tuple(rows), note=note)


def decider_table(comparison: Comparison, structure: Structure) -> Table:
    """Who decided the failures of each format."""
    head = (
        Cell(say("Format"), left=True),
        Cell(say("Failures")),
        Cell(say("Decided by"), left=True),
        Cell(say("Most frequent sets"), left=True),
    )
    rows = []
    for slot, result in enumerate(comparison.formats):
        found = result.failures
        who = ", ".join(f"{name} {percent(share)}" for name, share in top_deciders(found, structure, 6))
        sets = "; ".join(f"{party_set(one.parties, structure)} {percent(one.share)}" for one in found.sets[:SETS_SHOWN])
        failed = Cell(count(found.runs), say("of {total} runs", total=count(comparison.runs_per_format)))
        rows.append(
            (_format_cell(comparison, slot), failed, Cell(who or NOTHING, left=True), Cell(sets or NOTHING, left=True))
        )
    note = say(
        "Failures: no talks, no agreement, blocked, collapsed. Several parties may decide one run together, so the "
        "shares of parties may add up to more than 100%."
    )
    return Table(say("Who decided the failures"), head, tuple(rows), note=note)


def refusal_table(comparison: Comparison, structure: Structure) -> Table:
    """Who refused on what, and where; only parties that refused in at least 0.05% of runs."""
    head = (Cell(say("Issue"), left=True), *(Cell(party.name) for party in structure.parties))
    rows: list[tuple[Cell, ...]] = []
    bands: dict[int, str] = {}
    most = max(float(result.refusals.max()) for result in comparison.formats) or 1.0
    for slot, (x, place) in product(range(len(comparison.formats)), enumerate(PLACES)):
        result = comparison.formats[slot]
        found = _refusal_rows(result.refusals[x], structure, most)
        if found:
            bands[len(rows)] = f"{slot + 1}  {shown(result.name)}: {say(PLACE_WORDS[place])}"
            rows += found
    return Table(
        say("Refusals by issue and party: share of all runs of the format"), head, tuple(rows), bands, look="warm"
    )


def _refusal_rows(shares: NDArray[np.float64], structure: Structure, most: float) -> list[tuple[Cell, ...]]:
    """A row per issue from [P, I] shares; issues on which nobody refused are left out."""
    return [
        (Cell(issue.name, left=True), *(_shaded(share, most) for share in shares[:, i].tolist()))
        for i, issue in enumerate(structure.issues)
        if shares[:, i].max() >= LEAST_SHOWN
    ]


def _shaded(share: float, most: float) -> Cell:
    return Cell(percent(share), alpha=shade(share / most)) if share >= LEAST_SHOWN else Cell()


def text_tables(comparison: Comparison, structure: Structure) -> Table:
    """Issue x option: share of each option among signed texts, a column per format."""
    head = (Cell(say("Option"), left=True), *format_heads(comparison))
    rows: list[tuple[Cell, ...]] = []
    bands: dict[int, str] = {}
    for i, issue in enumerate(structure.issues):
        bands[len(rows)] = issue.name
        for o, name in enumerate(issue.option_names):
            small = say("as things stand") if o == issue.status_quo else say("settles") if o in issue.settling else ""
            cells = [_text_cell(float(result.deals[i, o])) for result in comparison.formats]
            rows.append((Cell(name, small, left=True), *cells))
    counts = "; ".join(f"{slot + 1}: {count(result.n_texts)}" for slot, result in enumerate(comparison.formats))
    note = say("Signed texts of substance, whether or not they lasted. Texts per format: {counts}.", counts=counts)
    return Table(say("Share of signed texts with each option (per cent)"), head, tuple(rows), bands, note, look="texts")


def _text_cell(share: float) -> Cell:
    if not np.isfinite(share):
        return Cell(NOTHING)
    return Cell(f"{100 * share:.0f}" if share >= 0.005 else "", alpha=shade(share))


def value_table(comparison: Comparison, structure: Structure) -> Table:
    """Value, reservation value and gain per party in signed texts."""
    head = (
        Cell(say("Party"), left=True),
        Cell(say("Value")),
        Cell(say("Reservation value")),
        Cell(say("Gain")),
        Cell(say("Texts below it")),
    )
    rows: list[tuple[Cell, ...]] = []
    bands: dict[int, str] = {}
    for slot, result in enumerate(comparison.formats):
        bands[len(rows)] = f"{slot + 1}  {shown(result.name)}"
        for party, value in zip(structure.parties, result.values, strict=True):
            spreads = [
                Cell(_stakes(s.median), to(_stakes(s.low), _stakes(s.high)) if result.n_texts else "")
                for s in (value.value, value.reservation, value.gain)
            ]
            rows.append((Cell(party.name, left=True), *spreads, Cell(percent(value.below))))
    note = say(
        "Stakes: 1 is the way from the worst to the best feasible deal for that party. Below: share of signed texts."
    )
    caption = say("Median and 5\N{EN DASH}95% of signed texts, in stakes")
    return Table(caption, head, tuple(rows), bands, note=note)


def _stakes(value: float) -> str:
    return digits(f"{round(value, 2) + 0.0:.2f}").replace("-", "\N{MINUS SIGN}") if np.isfinite(value) else NOTHING


def pair_table(comparison: Comparison) -> Table:
    """Paired differences with intervals and leads."""
    slots = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    head = (
        Cell(say("First and second"), left=True),
        *(Cell(say(MEASURES[m])) for m in PAIRED),
        Cell(say("First leads")),
        Cell(say("Ties")),
        Cell(say("Second leads")),
    )
    found: dict[tuple[str, str], dict[str, Estimate]] = {}
    leads = {(p.first, p.second): p for p in comparison.pairs if p.measure == PAIRED[0]}
    for pair in comparison.pairs:
        found.setdefault((pair.first, pair.second), {})[pair.measure] = pair.difference
    rows = []
    for (first, second), by_measure in found.items():
        cells = [
            Cell(points(e.value), points_interval(e) if e.known else "", strong=e.side != 0)
            for e in (by_measure[m] for m in PAIRED)
        ]
        lead = leads[first, second]
        shares = (percent(s) for s in (lead.first_leads, lead.ties, lead.second_leads))
        rows.append((Cell(badge=slots[first], badge_after=slots[second], left=True), *cells, *map(Cell, shares)))
    note = say(
        "Percentage points, first minus second; bold where the 95% interval excludes zero. Leads and ties: share of "
        "draws by number of settlements."
    )
    return Table(say("Paired differences between formats on the same draws"), head, tuple(rows), note=note)


def range_table(comparison: Comparison) -> Table:
    """5-95% range over draws of the likelihood of each outcome."""
    head = (
        Cell(say("Format"), left=True),
        *(Cell(say(OUTCOME_WORDS[k])) for k in READING_ORDER),
        Cell(say("Chance")),
        Cell(say("Not knowing")),
    )
    rows = []
    for slot, result in enumerate(comparison.formats):
        split = result.split
        cells = [Cell(span(split.low[k], split.high[k])) for k in READING_ORDER]
        share = split.chance_share
        rest = Cell(percent(1 - share.value) if share.known else NOTHING)
        rows.append((_format_cell(comparison, slot), *cells, _likelihood(share), rest))
    caption = say("5\N{EN DASH}95% range over draws of the likelihood of each outcome; chance's share of the spread")
    return Table(caption, head, tuple(rows))


def variant_table(
    comparison: Comparison, variants: Mapping[str, Comparison], judged: Verdict | None, sentences: Mapping[str, str]
) -> Table:
    """Settlement and any text in force under each variant, and what becomes of the order of pairs."""
    head = (Cell(say("Rules"), left=True), *format_heads(comparison), Cell(say("Order of pairs"), left=True))
    rows = []
    for name, found in {BASELINE: comparison, **variants}.items():
        cells = [
            Cell(percent(result.measures["settlement"].value), percent(result.measures["in_force"].value))
            for result in found.formats
        ]
        fate = "" if judged is None or name == BASELINE else _fate(judged, name)
        shown_name = say(name) if name == BASELINE else name
        rows.append((Cell(shown_name, sentences.get(name, ""), left=True), *cells, Cell(fate, left=True)))
    note = say(
        "Large: settlement; small: any text in force. Order of pairs: of the pairs that the file's own rules tell "
        "apart, how many keep their order, are level (cannot be told apart there) or are reversed."
    )
    return Table(say("Likelihoods under other rules"), head, tuple(rows), note=note)


def _fate(judged: Verdict, name: str) -> str:
    """`15 hold, 3 level, 1 reversed`."""
    fates = [pair.variants[name] for one in judged.measures for pair in one.pairs]
    found = (say(words, count=fates.count(one)) for one, words in COUNTED.items() if fates.count(one))
    return ", ".join(found) or NOTHING
