"""Numeric issues in their own units: what texts say, with the forecasts of simple models beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, pairwise
from itertools import count as naturals

from rich.console import Group, RenderableType
from rich.padding import Padding

from sim.analysis.comparison.numeric_issues import Agreed, FormatPositions, NumericIssue
from sim.analysis.comparison.results import Comparison
from sim.analysis.positions.forecasters import FORECASTERS, POINTS
from sim.report.canvas.palette import ACCENT, HEAT, INK, MUTED, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis, heading
from sim.report.comparison.page_tables import format_heads, per_format
from sim.report.words.language import count, digits, say
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import MINUS, NOTHING, listed, percent, to
from sim.types import Structure

AGREED_HEAD = ("Median", "Mean", "Middle 50%", "Middle 80%", "At the status quo", "Texts")
TALL = 26.0
"""Points that the largest bar of a figure is high."""
MOST_WIDE = 12.0
MARK = 9.0
"""Points that a party's initials take."""


def figure_name(issue: NumericIssue) -> str:
    """Name of the figure of an issue."""
    return f"numeric-{issue.id}"


def in_units(value: float, issue: NumericIssue, *, unit: bool = True) -> str:
    """A point of the scale as people say it, as fine as a thousandth of the scale or so: `9.5 years`."""
    if not math.isfinite(value):
        return NOTHING
    span = max(issue.positions.values()) - min(issue.positions.values())
    fine = max(0, 3 - math.ceil(math.log10(span)))
    text = f"{round(value, fine) + 0.0:,.{fine}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    said = digits(text).replace("-", MINUS)
    return f"{said} {issue.unit}".strip() if unit else said


def agreed_table(comparison: Comparison, issue: NumericIssue) -> Table:
    """Per format: median, mean, the middle half and 80% of the signed texts, and how many leave it where it stands."""
    quo = in_units(issue.status_quo, issue)
    return per_format(
        comparison,
        _caption(say("What signed texts say"), issue),
        (say(words) for words in AGREED_HEAD),
        rows=(_agreed_cells(row.agreed, issue) for row in issue.formats),
        note=say("The status quo is {position}; texts that leave the issue there count too.", position=quo),
    )


def _agreed_cells(agreed: Agreed, issue: NumericIssue) -> Row:
    if agreed.n_texts == 0:
        return (*[NOTHING] * 5, count(0))
    median, mean = _bare(agreed.median, issue), _bare(agreed.mean, issue)
    half, most = (to(*(_bare(end, issue) for end in ends)) for ends in (agreed.interval_50, agreed.interval_80))
    return TableCell(median, strong=True), mean, half, most, percent(agreed.at_status_quo), count(agreed.n_texts)


def _bare(value: float | None, issue: NumericIssue) -> str:
    return NOTHING if value is None else in_units(value, issue, unit=False)


def forecast_table(comparison: Comparison, structure: Structure, issue: NumericIssue) -> Table:
    """Simple forecasts from the ideals, saliences and capabilities of each format's principals."""
    talks = (TableCell(_bare(row.agreed.median, issue), strong=True) for row in issue.formats)
    rows: list[Row] = [(say("Talks, median"), *talks)]
    for key in POINTS:
        method = FORECASTERS[key]
        forecasts = (None if row.forecasts is None else row.forecasts[key] for row in issue.formats)
        rows.append((TableCell(say(method.title), say(method.source)), *(_bare(value, issue) for value in forecasts)))
    names = {party.id: party.name for party in structure.parties}
    left_out = list(dict.fromkeys(names[party] for row in issue.formats for party in row.left_out))
    gaps = []
    if left_out:
        gaps.append(say("Left out, as their values are not given by an ideal: {parties}.", parties=listed(left_out)))
    if any(row.forecasts is None for row in issue.formats):
        gaps.append(say("Where fewer than two principals have an ideal there is no forecast."))
    note = say(
        "From the means of ideals, saliences and capabilities of the principals; they know nothing of talks, of vetoes "
        "or of losses that differ by side. A simulation is worth something where it does better than these."
    )
    return Table(
        _caption(say("Simple forecasts beside it"), issue),
        (say("Forecast"), *format_heads(comparison)),
        tuple(rows),
        note=f"{note} {' '.join(gaps)}",
    )


def _caption(words: str, issue: NumericIssue) -> str:
    unit = f" ({issue.unit})" if issue.unit else ""
    return f"{issue.name}: {words}{unit}"


def numeric_view(issues: Sequence[NumericIssue], comparison: Comparison, structure: Structure) -> RenderableType:
    """The tables of every numeric issue for the terminal."""
    tables = (
        table.rich()
        for issue in issues
        for table in (agreed_table(comparison, issue), forecast_table(comparison, structure, issue))
    )
    return Group(*(Padding(table, (0, 0, 1, 0)) for table in tables))


def positions_figure(comparison: Comparison, structure: Structure, issue: NumericIssue) -> Drawing:
    """Bars over the positions of an issue per format, below the initials of parties at their ideals."""
    sheet = Sheet()
    places = [*issue.positions.values(), *issue.ideals.values()]
    scale = Axis(16.0, WIDTH - 32.0, min(places), max(places))
    y = _ideals(sheet, scale, structure, issue)
    largest = max((share for row in issue.formats for _, share in row.agreed.shares), default=1.0) or 1.0
    for slot, row in enumerate(issue.formats):
        y = heading(sheet, y + 13, slot, comparison.formats[slot])
        _panel(sheet, y, scale, issue, row=row, largest=largest)
        y += TALL + 12
    scale.labels(sheet, y + 9, lambda tick: _bare(tick, issue))
    y += 12
    if issue.unit:
        y += 9
        sheet.text(WIDTH / 2, y, issue.unit, size=7.5, colour=MUTED, at="center")
    _key(sheet, y + 14)
    marks = zip(structure.parties, initials([party.name for party in structure.parties]), strict=True)
    held = ", ".join(f"{mark} {party.name}" for party, mark in marks if party.id in issue.ideals)
    return sheet.finished(
        figure_name(issue),
        _caption(say("What signed texts say"), issue),
        say(
            "{issue}: share of signed texts at each position. Below the bars the median, the middle half (thick) and "
            "the middle 80% (thin); the upright line is the status quo, the ring the compromise model. On top the "
            "ideals of the parties: {parties}.",
            issue=issue.name,
            parties=held or NOTHING,
        ),
        y + 18,
    )


def _panel(sheet: Sheet, y: float, scale: Axis, issue: NumericIssue, *, row: FormatPositions, largest: float) -> None:
    base = y + TALL
    sheet.line([(scale.x, base), (scale.x + scale.width, base)], MUTED, width=0.5)
    quo = scale.at(issue.status_quo)
    sheet.line([(quo, y - 1), (quo, base + 10)], WARM, width=0.9)
    agreed = row.agreed
    if agreed.n_texts == 0:
        sheet.text(scale.x + 4, y + TALL / 2, say("no text was signed"), size=7.5, colour=MUTED)
    else:
        at = sorted(scale.at(place) for place, _ in agreed.shares)
        gap = min((b - a for a, b in pairwise(at) if b - a > 0), default=MOST_WIDE)
        wide = min(MOST_WIDE, max(1.2, 0.8 * gap))  # as the nearest two positions leave room for
        for place, share in agreed.shares:
            height = TALL * share / largest
            sheet.rect(scale.at(place) - wide / 2, base - height, wide, height, fill=HEAT, alpha=0.75)
        middle = base + 5
        sheet.line([(scale.at(end), middle) for end in agreed.interval_80], INK, width=0.8)
        sheet.line([(scale.at(end), middle) for end in agreed.interval_50], INK, width=2.4)
        sheet.dot(scale.at(agreed.median), middle, 2.6, INK)
    point = None if row.forecasts is None else row.forecasts["compromise"]
    if point is not None:
        sheet.dot(scale.at(point), base + 5, 3.4, ACCENT, hollow=True)


def _ideals(sheet: Sheet, scale: Axis, structure: Structure, issue: NumericIssue) -> float:
    """Initials at the ideals, one above the other where they would meet; returns the y below."""
    marks = initials([party.name for party in structure.parties])
    short = {party.id: mark for party, mark in zip(structure.parties, marks, strict=True)}
    rows: list[float] = []
    placed: list[tuple[float, int, str]] = []
    for party, ideal in sorted(issue.ideals.items(), key=lambda pair: pair[1]):
        x = scale.at(ideal)
        row = next((k for k, end in enumerate(rows) if x - end >= MARK * 1.2), len(rows))
        rows[row : row + 1] = [x]
        placed.append((x, row, short[party]))
    bottom = 8.0 * max(len(rows), 1)
    for x, row, mark in placed:
        sheet.text(x, bottom - 8.0 * row, mark, size=7, at="center", bold=True)
        if row == 0:
            sheet.line([(x, bottom + 1.5), (x, bottom + 4.5)], INK, width=0.8)
    return bottom + 4.5


def initials(names: Sequence[str]) -> list[str]:
    """Initials of names, at most three letters; names that would share theirs are numbered."""
    marks: list[str] = []
    for name in names:
        words = [word for word in name.replace("-", " ").split() if word[:1].isalnum()]
        mark = "".join(word[0] for word in words[:3]).upper() or "?"
        numbered = chain([mark], (f"{mark}{k}" for k in naturals(2)))
        marks.append(next(text for text in numbered if text not in marks))
    return marks


def _key(sheet: Sheet, y: float) -> None:
    sheet.line([(0, y - 2.5), (14, y - 2.5)], INK, width=2.4)
    sheet.dot(7, y - 2.5, 2.6, INK)
    sheet.text(18, y, wrapped(say("median, middle 50% and 80%"), 130, 7.5, 1)[0], size=7.5)
    sheet.line([(152, y - 6), (152, y + 1)], WARM, width=0.9)
    sheet.text(157, y, say("status quo"), size=7.5)
    sheet.dot(228, y - 2.5, 3.4, ACCENT, hollow=True)
    sheet.text(235, y, say("compromise model"), size=7.5)
