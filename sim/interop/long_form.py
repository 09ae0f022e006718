"""The long form: a row for every actor on every issue.

Columns `issue, actor, position, salience, capability` are needed; `proposal` (the issue itself if left out), `wave`,
`procedure`, `voting_rule`, `reference_point` and `outcome` are read if there. What belongs to an issue must be the same
in all its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.interop.rows import Row, Told, csv_text, number, optional_number
from sim.interop.voting_rules import ALLOWED, is_known
from sim.scenario.preparation.grid import plain
from sim.scenario.source.errors import closest, show
from sim.types import PositionTable, SpatialIssue, Stand

NEEDED = ("issue", "actor", "position", "salience", "capability")
COLUMNS = (
    "proposal",
    "issue",
    "wave",
    "procedure",
    "voting_rule",
    "actor",
    "position",
    "salience",
    "capability",
    "reference_point",
    "outcome",
)
_OF_ISSUE = ("wave", "procedure", "voting_rule", "reference_point", "outcome")
_Key = tuple[str, str]


@dataclass
class _Gathered:
    """Rows of one issue so far."""

    line: int
    shared: dict[str, str]
    numbers: dict[str, float | None]
    stands: dict[str, tuple[int, Stand]] = field(default_factory=dict[str, tuple[int, Stand]])


def read_long(rows: tuple[Row, ...], told: Told, scale: tuple[float, float]) -> PositionTable:
    """Read the long form.

    Args:
        rows: of the file, the header first.
        told: collects what is wrong.
        scale: ends that positions must lie between.

    Raises:
        ScenarioError: a column is missing.
    """
    at = _columns(rows[0], told)
    found: dict[_Key, _Gathered] = {}
    for row in rows[1:]:
        if len(row.cells) != len(rows[0].cells):
            seen, allowed = f"{len(row.cells)} cells", f"{len(rows[0].cells)}, as in the header"
            told.wrong(row.line, "", "a row of another length than the header", seen=seen, allowed=allowed)
            continue
        _add(row, {name: row.cells[k] for name, k in at.items()}, found, told, scale=scale)
    if len(rows) == 1:
        told.wrong(rows[0].line, "", "there is no row below the header")
    issues = tuple(_issue(key, one, scale) for key, one in found.items())
    return PositionTable(issues)


def _columns(header: Row, told: Told) -> dict[str, int]:
    names = [cell.lower().replace(" ", "_") for cell in header.cells]
    for name in NEEDED:
        if name not in names:
            near = closest(name, [one for one in names if one and one not in COLUMNS])
            seen = f"'{near}'" if near else ", ".join(names)
            told.wrong(header.line, name, "a column is missing", seen=seen, allowed=", ".join(COLUMNS))
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            told.wrong(header.line, name, "a column stands twice", allowed="each column once")
        elif name not in COLUMNS:
            told.notes.append(f"Column {show(name)} is not read; known are {', '.join(COLUMNS)}.")
    told.stop_if_any()
    return {name: names.index(name) for name in COLUMNS if name in names}


def _add(
    row: Row, cells: dict[str, str], found: dict[_Key, _Gathered], told: Told, *, scale: tuple[float, float]
) -> None:
    """Take one row in."""
    for name in ("issue", "actor"):
        if not cells[name]:
            told.wrong(row.line, name, "a name is missing", seen="nothing", allowed="any text")
    position = number(cells["position"], row.line, "position", told, low=scale[0], high=scale[1])
    salience = number(cells["salience"], row.line, "salience", told, low=0.0, high=100.0)
    capability = number(cells["capability"], row.line, "capability", told, low=0.0)
    key = (cells.get("proposal") or cells["issue"], cells["issue"])
    if key not in found:
        found[key] = _open(row, cells, told, scale)
    issue = found[key]
    _check_shared(row, cells, issue, told)
    if position is None or salience is None or capability is None or not all(key) or not cells["actor"]:
        return
    stand = Stand(cells["actor"], position, salience, capability)
    if stand.actor not in issue.stands:
        issue.stands[stand.actor] = (row.line, stand)
        return
    line, first = issue.stands[stand.actor]
    what = f"{show(stand.actor)} on {show(key[1])}"
    if first == stand:
        told.notes.append(f"Line {row.line} repeats line {line} ({what}): counted once.")
    else:
        told.wrong(row.line, "actor", f"a second row of {what}, unlike that of line {line}", allowed="one row each")


def _open(row: Row, cells: dict[str, str], told: Told, scale: tuple[float, float]) -> _Gathered:
    """Begin an issue with what its first row says of it."""
    shared = {name: cells.get(name, "") for name in _OF_ISSUE}
    if not is_known(shared["voting_rule"]):
        seen = show(shared["voting_rule"])
        told.wrong(row.line, "voting_rule", "a voting rule that is not known", seen=seen, allowed=ALLOWED)
    numbers = {
        name: optional_number(shared[name], row.line, name, told, low=scale[0], high=scale[1])
        for name in ("reference_point", "outcome")
    }
    return _Gathered(row.line, shared, numbers)


def _check_shared(row: Row, cells: dict[str, str], issue: _Gathered, told: Told) -> None:
    for name in _OF_ISSUE:
        if cells.get(name, "") != issue.shared[name]:
            allowed = f"{show(issue.shared[name])}, as in line {issue.line}"
            told.wrong(row.line, name, "not the same in all rows of its issue", seen=show(cells[name]), allowed=allowed)


def _issue(key: _Key, one: _Gathered, scale: tuple[float, float]) -> SpatialIssue:
    return SpatialIssue(
        proposal=key[0],
        id=key[1],
        stands=tuple(stand for _, stand in one.stands.values()),
        low=scale[0],
        high=scale[1],
        wave=one.shared["wave"],
        procedure=one.shared["procedure"],
        voting_rule=one.shared["voting_rule"],
        reference_point=one.numbers["reference_point"],
        outcome=one.numbers["outcome"],
    )


def long_text(table: PositionTable) -> str:
    """A table in the long form; salience out of 100. Descriptions of actors have no place in it."""
    rows: list[list[str]] = [list(COLUMNS)]
    for issue in table.issues:
        reference, outcome = ("" if one is None else plain(one) for one in (issue.reference_point, issue.outcome))
        for stand in issue.stands:
            numbers = (stand.position, issue.salience_of_100(stand), stand.capability)
            head = [issue.proposal, issue.id, issue.wave, issue.procedure, issue.voting_rule, stand.actor]
            rows.append([*head, *(plain(one) for one in numbers), reference, outcome])
    return csv_text(rows)
