"""The figure of a lever: heat maps of ability x motive, one per measure and kind of foresight."""

from __future__ import annotations

from sim.analysis.studies import STUDIED, Pressure
from sim.report.heatmaps import shade
from sim.report.palette import HEAT, MUTED
from sim.report.sheet import Drawing, Sheet

LEFT, CELL, HIGH, GAP = 34.0, 20.0, 14.0, 12.0
SHOWN = ("settlement", "in_force")
WORDS = {"baseline": "foresight as assumed"}


def pressure_figure(grid: Pressure, name: str) -> Drawing:
    """Heat maps: rows of panels are measures, columns are kinds of foresight.

    Args:
        grid: the cells.
        name: name of the drawing, and of its file.
    """
    n_a, n_m = len(grid.ability), len(grid.motive)
    wide = n_m * CELL + GAP
    sheet = Sheet(width=LEFT + len(grid.variants) * wide)
    y = 10.0
    for measure in SHOWN:
        sheet.text(0, y, STUDIED[measure] + ", per cent", bold=True)
        y += 14
        for n, variant in enumerate(grid.variants):
            x = LEFT + n * wide
            sheet.text(x, y, WORDS.get(variant, variant), size=7)
            for a in range(n_a):
                top = y + 6 + (n_a - 1 - a) * HIGH
                if n == 0:
                    sheet.text(
                        LEFT - 4, top + HIGH / 2 + 2.4, f"{grid.ability[a]:g}", size=6.5, at="right", colour=MUTED
                    )
                for m in range(n_m):
                    value = float(grid.cells[variant, a, m].shares[measure].value[0])
                    sheet.rect(x + m * CELL, top, CELL - 1, HIGH - 1, fill=HEAT, alpha=shade(value))
                    words = f"{100 * value:.0f}" if value >= 0.095 else f"{100 * value:.1f}"
                    sheet.text(x + (m + 0.5) * CELL - 0.5, top + HIGH / 2 + 2, words, size=6.5, at="center")
            for m, motive in enumerate(grid.motive):
                at = x + (m + 0.5) * CELL
                sheet.text(at, y + 14 + n_a * HIGH, f"{motive:g}", size=6.5, at="center", colour=MUTED)
        sheet.text(7, y + 6 + n_a * HIGH / 2 + 14, "ability", size=6.5, colour=MUTED, turned=True)
        y += 24 + n_a * HIGH
        sheet.text(LEFT, y, "motive", size=6.5, colour=MUTED)
        y += 18
    return sheet.finished(
        name,
        f"Pressure of {grid.patron} on {grid.target}",
        "Share of runs by ability (upwards) and motive (to the right), at three kinds of foresight.",
        y - 10,
    )
