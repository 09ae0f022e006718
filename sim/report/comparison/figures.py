"""All figures of a comparison; here how talks end, what is chance, what texts contain and who refuses on what."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import MEASURES, Comparison
from sim.analysis.statistics.intervals import Estimate
from sim.report.canvas.palette import ACCENT, HEAT, INK, MUTED, RULE, WARM, WHITE, shade
from sim.report.canvas.sheet import SIZE, WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import badge, heading, key, legend, outcome_bar, outcome_colours
from sim.report.canvas.vector import to_svg
from sim.report.comparison.interval_plots import pairs, survival, values, variant_dots
from sim.report.comparison.numeric import positions_figure
from sim.report.comparison.track_views import legs_figure, tracks_of
from sim.report.comparison.variance_shares_figures import rests_on_figures
from sim.report.words.language import say
from sim.report.words.words import percent
from sim.types import Structure

LEAST_LABELLED = 0.08
"""Part of a bar that has room for its percentage."""
ROW = 11.0


def draw_all(result: ComparisonResult) -> dict[str, Drawing]:
    """Every figure that the data allow, by name; nothing is rendered yet."""
    drawings = [outcomes(result), survival(result), split(result)]
    drawings += [draw(result, result.structure) for draw in (deals, values, blockers)]
    if len(result.formats) > 1:
        drawings.append(pairs(result))
    if tracks_of(result):
        drawings.append(legs_figure(result))
    if result.variants:
        drawings.append(variant_dots(result, result.variants))
    drawings += rests_on_figures(result.variance_shares, result, result.structure)
    drawings += [positions_figure(result, result.structure, issue) for issue in result.numeric_issues]
    return {drawing.name: drawing for drawing in drawings}


def save_all(drawings: Iterable[Drawing], folder: Path) -> list[Path]:
    """Writes `<name>.svg` and `<name>.png` for each drawing into a folder, made if missing; returns the files."""
    from sim.report.canvas.raster import to_png  # matplotlib is slow to import; only the pictures need it

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for drawing in drawings:
        vector, raster = folder / f"{drawing.name}.svg", folder / f"{drawing.name}.png"
        vector.write_text(to_svg(drawing), encoding="utf-8")
        raster.write_bytes(to_png(drawing))
        written += [vector, raster]
    return written


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
    if not math.isfinite(share):
        sheet.rect(x + 0.5, y + 0.5, width - 1, height - 1, fill=RULE, alpha=0.3)
        return
    sheet.rect(x + 0.5, y + 0.5, width - 1, height - 1, fill=HEAT, alpha=shade(share))
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
            _blocker_cells(sheet, (x, y), cell, result.refusals.sum(axis=0) / most)
        for i, issue in enumerate(structure.issues):
            name = wrapped(issue.name, left - 4, 6.8, 1)[0]
            sheet.text(left - 4, y + ROW * i + 8, name, size=7, at="right")
        y += ROW * len(structure.issues)
    y = _heat_key(sheet, y + 15, most)
    return sheet.finished(
        "blockers",
        say("Who refuses on what"),
        say(
            "Per format, party (columns) and issue (rows): share of all runs in which the party's refusal on the issue "
            "stopped a deal, a text or part of one, or made it leave a text."
        ),
        y,
    )


def _blocker_cells(sheet: Sheet, corner: tuple[float, float], cell: float, parts: NDArray[np.float64]) -> None:
    """One format's panel, from [P, I] parts of the darkest cell."""
    for p, i in np.ndindex(parts.shape):
        x, y = corner[0] + p * cell + 0.4, corner[1] + i * ROW + 0.4
        sheet.rect(x, y, cell - 0.8, ROW - 0.8, fill=WARM, alpha=shade(float(parts[p, i])))


def _heat_key(sheet: Sheet, y: float, most: float) -> float:
    sheet.text(0, y, "0%", size=7, colour=MUTED)
    for step in range(12):
        sheet.rect(16 + step * 8, y - 6.5, 8, 8, fill=WARM, alpha=shade(step / 11))
    sheet.text(16 + 12 * 8 + 4, y, say("{share} of runs", share=percent(most)), size=7, colour=MUTED)
    return y + 4
