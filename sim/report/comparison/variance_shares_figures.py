"""Bars of the shares of variance, and the tornado of the numbers that would change the answer most."""

from __future__ import annotations

from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.sensitivity.variance_shares import CHANCE, CONSTANTS, NUMBERS, KeyNumber, RestsOn
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.marks import Axis, axis, badge, points_label
from sim.report.canvas.palette import ACCENT, INK, MUTED, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.comparison.variance_shares_view import group_words, number_words, ordered, share_words, value_words
from sim.report.comparison.variance_shares_words import KIND_WORDS, PARTITION_WORDS
from sim.report.words.language import say
from sim.report.words.words import points
from sim.types import Structure

FILL = {NUMBERS: (WARM, 1.0), CONSTANTS: (WARM, 0.5), CHANCE: (ACCENT, 1.0)}
LABELS, GAP, ROW = 104.0, 12.0, 13.0


def rests_on_figures(found: RestsOn | None, comparison: Comparison, structure: Structure) -> dict[str, Drawing]:
    """The figures by name; none where it was not asked or nothing varied."""
    if found is None or not found.partitions["basis"][0].shares[0].known:
        return {}
    drawings = [share_bars(found, comparison, structure)]
    if found.numbers:
        drawings.append(tornado(found, comparison, structure))
    return {drawing.name: drawing for drawing in drawings}


def _slot(comparison: Comparison, format_id: str) -> int:
    return next(slot for slot, one in enumerate(comparison.formats) if one.id == format_id)


def share_bars(found: RestsOn, comparison: Comparison, structure: Structure) -> Drawing:
    """Shares of the variance of the main answer and of the leading format's measure, in three partitions."""
    sheet, x = Sheet(), 0.0
    for kind, kind_words in KIND_WORDS.items():
        words, (colour, alpha) = say(kind_words), FILL[kind]
        sheet.rect(x, 2, 8, 8, fill=colour, alpha=alpha)
        sheet.text(x + 12, 9, words, size=7.5)
        x += 24 + 4.4 * len(words)
    columns = [0] if found.runner_up is None else [0, found.leader_answer]
    every = [part.shares[y] for parts in found.partitions.values() for part in parts for y in columns]
    width = (WIDTH - LABELS - GAP * len(columns)) / len(columns) - 12
    ends = [end for one in every for end in (one.low, one.high)]
    scales = [axis(LABELS + GAP + n * (width + 12 + GAP), width, ends) for n in range(len(columns))]
    y = 26.0
    for n, scale in enumerate(scales):
        _column_head(sheet, scale.x, y, found, comparison=comparison, difference=n == 0 and found.runner_up is not None)
    y += 8
    for name, parts in found.partitions.items():
        y += 15
        sheet.text(0, y, say(PARTITION_WORDS[name]), bold=True)
        y += 5
        bottom = y + ROW * len(parts)
        for scale in scales:
            scale.grid(sheet, y, bottom)
        for part in ordered(parts):
            sheet.text(0, y + 9, wrapped(group_words(part.id, structure), LABELS, 7, 1)[0], size=7)
            for scale, column in zip(scales, columns, strict=True):
                _share_bar(sheet, scale, y, part.shares[column], kind=part.kind)
            y += ROW
    for scale in scales:
        scale.labels(sheet, y + 9, lambda tick: f"{100 * tick:g}%")
    return sheet.finished(
        "rests_on",
        say("What the answer rests on"),
        say(
            "Share of the variance of the answer that each group of numbers is responsible for (grouped Shapley "
            "effects, which add up to 100% in each part), with 95% intervals. Bars stop at zero where an estimate "
            "falls below it."
        ),
        y + 13,
    )


def _column_head(sheet: Sheet, x: float, y: float, found: RestsOn, *, comparison: Comparison, difference: bool) -> None:
    """What a column of bars explains."""
    first = _slot(comparison, found.leader)
    badge(sheet, x + 4.6, y - 2.6, first)
    if difference:
        ahead = say("ahead of")
        sheet.text(x + 12, y, ahead, size=7.5)
        badge(sheet, x + 23 + 3.75 * len(ahead), y - 2.6, _slot(comparison, found.runner_up or ""))
    else:
        sheet.text(x + 12, y, say(MEASURES[found.measure].lower()), size=7.5)


def _share_bar(sheet: Sheet, scale: Axis, y: float, share: Estimate, *, kind: str) -> None:
    """One share with its interval; hollow words where the interval includes zero."""
    if not share.known:
        sheet.text(scale.at(0) + 3, y + 9, say("varied too little"), size=6.5, colour=MUTED)
        return
    colour, alpha = FILL[kind]
    sheet.rect(scale.at(0), y + 2, max(scale.at(share.value) - scale.at(0), 0.0), ROW - 4, fill=colour, alpha=alpha)
    sheet.whisker(scale.at(share.low), scale.at(share.high), y + ROW / 2)
    words = share_words(share.value)
    sheet.text(scale.at(share.high) + 4, y + 9, words, size=6.5, colour=MUTED)


def tornado(found: RestsOn, comparison: Comparison, structure: Structure) -> Drawing:
    """Change of the main answer with each number held at either end of its range."""
    sheet = Sheet()
    low, high = say("held low, or line not meant"), say("held high, or line meant")
    for x, colour, words in ((0, ACCENT, low), (max(150.0, 24 + 4.0 * len(low)), WARM, high)):
        sheet.rect(x, 2, 8, 8, fill=colour)
        sheet.text(x + 12, 9, words, size=7.5)
    ends = [end.gap for one in found.numbers for end in (one.low, one.high)]
    scale = axis(44.0, WIDTH - 92.0, [bound for one in ends for bound in (one.low, one.high)])
    y = 20.0
    rows: list[tuple[float, KeyNumber]] = []
    for one in found.numbers:
        rows.append((y, one))
        y += 33
    for place, one in rows:
        _tornado_row(sheet, scale, place, one, words=number_words(one.unknown.path, structure, line=one.unknown.line))
    scale.labels(sheet, y + 9, points_label)
    below, description = _tornado_words(found)
    sheet.text(scale.x + scale.width / 2, y + 20, below, size=7, colour=MUTED, at="center")
    return sheet.finished("tornado", say("Numbers to know better"), description, y + 24)


def _tornado_words(found: RestsOn) -> tuple[str, str]:
    """What stands below the scale, and the description."""
    measure = say(MEASURES[found.measure].lower())
    if found.runner_up is None:
        return say("percentage points of the leading format"), say(
            "Change of the leading format ({measure}) when one number is held and everything else, chance included, "
            "stays as it was; with paired 95% intervals. Grey names: not to be told from noise.",
            measure=measure,
        )
    return say("percentage points of the leading format's lead over the runner-up"), say(
        "Change of the leading format's lead over the runner-up ({measure}) when one number is held and everything "
        "else, chance included, stays as it was; with paired 95% intervals. Grey names: not to be told from noise.",
        measure=measure,
    )


def _tornado_row(sheet: Sheet, scale: Axis, y: float, one: KeyNumber, *, words: str) -> None:
    """One number: its name, and a bar for either end."""
    name = f"{words} ({say(one.unknown.basis)})"
    colour = INK if one.distinguishable else MUTED
    sheet.text(0, y + 10, wrapped(name, WIDTH * 1.1, 7, 1)[0], size=7, bold=one.distinguishable, colour=colour)
    scale.grid(sheet, y + 13, y + 31)
    for row, (end, colour) in enumerate(((one.low, ACCENT), (one.high, WARM))):
        top, gap = y + 13.5 + 8.5 * row, end.gap
        left, right = sorted((scale.at(0), scale.at(gap.value)))
        sheet.rect(left, top, right - left, 7, fill=colour)
        if gap.high > gap.low:
            sheet.whisker(scale.at(gap.low), scale.at(gap.high), top + 3.5, cap=1.5)
        sheet.text(0, top + 6, value_words(one, end), size=6.5, colour=MUTED)
        sheet.text(WIDTH, top + 6, points(gap.value), size=6.5, colour=MUTED, at="right")
