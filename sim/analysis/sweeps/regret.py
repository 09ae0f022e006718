"""Regret of each format over a sweep: how far it is behind the best format of each design point.

The best of several noisy shares looks better than it is, so every regret taken from the same runs is too large. Here
the best format of a point is chosen on other draws than those on which it is scored: draws are dealt to folds, and in
each the format that was best on all the others is held against each format. That is right in the mean for the format
that was chosen, so no regret is too large in the mean; where the best is hard to tell it falls a little short. The
points around the highest tenth, and the worst, are chosen on the other draws likewise.

Intervals are simulation error: draws are the sampling unit, points and their weights stand as they are. Their lower end
is that of this estimate, which is short if anything, and their upper end as far above what the same draws give, which
is too large if anything.

Shape letters: P design points, D draws, F formats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.statistics.intervals import Estimate, holm, paired_mean, t_quantile
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

FOLDS = 10
"""Of draws, or as many as there are."""
NINETY = (0.85, 0.95)
"""Ranks over which the regret at 90% is averaged."""


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
    n_points, n_draws, n_formats = hits.shape
    if trials.shape != hits.shape or n_formats != len(formats) or n_draws < 2:
        raise ValueError(f"counts of shape {hits.shape} and {trials.shape} are no draws of {len(formats)} formats")
    played = (trials > 0).all(axis=(1, 2))
    if not played.any():
        return Regret(0, n_points, (), None, told_apart=False, said=(message("No point was played in every format."),))
    there = slice(None) if played.all() else played  # a slice makes no copy
    share = hits[there] / trials[there]
    if not more_is_better:
        np.negative(share, out=share)
    weight = np.ones(len(share)) if weights is None else weights[played]
    by_draw = regret_by_draw(share, weight / weight.sum(), crossed=True)
    same_draws = regret_by_draw(share, weight / weight.sum(), crossed=False).mean(axis=1)
    overall = share.mean(axis=1)
    best = overall == overall.max(axis=1, keepdims=True)
    best_at = (weight / weight.sum()) @ (best / best.sum(axis=1, keepdims=True))
    rows: list[FormatRegret] = []
    for f, name in enumerate(formats):
        mean, ninety, worst = (_bounded(_mean(by_draw[kind, :, f]), float(same_draws[kind, f])) for kind in range(3))
        rows.append(FormatRegret(name, *_ordered(mean, ninety, worst), best_at=float(best_at[f])))
    order = sorted(range(n_formats), key=lambda f: rows[f].mean.value)
    lead, told = _lead(by_draw[0][:, order])
    ordered = tuple(rows[f] for f in order)
    said = _sentences(ordered, lead, told)
    return Regret(len(share), n_points - len(share), ordered, lead, told_apart=told, said=said)


def regret_by_draw(share: Floats, weight: Floats, *, crossed: bool) -> Floats:
    """[3, D, F] regret of each format in each draw: in the mean over points, around the worst tenth, at the worst.

    From shares [P, D, F]; best format and ranks of points are from the draws of all other folds, or, where not
    `crossed`, from all draws.
    """
    n_draws, n_formats = share.shape[1:]
    n_folds = min(n_draws, FOLDS)
    fold = np.arange(n_draws) % n_folds
    total, by_draw = share.sum(axis=1), np.empty((3, n_draws, n_formats))
    for at in range(n_folds):
        here = fold == at
        others = (total - share[:, here].sum(axis=1)) / np.count_nonzero(~here) if crossed else total / n_draws
        best = others.argmax(axis=1)
        behind = np.take_along_axis(share[:, here], best[:, None, None], axis=2) - share[:, here]  # [P, d, F]
        by_draw[0, here] = np.einsum("p,pdf->df", weight, behind)
        expected = others.max(axis=1, keepdims=True) - others
        for f in range(n_formats):
            around, worst = _high_ranks(expected[:, f], weight)
            by_draw[1, here, f] = around @ behind[:, :, f]
            by_draw[2, here, f] = behind[worst, :, f]
    return by_draw


def _high_ranks(values: Floats, weight: Floats) -> tuple[Floats, int]:
    """Weights [P] that take the mean over the ranks of `NINETY`, and the position of the highest value."""
    order = np.argsort(values, kind="stable")
    upper = np.cumsum(weight[order])
    inside = np.minimum(upper, NINETY[1]) - np.maximum(upper - weight[order], NINETY[0])
    around = np.empty(len(values))
    around[order] = np.maximum(inside, 0.0) / (NINETY[1] - NINETY[0])
    return around, int(order[-1])


def _lead(by_draw: Floats) -> tuple[Estimate | None, bool]:
    """Lead of the first format over the next, and whether it is told apart from all; mean regrets [D, F] in order."""
    n_draws, n_formats = by_draw.shape
    if n_formats == 1:
        return None, False
    behind = by_draw[:, 1:] - by_draw[:, :1]
    leads = [_mean(behind[:, f]) for f in range(n_formats - 1)]
    usual = float(t_quantile(n_draws - 1.0))
    t = [usual * lead.value / (lead.value - lead.low) for lead in leads]
    return leads[0], bool(holm(2.0 * np.asarray(stdtr(n_draws - 1.0, -np.array(t)))).all())


def _mean(moved: Floats) -> Estimate:
    """Mean over draws [D] as by `paired_mean`, whose cautious belief is here about moves as large as the largest seen.

    Means over points move far less than the whole way from 0 to 1.
    """
    largest = float(np.abs(moved).max()) or 1.0
    scaled = paired_mean(moved / largest)
    return Estimate(scaled.value * largest, scaled.low * largest, scaled.high * largest)


def _bounded(estimate: Estimate, same_draws: float) -> Estimate:
    """With an upper end that holds although the estimate may be short: as far above that of the same draws.

    No regret is below 0; chosen on other draws than it is scored on, it may come out there by chance.
    """
    high = estimate.high + max(same_draws - estimate.value, 0.0)
    return Estimate(*(max(one, 0.0) for one in (estimate.value, estimate.low, high)))


def _ordered(mean: Estimate, ninety: Estimate, worst: Estimate) -> tuple[Estimate, Estimate, Estimate]:
    """With values that rise, since the points of the tail are found on other draws and may come out lower there.

    The worst point is at least as bad as any mean of points. Where few points are bad the mean may truly be above the
    regret at 90%: where their intervals are apart it stays so.
    """
    if mean.low <= ninety.high:
        ninety = replace(ninety, value=max(ninety.value, min(mean.value, ninety.high)))
    value, high = (max(getattr(one, end) for one in (mean, ninety, worst)) for end in ("value", "high"))
    return mean, ninety, Estimate(value, worst.low, high)


def _in_points(regret: Estimate) -> Message | float:
    """In percentage points; where the interval begins at 0, only what it is at most."""
    if regret.low > 0.0:
        return round(100.0 * regret.value, 1)
    return message("about 0 (at most {high})", high=round(100.0 * regret.high, 1))


def _sentences(formats: Sequence[FormatRegret], lead: Estimate | None, told: bool) -> tuple[Message, ...]:
    first = formats[0]
    if lead is None:
        return (message("There is one format alone: no regret."),)
    if all(one.mean.value == one.worst.value == 0.0 for one in formats):
        return (message("The formats do the same at every point: no regret."),)
    if not told:
        return (
            message(
                "Which format has the least regret cannot be told: {first} and {next} come first, too close to each "
                "other or to others.",
                first=first.format,
                next=formats[1].format,
            ),
        )
    return (
        message(
            "{format} has the least regret, in percentage points behind the best format of each point: {mean} in the "
            "mean over all points ({next}: {other}), {worst} at its worst point.",
            format=first.format,
            mean=_in_points(first.mean),
            next=formats[1].format,
            other=_in_points(formats[1].mean),
            worst=_in_points(first.worst),
        ),
    )
