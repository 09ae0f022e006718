"""Dots and lines: value against reservation, paired differences, variants, how long texts last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from sim.analysis.comparison.results import MEASURES, Comparison, FormatResult, PairDifference
from sim.report.canvas.palette import ACCENT, MUTED, RULE, WARM, format_colour
from sim.report.canvas.sheet import WIDTH, Drawing, Point, Sheet, wrapped
from sim.report.canvas.symbols import Axis, axis, badge, heading, key, points_label
from sim.report.words.language import digits, say
from sim.report.words.words import percent
from sim.types import Structure

BASELINE = "as in the file"
SHOWN = ("settlement", "in_force")
"""Measures that have a panel."""


def values(comparison: Comparison, structure: Structure) -> Drawing:
    """Gain over the reservation value of each party in signed texts: median, 5-95% range, share below."""
    gains = [value.gain for result in comparison.formats for value in result.values]
    scale = axis(92.0, 216.0, [spread.low for spread in gains] + [spread.high for spread in gains])
    sheet = Sheet()
    sheet.text(0, 9, say("Gain over the reservation value, in stakes"), size=7.5, colour=MUTED)
    sheet.text(WIDTH, 9, say("texts below it"), size=7.5, colour=MUTED, at="right")
    y = 14.0
    for slot, result in enumerate(comparison.formats):
        y = heading(sheet, y + 13, slot, result)
        if result.n_texts == 0:
            sheet.text(14, y + 9, say("no text was signed"), size=7.5, colour=MUTED)
            y += 15
            continue
        scale.grid(sheet, y, y + 12 * len(structure.parties))
        for p, party in enumerate(structure.parties):
            gain, seated = result.values[p].gain, p in structure.formats[result.index].seats
            sheet.text(14, y + 9, wrapped(party.name, scale.x - 18, 7.5, 1)[0], size=7.5)
            _dot(sheet, y + 6, (scale.at(gain.low), scale.at(gain.median), scale.at(gain.high)), seated=seated)
            sheet.text(WIDTH, y + 9, percent(result.values[p].below), size=7.5, at="right")
            y += 12
        y += 2
    scale.labels(sheet, y + 9, lambda tick: digits(f"{tick:g}"))
    y += 24
    for x, seated, words in ((0, True, say("at the table")), (80, False, say("not at the table"))):
        _dot(sheet, y - 2.5, (x, x + 7, x + 14), seated=seated)
        sheet.text(x + 18, y, words, size=7.5)
    return sheet.finished(
        "values",
        say("Value against reservation"),
        say(
            "What signed texts are worth to each party beyond its reservation value: median (dot) and 5-95% range "
            "(line); the line at 0 is the reservation value. On the right the share of signed texts worth less than "
            "that."
        ),
        y + 4,
    )


def _dot(sheet: Sheet, y: float, places: tuple[float, float, float], *, seated: bool) -> None:
    """A range with its middle."""
    low, middle, high = places
    colour = ACCENT if seated else WARM
    sheet.line([(low, y), (high, y)], colour, width=2.2)
    sheet.dot(middle, y, 3.2, colour)


def pairs(comparison: Comparison) -> Drawing:
    """Forest plot of the paired differences of settlement and any text in force."""
    sheet = Sheet()
    top = key(sheet, 0, comparison)
    slots = {result.id: slot for slot, result in enumerate(comparison.formats)}
    rows = {measure: [pair for pair in comparison.pairs if pair.measure == measure] for measure in SHOWN}
    bottom = top + 16 + 13 * len(rows[SHOWN[0]])
    for n, measure in enumerate(SHOWN):
        known = [pair.difference for pair in rows[measure] if pair.difference.known]
        scale = axis(52.0 + n * 164, 136.0, [end for gap in known for end in (gap.low, gap.high)])
        sheet.text(scale.x + scale.width / 2, top + 8, say(MEASURES[measure]), bold=True, at="center")
        scale.grid(sheet, top + 14, bottom)
        scale.labels(sheet, bottom + 9, points_label)
        sheet.text(scale.x + scale.width / 2, bottom + 20, say("percentage points"), size=7, colour=MUTED, at="center")
        for row, pair in enumerate(rows[measure]):
            _forest_row(sheet, top + 22 + 13 * row, scale, pair)
    for row, pair in enumerate(rows[SHOWN[0]]):
        middle = top + 22 + 13 * row
        badge(sheet, 4.6, middle, slots[pair.first])
        sheet.text(16, middle + 2.6, "\N{MINUS SIGN}", at="center")
        badge(sheet, 27.4, middle, slots[pair.second])
    return sheet.finished(
        "pairs",
        say("Paired differences"),
        say(
            "Difference between formats on the same draws, first minus second, with 95% intervals (simulation error): "
            "filled where the interval excludes zero, hollow where the two cannot be told apart."
        ),
        bottom + 24,
    )


def _forest_row(sheet: Sheet, y: float, scale: Axis, pair: PairDifference) -> None:
    gap = pair.difference
    if gap.known:
        colour = {1: ACCENT, -1: WARM, 0: MUTED}[gap.side]
        sheet.line([(scale.at(gap.low), y), (scale.at(gap.high), y)], colour, width=1.3)
        sheet.dot(scale.at(gap.value), y, 2.8, colour, hollow=gap.side == 0)


def variant_dots(comparison: Comparison, variants: Mapping[str, Comparison]) -> Drawing:
    """Settlement and any text in force per format, under each rule variant."""
    sheet = Sheet()
    top = key(sheet, 0, comparison)
    rows = {say(BASELINE): comparison, **variants}
    bottom = top + 14 + 16 * len(rows)
    left = min(34.0 + 3.6 * max(map(len, rows)), 116.0)
    width = (WIDTH - left - 32.0) / 2
    for row in range(1, len(rows), 2):
        sheet.rect(0, top + 14 + 16 * row, WIDTH, 16, fill=RULE, alpha=0.25)
    for n, measure in enumerate(SHOWN):
        shares = [[result.measures[measure].value for result in variant.formats] for variant in rows.values()]
        scale = axis(left + n * (width + 22.0), width, [share for row in shares for share in row])
        sheet.text(scale.x + scale.width / 2, top + 8, say(MEASURES[measure]), bold=True, at="center")
        scale.grid(sheet, top + 14, bottom)
        scale.labels(sheet, bottom + 9, _percent_label)
        for row, by_format in enumerate(shares):
            _variant_row(sheet, top + 22 + 16 * row, scale, by_format)
    for row, name in enumerate(rows):
        sheet.text(0, top + 24.6 + 16 * row, wrapped(name, left - 12, 6.8, 1)[0], size=7, bold=row == 0)
    return sheet.finished(
        "variants",
        say("Under other rules"),
        say("Share of runs with a settlement, and with any text in force, per format (number) and rule variant (row)."),
        bottom + 13,
    )


def _percent_label(share: float) -> str:
    return f"{share:.0%}" if round(share * 100, 6) % 1 == 0 else digits(f"{share:.1%}")


def _variant_row(sheet: Sheet, y: float, scale: Axis, shares: Sequence[float]) -> None:
    """Numbered discs of all formats; those that would overlap lie a little higher or lower."""
    last = [-100.0, -100.0, -100.0]
    lanes = (0.0, -3.4, 3.4)
    for slot, share in sorted(enumerate(shares), key=lambda item: (item[1], item[0])):
        x = scale.at(share)
        lane = 0 if all(x - before > 9.0 for before in last) else min((1, 2), key=lambda n: last[n])
        last[lane] = x
        badge(sheet, x, y + lanes[lane], slot)


def survival(comparison: Comparison) -> Drawing:
    """Share of signed texts still in force, month by month."""
    sheet, top, height = Sheet(), 6.0, 150.0
    last = [int(result.survival.months[-1]) for result in comparison.formats if result.survival.months.size]
    horizon = max(max(last, default=1), 1)
    scale = Axis(26.0, WIDTH - 44.0, 0.0, float(horizon))
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = top + height * (1 - level)
        sheet.line([(scale.x, y), (scale.x + scale.width, y)], RULE, width=0.5)
        sheet.text(scale.x - 4, y + 2.6, f"{level:.0%}", size=7, colour=MUTED, at="right")
    every = 6 * max(1, round(horizon / 36)) if horizon >= 6 else 1
    for month in range(0, horizon + 1, every):
        sheet.text(scale.at(month), top + height + 11, str(month), size=7, colour=MUTED, at="center")
    middle = scale.x + scale.width / 2
    sheet.text(middle, top + height + 22, say("months after signature"), size=7.5, colour=MUTED, at="center")
    ends = [
        _survival_curve(sheet, scale, (top, height), result, slot=slot)
        for slot, result in enumerate(comparison.formats)
        if result.survival.months.size
    ]
    for y, slot in _apart(ends, 10.0):
        badge(sheet, scale.x + scale.width + 9, y, slot)
    y = key(sheet, top + height + 32, comparison)
    return sheet.finished(
        "survival",
        say("How long texts last"),
        say("Share of signed texts still in force after each month, with 95% bands (simulation error)."),
        y,
    )


def _survival_curve(
    sheet: Sheet, scale: Axis, upright: tuple[float, float], result: FormatResult, *, slot: int
) -> tuple[float, int]:
    """One format's curve with its band; returns where it ends."""
    curve, (top, height) = result.survival, upright
    x = [scale.at(month) for month in curve.months.tolist()]
    low, share, high = (
        [top + height * (1 - s) for s in part.tolist()] for part in (curve.low, curve.share, curve.high)
    )
    sheet.line(_steps(x, low) + _steps(x, high)[::-1], format_colour(slot), width=0.0, alpha=0.13)
    sheet.line(_steps(x, share), format_colour(slot), width=1.6)
    return share[-1], slot


def _steps(x: Sequence[float], y: Sequence[float]) -> list[Point]:
    """Corner points of a step line that changes at each x."""
    corners = [((x[n], y[n - 1]), (x[n], y[n])) for n in range(1, len(x))]
    return [(x[0], y[0]), *chain.from_iterable(corners)]


def _apart(ends: list[tuple[float, int]], least: float) -> list[tuple[float, int]]:
    """Label positions in order, moved down so that they do not overlap."""
    lowest = -least
    places: list[tuple[float, int]] = []
    for y, slot in sorted(ends):
        lowest = max(y, lowest + least)
        places.append((lowest, slot))
    return places
