"""The CSV of programs for the expected-utility model: `Actor,Capability,Position,Salience`, one issue to a file.

Positions are in units of the issue; the scale is the range of the positions unless told otherwise. Saliences are 0 to 1
or 0 to 100, whichever the largest says.
"""

from __future__ import annotations

from sim.interop.rows import Row, TableReport, csv_text, has_length, is_first, read_stand
from sim.scenario.preparation.grid import plain
from sim.scenario.source.errors import show
from sim.types import PositionTable, SpatialIssue, Stand

COLUMNS = ("actor", "capability", "position", "salience")


def read_expected_utility(
    rows: tuple[Row, ...], report: TableReport, scale: tuple[float, float] | None, name: str
) -> PositionTable:
    """Read such a file as an issue of this name; no scale stands for the range of the positions.

    Raises:
        ScenarioError: a column is missing.
    """
    header = [cell.lower() for cell in rows[0].cells]
    for column in COLUMNS:
        if header.count(column) != 1:
            seen, allowed = ", ".join(header), ", ".join(COLUMNS)
            report.wrong(rows[0].line, column, "not one column of this name", seen=seen, allowed=allowed)
    report.stop_if_any()
    seen_before: dict[str, tuple[int, Stand]] = {}
    for row in rows[1:]:
        if has_length(row, row.cells, len(header), report):
            stand = read_stand(row, dict(zip(header, row.cells, strict=True)), report, scale)
            if stand is not None:
                is_first(row, stand, seen_before, report, key=stand.actor, what=show(stand.actor))
    for column in header:
        if column not in COLUMNS:
            report.notes.append(f"Column {show(column)} is not read; known are {', '.join(COLUMNS)}.")
    stands = tuple(stand for _, stand in seen_before.values())
    low, high = scale or _range(stands, rows[0].line, report)
    largest = max((stand.salience for stand in stands), default=0.0)
    full = 100.0 if largest > 1.0 else 1.0
    report.notes.append(f"Saliences are read as out of {full:g}, since the largest is {largest:g}.")
    return PositionTable((SpatialIssue(name, name, stands, low=low, high=high, full_salience=full),), name)


def _range(stands: tuple[Stand, ...], line: int, report: TableReport) -> tuple[float, float]:
    positions = [stand.position for stand in stands]
    if len(set(positions)) < 2:
        report.wrong(line, "position", "no two positions differ, so there is no scale", allowed="a scale by --scale")
        return 0.0, 1.0
    return min(positions), max(positions)


def expected_utility_text(table: PositionTable) -> str:
    """The one issue of a table; saliences as they stand in it.

    Raises:
        ValueError: the table has several issues.
    """
    if len(table.issues) != 1:
        raise ValueError(f"an expected-utility file holds one issue, and here are {len(table.issues)}: name one")
    rows = [["Actor", "Capability", "Position", "Salience"]]
    for stand in table.issues[0].stands:
        rows.append([stand.actor, plain(stand.capability), plain(stand.position), plain(stand.salience)])
    return csv_text(rows)
