"""What a design will take, before anything of it is played: parts, seconds of one core, megabytes."""

from __future__ import annotations

from dataclasses import dataclass

from sim.sweep.design import Design
from sim.sweep.part_plan import cell_work, plan_parts, wanted

BYTES_A_ROW = 16.0
"""Of a part, a row being a point, format and draw: 13 on the small files that ship, 19 on the largest."""


@dataclass(frozen=True)
class Expectation:
    """The size of a design; seconds and megabytes by rules of thumb."""

    cells: int
    points: int
    formats: int
    runs: int
    parts: int
    seconds: float
    """Of one core."""
    megabytes: float
    """On disk."""


def expect(design: Design) -> Expectation:
    """What a whole design takes; nothing is played."""
    wants, runs = wanted(design), design.runs
    everything = range(len(design.formats))
    works = (cell_work(cell.scenario.resolved, design.formats) for cell in design.cells)
    draw = sum(work.of(everything, runs.replications) for work in works)
    parts = plan_parts(design, wants)
    return Expectation(
        cells=len(design.cells),
        points=design.n_points,
        formats=len(design.formats),
        runs=design.n_runs,
        parts=len(parts),
        seconds=draw * len(wants.index.keys) * runs.draws,
        megabytes=float(parts.columns["rows"].sum()) * BYTES_A_ROW / 1e6,
    )
