"""Rows of a CSV file with their line numbers, numbers in them, and everything that is wrong with them at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.scenario.source.errors import Problem, ScenarioError, show


@dataclass(frozen=True)
class Row:
    """One record; `line` counts from 1 and is where the record begins."""

    line: int
    cells: tuple[str, ...]


@dataclass
class Told:
    """Collects what is wrong, which stops the import, and what the reader should know, which does not."""

    file: str
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[str] = field(default_factory=list[str])

    def wrong(self, line: int | None, column: str, message: str, *, seen: str = "", allowed: str = "") -> None:
        """Note a problem of one line."""
        self.problems.append(Problem(self.file, line, column, seen, allowed, message))

    def stop_if_any(self) -> None:
        """Raise what was collected.

        Raises:
            ScenarioError: if there is at least one problem.
        """
        if self.problems:
            raise ScenarioError(sorted(self.problems, key=lambda one: (one.line is None, one.line or 0)))


def read_rows(path: Path, told: Told) -> tuple[Row, ...]:
    """Records of a comma-separated file, cells stripped, empty lines left out.

    Raises:
        ScenarioError: there is no such file, it is not UTF-8, or a quotation is not closed.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        told.wrong(None, "", "there is no such file")
    except UnicodeDecodeError as error:
        told.wrong(None, "", "the file is not text in UTF-8", seen=f"byte {error.start}", allowed="UTF-8")
    told.stop_if_any()
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cell.strip() for cell in cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        told.wrong(line, "", f"the line cannot be read: {error}", allowed="comma-separated, quotations closed")
    if not rows:
        told.wrong(None, "", "the file is empty")
    told.stop_if_any()
    return tuple(rows)


def number(
    text: str, line: int, column: str, told: Told, *, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """A finite number from `low` to `high`, or None with a problem noted."""
    allowed = _interval(low, high)
    if not text:
        told.wrong(line, column, "a number is missing", seen="nothing", allowed=allowed)
        return None
    try:
        value = float(text)
    except ValueError:
        told.wrong(line, column, "not a number", seen=show(text), allowed=allowed)
        return None
    if not (math.isfinite(value) and low <= value <= high):
        told.wrong(line, column, "a number out of range", seen=show(text), allowed=allowed)
        return None
    return value


def optional_number(
    text: str, line: int, column: str, told: Told, *, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """Like `number`, but an empty cell is no problem."""
    return number(text, line, column, told, low=low, high=high) if text else None


def _interval(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return "a number"
    return f"a number, {low:g} or more" if math.isinf(high) else f"a number, {low:g} to {high:g}"


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as comma-separated text with plain line ends."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
