"""A progress bar that shows itself only where somebody waits: on a terminal, after two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE_SECONDS = 2.0


class Bar(AbstractContextManager["Bar", None]):
    """Counts runs against a total; silent until `PATIENCE_SECONDS` have passed by the clock, and always if `quiet`."""

    def __init__(self, total: int = 0, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._shown_at = float("inf") if quiet or not self._console.is_terminal else clock() + PATIENCE_SECONDS
        self._clock = clock
        self._total = total
        self._done = 0
        self._label = "starting"
        self._progress: Progress | None = None

    def __exit__(self, *_: object) -> None:
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
            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._progress = Progress(*columns, console=self._console, transient=True)
            self._progress.add_task(self._label, total=self._total)
            self._progress.start()
        self._progress.update(self._progress.task_ids[0], completed=self._done, description=self._label)
