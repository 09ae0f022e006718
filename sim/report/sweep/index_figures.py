"""Figures of what an answer turns on: Sobol indices, Morris effects, single steps, the trajectory of a box search."""

from __future__ import annotations

from collections.abc import Mapping

from sim.analysis.sweeps.box_search import BoxSearch
from sim.analysis.sweeps.elementary_effects import ElementaryEffects, OneAtATime
from sim.analysis.sweeps.pick_freeze_indices import FactorIndices, PickFreezeIndices
from sim.report.canvas.palette import ACCENT, INK, MUTED, RULE, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis, axis, legend, points_label, ticks
from sim.report.comparison.number_tables import ARROW
from sim.report.sweep.factor_words import number
from sim.report.words.language import count, say
from sim.report.words.words import percent

MOST = 12
"""Factors that a figure shows."""
LABELS, ROW = 112.0, 17.0
"""Points: of the names before bars, and of a factor's row."""


def by_total(indices: PickFreezeIndices) -> list[FactorIndices]:
    """Factors with the largest total first, dummies where their total puts them."""
    return sorted(indices.factors, key=lambda of_one: -of_one.total.value)


def index_bars(indices: PickFreezeIndices, *, name: str, answer: str) -> Drawing:
    """First-order and total indices with their intervals, and the floor that the dummies show."""
    sheet = Sheet()
    shown = by_total(indices)[:MOST]
    entries = {say("by itself"): (ACCENT, 1.0), say("with its interactions"): (ACCENT, 0.35)}
    y = legend(sheet, entries) + 4
    ends = [end for one in shown for index in (one.first, one.total) for end in (index.low, index.high)]
    scale = axis(LABELS, WIDTH - LABELS - 34, [*(min(max(end, -0.25), 1.25) for end in ends), 0.1])
    bottom = y + ROW * len(shown)
    scale.grid(sheet, y, bottom)
    if indices.floor > 0.0:
        x = scale.at(indices.floor)
        sheet.rect(scale.at(0.0), y, x - scale.at(0.0), bottom - y, fill=MUTED, alpha=0.14)
        sheet.strokes([[(x, y), (x, bottom)]], MUTED, width=0.8, dashed=True)
    for one in shown:
        label = say("dummy (moves nothing)") if one.dummy else one.factor
        faint = MUTED if one.dummy or not one.moves else INK
        lines = name_lines(label, LABELS - 4, 7.0)
        for place, line in enumerate(lines):
            sheet.text(0, y + 14.2 - 3.7 * len(lines) + 7.4 * place, line, size=7.0, bold=one.moves, colour=faint)
        for top, index, alpha in ((y + 2.0, one.first, 1.0), (y + 9.0, one.total, 0.35)):
            left, right = sorted((scale.at(0.0), scale.at(index.value)))
            sheet.rect(left, top, right - left, 6.0, fill=ACCENT, alpha=alpha)
            sheet.whisker(scale.at(index.low), scale.at(index.high), top + 3.0, cap=1.5)
        sheet.text(WIDTH, y + 10.5, _whole(one.total.value), size=7, colour=MUTED, at="right")
        y += ROW
    scale.labels(sheet, y + 9, lambda tick: f"{100 * tick:g}%".replace("-", "\N{MINUS SIGN}"))
    sheet.text(
        scale.x + scale.width / 2,
        y + 20,
        say("share of the variance between points"),
        size=7,
        at="center",
        colour=MUTED,
    )
    words = say(
        "Sobol indices of {answer}: the share of the variance between points that a factor is responsible for by "
        "itself, and with its interactions (the number on the right), with 95% intervals, from {rows} base rows and "
        "{draws} draws a point. Bold: told to move the answer, all factors looked at together.",
        answer=answer,
        rows=count(indices.rows),
        draws=count(indices.draws),
    )
    if indices.floor > 0.0:
        words += " " + say(
            "Grey band: up to here reaches the interval of the dummy, which moves nothing and is played with other "
            "luck: what noise looks like. An index is told only above it. A factor that moves nothing, with the row's "
            "luck, is at exactly 0."
        )
    return sheet.finished(name, say("What it turns on: {answer}", answer=answer), words, y + 24)


def _under(sheet: Sheet, scale: Axis, y: float, words: str) -> None:
    sheet.text(scale.x + scale.width / 2, y, words, size=7.5, at="center")


def name_lines(name: str, width: float, size: float) -> list[str]:
    """A factor's name on at most two lines, broken behind an underscore; of a long path the two ends."""
    lines = [line.replace("_ ", "_") for line in wrapped(name.replace("_", "_ "), width, size, 2)]
    parts = name.split(ARROW)
    if not lines[-1].endswith("…") or len(parts) < 3 or parts[1] == "…":
        return lines
    return name_lines(ARROW.join((parts[0], "…", parts[-1])), width, size)


def _whole(share: float) -> str:
    words = f"{abs(100 * share):.0f}%"
    return f"\N{MINUS SIGN}{words}" if share <= -0.005 else words


def screening(effects: ElementaryEffects, *, answer: str) -> Drawing:
    """Morris' mean absolute effect against its standard deviation."""
    sheet, top, height, left = Sheet(), 6.0, 180.0, 44.0
    stars = [one.mu_star.high for one in effects.factors]
    sigmas = [one.sigma.value for one in effects.factors]
    across, up = axis(left, WIDTH - left - 60, stars), axis(top + height, -height, sigmas)
    for scale, vertical in ((across, False), (up, True)):
        for tick in ticks(scale.low, scale.high):
            at, words = scale.at(tick), points_label(tick).lstrip("+")
            line = [(left, at), (across.x + across.width, at)] if vertical else [(at, top), (at, top + height)]
            sheet.line(line, RULE, width=0.5)
            x, y = (left - 5, at + 2.4) if vertical else (at, top + height + 10)
            sheet.text(x, y, words, size=7, colour=MUTED, at="right" if vertical else "center")
    ranked = sorted(effects.factors, key=lambda one: -one.mu_star.value)
    taken: list[tuple[float, float]] = []
    for place, one in enumerate(ranked):
        x, y = across.at(one.mu_star.value), up.at(one.sigma.value)
        colour = ACCENT if one.moves else MUTED
        sheet.whisker(across.at(one.mu_star.low), across.at(one.mu_star.high), y, colour, cap=1.5)
        sheet.dot(x, y, 2.8, colour, hollow=not one.moves)
        if place < MOST and one.moves:
            _label(sheet, (x, y), one.factor, taken)
    sheet.text(
        across.x + across.width / 2, top + height + 21, say("mean absolute effect, points"), size=7.5, at="center"
    )
    sheet.text(12, top + height / 2, say("its standard deviation, points"), size=7.5, at="center", turned=True)
    words = say(
        "Elementary effects (Morris) on {answer} over a factor's whole range, in percentage points, with 95% intervals "
        "over {trajectories} trajectories. High up: what a factor does depends on where the others stand. Hollow: not "
        "told to move the answer.",
        answer=answer,
        trajectories=count(effects.trajectories),
    )
    return sheet.finished("screening", say("Screening of the factors"), words, top + height + 28)


def _label(sheet: Sheet, at: tuple[float, float], words: str, taken: list[tuple[float, float]]) -> None:
    """A name beside its dot, moved down where another stands; left out where there is no room."""
    x, y = at[0] + 5, at[1] - 3.0
    width = 4.2 * len(words)
    x = min(x, WIDTH - width)
    for _ in range(3):
        if all(abs(y - other_y) > 7.5 or abs(x - other_x) > width + 4 for other_x, other_y in taken):
            taken.append((x, y))
            sheet.text(x, y, words, size=7)
            return
        y += 8.0


def step_bars(steps: OneAtATime, *, name: str, answer: str) -> Drawing:
    """What each level of each factor does alone, as paired differences from the base."""
    sheet = Sheet()
    ends = [end for one in steps.steps for end in (one.effect.low, one.effect.high)]
    scale = axis(LABELS + 40, WIDTH - LABELS - 44, ends)
    y, factor = 6.0, ""
    bottom = y + 11.0 * len(steps.steps) + 4.0 * len({one.factor for one in steps.steps})
    scale.grid(sheet, y, bottom)
    for one in steps.steps:
        if one.factor != factor:
            factor = one.factor
            y += 4.0
            for place, line in enumerate(name_lines(factor, LABELS - 4, 7.0)):
                sheet.text(0, y + 8 + 7.4 * place, line, size=7.0, bold=True)
        sheet.text(LABELS + 34, y + 8, number(one.level), size=7, colour=MUTED, at="right")
        colour = {1: ACCENT, -1: WARM, 0: MUTED}[one.side]
        sheet.line([(scale.at(one.effect.low), y + 5.5), (scale.at(one.effect.high), y + 5.5)], colour, width=1.3)
        sheet.dot(scale.at(one.effect.value), y + 5.5, 2.6, colour, hollow=one.side == 0)
        y += 11.0
    scale.labels(sheet, y + 9, points_label)
    sheet.text(
        scale.x + scale.width / 2, y + 20, say("percentage points from the base"), size=7, at="center", colour=MUTED
    )
    words = say(
        "{answer}: change from the base of {base} with one factor at another level and all others as they were, on the "
        "same draws, with 95% intervals (simulation error). Hollow: not told from no change, all steps looked at "
        "together.",
        answer=answer,
        base=percent(steps.base.value),
    )
    return sheet.finished(name, say("One factor at a time: {answer}", answer=answer), words, y + 24)


def trajectory(box: BoxSearch, *, name: str, answer: str) -> Drawing:
    """Density against coverage of the boxes on the way, and the one chosen."""
    sheet, top, height, left = Sheet(), 22.0, 150.0, 44.0
    _marks(sheet, {say("chosen"): (WARM, False), say("on the other half"): (ACCENT, True)})
    across, up = Axis(left, WIDTH - left - 40, 0.0, 1.0), Axis(top + height, -height, 0.0, 1.0)
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        sheet.line([(left, up.at(tick)), (across.x + across.width, up.at(tick))], RULE, width=0.5)
        sheet.line([(across.at(tick), top), (across.at(tick), top + height)], RULE, width=0.5)
        sheet.text(left - 5, up.at(tick) + 2.4, percent(tick), size=7, colour=MUTED, at="right")
        sheet.text(across.at(tick), top + height + 10, percent(tick), size=7, colour=MUTED, at="center")
    places = [(across.at(one.coverage), up.at(one.density)) for one in box.trajectory]
    if len(places) > 1:
        sheet.line(places, MUTED, width=0.8)
    for x, y in places:
        sheet.dot(x, y, 1.8, MUTED)
    if box.chosen is not None:
        x, y = across.at(box.chosen.coverage), up.at(box.chosen.density)
        sheet.dot(x, y, 4.2, WARM)
    held = (box.held_out_coverage, box.held_out_density)
    if held[0] is not None and held[1] is not None:
        x, y = across.at(held[0].value), up.at(held[1].value)
        sheet.line([(x, up.at(held[1].low)), (x, up.at(held[1].high))], ACCENT, width=1.0)
        sheet.whisker(across.at(held[0].low), across.at(held[0].high), y, ACCENT, cap=0.0)
        sheet.dot(x, y, 3.2, ACCENT, hollow=True)
    sheet.text(
        across.x + across.width / 2,
        top + height + 21,
        say("coverage: share of all such points that is inside"),
        size=7.5,
        at="center",
    )
    sheet.text(12, top + height / 2, say("density: share inside that is such"), size=7.5, at="center", turned=True)
    words = say(
        "Boxes of the search (PRIM) from all {points} points, right, to the smallest. Such points: {answer}. Ring: "
        "what boxes found on half the points hold of the other half ({halves} boxes), with 95% intervals; if it lies "
        "well below the chosen box, that one fits noise.",
        points=count(box.points),
        answer=answer,
        halves=box.halves,
    )
    return sheet.finished(name, say("The search for a box: {answer}", answer=answer), words, top + height + 28)


def _marks(sheet: Sheet, entries: Mapping[str, tuple[str, bool]]) -> None:
    """Words behind the dots, or rings, that stand for them, on one line."""
    x = 44.0
    for words, (colour, hollow) in entries.items():
        sheet.dot(x + 3.5, 6.0, 3.4, colour, hollow=hollow)
        sheet.text(x + 11, 8.6, words, size=7.5)
        x += 28 + 4.6 * len(words)
