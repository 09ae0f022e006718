"""A progress bar that shows itself only where somebody waits: on a terminal, after two seconds.

Above it stands the answer so far, as soon as there is one. Whoever has seen enough may ask it to stop.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from sim.app.errors import InputError
from sim.types.playing import Stopped

PATIENCE_SECONDS = 2.0
MOST_RUNS = 20_000_000
"""More need a yes."""
RUNS_A_SECOND, BYTES_A_RUN = 10_000, 80
"""Of a comparison of the small example, on one core; large files are slower."""


@dataclass(frozen=True)
class ProgressUnit:
    """What a bar counts in place of runs, and how many runs each takes."""

    name: str
    """In the plural."""
    runs: int


class _Pace(ProgressColumn):
    """Units a second, by the latest that were finished."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{self._name}, {speed:,.0f} a second" if speed else self._name)


class Bar(AbstractContextManager["Bar", None]):
    """Counts runs against a total; silent until `PATIENCE_SECONDS` have passed by the clock, and always if `quiet`.

    With a unit it shows units, units a second and the time left.
    """

    def __init__(
        self,
        total: int = 0,
        *,
        quiet: bool = False,
        most: int = sys.maxsize,
        unit: ProgressUnit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._shown_at = float("inf") if quiet or not self._console.is_terminal else clock() + PATIENCE_SECONDS
        self._clock = clock
        self._total, self._most = total, most
        self._done = 0
        self._label = "starting"
        self._answer: RenderableType = ""
        self._stopping = False
        self._live: Live | None = None
        self._runs_a_unit = unit.runs if unit else 1
        pace = (_Pace(unit.name),) if unit else ()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *pace, TimeRemainingColumn())
        self._progress = Progress(*columns, console=self._console)
        self._task = self._progress.add_task(self._label, total=total)

    def __exit__(self, *_: object) -> None:
        """Take everything off the screen."""
        if self._live is not None:
            self._live.stop()

    @property
    def answered(self) -> bool:
        """Whether there is something to keep."""
        return self._answer != ""

    def show(self, answer: RenderableType) -> None:
        """Put the answer so far above the bar, at once."""
        self._answer = answer
        self._shown_at = min(self._shown_at, self._clock()) if self._shown_at < float("inf") else self._shown_at
        self._show()

    def stop(self) -> None:
        """Somebody has seen enough."""
        self._stopping = True

    def expect(self, runs: int) -> None:
        """Take note of how many runs there will be in all: an InputError where they are more than is usual."""
        if runs > self._most:
            hours, gigabytes = runs / RUNS_A_SECOND / 3600, runs * BYTES_A_RUN / 1e9
            raise InputError(
                f"These are {runs:,} runs, by a rule of thumb {hours:,.0f} hours of work and {gigabytes:,.0f} GB of "
                "memory. Take fewer --draws or --replications; or add --yes, if that is meant."
            )
        self._total = runs

    def say(self, label: str) -> None:
        """Name what is being done now."""
        self._label = label
        self._show()

    def add(self, runs: int) -> None:
        """Count runs that are finished."""
        self._done += runs
        self._show()
        if self._stopping:
            raise Stopped

    def _show(self) -> None:
        if self._clock() < self._shown_at:
            return
        total, done = (runs // self._runs_a_unit for runs in (self._total, self._done))
        self._progress.update(self._task, total=total, completed=done, description=self._label)
        if self._live is None:
            self._live = Live(console=self._console, transient=True, get_renderable=self._screen)
            self._live.start()

    def _screen(self) -> RenderableType:
        return Group(*([self._answer] if self.answered else []), self._progress.get_renderable())
