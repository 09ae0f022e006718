"""All figures of a comparison; nothing here computes a statistic."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import MEASURES, Comparison, Likelihoods
from sim.report.canvas import symbols
from sim.report.canvas.palette import ACCENT, HEAT, INK, MUTED, RULE, WARM, WHITE, format_colour, shade
from sim.report.canvas.sheet import SIZE, WIDTH, Drawing, Point, Sheet, to_svg, wrapped
from sim.report.canvas.symbols import Axis, axis, badge, heading, key, legend
from sim.report.comparison.numeric import positions_figure
from sim.report.comparison.page_tables import BASELINE, tracks_of
from sim.report.comparison.variance_shares_view import rests_on_figures
from sim.report.words.language import digits, say
from sim.report.words.words import percent, shown
from sim.types import Structure

LEAST_LABELLED = 0.08
"""Part of a bar that has room for its percentage."""
ROW = 11.0
NOT_HELD = "Not held: settled before"
BAR, THIN = 13.0, 5.0
"""Heights in points: of a leg's bar, and of the same format alone."""
SHOWN = ("settlement", "in_force")
"""Measures that have a panel."""


def draw_all(result: ComparisonResult) -> dict[str, Drawing]:
    """Every figure that the data allow, by name; nothing is rendered yet."""
    drawings = [outcomes(result), survival(result), split(result)]
    drawings += [draw(result, result.structure) for draw in (deals, values, blockers)]
    if len(result.formats) > 1:
        drawings.append(pairs(result))
    if tracks_of(result):
        drawings.append(legs_figure(result))
    if result.variants:
        drawings.append(variant_dots(result))
    drawings += rests_on_figures(result.variance_shares, result, result.structure)
    drawings += [positions_figure(result, result.structure, issue) for issue in result.numeric_issues]
    return {drawing.name: drawing for drawing in drawings}


def save_all(drawings: Iterable[Drawing], folder: Path) -> None:
    """Writes `<name>.svg` and `<name>.png` for each drawing into a folder, made if missing."""
    from sim.report.canvas.raster import to_png  # matplotlib is slow to import; only the pictures need it

    folder.mkdir(parents=True, exist_ok=True)
    for drawing in drawings:
        (folder / f"{drawing.name}.svg").write_text(to_svg(drawing), encoding="utf-8")
        (folder / f"{drawing.name}.png").write_bytes(to_png(drawing))


def outcomes(comparison: Comparison) -> Drawing:
    """Stacked bars of the outcomes of each format, with intervals under settlement and any text in force."""
    sheet = Sheet()
    y = legend(sheet, symbols.outcome_colours())
    for slot, result in enumerate(comparison.formats):
        y = heading(sheet, y + 9, slot, result)
        symbols.outcome_bar(sheet, y, result.outcomes, height=15.0)
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


def split(comparison: Comparison) -> Drawing:
    """How much of the spread between outcomes is chance, and how much is not knowing the numbers."""
    sheet = Sheet()
    y = legend(sheet, {say("chance within a draw"): (ACCENT, 1.0), say("not knowing the numbers"): (WARM, 1.0)})
    for slot, result in enumerate(comparison.formats):
        y = heading(sheet, y + 9, slot, result)
        share = result.split.chance_share
        if not share.known:
            words = say("cannot be told (one replication, or one outcome only)")
            sheet.text(14, y + 9, words, size=7.5, colour=MUTED)
            y += 25
            continue
        edge = WIDTH * share.value
        sheet.rect(0, y, edge - 0.3, 13, fill=ACCENT)
        sheet.rect(edge + 0.3, y, WIDTH - edge - 0.3, 13, fill=WARM)
        for middle, part in ((edge / 2, share.value), ((edge + WIDTH) / 2, 1 - share.value)):
            if part > LEAST_LABELLED:
                sheet.text(middle, y + 9.4, percent(part), size=7.5, at="center", colour=WHITE)
        sheet.whisker(share.low * WIDTH, share.high * WIDTH, y + 17.5)
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


def deals(comparison: Comparison, structure: Structure) -> Drawing:
    """Issue x option heat map: share of each option among the signed texts, a column per format."""
    cell = min(30.0, 170.0 / len(comparison.formats))
    left = WIDTH - cell * len(comparison.formats)
    sheet = Sheet()
    y = key(sheet, 0, comparison)
    for slot in range(len(comparison.formats)):
        badge(sheet, left + cell * (slot + 0.5), y + 3, slot)
    y += 8
    for i, issue in enumerate(structure.issues):
        y += 13
        sheet.text(0, y, wrapped(issue.name, WIDTH, SIZE, 1)[0], bold=True)
        y += 4
        for o, name in enumerate(issue.option_names):
            lines = wrapped(name, left - 10, 7, 2)
            height = 4.0 + 8.5 * len(lines)
            for n, words in enumerate(lines):
                sheet.text(4, y + 8 + 8.5 * n, words, size=7, colour=MUTED if o == issue.status_quo else INK)
            for slot, result in enumerate(comparison.formats):
                _heat(sheet, (left + slot * cell, y), (cell, height), float(result.deals[i, o]))
            y += height
    return sheet.finished(
        "deals",
        say("What the texts contain"),
        say(
            "Per issue and option (rows; grey: as things stand) and format (columns): percentage of signed texts with "
            "that option."
        ),
        y + 2,
    )


def _heat(sheet: Sheet, corner: tuple[float, float], size: tuple[float, float], share: float) -> None:
    (x, y), (width, height) = corner, size
    fill, alpha = (HEAT, shade(share)) if math.isfinite(share) else (RULE, 0.3)
    sheet.rect(x + 0.5, y + 0.5, width - 1, height - 1, fill=fill, alpha=alpha)
    if share >= 0.005 and width >= 15:
        sheet.text(x + width / 2, y + height / 2 + 2.4, f"{share * 100:.0f}", size=6.5, at="center")


def blockers(comparison: Comparison, structure: Structure) -> Drawing:
    """Who refuses on what: party x issue heat map per format, share of all runs."""
    n_parties, left, gap = len(structure.parties), 122.0, 7.0
    room = WIDTH - left
    cell = min(max((room / len(comparison.formats) - gap) / n_parties, 8.5), 13.0, room / n_parties)
    per_band = max(1, int((room + gap) // (cell * n_parties + gap)))
    most = max(float(result.refusals.sum(axis=0).max()) for result in comparison.formats) or 1.0
    head = min(3.8 * max(len(party.name) for party in structure.parties) + 6, 80.0)
    sheet = Sheet()
    y = key(sheet, 0, comparison)
    for start in range(0, len(comparison.formats), per_band):
        y += 12 + head
        for n, result in enumerate(comparison.formats[start : start + per_band]):
            x = left + n * (cell * n_parties + gap)
            badge(sheet, x + cell * n_parties / 2, y - head - 6, start + n)
            for p, party in enumerate(structure.parties):
                name = wrapped(party.name, head, 6.5, 1)[0]
                sheet.text(x + cell * (p + 0.5) + 2.3, y - 2, name, size=6.5, turned=True)
            shares = result.refusals.sum(axis=0) / most
            for p, i in np.ndindex(shares.shape):
                place = (x + p * cell + 0.4, y + i * ROW + 0.4)
                sheet.rect(*place, cell - 0.8, ROW - 0.8, fill=WARM, alpha=shade(float(shares[p, i])))
        for i, issue in enumerate(structure.issues):
            name = wrapped(issue.name, left - 4, 6.8, 1)[0]
            sheet.text(left - 4, y + ROW * i + 8, name, size=7, at="right")
        y += ROW * len(structure.issues)
    y += 15
    sheet.text(0, y, "0%", size=7, colour=MUTED)
    for step in range(12):
        sheet.rect(16 + step * 8, y - 6.5, 8, 8, fill=WARM, alpha=shade(step / 11))
    sheet.text(16 + 12 * 8 + 4, y, say("{share} of runs", share=percent(most)), size=7, colour=MUTED)
    return sheet.finished(
        "blockers",
        say("Who refuses on what"),
        say(
            "Per format, party (columns) and issue (rows): share of all runs in which the party's refusal on the issue "
            "stopped a deal, a text or part of one, or made it leave a text."
        ),
        y + 4,
    )


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
        scale.labels(sheet, bottom + 9, symbols.points_label)
        sheet.text(scale.x + scale.width / 2, bottom + 20, say("percentage points"), size=7, colour=MUTED, at="center")
        for row, pair in enumerate(rows[measure]):
            gap, y = pair.difference, top + 22 + 13 * row
            if gap.known:
                colour = {1: ACCENT, -1: WARM, 0: MUTED}[pair.side]
                sheet.line([(scale.at(gap.low), y), (scale.at(gap.high), y)], colour, width=1.3)
                sheet.dot(scale.at(gap.value), y, 2.8, colour, hollow=pair.side == 0)
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
            "filled where the difference exceeds it, all pairs looked at together, hollow where the two cannot be told "
            "apart."
        ),
        bottom + 24,
    )


def variant_dots(comparison: ComparisonResult) -> Drawing:
    """Settlement and any text in force per format, under each rule variant."""
    sheet = Sheet()
    top = key(sheet, 0, comparison)
    rows: dict[str, Likelihoods] = {say(BASELINE): comparison, **comparison.variants}
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
    ends: list[tuple[float, int]] = []
    for slot, result in enumerate(comparison.formats):
        curve = result.survival
        if curve.months.size:
            x = [scale.at(month) for month in curve.months.tolist()]
            low, share, high = (
                [top + height * (1 - s) for s in part.tolist()] for part in (curve.low, curve.share, curve.high)
            )
            sheet.line(_steps(x, low) + _steps(x, high)[::-1], format_colour(slot), width=0.0, alpha=0.13)
            sheet.line(_steps(x, share), format_colour(slot), width=1.6)
            ends.append((share[-1], slot))
    lowest = -10.0
    for end, slot in sorted(ends):
        lowest = max(end, lowest + 10.0)  # so that badges do not overlap
        badge(sheet, scale.x + scale.width + 9, lowest, slot)
    y = key(sheet, top + height + 32, comparison)
    return sheet.finished(
        "survival",
        say("How long texts last"),
        say("Share of signed texts still in force after each month, with 95% bands (simulation error)."),
        y,
    )


def _steps(x: Sequence[float], y: Sequence[float]) -> list[Point]:
    """Corner points of a step line that changes at each x."""
    corners = [((x[n], y[n - 1]), (x[n], y[n])) for n in range(1, len(x))]
    return [(x[0], y[0]), *chain.from_iterable(corners)]


def legs_figure(comparison: Comparison) -> Drawing:
    """Stacked bars: how each leg of each track ends, over all runs, with the same format alone as a thin bar."""
    sheet = Sheet()
    y = legend(sheet, {**symbols.outcome_colours(), say(NOT_HELD): ("", 1.0)})
    for slot, result, track in tracks_of(comparison):
        y = heading(sheet, y + 9, slot, result)
        for number, leg in enumerate(track.legs, start=1):
            y += 9
            words = say("Leg {number}: {format}", number=number, format=shown(leg.name))
            sheet.text(0, y, wrapped(words, WIDTH - 90, 7.0, 1)[0], size=7.0)
            words = say("decided here {share}", share=percent(leg.decided.value))
            sheet.text(WIDTH, y, words, size=7.0, at="right", colour=MUTED)
            y += 4
            symbols.outcome_bar(sheet, y, leg.of_all, height=BAR)
            y += BAR
            if leg.alone:
                symbols.outcome_bar(sheet, y + 1.5, leg.alone, height=THIN, labels=False)
                y += THIN + 1.5
            y += 4
        y += 4
    return sheet.finished(
        "legs",
        say("Where along the track it is decided"),
        say(
            "How each leg of a track ends, as shares of all runs; the empty part is where a leg was not held because "
            "one before it had settled. A thin bar below is the same format on its own, where it was compared too."
        ),
        y,
    )
