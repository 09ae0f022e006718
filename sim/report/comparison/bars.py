"""Bars: how talks end, and how much of the spread is chance."""

from __future__ import annotations

from collections.abc import Sequence

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.marks import heading, legend
from sim.report.canvas.palette import (
    ACCENT,
    DARK_LABEL,
    MUTED,
    ON_FILL,
    OUTCOME_FILL,
    OUTCOME_WORDS,
    READING_ORDER,
    WARM,
    WHITE,
)
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet
from sim.report.words.language import say
from sim.report.words.words import percent

LEAST_LABELLED = 0.08
"""Part of a bar that has room for its percentage."""


def outcomes(comparison: Comparison) -> Drawing:
    """Stacked bars of the outcomes of each format, with intervals under settlement and any text in force."""
    sheet = Sheet()
    y = legend(sheet, outcome_colours())
    for slot, result in enumerate(comparison.formats):
        y = heading(sheet, y + 9, slot, result)
        outcome_bar(sheet, y, result.outcomes, height=15.0)
        for measure, below in (("settlement", 19.5), ("in_force", 26.5)):
            share = result.measures[measure]
            sheet.whisker(share.low * WIDTH, share.high * WIDTH, y + below)
            words = f"{say(MEASURES[measure].lower())} {percent(share.value)}"
            right = share.high * WIDTH + 5 + 4.0 * len(words) > WIDTH
            x = share.low * WIDTH - 5 if right else share.high * WIDTH + 5
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
            colour = ON_FILL if outcome in DARK_LABEL else WHITE
            sheet.text(x + width / 2, y + height / 2 + 3, label, size=height / 2, at="center", colour=colour)
        x += width


def split(comparison: Comparison) -> Drawing:
    """How much of the spread between outcomes is chance, and how much is not knowing the numbers."""
    sheet = Sheet()
    y = legend(sheet, {say("chance within a draw"): (ACCENT, 1.0), say("not knowing the numbers"): (WARM, 1.0)})
    for slot, result in enumerate(comparison.formats):
        y = heading(sheet, y + 9, slot, result)
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
    edge = WIDTH * share.value
    sheet.rect(0, y, edge - 0.3, 13, fill=ACCENT)
    sheet.rect(edge + 0.3, y, WIDTH - edge - 0.3, 13, fill=WARM)
    for middle, part in ((edge / 2, share.value), ((edge + WIDTH) / 2, 1 - share.value)):
        if part > LEAST_LABELLED:
            sheet.text(middle, y + 9.4, percent(part), size=7.5, at="center", colour=WHITE)
    sheet.whisker(share.low * WIDTH, share.high * WIDTH, y + 17.5)
