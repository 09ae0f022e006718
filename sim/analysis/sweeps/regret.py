"""Regret of each format over a sweep: how far it is behind the best format of each design point.

The best of several noisy shares looks better than it is, so every regret taken from the same runs is too large. Here
the best format of a point is chosen on other draws than those on which it is scored: draws are dealt to folds, and in
each the format that was best on all the others is held against each format. That is right in the mean for the format that
was chosen, and so never too large for the best one; where the best is hard to tell it falls a little short. The points
of the highest tenth, and the worst, are chosen on the other draws likewise.

Intervals are simulation error: draws are the sampling unit, points and their weights stand as they are.

Shape letters: P design points, D draws, F formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from sim.analysis.statistics.intervals import Estimate
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message


@dataclass(frozen=True)
class FormatRegret:
    """How far one format is behind the best of each point, as a share of runs."""

    format: str
    mean: Estimate
    ninety: Estimate
    """At the point that is worse than 90% of all (mean over ranks 85% to 95%)."""
    worst: Estimate
    """At the worst point."""
    best_at: float
    """Share of points at which it has the highest share of all formats (as seen; ties are divided)."""


@dataclass(frozen=True)
class Regret:
    """Regret of all formats."""

    points: int
    """With all formats played."""
    points_left_out: int
    formats: tuple[FormatRegret, ...]
    """Least mean regret first."""
    lead: Estimate | None
    """By how much the mean regret of the next is above that of the first; None for a single format."""
    told_apart: bool
    """Whether the first is told apart from all others, all of them taken together (Holm)."""
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def regret(
    hits: Ints, trials: Ints, formats: Sequence[str], *, weights: Floats | None = None, more_is_better: bool = True
) -> Regret:
    """Regret from counts [P, D, F] of a measure, D at least 2; with weights [P] of the points, else all alike.

    A point is left out where a format was not played in every draw.

    Raises:
        ValueError: other shapes, or D is 1.
    """
    raise NotImplementedError
