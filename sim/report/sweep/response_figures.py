"""Figures of shares over the levels of one factor (lines) or of two (maps); nothing here computes a statistic."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from sim.analysis.comparison.results import MEASURES
from sim.analysis.sweeps.heat_map import HeatMap
from sim.analysis.sweeps.tipping import TippingMap, TippingPoint
from sim.report.canvas.palette import ACCENT, HEAT, INK, MUTED, PAPER, RULE, WARM, WHITE, format_colour, shade
from sim.report.canvas.sheet import SIZE, WIDTH, Drawing, Point, Sheet, wrapped
from sim.report.canvas.symbols import Axis, badge, points_label, ticks
from sim.report.sweep.factor_words import LevelAxis, SweptFactor, level_axis, number
from sim.report.words.language import count, digits, say
from sim.report.words.words import percent
from sim.types.arrays import Floats, Ints, Mask

SHADES = 24
"""Steps of a scale of shades; cells of one step are one element of the page."""
LEFT, BOTTOM = 54.0, 36.0
"""Points kept for the labels of the two axes."""
TALL = 200.0
"""Height of a single map."""
Pair = tuple[SweptFactor, SweptFactor]
ROUND = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""Ends of scales of shares."""


def scale_end(values: Floats) -> float:
    """The least round share that is not below any of the values."""
    most = float(np.nanmax(np.abs(values), initial=0.0)) if np.isfinite(values).any() else 0.0
    return next((end for end in ROUND if end >= most - 1e-9), 1.0)


def format_key(sheet: Sheet, y: float, names: Sequence[str], slots: Iterable[int]) -> float:
    """Numbers and names of formats, one a line; returns the y below."""
    for slot in slots:
        badge(sheet, 4.6, y + 5, slot)
        sheet.text(14, y + 8, wrapped(names[slot], WIDTH - 20, SIZE, 1)[0])
        y += 12
    return y + 6


def lines(
    heat: HeatMap, turn: TippingMap | None, factor: SweptFactor, names: Sequence[str], *, measure: str
) -> Drawing:
    """Share of each format over the levels of one factor, with 95% bands, and where two formats are level."""
    sheet, places = Sheet(), turn.points if turn is not None else ()
    top, height = format_key(sheet, 0, names, range(len(names))) + (12 if places else 0), 150.0
    across = level_axis(LEFT, WIDTH - LEFT - 14, factor, heat.rows.levels)
    up = Axis(top + height, -height, 0.0, scale_end(heat.high))
    for tick in ticks(0.0, up.high):
        sheet.line([(LEFT, up.at(tick)), (across.end, up.at(tick))], RULE, width=0.5)
        sheet.text(LEFT - 5, up.at(tick) + 2.4, percent(tick), size=7, colour=MUTED, at="right")
    _tipping_bars(sheet, places, across, (top, top + height))
    for slot in range(len(names)):
        _curve(sheet, heat, across, up, slot=slot)
    _end_badges(sheet, heat.value[-1, 0], across, up)
    sheet.text(20, top + height / 2, say(MEASURES[measure]), size=7.5, at="center", turned=True)
    across.across(sheet, top + height)
    words = say(
        "Share of runs over the levels of {factor}, a line a format, with pointwise 95% bands (simulation error); "
        "{runs} runs a format at each level.",
        factor=factor.name,
        runs=count(cell_runs(heat)),
    )
    if places:
        words += " " + say(
            "Dashed: where the two leading formats are level, on the line between the levels played; the grey bar is "
            "the 95% band in which one cannot tell."
        )
    title = say("{measure} by {factor}", measure=say(MEASURES[measure]), factor=factor.name)
    return sheet.finished(f"lines_{measure}", title, words, top + height + BOTTOM)


def _curve(sheet: Sheet, heat: HeatMap, across: LevelAxis, up: Axis, *, slot: int) -> None:
    value, low, high = (part[:, 0, slot].tolist() for part in (heat.value, heat.low, heat.high))
    known = [i for i, share in enumerate(value) if math.isfinite(share)]
    colour = format_colour(slot)
    ends = [*((i, high[i]) for i in known), *((i, low[i]) for i in reversed(known))]
    sheet.line([(across.middle(i), up.at(share)) for i, share in ends], colour, width=0.0, alpha=0.18)
    points = [(across.middle(i), up.at(value[i])) for i in known]
    if len(points) > 1:
        sheet.line(points, colour, width=1.5)
    for x, y in points if len(points) <= 30 else ():
        sheet.dot(x, y, 1.7, colour)


def _end_badges(sheet: Sheet, last: Floats, across: LevelAxis, up: Axis) -> None:
    """A format's number at the end of its line, pushed apart where lines end together."""
    slots = sorted((slot for slot in range(len(last)) if math.isfinite(last[slot])), key=lambda slot: -last[slot])
    at = [up.at(float(last[slot])) for slot in slots]
    for i in range(1, len(at)):
        at[i] = max(at[i], at[i - 1] + 9.6)
    over = max(at[-1] - up.x, 0.0) if at else 0.0
    for slot, y in zip(slots, at, strict=True):
        badge(sheet, across.end + 7, y - over, slot)


def _tipping_bars(sheet: Sheet, places: Sequence[TippingPoint], across: LevelAxis, ends: Point) -> None:
    top, bottom = ends
    for place in places:
        low = across.start if place.low is None else across.at(place.low)
        high = across.end if place.high is None else across.at(place.high)
        sheet.rect(low, top, max(high - low, 0.8), bottom - top, fill=MUTED, alpha=0.2)
        x = across.at(place.level)
        sheet.strokes([[(x, top), (x, bottom)]], INK, width=1.0, dashed=True)
        sheet.text(x, top - 4, number(place.level), size=7.5, at="center", bold=True)


def share_maps(heat: HeatMap, factors: Pair, names: Sequence[str], *, measure: str) -> Drawing:
    """A heat map a format of one measure over two factors, all on one scale."""
    sheet, n, columns = Sheet(), len(names), min(2, len(names))
    side = (WIDTH - LEFT - (columns - 1) * 14) / columns
    tall, end, y = min(side, 170.0), scale_end(heat.value), 0.0
    titles = [wrapped(name, side - 18, 7.5, 2) for name in names]
    above = 6.0 + 8.5 * max(map(len, titles))
    for slot in range(n):
        x, last = LEFT + slot % columns * (side + 14), slot + columns >= n
        badge(sheet, x + 4.6, y + 5, slot)
        for line, words in enumerate(titles[slot]):
            sheet.text(x + 13, y + 8 + 8.5 * line, words, size=7, bold=True)
        across, up = _axes(heat, factors, (x, y + above), (side, tall))
        _tiles(sheet, heat.value[..., slot] / end, across, up, colour=HEAT)
        _numbers(sheet, heat.value[..., slot], across, up)
        across.across(sheet, y + above + tall, named=last)
        if slot % columns == 0:
            up.up(sheet, x)
        if slot % columns == columns - 1 or slot == n - 1:
            y += tall + above + (BOTTOM if last else 18)
    y = _strip(sheet, y + 10, [(HEAT, False)], (percent(0.0), percent(end)))
    title = say(
        "{measure} over {first} and {second}",
        measure=say(MEASURES[measure]),
        first=factors[0].name,
        second=factors[1].name,
    )
    half = float(np.nanmedian((heat.high - heat.low) / 2, keepdims=False))
    words = say(
        "Share of the runs of each square, a map a format, all on one scale; grey where nothing was played. A square "
        "is {runs} runs a format, in which a share is known to about {points} points either way (95%, simulation "
        "error).",
        runs=count(cell_runs(heat)),
        points=digits(f"{100 * half:.0f}"),
    )
    return sheet.finished(f"map_{measure}", title, words, y)


def cell_runs(heat: HeatMap) -> int:
    """Runs of a format behind a cell that was wholly played."""
    return int(heat.trials.sum(axis=0).max(initial=0))


def _axes(heat: HeatMap | TippingMap, factors: Pair, corner: Point, size: Point) -> tuple[LevelAxis, LevelAxis]:
    (x, y), (width, height) = corner, size
    assert heat.columns is not None
    return (
        level_axis(x, width, factors[0], heat.rows.levels),
        level_axis(y + height, -height, factors[1], heat.columns.levels),
    )


def _tiles(sheet: Sheet, shares: Floats, across: LevelAxis, up: LevelAxis, *, colour: str) -> None:
    """Cells [X, Y] of shares in [0, 1] of the scale in shades of a colour; grey where NaN, nothing below 0."""
    steps: dict[int, list[Point]] = defaultdict(list)
    gap = 0.0 if across.cell < 17 else 0.6
    for i, j in np.ndindex(shares.shape):
        share = float(shares[i, j])
        step = -1 if math.isnan(share) else round(min(share, 1.0) * SHADES)
        if step >= 0 and share < 0:
            continue
        steps[step].append((across.start + i * across.cell, up.start - (j + 1) * up.cell))
    size = (across.cell - gap, up.cell - gap)
    for step, corners in sorted(steps.items()):
        fill, alpha = (RULE, 0.5) if step < 0 else (colour, shade(step / SHADES))
        sheet.tiles(corners, size, fill, alpha=alpha)


def _numbers(sheet: Sheet, shares: Floats, across: LevelAxis, up: LevelAxis, *, signed: bool = False) -> None:
    """Percentages in cells that have room for them."""
    if across.cell < 17 or up.cell < 10:
        return
    for i, j in np.ndindex(shares.shape):
        if math.isfinite(share := float(shares[i, j])):
            words = points_label(round(share, 2)) if signed else f"{100 * share:.0f}"
            sheet.text(across.middle(i), up.middle(j) + 2.3, words, size=6.5, at="center")


def _strip(sheet: Sheet, y: float, colours: Sequence[tuple[str, bool]], ends: tuple[str, str]) -> float:
    """A scale of shades with the words at its ends, each colour from nothing up, or reversed; returns the y below."""
    low, high = ends
    x = LEFT + 4.3 * len(low) + 4
    sheet.text(x - 4, y, low, size=7, colour=MUTED, at="right")
    for colour, reverse in colours:
        for step in range(10):
            part = (10 - step) / 10 if reverse else (step + 1) / 10
            sheet.tiles([(x, y - 6.5)], (7.0, 8.0), colour, alpha=shade(part))
            x += 7
    sheet.text(x + 4, y, high, size=7, colour=MUTED)
    return y + 6


def gap_map(turn: TippingMap, factors: Pair, pair: tuple[int, int], *, measure: str, runs: int) -> Drawing:
    """Paired difference of two formats over two factors, the contour where it is zero, and the band around it."""
    sheet, gap = Sheet(), turn.value
    end = scale_end(gap)
    across, up = _axes(turn, factors, (LEFT, 2.0), (WIDTH - LEFT - 20, TALL))
    ahead, behind = side_colours(pair)
    _tiles(sheet, np.where(gap < 0, -1.0, gap / end), across, up, colour=ahead)
    _tiles(sheet, np.where(gap < 0, -gap / end, -1.0), across, up, colour=behind)
    _hatch(sheet, turn.side == 0, across, up)
    for border in (turn.first_border, turn.second_border):
        sheet.strokes(_placed(border, across, up), INK, width=0.7, dashed=True)
    told = separates(turn)
    sheet.strokes(_placed(turn.contour[~told], across, up), MUTED, width=0.6)
    sheet.strokes(_placed(turn.contour[told], across, up), PAPER, width=3.2)
    sheet.strokes(_placed(turn.contour[told], across, up), INK, width=1.6)
    _numbers(sheet, gap, across, up, signed=True)
    across.across(sheet, TALL + 2)
    up.up(sheet, LEFT)
    low, high = (say("{points} points", points=points_label(side * end)) for side in (-1, 1))
    left = LEFT + 4.3 * len(low) + 4
    y = _strip(sheet, TALL + BOTTOM + 12, [(behind, True), (ahead, False)], (low, high))
    for x, slot in ((left + 16, pair[1]), (left + 92, pair[0])):
        badge(sheet, x, y + 4, slot)
        sheet.text(x + 7, y + 6.4, say("ahead"), size=7, colour=MUTED)
    title = say(
        "{measure}: difference over {first} and {second}",
        measure=say(MEASURES[measure]),
        first=factors[0].name,
        second=factors[1].name,
    )
    words = [
        say(
            "Format {first} minus format {second} on the same draws, in percentage points; each square is {runs} runs "
            "a format.",
            first=pair[0] + 1,
            second=pair[1] + 1,
            runs=count(runs),
        )
    ]
    words += [say("The line is where they are level.")] if told.any() else []
    if not told.all():
        words.append(say("Thin and grey: level as seen, but not between cells that are told on both sides."))
    if (turn.side == 0).any():
        words.append(
            say(
                "Hatched: the 95% interval of the difference (simulation error; all squares looked at together) holds "
                "zero, so that one cannot tell; dashed are the borders of that band."
            )
        )
    return sheet.finished("difference", title, " ".join(words), y + 12)


def separates(turn: TippingMap) -> Mask:
    """[L] whether a segment of the contour lies between cells told on both sides: the next told ones across it."""
    assert turn.columns is not None
    ends = np.stack(
        [
            np.interp(turn.contour[..., at], np.array(axis.levels, dtype=np.float64), np.arange(len(axis.levels)))
            for at, axis in enumerate((turn.rows, turn.columns))
        ],
        axis=-1,
    )  # [L, 2, 2] in cells
    along = ends[:, 1] - ends[:, 0]
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length
    middle = ends.mean(axis=1)
    sides = [
        [_next_told(turn.side, at, sign * way) for sign in (1, -1)] for at, way in zip(middle, normal, strict=True)
    ]
    return np.array([first * second < 0 for first, second in sides], dtype=np.bool_)


def _next_told(side: Ints, at: Floats, way: Floats) -> int:
    """The side of the first cell that is told, going from a place by one cell, then by halves; 0 if there is none."""
    for step in range(2, 2 * sum(side.shape)):
        i, j = np.rint(at + 0.5 * step * way).astype(np.int64).tolist()
        if not (0 <= i < side.shape[0] and 0 <= j < side.shape[1]):
            return 0
        if side[i, j]:
            return int(side[i, j])
    return 0


def gap_maps(
    others: Mapping[int, TippingMap], lead: int, factors: Pair, names: Sequence[str], *, measure: str
) -> Drawing:
    """Paired difference of each other format from the one that gets furthest, small, all on one scale."""
    sheet, n, columns = Sheet(), len(others), min(2, len(others))
    side = (WIDTH - LEFT - (columns - 1) * 14) / columns
    tall, y = min(side, 150.0), 0.0
    ahead, behind = (WARM, ACCENT) if lead == 0 else (ACCENT, WARM)
    end = scale_end(np.concatenate([turn.value.ravel() for turn in others.values()]))
    for place, (slot, turn) in enumerate(others.items()):
        x, last = LEFT + place % columns * (side + 14), place + columns >= n
        badge(sheet, x + 4.6, y + 5, slot)
        sheet.text(x + 14.3, y + 8, "\N{MINUS SIGN}", size=8, at="center")
        badge(sheet, x + 24, y + 5, lead)
        sheet.text(x + 33, y + 8, wrapped(names[slot], side - 38, 7, 1)[0], size=7, bold=True)
        across, up = _axes(turn, factors, (x, y + 14), (side, tall))
        _tiles(sheet, np.where(turn.value < 0, -1.0, turn.value / end), across, up, colour=ahead)
        _tiles(sheet, np.where(turn.value < 0, -turn.value / end, -1.0), across, up, colour=behind)
        _hatch(sheet, turn.side == 0, across, up)
        _numbers(sheet, turn.value, across, up, signed=True)
        across.across(sheet, y + 14 + tall, named=last)
        if place % columns == 0:
            up.up(sheet, x)
        if place % columns == columns - 1 or place == n - 1:
            y += tall + 14 + (BOTTOM if last else 18)
    low, high = (say("{points} points", points=points_label(sign * end)) for sign in (-1, 1))
    y = _strip(sheet, y + 10, [(behind, True), (ahead, False)], (low, high))
    badge(sheet, LEFT + 4.3 * len(low) + 20, y + 4, lead)
    sheet.text(LEFT + 4.3 * len(low) + 27, y + 6.4, say("ahead"), size=7, colour=MUTED)
    title = say("{measure}: every format against {format}", measure=say(MEASURES[measure]), format=names[lead])
    words = say(
        "Each other format minus format {lead}, which is the highest over all points, on the same draws, in percentage "
        "points, all on one scale. Hatched: the 95% interval of the difference holds zero (all cells of a map looked "
        "at together), so that one cannot tell.",
        lead=lead + 1,
    )
    return sheet.finished(f"differences_{measure}", title, words, y + 12)


def side_colours(pair: tuple[int, int]) -> tuple[str, str]:
    """Colours of the two sides of a difference, safe for colour-blind readers; the first two formats keep theirs."""
    turned = pair[0] == 1 or (pair[1] == 0)
    return (WARM, ACCENT) if turned else (ACCENT, WARM)


def _placed(segments: Floats, across: LevelAxis, up: LevelAxis) -> list[list[Point]]:
    """Segments [L, 2, 2] of levels, in points."""
    return [[(across.at(x), up.at(y)) for x, y in segment] for segment in segments.tolist()]


def _hatch(sheet: Sheet, cells: Mask, across: LevelAxis, up: LevelAxis) -> None:
    """Cells with lines across."""
    strokes: list[list[Point]] = []
    width, height = across.cell, up.cell
    for i, j in np.argwhere(cells).tolist():
        x, y = across.start + i * width, up.start - (j + 1) * height
        strokes.append([(x, y + height), (x + width, y)])
        if width > 10:
            strokes += [
                [(x, y + height / 2), (x + width / 2, y)],
                [(x + width / 2, y + height), (x + width, y + height / 2)],
            ]
    sheet.strokes(strokes, MUTED, width=0.4)


def leader_map(heat: HeatMap, leader: Ints, factors: Pair, names: Sequence[str], *, measure: str) -> Drawing:
    """Which format leads in each cell beyond simulation error, all cells looked at together; -1 for none."""
    sheet = Sheet()
    shown = sorted({int(slot) for slot in np.unique(leader)} - {-1})
    top = format_key(sheet, 0, names, shown)
    across, up = _axes(heat, factors, (LEFT, top), (WIDTH - LEFT - 20, TALL))
    corners: dict[int, list[Point]] = defaultdict(list)
    for i, j in np.ndindex(leader.shape):
        corners[int(leader[i, j])].append((across.start + i * across.cell, up.start - (j + 1) * up.cell))
    for slot, places in sorted(corners.items()):
        fill, alpha = (RULE, 0.4) if slot < 0 else (format_colour(slot), 1.0)
        sheet.tiles(places, (across.cell, up.cell), fill, alpha=alpha)
    every = max(1, math.ceil(11 / min(across.cell, up.cell)), round(math.sqrt(leader.size) / 7))
    for i, j in np.ndindex(leader.shape):
        if leader[i, j] >= 0 and i % every == every // 2 and j % every == every // 2:
            words = str(int(leader[i, j]) + 1)
            sheet.text(across.middle(i), up.middle(j) + 2.4, words, size=7, at="center", bold=True, colour=WHITE)
    across.across(sheet, top + TALL)
    up.up(sheet, LEFT)
    title = say("Which format leads ({measure})", measure=say(MEASURES[measure]))
    words = say(
        "The number of the format that is ahead of every other one beyond simulation error, all squares looked at "
        "together; grey where it cannot be told."
    )
    return sheet.finished("leader", title, words, top + TALL + BOTTOM)
