"""The cells of a design, each loaded: levels that do not go together, and factors that act otherwise in some cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from sim.app.scenarios import Scenario
from sim.scenario import ResolvedScenario, ScenarioError
from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.sampling.steering import written_number
from sim.scenario.schema.numbers import Number
from sim.scenario.source.problems import Report, listing, show
from sim.sweep.design import DesignCell, NumberFactor, StructureFactor
from sim.sweep.designs.check_design import Factors
from sim.sweep.designs.compare_line import moved, with_levels
from sim.sweep.designs.level_checks import differences, gist, note_problems
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
    check = _CellCheck(rows, formats, report, {factor: "" for factor in factors.numbers if factor.steering.targets})
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
            check.cell(scenario, under)
        # what was loaded is let go where there are many: each would be held as long as the design
        cells.append(DesignCell(combination, scenario if len(cells) < MOST_LOADED else replace(scenario)))
    if len(report.problems) == n_before:
        check.note_unread()
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


@dataclass
class _CellCheck:
    """Checks cell after cell at some rows of levels."""

    rows: Sequence[Levels]
    formats: Sequence[str]
    report: Report
    unread: dict[NumberFactor, str]
    """Why nothing reads the numbers of a factor, so far in every cell."""

    def cell(self, scenario: Scenario, under: str) -> None:
        """Whether all formats are there, and the number factors move the same numbers as elsewhere."""
        known = [*scenario.resolved.formats, *scenario.resolved.tracks]
        for name in self.formats:
            if name not in known:
                seen = f"'{name}' with {under}"
                self.report.add(("formats",), "a format is not there at some levels", seen, known, word=name)
        for row in self.rows:
            shown = [f"{factor.name}: {level:.4g}" for factor, level in row.items() if factor.steering.targets]
            self._row(scenario, row, ", ".join(filter(None, (under, listing(shown)))))

    def _row(self, scenario: Scenario, row: Levels, words: str) -> None:
        before = scenario.resolved
        lost = [(factor, path) for factor in row for path in factor.steering.targets if path not in before.numbers]
        if lost:
            self._note_other(*lost[0], words)
            return
        try:
            after = moved(scenario, [*row], [*row.values()]).resolved
        except ScenarioError as error:
            note_problems(error.problems, _WHERE, self.report, under=words)
            return
        found = differences(before, after)
        expected = {path for factor in row for path in factor.steering.targets}
        extra = [path for path in (*found.others, *found.numbers) if path not in expected]
        if extra:
            seen, allowed = f"{listing(extra)}, with {words}", "numbers that each moves alone"
            self.report.add(_WHERE, "factors together change what none changes alone", seen, allowed)
        for factor, level in row.items():
            wrong = [path for path in factor.steering.targets if not _is_at(before, after, path, (factor, level))]
            if wrong:
                self._note_other(factor, wrong[0], words)
        self._see_read(after)

    def _note_other(self, factor: NumberFactor, path: str, words: str) -> None:
        allowed = "numbers that the factor moves alike at all levels of the others"
        place, message = (*_WHERE, factor.name), "the factor does not move its numbers everywhere"
        self.report.add(place, message, f"{path}, with {words}", allowed)

    def _see_read(self, resolved: ResolvedScenario) -> None:
        """Crosses off the factors of which something reads a number."""
        reasons = idle(resolved) if self.unread else {}
        for factor in [*self.unread]:
            if all(path in reasons for path in factor.steering.targets):
                self.unread[factor] = reasons[factor.steering.targets[0]]
            else:
                del self.unread[factor]

    def note_unread(self) -> None:
        """Notes the factors of which nothing reads a number in any cell."""
        for factor, why in self.unread.items():
            seen, allowed = listing(factor.steering.targets, 4), f"numbers that something reads ({why})"
            self.report.add((*_WHERE, factor.name), "the factor changes nothing that is played", seen, allowed)


def _is_at(before: ResolvedScenario, after: ResolvedScenario, path: str, at: tuple[NumberFactor, float]) -> bool:
    """Whether a number stands where the level puts it."""
    factor, level = at
    expected = Number.model_validate(written_number(before.numbers[path], factor.steering.kind, level))
    number = after.numbers.get(path)
    return number is not None and (number.kind, number.form) == (expected.kind, expected.form)
