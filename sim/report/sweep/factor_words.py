"""Factors and their levels in words, and where levels lie on an axis of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.report.canvas.palette import INK, MUTED
from sim.report.canvas.sheet import Sheet, wrapped
from sim.report.canvas.symbols import ticks
from sim.report.comparison.number_tables import ARROW
from sim.report.comparison.variance_shares_view import number_words
from sim.report.words.language import digits, say
from sim.report.words.words import MINUS
from sim.sweep.design import Design, DesignCell, NumberFactor, StructureFactor
from sim.types import Structure
from sim.types.arrays import Floats

KIND_LABELS = {
    "value": "{name}",
    "scale": "{name} (times what the file says)",
    "shift": "{name} (added to what the file says)",
    "quantile": "{name} (quantile of what the file says)",
}
"""A factor on an axis, by what its levels do."""
NO_LEVEL = "as in the file"


def number(value: float) -> str:
    """A level, as short as it is exact to three digits."""
    return digits(f"{value + 0.0:.3g}").replace("-", MINUS)


def level_words(level: object) -> str:
    """A level of a structure factor."""
    if level is None:
        return say(NO_LEVEL)
    return number(float(level)) if isinstance(level, int | float) and not isinstance(level, bool) else str(level)


def cell_words(design: Design, cell: DesignCell) -> str:
    """The levels of the structure factors of a cell; empty where there are none."""
    pairs = zip(design.structure, cell.levels, strict=True)
    return "; ".join(f"{factor.name}: {level_words(level)}" for factor, level in pairs)


def moved_words(factor: NumberFactor, structure: Structure, most: int = 2) -> str:
    """What a number factor moves: its numbers by party, kind and place, at most so many of them."""
    targets = factor.steering.targets
    words = [number_words(path, structure) for path in targets[:most]]
    if len(targets) > most:
        words.append(say("and {count} more", count=len(targets) - most))
    return "; ".join(words)


def factor_labels(design: Design, structure: Structure) -> tuple[str, ...]:
    """What prose and figures call each number factor: the number that it moves, or its column where that is several.

    Two factors of one number have their columns behind it.
    """
    labels = [_label(factor, structure) for factor in design.numbers]
    pairs = zip(labels, design.numbers, strict=True)
    return tuple(f"{label} ({one.name})" if labels.count(label) > 1 else label for label, one in pairs)


def _label(factor: NumberFactor, structure: Structure) -> str:
    targets = factor.steering.targets
    return number_words(targets[0], structure) if len(targets) == 1 else factor.name


def structure_words(factor: StructureFactor) -> str:
    """What a structure factor changes."""
    if factor.kind == "set":
        return factor.path.replace(".", ARROW)
    return say("an override of the file") if factor.kind == "override" else say("a rule variant")


@dataclass(frozen=True)
class SweptFactor:
    """A number factor along an axis of a figure."""

    name: str
    title: str
    """Its name, and what its levels do where they do not stand for themselves."""
    meaning: str
    """What it moves, where its name does not say it."""
    named: bool
    """Whether its levels themselves are the ticks, else round numbers."""


def swept_factor(factor: NumberFactor, structure: Structure, label: str) -> SweptFactor:
    """A factor with its words, called as in `factor_labels`."""
    title = say(KIND_LABELS[factor.steering.kind], name=label)
    meaning = "" if len(factor.steering.targets) == 1 else moved_words(factor, structure, most=1)
    return SweptFactor(label, title, meaning, named=bool(factor.levels))


@dataclass(frozen=True)
class LevelAxis:
    """A scale of levels, each with a cell of the same size however far apart they are.

    `size`, of all cells together, is negative for a scale that goes up.
    """

    start: float
    size: float
    levels: Floats
    factor: SweptFactor

    def middle(self, index: float) -> float:
        """Where a level lies, by its place from 0."""
        return self.start + self.size * (index + 0.5) / len(self.levels)

    def at(self, level: float) -> float:
        """Where a value between the levels lies."""
        return self.middle(float(np.interp(level, self.levels, np.arange(len(self.levels)))))

    @property
    def end(self) -> float:
        """Where the last cell ends."""
        return self.start + self.size

    @property
    def cell(self) -> float:
        """Size of a cell, without sign."""
        return abs(self.size) / len(self.levels)

    def ticks(self) -> list[float]:
        """Values to label: some or all of the levels, or round ones."""
        n = len(self.levels)
        if self.factor.named or n < 4:
            return [float(level) for level in self.levels[:: 1 + (n - 1) // 6]]
        return ticks(float(self.levels[0]), float(self.levels[-1]))

    def across(self, sheet: Sheet, y: float, *, named: bool = True) -> None:
        """Ticks and their labels under the baseline y, and the factor's title and meaning."""
        for tick in self.ticks():
            sheet.line([(self.at(tick), y), (self.at(tick), y + 3)], MUTED, width=0.6)
            sheet.text(self.at(tick), y + 10.5, number(tick), size=7, colour=MUTED, at="center")
        for line, size in self._lines(22.0, 8.0) if named else ():
            sheet.text((self.start + self.end) / 2, y + line[1], line[0], size=size, colour=INK, at="center")

    def up(self, sheet: Sheet, x: float) -> None:
        """Ticks and their labels to the left of x, and the factor's title and meaning."""
        for tick in self.ticks():
            sheet.line([(x - 3, self.at(tick)), (x, self.at(tick))], MUTED, width=0.6)
            sheet.text(x - 5, self.at(tick) + 2.4, number(tick), size=7, colour=MUTED, at="right")
        for line, size in self._lines(-42.0, 9.0):
            middle = (self.start + self.end) / 2
            sheet.text(x + line[1], middle, line[0], size=size, colour=INK, at="center", turned=True)

    def _lines(self, first: float, step: float) -> list[tuple[tuple[str, float], float]]:
        """Title and meaning, each with its place from the axis, and their sizes."""
        room, meaning = abs(self.size) + 10, self.factor.meaning
        words = [(line, 7.5) for line in wrapped(self.factor.title, room, 7.5, 1 if meaning else 2)]
        words += [(line, 6.2) for line in wrapped(meaning, room, 6.2, 1)] if meaning else []
        return [((text, first + step * k), size) for k, (text, size) in enumerate(words)]


def level_axis(start: float, size: float, factor: SweptFactor, levels: Sequence[object]) -> LevelAxis:
    """The scale of a factor's levels, least first."""
    return LevelAxis(start, size, np.array(levels, dtype=np.float64), factor)
