"""Bars: how talks end, and how much of the spread is chance."""

from __future__ import annotations

from sim.analysis.comparison.results import MEASURES, Comparison, FormatResult
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.marks import heading
from sim.report.canvas.palette import (
    ACCENT,
    DARK_LABEL,
    MUTED,
    ON_FILL,
    OUTCOME_FILL,
    OUTCOME_WORDS,
    READING_ORDER,
    WARM,
)
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet
from sim.report.words.language import say
from sim.report.words.words import percent

WHITE = "#ffffff"
LEAST_LABELLED = 0.08
"""Part of a bar that has room for its percentage."""


def outcomes(comparison: Comparison) -> Drawing:
    """Stacked bars of the outcomes of each format, with intervals under settlement and any text in force."""
    sheet = Sheet()
    y = _outcome_legend(sheet)
    for slot, result in enumerate(comparison.formats):
        y += 9
        heading(sheet, y, slot, result)
        y += 5
        _outcome_bar(sheet, y, result)
        for measure, below in (("settlement", 19.5), ("in_force", 26.5)):
            found = result.measures[measure]
            sheet.whisker(found.low * WIDTH, found.high * WIDTH, y + below)
            words = f"{say(MEASURES[measure].lower())} {percent(found.value)}"
            right = found.high * WIDTH + 5 + 4.0 * len(words) > WIDTH
            x = found.low * WIDTH - 5 if right else found.high * WIDTH + 5
            sheet.text(x, y + below + 2.3, words, size=6.5, colour=MUTED, at="right" if right else "left")
        y += 36
    return sheet.finished(
        "outcomes",
        say("How talks end"),
        say(
            "Share of runs by outcome for each format. The brackets are 95% intervals (simulation error) of settlement "
            "and of any text in force, which is settlement and partial text together."
        ),
        y,
    )


def _outcome_legend(sheet: Sheet) -> float:
    """The outcomes with their colours, in as many lines as needed; returns the y below."""
    x, y = 0.0, 9.0
    for outcome in READING_ORDER:
        words = say(OUTCOME_WORDS[outcome])
        width = 11 + 4.6 * len(words) + 8
        if x + width > WIDTH:
            x, y = 0.0, y + 13
        sheet.rect(x, y - 7, 8, 8, fill=OUTCOME_FILL[outcome])
        sheet.text(x + 11, y, words, size=7.5)
        x += width
    return y + 10


def _outcome_bar(sheet: Sheet, y: float, result: FormatResult) -> None:
    """One stacked bar over the whole width, with percentages where they fit."""
    x = 0.0
    for outcome in READING_ORDER:
        width = result.outcomes[outcome].value * WIDTH
        sheet.rect(x, y, width - min(0.6, width / 2), 15, fill=OUTCOME_FILL[outcome])
        label = percent(result.outcomes[outcome].value)
        if width > 5.6 * len(label):
            colour = ON_FILL if outcome in DARK_LABEL else WHITE
            sheet.text(x + width / 2, y + 10.5, label, size=7.5, at="center", colour=colour)
        x += width


def split(comparison: Comparison) -> Drawing:
    """How much of the spread between outcomes is chance, and how much is not knowing the numbers."""
    sheet = Sheet()
    x = 0.0
    for colour, words in ((ACCENT, say("chance within a draw")), (WARM, say("not knowing the numbers"))):
        sheet.rect(x, 2, 8, 8, fill=colour)
        sheet.text(x + 12, 9, words, size=7.5)
        x = max(120.0, 20 + 4.6 * len(words))
    y = 19.0
    for slot, result in enumerate(comparison.formats):
        y += 9
        heading(sheet, y, slot, result)
        y += 5
        share = result.split.chance_share
        if share.known:
            _split_bar(sheet, y, share)
        else:
            words = say("cannot be told (one replication, or one outcome only)")
            sheet.text(14, y + 9, words, size=7.5, colour=MUTED)
        y += 25
    return sheet.finished(
        "split",
        say("Chance and not knowing"),
        say(
            "How the spread of outcomes (Gini index) divides into chance within a draw of the uncertain numbers and "
            "not knowing these numbers. The bracket is the 95% interval of the border."
        ),
        y,
    )


def _split_bar(sheet: Sheet, y: float, share: Estimate) -> None:
    """One bar over the whole width: chance, then not knowing."""
    edge = WIDTH * share.value
    sheet.rect(0, y, edge - 0.3, 13, fill=ACCENT)
    sheet.rect(edge + 0.3, y, WIDTH - edge - 0.3, 13, fill=WARM)
    for middle, part in ((edge / 2, share.value), ((edge + WIDTH) / 2, 1 - share.value)):
        if part > LEAST_LABELLED:
            sheet.text(middle, y + 9.4, percent(part), size=7.5, at="center", colour=WHITE)
    sheet.whisker(share.low * WIDTH, share.high * WIDTH, y + 17.5)
