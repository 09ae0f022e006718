"""The long form: a row for every actor on every issue.

Columns `issue, actor, position, salience, capability` are needed; `proposal` (the issue itself if left out), `wave`,
`procedure`, `voting_rule`, `reference_point` and `outcome` are read if there. What belongs to an issue must be the same
in all its rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sim.interop.rows import Row, TableReport, check_name, csv_text, has_length, is_first, number, read_stand
from sim.interop.voting_rules import ALLOWED, is_known
from sim.scenario.preparation.grid import plain
from sim.scenario.source.problems import closest, show
from sim.types import PositionTable, SpatialIssue, Stand

NEEDED = ("issue", "actor", "position", "salience", "capability")
COLUMNS = (
    *("proposal", "issue", "wave", "procedure", "voting_rule"),
    *("actor", "position", "salience", "capability", "reference_point", "outcome"),
)
_OF_ISSUE = ("wave", "procedure", "voting_rule", "reference_point", "outcome")
_Key = tuple[str, str]


@dataclass
class _IssueRows:
    """Rows of one issue so far."""

    line: int
    shared: dict[str, str]
    numbers: dict[str, float | None]
    stands: dict[str, tuple[int, Stand]] = field(default_factory=dict[str, tuple[int, Stand]])


def read_long(rows: tuple[Row, ...], report: TableReport, scale: tuple[float, float]) -> PositionTable:
    """Read the long form; positions must lie between the ends of the scale.

    Raises:
        ScenarioError: a column is missing.
    """
    place = _columns(rows[0], report)
    issues: dict[_Key, _IssueRows] = {}
    for row in rows[1:]:
        if has_length(row, row.cells, len(rows[0].cells), report):
            _add(row, {name: row.cells[k] for name, k in place.items()}, issues, report, scale=scale)
    if len(rows) == 1:
        report.wrong(rows[0].line, "", "there is no row below the header")
    return PositionTable(tuple(_issue(key, issue, scale) for key, issue in issues.items()))


def _columns(header: Row, report: TableReport) -> dict[str, int]:
    names = [cell.lower().replace(" ", "_") for cell in header.cells]
    for name in NEEDED:
        if name not in names:
            near = closest(name, [known for known in names if known and known not in COLUMNS])
            seen = f"'{near}'" if near else ", ".join(names)
            report.wrong(header.line, name, "a column is missing", seen=seen, allowed=", ".join(COLUMNS))
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            report.wrong(header.line, name, "a column stands twice", allowed="each column once")
        elif name not in COLUMNS:
            report.notes.append(f"Column {show(name)} is not read; known are {', '.join(COLUMNS)}.")
    report.stop_if_any()
    return {name: names.index(name) for name in COLUMNS if name in names}


def _add(
    row: Row, cells: dict[str, str], issues: dict[_Key, _IssueRows], report: TableReport, *, scale: tuple[float, float]
) -> None:
    check_name(cells["issue"], row.line, "issue", report)
    stand = read_stand(row, cells, report, scale)
    key = (cells.get("proposal") or cells["issue"], cells["issue"])
    if key not in issues:
        issues[key] = _open(row, cells, report, scale)
    issue = issues[key]
    for name in _OF_ISSUE:
        if cells.get(name, "") != issue.shared[name]:
            seen, allowed = show(cells[name]), f"{show(issue.shared[name])}, as in line {issue.line}"
            report.wrong(row.line, name, "not the same in all rows of its issue", seen=seen, allowed=allowed)
    if stand is not None and all(key):
        what = f"{show(stand.actor)} on {show(key[1])}"
        is_first(row, stand, issue.stands, report, key=stand.actor, what=what)


def _open(row: Row, cells: dict[str, str], report: TableReport, scale: tuple[float, float]) -> _IssueRows:
    """Begin an issue with what its first row says of it."""
    shared = {name: cells.get(name, "") for name in _OF_ISSUE}
    if not is_known(shared["voting_rule"]):
        seen = show(shared["voting_rule"])
        report.wrong(row.line, "voting_rule", "a voting rule that is not known", seen=seen, allowed=ALLOWED)
    low, high = scale
    numbers = {
        name: number(shared[name], row.line, name, report, low=low, high=high) if shared[name] else None
        for name in ("reference_point", "outcome")
    }
    return _IssueRows(row.line, shared, numbers)


def _issue(key: _Key, rows: _IssueRows, scale: tuple[float, float]) -> SpatialIssue:
    stands = tuple(stand for _, stand in rows.stands.values())
    of_issue: dict[str, Any] = rows.shared | rows.numbers
    return SpatialIssue(*key, stands, low=scale[0], high=scale[1], **of_issue)


def long_text(table: PositionTable) -> str:
    """A table in the long form; salience out of 100. Descriptions of actors have no place in it."""
    rows: list[list[str]] = [list(COLUMNS)]
    for issue in table.issues:
        head = [issue.proposal, issue.id, issue.wave, issue.procedure, issue.voting_rule]
        tail = ["" if value is None else plain(value) for value in (issue.reference_point, issue.outcome)]
        for stand in issue.stands:
            numbers = (stand.position, issue.salience_of_100(stand), stand.capability)
            rows.append([*head, stand.actor, *map(plain, numbers), *tail])
    return csv_text(rows)
