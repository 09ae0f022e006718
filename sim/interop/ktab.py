"""The CSV of the KAPSARC Toolkit for Behavioral Analysis (KTAB): two heading lines, then a row for every actor.

`name,description,n_actors,n_dims`, then `Actor,Description,Influence,<dim> Position,<dim> Salience,...`. Positions and
saliences are 0 to 100. Lines may end in a comma. Every actor has a stand on every dimension, and one influence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim.interop.rows import Row, Told, csv_text, number
from sim.scenario.preparation.grid import plain
from sim.scenario.source.errors import show
from sim.types import PositionTable, SpatialIssue, Stand

_FIRST = 3  # columns before those of the dimensions
_SUFFIX = re.compile(r"[\s_]*(position|pstn|pos)[\s_]*(\d*)$", re.IGNORECASE)


def read_ktab(rows: Sequence[Row], told: Told, scale: tuple[float, float], name: str) -> PositionTable:
    """Read a KTAB file.

    Args:
        rows: of the file.
        told: collects what is wrong.
        scale: ends that positions must lie between.
        name: what the table is called if the file does not say.

    Raises:
        ScenarioError: the two heading lines cannot be used.
    """
    head = _trim(rows[0])
    title, description, n_actors, n_dims = _heading(rows[0].line, head, told)
    dims = _dimensions(rows[1], n_dims, told) if len(rows) > 1 else []
    if len(rows) < 2:
        told.wrong(rows[0].line, "", "the second heading line is missing", allowed="Actor,Description,Influence,...")
    told.stop_if_any()
    stands: dict[str, list[Stand]] = {}
    lines: dict[str, Row] = {}
    described: list[tuple[str, str]] = []
    for row in rows[2:]:
        cells = _trim(row, _FIRST + 2 * n_dims)
        if _is_repeated(row, cells, lines, told):
            continue
        found = _stands(row, cells, dims, told, scale=scale)
        if found is not None:
            stands[cells[0]] = found
            described.extend([(cells[0], cells[1])] if cells[1] else [])
    if len(rows) - 2 != n_actors:
        allowed = f"{n_actors}, as line {rows[0].line} says"
        told.wrong(
            rows[0].line, "n_actors", "the number of actors is another", seen=str(len(rows) - 2), allowed=allowed
        )
    called = title or name
    issues = tuple(
        SpatialIssue(called, dim, tuple(one[k] for one in stands.values()), low=scale[0], high=scale[1])
        for k, dim in enumerate(dims)
    )
    return PositionTable(issues, called, description, tuple(described))


def _trim(row: Row, most: int = 4) -> tuple[str, ...]:
    """The cells without the empty ones that a comma at the end leaves."""
    cells = list(row.cells)
    while len(cells) > most and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _heading(line: int, head: tuple[str, ...], told: Told) -> tuple[str, str, int, int]:
    if len(head) != 4:
        told.wrong(
            line, "", "not a KTAB heading", seen=f"{len(head)} cells", allowed="name,description,n_actors,n_dims"
        )
        told.stop_if_any()
    counts: list[int] = []
    for text, column in zip(head[2:], ("n_actors", "n_dims"), strict=True):
        if not text.isdecimal() or int(text) < 1:
            told.wrong(line, column, "not a count", seen=show(text), allowed="a whole number, 1 or more")
            told.stop_if_any()
        counts.append(int(text))
    return head[0], head[1], counts[0], counts[1]


def _dimensions(row: Row, n_dims: int, told: Told) -> list[str]:
    """Names of the dimensions from the headings of their positions."""
    cells = _trim(row, _FIRST + 2 * n_dims)
    if len(cells) != _FIRST + 2 * n_dims:
        allowed = f"{_FIRST + 2 * n_dims}: Actor, Description, Influence, and two for each of {n_dims} dimensions"
        told.wrong(row.line, "", "another number of columns", seen=str(len(cells)), allowed=allowed)
        return []
    names: list[str] = []
    for k, cell in enumerate(cells[_FIRST::2], 1):
        bare = _SUFFIX.sub(r" \2", cell).strip()
        names.append(bare if bare and not bare.isdecimal() else f"dimension {bare or k}")
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            told.wrong(row.line, name, "two dimensions of one name", allowed="each name once")
    return names


def _is_repeated(row: Row, cells: tuple[str, ...], lines: dict[str, Row], told: Told) -> bool:
    """Whether the actor was there before; told either way."""
    actor = cells[0]
    if actor not in lines:
        lines[actor] = row
        return False
    first = lines[actor]
    if first.cells == row.cells:
        told.notes.append(f"Line {row.line} repeats line {first.line} ({show(actor)}): counted once.")
    else:
        message = f"a second row of {show(actor)}, unlike that of line {first.line}"
        told.wrong(row.line, "Actor", message, allowed="one row each")
    return True


def _stands(
    row: Row, cells: tuple[str, ...], dims: list[str], told: Told, *, scale: tuple[float, float]
) -> list[Stand] | None:
    """The actor's stands, one a dimension; None if something is wrong with the row."""
    if len(cells) != _FIRST + 2 * len(dims):
        seen, allowed = f"{len(cells)} cells", str(_FIRST + 2 * len(dims))
        told.wrong(row.line, "", "a row of another length than the heading", seen=seen, allowed=allowed)
        return None
    if not cells[0]:
        told.wrong(row.line, "Actor", "a name is missing", seen="nothing", allowed="any text")
    influence = number(cells[2], row.line, "Influence", told, low=0.0)
    found: list[Stand] = []
    for k, dim in enumerate(dims):
        position = number(cells[_FIRST + 2 * k], row.line, f"{dim} Position", told, low=scale[0], high=scale[1])
        salience = number(cells[_FIRST + 2 * k + 1], row.line, f"{dim} Salience", told, low=0.0, high=100.0)
        if position is not None and salience is not None and influence is not None:
            found.append(Stand(cells[0], position, salience, influence))
    total = sum(one.salience for one in found)
    if total > 100.0:
        told.notes.append(
            f"Line {row.line}: saliences of {show(cells[0])} sum to {total:g}; KTAB asks for at most 100."
        )
    return found if len(found) == len(dims) and cells[0] else None


def why_not_ktab(table: PositionTable) -> str:
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
    """A table as KTAB; what the form has no place for is left out; `sim.interop.tables.table_text` says what.

    Raises:
        ValueError: it cannot be written so.
    """
    why = why_not_ktab(table)
    if why:
        raise ValueError(why)
    dims = [part for issue in table.issues for part in (f"{issue.id} Position", f"{issue.id} Salience")]
    name = table.name or table.issues[0].proposal
    rows = [[name, table.description, str(len(table.actors)), str(len(table.issues))]]
    rows.append(["Actor", "Description", "Influence", *dims])
    described = dict(table.descriptions)
    by_issue = [{stand.actor: stand for stand in issue.stands} for issue in table.issues]
    for actor in table.actors:
        cells = [actor, described.get(actor, ""), plain(by_issue[0][actor].capability)]
        for issue, stands in zip(table.issues, by_issue, strict=True):
            stand = stands[actor]
            cells += [plain(stand.position), plain(issue.salience_of_100(stand))]
        rows.append(cells)
    return csv_text(rows)
