"""The cells of a design, each loaded: levels that do not go together, and factors that act otherwise in some cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from sim.app.scenarios import Scenario
from sim.scenario import ScenarioError
from sim.scenario.sampling.steering import written_number
from sim.scenario.schema.numbers import Number
from sim.scenario.source.problems import Report, listing, show
from sim.sweep.compare_line import moved, with_levels
from sim.sweep.design import DesignCell, NumberFactor, StructureFactor
from sim.sweep.level_checks import differences, gist, note_problems
from sim.sweep.samples import even_levels, middle

_WHERE = ("factors",)


def make_cells(base: Scenario, structure: Sequence[StructureFactor], report: Report) -> tuple[DesignCell, ...]:
    """All combinations of structure levels that can be loaded; each way in which levels do not agree is noted once."""
    cells, noted = list[DesignCell](), set[Any]()
    for levels in product(*(factor.levels for factor in structure)):
        cell = DesignCell(levels, with_levels(base, structure, levels))
        try:
            _ = cell.scenario.resolved
            cells.append(cell)
        except ScenarioError as error:
            fresh = [problem for problem in error.problems if gist(problem) not in noted]
            noted |= {gist(problem) for problem in fresh}
            note_problems(fresh, _WHERE, report, under=named_levels(structure, levels))
    return tuple(cells)


def named_levels(structure: Sequence[StructureFactor], levels: Sequence[Any]) -> str:
    """Levels of structure factors in words."""
    pairs = zip(structure, levels, strict=True)
    return ", ".join(f"{factor.name}: {'none' if level is None else show(level)}" for factor, level in pairs)


def check_cell(
    cell: DesignCell, numbers: Sequence[NumberFactor], formats: Sequence[str], *, under: str, report: Report
) -> None:
    """Whether all formats are there, and all number factors, at their ends and middles, move the same numbers there."""
    resolved = cell.scenario.resolved
    known = [*resolved.formats, *resolved.tracks]
    for name in formats:
        if name not in known:
            report.add(("formats",), "a format is not there at some levels", f"'{name}' with {under}", known, word=name)
    for factor in numbers:
        lost = [path for path in factor.steering.targets if path not in resolved.numbers]
        if lost:
            _note_other(factor, lost, under, report)
            return
    if not numbers:
        return
    ends = [even_levels(factor, 3) for factor in numbers]
    for words, levels in (
        ("lowest", [each.min() for each in ends]),
        ("highest", [each.max() for each in ends]),
        ("middle", [middle(factor) for factor in numbers]),
    ):
        words = f"the {words} levels of all" + (f", {under}" if under else "")
        _check_moved(cell.scenario, numbers, [float(level) for level in levels], report=report, words=words)


def _check_moved(
    scenario: Scenario, numbers: Sequence[NumberFactor], levels: Sequence[float], *, report: Report, words: str
) -> None:
    before = scenario.resolved
    try:
        after = moved(scenario, numbers, levels).resolved
    except ScenarioError as error:
        note_problems(error.problems, _WHERE, report, under=words)
        return
    found = differences(before, after)
    expected = {path for factor in numbers for path in factor.steering.targets}
    if found.others or not set(found.numbers) <= expected:
        extra = [path for path in (*found.others, *found.numbers) if path not in expected]
        report.add(_WHERE, "factors together change what none changes alone", f"{listing(extra)} at {words}", "")
    for factor, level in zip(numbers, levels, strict=True):
        wrong = [
            path
            for path in factor.steering.targets
            if path not in after.numbers or not _is_at(after.numbers[path], before.numbers[path], factor, level)
        ]
        if wrong:
            _note_other(factor, wrong, words, report)


def _is_at(number: Number, before: Number, factor: NumberFactor, level: float) -> bool:
    """Whether a number stands where the level puts it."""
    expected = Number.model_validate(written_number(before, factor.steering.kind, level))
    return (number.kind, number.form) == (expected.kind, expected.form)


def _note_other(factor: NumberFactor, paths: Sequence[str], words: str, report: Report) -> None:
    seen = f"{listing(list(paths), 4)} with {words}" if words else listing(list(paths), 4)
    allowed = "numbers that the factor moves alike at all levels of the others"
    report.add((*_WHERE, factor.name), "the factor does not move the same numbers everywhere", seen, allowed)
