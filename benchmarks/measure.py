"""How everything here is timed: CPU seconds, in many short turns, with the spread over turns.

A shared machine changes its speed from one second to the next, by up to a factor of three where what runs beside it on
the same silicon cannot be seen from inside; CPU seconds grow with it. So things that are compared take turns, short
ones; each is set beside what came directly before and after it (`ratios`), and the median over turns is printed with
its quartiles. Where a process puts its arrays moves its speed by up to a tenth as long as it lives, so turns are spread
over a few sittings, each with arrays (and, for another program, a process) of its own. A yardstick, a fixed loop in
plain Python, says how fast the machine was at that moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

LOOPS = 1_000_000


@dataclass(frozen=True)
class Spent:
    """CPU seconds that some work took, and how often it was done."""

    cpu: float
    count: int

    @property
    def rate(self) -> float:
        """How often per second of processor time."""
        return self.count / self.cpu


@dataclass(frozen=True)
class Quartiles:
    """Median and quartiles of a figure over turns."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        """As `263 (259-266)`."""
        return f"{number(self.median)} ({number(self.low)}-{number(self.high)})"


def quartiles(values: Sequence[float]) -> Quartiles:
    """Median and quartiles of at least one value."""
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return Quartiles(median, low, high)


def timed(work: Callable[[], Any], count: int = 1) -> Spent:
    """Time one call of `work`, which does something `count` times; CPU seconds are those of this process."""
    cpu = time.process_time()
    work()
    return Spent(time.process_time() - cpu, count)


def in_turns(turns: int, *sides: Callable[[], Spent]) -> list[list[Spent]]:
    """What every side spent in so many turns, one after another; the first side has one turn more, at the end."""
    spent: list[list[Spent]] = [[] for _ in sides]
    for _ in range(turns):
        for mine, side in zip(spent, sides, strict=True):
            mine.append(side())
    spent[0].append(sides[0]())
    return spent


def rates(spent: Sequence[Spent]) -> Quartiles:
    """How often per second of processor time."""
    return quartiles([one.rate for one in spent])


def ratios(first: Sequence[Spent], other: Sequence[Spent]) -> list[float]:
    """Per turn, how many times as often as the first side the other does its work in a CPU second.

    Each turn of the other is set beside the two of the first around it, both from `in_turns`.
    """
    pairs = zip(other, pairwise(first), strict=True)
    return [one.rate * (a.cpu + b.cpu) / (a.count + b.count) for one, (a, b) in pairs]


def yardstick(repeats: int = 5) -> Quartiles:
    """Million rounds a CPU second of a fixed loop in plain Python."""

    def loop() -> None:
        x = 0
        for i in range(LOOPS):
            x += i & 7

    return rates([timed(loop) for _ in range(repeats)])


def machine_line() -> str:
    """The machine as it is now: processors, load, yardstick."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} processors, load {load:.1f}, yardstick {yardstick()} million plain Python loops a CPU second"
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
