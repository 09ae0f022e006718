"""Reads a position-salience-capability table in any of three forms, and writes it in any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.interop.expected_utility_form import COLUMNS as EU_COLUMNS
from sim.interop.expected_utility_form import expected_utility_text, read_expected_utility
from sim.interop.ktab import ktab_text, read_ktab
from sim.interop.long_form import NEEDED, long_text, read_long
from sim.interop.rows import Row, TableReport, read_rows
from sim.types import PositionTable
from sim.types.positions import TableForm

DEFAULT_SCALE = (0.0, 100.0)
_WRITERS: dict[TableForm, Callable[[PositionTable], str]] = {
    "long": long_text,
    "ktab": ktab_text,
    "eu": expected_utility_text,
}


@dataclass(frozen=True)
class Imported:
    """A table, the form it came in, and what the reader should know."""

    table: PositionTable
    form: TableForm
    notes: tuple[str, ...]


def read_table(path: Path, form: TableForm | None = None, scale: tuple[float, float] | None = None) -> Imported:
    """Read a table.

    Args:
        path: the CSV file.
        form: long, ktab or eu; by its header if None.
        scale: the ends of the scale; if None 0 to 100, and for the form eu the range of its positions.

    Raises:
        ScenarioError: naming every line that is wrong, with what is allowed.
    """
    report = TableReport(str(path))
    rows = read_rows(path, report)
    chosen = form or _form_of(rows, report)
    ends = scale or DEFAULT_SCALE
    if chosen == "long":
        table = read_long(rows, report, ends)
    elif chosen == "ktab":
        table = read_ktab(rows, report, ends, path.stem)
    else:
        table = read_expected_utility(rows, report, scale, path.stem)
    report.stop_if_any()
    return Imported(table, chosen, tuple(report.notes))


def _form_of(rows: Sequence[Row], report: TableReport) -> TableForm:
    first = {cell.lower().replace(" ", "_") for cell in rows[0].cells}
    if "issue" in first and len(first & set(NEEDED)) >= 3:
        return "long"
    if set(EU_COLUMNS) <= first:
        return "eu"
    if len(rows) > 1 and rows[1].cells[0].lower() == "actor":
        return "ktab"
    allowed = f"{', '.join(NEEDED)}, ... (long); {', '.join(EU_COLUMNS)} (eu); two heading lines (ktab); or --form"
    report.wrong(rows[0].line, "", "the header fits no known form", seen=", ".join(rows[0].cells), allowed=allowed)
    report.stop_if_any()
    return "long"


def table_text(table: PositionTable, form: TableForm) -> tuple[str, tuple[str, ...]]:
    """A table as text in a form, and what the form has no place for.

    Raises:
        ValueError: the form cannot hold the table.
    """
    return _WRITERS[form](table), _lost(table, form)


def _lost(table: PositionTable, form: TableForm) -> tuple[str, ...]:
    lost: list[str] = []
    if form != "ktab" and table.descriptions:
        lost.append("descriptions of actors")
    if form != "long":
        named = ("wave", "procedure", "voting_rule", "reference_point", "outcome")
        lost += [name for name in named if any(getattr(issue, name) not in ("", None) for issue in table.issues)]
        if form == "eu" and any(issue.proposal != issue.id for issue in table.issues):
            lost.append("names of proposal and issue")
    if form != "eu" and any((issue.low, issue.high) != DEFAULT_SCALE for issue in table.issues):
        lost.append("the scale (give it again by --scale)")
    return tuple(lost)
