"""What a user waits for: the flagship comparison, a million runs' memory, the first compilation.

`python -m benchmarks.flagship` runs `parley compare` on the flagship as a user would, in a process of its own, and
reads seconds and peak memory from the operating system. `--variants` adds the comparison with all variants,
`--million` a million runs streamed to disk, `--cold` a compilation into an empty cache.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import machine_line, number, table

ROOT = Path.cwd()
SCENARIO = "scenarios/ukraine/anchorage-2025.yaml"
REPLICATIONS = 8
MILLION = 1_000_000
HEAD = ("what", "runs", "wall s", "CPU s", "CPU us a run", "peak MB", "yardstick")


@dataclass(frozen=True)
class Child:
    """What a process took from start to end."""

    wall: float
    cpu: float
    peak_mb: float


def run(*arguments: str, **environment: str) -> Child:
    """Run Python with `arguments` in a process of its own.

    Raises:
        RuntimeError: if it fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} ended with code {process.returncode}")
    peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return Child(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, peak)


def compare(*options: str) -> Child:
    """`parley compare` on the flagship into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        return run("run.py", "compare", SCENARIO, "--out", f"{folder}/out", *options)


def stream(n_runs: int) -> None:
    """Play `n_runs` runs of the flagship, count them and stream them to a file, as `compare` does without a report."""
    from sim.analysis.comparison.accumulate import Accumulator
    from sim.analysis.comparison.runs_table import RunsSink
    from sim.engines.batch import run_blocks
    from sim.scenario import Encoder, load_scenario
    from sim.types.playing import Size

    encoder = Encoder(load_scenario(Path(SCENARIO)), seed=1)
    formats = list(range(len(encoder.structure.formats)))
    draws = -(-n_runs // (REPLICATIONS * len(formats)))
    counts = Accumulator(encoder.structure, formats, draws, REPLICATIONS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.parquet"
        with RunsSink(path, encoder.structure, formats, Size(draws, REPLICATIONS)) as sink:
            for first_draw, runs in run_blocks(encoder, n_draws=draws, replications=REPLICATIONS):
                counts.add(first_draw, runs)
                sink.add(first_draw, runs)
        counts.result()


def row(name: str, n_runs: int, child: Child) -> list[str]:
    """Cells of the printed table."""
    from benchmarks.measure import yardstick

    per_run = number(child.cpu / n_runs * 1e6) if n_runs else ""
    runs = f"{n_runs:,}" if n_runs else ""
    return [name, runs, f"{child.wall:.1f}", f"{child.cpu:.1f}", per_run, f"{child.peak_mb:.0f}", f"{yardstick(1):.1f}"]


def section(*, variants: bool = False, streamed: int = 100_000, cold: bool = False) -> str:
    """Measure, as Markdown.

    Args:
        variants: also the comparison with all variants and constant sets.
        streamed: runs to stream to disk for the memory figure; 0 for none.
        cold: also the compilation into an empty cache.
    """
    lines = ["## The flagship comparison", "", machine_line() + ".", ""]
    rows = []

    def measured(name: str, n_runs: int, child: Child) -> None:
        rows.append(row(name, n_runs, child))
        print(" | ".join(rows[-1]), file=sys.stderr)

    compare("--no-variants", "--draws", "2", "--replications", "2")  # warm
    measured("start, 20 runs and the report", 20, compare("--no-variants", "--draws", "2", "--replications", "2"))
    measured("compare --no-variants", 50_000, compare("--no-variants", "--draws", "1250", "--replications", "8"))
    if variants:
        measured("compare, all variants", 0, compare("--draws", "1250", "--replications", "8"))
    if streamed:
        measured("streamed to disk", streamed, run("-m", "benchmarks.flagship", "--stream", str(streamed)))
    if cold:
        with tempfile.TemporaryDirectory() as folder:
            code = "from sim.engines.kernels import load_protocol; load_protocol()"
            measured("compiling, empty cache", 0, run("-c", code, PARLEY_CACHE_DIR=folder))
    lines += [table(HEAD, rows), "", NOTE, "", machine_line() + ".", ""]
    return "\n".join(lines)


NOTE = """Five formats x 1,250 draws x 8 replications unless said otherwise; each row a process of its own, start and
imports included, with as many threads as processors. Wall time depends on what else the machine does; CPU seconds
less so; peak memory not."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--million", action="store_true", help="stream a million runs")
    parser.add_argument("--cold", action="store_true", help="time the compilation into an empty cache")
    parser.add_argument("--stream", type=int, help=argparse.SUPPRESS)  # what the processes of this module run
    given = parser.parse_args()
    if given.stream:
        stream(given.stream)
    else:
        print(section(variants=given.variants, streamed=MILLION if given.million else 100_000, cold=given.cold))


if __name__ == "__main__":
    main()
