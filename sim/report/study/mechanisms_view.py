"""What each mechanism does, for a terminal and as a page of Markdown."""

from __future__ import annotations

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.ablation import EXPECTED_WORDS, NOT_A_TEST, SEEN_WORDS, AblationResult, Mechanisms
from sim.analysis.experiments.metrics import MEANS
from sim.report.words.table_writers import Row, Table, TableCell, render_page
from sim.report.words.words import MINUS, NOTHING, percent, points

AS_WRITTEN = "as the file has it"
SAME_BYTES = "0, same bytes"
INPUT = " (input)"
HEADS = ("Switched", "Quantity", "With", "Without", "Difference", "Expected", "Seen")


def _side(row: AblationResult, *, with_it: bool) -> str:
    """What was seen of one side, and which it is: its changes, and its format where the two sides differ in that."""
    side, (term, other) = row.without, (row.ablation.without.cell, row.ablation.with_it.cell)
    if with_it:
        side, (term, other) = row.with_it, (other, term)
    value = NOTHING if not side.known else f"{side.value:.3g}" if side.kind in MEANS else percent(side.value)
    formats = [term.format] if term.format != other.format else []
    changes = [*formats, *term.overrides, *([term.variant] if term.variant else [])]
    return f"{value} ({', '.join(changes) or AS_WRITTEN})"


def _difference(row: AblationResult) -> str:
    """The paired difference with its interval: points for shares, units for means."""

    def word(value: float) -> str:
        return f"{MINUS if value < 0 else '+'}{abs(value):.2g}" if row.with_it.kind in MEANS else points(value)

    if row.unmoved:
        return SAME_BYTES
    low, middle, high = map(word, (row.difference.low, row.difference.value, row.difference.high))
    return f"{middle} ({low} to {high})" if row.difference.known else NOTHING


def _cells(row: AblationResult) -> tuple[str, ...]:
    """What stands under `HEADS`."""
    term, other, expected = row.ablation.with_it.cell, row.ablation.without.cell, row.ablation.expected
    return (
        row.ablation.switch,
        row.ablation.metric + (f" [{term.format}]" if term.format == other.format else ""),
        _side(row, with_it=True),
        _side(row, with_it=False),
        _difference(row),
        EXPECTED_WORDS[expected] if expected else "",
        SEEN_WORDS[row.seen] + (INPUT if row.ablation.input else ""),
    )


def view(found: Mechanisms) -> list[RenderableType]:
    """The findings for a terminal."""
    parts: list[RenderableType] = []
    for entry in found.entries:
        parts.append(f"\n[bold]{entry.id}[/bold]  {escape(entry.name)}: {escape(entry.statement)}")
        if entry.left_out:
            parts.append(f"  Left out: {escape(entry.left_out)}")
            continue
        parts.append(f"  [dim]carried by {escape(', '.join((*entry.rules, *entry.fields)))}[/dim]")
        for row in entry.results:
            switch, quantity, with_it, without, difference, expected, seen = map(escape, _cells(row))
            style = "green" if row.seen == "as_expected" else "bold" if row.distinguishable else "dim"
            hoped = f"expected {expected}: " if expected else ""
            told = f"{with_it} against {without}: {difference}; {hoped}[{style}]{seen}[/{style}]"
            parts += [f"  {switch}", f"    {quantity}", f"    {told}"]
        parts += [f"  {escape(words)}" for words in (entry.not_carried, entry.finding) if words]
    if found.still:
        parts.append(f"\nNo switch distinguishable from nothing: {', '.join(found.still)}")
    if found.unexpected:
        parts.append(f"Other than expected: {', '.join(dict.fromkeys(key for key, _ in found.unexpected))}")
    return [*parts, NOT_A_TEST, CONDITIONAL]


def markdown(found: Mechanisms, command: str) -> str:
    """The findings as a page."""
    rows: list[Row] = []
    for one in found.entries:
        title = f"{one.id} {one.name}"
        kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
        for place, row in enumerate(one.results):
            *cells, seen = _cells(row)
            label = TableCell(links=((title, f"#{kept.replace(' ', '-')}"),)) if place == 0 else ""
            rows.append((label, *cells, TableCell(seen, strong=row.seen not in ("as_expected", "more", "less"))))
    contradictions: list[Row] = []
    for entry in found.contradictions:
        readings = f"Rival readings: {', '.join(f'`{name}`' for name in entry.readings)}. {entry.question}"
        contradictions.append((entry.id, entry.what, f"No number. {entry.no_number}" if entry.no_number else readings))
    return render_page(
        "mechanisms.md.j2",
        found=found,
        command=command,
        switches=Table("", ("", *HEADS), tuple(rows)),
        contradictions=Table("", ("", "What", "In the file"), tuple(contradictions)),
        as_written=AS_WRITTEN,
        interval_note=INTERVAL_NOTE,
    )
