"""Bars of the shares of variance, and the tornado of the numbers that would change the answer most."""

from __future__ import annotations

from sim.analysis.comparison.results import Comparison
from sim.analysis.sensitivity.variance_shares import CHANCE, CONSTANTS, NUMBERS, KeyNumber, RestsOn
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import ACCENT, INK, MUTED, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis, axis, badge, legend, points_label
from sim.report.comparison.variance_shares_view import (
    KIND_WORDS,
    PARTITION_WORDS,
    group_words,
    key_words,
    measure_words,
    ordered,
    share_words,
    value_words,
)
from sim.report.words.language import say
from sim.report.words.words import points
from sim.types import Structure

FILL = {NUMBERS: (WARM, 1.0), CONSTANTS: (WARM, 0.5), CHANCE: (ACCENT, 1.0)}
LABELS, GAP, ROW = 104.0, 12.0, 13.0


def rests_on_figures(rests: RestsOn | None, comparison: Comparison, structure: Structure) -> list[Drawing]:
    """The figures; none where it was not asked or nothing varied."""
    if rests is None or not rests.partitions["basis"][0].shares[0].known:
        return []
    return [share_bars(rests, comparison, structure), *([tornado(rests, structure)] if rests.numbers else [])]


def share_bars(rests: RestsOn, comparison: Comparison, structure: Structure) -> Drawing:
    """Shares of the variance of the main answer and of the leading format's measure, in three partitions."""
    sheet = Sheet()
    y = 7 + legend(sheet, {say(kind_words): FILL[kind] for kind, kind_words in KIND_WORDS.items()})
    columns = [0] if rests.runner_up is None else [0, rests.leader_answer]
    shares = [part.shares[answer] for parts in rests.partitions.values() for part in parts for answer in columns]
    width = (WIDTH - LABELS - GAP * len(columns)) / len(columns) - 12
    ends = [end for share in shares for end in (share.low, share.high)]
    scales = [axis(LABELS + GAP + n * (width + 12 + GAP), width, ends) for n in range(len(columns))]
    for scale, column in zip(scales, columns, strict=True):
        _column_head(sheet, scale.x, y, rests, comparison=comparison, main=column == 0)
    y += 8
    for name, parts in rests.partitions.items():
        y += 15
        sheet.text(0, y, say(PARTITION_WORDS[name]), bold=True)
        y += 5
        for scale in scales:
            scale.grid(sheet, y, y + ROW * len(parts))
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


def _column_head(sheet: Sheet, x: float, y: float, rests: RestsOn, *, comparison: Comparison, main: bool) -> None:
    slots = {result.id: slot for slot, result in enumerate(comparison.formats)}
    badge(sheet, x + 4.6, y - 2.6, slots[rests.leader])
    if main and rests.runner_up is not None:
        ahead = say("ahead of")
        sheet.text(x + 12, y, ahead, size=7.5)
        badge(sheet, x + 23 + 3.75 * len(ahead), y - 2.6, slots[rests.runner_up])
    else:
        sheet.text(x + 12, y, measure_words(rests), size=7.5)


def _share_bar(sheet: Sheet, scale: Axis, y: float, share: Estimate, *, kind: str) -> None:
    if not share.known:
        sheet.text(scale.at(0) + 3, y + 9, say("varied too little"), size=6.5, colour=MUTED)
        return
    colour, alpha = FILL[kind]
    sheet.rect(scale.at(0), y + 2, max(scale.at(share.value) - scale.at(0), 0.0), ROW - 4, fill=colour, alpha=alpha)
    sheet.whisker(scale.at(share.low), scale.at(share.high), y + ROW / 2)
    sheet.text(scale.at(share.high) + 4, y + 9, share_words(share.value), size=6.5, colour=MUTED)


def tornado(rests: RestsOn, structure: Structure) -> Drawing:
    """Change of the main answer with each number held at either end of its range."""
    sheet = Sheet()
    entries = {say("held low, or line not meant"): (ACCENT, 1.0), say("held high, or line meant"): (WARM, 1.0)}
    y = 1 + legend(sheet, entries)
    gaps = [end.gap for number in rests.numbers for end in (number.low, number.high)]
    scale = axis(44.0, WIDTH - 92.0, [bound for gap in gaps for bound in (gap.low, gap.high)])
    for number in rests.numbers:
        _tornado_row(sheet, scale, y, number, words=key_words(number, structure))
        y += 33
    scale.labels(sheet, y + 9, points_label)
    below, description = _tornado_words(rests)
    sheet.text(scale.x + scale.width / 2, y + 20, below, size=7, colour=MUTED, at="center")
    return sheet.finished("tornado", say("Numbers to know better"), description, y + 24)


def _tornado_words(rests: RestsOn) -> tuple[str, str]:
    """What stands below the scale, and the description."""
    measure = measure_words(rests)
    if rests.runner_up is None:
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


def _tornado_row(sheet: Sheet, scale: Axis, y: float, number: KeyNumber, *, words: str) -> None:
    name = wrapped(f"{words} ({say(number.unknown.basis)})", WIDTH * 1.1, 7, 1)[0]
    sheet.text(0, y + 10, name, size=7, bold=number.distinguishable, colour=INK if number.distinguishable else MUTED)
    scale.grid(sheet, y + 13, y + 31)
    for row, (end, colour) in enumerate(((number.low, ACCENT), (number.high, WARM))):
        top, gap = y + 13.5 + 8.5 * row, end.gap
        left, right = sorted((scale.at(0), scale.at(gap.value)))
        sheet.rect(left, top, right - left, 7, fill=colour)
        if gap.high > gap.low:
            sheet.whisker(scale.at(gap.low), scale.at(gap.high), top + 3.5, cap=1.5)
        sheet.text(0, top + 6, value_words(number, end), size=6.5, colour=MUTED)
        sheet.text(WIDTH, top + 6, points(gap.value), size=6.5, colour=MUTED, at="right")
