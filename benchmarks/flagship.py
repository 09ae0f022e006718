"""What a user waits for: commands in processes of their own, a million runs' memory, the first use of a machine.

`python -m benchmarks.flagship` runs the command line as a user would and reads CPU seconds and peak memory from the
operating system. `--variants` adds the comparison with all variants, `--million` a million runs streamed to disk.
"""

from __future__ import annotations

import argparse
import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measure import machine_line, number, table, yardstick

ROOT = Path.cwd()
SCENARIO = "scenarios/ukraine/anchorage-2025.yaml"
SMALL = "scenarios/minimal.yaml"
REPLICATIONS = 8
MILLION = 1_000_000
SIGN = b"Settlement"  # the first row of the first table
TICK, SCAN = 0.02, 0.25  # seconds between two looks at a process's screen, and at its folder of compiled rules
HEAD = ("what", "runs", "CPU s", "CPU us a run", "peak MB", "yardstick")


@dataclass(frozen=True)
class Child:
    """What a process took from start to end, threads and its own children that it waited for included."""

    cpu: float
    peak_mb: float
    at_table: float | None = None
    """CPU seconds when its first table was on the screen; None where there was none, or the system does not say."""
    at_compiled: float = 0.0
    """CPU seconds when the last machine code before that table was written."""


def run(*arguments: str, cache: Path | None = None) -> Child:
    """Run Python with `arguments` in a terminal and a process of its own, and watch it.

    Args:
        arguments: of the interpreter.
        cache: folder of compiled rules; by default that of this process.

    Raises:
        RuntimeError: if it fails.
    """
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "200", **({"PARLEY_CACHE_DIR": str(cache)} if cache else {})}
    streams = {"stdin": subprocess.DEVNULL, "stdout": theirs, "stderr": theirs}
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, **streams)  # type: ignore[call-overload]
    os.close(theirs)
    said, at_table, at_compiled, files, scanned = b"", None, 0.0, 0, 0.0
    with suppress(OSError):  # how a terminal says that nobody writes there any more
        while True:
            if select.select([ours], [], [], TICK)[0]:
                said += os.read(ours, 1 << 16)
            if at_table is None and SIGN in said:
                at_table = cpu_of(process.pid)
            if cache and at_table is None and time.monotonic() > scanned + SCAN:
                scanned, written = time.monotonic(), sum(1 for _ in cache.rglob("*"))
                files, at_compiled = written, (cpu_of(process.pid) or 0.0) if written != files else at_compiled
    os.close(ours)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with code {process.returncode}: {said[-2000:].decode()}")
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return Child(usage.ru_utime + usage.ru_stime, peak, at_table, at_compiled)


def cpu_of(pid: int) -> float | None:
    """CPU seconds of a running process and the children that it waited for; None where the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def compare(*options: str, file: str = SCENARIO, cache: Path | None = None) -> Child:
    """`parley compare` into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        return run("run.py", "compare", file, "--out", f"{folder}/out", *options, cache=cache)


def first_use(*options: str) -> Child:
    """`parley compare` on the flagship with nothing compiled."""
    with tempfile.TemporaryDirectory() as folder:
        return compare(*options, cache=Path(folder))


def stream(n_runs: int) -> None:
    """Play `n_runs` runs of the flagship, count them and stream them to a file, as `compare` does without a report."""
    from sim.analysis.comparison.accumulate import Accumulator
    from sim.analysis.comparison.runs_table import RunsSink
    from sim.engines.batch import run_blocks
    from sim.scenario import Encoder, load_scenario

    encoder = Encoder(load_scenario(Path(SCENARIO)), seed=1)
    formats = list(range(len(encoder.structure.formats)))
    draws = -(-n_runs // (REPLICATIONS * len(formats)))
    counts = Accumulator(encoder.structure, formats, draws, REPLICATIONS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.parquet"
        with RunsSink(path, encoder.structure, formats, REPLICATIONS) as sink:
            for first_draw, runs in run_blocks(encoder, n_draws=draws, replications=REPLICATIONS):
                counts.add(first_draw, runs)
                sink.add(first_draw, runs)
        counts.result()


def streamed(n_runs: int) -> Child:
    """`stream` in a process of its own."""
    return run("-m", "benchmarks.flagship", "--stream", str(n_runs))


def row(name: str, n_runs: int, children: Sequence[Child]) -> list[str]:
    """Cells of the printed table: the median of some processes, least and most behind it."""
    cpu = [child.cpu for child in children]
    middle = float(np.median(cpu))
    spread = f"{middle:.2f} ({min(cpu):.2f}-{max(cpu):.2f})" if len(cpu) > 1 else f"{middle:.2f}"
    per_run = number(middle / n_runs * 1e6) if n_runs else ""
    peak = max(child.peak_mb for child in children)
    return [name, f"{n_runs:,}" if n_runs else "", spread, per_run, f"{peak:.0f}", number(yardstick().median)]


def section(*, turns: int = 3, variants: bool = False, million: Child | None = None) -> str:
    """Measure, as Markdown.

    Args:
        turns: processes of each row, in turns.
        variants: also the comparison as it is by default, once.
        million: what streaming a million runs to disk took.
    """
    few, many = ("--draws", "2", "--replications", "2"), ("--draws", "1250", "--replications", "8")
    compare("--no-variants", *few)  # warm
    starts, plays = [], []
    for _ in range(turns):
        starts.append(compare("--no-variants", *few))
        plays.append(compare("--no-variants", *many))
    rows = [row("start, 40 runs and the report", 40, starts), row("compare --no-variants", 100_000, plays)]
    if variants:
        rows.append(row("compare, all variants", 0, [compare(*many)]))
    if million is not None:
        rows.append(row("streamed to disk", MILLION, [million]))
    return "\n".join(["## The flagship comparison", "", table(HEAD, rows), "", NOTE, "", machine_line() + ".", ""])


NOTE = """Ten formats x 1,250 draws x 8 replications unless said otherwise; each row a process of its own, start and
imports included, with as many threads as processors; the median of some in turns, least and most behind it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--million", action="store_true", help="stream a million runs")
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)  # what the processes of this module run
    given = parser.parse_args()
    if given.stream:
        stream(given.stream)
    else:
        print(section(variants=given.variants, million=streamed(MILLION) if given.million else None))


if __name__ == "__main__":
    main()
