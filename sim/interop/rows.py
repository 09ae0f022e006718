"""Rows of a CSV file with their line numbers, numbers in them, and everything that is wrong with them at once."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sim.scenario.checks.whole_file import LARGEST, SMALLEST
from sim.scenario.source.problems import LONGEST_NAME, Problem, Report, fault_of_name, show
from sim.types import Stand
from sim.types.csv_cells import harmless, number_of, without_apostrophe

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
    decimal_comma: bool = False
    """Whether a comma in a number is read as the decimal point."""

    def wrong(self, line: int | None, column: str, message: str, *, seen: str = "", allowed: str = "") -> None:
        """Note a problem of one line."""
        self.problems.append(Problem(self.file, line, column, seen, allowed, message))


def read_rows(path: Path, report: TableReport) -> tuple[Row, ...]:
    """Records of a file of cells, stripped, empty lines left out; what is assumed of its form is noted.

    Cells may be separated by commas, semicolons or tabs, numbers may have a decimal comma, the text may be UTF-8,
    UTF-16 with a mark of byte order, or Windows-1252; a first line `sep=;`, as spreadsheets write it, is understood.

    Raises:
        ScenarioError: there is no such file, a quotation is not closed, or a cell holds what cannot be shown.
    """
    raw = b""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        report.wrong(None, "", "there is no such file")
    except IsADirectoryError:
        report.wrong(None, "", "this is a folder", allowed="a table (CSV)")
    report.stop_if_any()
    text = _decoded(raw, report)
    separator, first = _separator(text, report)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and line >= first:
                rows.append(Row(line, tuple(_cell(cell, line, report) for cell in cells)))
            line = reader.line_num + 1
    except csv.Error:
        report.wrong(line, "", "the line cannot be read: a quotation is not closed", allowed='"text", with "" for a "')
    if not rows:
        report.wrong(None, "", "the file is empty")
    report.stop_if_any()
    _note_decimals(rows, report)
    return tuple(rows)


_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t])"?\s*')
_COMMA_NUMBER = re.compile(r"[-+]?[0-9]+,[0-9]+")
_THOUSANDS = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+")


def _decoded(raw: bytes, report: TableReport) -> str:
    name, words = "utf-8-sig", ""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name, words = "utf-16", "UTF-16"
    try:
        text = raw.decode(name)
    except UnicodeDecodeError:
        words, text = "Windows-1252", raw.decode("cp1252", errors="replace")
    if words:
        report.notes.append(f"The text is not UTF-8: it is read as {words}. Check the names.")
    return text


def _separator(text: str, report: TableReport) -> tuple[str, int]:
    """What separates cells, and the line on which they begin."""
    head, _, rest = text.partition("\n")
    named = _SEPARATOR_LINE.fullmatch(head)
    if named:
        report.notes.append(f"Line 1, {show(head.strip())}, names the separator and is no data.")
        return named[1], 2
    heading = (head.strip() and head) or rest.lstrip().partition("\n")[0]
    separator = max(_SEPARATORS, key=heading.count)
    if separator != ",":
        report.notes.append(f"Cells are read as separated by {_SEPARATORS[separator]}.")
    return separator, 1


def _cell(text: str, line: int, report: TableReport) -> str:
    """A cell without blanks around it, nor the apostrophe that keeps a spreadsheet from calculating."""
    cell = text.strip()
    problem = fault_of_name(" ".join(cell.split())[:LONGEST_NAME]) if cell else None
    if problem is not None:
        report.wrong(line, "", problem[0].replace("name", "cell"), seen=show(cell), allowed=problem[1])
    return without_apostrophe(cell)


def _note_decimals(rows: Sequence[Row], report: TableReport) -> None:
    """Reads commas in numbers as decimal points where no number has a point and not all look like thousands."""
    cells = [cell for row in rows for cell in row.cells]
    commas = [cell for cell in cells if _COMMA_NUMBER.fullmatch(cell)]
    if any("." in cell and number_of(cell) is not None for cell in cells) or all(map(_THOUSANDS.fullmatch, commas)):
        return
    report.decimal_comma = True
    report.notes.append(f"Numbers have a decimal comma: {commas[0]} is read as {commas[0].replace(',', '.')}.")


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
    check_name(cells["actor"], row.line, "actor", report)
    low, high = scale or (-math.inf, math.inf)
    position = number(cells["position"], row.line, "position", report, low=low, high=high)
    salience = number(cells["salience"], row.line, "salience", report, low=0.0, high=100.0)
    capability = number(cells["capability"], row.line, "capability", report, low=0.0)
    if position is None or salience is None or capability is None or not cells["actor"]:
        return None
    return Stand(cells["actor"], position, salience, capability)


def check_name(name: str, line: int, column: str, report: TableReport) -> None:
    """Notes a name that is missing, or that no scenario may have."""
    message, allowed = ("a name is missing", "any text") if not name else fault_of_name(name) or ("", "")
    if message:
        report.wrong(line, column, message, seen=show(name) if name else "nothing", allowed=allowed)


def number(
    text: str, line: int, column: str, report: TableReport, *, low: float = -math.inf, high: float = math.inf
) -> float | None:
    """A number from `low` to `high` that a scenario may hold, or None with a problem noted."""
    allowed = f"a number, at most {LARGEST:g} in size"
    if math.isfinite(low):
        allowed = f"a number, {low:g} or more" if math.isinf(high) else f"a number, {low:g} to {high:g}"
    if not text:
        report.wrong(line, column, "a number is missing", seen="nothing", allowed=allowed)
        return None
    pointed = text.replace(",", ".") if report.decimal_comma and _COMMA_NUMBER.fullmatch(text) else text
    value = number_of(pointed)
    if value is None:
        thousands = ", without separators of thousands" if _THOUSANDS.fullmatch(text) or "_" in text else ""
        report.wrong(line, column, "not a number", seen=show(text), allowed=allowed + thousands)
        return None
    if not low <= value <= high or abs(value) > LARGEST or 0 < abs(value) < SMALLEST:
        report.wrong(line, column, "a number out of range", seen=show(text), allowed=allowed)
        return None
    return value


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as comma-separated text with plain line ends, no cell a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
