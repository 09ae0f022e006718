"""How everything here is timed: wall and CPU seconds side by side, with a yardstick for the machine.

Machines are shared. A figure without the speed of the machine at that moment means little, so every section prints a
yardstick, a fixed loop in plain Python, and things that are compared are measured in turns within one run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

LOOPS = 1_000_000


@dataclass
class Spent:
    """Seconds that some work took, and how often it was done."""

    wall: float = 0.0
    cpu: float = 0.0
    count: int = 0

    def add(self, other: Spent) -> None:
        """Add the seconds and the count of `other`."""
        self.wall += other.wall
        self.cpu += other.cpu
        self.count += other.count

    @property
    def rate(self) -> float:
        """How often per second of wall time."""
        return self.count / self.wall

    @property
    def cpu_rate(self) -> float:
        """How often per second of processor time: the figure to compare on a shared machine."""
        return self.count / self.cpu


def timed(work: Callable[[], Any], count: int = 1) -> Spent:
    """Time one call of `work`, which does something `count` times; CPU seconds are those of this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, count)


def yardstick(repeats: int = 3) -> float:
    """Million rounds a second of a fixed loop in plain Python, best of `repeats`."""
    best = float("inf")
    for _ in range(repeats):
        start, x = time.perf_counter(), 0
        for i in range(LOOPS):
            x += i & 7
        best = min(best, time.perf_counter() - start)
    return LOOPS / best / 1e6


def machine_line() -> str:
    """The machine as it is now: processors, load, yardstick."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {load:.1f}, yardstick {yardstick():.1f} million plain Python loops a second"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value: float) -> str:
    """A figure with three digits that matter, thousands marked."""
    if value >= 1000:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"
