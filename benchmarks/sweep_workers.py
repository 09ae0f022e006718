"""How much faster two workers carry out a sweep than one, and what processes cost beside threads of one process.

    python -m benchmarks.sweep_workers --rounds 3

Each round plays the same orders with one worker, two workers, and two threads of one process, in turn, so that
what else the machine does falls on all alike; processes are started, and have loaded the rules, before the clock runs.
Ask it of an idle machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median

from benchmarks.validation.sweep_kills import DESIGN, ROOT
from sim.sweep.designs.read_design import read_design
from sim.sweep.executors import Crash, Pool, local_cluster, results, thread_pool
from sim.sweep.folders.parts import WorkOrder, carry_out
from sim.sweep.folders.sweep_folder import SweepFolder

WAYS = {
    "one worker": lambda: local_cluster(carry_out, 1),
    "two workers": lambda: local_cluster(carry_out, 2),
    "two threads": lambda: thread_pool(carry_out, 2),
}


def orders_of(points: int) -> list[WorkOrder]:
    """Orders of a grid of so many points a side."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "well.yaml")
        file.write_text(DESIGN.format(scenario=ROOT / "scenarios" / "minimal.yaml", points=points), encoding="utf-8")
        folder = SweepFolder.create(read_design(file), Path(place, "sweep"))
        orders = list(folder.missing())
        folder.close()
        return orders


def seconds(pool: AbstractContextManager[Pool[WorkOrder]], orders: Sequence[WorkOrder]) -> float:
    """By the clock, once every worker has played an order."""
    with pool as players:
        assert not any(isinstance(outcome, Crash) for _, outcome in results(players, list(orders[:4]) * 2))
        began = time.perf_counter()
        assert not any(isinstance(outcome, Crash) for _, outcome in results(players, orders))
        return time.perf_counter() - began


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Two workers beside one.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--points", type=int, default=60, help="a side of the grid")
    options = parser.parse_args()
    orders = orders_of(options.points)
    print(f"{len(orders)} orders, {sum(order.n_runs for order in orders):,} runs")
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(options.rounds):
        for name, way in WAYS.items():
            taken[name].append(seconds(way(), orders))
    for name, times in taken.items():
        ratios = [first / each for first, each in zip(taken["one worker"], times, strict=True)]
        print(f"{name:12} {median(times):6.2f} s, {median(ratios):.2f} times one worker")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
