"""Orders in, bytes out: threads of this process, processes of this machine, or the workers of a Dask scheduler.

A few orders are in flight at a time, so that memory is bounded; results come as they are ready. An order that fails is
tried again, and then told as a `Crash`; a worker that dies costs its orders in hand, which others take over. Nothing is
written here: whoever asks for the results owns the folder.
"""

from __future__ import annotations

import hashlib
import io
import math
import pickle
import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from logging import CRITICAL
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sim import __version__
from sim.app.errors import InputError
from sim.scenario import ResolvedScenario
from sim.sweep.folders.played import playing_code, playing_versions

if TYPE_CHECKING:
    from dask.distributed import Client

Order = TypeVar("Order")
Parts = dict[str, bytes]
"""Name of a part -> its file."""
Work = Callable[[Order, int], Parts]
"""What carries out an order with so many threads; a function of a module, so that other processes find it."""

TRIES = {"play": 3, "worker": 2}
"""Of an order, by the stage at which it fails. Dask gives one up when four workers died that had it, though another
order may have killed them: so it gets a second chance."""
POLL_SECONDS = 0.25
"""Longest wait before a stop is noticed."""
CONNECT_SECONDS = 20
GONE_SECONDS = 120
"""For which a local cluster may be without any worker; new ones are on their way."""
_AHEAD = 2  # orders in flight for each thread of a worker, so that none waits for the next
_REPLACING = {"distributed.deploy.lost-worker-timeout": "52 weeks"}
"""Dask ends for good a worker that is not back after 15 s, which a busy machine may need to start another."""
_ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}
_DEAF = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # Ctrl-C is for the process that owns the folder


@dataclass(frozen=True)
class Crash:
    """Why an order came to nothing."""

    stage: str
    """`play`: it raised; `worker`: the processes that played it died."""
    message: str
    tries: int = 1


@dataclass(frozen=True)
class _Stranger:
    """A worker that would play other code than the process that owns the folder."""

    differences: str


class Pool(ABC, Generic[Order]):
    """Where orders are carried out."""

    @abstractmethod
    def width(self) -> int:
        """How many orders may be in flight now, at least 1."""

    @abstractmethod
    def submit(self, order: Order) -> Future[Parts | Crash | _Stranger]:
        """Begin an order, or let it wait for its turn."""


def results(
    pool: Pool[Order], orders: Iterable[Order], *, stopped: Callable[[], bool] = lambda: False
) -> Iterator[tuple[Order, Parts | Crash]]:
    """Each order with its parts, or why there are none, in the order in which they are ready.

    Once `stopped`, nothing is begun, orders that can be dropped are, and those that cannot are finished.

    Raises:
        InputError: a worker has another version of the program.
        ConnectionError: the scheduler was lost.
    """
    remaining = iter(orders)
    waiting: dict[Future[Parts | Crash | _Stranger], tuple[Order, int]] = {}
    while True:
        if stopped():
            waiting = {future: order for future, order in waiting.items() if not future.cancel()}
        else:
            fresh = islice(remaining, max(0, pool.width() - len(waiting)))
            waiting |= {pool.submit(order): (order, 1) for order in fresh}
        if not waiting:
            return
        done, _ = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
        for future in [future for future in waiting if future in done]:  # in the order in which they were begun
            order, tries = waiting.pop(future)
            outcome = _outcome(future, tries)
            if isinstance(outcome, Crash) and tries < TRIES[outcome.stage] and not stopped():
                waiting[pool.submit(order)] = order, tries + 1
            else:
                yield order, outcome


_KEPT = "what is finished is kept, and the same command resumes"
_LOST = f"the scheduler was lost; {_KEPT}"
_DEATHS = "every process that played it died, of too little memory perhaps"


def _outcome(future: Future[Parts | Crash | _Stranger], tries: int) -> Parts | Crash:
    if future.cancelled():
        raise ConnectionError(_LOST)
    error = future.exception()
    if error is not None:
        return Crash("worker", _DEATHS if type(error).__name__ == "KilledWorker" else _words(error), tries)
    outcome = future.result()
    if isinstance(outcome, _Stranger):
        raise InputError(f"A worker cannot take part: {outcome.differences}")
    return Crash(outcome.stage, outcome.message, tries) if isinstance(outcome, Crash) else outcome


def _words(error: BaseException) -> str:
    """What went wrong and where, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


def attempt(work: Work[Order], order: Order, threads: int) -> Parts | Crash:
    """Carry out an order; whatever is wrong with it is told, so that the rest of a sweep goes on."""
    try:
        return work(order, threads)
    except Exception as error:
        return Crash("play", _words(error))


class ThreadPool(Pool[Order]):
    """One order at a time with all threads, since a compiled rule that fails fails everything its process plays then.

    The next order waits, so that writing a part and playing the next go on together.
    """

    def __init__(self, executor: ThreadPoolExecutor, work: Work[Order], threads: int) -> None:
        self._executor, self._work, self._threads = executor, work, threads

    def width(self) -> int:
        """The one in hand and the next."""
        return _AHEAD

    def submit(self, order: Order) -> Future[Parts | Crash | _Stranger]:
        """Begin an order when the one before is done."""
        return self._executor.submit(attempt, self._work, order, self._threads)


@contextmanager
def thread_pool(work: Work[Order], threads: int) -> Iterator[Pool[Order]]:
    """Threads of this process."""
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        yield ThreadPool(executor, work, threads)
    finally:
        executor.shutdown(cancel_futures=True)


def dask_library() -> Any:
    """The library that distributes, or None without the extra `parley[sweep]`."""
    try:
        import dask.distributed
    except ImportError:
        return None
    return dask


class _Packer(pickle.Pickler):
    """Leaves out what many orders have in common: the scenario of a cell goes to a worker once."""

    def __init__(self, file: io.BytesIO, left_out: Callable[[ResolvedScenario], str]) -> None:
        super().__init__(file, protocol=5)
        self._left_out = left_out

    def persistent_id(self, obj: Any) -> str | None:
        return self._left_out(obj) if isinstance(obj, ResolvedScenario) else None


class _Unpacker(pickle.Unpickler):
    def __init__(self, packed: bytes, shared: Mapping[str, ResolvedScenario]) -> None:
        super().__init__(io.BytesIO(packed))
        self._shared = shared

    def persistent_load(self, pid: str) -> ResolvedScenario:
        return self._shared[pid]


Identity = dict[str, str]


def identity() -> Identity:
    """Versions of what the bytes of a part hang on, and the digest of the code that plays."""
    return {"parley": __version__, **playing_versions(), "code": playing_code()[:12]}


def _differences(here: Identity, there: Identity) -> str:
    """In words; empty if there are none."""
    pairs = [(name, here.get(name), there.get(name)) for name in here | there]
    return "; ".join(f"{name} is {there} there and {here} here" for name, here, there in pairs if here != there)


_ONE_AT_A_TIME = threading.Lock()


def _in_worker(work: Work[Any], packed: bytes, expected: Identity, keys: tuple[str, ...], *shared: Any) -> Any:
    """An order in a worker, with all its threads; other orders of the same process wait (see `ThreadPool`)."""
    worker = dask_library().distributed.get_worker()
    differences = _differences(expected, identity())
    if differences:
        return _Stranger(f"{worker.address}: {differences}. {_SAME}")
    order = _Unpacker(packed, dict(zip(keys, shared, strict=True))).load()
    with _ONE_AT_A_TIME:
        return attempt(work, order, worker.state.nthreads)


_SAME = "Install the same parley and libraries there as here, and start the workers anew."


class DaskPool(Pool[Order]):
    """The workers of a scheduler."""

    def __init__(self, client: Client, work: Work[Order], *, patience: float = math.inf) -> None:
        self.client, self._work, self._identity = client, work, identity()
        self._patience, self._seen = patience, time.monotonic()
        self._executor = client.get_executor(pure=False)
        self._scenarios: dict[int, tuple[ResolvedScenario, str, Any]] = {}

    def width(self) -> int:
        """Grows and shrinks with the workers.

        Raises:
            ConnectionError: the scheduler was lost, or there have been none for longer than is waited.
        """
        try:
            threads: Any = self.client.nthreads()
        except OSError as error:
            raise ConnectionError(f"{_LOST} ({error})") from None
        if threads:
            self._seen = time.monotonic()
        if time.monotonic() - self._seen > self._patience:
            raise ConnectionError(f"no worker is left; {_KEPT}")
        return max(1, _AHEAD * sum(threads.values()))

    def submit(self, order: Order) -> Future[Parts | Crash | _Stranger]:
        """Send an order."""
        packed, shared = io.BytesIO(), dict[str, Any]()

        def left_out(scenario: ResolvedScenario) -> str:
            key, future = self._sent(scenario)
            shared[key] = future
            return key

        _Packer(packed, left_out).dump(order)
        return self._executor.submit(
            _in_worker, self._work, packed.getvalue(), self._identity, tuple(shared), *shared.values()
        )

    def _sent(self, scenario: ResolvedScenario) -> tuple[str, Any]:
        """A scenario that the workers hand on to each other: a task and not scattered data, which die with a worker."""
        if id(scenario) not in self._scenarios:
            content = pickle.dumps(scenario, protocol=5)
            key = f"scenario-{hashlib.blake2b(content, digest_size=16).hexdigest()}"
            future = self.client.submit(pickle.loads, content, key=key)
            self._scenarios = {id(scenario): (scenario, key, future)}  # the last: orders come cell by cell
        return self._scenarios[id(scenario)][1:]


_GUARD = (
    'In a script of your own, put the call under `if __name__ == "__main__":`, since each process reads the script; '
    "or ask for one worker."
)


@contextmanager
def local_cluster(work: Work[Order], workers: int) -> Iterator[Pool[Order]]:
    """Processes of this machine, of one thread each; those that die are replaced.

    Raises:
        InputError: in a script that has no `if __name__ == "__main__":`.
    """
    quiet: dict[str, Any] = {
        "silence_logs": CRITICAL,
        "dashboard_address": "127.0.0.1:0",
        "scheduler_kwargs": {"dashboard": False},
    }
    alone: dict[str, Any] = {"processes": True, "threads_per_worker": 1, "env": _ONE_THREAD, "preload": [_DEAF]}
    library = dask_library()
    with library.config.set(_REPLACING):
        cluster = _started(partial(library.distributed.LocalCluster, n_workers=workers, **alone, **quiet))
        with cluster, library.distributed.Client(cluster, set_as_default=False) as client:
            yield DaskPool(client, work, patience=GONE_SECONDS)


def _started(cluster: Callable[[], Any]) -> Any:
    """A cluster; begun once more where one of its processes died before it was there."""
    with suppress(RuntimeError):
        return cluster()
    try:
        return cluster()
    except RuntimeError as error:
        raise InputError(f"Processes of this machine could not be started ({error}). {_GUARD}") from None


@contextmanager
def existing_cluster(work: Work[Order], scheduler: str) -> Iterator[Pool[Order]]:
    """The workers of a scheduler that somebody else started: its address, or the file (`.json`) that it writes.

    Raises:
        InputError: without the extra, where nobody listens, no worker comes, or one has another version.
    """
    if dask_library() is None:
        raise InputError('--scheduler needs Dask, which is not installed: pip install "parley[sweep]".')
    named = Path(scheduler).suffix == ".json"
    until = time.monotonic() + CONNECT_SECONDS
    while named and not Path(scheduler).is_file() and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    where: dict[str, Any] = {"scheduler_file" if Path(scheduler).is_file() else "address": scheduler}
    try:
        client = dask_library().distributed.Client(**where, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(f"No Dask scheduler answers at {scheduler} ({error}). Start one: dask scheduler.") from None
    with client:
        _refuse_strangers(client, scheduler)
        yield DaskPool(client, work)


def _refuse_strangers(client: Client, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise InputError(f"{scheduler} has no workers. Start some: dask worker {scheduler} --nthreads 1.") from None
    here = identity()
    answers: Any = client.run(identity, on_error="return")
    strange = {
        address: f"parley is not there ({answer})" if isinstance(answer, Exception) else _differences(here, answer)
        for address, answer in sorted(answers.items())
    }
    told = [f"{address}: {words}" for address, words in strange.items() if words]
    if told:
        more = f"; and {len(told) - 3} more" if len(told) > 3 else ""
        raise InputError(f"Workers cannot take part. {'; '.join(told[:3])}{more}. {_SAME}")
