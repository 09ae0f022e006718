"""All figures of a comparison, laid out and saved. None computes a statistic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sim.analysis.comparison.results import Comparison
from sim.report.canvas.sheet import Drawing
from sim.report.canvas.vector import to_svg
from sim.report.comparison.bars import outcomes, split
from sim.report.comparison.heatmaps import blockers, deals
from sim.report.comparison.interval_plots import pairs, survival, values, variant_dots
from sim.report.comparison.track_views import legs_figure, tracks_of
from sim.types import Structure


def draw_all(
    comparison: Comparison, structure: Structure, variants: Mapping[str, Comparison] | None = None
) -> dict[str, Drawing]:
    """Every figure that the data allow, by name; nothing is rendered yet.

    Args:
        comparison: the baseline.
        structure: names of the scenario.
        variants: comparisons by variant name, if any were run.
    """
    drawings = [
        outcomes(comparison),
        deals(comparison, structure),
        values(comparison, structure),
        blockers(comparison, structure),
        survival(comparison),
        split(comparison),
    ]
    if len(comparison.formats) > 1:
        drawings.append(pairs(comparison))
    if tracks_of(comparison):
        drawings.append(legs_figure(comparison))
    if variants:
        drawings.append(variant_dots(comparison, variants))
    return {drawing.name: drawing for drawing in drawings}


def save_all(drawings: Iterable[Drawing], folder: Path) -> list[Path]:
    """Writes `<name>.svg` and `<name>.png` for each drawing.

    Args:
        drawings: figures.
        folder: made if missing.

    Returns:
        The files written.
    """
    from sim.report.canvas.raster import to_png  # matplotlib is slow to import; only the pictures need it

    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for drawing in drawings:
        vector, raster = folder / f"{drawing.name}.svg", folder / f"{drawing.name}.png"
        vector.write_text(to_svg(drawing), encoding="utf-8")
        raster.write_bytes(to_png(drawing))
        written += [vector, raster]
    return written
