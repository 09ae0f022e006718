"""What a page with sliders waits for: a scenario kept in one process, a number set, the comparison made again.

100 draws x 4 runs a format, likelihoods only, in CPU milliseconds, everything warm. Every turn sets another value, so
that no answer is there already. A red line's firmness touches the draws in which the line is now meant and was not, or
the other way round; a weight touches all draws. `python -m benchmarks.in_process`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import parley
from benchmarks.measure import machine_line, table, timed

SCENARIOS = Path(__file__).resolve().parent.parent / "scenarios"
SIZE: dict[str, Any] = {"draws": 100, "replications": 4, "variants": False, "benchmarks": False}


@dataclass(frozen=True)
class Case:
    """A scenario that ships, how many of its formats are compared, and the two numbers that are moved."""

    file: str
    formats: int
    line: str
    weight: str


CASES = (
    Case("minimal.yaml", 2, "parties.lower.red_lines.not-by-land.firmness", "parties.lower.salience.share"),
    Case(
        "ukraine/anchorage-2025.yaml",
        5,
        "parties.ukraine.red_lines.cession.firmness",
        "parties.ukraine.salience.territory",
    ),
)
JOBS = ("load the file", "set a number and check it", "compare", "set a weight, compare", "set a firmness, compare")


def section(turns: int = 7) -> str:
    """The table as Markdown: medians over turns, and the least and the most."""
    rows = [_row(case, turns) for case in CASES]
    lines = [table(("CPU ms: median (least to most)", *JOBS), rows), machine_line()]
    return "## In one process\n\n" + (__doc__ or "").split("\n", 2)[2].strip() + "\n\n" + "\n\n".join(lines) + "\n"


def _row(case: Case, turns: int) -> list[str]:
    jobs = _jobs(case)
    spent: list[list[float]] = [[] for _ in jobs]
    for turn in range(turns + 1):  # the first turn warms up
        for job, times in zip(jobs, spent, strict=True):
            times.append(1000 * timed(lambda job=job, turn=turn: job(turn)).cpu)
    cells = [f"{median(times[1:]):.0f} ({min(times[1:]):.0f} to {max(times[1:]):.0f})" for times in spent]
    return [f"{Path(case.file).stem}, {case.formats} formats", *cells]


def _jobs(case: Case) -> tuple[Callable[[int], object], ...]:
    """What is timed, in the order of `JOBS`; each takes the number of the turn."""
    scenario, values = parley.load(SCENARIOS / case.file), np.random.default_rng(1).uniform(0.3, 0.9, 1000)
    formats = list(scenario.resolved.formats)[: case.formats]

    def compared(path: str) -> Callable[[int], object]:
        moved = parley.load(SCENARIOS / case.file)  # a scenario each: a page moves one number at a time
        return lambda turn: parley.compare(moved.set({path: float(values[turn])}), formats, **SIZE)

    return (
        lambda turn: parley.load(SCENARIOS / case.file),
        lambda turn: scenario.set({case.line: float(values[-1 - turn])}).resolved,
        lambda turn: parley.compare(scenario, formats, **SIZE),
        compared(case.weight),
        compared(case.line),
    )


if __name__ == "__main__":
    print(section())
