"""Rows of a CSV file with their line numbers, numbers in them, and everything that is wrong with them at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sim.scenario.source.errors import Problem, Report, show
from sim.types import Stand

T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One record; `line` counts from 1 and is where the record begins."""

    line: int
    cells: tuple[str, ...]


@dataclass
class TableReport(Report):
    """Collects what is wrong with a table, which stops the import, and what the reader should know, which does not."""

    notes: list[str] = field(default_factory=list[str])

    def wrong(self, line: int | None, column: str, message: str, *, seen: str = "", allowed: str = "") -> None:
        """Note a problem of one line."""
        self.problems.append(Problem(self.file, line, column, seen, allowed, message))


def read_rows(path: Path, report: TableReport) -> tuple[Row, ...]:
    """Records of a comma-separated file, cells stripped, empty lines left out.

    Raises:
        ScenarioError: there is no such file, it is not UTF-8, or a quotation is not closed.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        report.wrong(None, "", "there is no such file")
    except UnicodeDecodeError as error:
        report.wrong(None, "", "the file is not text in UTF-8", seen=f"byte {error.start}", allowed="UTF-8")
    report.stop_if_any()
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        report.wrong(line, "", f"the line cannot be read: {error}", allowed="comma-separated, quotations closed")
    if not rows:
        report.wrong(None, "", "the file is empty")
    report.stop_if_any()
    return tuple(rows)


def has_length(row: Row, cells: Sequence[str], length: int, report: TableReport, *, head: str = "header") -> bool:
    """Whether a row is as long as the heading; noted as a problem where not."""
    if len(cells) != length:
        seen, allowed = f"{len(cells)} cells", f"{length}, as in the {head}"
        report.wrong(row.line, "", f"a row of another length than the {head}", seen=seen, allowed=allowed)
    return len(cells) == length


def is_first(row: Row, content: T, seen: dict[str, tuple[int, T]], report: TableReport, *, key: str, what: str) -> bool:
    """Whether a key comes for the first time in `seen`, which remembers its line and content.

    A row that says the same again is noted, one that says something else is a problem.
    """
    if key not in seen:
        seen[key] = (row.line, content)
        return True
    line, first = seen[key]
    if first == content:
        report.notes.append(f"Line {row.line} repeats line {line} ({what}): counted once.")
    else:
        message = f"a second row of {what}, unlike that of line {line}"
        report.wrong(row.line, "actor", message, allowed="one row each")
    return False


def read_stand(
    row: Row, cells: Mapping[str, str], report: TableReport, scale: tuple[float, float] | None
) -> Stand | None:
    """Actor, position, salience and capability of a row; None, and problems noted, where one cannot be read."""
    if not cells["actor"]:
        report.wrong(row.line, "actor", "a name is missing", seen="nothing", allowed="any text")
    low, high = scale or (-math.inf, math.inf)
    position = number(cells["position"], row.line, "position", report, low=low, high=high)
    salience = number(cells["salience"], row.line, "salience", report, low=0.0, high=100.0)
    capability = number(cells["capability"], row.line, "capability", report, low=0.0)
    if position is None or salience is None or capability is None or not cells["actor"]:
        return None
    return Stand(cells["actor"], position, salience, capability)


def number(
    text: str, line: int, column: str, report: TableReport, *, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """A finite number from `low` to `high`, or None with a problem noted."""
    allowed = "a number"
    if math.isfinite(low):
        allowed = f"a number, {low:g} or more" if math.isinf(high) else f"a number, {low:g} to {high:g}"
    if not text:
        report.wrong(line, column, "a number is missing", seen="nothing", allowed=allowed)
        return None
    try:
        value = float(text)
    except ValueError:
        report.wrong(line, column, "not a number", seen=show(text), allowed=allowed)
        return None
    if not (math.isfinite(value) and low <= value <= high):
        report.wrong(line, column, "a number out of range", seen=show(text), allowed=allowed)
        return None
    return value


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as comma-separated text with plain line ends."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
