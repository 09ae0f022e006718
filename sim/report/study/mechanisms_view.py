"""What each mechanism does, for a terminal, as a page of Markdown and as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.hypotheses import Cell
from sim.analysis.experiments.mechanisms import (
    EXPECTED_WORDS,
    SEEN_WORDS,
    AblationFound,
    Contradiction,
    MechanismFound,
    Mechanisms,
)
from sim.analysis.experiments.metrics import MEANS
from sim.analysis.statistics.json_numbers import estimate, number
from sim.report.words.words import MINUS, NOTHING, percent, points

AS_WRITTEN = "as the file has it"
SAME_BYTES = "0, same bytes"
NOT_A_TEST = (
    "A switch shows what a mechanism does inside this file, not that it is real: what is expected comes from "
    "the same texts as the file. Where the runs show something else, it stands here as found, and nothing was tuned."
)
HEADS = ("Switched", "Quantity", "With", "Without", "Difference", "Expected", "Seen")


def _value(found: AblationFound, *, with_it: bool) -> str:
    side = found.with_it if with_it else found.without
    if not side.known:
        return NOTHING
    return f"{side.value:.3g}" if side.kind in MEANS else percent(side.value)


def _signed(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.2g}"


def _difference(found: AblationFound) -> str:
    """The paired difference with its interval: points for shares, units for means."""
    if found.unmoved:
        return SAME_BYTES
    moved = found.difference
    if not moved.known:
        return NOTHING
    word = _signed if found.with_it.kind in MEANS else points
    return f"{word(moved.value)} ({word(moved.low)} to {word(moved.high)})"


def _cell(cell: Cell, other: Cell) -> str:
    """What is told of one side: its changes, and its format where the two sides differ in that."""
    changes = [*cell.overrides, *([cell.variant] if cell.variant else [])]
    words = [cell.format] if cell.format != other.format else []
    return ", ".join([*words, *changes]) or AS_WRITTEN


def _sides(found: AblationFound) -> tuple[str, str]:
    one, other = found.ablation.with_it.cell, found.ablation.without.cell
    return _cell(one, other), _cell(other, one)


def _quantity(found: AblationFound) -> str:
    one, other = found.ablation.with_it.cell, found.ablation.without.cell
    return found.ablation.quantity + (f" [{one.format}]" if one.format == other.format else "")


def _expected(found: AblationFound) -> str:
    return EXPECTED_WORDS[found.ablation.expected] if found.ablation.expected else ""


def still(found: Mechanisms) -> list[str]:
    """Mechanisms none of whose switches can be told from nothing."""
    return [one.mechanism.id for one in found.found if one.rows and not one.moves]


def unexpected(found: Mechanisms) -> list[tuple[str, str]]:
    """Mechanism and switch where something else was seen than expected, or nothing where something was."""
    wrong = ("not_as_expected", "other_way", "undecided", "nothing_to_count")
    return [
        (one.mechanism.id, row.ablation.switch)
        for one in found.found
        for row in one.rows
        if row.ablation.expected and row.seen in wrong
    ]


def view(found: Mechanisms) -> list[RenderableType]:
    """The findings for a terminal."""
    parts: list[RenderableType] = []
    for one in found.found:
        parts += _told(one)
    if still(found):
        parts.append(f"\nNo switch distinguishable from nothing: {', '.join(still(found))}")
    if unexpected(found):
        parts.append(f"Other than expected: {', '.join(dict.fromkeys(key for key, _ in unexpected(found)))}")
    return [*parts, NOT_A_TEST, CONDITIONAL]


def _told(one: MechanismFound) -> list[RenderableType]:
    what = one.mechanism
    parts: list[RenderableType] = [f"\n[bold]{what.id}[/bold]  {escape(what.name)}: {escape(what.statement)}"]
    if what.left_out:
        return [*parts, f"  Left out: {escape(what.left_out)}"]
    parts.append(f"  [dim]carried by {escape(', '.join((*what.rules, *what.fields)))}[/dim]")
    for row in one.rows:
        parts += _lines(row)
    parts += [f"  {escape(word)}" for word in (what.not_carried, what.finding) if word]
    return parts


def _lines(row: AblationFound) -> list[RenderableType]:
    """One switch for a terminal: what is switched, then what it does."""
    switch, quantity, with_it, without, difference, expected, seen = map(escape, _cells(row))
    style = "green" if row.seen == "as_expected" else "bold" if row.distinguishable else "dim"
    hoped = f"expected {expected}: " if expected else ""
    return [
        f"  {switch}",
        f"    {quantity}",
        f"    {with_it} against {without}: {difference}; {hoped}[{style}]{seen}[/{style}]",
    ]


def _cells(row: AblationFound) -> tuple[str, ...]:
    sides = [f"{_value(row, with_it=flag)} ({side})" for flag, side in zip((True, False), _sides(row), strict=True)]
    return (row.ablation.switch, _quantity(row), *sides, _difference(row), _expected(row), SEEN_WORDS[row.seen])


def markdown(found: Mechanisms, command: str) -> str:
    """The findings as a page."""
    head = [
        f"# {found.asked.title}",
        "",
        "<!-- Generated by the command below: change the mechanism file or the scenario, not this page. -->",
        "",
        f"{NOT_A_TEST} {CONDITIONAL}",
        "",
        *([found.asked.note, ""] if found.asked.note else []),
        f"{INTERVAL_NOTE} Differences are paired: both sides of a switch share draws and chance.",
        "",
        f"Made by `{command}`: {found.size.draws * found.size.replications:,} runs a cell, {found.n_runs:,} in all, "
        f"seed {found.size.seed}. "
        + " ".join(f"Scenario `{key}`, digest `{digest}`." for key, digest in found.digests.items()),
        "",
    ]
    parts = [head, _table(found), _summary(found), _left_out(found), _each(found), _contradictions(found)]
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(found: Mechanisms) -> list[str]:
    lines = [
        "## What is switched, and what it does",
        "",
        "Shares in per cent with differences in points; means in their own units. In brackets what the side is: a "
        f"format, overrides of the scenario, a rule variant, or *{AS_WRITTEN}*.",
        "",
        _row(("", *HEADS)),
        "|---|" + "---|" * len(HEADS),
    ]
    for one in found.found:
        for place, row in enumerate(one.rows):
            word = SEEN_WORDS[row.seen]
            cells = list(_cells(row))
            cells[-1] = word if row.seen in ("as_expected", "more", "less") else f"**{word}**"
            label = f"[{one.mechanism.id}](#{_anchor(one)}) {one.mechanism.name}" if place == 0 else ""
            lines.append(_row((label, *cells)))
    return [*lines, ""]


def _summary(found: Mechanisms) -> list[str]:
    lines: list[str] = []
    if still(found):
        lines += [f"No switch of {', '.join(still(found))} can be told from nothing.", ""]
    if unexpected(found):
        lines += ["Expected by the evidence and not seen, or seen the other way round:", ""]
        lines += [f"- {key}: {switch}" for key, switch in unexpected(found)]
        lines.append("")
    return lines


def _left_out(found: Mechanisms) -> list[str]:
    whole = [one.mechanism for one in found.found if one.mechanism.left_out]
    partly = [one.mechanism for one in found.found if one.mechanism.not_carried]
    lines = ["## Left out", ""]
    lines += [f"- **{one.id} {one.name}**, as a whole. {one.left_out}" for one in whole]
    lines += [f"- {one.id} {one.name}, in part. {one.not_carried}" for one in partly]
    return [*lines, ""] if whole or partly else []


def _anchor(one: MechanismFound) -> str:
    text = f"{one.mechanism.id} {one.mechanism.name}".lower()
    return "".join(letter for letter in text if letter.isalnum() or letter in " -").replace(" ", "-")


def _each(found: Mechanisms) -> list[str]:
    lines = ["## What carries each mechanism, and what should be seen", ""]
    for one in found.found:
        what = one.mechanism
        lines += [f"### {what.id} {what.name}", "", f"{what.statement} ({what.basis}; {', '.join(what.claims)})", ""]
        if what.left_out:
            lines += [f"Left out. {what.left_out}", ""]
            continue
        lines += [
            f"- Carried by: {', '.join(f'`{word}`' for word in (*what.rules, *what.fields))}",
            f"- Should be seen: {what.observable}",
            f"- Checked by: {', '.join(f'`{word}`' for word in what.tests)}",
        ]
        lines += [f"- Not carried: {what.not_carried}"] if what.not_carried else []
        lines += [f"- **Found**: {what.finding}"] if what.finding else []
        lines.append("")
    return lines


def _contradictions(found: Mechanisms) -> list[str]:
    if not found.asked.contradictions:
        return []
    lines = ["## Contradictions of the sources", "", _row(("", "What", "In the file")), "|---|---|---|"]
    lines += [_row((one.id, one.what, _in_the_file(one))) for one in found.asked.contradictions]
    return [*lines, ""]


def _in_the_file(one: Contradiction) -> str:
    if one.no_number:
        return f"No number. {one.no_number}"
    return f"Rival readings: {', '.join(f'`{name}`' for name in one.readings)}. {one.question}"


def as_data(found: Mechanisms) -> dict[str, Any]:
    """Everything found, as plain data for JSON."""
    return {
        "mechanisms": found.asked.id,
        "title": found.asked.title,
        "conditional": CONDITIONAL,
        "note": " ".join(word for word in (NOT_A_TEST, found.asked.note) if word),
        "digests": dict(found.digests),
        "size": {"draws": found.size.draws, "replications": found.size.replications, "seed": found.size.seed},
        "runs": found.n_runs,
        "still": still(found),
        "unexpected": [{"id": key, "switch": switch} for key, switch in unexpected(found)],
        "entries": [_entry(one) for one in found.found],
        "contradictions": [
            {"id": one.id, "what": one.what, "readings": list(one.readings), "no_number": one.no_number or None}
            for one in found.asked.contradictions
        ],
    }


def _entry(one: MechanismFound) -> dict[str, Any]:
    what = one.mechanism
    return {
        "id": what.id,
        "name": what.name,
        "statement": what.statement,
        "claims": list(what.claims),
        "basis": what.basis,
        "left_out": what.left_out or None,
        "not_carried": what.not_carried or None,
        "finding": what.finding or None,
        "carried_by": {"fields": list(what.fields), "rules": list(what.rules)},
        "observable": what.observable,
        "tests": list(what.tests),
        "moves": one.moves,
        "ablations": [_ablation(row) for row in one.rows],
    }


def _ablation(row: AblationFound) -> dict[str, Any]:
    one = row.ablation
    return {
        "switch": one.switch,
        "quantity": one.quantity,
        "with": {**_cell_data(one.with_it.cell), "value": number(row.with_it.value)},
        "without": {**_cell_data(one.without.cell), "value": number(row.without.value)},
        "difference": estimate(row.difference),
        "same_bytes": row.same_bytes,
        "distinguishable": row.distinguishable,
        "expected": one.expected,
        "seen": row.seen,
    }


def _cell_data(cell: Cell) -> dict[str, Any]:
    return {
        "scenario": cell.case,
        "format": cell.format,
        "overrides": list(cell.overrides),
        "variant": cell.variant,
    }
