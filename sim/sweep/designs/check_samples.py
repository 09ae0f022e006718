"""The samples of a design against its factors: rows of lists, levels that a grid lacks, and how much it all is."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from sim.scenario.source.problems import Path as Place
from sim.scenario.source.problems import Report, listing, show
from sim.scenario.source.yaml_text import core_scalar
from sim.sweep.design import NumberFactor
from sim.sweep.designs.check_design import Factors
from sim.sweep.designs.samples import is_open, n_rows
from sim.sweep.designs.written_design import MOST_POINTS, DesignFile, GridSample, is_plain_number

MOST_CELLS = 10_000
"""Combinations of structure levels, each of which is loaded."""


def sample_place(written: DesignFile, index: int, sort: str) -> Place:
    """Where a sample stands in the design file."""
    return ("sample", str(index), sort) if isinstance(written.sample, tuple) else ("sample", sort)


def read_rows(file: Path, place: Place, report: Report) -> list[dict[str, Any]]:
    """The rows of a CSV file, numbers as numbers; the line of each is put on record."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            head = [name.strip() for name in next(reader, [])]
            numbered = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        report.add(place, "the list cannot be read", f"'{file}': {error}", "a CSV file in UTF-8")
        return []
    report.lines[*place, "head"], report.files[*place, "head"] = 1, str(file)
    twice = [name for name in dict.fromkeys(head) if head.count(name) > 1]
    if not numbered or twice:
        seen = f"column '{twice[0]}' twice" if twice else f"'{file}' without rows"
        report.add((*place, "head"), "the list cannot be read", seen, "names of factors, then a row a point")
    rows = list[dict[str, Any]]()
    for line, cells in numbered:
        here = (*place, str(len(rows)))
        report.lines[here], report.files[here] = line, str(file)
        if len(cells) != len(head):
            report.add(here, "a row has other cells than the head", f"{len(cells)} cells", f"{len(head)} cells")
        rows.append({name: core_scalar(cell.strip()) for name, cell in zip(head, cells, strict=False)})
    return rows


def check_rows(
    rows: Sequence[Mapping[str, Any]], place: Place, factors: Sequence[NumberFactor], report: Report
) -> None:
    """Notes columns that are no number factor or are missing, and cells outside what is swept."""
    known = {factor.name: factor for factor in factors}
    places = {name: (*place, str(index), name) for index, row in reversed([*enumerate(rows)]) for name in row}
    head = (*place, "head")
    for name, first in places.items():
        if name not in known:
            where = head if head in report.lines else first
            report.add(where, "no number factor has the name of the column", f"'{name}'", [*known], word=name)
    for (index, row), (name, factor) in product(enumerate(rows), known.items()):
        if name not in row and factor.steering.targets:
            report.add((*place, str(index)), "a factor has no level", f"no '{name}'", "a number for each factor")
        elif name in row and not _is_swept(row[name], factor):
            report.add((*place, str(index), name), "not a level of the factor", show(row[name]), _swept(factor))


def _is_swept(level: object, factor: NumberFactor) -> bool:
    if not isinstance(level, int | float) or not is_plain_number(level):
        return False
    if factor.levels:
        return level in factor.levels
    return factor.low < level < factor.high if is_open(factor) else factor.low <= level <= factor.high


def _swept(factor: NumberFactor) -> str:
    if factor.levels:
        return "one of " + ", ".join(f"{level:g}" for level in factor.levels)
    if is_open(factor):
        return f"a number between {factor.low:g} and {factor.high:g}"
    return f"a number from {factor.low:g} to {factor.high:g}"


def check_samples(written: DesignFile, factors: Factors, report: Report) -> None:
    """Notes samples that cannot be made of these factors, and designs that are too large."""
    total, numbers = 0, factors.numbers
    for index, sample in enumerate(written.samples):
        sort, part = next((name, part) for name, part in sample if part is not None)
        place = sample_place(written, index, "list" if sort == "listed" else sort)
        if sort == "listed":
            check_rows(part, place, numbers, report)
        elif sort == "grid":
            _check_grid(part, factors, place, report)
        if sort != "grid" and not any(factor.steering.targets for factor in numbers):
            report.add(place, "the sample has no number factor to move", sort, "a grid, or a factor that moves numbers")
        total += n_rows(sample, numbers, factors.points)
    n_cells = math.prod(len(factor.levels) for factor in factors.structure)
    if total * n_cells > MOST_POINTS or n_cells > MOST_CELLS:
        seen = f"{n_cells} cells x {total} points"
        allowed = f"at most {MOST_POINTS} points in all, and {MOST_CELLS} cells"
        report.add(("sample",), "the design is too large", seen, allowed)


def _check_grid(grid: GridSample, factors: Factors, place: Place, report: Report) -> None:
    swept = [factor.name for factor in factors.numbers if factor.steering.targets and not factor.levels]
    unsaid = [name for name in swept if name not in factors.points]
    if unsaid and grid.points is None:
        allowed = "points of the grid or of the factor, or levels"
        report.add(place, "the grid does not say how many levels a factor takes", listing(unsaid), allowed)
