"""The CSV of programs for the expected-utility model: `Actor,Capability,Position,Salience`, one issue to a file.

Positions are in units of the issue; the scale is the range of the positions unless told otherwise. Saliences are 0 to 1
or 0 to 100, whichever the largest says.
"""

from __future__ import annotations

from sim.interop.rows import Row, Told, csv_text, number
from sim.scenario.preparation.grid import plain
from sim.scenario.source.errors import show
from sim.types import PositionTable, SpatialIssue, Stand

COLUMNS = ("actor", "capability", "position", "salience")


def read_expected_utility(
    rows: tuple[Row, ...], told: Told, scale: tuple[float, float] | None, name: str
) -> PositionTable:
    """Read such a file.

    Args:
        rows: of the file, the header first.
        told: collects what is wrong.
        scale: ends that positions must lie between; None for the range of the positions.
        name: of the issue.

    Raises:
        ScenarioError: a column is missing.
    """
    header = [cell.lower() for cell in rows[0].cells]
    for column in COLUMNS:
        if header.count(column) != 1:
            told.wrong(
                rows[0].line, column, "not one column of this name", seen=", ".join(header), allowed=", ".join(COLUMNS)
            )
    told.stop_if_any()
    found: dict[str, tuple[int, Stand]] = {}
    for row in rows[1:]:
        if len(row.cells) != len(header):
            seen, allowed = f"{len(row.cells)} cells", f"{len(header)}, as in the header"
            told.wrong(row.line, "", "a row of another length than the header", seen=seen, allowed=allowed)
            continue
        _add(row, {column: row.cells[header.index(column)] for column in COLUMNS}, found, told, scale=scale)
    for column in header:
        if column not in COLUMNS:
            told.notes.append(f"Column {show(column)} is not read; known are {', '.join(COLUMNS)}.")
    stands = tuple(stand for _, stand in found.values())
    low, high = scale or _range(stands, rows[0].line, told)
    full = 100.0 if any(one.salience > 1.0 for one in stands) else 1.0
    told.notes.append(f"Saliences are read as out of {full:g}, since the largest is {_largest(stands):g}.")
    return PositionTable((SpatialIssue(name, name, stands, low=low, high=high, full_salience=full),), name)


def _add(
    row: Row,
    cells: dict[str, str],
    found: dict[str, tuple[int, Stand]],
    told: Told,
    *,
    scale: tuple[float, float] | None,
) -> None:
    ends = {} if scale is None else {"low": scale[0], "high": scale[1]}
    capability = number(cells["capability"], row.line, "Capability", told, low=0.0)
    position = number(cells["position"], row.line, "Position", told, **ends)
    salience = number(cells["salience"], row.line, "Salience", told, low=0.0, high=100.0)
    if not cells["actor"]:
        told.wrong(row.line, "Actor", "a name is missing", seen="nothing", allowed="any text")
    if capability is None or position is None or salience is None or not cells["actor"]:
        return
    stand = Stand(cells["actor"], position, salience, capability)
    if stand.actor not in found:
        found[stand.actor] = (row.line, stand)
    elif found[stand.actor][1] == stand:
        told.notes.append(f"Line {row.line} repeats line {found[stand.actor][0]} ({show(stand.actor)}): counted once.")
    else:
        message = f"a second row of {show(stand.actor)}, unlike that of line {found[stand.actor][0]}"
        told.wrong(row.line, "Actor", message, allowed="one row each")


def _range(stands: tuple[Stand, ...], line: int, told: Told) -> tuple[float, float]:
    positions = [one.position for one in stands]
    if len(set(positions)) < 2:
        told.wrong(line, "position", "no two positions differ, so there is no scale", allowed="a scale by --scale")
        return 0.0, 1.0
    return min(positions), max(positions)


def _largest(stands: tuple[Stand, ...]) -> float:
    return max((one.salience for one in stands), default=0.0)


def expected_utility_text(table: PositionTable) -> str:
    """The one issue of a table; saliences as they stand in it.

    Raises:
        ValueError: the table has several issues.
    """
    if len(table.issues) != 1:
        raise ValueError(f"an expected-utility file holds one issue, and here are {len(table.issues)}: name one")
    rows = [["Actor", "Capability", "Position", "Salience"]]
    rows += [
        [one.actor, plain(one.capability), plain(one.position), plain(one.salience)] for one in table.issues[0].stands
    ]
    return csv_text(rows)
