"""What single steps of single factors do: Morris' elementary effects, and factors moved one at a time from a base.

An elementary effect is the change of an answer over the step of one factor, per range of the factor: mu its mean over
trajectories (signs may cancel), mu* the mean of its absolute value, sigma its standard deviation, which is large where
the effect depends on where one stands (Morris 1991, Technometrics 33; Campolongo, Cariboni & Saltelli 2007,
Environmental Modelling & Software 22).

Luck would make all but mu too large. So the absolute value of an effect is the effect in one draw with the sign that
the other draws give it, averaged over draws: 0 in the mean for a factor that does nothing, and short where the draws
are too few to be sure of the sign, so the upper end of its interval is that of the root mean square, which no mean
exceeds. Squares are products of different draws (`crossed`). Intervals are over trajectories.

Shape letters: N trajectories, K factors, D draws, L points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import chdtri, stdtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.statistics.intervals import (
    Estimate,
    Means,
    difference,
    holm,
    linearised,
    p_values,
    ratios,
    variance_of,
)
from sim.analysis.sweeps.pick_freeze_indices import crossed
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

LEAST_TRAJECTORIES = 4
"""Under which there is no interval worth the name."""


@dataclass(frozen=True)
class FactorEffects:
    """The elementary effects of one factor, per its whole range."""

    factor: str
    mu: Estimate
    mu_star: Estimate
    sigma: Estimate
    moves: bool
    """Whether its mean square lies above 0 beyond chance, all factors taken together (Holm)."""


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
    moved = np.diff(levels, axis=1) / (ranges[:, 1] - ranges[:, 0])
    if (np.count_nonzero(moved, axis=2) != 1).any():
        raise ValueError("each step of a trajectory moves one factor")
    known = np.isfinite(y).all(axis=(1, 2))
    which, n_known = np.abs(moved[known]).argmax(axis=2), int(known.sum())
    steps = np.take_along_axis(moved[known], which[..., None], axis=2)
    order = np.argsort(which, axis=1)
    effects = np.take_along_axis(np.diff(y[known], axis=1) / steps, order[..., None], axis=1)  # [N, K, D]
    nothing = _nothing_to_tell(y[known])
    of_factors = () if nothing else _of_factors(effects, factors)
    return ElementaryEffects(
        trajectories=n_known,
        trajectories_left_out=len(y) - n_known,
        factors=of_factors,
        said=(nothing or _moving(of_factors),),
    )


def _nothing_to_tell(y: Floats) -> Message | None:
    """Why no effect can be told, before any is computed."""
    if len(y) < LEAST_TRAJECTORIES:
        return message("Only {rows} whole trajectories were played: too few for intervals.", rows=len(y))
    if np.ptp(y) == 0.0:
        return message("The answer is the same in all runs: no factor moves it.")
    return None


def _of_factors(effects: Floats, factors: Sequence[str]) -> tuple[FactorEffects, ...]:
    """From effects [N, K, D] in each draw."""
    n = len(effects)
    ones = np.ones((n, 1))
    others = effects.sum(axis=2, keepdims=True) - effects
    mean = linearised(effects.mean(axis=2), ones)
    absolute = linearised((effects * np.sign(others)).mean(axis=2), ones)
    deviations = effects - mean.value[:, None]
    variance = linearised(crossed(deviations, deviations) * (n / (n - 1.0)), ones)
    squares = linearised(crossed(effects, effects), ones)
    error = np.sqrt(variance_of(squares.residual))
    t = np.divide(squares.value, error, out=np.zeros_like(error), where=error > 0.0)
    moves = holm(np.where(error > 0.0, stdtr(n - 1.0, -t), squares.value <= 0.0))
    rows = zip(
        factors,
        mean.estimates(),
        _bounded(absolute.estimates(), squares.estimates()),
        _spreads(mean.residual.var(axis=0, ddof=1), variance),
        moves.tolist(),
        strict=True,
    )
    return tuple(FactorEffects(*row) for row in rows)


def _bounded(absolute: Sequence[Estimate], squares: Sequence[Estimate]) -> list[Estimate]:
    """Mean absolute effects, which may be short, with ends that hold: no mean exceeds the root mean square.

    Nor is it told from 0 where that is not: the sign of many draws is sure, so what a factor that does nothing adds is
    mostly a little above 0, and seldom far below, for which a t interval is too narrow.
    """
    return [
        Estimate(one.value, one.low if of.low > 0.0 else min(one.low, 0.0), max(one.high, max(of.high, 0.0) ** 0.5))
        for one, of in zip(absolute, squares, strict=True)
    ]


def _spreads(seen: Floats, variance: Means) -> list[Estimate]:
    """Standard deviations [K] without chance, from variances over trajectories with it (`seen`) and without it.

    The interval is the wider at either end of two: the linearised one, and that of a normal variance (chi-squared),
    less the chance in it. Of 10 trajectories the first alone holds the truth in 82% of samples.
    """
    free = len(variance.residual) - 1.0
    chance = seen - variance.value
    by_chi_squared = [seen * free / chdtri(free, tail) - chance for tail in (0.025, 0.975)]
    half = variance.half()
    low, high = (
        np.minimum(variance.value - half, by_chi_squared[0]),
        np.maximum(variance.value + half, by_chi_squared[1]),
    )
    ends = np.sqrt(np.maximum([variance.value, low, high], 0.0)).T.tolist()
    return [Estimate(*one) for one in ends]


def _points(share: float) -> float:
    """A difference of shares in percentage points, as sentences say it."""
    return round(100.0 * share, 1)


def _moving(factors: Sequence[FactorEffects]) -> Message:
    """Which factors move the answer, the largest mean absolute effect first."""
    moving = sorted((one for one in factors if one.moves), key=lambda one: -one.mu_star.value)
    if not moving:
        return message("No factor can be told to move the answer beyond chance.")
    names = tuple(
        message("{factor} ({effect})", factor=one.factor, effect=_points(one.mu_star.value)) for one in moving
    )
    return message(
        "Of {factors} factors {moving} can be told to move the answer (mean absolute effect over the whole range, "
        "in percentage points): {names}.",
        joint=", ",
        factors=len(factors),
        moving=len(moving),
        names=names,
    )


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
    """Effects of single steps from counts [L, D] at points of levels [L, K], each at most one factor from the first.

    The first point is the base; further points that stand there add nothing. All points have their luck in common.

    Raises:
        ValueError: a point that differs from the first in several factors.
    """
    differs = levels != levels[0]
    if (differs.sum(axis=1) > 1).any():
        raise ValueError("each point differs from the first in at most one factor")
    share = ratios(hits.T, trials.T)
    at = np.flatnonzero(differs.any(axis=1))
    which = differs.argmax(axis=1)
    at = at[np.lexsort((levels[at, which[at]], which[at]))]
    findings = holm(p_values([share], at, np.zeros_like(at))[0]) if len(at) else np.zeros(0, dtype=np.bool_)
    steps: list[FactorStep] = []
    for point, told in zip(at.tolist(), findings.tolist(), strict=True):
        effect = difference(share, share, (point,), (0,))
        factor, level = int(which[point]), float(levels[point, which[point]])
        side = int(np.sign(effect.value)) if told else 0
        steps.append(FactorStep(factors[factor], level, share.at(point), effect, side))
    return OneAtATime(base=share.at(0), steps=tuple(steps), said=(_stepping(steps, len(factors)),))


def _stepping(steps: Sequence[FactorStep], n_factors: int) -> Message:
    """Which factors move the measure at some level, the largest effect first."""
    told = sorted((step for step in steps if step.side), key=lambda step: -abs(step.effect.value))
    largest = {step.factor: step for step in reversed(told)}
    if not told:
        return message("No factor, moved alone, can be told to move the share.")
    names = tuple(
        message(
            "{factor} ({effect} points at {level})",
            factor=step.factor,
            effect=_points(step.effect.value),
            level=step.level,
        )
        for step in sorted(largest.values(), key=lambda step: -abs(step.effect.value))
    )
    return message(
        "Of {factors} factors, moved alone, {moving} can be told to move the share: {names}.",
        joint=", ",
        factors=n_factors,
        moving=len(names),
        names=names,
    )
