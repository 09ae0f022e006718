"""Runs that are stopped at random moments: nothing half-written is taken for a result, nothing is left for good.

    python -m benchmarks.validation.interruption --kills 50 --cold 10

Each run gets SIGTERM, SIGINT or SIGKILL at a moment drawn anew, half of them near its end, where it writes; `--cold` of
them have to compile the rules first. Half write over an earlier result with `--out`. What is looked at afterwards: the
words and the exit code, hidden folders (after SIGKILL: once another run is through), whether every folder of results is
whole, where `latest` leads, and whether the earlier result is as it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGKILL)
LONG, SHORT = ("--draws", "40", "--no-variants"), ("--draws", "4", "--no-variants", "--no-report")
BEGUN_SECONDS, BEGUN_SHARE = 0.2, 0.25
"""Before this, and before this share of a whole run on this machine, the interpreter itself may be starting."""
COLD_SECONDS = 25.0
_FILES = ("comparison.json", "inputs.parquet", "runs.parquet", "scenario.resolved.yaml", "manifest.json")


@dataclass(frozen=True)
class Stopped:
    """A run that was sent a signal after so many seconds, and what it said."""

    signal: signal.Signals
    after: float
    code: int
    said: str

    def __str__(self) -> str:
        return f"{self.signal.name} after {self.after:.2f} s, exit code {self.code}"


@dataclass(frozen=True)
class Bench:
    """A folder to run in, the cache of compiled rules, and the earlier result in `kept`."""

    folder: Path
    cache: Path | None = None

    def start(self, seed: int, *words: str) -> subprocess.Popen[str]:
        """Start `parley compare` on the small scenario."""
        command = [sys.executable, str(ROOT / "run.py"), "compare", str(ROOT / "scenarios" / "minimal.yaml")]
        env = {**os.environ, **({"PARLEY_CACHE_DIR": str(self.cache)} if self.cache else {})}
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*command, "--seed", str(seed), *words], cwd=self.folder, env=env, **pipes)  # type: ignore[call-overload]

    def run(self, seed: int, *words: str) -> float:
        """Run it to its end; gives the seconds."""
        began = time.perf_counter()
        process = self.start(seed, *words)
        _, said = process.communicate()
        assert process.returncode == 0, said
        return time.perf_counter() - began

    def stop(self, number: signal.Signals, after: float, seed: int, *words: str) -> Stopped:
        """Run it and stop it."""
        process = self.start(seed, *words)
        try:
            _, said = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
            _, said = process.communicate(timeout=120)
        return Stopped(number, after, process.returncode, said)

    def hidden(self) -> list[str]:
        """Hidden files and folders."""
        return [str(path.relative_to(self.folder)) for path in self.folder.rglob(".*")]

    def broken(self) -> Iterator[str]:
        """What is not whole among results, and a `latest` that leads nowhere."""
        for path in self.folder.glob("results/*/*"):
            if path.name == "latest" and not path.exists():
                yield f"latest leads to {path.readlink()}, which is not there"
            elif not path.name.startswith("."):
                yield from self.faults(path)

    @staticmethod
    def faults(result: Path) -> Iterator[str]:
        """What is missing of a result; an error where a file of it cannot be read."""
        missing = [name for name in _FILES if not (result / name).exists()]
        if missing:
            yield f"{result.name} lacks {', '.join(missing)}"
            return
        for name in ("comparison.json", "manifest.json"):
            json.loads((result / name).read_text(encoding="utf-8"))
        pq.read_table(result / "runs.parquet")

    def digest(self) -> str:
        """Of the earlier result, every file of it."""
        files = sorted(path for path in (self.folder / "kept").rglob("*") if path.is_file())
        content = b"".join(path.name.encode() + path.read_bytes() for path in files)
        return hashlib.sha256(content).hexdigest() if files else "nothing"


def faults_of(bench: Bench, stopped: Stopped, before: str) -> Iterator[str]:
    """What is wrong after a run was stopped; `before` is the digest of the earlier result."""
    killed = stopped.signal == signal.SIGKILL
    if "Traceback" in stopped.said:
        yield f"a traceback: {stopped.said[-300:]}"
    if stopped.code not in (0, 128 + stopped.signal, -stopped.signal):  # the last: while the interpreter ends
        yield f"exit code {stopped.code}: {stopped.said[-200:]}"
    if not killed and bench.hidden():
        yield f"left: {bench.hidden()}"
    yield from bench.broken()
    if killed:
        bench.run(1, *SHORT, "--again")
        if bench.hidden():
            yield f"left after another run: {bench.hidden()}"
    if stopped.code != 0 and bench.digest() not in (before, *_finished(bench)):
        yield "the earlier result is changed"


def _finished(bench: Bench) -> Iterator[str]:
    """The digest of the result, if it is the whole one of the run that was stopped once it had written it."""
    manifest = bench.folder / "kept" / "manifest.json"
    whole = manifest.exists() and not list(bench.faults(manifest.parent))
    if whole and json.loads(manifest.read_text(encoding="utf-8"))["seed"] != 1:
        yield bench.digest()


def stop_runs(
    kills: int, cold: int, seed: int, progress: Callable[[str], None] = lambda _: None, *, size: tuple[str, ...] = LONG
) -> list[str]:
    """Stop so many runs, `cold` of them while they may compile; gives what was wrong."""
    rng, faults = Random(seed), list[str]()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in the background, where Ctrl-C is ignored by all below
        signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as place:
        bench, earlier = Bench(Path(place, "work")), Path(place, "earlier")
        bench.folder.mkdir()
        bench.run(1, *SHORT, "--out", str(earlier))  # the rules are compiled
        whole = bench.run(2, *size)
        begun = max(BEGUN_SECONDS, BEGUN_SHARE * whole)
        for number in range(kills):
            shutil.rmtree(bench.folder / "kept", ignore_errors=True)
            shutil.copytree(earlier, bench.folder / "kept")
            is_cold, before = number < cold, bench.digest()
            late = rng.uniform(0.75, 1.05) * whole
            moment = rng.choice((late, rng.uniform(begun, whole)))
            after = rng.uniform(begun, COLD_SECONDS) if is_cold else moment
            words = (*size, "--out", "kept") if rng.random() < 0.5 else size
            used = Bench(bench.folder, Path(place, "cache")) if is_cold else bench
            stopped = used.stop(SIGNALS[number % len(SIGNALS)], after, 3 + number, *words)
            wrong = [f"{stopped}: {fault}" for fault in faults_of(bench, stopped, before)]
            faults += wrong
            progress(f"{number + 1} of {kills}: {stopped}{', cold' if is_cold else ''}; {'; '.join(wrong) or 'well'}")
    return faults


def main() -> int:
    """Stop runs and tell what was wrong; 1 if anything was."""
    parser = argparse.ArgumentParser(description="Stop runs at random moments.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--cold", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faults = stop_runs(options.kills, options.cold, options.seed, lambda words: print(words, file=sys.stderr))
    print("\n".join(faults) or f"{options.kills} runs stopped: nothing half-written, nothing left.")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
