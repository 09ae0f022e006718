"""What each mechanism does, for a terminal and as a page of Markdown."""

from __future__ import annotations

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.ablation import (
    EXPECTED_WORDS,
    NOT_A_TEST,
    SEEN_WORDS,
    AblationResult,
    Contradiction,
    Mechanism,
    Mechanisms,
)
from sim.analysis.experiments.metrics import MEANS
from sim.report.words.markdown_page import Part, markdown_page
from sim.report.words.table_writers import Cell, Table
from sim.report.words.words import MINUS, NOTHING, percent, points

AS_WRITTEN = "as the file has it"
SAME_BYTES = "0, same bytes"
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


def _signed(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.2g}"


def _difference(row: AblationResult) -> str:
    """The paired difference with its interval: points for shares, units for means."""
    if row.unmoved:
        return SAME_BYTES
    word = _signed if row.with_it.kind in MEANS else points
    low, middle, high = (word(value) for value in (row.difference.low, row.difference.value, row.difference.high))
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
        SEEN_WORDS[row.seen],
    )


def view(found: Mechanisms) -> list[RenderableType]:
    """The findings for a terminal."""
    parts: list[RenderableType] = []
    for one in found.entries:
        entry = one.mechanism
        parts.append(f"\n[bold]{entry.id}[/bold]  {escape(entry.name)}: {escape(entry.statement)}")
        if entry.left_out:
            parts.append(f"  Left out: {escape(entry.left_out)}")
            continue
        parts.append(f"  [dim]carried by {escape(', '.join((*entry.rules, *entry.fields)))}[/dim]")
        for row in one.ablations:
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
    digests = " ".join(f"Scenario `{key}`, digest `{digest}`." for key, digest in found.digests.items())
    parts: list[Part] = [
        f"{NOT_A_TEST} {CONDITIONAL}",
        found.note,
        f"{INTERVAL_NOTE} Differences are paired: both sides of a switch share draws and chance.",
        f"Made by `{command}`: {found.size.draws * found.size.replications:,} runs a cell, {found.runs:,} in all, "
        f"seed {found.size.seed}. {digests}".rstrip(),
        "## What is switched, and what it does",
        "Shares in per cent with differences in points; means in their own units. In brackets what the side is: a "
        f"format, overrides of the scenario, a rule variant, or *{AS_WRITTEN}*.",
        _table(found),
    ]
    if found.still:
        parts.append(f"No switch of {', '.join(found.still)} can be told from nothing.")
    if found.unexpected:
        parts.append("Expected by the evidence and not seen, or seen the other way round:")
        parts.append([f"{key}: {switch}" for key, switch in found.unexpected])
    entries = [one.mechanism for one in found.entries]
    left_out = [f"**{one.id} {one.name}**, as a whole. {one.left_out}" for one in entries if one.left_out]
    left_out += [f"{one.id} {one.name}, in part. {one.not_carried}" for one in entries if one.not_carried]
    parts += ["## Left out", left_out] if left_out else []
    parts.append("## What carries each mechanism, and what should be seen")
    parts += [part for one in entries for part in _entry_parts(one)]
    if found.contradictions:
        rows = tuple((one.id, one.what, _in_the_file(one)) for one in found.contradictions)
        parts += ["## Contradictions of the sources", Table("", ("", "What", "In the file"), rows)]
    return markdown_page(found.title, *parts, change="the mechanism file or the scenario")


def _table(found: Mechanisms) -> Table:
    rows: list[tuple[Cell | str, ...]] = []
    for one in found.entries:
        title = f"{one.mechanism.id} {one.mechanism.name}"
        kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
        for place, row in enumerate(one.ablations):
            *cells, seen = _cells(row)
            label = Cell(links=((title, f"#{kept.replace(' ', '-')}"),)) if place == 0 else ""
            rows.append((label, *cells, Cell(seen, strong=row.seen not in ("as_expected", "more", "less"))))
    return Table("", ("", *HEADS), tuple(rows))


def _entry_parts(entry: Mechanism) -> list[Part]:
    head = f"{entry.statement} ({entry.basis}; {', '.join(entry.claims)})"
    if entry.left_out:
        return [f"### {entry.id} {entry.name}", head, f"Left out. {entry.left_out}"]
    lines = [
        f"Carried by: {', '.join(f'`{word}`' for word in (*entry.rules, *entry.fields))}",
        f"Should be seen: {entry.observable}",
        f"Checked by: {', '.join(f'`{word}`' for word in entry.tests)}",
    ]
    lines += [f"Not carried: {entry.not_carried}"] if entry.not_carried else []
    lines += [f"**Found**: {entry.finding}"] if entry.finding else []
    return [f"### {entry.id} {entry.name}", head, lines]


def _in_the_file(one: Contradiction) -> str:
    if one.no_number:
        return f"No number. {one.no_number}"
    return f"Rival readings: {', '.join(f'`{name}`' for name in one.readings)}. {one.question}"
