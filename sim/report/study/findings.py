"""The findings of a study as one page of Markdown with its figures. Every sentence is worded from the numbers.

The figure of a lever: heat maps of ability x motive, one per measure and kind of foresight.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import Pressure, Study
from sim.report.canvas.palette import HEAT, MUTED, shade
from sim.report.canvas.sheet import SIZE, Drawing, Sheet, wrapped
from sim.report.comparison.figures import save_all
from sim.report.study.findings_changes import GRID_MEASURES, bounded, changes, contacts, pressure
from sim.report.study.findings_formats import degeneracy, seats, who_stops
from sim.report.study.findings_words import format_names, grid_words
from sim.report.words.table_writers import Table, section
from sim.report.words.templating import render_page
from sim.report.words.words import percent

IMAGES = "images"
FIGURE = "findings-pressure"
LEFT, CELL, HIGH, GAP = 34.0, 20.0, 14.0, 12.0


def write_findings(study: Study, page: Path, command: str) -> None:
    """Write the page, and its figures into a folder beside it; `command` makes the page again."""
    page.parent.mkdir(parents=True, exist_ok=True)
    figures = [FIGURE + (f"-{n}" if n > 1 else "") for n, _ in enumerate(study.pressure, start=1)]
    if figures:
        drawings = [pressure_figure(grid, name) for grid, name in zip(study.pressure, figures, strict=True)]
        save_all(drawings, page.parent / IMAGES)
    assumed = sum(row.basis == "assumed" for row in study.numbers)
    text = render_page(
        "findings.md.j2",
        study=study,
        command=command,
        assumed=assumed,
        share=percent(assumed / len(study.numbers) if study.numbers else float("nan")),
        names=format_names(study),
        variants=Table("", ("Variant", "Rule"), tuple(study.variants.items())),
        sections=_sections(study, [f"{IMAGES}/{name}.svg" for name in figures]),
        conditional=CONDITIONAL,
        interval_note=INTERVAL_NOTE,
    )
    page.write_text(text, encoding="utf-8")


def _sections(study: Study, pictures: Sequence[str]) -> dict[str, str]:
    """The sections that the study file asks for, in order."""
    sections = {
        f"Who stops a text of {format_names(study)[study.narrow]}, and on what": who_stops(study),
        "What further seats do to the number of texts and to how long they hold": seats(study),
        "Ability times motive: pressure from none to high": pressure(study, pictures),
        "Each red line off, one at a time": changes(study, study.lines_off, "Line off"),
        "Standing off": changes(study, study.standing_off, "Override"),
        "The clone test": bounded(study, study.clones, "Party split"),
        "More contacts": contacts(study),
        "Degeneracy": degeneracy(study),
    }
    return {title: section(parts) for title, parts in sections.items() if parts}


def pressure_figure(grid: Pressure, name: str) -> Drawing:
    """Heat maps: rows of panels are measures, columns are kinds of foresight."""
    wide = len(grid.motive) * CELL + GAP
    high = len(grid.ability) * HIGH
    sheet = Sheet(width=LEFT + len(grid.variants) * wide)
    y = 10.0
    for measure in GRID_MEASURES[:3]:
        sheet.text(0, y, wrapped(grid_words(grid, measure) + ", per cent", sheet.width, SIZE, 1)[0], bold=True)
        y += 14
        for a, ability in enumerate(grid.ability):
            sheet.text(LEFT - 4, _row(grid, y, a) + HIGH / 2 + 2.4, f"{ability:g}", size=6.5, at="right", colour=MUTED)
        for n, variant in enumerate(grid.variants):
            sheet.text(LEFT + n * wide, y, "foresight as assumed" if variant == BASELINE else variant, size=7)
            _panel(sheet, grid, (variant, measure), corner=(LEFT + n * wide, y))
        sheet.text(7, y + 20 + high / 2, "ability", size=6.5, colour=MUTED, turned=True)
        y += 24 + high
        sheet.text(LEFT, y, "motive", size=6.5, colour=MUTED)
        y += 18
    return sheet.finished(
        name,
        f"Pressure of {grid.patron} on {grid.target}",
        "Share of runs by ability (upwards) and motive (to the right), at three kinds of foresight.",
        y - 10,
    )


def _row(grid: Pressure, y: float, a: int) -> float:
    """Upper edge of the cells of ability `a`, the highest on top."""
    return y + 6 + (len(grid.ability) - 1 - a) * HIGH


def _panel(sheet: Sheet, grid: Pressure, shown: tuple[str, str], *, corner: tuple[float, float]) -> None:
    """One heat map, of (variant, measure), with the motives below it."""
    x, y = corner
    for a, m in product(range(len(grid.ability)), range(len(grid.motive))):
        value = grid.share(*shown, a, m).value
        top = _row(grid, y, a)
        sheet.rect(x + m * CELL, top, CELL - 1, HIGH - 1, fill=HEAT, alpha=shade(value))
        words = f"{100 * value:.0f}" if value >= 0.095 else f"{100 * value:.1f}"
        sheet.text(x + (m + 0.5) * CELL - 0.5, top + HIGH / 2 + 2, words, size=6.5, at="center")
    below = y + 14 + len(grid.ability) * HIGH
    for m, motive in enumerate(grid.motive):
        sheet.text(x + (m + 0.5) * CELL, below, f"{motive:g}", size=6.5, at="center", colour=MUTED)
