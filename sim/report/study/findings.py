"""The findings of a study as one page of Markdown with its figures. Every sentence is worded from the numbers.

Here the page, the heat maps of a lever, and findings on formats: who stops a text and on what, what further seats
change, and whether anything is degenerate. Those on changes are in `findings_changes`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

from sim.analysis.comparison.outside_view import PastShare, over_time, past_share
from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import STUDIED, CellCounts, Pressure, Study, between, degenerate, judge, never
from sim.analysis.statistics.intervals import Estimate, difference
from sim.app.workplace import write_whole
from sim.report.canvas.palette import HEAT, MUTED, OUTCOME_WORDS, shade
from sim.report.canvas.sheet import SIZE, Drawing, Sheet, wrapped
from sim.report.comparison.figures import save_all
from sim.report.study.findings_changes import GRID_MEASURES, bounded, changes, contacts, pressure
from sim.report.study.findings_words import fate, format_names, format_table, grid_words, moved, share
from sim.report.words.table_writers import Part, Table, render_page, section
from sim.report.words.words import NOTHING, listed, percent
from sim.scenario.schema.reference_classes import reference_classes
from sim.types import Outcome

IMAGES = "images"
FIGURE = "findings-pressure"
LEFT, CELL, HIGH, GAP = 34.0, 20.0, 14.0, 12.0
LEAST_SHOWN = 0.005
"""Share of texts from which an issue is listed."""
STEP_MEASURES = {"tabled": "agreed", "signed": "signed", "halt": "halt", "settlement": "settlement"}
"""Measures of the steps, and by what name a scenario gives each its class of history."""
RULE_WORDS = {
    "undertaking=off": "single undertaking (`undertaking=off`)",
    "optimism=off": "claims (`optimism=off`)",
    "aversion=off": "concession aversion (`aversion=off`)",
    "consent=unforeseen": "foreseen consent (`consent=unforeseen`)",
    "signing=free": "cost of signing (`signing=free`)",
}
LASTING = ("in_force", "settlement", "lasted")


def write_findings(study: Study, page: Path, command: str) -> None:
    """Write the page, and its figures into a folder beside it; `command` makes the page again."""
    page.parent.mkdir(parents=True, exist_ok=True)
    figures = [FIGURE + (f"-{n}" if n > 1 else "") for n, _ in enumerate(study.pressure, start=1)]
    if figures:
        drawings = [pressure_figure(grid, name) for grid, name in zip(study.pressure, figures, strict=True)]
        save_all(drawings, page.parent / IMAGES)
    pictures = [f"{IMAGES}/{name}.svg" for name in figures]
    sections = {
        "What each rule does": rule_steps(study),
        f"Who stops a text of {format_names(study)[study.narrow]}, and on what": who_stops(study),
        "What further seats do to the number of texts and to how long they hold": seats(study),
        "Ability times motive: pressure from none to high": pressure(study, pictures),
        "Each red line off, one at a time": changes(study, study.lines_off, "Line off"),
        "Standing off": changes(study, study.standing_off, "Override"),
        "The clone test": bounded(study, study.clones, "Party split"),
        "More contacts": contacts(study),
        "Degeneracy": degeneracy(study),
    }
    assumed = sum(row.basis == "assumed" for row in study.numbers)
    text = render_page(
        "findings.md.j2",
        study=study,
        command=command,
        assumed=assumed,
        share=percent(assumed / len(study.numbers) if study.numbers else float("nan")),
        names=format_names(study),
        variants=Table("", ("Variant", "Rule"), tuple(study.variants.items())),
        sections={title: section(parts) for title, parts in sections.items() if parts},
        conditional=CONDITIONAL,
        interval_note=INTERVAL_NOTE,
    )
    write_whole(page, text)


def rule_steps(study: Study) -> list[Part]:
    """What the rules by which talks fail do, put in place one after another, beside the file's classes of history."""
    if not study.steps:
        return []
    classes = {key: past_share(reference_classes()[name]) for key, name in study.scenario.reference_class.items()}
    beside = {measure: classes.get(key) for measure, key in STEP_MEASURES.items()}
    return [
        "From none of the rules by which talks fail to all of them, each row with those above it: after a variant's "
        "name stands what that variant takes away. Of the last row is every other number of this page.",
        *(_step_table(study, measure, past) for measure, past in beside.items()),
    ]


def _step_table(study: Study, measure: str, past: PastShare | None) -> Table:
    """One measure in every format and step; where the file names a class, history below and the factor in brackets."""
    formats = study.structure.formats
    times = [past and past.reference.periods(info.months) for info in formats]
    history = [over_time(past.history_90, n) if past and n else None for n in times]

    def words(cell: CellCounts, f: int) -> str:
        estimate, known = cell.shares[measure].at(cell.slot(f)), history[f]
        return share(estimate) + (f", x{estimate.value / known.value:.1f}" if known else "")

    rows = {RULE_WORDS.get(label, label): cell for label, cell in study.steps.items()}
    table = format_table(study, f"{STUDIED[measure]}, per cent", "Rule put in place", rows, words=words)
    if not past:
        return table
    last = (f"history: {past.reference.event}, {past.reference.k} of {past.reference.n}", *map(_past_words, history))
    return replace(table, rows=(*table.rows, last))


def _past_words(known: Estimate | None) -> str:
    return f"{share(known)}, 90%" if known else NOTHING


def pressure_figure(grid: Pressure, name: str) -> Drawing:
    """Heat maps: rows of panels are measures, columns are kinds of foresight."""
    wide = len(grid.motive) * CELL + GAP
    high = len(grid.ability) * HIGH
    sheet = Sheet(width=LEFT + len(grid.variants) * wide)
    y = 10.0
    for measure in GRID_MEASURES[:3]:
        sheet.text(0, y, wrapped(grid_words(grid, measure) + ", per cent", sheet.width, SIZE, 1)[0], bold=True)
        y += 14
        for a, ability in enumerate(grid.ability):
            sheet.text(LEFT - 4, _row(grid, y, a) + HIGH / 2 + 2.4, f"{ability:g}", size=6.5, at="right", colour=MUTED)
        for n, variant in enumerate(grid.variants):
            sheet.text(LEFT + n * wide, y, "foresight as assumed" if variant == BASELINE else variant, size=7)
            _panel(sheet, grid, (variant, measure), corner=(LEFT + n * wide, y))
        sheet.text(7, y + 20 + high / 2, "ability", size=6.5, colour=MUTED, turned=True)
        y += 24 + high
        sheet.text(LEFT, y, "motive", size=6.5, colour=MUTED)
        y += 18
    return sheet.finished(
        name,
        f"Pressure of {grid.patron} on {grid.target}",
        "Share of runs by ability (upwards) and motive (to the right), at three kinds of foresight.",
        y - 10,
    )


def _row(grid: Pressure, y: float, a: int) -> float:
    """Upper edge of the cells of ability `a`, the highest on top."""
    return y + 6 + (len(grid.ability) - 1 - a) * HIGH


def _panel(sheet: Sheet, grid: Pressure, shown: tuple[str, str], *, corner: tuple[float, float]) -> None:
    """One heat map, of (variant, measure), with the motives below it."""
    x, y = corner
    for a, m in product(range(len(grid.ability)), range(len(grid.motive))):
        value = grid.share(*shown, a, m).value
        top = _row(grid, y, a)
        sheet.rect(x + m * CELL, top, CELL - 1, HIGH - 1, fill=HEAT, alpha=shade(value))
        words = f"{100 * value:.0f}" if value >= 0.095 else f"{100 * value:.1f}"
        sheet.text(x + (m + 0.5) * CELL - 0.5, top + HIGH / 2 + 2, words, size=6.5, at="center")
    below = y + 14 + len(grid.ability) * HIGH
    for m, motive in enumerate(grid.motive):
        sheet.text(x + (m + 0.5) * CELL, below, f"{motive:g}", size=6.5, at="center", colour=MUTED)


def who_stops(study: Study) -> list[Part]:
    """Who stops parts of the texts of the narrow format at consent, and on which issue."""
    cell = study.base[BASELINE]
    slot = cell.slot(study.narrow)
    tabled, stopped, blocked = (share(cell.shares[name].at(slot)) for name in ("tabled", "stopped", "blocked"))
    return [
        f"{tabled} of the runs put a text to consent; in {stopped} of these somebody stops at least a part of it. "
        f"{blocked} of the runs end blocked, with nothing left. {_who_most(study, cell, slot)}",
        "Baseline: percentage of texts tabled of which the party stops the part on that issue.",
        _issue_table(study, cell, slot),
        _stoppers_by_variant(study),
    ]


def _who_most(study: Study, cell: CellCounts, slot: int) -> str:
    """Who stops parts most often, on what, and under which variants that is somebody else beyond simulation error."""
    parties, issues = study.structure.parties, study.structure.issues
    by_party = np.nan_to_num(cell.party_shares.value[slot])
    if not by_party.any():
        return "Nobody stops anything."
    top = int(by_party.argmax())
    issue = _top_issue(cell, slot, top)
    others: list[str] = []
    for variant, other in study.base.items():
        at = other.slot(study.narrow)
        first, here = int(np.nan_to_num(other.party_shares.value[at]).argmax()), _top_issue(other, at, top)
        if first != top:
            gap = difference(other.party_shares, other.party_shares, (at, first), (at, top))
            words = parties[first].name
        else:
            gap = difference(other.issue_shares, other.issue_shares, (at, top, here), (at, top, issue))
            words = f"{parties[top].name} on {issues[here].name}"
        others += [f"`{variant}` ({words})"] if gap.side > 0 else []
    flips = f"This **flips under {listed(others)}**" if others else "No variant puts another party or issue at the top"
    return (
        f"{parties[top].name} stops a part most often ({share(cell.party_shares.at(slot, top))} of texts), most of all "
        f"on {issues[issue].name} ({share(cell.issue_shares.at(slot, top, issue))}). {flips}."
    )


def _top_issue(cell: CellCounts, slot: int, party: int) -> int:
    return int(np.nan_to_num(cell.issue_shares.value[slot, party]).argmax())


def _issue_table(study: Study, cell: CellCounts, slot: int) -> Part:
    values = np.nan_to_num(cell.issue_shares.value[slot])
    who, what = (np.flatnonzero(values.max(axis=axis) >= LEAST_SHOWN).tolist() for axis in (1, 0))
    if not who:
        return "No part was stopped by anybody in half a per cent of the texts."
    rows = [
        (study.structure.issues[i].name, *(share(cell.issue_shares.at(slot, p, i)) for p in who))
        for i in sorted(what, key=lambda i: -values[:, i].max())
    ]
    rows.append(("any part", *(share(cell.party_shares.at(slot, p)) for p in who)))
    return Table("", ("Issue", *(study.structure.parties[p].name for p in who)), tuple(rows))


def _stoppers_by_variant(study: Study) -> Table:
    """Per variant: texts tabled, stopped in part, blocked, and each party's share with its first issue."""
    cells = {variant: (cell, cell.slot(study.narrow)) for variant, cell in study.base.items()}
    shares = np.array([np.nan_to_num(cell.party_shares.value[slot]) for cell, slot in cells.values()])
    who = np.flatnonzero(shares.max(axis=0) >= LEAST_SHOWN).tolist()
    rows: list[tuple[str, ...]] = []
    for (variant, (cell, slot)), values in zip(cells.items(), shares, strict=True):
        whole = (share(cell.shares[name].at(slot)) for name in ("tabled", "stopped", "blocked"))
        issues = {p: study.structure.issues[_top_issue(cell, slot, p)].name if values[p] > 0 else NOTHING for p in who}
        stops = (f"{share(cell.party_shares.at(slot, p))}, {issue}" for p, issue in issues.items())
        rows.append((variant, *whole, *stops))
    head = ("Variant", "Text tabled", "Part stopped", "Blocked", *(study.structure.parties[p].name for p in who))
    return Table("Under every variant, each party with the issue it stops most", head, tuple(rows))


def seats(study: Study) -> list[Part]:
    """The number of texts and how long they hold, per format, and what further seats change."""
    names, formats = format_names(study), study.structure.formats
    parts: list[Part] = []
    for wide in study.wide:
        added = [study.structure.parties[p].name for p in formats[wide].seats if p not in formats[study.narrow].seats]
        parts.append(f"**{listed(added)} seated** ({names[wide]} against {names[study.narrow]}):")
        lines: list[str] = []
        for measure in LASTING:
            readings = {variant: between(cell, measure, wide, study.narrow) for variant, cell in study.base.items()}
            lines.append(f"{STUDIED[measure]}: {moved(readings[BASELINE])} points; {fate(judge(readings))}.")
        parts.append(lines)

    parts += [_shares(study, measure) for measure in LASTING]
    caption = "Median months that signed texts held (the horizon for those that lasted); in brackets, of those left"
    return [*parts, format_table(study, caption, "Variant", study.base, words=_months)]


def _shares(study: Study, measure: str) -> Table:
    caption = f"{STUDIED[measure]}, per cent"
    return format_table(
        study, caption, "Variant", study.base, words=lambda cell, f: share(cell.shares[measure].at(cell.slot(f)))
    )


def _months(cell: CellCounts, f: int) -> str:
    signed, left = (cell.median_months(cell.slot(f), of_left=of_left) for of_left in (False, True))
    whole, broken = (f"{months:.0f}" if np.isfinite(months) else NOTHING for months in (signed, left))
    return f"{whole} ({broken})" if np.isfinite(signed) else NOTHING


def degeneracy(study: Study) -> list[Part]:
    """Outcomes above 95% or settlement below 1% in every format, and outcomes that hardly occur."""
    worded = {variant: "; ".join(degenerate(cell)) for variant, cell in study.base.items()}
    flagged = [f"`{variant}`: {words}" for variant, words in worded.items() if words]
    sentence = "None: no outcome is above 95%, and settlement is not below 1%, in every format under any variant."
    if flagged:
        sentence = f"**Degenerate under {len(flagged)} of {len(study.base)}**: {'. '.join(flagged)}."
    rare = {
        variant: listed([OUTCOME_WORDS[outcome].lower() for outcome in never(cell)])
        for variant, cell in study.base.items()
    }
    note = (
        f"Outcomes that no format of the baseline shows in half a per cent of its runs: {rare[BASELINE]}. The formats "
        "do not differ on these, whatever the reason; what differs between formats lies in the other outcomes."
    )
    rows: list[tuple[str, ...]] = []
    for variant, cell in study.base.items():
        least, most = (end(cell.outcome_shares.value, axis=0) for end in (np.min, np.max))
        k = Outcome(int(least.argmax()))
        settled = percent(float(most[Outcome.SETTLEMENT]))
        rows.append((variant, f"{OUTCOME_WORDS[k]} {percent(float(least[k]))}", settled, rare[variant] or "none"))
    common = ("Most common in every format (least share)", "Most settlements of a format", "Hardly ever, in no format")
    return [sentence, note if rare[BASELINE] else "", Table("", ("Variant", *common), tuple(rows))]
