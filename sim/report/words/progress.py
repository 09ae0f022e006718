"""A progress bar that shows itself only where somebody waits: on a terminal, after two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE_SECONDS = 2.0


class Bar:
    """Counts runs against a total known in advance; silent until `PATIENCE_SECONDS` have passed.

    Args:
        total: runs in all, where they are known from the start.
        quiet: never show anything.
        clock: seconds from an arbitrary start; a test passes its own.
    """

    def __init__(self, total: int = 0, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._shown_at = float("inf") if quiet or not self._console.is_terminal else clock() + PATIENCE_SECONDS
        self._clock = clock
        self._total = total
        self._done = 0
        self._label = "starting"
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        """Start counting."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar off the screen."""
        if self._progress is not None:
            self._progress.stop()

    def expect(self, runs: int) -> None:
        """Take note of how many runs there will be in all."""
        self._total = runs

    def say(self, label: str) -> None:
        """Name what is being done now."""
        self._label = label
        self._show()

    def add(self, runs: int) -> None:
        """Count runs that are finished."""
        self._done += runs
        self._show()

    def _show(self) -> None:
        if self._clock() < self._shown_at:
            return
        if self._progress is None:
            self._progress = self._start()
        self._progress.update(self._progress.task_ids[0], completed=self._done, description=self._label)

    def _start(self) -> Progress:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=self._console, transient=True)
        progress.add_task(self._label, total=self._total)
        progress.start()
        return progress
