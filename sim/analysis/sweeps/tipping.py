"""Where the order of two formats turns over one or two factors: the contour of no difference, with its 95% band.

At every pair of levels the paired difference of two shares has an interval; all intervals of the map, of all pairs of
its formats, hold at once in 95% of repetitions, since one looks at all of them: their lengths are those of a single one
times c / t, c being the 95% quantile of the largest of all |t| statistics, which are together multivariate t with the
correlation of the draws' residuals (Hothorn, Bretz & Westfall 2008, Biometrical Journal 50). Neighbours on the map
share their draws and are alike, so c is far below Bonferroni's. The contour is drawn through the values by marching
squares, linear between levels; the band is what lies between the lines on which an interval begins and ends to exclude
0.

Shape letters: D draws, U rows and V columns of the map, L segments of a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.statistics.intervals import Ratios, differences, ratios, t_quantile
from sim.analysis.sweeps.heat_map import HeatMap, MapAxis
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

SIMULATED = 4_000
"""Draws of the largest |t| that its quantile is read from."""
AT_ONCE = 2_000
"""Means whose simulated t are held at once."""


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
    """Share of the design points that stand there, as everywhere; a share of the area would hang on spacing."""
    second_leads: float
    unclear: float
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence",)

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))


def tipping(heat: HeatMap, first: int, second: int, names: tuple[str, str], *, at_least: float = 0.0) -> TippingMap:
    """Where the order of two formats of a map, given by position and named by `names`, turns; see `simultaneous`."""
    n_draws, *shape, n_formats = heat.hits.shape
    share = ratios(*(counts.reshape(n_draws, -1, n_formats) for counts in (heat.hits, heat.trials)))
    gaps = simultaneous(share, at_least)
    value, low, high = (part[:, first, second].reshape(shape) for part in (gaps.value, gaps.low, gaps.high))
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
    points_there = heat.points * known
    shares = [float(points_there[side == at].sum() / max(points_there.sum(), 1)) for at in (1, -1)]
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


@dataclass(frozen=True)
class Simultaneous:
    """Paired differences of all formats at M places, row minus column, with 95% intervals that hold at once."""

    value: Floats
    """[M, F, F]"""
    low: Floats
    high: Floats
    largest: float
    """95% quantile of the largest |t|, which sets their length."""


def simultaneous(share: Ratios, at_least: float = 0.0) -> Simultaneous:
    """Of shares [M, F] whose places share their draws; all that says which format leads there goes by these.

    `at_least` is a quantile of the largest |t| where more is looked at than these.
    """
    n_places, n_formats = share.value.shape
    value = np.zeros((n_places, n_formats, n_formats))
    low, high, apart = value.copy(), value.copy(), [np.zeros((len(share.residual), 0))]
    for i, j in combinations(range(n_formats), 2):
        left, right = share.column(i), share.column(j)
        value[:, i, j], low[:, i, j], high[:, i, j] = differences(left, right)
        value[:, j, i], low[:, j, i], high[:, j, i] = -value[:, i, j], -high[:, i, j], -low[:, i, j]
        apart.append(left.residual - right.residual)
    largest = max(at_least, largest_t(np.concatenate(apart, axis=1)))
    wider, known = largest / float(t_quantile(len(share.residual) - 1.0)), np.isfinite(value)
    low = np.where(known, np.maximum(value - wider * (value - low), -1.0), -1.0)
    high = np.where(known, np.minimum(value + wider * (high - value), 1.0), 1.0)
    return Simultaneous(value, low, high, largest)


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
    normals = chance.standard_normal((SIMULATED, n_draws))
    blocks = (unit[:, at : at + AT_ONCE] for at in range(0, unit.shape[1], AT_ONCE))
    normal = np.max([np.abs(normals @ block).max(axis=1) for block in blocks], axis=0)
    spread = np.sqrt(chance.chisquare(n_draws - 1.0, SIMULATED) / (n_draws - 1.0))
    return max(single, float(np.quantile(normal / spread, 0.95)))


def _settled(value: Floats) -> Floats:
    """Values [U, V] in which exact zeros take the sign of what is around them (+ where that is even); NaN if all are 0.

    A plain of zeros takes it from its rim inwards, so that a line through it goes on, and there is none between a plain
    in which the formats do the same and a slope that leads up from it.
    """
    sign = np.sign(value)
    while True:
        padded = np.pad(sign, 1, constant_values=np.nan)
        around = np.stack([padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]])
        rim = (sign == 0.0) & (np.nansum(np.abs(around), axis=0) > 0.0)
        if not rim.any():
            return np.where(value == 0.0, np.where(sign == 0.0, np.nan, 1e-9 * sign), value)
        sign = np.where(rim, np.where(np.nansum(around, axis=0) < 0.0, -1.0, 1.0), sign)


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


def _sentences(
    names: tuple[str, str], heat: HeatMap, points: tuple[TippingPoint, ...], *, side: Ints, shares: list[float]
) -> tuple[Message, ...]:
    first, second = names
    percent = [round(100.0 * share) for share in shares]
    if not side.any():
        return (message("{first} and {second} cannot be told apart anywhere.", first=first, second=second),)
    said = [
        message(
            "{first} leads at {ahead}% of the points swept, {second} at {behind}%; at {unclear}% one cannot tell.",
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
