"""The cells of a design, each loaded: levels that do not go together, and factors that act otherwise in some cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from sim.app.scenarios import Scenario
from sim.scenario import ScenarioError
from sim.scenario.sampling.steering import written_number
from sim.scenario.schema.numbers import Number
from sim.scenario.source.problems import Report, listing, show
from sim.sweep.check_design import Factors
from sim.sweep.compare_line import moved, with_levels
from sim.sweep.design import DesignCell, NumberFactor, StructureFactor
from sim.sweep.level_checks import differences, gist, note_problems
from sim.types.arrays import Floats

Levels = dict[NumberFactor, float]
"""Number factors and their levels, at one point."""
_WHERE = ("factors",)
MOST_LOADED = 64
"""Cells that stay loaded as long as the design is there."""


def make_cells(
    base: Scenario, factors: Factors, formats: Sequence[str], levels: Floats, *, report: Report
) -> tuple[DesignCell, ...]:
    """All combinations of structure levels, loaded and checked, at some of the levels [N, K] of the number factors.

    Each way in which levels do not go together is noted once, and of cells in which numbers move otherwise the first.
    """
    rows = [dict(zip(factors.numbers, row, strict=True)) for row in _telling(levels)] if factors.numbers else []
    structure, noted, n_before = factors.structure, set[Any](), len(report.problems)
    cells: list[DesignCell] = []
    for combination in product(*(factor.levels for factor in structure)):
        scenario, under = with_levels(base, structure, combination), named_levels(structure, combination)
        try:
            _ = scenario.resolved
        except ScenarioError as error:
            fresh = [problem for problem in error.problems if gist(problem) not in noted]
            noted |= {gist(problem) for problem in fresh}
            note_problems(fresh, _WHERE, report, under=under)
        if len(report.problems) == n_before:
            _check_cell(scenario, rows, formats, under=under, report=report)
        # what was loaded is let go where there are many: each would be held as long as the design
        cells.append(DesignCell(combination, scenario if len(cells) < MOST_LOADED else replace(scenario)))
    return tuple(cells)


def named_levels(structure: Sequence[StructureFactor], levels: Sequence[Any]) -> str:
    """Levels of structure factors in words."""
    pairs = zip(structure, levels, strict=True)
    return ", ".join(f"{factor.name}: {'none' if level is None else show(level)}" for factor, level in pairs)


def _telling(levels: Floats) -> list[list[float]]:
    """Rows of levels [N, K] at which most may be wrong: the lowest of all together, the highest, and the first."""
    spans = np.ptp(levels, axis=0)
    heights = ((levels - levels.min(axis=0)) / np.where(spans > 0.0, spans, 1.0)).sum(axis=1)
    return [levels[row].tolist() for row in dict.fromkeys((heights.argmin(), heights.argmax(), 0))]


def _check_cell(
    scenario: Scenario, rows: Sequence[Levels], formats: Sequence[str], *, under: str, report: Report
) -> None:
    """Whether all formats are there, and the number factors move the same numbers as elsewhere."""
    known = [*scenario.resolved.formats, *scenario.resolved.tracks]
    for name in formats:
        if name not in known:
            report.add(("formats",), "a format is not there at some levels", f"'{name}' with {under}", known, word=name)
    for row in rows:
        shown = [f"{factor.name}: {level:.4g}" for factor, level in row.items() if factor.steering.targets]
        _check_moved(scenario, row, report, ", ".join(filter(None, (under, listing(shown)))))


def _check_moved(scenario: Scenario, row: Levels, report: Report, words: str) -> None:
    before = scenario.resolved
    lost = [(factor, path) for factor in row for path in factor.steering.targets if path not in before.numbers]
    if lost:
        _note_other(*lost[0], words, report)
        return
    try:
        after = moved(scenario, [*row], [*row.values()]).resolved
    except ScenarioError as error:
        note_problems(error.problems, _WHERE, report, under=words)
        return
    found = differences(before, after)
    expected = {path for factor in row for path in factor.steering.targets}
    extra = [path for path in (*found.others, *found.numbers) if path not in expected]
    if extra:
        seen = f"{listing(extra)}, with {words}"
        report.add(_WHERE, "factors together change what none changes alone", seen, "numbers that each moves alone")
    for factor, level in row.items():
        for path in factor.steering.targets:
            if path not in after.numbers or not _is_at(after.numbers[path], before.numbers[path], factor, level):
                _note_other(factor, path, words, report)
                break


def _is_at(number: Number, before: Number, factor: NumberFactor, level: float) -> bool:
    """Whether a number stands where the level puts it."""
    expected = Number.model_validate(written_number(before, factor.steering.kind, level))
    return (number.kind, number.form) == (expected.kind, expected.form)


def _note_other(factor: NumberFactor, path: str, words: str, report: Report) -> None:
    seen = f"{path}, with {words}"
    allowed = "numbers that the factor moves alike at all levels of the others"
    report.add((*_WHERE, factor.name), "the factor does not move its numbers everywhere", seen, allowed)
