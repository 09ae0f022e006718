"""What single steps of single factors do: Morris' elementary effects, and factors moved one at a time from a base.

An elementary effect is the change of an answer over the step of one factor, per range of the factor: mu its mean over
trajectories (signs may cancel), mu* the mean of its absolute value, sigma its standard deviation, which is large where
the effect depends on where one stands (Morris 1991, Technometrics 33; Campolongo, Cariboni & Saltelli 2007,
Environmental Modelling & Software 22).

Luck would make all but mu too large. So the absolute value of an effect is the effect in one draw with the sign that
the other draws give it, averaged over draws (0 in the mean for a factor that does nothing, a little short where the
sign is seldom sure); and the variance is of products of different draws (`crossed`). Intervals are over trajectories.

Shape letters: N trajectories, K factors, D draws, L points.
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
class FactorEffects:
    """The elementary effects of one factor, per its whole range."""

    factor: str
    mu: Estimate
    mu_star: Estimate
    sigma: Estimate
    moves: bool
    """Whether mu* lies above 0 beyond chance, all factors taken together (Holm)."""


@dataclass(frozen=True)
class ElementaryEffects:
    """The elementary effects of all factors on one answer."""

    trajectories: int
    trajectories_left_out: int
    """Of which some point is missing."""
    factors: tuple[FactorEffects, ...]
    """In the order given; empty where there is nothing to tell."""
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def elementary_effects(y: Floats, levels: Floats, factors: Sequence[str], ranges: Floats) -> ElementaryEffects:
    """Elementary effects from an answer [N, K + 1, D] at the points of trajectories with levels [N, K + 1, K].

    Args:
        y: the answer in each draw, D at least 2, as for `pick_freeze_indices`; NaN where a point was not played.
        levels: two consecutive points of a trajectory differ in one factor.
        factors: [K] names.
        ranges: [K, 2] lowest and highest level of each.

    Raises:
        ValueError: a step that moves no factor, or several.
    """
    raise NotImplementedError


@dataclass(frozen=True)
class FactorStep:
    """What one level of one factor does, all others standing at their base."""

    factor: str
    level: float
    value: Estimate
    """The measure there."""
    effect: Estimate
    """Paired difference from the base."""
    side: int
    """1 or -1 where it lies above or below 0, all steps taken together (Holm), else 0."""


@dataclass(frozen=True)
class OneAtATime:
    """All steps from the base."""

    base: Estimate
    steps: tuple[FactorStep, ...]
    """By factor, then by level."""
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def one_at_a_time(hits: Ints, trials: Ints, levels: Floats, factors: Sequence[str]) -> OneAtATime:
    """Effects of single steps from counts [L, D] at points of levels [L, K], each at most one factor from the base.

    The base is the point of which this is true. All points have their luck in common.

    Raises:
        ValueError: there is no such point.
    """
    raise NotImplementedError
