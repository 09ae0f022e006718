"""What a sweep will take, by playing a few of its points: for the eye, and for asking before a long one.

Parts are never cut by it: that goes by a rule (`part_plan`), so that a plan hangs on no clock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from sim.app.errors import InputError
from sim.sweep.executors import Crash, attempt
from sim.sweep.folders.part_plan import cell_work
from sim.sweep.folders.parts import WorkOrder, carry_out
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.run_sweep import order_seconds

CELLS = 3
"""Cells by which the measured pace is weighed: the first, the last, those between evenly."""
TRY_SECONDS = 0.5
"""Of one core, by the rule, that are played."""


@dataclass(frozen=True)
class SweepEstimate:
    """What is missing of a sweep, and about what it takes."""

    runs: int
    parts: int
    """Files."""
    core_seconds: float
    """Of one core, without compiling; divided by the workers, about what the clock will show."""
    megabytes: float
    """Of the parts on disk."""
    all_runs: int
    """Of the folder, played or not; none of a shard to which nothing falls."""


def estimate_sweep(folder: SweepFolder) -> SweepEstimate:
    """Play the first points that are missing, twice: few, which also loads the rules, and more; writes nothing.

    Raises:
        InputError: they cannot be played.
    """
    status = folder.status()
    runs, parts = status.runs - status.runs_done, status.parts - status.parts_done
    order = next(folder.missing(), None)
    if order is None:
        return SweepEstimate(0, 0, 0.0, 0.0, status.runs)
    few, more = _of_points(order, 1), _of_points(order, TRY_SECONDS / order_seconds(order) * order.n_points)
    small = _size(few)
    began = time.process_time()
    large = _size(more)
    pace = (time.process_time() - began) / order_seconds(more)
    a_run = (large - small) / (more.n_runs - few.n_runs) if more.n_runs > few.n_runs else 0.0
    a_file = max(0.0, large - a_run * more.n_runs) / len(order.parts)
    seconds, megabytes = pace * _seconds_of_a_run(folder) * runs, (a_run * runs + a_file * parts) / 1e6
    return SweepEstimate(runs, parts, seconds, megabytes, status.runs)


def _of_points(order: WorkOrder, count: float) -> WorkOrder:
    """An order of so many of its points."""
    few = slice(0, int(np.clip(count, 1, order.n_points)))
    block, inputs = order.block, order.inputs
    return replace(
        order,
        block=replace(block, levels=block.levels[few], seeds=block.seeds[few]),
        inputs=replace(inputs, keys=inputs.keys[few], seeds=inputs.seeds[few], levels=inputs.levels[few]),
    )


def _size(order: WorkOrder) -> int:
    """Bytes of its parts."""
    outcome = attempt(carry_out, order, 1)
    if isinstance(outcome, Crash):
        raise InputError(f"The first points cannot be played: {outcome.message}")
    return sum(map(len, outcome.values()))


def _seconds_of_a_run(folder: SweepFolder) -> float:
    """By the rule, the mean over some cells and all formats."""
    design, replications = folder.design, folder.design.runs.replications
    cells = {round(at) for at in np.linspace(0, len(design.cells) - 1, CELLS)}
    works = (cell_work(design.cells[cell].scenario.resolved, design.formats) for cell in sorted(cells))
    slots = range(len(design.formats))
    return float(np.mean([work.of(slots, replications) for work in works])) / (len(slots) * replications)
