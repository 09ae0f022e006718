"""How far a sweep is, by its plan and the names of files alone; loads neither scenario nor engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.sweep.folders.failures import FAILURES
from sim.sweep.folders.folder_layout import PLAN, SWEEP, check_folder, of_shard, parts_there


@dataclass(frozen=True)
class SweepStatus:
    """How far a sweep is."""

    design: str
    points: int
    cells: int
    parts: int
    """Of this folder's shard, if it is one."""
    parts_done: int
    runs: int
    runs_done: int
    failures: int
    """Blocks of points that failed and are not there."""
    shard: tuple[int, int] | None
    """(k, n) for the k-th of n shards, from 1."""

    @property
    def whole(self) -> bool:
        """Whether every part is there."""
        return self.parts_done == self.parts

    @property
    def empty(self) -> bool:
        """Whether nothing falls to it: a shard of a plan with fewer work orders than shards."""
        return self.parts == 0


def sweep_status(place: Path) -> SweepStatus:
    """The status of a folder.

    Raises:
        InputError: it holds no sweep.
    """
    check_folder(place)
    record = json.loads((place / SWEEP).read_text(encoding="utf-8"))
    shard = tuple(record["shard"]) if record["shard"] else None
    table = pq.read_table(place / PLAN, columns=["key", "order", "runs"])
    runs, there = table["runs"].to_numpy(), pa.array([*parts_there(place)], pa.string())
    mine = of_shard(table["order"].to_numpy(), shard)
    done = pc.is_in(table["key"], value_set=there).to_numpy()  # pyright: ignore[reportAttributeAccessIssue]
    failures = place / FAILURES
    return SweepStatus(
        design=record["design"],
        points=record["points"],
        cells=record["cells"],
        parts=int(mine.sum()),
        parts_done=int((mine & done).sum()),
        runs=int(runs[mine].sum()),
        runs_done=int(runs[mine & done].sum()),
        failures=pq.read_metadata(failures).num_rows if failures.exists() else 0,
        shard=shard,
    )
