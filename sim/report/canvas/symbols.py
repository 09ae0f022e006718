"""Parts that several figures share: numbered badges, keys, round scales."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sim.analysis.comparison.results import Comparison, FormatResult
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas import palette
from sim.report.canvas.palette import MUTED, OUTCOME_FILL, OUTCOME_WORDS, READING_ORDER, WHITE
from sim.report.canvas.sheet import SIZE, WIDTH, Sheet, wrapped
from sim.report.words.language import digits, say
from sim.report.words.words import percent, shown


def badge(sheet: Sheet, x: float, y: float, slot: int) -> None:
    """A format's number in a disc of its colour, centred at (x, y); numbers are the same in all figures and tables."""
    sheet.dot(x, y, 4.6, palette.format_colour(slot))
    sheet.text(x, y + 2.2, str(slot + 1), size=6.0 if slot < 9 else 5.0, at="center", bold=True, colour=WHITE)


def heading(sheet: Sheet, y: float, slot: int, result: FormatResult) -> float:
    """A format's number and name over its part of a figure, on the baseline y; returns the y below."""
    badge(sheet, 4.6, y - 2.8, slot)
    sheet.text(14, y, wrapped(shown(result.name), WIDTH - 20, SIZE, 1)[0], bold=True)
    return y + 5


def legend(sheet: Sheet, entries: Mapping[str, tuple[str, float]]) -> float:
    """Words behind boxes of their colour and opacity, framed where there is none; returns the y below."""
    x, y = 0.0, 9.0
    for words, (fill, alpha) in entries.items():
        width = 11 + 4.6 * len(words) + 8
        if x + width > WIDTH:
            x, y = 0.0, y + 13
        if fill:
            sheet.rect(x, y - 7, 8, 8, fill=fill, alpha=alpha)
        else:
            sheet.frame(x, y - 7, 8, 8)
        sheet.text(x + 11, y, words, size=7.5)
        x += width
    return y + 10


def key(sheet: Sheet, y: float, comparison: Comparison) -> float:
    """Numbers and names of the formats, one a line; returns the y below."""
    for slot, result in enumerate(comparison.formats):
        badge(sheet, 4.6, y + 5, slot)
        sheet.text(14, y + 8, wrapped(shown(result.name), WIDTH - 20, SIZE, 1)[0])
        y += 12
    return y + 6


def outcome_colours() -> dict[str, tuple[str, float]]:
    """Entries of a legend."""
    return {say(OUTCOME_WORDS[outcome]): (OUTCOME_FILL[outcome], 1.0) for outcome in READING_ORDER}


def outcome_bar(sheet: Sheet, y: float, shares: Sequence[Estimate], *, height: float, labels: bool = True) -> None:
    """One stacked bar of shares by outcome, with percentages where they fit; a rest without outcome is framed."""
    if sum(share.value for share in shares) < 0.999:
        sheet.frame(0.0, y, WIDTH, height)
    x = 0.0
    for outcome in READING_ORDER:
        width = shares[outcome].value * WIDTH
        sheet.rect(x, y, width - min(0.6, width / 2), height, fill=OUTCOME_FILL[outcome])
        label = percent(shares[outcome].value)
        if labels and width > 5.6 * len(label):
            colour = palette.ON_FILL if outcome in palette.DARK_LABEL else WHITE
            sheet.text(x + width / 2, y + height / 2 + 3, label, size=height / 2, at="center", colour=colour)
        x += width


@dataclass(frozen=True)
class Axis:
    """A horizontal scale from `low` to `high` over `width` points from `x`."""

    x: float
    width: float
    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value lies, in points; values beyond the ends lie on them."""
        inside = min(max(value, self.low), self.high)
        return self.x + self.width * (inside - self.low) / (self.high - self.low)

    def grid(self, sheet: Sheet, top: float, bottom: float) -> None:
        """Vertical lines at the ticks, the one at zero strong."""
        for tick in ticks(self.low, self.high):
            sheet.rule(self.at(tick), top, bottom, strong=tick == 0)

    def labels(self, sheet: Sheet, y: float, words: Callable[[float], str]) -> None:
        """Tick labels on the baseline y."""
        for tick in ticks(self.low, self.high):
            sheet.text(self.at(tick), y, words(tick), size=7, colour=MUTED, at="center")


def axis(x: float, width: float, values: Sequence[float]) -> Axis:
    """A scale that holds all finite values and zero, with a little room at either end that is not zero."""
    known = [value for value in values if math.isfinite(value)] + [0.0]
    low, high = min(known), max(known)
    room = 0.04 * (high - low)
    low, high = low - room * (low < 0), high + room * (high > 0)
    return Axis(x, width, low, high if high > low else low + 0.01)


def step(span: float) -> float:
    """A round step that cuts the span into at most four parts."""
    if span <= 0:
        return 0.01
    base = 10.0 ** math.floor(math.log10(span / 4))
    return next((base * m for m in (1, 2, 5, 10) if span / (base * m) <= 4.0 + 1e-9), base * 20)


def ticks(low: float, high: float) -> list[float]:
    """Round values between the ends; zero is exactly zero."""
    size = step(high - low)
    first, last = math.ceil(low / size - 1e-9), math.floor(high / size + 1e-9)
    return [round(n * size, 10) + 0.0 for n in range(first, last + 1)]


def points_label(share: float) -> str:
    """A tick of a scale in percentage points."""
    sign = "\N{MINUS SIGN}" if share < 0 else "+" if share > 0 else ""
    return f"{sign}{digits(f'{100 * abs(share):g}')}"
