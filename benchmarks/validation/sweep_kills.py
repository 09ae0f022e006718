"""Sweeps that are killed: the folder that is finished afterwards holds the bytes of one that nobody disturbed.

    python -m benchmarks.validation.sweep_kills --kills 30

Of the kills, half are `kill -9` of the sweep, a third of a worker of it, the others SIGTERM, whose exit code
is looked at; at moments drawn anew. A sweep that was ended is begun again with the same command until it is finished.
Then the digest of its folder is compared, and another begins. No process may be left.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil

from sim.sweep import run_sweep as carrying_out
from sim.sweep.designs.read_design import read_design
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.run_sweep import SweepStopped, run_sweep

ROOT = Path(__file__).resolve().parents[2]
DESIGN = """\
design: 1
scenario: {scenario}
factors:
  upper: {{path: parties.upper.salience.share, as: scale, range: [0.5, 2]}}
  lower: {{path: parties.lower.salience.share, as: scale, range: [0.5, 2]}}
sample: {{grid: {{points: {points}}}}}
runs: {{draws: 40, replications: 4}}
"""
GONE_SECONDS = 10.0
"""In which workers have ended after their owner."""


@dataclass
class SweepBench:
    """A design, the digest of its undisturbed sweep, how long that takes by the clock, and what went wrong."""

    folder: Path
    rng: Random
    points: int = 20
    workers: int = 2
    digest: str = ""
    parts: int = 0
    seconds: float = 0.0
    kills: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def design(self) -> Path:
        """The design file."""
        return self.folder / "well.yaml"

    def prepare(self) -> None:
        """Play it whole, twice: the second time rules are compiled."""
        words = DESIGN.format(scenario=ROOT / "scenarios" / "minimal.yaml", points=self.points)
        self.design.write_text(words, encoding="utf-8")
        for name in ("first", "whole"):
            began = time.monotonic()
            assert self.start(self.folder / name).wait() == 0
            self.seconds = time.monotonic() - began
        whole = SweepFolder.open(self.folder / "whole")
        self.digest, self.parts = whole.digest(), len(whole.plan)

    def start(self, place: Path) -> subprocess.Popen[bytes]:
        """Start the sweep, or go on with it, in a process of its own."""
        command = [sys.executable, "-m", "benchmarks.validation.sweep_kills", "--play", str(self.design), str(place)]
        with (self.folder / "said").open("wb") as said:
            return subprocess.Popen([*command, "--workers", str(self.workers)], cwd=ROOT, stderr=said)

    def disturb(self, place: Path, most: int) -> None:
        """Play it with at most so many kills."""
        while True:
            process = self.start(place)
            self.wait(process, place)
            below = workers_of(process)
            if most > 0 and process.poll() is None:
                most, self.kills = most - 1, self.kills + 1
                self.kill(process, below)
            code = process.wait()
            if code not in (0, -signal.SIGKILL, 128 + signal.SIGTERM, -signal.SIGTERM):
                self.faults.append(f"exit code {code}: {(self.folder / 'said').read_text(encoding='utf-8')[-2000:]}")
            _, left = psutil.wait_procs(below, timeout=GONE_SECONDS)
            if any(one.status() != psutil.STATUS_ZOMBIE for one in left):
                self.faults.append(f"left behind: {left}")
            if code == 0:
                break
        if SweepFolder.open(place).digest() != self.digest:
            self.faults.append("another digest")

    def wait(self, process: subprocess.Popen[bytes], place: Path) -> None:
        """Until so many more parts are there as chance says, and a moment longer; or the sweep is through."""
        parts, most = place / "parts", self.rng.randint(0, self.parts // 3)
        there = count_of(parts)
        while process.poll() is None and count_of(parts) < there + most:
            time.sleep(0.005)
        with suppress(subprocess.TimeoutExpired):
            process.wait(self.rng.uniform(0, 0.3 if most else self.seconds))

    def kill(self, process: subprocess.Popen[bytes], below: list[psutil.Process]) -> None:
        """One of the three kinds."""
        kind = self.rng.choice(("sweep", "sweep", "sweep", "worker", "worker", "term"))
        if kind == "term":
            process.send_signal(signal.SIGTERM)
        elif kind == "worker" and below:
            os.kill(self.rng.choice(below).pid, signal.SIGKILL)
        else:
            process.kill()


def count_of(parts: Path) -> int:
    """Parts that are there."""
    return sum(1 for _ in parts.glob("[!.]*.parquet"))


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The workers of a sweep, without what looks after them."""
    if process.poll() is not None:
        return []
    below = psutil.Process(process.pid).children(recursive=True)
    return [one for one in below if one.is_running() and "spawn_main" in " ".join(one.cmdline())]


def kill_sweeps(
    kills: int, seed: int, progress: Callable[[str], None] = lambda _: None, *, points: int = 20
) -> list[str]:
    """Kill so many times; gives what was wrong."""
    with tempfile.TemporaryDirectory() as place:
        bench = SweepBench(Path(place), Random(seed), points)
        bench.prepare()
        number = 0
        while bench.kills < kills:
            number += 1
            bench.disturb(bench.folder / f"killed-{number}", min(5, kills - bench.kills))
            progress(f"{bench.kills} kills, {number} sweeps; {'; '.join(bench.faults) or 'well'}")
        return bench.faults


def play(design: Path, place: Path, workers: int) -> int:
    """Play a design with processes, however little work it is; the exit code."""
    carrying_out.MUCH_SECONDS = 0.1
    try:
        run_sweep(read_design(design), place, workers=workers)
    except SweepStopped as stopped:
        return stopped.exit_code
    return 0


def main() -> int:
    """Kill sweeps and tell what was wrong; 1 if anything was."""
    parser = argparse.ArgumentParser(description="Kill sweeps at random moments.")
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--play", type=Path, nargs=2, metavar=("DESIGN", "PLACE"), help="play one, and nothing else")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.play:
        return play(*options.play, options.workers)
    faults = kill_sweeps(options.kills, options.seed, lambda words: print(words, file=sys.stderr))
    print("\n".join(faults) or f"{options.kills} kills: the same digest each time, and no process left.")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
