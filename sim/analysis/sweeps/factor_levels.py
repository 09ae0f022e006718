"""Levels of a factor, numbers or words, as numbers; a part of them in words; and which points belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Floats, Ints
from sim.types.message import Message, message

Levels = Sequence[Any] | NDArray[Any]
"""[N] the level of a factor at each point: numbers or words."""


def coded(levels: Levels) -> tuple[Floats, tuple[str, ...]]:
    """Levels [N] as numbers, and the words that they stand for by position, in order of first occurrence.

    Of levels that are numbers themselves no words.
    """
    values = np.asarray(levels)
    if values.dtype.kind in "iuf":
        return values.astype(np.float64), ()
    words = [str(level) for level in levels]
    at = {word: position for position, word in enumerate(dict.fromkeys(words))}
    return np.array([at[word] for word in words], dtype=np.float64), tuple(at)


@dataclass(frozen=True)
class FactorRange:
    """Some of the levels of a factor."""

    factor: str
    low: float | None = None
    """The factor is above it; None where there is no such end, and for words."""
    high: float | None = None
    """The factor is below it."""
    categories: tuple[str, ...] | None = None
    """Those inside; None for a number."""
    least: float | None = None
    """The lowest level inside, where there is an end and the factor has few levels, as on a grid; then it is said."""
    most: float | None = None
    """The highest level inside, likewise."""

    @property
    def words(self) -> Message:
        """In words, ends to three digits."""
        name = self.factor
        if self.categories is not None:
            return message("{factor} is {words}", factor=name, words=self.categories, joint=" or ")
        ends = (self.low, self.high, self.least, self.most)
        low, high, least, most = (None if end is None else float(f"{end:.3g}") for end in ends)
        if least is not None and most is not None:
            return message("{factor} is from {low} to {high}", factor=name, low=least, high=most)
        if least is not None:
            return message("{factor} is at least {low}", factor=name, low=least)
        if most is not None:
            return message("{factor} is up to {high}", factor=name, high=most)
        if low is not None and high is not None:
            return message("{factor} is between {low} and {high}", factor=name, low=low, high=high)
        if low is not None:
            return message("{factor} is above {low}", factor=name, low=low)
        if high is not None:
            return message("{factor} is below {high}", factor=name, high=high)
        return message("{factor} is anything", factor=name)


def where(ranges: Sequence[FactorRange]) -> Message:
    """Several at once."""
    return message("{all}", all=tuple(one.words for one in ranges), joint=" and ")


def sampling_units(groups: Ints | None, n_points: int) -> Ints:
    """[N] numbers from 0 of the units of points: groups that stay together where points are split or drawn anew.

    The mixed rows of a Sobol sample or a trajectory have luck and most of their levels in common with their base row.
    If they stood on both sides of a split, each side would confirm the noise of the other. Points whose group holds
    more than half of all (a grid's, whose luck is common) are units by themselves.
    """
    if groups is None:
        return np.arange(n_points)
    if len(groups) != n_points:
        raise ValueError(f"each of {n_points} points has one group")
    _, unit, size = np.unique(groups, return_inverse=True, return_counts=True)
    alone = size[unit] > n_points / 2.0
    return np.unique(np.where(alone, len(size) + np.arange(n_points), unit), return_inverse=True)[1]
