"""Where the order of two formats turns over one or two factors: the contour of no difference, with its 95% band.

At every pair of levels the paired difference of two shares has an interval; all intervals of the map hold at once in
95% of repetitions, since one looks at all of them: their lengths are those of a single one times c / t, c being the 95%
quantile of the largest of all |t| statistics, which are together multivariate t with the correlation of the draws'
residuals (Hothorn, Bretz & Westfall 2008, Biometrical Journal 50). Neighbours on the map share their draws and are
alike, so c is far below Bonferroni's. The contour is drawn through the values by marching squares, linear between
levels; the band is what lies between the lines on which an interval begins and ends to exclude 0.

Shape letters: D draws, U rows and V columns of the map, L segments of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.statistics.intervals import Ratios, difference, ratios, t_quantile
from sim.analysis.sweeps.heat_map import HeatMap, MapAxis
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

SIMULATED = 4_000
"""Draws of the largest |t| that its quantile is read from."""


@dataclass(frozen=True)
class TippingPoint:
    """A level of a single factor at which the order turns."""

    level: float
    low: float | None
    """From here on one cannot tell; None where that begins before the lowest level."""
    high: float | None
    """Up to here; None where it ends after the highest level."""
    first_below: bool
    """Whether the first format is ahead below the level, by the values."""


@dataclass(frozen=True)
class TippingMap:
    """The paired difference of two formats, first minus second, over one or two factors."""

    first: str
    second: str
    rows: MapAxis
    columns: MapAxis | None
    value: Floats
    """[U, V] NaN where nothing was played."""
    low: Floats
    """[U, V] of intervals that hold at once."""
    high: Floats
    side: Ints
    """[U, V] 1 where the first leads, -1 where the second, 0 where one cannot tell."""
    contour: Floats
    """[L, 2, 2] ends (level of the row factor, level of the column factor) of the segments on which the value is 0;
    none of a map of one factor, or of a factor whose levels are words."""
    first_border: Floats
    """[L, 2, 2] segments beyond which the first leads: one border of the band."""
    second_border: Floats
    """[L, 2, 2] segments beyond which the second leads: the other border."""
    points: tuple[TippingPoint, ...]
    """Of a map of one factor."""
    first_leads: float
    """Share of the swept area (levels as they are written; each stands for what is nearest to it)."""
    second_leads: float
    unclear: float
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def tipping(heat: HeatMap, first: int, second: int, names: tuple[str, str]) -> TippingMap:
    """Where the order of two formats of a map, given by position and named by `names`, turns."""
    shape = heat.value.shape[:2]
    left, right = (
        ratios(heat.hits[..., at].reshape(len(heat.hits), -1), heat.trials[..., at].reshape(len(heat.hits), -1))
        for at in (first, second)
    )
    value, low, high = (part.reshape(shape) for part in _at_once(left, right))
    side = np.where(np.isnan(value), 0, (low > 0.0).astype(np.int64) - (high < 0.0))
    lines = [np.zeros((0, 2, 2))] * 3
    points: tuple[TippingPoint, ...] = ()
    if heat.columns is None and heat.rows.numeric:
        points = _points(np.array(heat.rows.levels, dtype=np.float64), value[:, 0], low[:, 0], high[:, 0])
    elif heat.columns is not None and heat.rows.numeric and heat.columns.numeric:
        u, v = (np.array(axis.levels, dtype=np.float64) for axis in (heat.rows, heat.columns))
        unknown = np.isnan(value)
        fields = (_settled(value), np.where(unknown, np.nan, low), np.where(unknown, np.nan, high))
        lines = [zero_lines(field, u, v) for field in fields]
    known = ~np.isnan(value)
    area = np.outer(_widths(heat.rows), _widths(heat.columns) if heat.columns else np.ones(1)) * known
    shares = [float((area * (side == at)).sum() / max(area.sum(), 1e-300)) for at in (1, -1)]
    return TippingMap(
        first=names[0],
        second=names[1],
        rows=heat.rows,
        columns=heat.columns,
        value=value,
        low=low,
        high=high,
        side=side,
        contour=lines[0],
        first_border=lines[1],
        second_border=lines[2],
        points=points,
        first_leads=shares[0],
        second_leads=shares[1],
        unclear=max(1.0 - sum(shares), 0.0),
        said=_sentences(names, heat, points, side=side, shares=shares),
    )


def _at_once(left: Ratios, right: Ratios) -> tuple[Floats, Floats, Floats]:
    """Differences [U * V] with simultaneous 95% intervals."""
    estimates = [difference(left, right, (at,), (at,)) for at in range(len(left.value))]
    value, low, high = np.array([(one.value, one.low, one.high) for one in estimates]).T
    n_draws = len(left.residual)
    wider = largest_t(left.residual - right.residual) / float(t_quantile(n_draws - 1.0))
    known = np.isfinite(value)
    below, above = value - wider * (value - low), value + wider * (high - value)
    return value, np.where(known, np.maximum(below, -1.0), -1.0), np.where(known, np.minimum(above, 1.0), 1.0)


def largest_t(residual: Floats) -> float:
    """95% quantile of the largest |t| of M means, given what each draw adds to each, [D, M]; D - 1 degrees of freedom.

    Simulated with a fixed key, so the same for the same residuals; never below the quantile of a single t.
    """
    n_draws = len(residual)
    scale = np.sqrt((residual**2).sum(axis=0))
    unit = residual[:, scale > 0.0] / scale[scale > 0.0]
    single = float(t_quantile(n_draws - 1.0))
    if unit.shape[1] == 0:
        return single
    chance = np.random.Generator(np.random.Philox(key=15))
    normal = np.abs(chance.standard_normal((SIMULATED, n_draws)) @ unit).max(axis=1)
    spread = np.sqrt(chance.chisquare(n_draws - 1.0, SIMULATED) / (n_draws - 1.0))
    return max(single, float(np.quantile(normal / spread, 0.95)))


def _settled(value: Floats) -> Floats:
    """Values [U, V] in which exact zeros take the sign of what is around them (or +); NaN inside a plain of zeros.

    So there is no line between a plain in which the formats do the same and a slope that leads up from it.
    """
    padded = np.pad(np.sign(value), 1, constant_values=np.nan)
    around = np.stack([padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]])
    lean = np.where(np.nansum(around, axis=0) < 0.0, -1e-9, 1e-9)
    return np.where(value == 0.0, np.where(np.nansum(np.abs(around), axis=0) == 0.0, np.nan, lean), value)


def zero_lines(field: Floats, u: Floats, v: Floats) -> Floats:
    """Segments [L, 2, 2] on which a field [U, V] over levels u [U] and v [V] is 0, by marching squares.

    Between levels the field is taken as linear; where a square has two crossings on either diagonal, its mean decides
    which corners belong together. Squares with an unknown corner have no line.
    """
    segments: list[_Segment] = []
    for i, j in np.ndindex(len(u) - 1, len(v) - 1):
        corners = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j)]
        heights = [float(field[corner]) for corner in corners]
        if np.isfinite(heights).all():
            segments += _in_square([(float(u[a]), float(v[b])) for a, b in corners], heights)
    return np.array(segments, dtype=np.float64).reshape(-1, 2, 2)


_Segment = tuple[tuple[float, float], tuple[float, float]]


def _in_square(corners: Sequence[tuple[float, float]], heights: Sequence[float]) -> list[_Segment]:
    """The segments in a square, from its four corners in order and the field's height at each."""
    crossings: list[tuple[float, float]] = []
    for at in range(4):
        (u0, v0), (u1, v1), low, high = corners[at - 1], corners[at], heights[at - 1], heights[at]
        if (low > 0.0) != (high > 0.0):
            part = low / (low - high)
            crossings.append((u0 + part * (u1 - u0), v0 + part * (v1 - v0)))
    if len(crossings) == 4 and (heights[0] > 0.0) == (sum(heights) > 0.0):
        crossings = [
            *crossings[1:],
            crossings[0],
        ]  # cuts off corners 1 and 3, else 0 and 2
    return list(zip(crossings[::2], crossings[1::2], strict=True))


def _points(levels: Floats, value: Floats, low: Floats, high: Floats) -> tuple[TippingPoint, ...]:
    """Where the values cross 0 along a single factor, and between which levels one cannot tell."""
    settled = _settled(value[:, None])[:, 0]
    points: list[TippingPoint] = []
    for at in range(len(levels) - 1):
        a, b = settled[at], settled[at + 1]
        if not (np.isfinite(a) and np.isfinite(b)) or (a > 0.0) == (b > 0.0):
            continue
        level = float(levels[at] + a / (a - b) * (levels[at + 1] - levels[at]))
        ends = low if a > 0.0 else high, high if a > 0.0 else low
        below = _border(levels[at::-1], ends[0][at::-1], levels[at + 1], ends[0][at + 1])
        above = _border(levels[at + 1 :], ends[1][at + 1 :], levels[at], ends[1][at])
        points.append(TippingPoint(level, below, above, first_below=bool(a > 0.0)))
    return tuple(points)


def _border(levels: Floats, ends: Floats, before: float, end_before: float) -> float | None:
    """Going away from a crossing, the level at which an end of the interval passes 0; None where it never does.

    `before` and `end_before` are level and end on the other side of the crossing.
    """
    beyond = -np.sign(end_before)
    last, last_end = before, end_before
    for level, end in zip(levels.tolist(), ends.tolist(), strict=True):
        if np.isfinite(end) and np.sign(end) == beyond and beyond != 0.0:
            return float(last + last_end / (last_end - end) * (level - last))
        last, last_end = level, end
    return None


def _widths(axis: MapAxis) -> Floats:
    """How much of the axis is nearest to each level, as shares; the same for all where levels are words."""
    if not axis.numeric or len(axis.levels) < 2:
        return np.full(len(axis.levels), 1.0 / len(axis.levels))
    levels = np.array(axis.levels, dtype=np.float64)
    middles = (levels[1:] + levels[:-1]) / 2.0
    return np.diff([levels[0], *middles, levels[-1]]) / (levels[-1] - levels[0])


def _sentences(
    names: tuple[str, str], heat: HeatMap, points: tuple[TippingPoint, ...], *, side: Ints, shares: list[float]
) -> tuple[Message, ...]:
    first, second = names
    percent = [round(100.0 * share) for share in shares]
    if not side.any():
        return (message("{first} and {second} cannot be told apart anywhere.", first=first, second=second),)
    said = [
        message(
            "{first} leads in {ahead}% of what was swept, {second} in {behind}%; in {unclear}% one cannot tell.",
            first=first,
            second=second,
            ahead=percent[0],
            behind=percent[1],
            unclear=100 - sum(percent),
        )
    ]
    both = bool((side > 0).any() and (side < 0).any())
    if not both:
        said.append(message("Nowhere in what was swept can one tell that the order turns."))
    elif len(points) == 1:
        said.append(_turning(names, heat.rows.factor, points[0]))
    return tuple(said)


def _turning(names: tuple[str, str], factor: str, point: TippingPoint) -> Message:
    below, above = names if point.first_below else names[::-1]
    return message(
        "The order turns where {factor} is {level} (95% band {low} to {high}): below it {below} leads, above it "
        "{above}.",
        factor=factor,
        level=point.level,
        low="-" if point.low is None else point.low,
        high="-" if point.high is None else point.high,
        below=below,
        above=above,
    )
