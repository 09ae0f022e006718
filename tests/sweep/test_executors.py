"""Orders of a stand-in through threads, local processes and a scheduler: same bytes, failures told, none lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.app.errors import InputError
from sim.scenario import load_scenario
from sim.sweep import executors
from sim.sweep.executors import (
    TRIES,
    Crash,
    DaskPool,
    Pool,
    dask_library,
    existing_cluster,
    identity,
    local_cluster,
    results,
    thread_pool,
)

from .standin import StandIn, work

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def scheduler(folder: Path, *, sources: Path = ROOT, workers: int = 2) -> Iterator[str]:
    """A scheduler and its workers on this machine, as a user starts them; gives the scheduler's file."""
    env = {**os.environ, "PYTHONPATH": str(sources)}
    where, quiet = str(folder / "scheduler.json"), {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "dask"]
    listen = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    commands = [[*dask, "scheduler", *listen, "--scheduler-file", where]]
    play = ["--nthreads", "1", "--nworkers", str(workers), "--no-dashboard", "--death-timeout", "20"]
    if workers:
        commands.append([*dask, "worker", "--scheduler-file", where, *play])
    processes = [subprocess.Popen(command, env=env, cwd=folder, **quiet) for command in commands]
    try:
        until = time.monotonic() + 60
        while not Path(where).exists() and time.monotonic() < until:
            time.sleep(0.05)
        yield where
    finally:
        for process in reversed(processes):  # workers that have lost their scheduler take long to end
            process.terminate()
            process.wait(timeout=60)


def parts(pool: Pool[StandIn], orders: list[StandIn]) -> dict[int, dict[str, bytes] | Crash]:
    return {order.number: outcome for order, outcome in results(pool, orders)}


EXPECTED = {number: work(StandIn(number), 1) for number in range(6)}


def test_threads_give_what_the_orders_give():
    with thread_pool(work, 2) as pool:
        assert parts(pool, [StandIn(number) for number in range(6)]) == EXPECTED


def test_an_order_that_fails_once_is_played_again_and_one_that_always_does_is_told(tmp_path: Path):
    orders = [StandIn(0, "fails once", tmp_path), StandIn(1, "fails", tmp_path), StandIn(2, folder=tmp_path)]
    with thread_pool(work, 1) as pool:
        found = parts(pool, orders)
    assert found[0] == EXPECTED[0]
    assert found[2] == EXPECTED[2]
    crash = found[1]
    assert isinstance(crash, Crash)
    assert (crash.stage, crash.tries) == ("play", TRIES["play"])
    assert crash.message.startswith("ValueError: order 1 cannot be played (standin.py:")
    assert [len(list(tmp_path.glob(f"{number}-*"))) for number in range(3)] == [2, TRIES["play"], 1]


def test_few_orders_are_in_flight_and_none_is_begun_after_a_stop():
    begun: list[int] = []
    orders = (begun.append(number) or StandIn(number) for number in range(100))
    done: list[int] = []
    with thread_pool(work, 1) as pool:
        for order, _ in results(pool, orders, stopped=lambda: len(done) >= 3):
            done.append(order.number)
            assert len(begun) <= len(done) + pool.width()
    assert len(done) < 10
    assert done == list(range(len(done)))


def test_an_interrupt_is_not_taken_for_a_failed_order():
    def interrupted(_order: StandIn, _threads: int) -> dict[str, bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        executors.attempt(interrupted, StandIn(0), 1)


def test_a_cluster_that_does_not_start_is_begun_once_more_and_then_told():
    begun: list[int] = []

    def cluster(well: int) -> str:
        begun.append(1)
        if len(begun) < well:
            raise RuntimeError("Nanny failed to start.")
        return "there"

    assert executors._started(lambda: cluster(2)) == "there"
    begun.clear()
    with pytest.raises(InputError, match="__main__"):
        executors._started(lambda: cluster(3))


def test_without_the_extra_a_scheduler_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(InputError, match=r"parley\[sweep\]"), existing_cluster(work, "tcp://127.0.0.1:1"):
        pass


@pytest.mark.slow
def test_processes_lose_nothing_when_workers_are_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(executors, "GONE_SECONDS", 30)
    trouble = {1: "dies once", 3: "dies once", 5: "fails", 6: "dies"}
    scenario = load_scenario(ROOT / "scenarios" / "minimal.yaml")
    orders = [
        StandIn(number, trouble.get(number, ""), tmp_path, scenario=scenario, seconds=0.05) for number in range(12)
    ]
    hasty = {"distributed.deploy.lost-worker-timeout": "1ms"}  # Dask's way with workers that take long to come back
    with dask_library().config.set(hasty), local_cluster(work, 2) as pool:
        found = parts(pool, orders)
    assert {number: found[number] for number in range(5)} == {number: EXPECTED[number] for number in range(5)}
    stages = {number: outcome.stage for number, outcome in found.items() if isinstance(outcome, Crash)}
    assert stages in ({5: "play", 6: "worker"}, {5: "worker", 6: "worker"})  # 5 may have been beside 6 when that died
    marks = [path for path in tmp_path.iterdir() if int(path.name.split("-")[0]) not in trouble]
    held = {(path.name.split("-")[1], path.read_text(encoding="utf-8")) for path in marks}
    assert len(held) == len({process for process, _ in held}), "a process has one copy of the scenario"


@pytest.mark.slow
def test_a_scheduler_with_two_workers_gives_the_same_and_goes_on_when_a_worker_is_killed(tmp_path: Path):
    orders = [StandIn(0, "dies once", tmp_path), *(StandIn(number) for number in range(1, 6))]
    with scheduler(tmp_path) as where, existing_cluster(work, where) as pool:
        assert parts(pool, orders) == EXPECTED


def killing_the_scheduler(pool: Pool[StandIn]) -> Iterator[StandIn]:
    yield from (StandIn(number, seconds=0.2) for number in range(8))
    assert isinstance(pool, DaskPool)
    os.kill(pool.client.run_on_scheduler(os.getpid), signal.SIGKILL)
    yield from (StandIn(number, seconds=0.2) for number in range(8, 20))


@pytest.mark.slow
def test_a_scheduler_that_is_lost_is_an_error_of_the_machine(tmp_path: Path):
    with scheduler(tmp_path, workers=1) as where, existing_cluster(work, where) as pool:
        orders = killing_the_scheduler(pool)
        with pytest.raises(ConnectionError, match="the same command resumes"):
            list(results(pool, orders))


@pytest.mark.slow
def test_workers_with_other_code_or_without_parley_are_refused_with_words(tmp_path: Path):
    other, none = tmp_path / "other", tmp_path / "none"
    shutil.copytree(ROOT / "sim", other / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "sim" / "rules" / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    (none / "sim").mkdir(parents=True)
    (none / "sim" / "__init__.py").touch()
    for sources, words in ((other, f"there and {identity()['code']} here"), (none, "parley is not there")):
        with scheduler(sources, sources=sources, workers=1) as where, pytest.raises(InputError, match=words):  # noqa: SIM117
            with existing_cluster(work, where):
                pass


@pytest.mark.slow
def test_where_nobody_listens_and_where_nobody_works_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(executors, "CONNECT_SECONDS", 1)
    with pytest.raises(InputError, match="No Dask scheduler answers"), existing_cluster(work, "tcp://127.0.0.1:1"):
        pass
    with pytest.raises(InputError, match="No Dask scheduler answers"), existing_cluster(work, "nonsense://"):
        pass
    with (
        scheduler(tmp_path, workers=0) as where,
        pytest.raises(InputError, match="has no workers"),
        existing_cluster(work, where),
    ):
        pass
