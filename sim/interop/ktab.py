"""The CSV of the KAPSARC Toolkit for Behavioral Analysis (KTAB): two heading lines, then a row for every actor.

`name,description,n_actors,n_dims`, then `Actor,Description,Influence,<dim> Position,<dim> Salience,...`. Positions and
saliences are 0 to 100. Lines may end in a comma. Every actor has a stand on every dimension, and one influence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.interop.rows import Row, TableReport, check_name, csv_text, has_length, is_first, number
from sim.scenario.preparation.grid import plain
from sim.scenario.source.problems import show
from sim.types import PositionTable, SpatialIssue, Stand

_FIRST = 3  # columns before those of the dimensions
_SUFFIX = re.compile(r"[\s_]*(position|pstn|pos)[\s_]*(\d*)$", re.IGNORECASE)


def read_ktab(rows: Sequence[Row], report: TableReport, scale: tuple[float, float], name: str) -> PositionTable:
    """Read a KTAB file; positions must lie between the ends of the scale, and `name` is that of a file without one.

    Raises:
        ScenarioError: the two heading lines cannot be used.
    """
    line = rows[0].line
    title, description, n_actors, n_dims = _heading(line, _trim(rows[0], 4), report)
    width = _FIRST + 2 * n_dims
    if len(rows) < 2:
        report.wrong(line, "", "the second heading line is missing", allowed="Actor,Description,Influence,...")
        report.stop_if_any()
    dims = _dimensions(rows[1], n_dims, report)
    report.stop_if_any()
    stands: dict[str, list[Stand]] = {}
    described: list[tuple[str, str]] = []
    seen_before: dict[str, tuple[int, tuple[str, ...]]] = {}
    for row in rows[2:]:
        cells = _trim(row, width)
        if not is_first(row, row.cells, seen_before, report, key=cells[0], what=show(cells[0])):
            continue
        if has_length(row, cells, width, report, head="heading"):
            stands[cells[0]] = _stands(row, cells, dims, report, scale=scale)
            described += [(cells[0], cells[1])] if cells[1] else []
    if len(rows) - 2 != n_actors:
        seen, allowed = str(len(rows) - 2), f"{n_actors}, as line {line} says"
        report.wrong(line, "n_actors", "the number of actors is another", seen=seen, allowed=allowed)
    report.stop_if_any()
    low, high = scale
    issues = (
        SpatialIssue(title or name, dim, tuple(row[k] for row in stands.values()), low=low, high=high)
        for k, dim in enumerate(dims)
    )
    return PositionTable(tuple(issues), title or name, description, tuple(described))


def _trim(row: Row, most: int) -> tuple[str, ...]:
    """The cells without the empty ones that a comma at the end leaves."""
    last = max((k for k, cell in enumerate(row.cells, 1) if cell), default=0)
    return row.cells[: max(last, most)]


def _heading(line: int, head: tuple[str, ...], report: TableReport) -> tuple[str, str, int, int]:
    if len(head) == 5:
        report.notes.append(f"Line {line}: the fifth cell, {show(head[4])}, is not read.")
        head = head[:4]
    if len(head) != 4:
        seen, allowed = f"{len(head)} cells", "name,description,n_actors,n_dims"
        report.wrong(line, "", "not a KTAB heading", seen=seen, allowed=allowed)
        report.stop_if_any()
    for text, column in zip(head[2:], ("n_actors", "n_dims"), strict=True):
        if not text.isdecimal() or int(text) < 1:
            report.wrong(line, column, "not a count", seen=show(text), allowed="a whole number, 1 or more")
            report.stop_if_any()
    return head[0], head[1], int(head[2]), int(head[3])


def _dimensions(row: Row, n_dims: int, report: TableReport) -> list[str]:
    """Names of the dimensions from the headings of their positions."""
    width = _FIRST + 2 * n_dims
    cells = _trim(row, width)
    if len(cells) != width:
        allowed = f"{width}: Actor, Description, Influence, and two for each of {n_dims} dimensions"
        report.wrong(row.line, "", "another number of columns", seen=str(len(cells)), allowed=allowed)
        return []
    names: list[str] = []
    for k, cell in enumerate(cells[_FIRST::2], 1):
        bare = _SUFFIX.sub(r" \2", cell).strip()
        names.append(bare if bare and not bare.isdecimal() else f"dimension {bare or k}")
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            report.wrong(row.line, name, "two dimensions of one name", allowed="each name once")
    return names


def _stands(
    row: Row, cells: tuple[str, ...], dims: list[str], report: TableReport, *, scale: tuple[float, float]
) -> list[Stand]:
    """The actor's stands, one a dimension; fewer where something is wrong with the row."""
    check_name(cells[0], row.line, "actor", report)
    influence = number(cells[2], row.line, "Influence", report, low=0.0)
    stands: list[Stand] = []
    for k, dim in enumerate(dims):
        at = _FIRST + 2 * k
        position = number(cells[at], row.line, f"{dim} Position", report, low=scale[0], high=scale[1])
        salience = number(cells[at + 1], row.line, f"{dim} Salience", report, low=0.0, high=100.0)
        if position is not None and salience is not None and influence is not None:
            stands.append(Stand(cells[0], position, salience, influence))
    total = sum(stand.salience for stand in stands)
    if total > 100.0:
        words = f"saliences of {show(cells[0])} sum to {total:g}; KTAB asks for at most 100."
        report.notes.append(f"Line {row.line}: {words}")
    return stands


def _why_not_ktab(table: PositionTable) -> str:
    """Why a table cannot be written as KTAB, or nothing if it can."""
    if len(table.proposals) > 1:
        return f"a KTAB file holds one proposal, and here are {len(table.proposals)}: name one"
    held: dict[str, float] = {}
    for issue in table.issues:
        for actor in table.actors:
            if actor not in issue.actors:
                return f"a KTAB file has every actor on every issue, and {actor} has no stand on {issue.id}"
        for stand in issue.stands:
            if held.setdefault(stand.actor, stand.capability) != stand.capability:
                return f"a KTAB file has one influence for an actor, and {stand.actor} has several"
    return ""


def ktab_text(table: PositionTable) -> str:
    """A table as KTAB; what the form has no place for is left out; `sim.interop.table_forms.table_text` says what.

    Raises:
        ValueError: it cannot be written so.
    """
    why = _why_not_ktab(table)
    if why:
        raise ValueError(why)
    dims = [f"{issue.id} {part}" for issue in table.issues for part in ("Position", "Salience")]
    name = table.name or table.issues[0].proposal
    rows = [[name, table.description, str(len(table.actors)), str(len(table.issues))]]
    rows.append(["Actor", "Description", "Influence", *dims])
    described = dict(table.descriptions)
    stands = [{stand.actor: stand for stand in issue.stands} for issue in table.issues]
    for actor in table.actors:
        cells = [actor, described.get(actor, ""), plain(stands[0][actor].capability)]
        for issue, by_actor in zip(table.issues, stands, strict=True):
            cells += [plain(by_actor[actor].position), plain(issue.salience_of_100(by_actor[actor]))]
        rows.append(cells)
    return csv_text(rows)
