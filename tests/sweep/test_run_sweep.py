"""Playing what is missing: who plays, what is written down, how it stops and goes on; a stand-in for the folder."""

from __future__ import annotations

import runpy
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from sim.sweep import run_sweep
from sim.sweep.executors import thread_pool
from sim.sweep.folders.sweep_folder import SweepStatus
from sim.sweep.run_sweep import MUCH_SECONDS, SweepStopped, finish_sweep
from sim.types.playing import Silence, Stopped

from .standin import StandIn, work
from .test_executors import ROOT


class Folder:
    """Keeps parts in memory."""

    def __init__(self, orders: list[StandIn], after_put: Callable[[int], object] = lambda _: None) -> None:
        self.orders, self.after_put = orders, after_put
        self.parts: dict[str, bytes] = {}
        self.failures: list[tuple[int, str, str]] = []

    def status(self) -> SweepStatus:
        runs = sum(order.n_runs for order in self.orders)
        done = sum(self.orders[0].n_runs for _ in self.parts)
        return SweepStatus("", 0, 0, 0, 0, runs, done, 0, None)

    def missing(self) -> Iterator[StandIn]:
        return (order for order in self.orders if f"part-{order.number}" not in self.parts)

    def put(self, parts: Mapping[str, bytes]) -> None:
        self.parts |= parts
        self.after_put(len(self.parts))

    def fail(self, order: StandIn, stage: str, message: str) -> None:
        self.failures.append((order.number, stage, message))


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_sweep, "carry_out", work)
    monkeypatch.setattr(run_sweep, "order_seconds", lambda _: 1.0)


class Counter(Silence):
    """Counts runs, and has had enough at some number."""

    def __init__(self, enough: int = sys.maxsize) -> None:
        self.runs, self.enough, self.said = 0, enough, list[str]()

    def say(self, label: str) -> None:
        self.said.append(label)

    def add(self, runs: int) -> None:
        self.runs += runs
        if self.runs >= self.enough:
            raise Stopped


WHOLE = {f"part-{number}": work(StandIn(number), 1)[f"part-{number}"] for number in range(20)}


def orders(trouble: str = "") -> list[StandIn]:
    return [StandIn(number, trouble if number == 3 else "") for number in range(20)]


def test_a_failed_order_is_written_down_and_the_rest_goes_on():
    folder, counter = Folder(orders("fails")), Counter()
    assert finish_sweep(folder, workers=1, progress=counter) == 1
    assert folder.parts == {name: part for name, part in WHOLE.items() if name != "part-3"}
    assert [(number, stage) for number, stage, _ in folder.failures] == [(3, "play")]
    assert counter.runs == 20 * StandIn(0).n_runs
    assert "1 failed, the last with ValueError: order 3 cannot be played" in counter.said[-1]


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_stops_gently_with_its_exit_code_and_the_folder_resumes(name: str):
    number = getattr(signal, name)
    folder, before = Folder(orders(), lambda n: n == 5 and signal.raise_signal(number)), signal.getsignal(number)
    counter = Counter()
    with pytest.raises(SweepStopped) as stopped:
        finish_sweep(folder, workers=1, progress=counter)
    assert stopped.value.exit_code == 128 + number
    assert counter.said[-1].startswith("stopping")
    assert 5 <= len(folder.parts) < 10
    assert signal.getsignal(number) == before
    assert finish_sweep(folder, workers=1) == 0
    assert folder.parts == WHOLE


def test_the_script_of_the_command_line_can_be_read_by_workers():
    runpy.run_path(str(ROOT / "run.py"), run_name="__mp_main__")


def test_the_second_signal_does_what_it_did_before():
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        folder = Folder(orders(), lambda n: n in (5, 6) and signal.raise_signal(signal.SIGTERM))
        with pytest.raises(SweepStopped):
            finish_sweep(folder, workers=1)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        finish_sweep(
            folder := Folder(orders(), lambda n: n == 5 and signal.raise_signal(signal.SIGHUP)),
            workers=1,
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    assert folder.parts == WHOLE


def test_whoever_watches_may_have_had_enough():
    folder = Folder(orders())
    with pytest.raises(SweepStopped) as stopped:
        finish_sweep(folder, workers=1, progress=Counter(enough=4 * StandIn(0).n_runs))
    assert stopped.value.exit_code == 130
    assert len(folder.parts) < 10


def test_an_error_of_the_folder_is_not_taken_for_a_failed_order():
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    folder = Folder(orders(), full)
    with pytest.raises(OSError, match="No space left"):
        finish_sweep(folder, workers=1)
    assert folder.failures == []


def test_processes_are_started_only_for_much_work_and_only_with_the_extra(monkeypatch: pytest.MonkeyPatch):
    started: list[tuple[str, int]] = []

    def noted(kind: str):
        return lambda work, workers: started.append((kind, workers)) or thread_pool(work, workers)

    monkeypatch.setattr(run_sweep, "local_cluster", noted("processes"))
    monkeypatch.setattr(run_sweep, "thread_pool", noted("threads"))
    finish_sweep(Folder(orders()), workers=3)
    finish_sweep(Folder(orders()[: int(MUCH_SECONDS) - 1]), workers=3)
    finish_sweep(Folder(orders()), workers=1)
    finish_sweep(Folder([]), workers=3)
    monkeypatch.setitem(sys.modules, "dask", None)
    finish_sweep(Folder(orders()), workers=3)
    assert started == [("processes", 3), ("threads", 3), ("threads", 1), ("threads", 3)]


@pytest.mark.slow
def test_processes_give_the_bytes_of_threads_and_stop_gently(tmp_path: Path):
    folder = Folder(orders(), lambda n: n == 5 and signal.raise_signal(signal.SIGTERM))
    with pytest.raises(SweepStopped) as stopped:
        finish_sweep(folder, workers=2)
    assert stopped.value.exit_code == 143
    assert finish_sweep(folder, workers=2) == 0
    assert folder.parts == WHOLE
