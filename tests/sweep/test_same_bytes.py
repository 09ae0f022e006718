"""A small sweep by the engine: whoever plays it, however it is cut and stopped, the folder is the same to the byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sim.sweep import run_sweep as carrying_out
from sim.sweep.design import Design
from sim.sweep.designs.read_design import read_design
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.run_sweep import run_sweep
from sim.sweep.sweep_estimate import estimate_sweep
from sim.types.playing import Silence, Stopped

from .test_executors import ROOT, scheduler

DESIGN = f"""\
design: 1
scenario: {ROOT / "scenarios" / "minimal.yaml"}
factors:
  upper: {{path: parties.upper.salience.share, as: scale, range: [0.5, 2]}}
  lower: {{path: parties.lower.salience.share, as: scale, range: [0.5, 2]}}
sample: {{grid: {{points: 20}}}}
runs: {{draws: 40, replications: 4}}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("design") / "well.yaml"
    file.write_text(DESIGN, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def design(file: Path) -> Design:
    return read_design(file)


@pytest.fixture(scope="module")
def undisturbed(design: Design, tmp_path_factory: pytest.TempPathFactory) -> str:
    place = tmp_path_factory.mktemp("undisturbed") / "sweep"
    result = run_sweep(design, place, workers=1)
    assert result.n_missing == 0
    assert result.folder.verify() == ()
    assert len(result.folder.plan) > 4, "several orders, or nothing is tested here"
    return result.folder.digest()


def digest(place: Path) -> str:
    return SweepFolder.open(place).digest()


def test_threads_give_the_same_bytes(design: Design, undisturbed: str, tmp_path: Path):
    run_sweep(design, tmp_path / "a", workers=2)
    assert digest(tmp_path / "a") == undisturbed


@pytest.mark.slow
def test_processes_and_a_scheduler_give_the_same_bytes(
    design: Design, undisturbed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(carrying_out, "MUCH_SECONDS", 0.01)
    run_sweep(design, tmp_path / "two", workers=2)
    with scheduler(tmp_path, workers=2) as where:
        run_sweep(design, tmp_path / "cluster", scheduler=where)
    with scheduler(tmp_path, workers=1) as where:
        run_sweep(design, tmp_path / "one", scheduler=where)
    assert {digest(tmp_path / name) for name in ("two", "cluster", "one")} == {undisturbed}


def test_shards_put_together_are_the_whole(design: Design, undisturbed: str, tmp_path: Path):
    for shard in (1, 2):
        status = run_sweep(design, tmp_path / str(shard), workers=1, shard=(shard, 2)).folder.status()
        assert status.whole
        assert 0 < status.runs < design.n_runs
    SweepFolder.merge([tmp_path / "1", tmp_path / "2"], tmp_path / "whole").close()
    assert digest(tmp_path / "whole") == undisturbed


class Enough(Silence):
    """Has had enough after some runs."""

    def __init__(self, most: int) -> None:
        self.expected, self.left = 0, most

    def expect(self, runs: int) -> None:
        self.expected = runs

    def add(self, runs: int) -> None:
        self.left -= runs
        if self.left <= 0:
            raise Stopped


def test_a_sweep_that_was_stopped_plays_the_rest_alone(design: Design, undisturbed: str, tmp_path: Path):
    with pytest.raises(Stopped):
        run_sweep(design, tmp_path / "a", workers=1, progress=Enough(1))
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "a" / "parts").iterdir()}
    rest = Enough(design.n_runs)
    run_sweep(design, tmp_path / "a", workers=1, progress=rest)
    assert 0 < rest.expected < design.n_runs
    now = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "a" / "parts").iterdir()}
    assert kept.items() <= now.items()
    assert digest(tmp_path / "a") == undisturbed


def test_a_failed_order_is_a_row_and_the_same_command_tries_it_again(
    design: Design, undisturbed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    play, failing = carrying_out.carry_out, list[int]()

    def fails(order, threads):
        failing.append(order.number)
        if order.number == failing[0]:
            raise ValueError("no such thing")
        return play(order, threads)

    with monkeypatch.context() as patch:
        patch.setattr(carrying_out, "carry_out", fails)
        result = run_sweep(design, tmp_path / "a", workers=1)
    assert result.n_missing == result.folder.status().failures * len(design.formats) > 0
    (row,) = pq.read_table(tmp_path / "a" / "failures.parquet").to_pylist()
    assert (row["stage"], row["message"].split(" (")[0]) == ("play", "ValueError: no such thing")
    assert run_sweep(design, tmp_path / "a", workers=1).folder.status().failures == 0
    assert digest(tmp_path / "a") == undisturbed


PLAY = """
from pathlib import Path
from sim.sweep import run_sweep
from sim.sweep.designs.read_design import read_design

class Told(run_sweep.SILENCE.__class__):
    def add(self, runs):
        print(runs, flush=True)

if __name__ == "__main__":
    run_sweep.MUCH_SECONDS = 0.01
    try:
        run_sweep.run_sweep(read_design(Path({file!r})), Path({place!r}), workers={workers}, progress=Told())
    except run_sweep.SweepStopped as stopped:
        raise SystemExit(stopped.exit_code) from None
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_that_is_killed_or_ended_leaves_a_folder_that_resumes(
    file: Path, design: Design, undisturbed: str, tmp_path: Path, workers: int
):
    place, script = tmp_path / "a", tmp_path / "play.py"
    script.write_text(PLAY.format(file=str(file), place=str(place), workers=workers), encoding="utf-8")
    for number, code in ((signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([sys.executable, str(script)], env=env, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()  # a part is there
        process.send_signal(number)
        process.stdout.read()
        assert process.wait(timeout=60) in (code, 0)
        process.stdout.close()
    assert SweepFolder.open(place).status().parts_done > 0
    run_sweep(design, place, workers=1)
    assert digest(place) == undisturbed


def test_the_estimate_is_of_what_is_missing_and_plays_nothing_into_the_folder(design: Design, tmp_path: Path):
    folder = SweepFolder.create(design, tmp_path / "a")
    before = estimate_sweep(folder)
    assert (before.runs, before.parts) == (design.n_runs, len(folder.plan))
    assert before.core_seconds > 0
    assert folder.status().parts_done == 0
    folder.close()
    run_sweep(design, tmp_path / "a", workers=1)
    size = sum(file.stat().st_size for file in (tmp_path / "a" / "parts").iterdir())
    assert before.megabytes * 1e6 == pytest.approx(size, rel=0.5)
    assert estimate_sweep(folder).runs == 0
