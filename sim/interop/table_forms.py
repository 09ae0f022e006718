"""Reads a position-salience-capability table in any of three forms, and writes it in any.

Long and KTAB's have modules of their own. That of programs for the expected-utility model is `Actor,Capability,
Position,Salience`, one issue to a file: positions in units of the issue, saliences 0 to 1 or 0 to 100, whichever the
largest says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.interop.ktab import ktab_text, read_ktab
from sim.interop.long_form import NEEDED, long_text, read_long
from sim.interop.rows import Row, TableReport, csv_text, has_length, is_first, read_rows, read_stand
from sim.scenario.preparation.grid import plain
from sim.scenario.source.problems import show
from sim.types import PositionTable, SpatialIssue, Stand
from sim.types.positions import TableForm

DEFAULT_SCALE = (0.0, 100.0)
EU_COLUMNS = ("actor", "capability", "position", "salience")


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
        table = _read_eu(rows, report, scale, path.stem)
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


def _read_eu(rows: tuple[Row, ...], report: TableReport, scale: tuple[float, float] | None, name: str) -> PositionTable:
    """One issue of this name; no scale stands for the range of the positions; saliences are out of 1 or 100."""
    header = [cell.lower() for cell in rows[0].cells]
    for column in EU_COLUMNS:
        if header.count(column) != 1:
            seen, allowed = ", ".join(header), ", ".join(EU_COLUMNS)
            report.wrong(rows[0].line, column, "not one column of this name", seen=seen, allowed=allowed)
    report.stop_if_any()
    seen_before: dict[str, tuple[int, Stand]] = {}
    for row in rows[1:]:
        if has_length(row, row.cells, len(header), report):
            stand = read_stand(row, dict(zip(header, row.cells, strict=True)), report, scale)
            if stand is not None:
                is_first(row, stand, seen_before, report, key=stand.actor, what=show(stand.actor))
    for column in header:
        if column not in EU_COLUMNS:
            report.notes.append(f"Column {show(column)} is not read; known are {', '.join(EU_COLUMNS)}.")
    stands = tuple(stand for _, stand in seen_before.values())
    low, high = scale or _eu_range(stands, rows[0].line, report)
    largest = max((stand.salience for stand in stands), default=0.0)
    full = 100.0 if largest > 1.0 else 1.0
    report.notes.append(f"Saliences are read as out of {full:g}, since the largest is {largest:g}.")
    return PositionTable((SpatialIssue(name, name, stands, low=low, high=high, full_salience=full),), name)


def _eu_range(stands: tuple[Stand, ...], line: int, report: TableReport) -> tuple[float, float]:
    positions = [stand.position for stand in stands]
    if len(set(positions)) < 2 and not report.problems:
        report.wrong(line, "position", "no two positions differ, so there is no scale", allowed="a scale by --scale")
    return (min(positions), max(positions)) if positions else (0.0, 1.0)


def _eu_text(table: PositionTable) -> str:
    """The one issue of a table; saliences as they stand in it."""
    if len(table.issues) != 1:
        raise ValueError(f"an expected-utility file holds one issue, and here are {len(table.issues)}: name one")
    rows = [["Actor", "Capability", "Position", "Salience"]]
    for stand in table.issues[0].stands:
        rows.append([stand.actor, plain(stand.capability), plain(stand.position), plain(stand.salience)])
    return csv_text(rows)


_WRITERS: dict[TableForm, Callable[[PositionTable], str]] = {"long": long_text, "ktab": ktab_text, "eu": _eu_text}


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
