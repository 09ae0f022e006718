"""Carrying out a sweep: every part that is missing from its folder, by whoever is there to play it.

This process alone writes the folder. It stops gently at Ctrl-C or SIGTERM, and at once at the second; either way, and
after `kill -9`, the folder holds whole parts alone and the same command goes on from there.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain
from types import FrameType
from typing import Any, Protocol

from sim.engines.batch import available_threads
from sim.sweep.executors import Crash, Pool, Work, dask, existing_cluster, local_cluster, results, thread_pool
from sim.types.playing import SILENCE, Progress, Stopped

MUCH_SECONDS = 10.0
"""Less, of one core and by the plan's measure, is played by threads: starting processes would not pay."""
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


class Countable(Protocol):
    """An order, as far as it is looked into here."""

    @property
    def n_runs(self) -> int:
        """Runs that it takes."""
        ...


class Owned(Protocol):
    """The folder of a sweep, as far as it is looked into here."""

    def missing(self) -> Iterator[Countable]:
        """Orders for all that is not there."""
        ...

    def put(self, parts: Mapping[str, bytes]) -> None:
        """Write parts, each whole or not at all."""
        ...

    def fail(self, order: Countable, stage: str, message: str) -> None:
        """Write down that an order came to nothing."""
        ...


def play_missing(
    folder: Owned,
    work: Work[Any],
    measure: Callable[[Any], float],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress = SILENCE,
) -> int:
    """Play all that is missing from a folder; `progress` counts runs. Gives the number of orders that failed.

    `measure` says how many seconds an order takes, about; by a rule, not by a clock.

    Raises:
        SweepStopped: somebody had enough.
        InputError: the scheduler or a worker cannot be used.
        ConnectionError: the scheduler was lost.
    """
    failed = 0
    orders = folder.missing()
    first = _much(orders, measure)
    if not first:
        return 0
    much = sum(map(measure, first)) >= MUCH_SECONDS
    with _listening() as stop, _pool(work, much=much, workers=workers, scheduler=scheduler) as pool:
        for order, outcome in results(pool, chain(first, orders), stopped=stop.is_set):
            if isinstance(outcome, Crash):
                failed += 1
                folder.fail(order, outcome.stage, outcome.message)
                progress.say(f"playing; {failed} failed, the last with {outcome.message}")
            else:
                folder.put(outcome)
            stop.count(progress, order.n_runs)
    if stop.is_set():
        raise SweepStopped(stop.number)
    return failed


def _much(orders: Iterator[Countable], measure: Callable[[Any], float]) -> list[Countable]:
    """The first orders, until they are much work; fewer where there are no more."""
    first: list[Countable] = []
    seconds = 0.0
    while seconds < MUCH_SECONDS and (order := next(orders, None)) is not None:
        first.append(order)
        seconds += measure(order)
    return first


def _pool(
    work: Work[Countable], *, much: bool, workers: int | None, scheduler: str | None
) -> AbstractContextManager[Pool[Countable]]:
    """Who plays: the named scheduler, or processes where there is much to do and Dask is installed, or threads."""
    if scheduler is not None:
        return existing_cluster(work, scheduler)
    count = workers or available_threads()
    if count > 1 and much and dask() is not None:
        return local_cluster(work, count)
    return thread_pool(work, count)


@dataclass
class _Stop:
    """Which signal asked for an end; 0 for none."""

    number: int = 0

    def is_set(self) -> bool:
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
