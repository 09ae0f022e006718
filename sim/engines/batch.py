"""Many runs: blocks of draws over threads, in order, handed to whoever collects something of them."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice

import numpy as np

from sim.bargaining.equilibrium_plan import with_plans
from sim.engines.kernels import block_runners, play_block
from sim.engines.scattered import play_scattered
from sim.engines.workspaces import WORKSPACES
from sim.rules.library import prune_cache
from sim.rules.pack import RUNS, TABLES, Pack
from sim.scenario.sampling.source import Source
from sim.types.outcomes import Runs, empty_runs
from sim.types.playing import SILENCE, Collector, Luck, Progress, Size
from sim.types.replays import of_draws, spans
from sim.types.tables import Tables

_BLOCK_BYTES = 16_000_000  # of tables; of draws of any luck also of runs
_MAX_BLOCK = 128  # draws, so that threads share the work evenly
_TURNS = 4  # blocks a thread, of draws of any luck: making the tables of a block takes longer than of a row
_AHEAD = 2  # blocks in flight per thread


def available_threads() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)


def run_blocks(
    source: Source,
    *,
    n_draws: int | Luck,
    replications: int = 8,
    formats: Sequence[int] | None = None,
    threads: int | None = None,
    block: int | None = None,
    first_draw: int = 0,
) -> Iterator[tuple[int, Runs]]:
    """Run `n_draws` draws from `first_draw` on x formats x `replications` (at least 1 each), block by block in order.

    A run depends on the scenario, the seed, its draw, its replication and its format, and on nothing else: any number
    of threads, any block size and any choice of other formats give the same records.

    `formats` are indices into `source.structure.formats`, in the order wanted, by default all; `threads` by default all
    processors that this process may use; `block` is draws a block, by default by the size of the scenario and such that
    all threads have work. Yields (first draw of the block, its records in the order draw, format, replication).
    `n_draws` may be the luck of draws that do not follow one another under the source's seed: then the source's arrays,
    and the first draws yielded, count these from 0.

    Raises:
        ValueError: for counts below 1 or a format index that does not exist.
    """
    luck = None if isinstance(n_draws, int) else n_draws
    n_draws = n_draws if isinstance(n_draws, int) else len(n_draws.draws)
    chosen = list(range(len(source.structure.formats))) if formats is None else list(formats)
    if n_draws < 1 or replications < 1 or not chosen:
        raise ValueError(f"need at least one draw, replication and format: {n_draws}, {replications}, {chosen}")
    if min(chosen) < 0 or max(chosen) >= len(source.structure.formats):
        raise ValueError(f"no such format index: {chosen}")
    blank = source.blank()
    workers = threads or available_threads()
    fits = max(1, _BLOCK_BYTES // _bytes(blank))
    most = _MAX_BLOCK
    if luck is not None:
        fits = max(1, _BLOCK_BYTES // (_bytes(blank) + _bytes(_empty(blank, len(chosen) * replications))))
        most = max(most, -(-n_draws // (workers * _TURNS)))
    size = block or min(most, fits, -(-n_draws // workers))
    for _, runner in block_runners(blank, chosen):
        if runner.call is None:
            runner.load()
    _prune_once()

    # Most of the work for the tables of few draws does not hang on how many they are: they are made once.
    few = block is None and luck is None and n_draws <= min(_MAX_BLOCK, fits)
    whole = source.tables(first_draw, n_draws) if few else None

    def run_one(first: int) -> tuple[int, Runs]:
        count = min(size, first_draw + n_draws - first)
        if luck is not None:
            return first, _play_scattered(source, chosen, first, luck.of(first, count), replications=replications)
        start = first - first_draw
        tables = source.tables(first, count) if whole is None else of_draws(whole, start, start + count)
        return first, _play_block(source, tables, chosen, first, replications=replications)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        starts = iter(range(first_draw, first_draw + n_draws, size))
        waiting = deque(pool.submit(run_one, first) for first in islice(starts, workers * _AHEAD))
        try:
            while waiting:  # in order; each block that is taken starts the next
                yield waiting.popleft().result()
                waiting.extend(pool.submit(run_one, first) for first in islice(starts, 1))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # whoever stops waits for the blocks in hand alone


def _play_scattered(source: Source, formats: Sequence[int], first: int, luck: Luck, *, replications: int) -> Runs:
    """Records of draws with this luck, whose tables the source has from `first` on."""
    n_draws = len(luck.draws)
    tables = source.tables(first, n_draws)
    out = _empty(tables, n_draws * len(formats) * replications)
    with WORKSPACES.lent(tables, formats) as work:
        packs = Pack(tables, TABLES), work, Pack(out, RUNS)
        play_scattered(*packs, luck=luck, replications=replications)
    return out


def _play_block(source: Source, tables: Tables, formats: Sequence[int], first: int, *, replications: int) -> Runs:
    """Records of the draws of these tables, of which draw `first` is the first.

    Of a block that was played before, what nothing touches is taken over (`Source.replays`).
    """
    count, per_draw = len(tables.precision) // int(tables.n_regimes[0]), len(formats) * replications
    out, replays = _empty(tables, count * per_draw), source.replays
    key, new = (first, count, tuple(formats), replications, source.seed), np.ones(count, dtype=np.bool_)
    if replays is not None:
        new = ~replays.taken_over(out, key, tables, count)
    with WORKSPACES.lent(tables, formats) as work:
        for start, end in spans(new):
            part = Pack(of_draws(tables, start, end), TABLES)
            rows = Pack(Runs._make(array[start * per_draw : end * per_draw] for array in out), RUNS)
            how = {"first": first + start, "count": end - start, "replications": replications}
            play_block(part, work, rows, seed=source.seed, **how)
    if replays is not None:
        replays.keep(key, tables, out)
    return out


def _bytes(arrays: Tables | Runs) -> int:
    return sum(array.nbytes for array in arrays)


def _empty(tables: Tables, n_runs: int) -> Runs:
    return empty_runs(n_runs, len(tables.issue_composite), len(tables.bloc), tables.legs.shape[1])


@cache
def _prune_once() -> None:
    """Old compiled rules are looked for once a process."""
    prune_cache()


def play(
    source: Source,
    formats: Sequence[int],
    size: Size,
    *collectors: Collector,
    progress: Progress = SILENCE,
    first_draw: int = 0,
    luck: Luck | None = None,
) -> None:
    """Play draws from `first_draw` up to `size.draws`, every format, `size.replications` runs each.

    Every block is handed, in order, to every collector, and then counted by `progress`, which may raise `Stopped`.

    A party with `strategy: equilibrium` plays its equilibrium, whoever asks for the runs. Whatever stops a collector
    or the caller (an error, Ctrl-C) stops the runs: blocks that have not begun are dropped. `formats` and errors are as
    in `run_blocks`; `draws`, if given, are what `n_draws` is there; `size.seed` is not looked at.
    """
    how = {"replications": size.replications, "threads": size.threads, "first_draw": first_draw}
    n_draws = size.draws - first_draw if luck is None else luck
    for first, runs in run_blocks(with_plans(source), n_draws=n_draws, formats=formats, **how):
        for collector in collectors:
            collector.add(first, runs)
        progress.add(len(runs.outcome))
