"""Many runs: blocks of draws over threads, in order, handed to whoever collects something of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from queue import SimpleQueue

from sim.bargaining.equilibrium_plan import with_plans
from sim.engines.kernels import block_runners, play_block
from sim.rules.library import prune_cache
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario.sampling.source import Source
from sim.types.outcomes import Runs, empty_runs
from sim.types.playing import SILENCE, Collector, Progress, Size
from sim.types.work import Work, make_work

_BLOCK_BYTES = 16_000_000  # of tables
_MAX_BLOCK = 128  # draws, so that threads share the work evenly
_AHEAD = 2  # blocks in flight per thread


def available_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def run_blocks(
    source: Source,
    *,
    n_draws: int,
    replications: int = 8,
    formats: Sequence[int] | None = None,
    threads: int | None = None,
    block: int | None = None,
) -> Iterator[tuple[int, Runs]]:
    """Run `n_draws` draws x formats x `replications` (at least 1 each), block by block in order.

    A run depends on the scenario, the seed, its draw, its replication and its format, and on nothing else: any number
    of threads, any block size and any choice of other formats give the same records.

    `formats` are indices into `source.structure.formats`, in the order wanted, by default all; `threads` by default all
    processors that this process may use; `block` is draws a block, by default by the size of the scenario. Yields
    (first draw of the block, its records in the order draw, format, replication).

    Raises:
        ValueError: for counts below 1 or a format index that does not exist.
    """
    chosen = list(range(len(source.structure.formats))) if formats is None else list(formats)
    if n_draws < 1 or replications < 1 or not chosen:
        raise ValueError(f"need at least one draw, replication and format: {n_draws}, {replications}, {chosen}")
    if min(chosen) < 0 or max(chosen) >= len(source.structure.formats):
        raise ValueError(f"no such format index: {chosen}")
    probe = source.tables(0, 1)
    size = block or min(_MAX_BLOCK, max(1, _BLOCK_BYTES // sum(array.nbytes for array in probe)))
    workers = threads or available_threads()
    for _, runner in block_runners(probe, chosen):
        runner.load()
    prune_cache()
    workspaces: SimpleQueue[Pack[Work]] = SimpleQueue()
    for _ in range(workers):
        workspaces.put(Pack(make_work(probe, formats=chosen), WORK))

    def run_one(first: int) -> tuple[int, Runs]:
        count = min(size, n_draws - first)
        tables = source.tables(first, count)
        n_rows = count * len(chosen) * replications
        out = empty_runs(n_rows, len(tables.issue_composite), len(tables.bloc), tables.legs.shape[1])
        how = {"seed": source.seed, "first": first, "count": count, "replications": replications}
        work = workspaces.get()
        try:
            play_block(Pack(tables, TABLES), work, Pack(out, RUNS), **how)
            return first, out
        finally:
            workspaces.put(work)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        starts = iter(range(0, n_draws, size))
        waiting = deque(pool.submit(run_one, first) for first in islice(starts, workers * _AHEAD))
        try:
            while waiting:  # in order; each block that is taken starts the next
                yield waiting.popleft().result()
                waiting.extend(pool.submit(run_one, first) for first in islice(starts, 1))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # whoever stops waits for the blocks in hand alone


def play(
    source: Source, formats: Sequence[int], size: Size, *collectors: Collector, progress: Progress = SILENCE
) -> None:
    """Play `size.draws` x formats x `size.replications` runs and hand every block, in order, to every collector.

    A party with `strategy: equilibrium` plays its equilibrium, whoever asks for the runs. Whatever stops a collector
    or the caller (an error, Ctrl-C) stops the runs: blocks that have not begun are dropped. `formats` and errors are as
    in `run_blocks`; `size.seed` is not looked at.
    """
    how = {"replications": size.replications, "threads": size.threads}
    for first_draw, runs in run_blocks(with_plans(source), n_draws=size.draws, formats=formats, **how):
        for collector in collectors:
            collector.add(first_draw, runs)
        progress.add(len(runs.outcome))
