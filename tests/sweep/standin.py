"""A stand-in for the orders of a sweep: what is played is a hash, so that executors are tested without an engine."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim.scenario import ResolvedScenario


@dataclass(frozen=True)
class StandIn:
    """An order that gives one part; `trouble` says how it goes wrong."""

    number: int
    trouble: str = ""
    folder: Path = Path()
    """Where it leaves a mark each time that it is carried out."""
    seconds: float = 0.0
    scenario: ResolvedScenario | None = None
    n_runs: int = 100


def orders(n: int) -> Iterator[StandIn]:
    return (StandIn(number) for number in range(n))


def work(order: StandIn, threads: int) -> dict[str, bytes]:
    time.sleep(order.seconds)
    if order.folder != Path():
        mark = order.folder / f"{order.number}-{os.getpid()}-{time.monotonic_ns()}"
        mark.write_text(str(id(order.scenario)), encoding="utf-8")
        if order.trouble == "dies once" and len(list(order.folder.glob(f"{order.number}-*"))) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        if order.trouble == "fails once" and len(list(order.folder.glob(f"{order.number}-*"))) == 1:
            raise ValueError("not yet")
    if order.trouble == "dies":
        os.kill(os.getpid(), signal.SIGKILL)
    if order.trouble == "fails":
        raise ValueError(f"order {order.number} cannot be played")
    return {f"part-{order.number}": hashlib.blake2b(str(order.number).encode()).digest()}
