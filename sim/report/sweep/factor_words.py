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


def axis_words(factor: NumberFactor) -> str:
    """A number factor's name, and what its levels do where they do not stand for themselves."""
    return say(KIND_LABELS[factor.steering.kind], name=factor.name)


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
    if not targets:
        return say("moves nothing: a dummy, for the floor of noise")
    words = [number_words(path, structure) for path in targets[:most]]
    if len(targets) > most:
        words.append(say("and {count} more", count=len(targets) - most))
    return "; ".join(words)


def structure_words(factor: StructureFactor) -> str:
    """What a structure factor changes."""
    if factor.kind == "set":
        return factor.path.replace(".", ARROW)
    return say("an override of the file") if factor.kind == "override" else say("a rule variant")


@dataclass(frozen=True)
class LevelAxis:
    """A scale of levels, each with a cell of the same size however far apart they are.

    `size`, of all cells together, is negative for a scale that goes up.
    """

    start: float
    size: float
    levels: Floats
    named: bool
    """Whether the levels themselves are the ticks, else round numbers."""

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
        if self.named or n < 4:
            return [float(level) for level in self.levels[:: 1 + (n - 1) // 6]]
        return ticks(float(self.levels[0]), float(self.levels[-1]))

    def across(self, sheet: Sheet, y: float, words: str = "") -> None:
        """Ticks, their labels and the name under the baseline y."""
        for tick in self.ticks():
            sheet.line([(self.at(tick), y), (self.at(tick), y + 3)], MUTED, width=0.6)
            sheet.text(self.at(tick), y + 10.5, number(tick), size=7, colour=MUTED, at="center")
        if words:
            middle, room = (self.start + self.end) / 2, abs(self.end - self.start) + 40
            sheet.text(middle, y + 21, wrapped(words, room, 7.5, 1)[0], size=7.5, colour=INK, at="center")

    def up(self, sheet: Sheet, x: float, words: str = "") -> None:
        """Ticks, their labels and the name to the left of x."""
        for tick in self.ticks():
            sheet.line([(x - 3, self.at(tick)), (x, self.at(tick))], MUTED, width=0.6)
            sheet.text(x - 5, self.at(tick) + 2.4, number(tick), size=7, colour=MUTED, at="right")
        if words:
            middle, room = (self.start + self.end) / 2, abs(self.end - self.start) + 30
            text = wrapped(words, room, 7.5, 1)[0]
            sheet.text(x - 30, middle, text, size=7.5, colour=INK, at="center", turned=True)


def level_axis(start: float, size: float, factor: NumberFactor, levels: Sequence[object]) -> LevelAxis:
    """The scale of a factor's levels, least first."""
    return LevelAxis(start, size, np.array(levels, dtype=np.float64), bool(factor.levels))
