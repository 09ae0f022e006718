"""What must be shown, target beside figure: `python -m benchmarks.must_show`.

CPU seconds of commands, each in a process of its own with start and imports; factors in turns within one run. A figure
is met or it is not: nothing here is scaled by the speed of the machine, which is printed beside the table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

import parley
from benchmarks import flagship, throughput, twin
from benchmarks.flagship import SCENARIO, SMALL, Child
from benchmarks.measure import Quartiles, machine_line, number, table, timed

HEAD = ("what", "target", "figure", "met")
FACTORS = {(4, 4, 5): (600, 250), (4, 6, 5): (2000, 700)}
"""Parties, issues, options -> the least factor beside NegMAS, learning off and on."""
TWIN_FACTOR = 1.6
WIDTH = 0.02  # largest half width of an interval of settlement
MEMORY_MB = 500
TINY = ("--draws", "5", "--replications", "2")  # 20 runs of the two formats of `SMALL`
TURNS = 3
CHANGED = "parties.ukraine.patience"  # bears on every draw and format
Row = tuple[str, str, str, str]


def most(what: str, target: float, figures: Sequence[float], unit: str) -> Row:
    """A row for a figure that may be no larger than its target: the median, least and most behind it."""
    middle = float(np.median(figures))
    spread = f" ({number(min(figures))}-{number(max(figures))})" if len(figures) > 1 else ""
    return what, f"at most {number(target)} {unit}", number(middle) + spread, "yes" if middle <= target else "no"


def least(what: str, target: float, found: Quartiles) -> Row:
    """A row for a factor that may be no smaller than its target."""
    return what, f"at least {number(target)}", str(found), "yes" if found.median >= target else "no"


def commands(turns: int) -> Iterator[Row]:
    """Short commands, in turns."""
    works: dict[tuple[str, float], Callable[[], Child]] = {
        ("`check` of the flagship", 0.5): lambda: flagship.run("run.py", "check", SCENARIO),
        ("20 runs of minimal with report", 1.5): lambda: flagship.compare("--no-variants", *TINY, file=SMALL),
    }
    spent: dict[tuple[str, float], list[float]] = {key: [] for key in works}
    for turn in range(turns + 1):
        for key, work in works.items():
            cpu = work().cpu
            if turn:  # the first warms
                spent[key].append(cpu)
    for (what, target), figures in spent.items():
        yield most(what, target, figures, "CPU s")


def comparison() -> Iterator[Row]:
    """The comparison of the flagship as it is by default, and its first table."""
    with tempfile.TemporaryDirectory() as folder:
        child = flagship.run("run.py", "compare", SCENARIO, "--out", f"{folder}/out")
        said = json.loads((Path(folder) / "out" / "comparison.json").read_text(encoding="utf-8"))
    if child.at_table is not None:  # a system without /proc does not say
        yield most("first table of the flagship", 2.5, [child.at_table], "CPU s")
    yield most("default `compare` of the flagship, with report", 25, [child.cpu], "CPU s")
    yield most("its widest interval of settlement, half", 100 * WIDTH, [100 * widest(said)], "points")


def deep_comparison() -> Iterator[Row]:
    """The comparison of the flagship with everything."""
    yield most("the same with shares, `--deep`", 60, [flagship.compare("--deep").cpu], "CPU s")


def widest(said: dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]) -> float:
    """Half of the widest interval of settlement of a written comparison."""
    intervals = [result["measures"]["settlement"] for result in said["formats"].values()]
    return max(interval["high"] - interval["low"] for interval in intervals) / 2


def first_use() -> Iterator[Row]:
    """A comparison as `make run` makes it, with nothing compiled."""
    child = flagship.first_use()
    yield most("first use, all of `make run` after installation", 120, [child.cpu], "CPU s")
    if child.at_table is not None:
        yield most("first use, from compiled to first table", 20, [child.at_table - child.at_compiled], "CPU s")


def in_process(turns: int = 9) -> Iterator[Row]:
    """Likelihoods alone, of what is loaded already: the small scenario, and the flagship with a new number."""
    small, big = parley.load(SMALL), parley.load(SCENARIO)
    formats = [info.id for info in big.encoder(seed=1).structure.formats if not info.only_in_tracks][:5]
    values = iter(np.linspace(0.9, 0.99, turns + 1).tolist())
    size = {"draws": 100, "replications": 4, "variants": False, "benchmarks": False}
    works = {
        ("in process: minimal, 100 x 4", 20): lambda: parley.compare(small, **size),
        ("in process: flagship, five formats, 100 x 4 after a `set()`", 250): lambda: parley.compare(
            big.set({CHANGED: next(values)}), formats, **size
        ),
    }
    for (what, target), work in works.items():
        work()  # warm
        yield most(what, target, [1000 * timed(work).cpu for _ in range(turns)], "CPU ms")


def factors(beside: Sequence[throughput.Result], twins: Sequence[twin.Result]) -> Iterator[Row]:
    """Beside NegMAS and C."""
    for result in beside:
        targets = FACTORS.get(result.case)
        if targets and result.factors:
            for target, found, rules in zip(targets, result.factors, ("learning off", "learning"), strict=True):
                yield least("NegMAS, {} parties, {} x {}, ".format(*result.case) + rules, target, found)
    if twins:
        worst = max((result.factor for result in twins), key=lambda found: found.median)
        met = "yes" if worst.median <= TWIN_FACTOR else "no"
        yield "C twin, largest factor", f"at most {TWIN_FACTOR}", str(worst), met


def section(
    beside: Sequence[throughput.Result],
    twins: Sequence[twin.Result],
    *,
    million: Child | None = None,
    full: bool = False,
) -> str:
    """Measure what is not given, as Markdown.

    Args:
        beside: results beside NegMAS.
        twins: results beside C.
        million: what streaming a million runs to disk took.
        full: also a deep comparison, and a first use, which compiles everything.
    """
    rows = [*comparison(), *commands(TURNS), *in_process(), *factors(beside, twins)]
    if million is not None:
        rows.append(most("peak memory of a million runs", MEMORY_MB, [million.peak_mb], "MB"))
    if full:
        rows += [*deep_comparison(), *first_use()]
    return "\n".join(["## What must be shown", "", table(HEAD, rows), "", NOTE, "", machine_line() + ".", ""])


NOTE = """CPU seconds of processes from start to end, as many threads as processors; the median of some turns, least and
most behind it. Factors: the median over turns, quartiles behind it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also a deep comparison and a first use")
    given = parser.parse_args()
    print(section(throughput.results(cases=tuple(FACTORS)), twin.results(), full=given.full))


if __name__ == "__main__":
    main()
