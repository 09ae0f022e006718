"""Carrying out a sweep: every part that is missing from its folder, by whoever is there to play it.

This process alone writes the folder. It stops gently at Ctrl-C or SIGTERM, and at once at the second; either way, and
after `kill -9`, the folder holds whole parts alone and the same command goes on from there.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import Any

from sim.engines.batch import available_threads
from sim.sweep.design import Design
from sim.sweep.executors import Crash, Pool, dask_library, existing_cluster, local_cluster, results, thread_pool
from sim.sweep.folders.part_plan import cell_work
from sim.sweep.folders.parts import WorkOrder, carry_out
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.sweep_result import SweepResult
from sim.types.playing import SILENCE, Progress, Stopped

MUCH_SECONDS = 10.0
"""Less, of one core and by the plan's measure, is played by threads: starting processes would not pay."""
USUAL_SECONDS = 60.0
"""The same, where nobody named a number of processes: two threads of one process are as fast as two processes."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class SweepStopped(Stopped):
    """Somebody had enough; the folder resumes."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}; the same command goes on from here.")
        self.signal = number

    @property
    def exit_code(self) -> int:
        """128 and the number of the signal: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.signal


def run_sweep(
    design: Design,
    place: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    threads: int | None = None,
    shard: tuple[int, int] | None = None,
    progress: Progress = SILENCE,
) -> SweepResult:
    """Play a design, or what its folder lacks of it.

    Args:
        design: from `read_design` or `make_design`.
        place: the folder; a new one, or one of the same design.
        workers: processes or threads, by default as many as there are processors; the bytes do not depend on it.
        scheduler: address of a Dask scheduler, or the `.json` file that it writes, in place of workers here.
        threads: of this process, which then plays alone.
        shard: (k, n) for the k-th of n shards, from 1.
        progress: is told how many runs there are to be, and of those that are played.

    Raises:
        InputError: the folder holds something else, or the scheduler or a worker cannot be used.
        SweepStopped: Ctrl-C, SIGTERM, SIGHUP, or whoever watches had enough; the folder resumes.
        ConnectionError: the scheduler was lost; the folder resumes.
    """
    folder = SweepFolder.create(design, place, shard)
    try:
        finish_sweep(folder, workers=workers, scheduler=scheduler, threads=threads, progress=progress)
    finally:
        folder.close()
    return SweepResult(folder)


def finish_sweep(
    folder: SweepFolder,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    threads: int | None = None,
    progress: Progress = SILENCE,
) -> int:
    """Play what a folder that this process owns lacks, as in `run_sweep`; gives the number of orders that failed."""
    status = folder.status()
    progress.expect(status.runs - status.runs_done)
    progress.say("playing")
    failed = 0
    orders = folder.missing()
    bound = MUCH_SECONDS if workers else USUAL_SECONDS
    first = _much(orders, bound)
    if not first:
        return 0
    much = sum(map(order_seconds, first)) >= bound
    with _listening() as stop, _pool(much=much, workers=workers, scheduler=scheduler, threads=threads) as pool:
        for order, outcome in results(pool, chain(first, orders), stopped=partial(stop.told, progress)):
            if isinstance(outcome, Crash):
                failed += 1
                folder.fail(order, outcome.stage, outcome.message)
                progress.say(f"playing; {failed} failed, the last with {outcome.message}")
            else:
                folder.put(outcome)
            stop.count(progress, order.n_runs)
    if stop.number:
        raise SweepStopped(stop.number)
    return failed


def order_seconds(order: WorkOrder) -> float:
    """About how long an order takes one core, by the structure of its scenario and its size."""
    block = order.block
    work = cell_work(block.resolved, [part.format for part in order.parts])
    return work.of(range(len(order.parts)), block.replications) * order.n_points * block.n_draws


def _much(orders: Iterator[WorkOrder], bound: float) -> list[WorkOrder]:
    """The first orders, until they take so many seconds; fewer where there are no more."""
    first: list[WorkOrder] = []
    seconds = 0.0
    while seconds < bound and (order := next(orders, None)) is not None:
        first.append(order)
        seconds += order_seconds(order)
    return first


def _pool(
    *, much: bool, workers: int | None, scheduler: str | None, threads: int | None
) -> AbstractContextManager[Pool[WorkOrder]]:
    """Who plays: the named scheduler, or processes where there is much to do and Dask is installed, or threads."""
    if scheduler is not None:
        return existing_cluster(carry_out, scheduler)
    count = threads or workers or available_threads()
    if threads is None and count > 1 and much and dask_library() is not None:
        return local_cluster(carry_out, count)
    return thread_pool(carry_out, count)


@dataclass
class _Stop:
    """Which signal asked for an end; 0 for none."""

    number: int = 0

    def told(self, progress: Progress) -> bool:
        """Whether one did; that is said, since ending takes some seconds."""
        if self.number:
            progress.say("stopping; a second signal stops at once")
        return self.number != 0

    def count(self, progress: Progress, runs: int) -> None:
        """Count finished runs; whoever watches may have had enough, as if by Ctrl-C."""
        try:
            progress.add(runs)
        except Stopped:
            self.number = signal.SIGINT


@contextmanager
def _listening() -> Iterator[_Stop]:
    """The first signal asks for an end; the next does what it did before. Outside the main thread nothing is heard."""
    stop, before = _Stop(), dict[int, Any]()

    def hear(number: int, _frame: FrameType | None) -> None:
        stop.number = number
        leave()

    def leave() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    if threading.current_thread() is threading.main_thread():
        numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
        before |= {number: signal.getsignal(number) for number in numbers}
        before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
        for number in before:
            signal.signal(number, hear)
    try:
        yield stop
    finally:
        leave()
