"""The plan of a sweep: which parts there are to be, cut by a measure of work, never by a clock.

What is there already counts by point, not by part: of each cell and format, the points whose draws and replications are
all there are left out, and of the others what is missing is planned. Points that hang on the same (`played`) are
planned once, and the formats that lack the same are played in one call.

Shape letters: C cells, F formats, N points, U points with keys of their own, T parts of the plan.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from numpy.typing import NDArray

from sim.analysis.comparison.runs_table import plain_array, text_array
from sim.scenario import ResolvedScenario
from sim.scenario.sampling.layout import Layout
from sim.sweep.design import Design, luck_seeds
from sim.sweep.folders.folder_layout import PLAN
from sim.sweep.folders.parts import PartInputs, Rectangle, part_key
from sim.sweep.folders.played import played_words, playing_code, playing_versions, point_keys
from sim.types.arrays import Floats, Ints, Keys, Mask

BLOCKS = "blocks.parquet"
ORDER_SECONDS = 2.0
"""Of one core, about, that a work order takes at most."""
LEAST_SECONDS, ORDERS = 0.2, 32
"""Where all takes less than a minute, it is cut into about so many orders, so that a few workers are all busy."""
MOST_ORDERS = 20_000
"""Where all takes more than half a day, orders grow, so that a folder keeps a number of files that it can list."""
PATH_SECONDS, RUN_SECONDS, NUMBER_SECONDS, PLAN_SECONDS = 1e-7, 1.7e-8, 3.5e-7, 0.5
"""Of one core: a round, seat and option, once a draw and once a run; a draw of an uncertain number; an equilibrium.

What is offered hangs on the draw and not on the replication, so that a draw costs as much as six of its runs.
"""
PART_FIELDS = (
    *("played", "cell", "slot", "block", "order", "first_draw", "end_draw", "first_replication", "end_replication"),
    *("rows", "runs"),
)


class PointIndex:
    """Points by key: those of one key are one."""

    def __init__(self, keys: Keys) -> None:
        """Takes the keys [N] of all points."""
        found, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        self.keys: Keys = found[order]
        """[U] in order of first appearance."""
        self.first: Ints = first[order]
        """[U] the first point of each key."""
        self._sorted, self._place = found, np.argsort(order, kind="stable")
        self.place: Ints = self._place[inverse.reshape(-1)]
        """[N] where the key of each point is."""

    def places(self, keys: Keys) -> Ints:
        """[B] where these keys are; -1 for those that are not there."""
        at = np.searchsorted(self._sorted, keys).clip(max=len(self._sorted) - 1)
        return np.where(self._sorted[at] == keys, self._place[at], -1)


@dataclass(frozen=True)
class SweepNeeds:
    """What a design asks for, as what its runs hang on."""

    played: Keys
    """[C, F]"""
    keys: Keys
    """[N]"""
    whole: Rectangle
    """The draws and replications of every point."""
    told: str
    """What the rows say beside: names and levels of factors, seeds, and whether single runs are kept."""

    @cached_property
    def index(self) -> PointIndex:
        """The points by key."""
        return PointIndex(self.keys)

    @cached_property
    def identity(self) -> str:
        """SHA-256 of all this: folders with the same hold the same, once they are whole."""
        digest = hashlib.sha256(json.dumps([self.whole, self.told]).encode())
        digest.update(self.played.tobytes() + self.keys.tobytes())
        return digest.hexdigest()


def wanted(design: Design) -> SweepNeeds:
    """What a design asks for; every cell is loaded."""
    runs = design.runs
    told = [
        *([factor.name for factor in design.structure], [factor.name for factor in design.numbers]),
        *([[level_text(level) for level in cell.levels] for cell in design.cells], design.formats, design.keep_runs),
        *(playing_code(), playing_versions()),
    ]
    levels = hashlib.sha256(np.ascontiguousarray(design.points.levels).tobytes()).hexdigest()
    whole = Rectangle(0, runs.draws, 0, runs.replications)
    return SweepNeeds(played_words(design), point_keys(design), whole, json.dumps([told, levels]))


def level_text(level: Any) -> str:
    """A level of a structure factor in one line, as a file would write it; `none` for nothing."""
    if level is None or isinstance(level, str):
        return level or "none"
    return yaml.safe_dump(level, default_flow_style=True, width=float("inf")).removesuffix("...\n").strip()


class KeptPart(NamedTuple):
    """A part that is there."""

    key: str
    played: int
    keys: Keys
    rectangle: Rectangle


@dataclass(frozen=True)
class PartTable:
    """The parts of a plan as columns [T], and the points of its blocks."""

    key: NDArray[np.str_]
    columns: dict[str, NDArray[Any]]
    """By `PART_FIELDS`; `order` is -1 for parts that were there when the plan was made."""
    blocks: list[Keys]
    """Keys of the points of each block."""

    def __len__(self) -> int:
        return len(self.key)

    def rectangle(self, part: int) -> Rectangle:
        """Draws and replications of a part."""
        return Rectangle(*(int(self.columns[name][part]) for name in PART_FIELDS[5:9]))

    def splits(self, whole: Rectangle) -> bool:
        """Whether the replications of some draw lie in several parts."""
        ends = self.columns["first_replication"], self.columns["end_replication"]
        return bool((ends[0] != whole.first_replication).any() or (ends[1] != whole.end_replication).any())

    def kept(self, part: int) -> KeptPart:
        """A part as one that is there."""
        keys = self.blocks[int(self.columns["block"][part])]
        return KeptPart(str(self.key[part]), int(self.columns["played"][part]), keys, self.rectangle(part))

    def orders(self) -> Iterator[Ints]:
        """Parts of each work order, in order."""
        order = self.columns["order"]
        ends = np.flatnonzero(np.diff(order, prepend=-1)) if len(order) else order
        for parts in np.split(np.arange(len(order)), ends):
            if len(parts) and order[parts[0]] >= 0:
                yield parts

    def write(self, folder: Path) -> None:
        """Write it to a folder."""
        arrays = [text_array(self.key.tolist()), *(plain_array(self.columns[name]) for name in PART_FIELDS)]
        table = pa.Table.from_arrays(arrays, names=["key", *PART_FIELDS])
        pq.write_table(table, folder / PLAN, compression="zstd")
        ends = np.cumsum([0, *map(len, self.blocks)], dtype=np.int32)
        whole = np.concatenate([np.empty(0, dtype=np.uint64), *self.blocks])
        keys = pa.ListArray.from_arrays(plain_array(ends), plain_array(whole))
        pq.write_table(pa.Table.from_arrays([keys], names=["keys"]), folder / BLOCKS, compression="zstd")

    @classmethod
    def read(cls, folder: Path) -> PartTable:
        """Read it from a folder."""
        table = pq.read_table(folder / PLAN)
        key = np.array(table["key"].to_pylist(), dtype="U32")
        columns = {name: table[name].to_numpy() for name in PART_FIELDS}
        lists = pq.read_table(folder / BLOCKS)["keys"].combine_chunks()
        lists = lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists
        ends, flat = lists.offsets.to_numpy(), lists.values.to_numpy()
        return cls(key, columns, np.split(flat, ends[1:-1]) if len(lists) else [])


class PlannedBlock(NamedTuple):
    """Points of one cell that some formats lack in one rectangle."""

    cell: int
    slots: tuple[int, ...]
    rectangle: Rectangle
    points: Ints
    """[B] places in the distinct keys."""


def plan_parts(design: Design, wants: SweepNeeds, there: Iterable[KeptPart] = ()) -> PartTable:
    """The parts of a design, those that are there and still right first, then what is missing in order of play."""
    coverage = PointCoverage(wants, there)
    parts = _Parts(design, wants)
    for cell, slot, kept in coverage.used:
        parts.keep(kept, cell, slot)
    total, work = _whole_work(design, wants)
    seconds = max(min(ORDER_SECONDS, max(total / ORDERS, LEAST_SECONDS)), total / MOST_ORDERS)
    for group in coverage.missing():
        for block in _cut(group, work[group.cell], seconds):
            parts.plan(block)
    return parts.table()


class PointCoverage:
    """Which points of which cell and format are there, in which draws and replications."""

    def __init__(self, wants: SweepNeeds, there: Iterable[KeptPart]) -> None:
        self._wants = wants
        first: dict[int, tuple[int, int]] = {}
        for (cell, slot), word in np.ndenumerate(wants.played):
            first.setdefault(int(word), (cell, slot))
        self._first = first
        self._covered: dict[int, dict[Rectangle, Mask]] = {}
        self.used: list[tuple[int, int, KeptPart]] = []
        """Cell, format and part of what is there and still right."""
        for part in there:
            where = first.get(part.played)
            places = wants.index.places(part.keys)
            if where is not None and (places >= 0).any():
                self.used.append((*where, part))
                self._mask(part)[places[places >= 0]] = True

    def _mask(self, part: KeptPart) -> Mask:
        """[U] which points are there of what hangs on the same in the same rectangle."""
        of_played = self._covered.setdefault(part.played, {})
        if part.rectangle not in of_played:
            of_played[part.rectangle] = np.zeros(len(self._wants.index.keys), dtype=np.bool_)
        return of_played[part.rectangle]

    def missing(self) -> Iterator[PlannedBlock]:
        """What is missing, cell after cell; formats of a cell that lack the same are together."""
        for cell, row in enumerate(self._wants.played.tolist()):
            groups: dict[tuple[Rectangle, bytes], tuple[list[int], Ints]] = {}
            for slot, word in enumerate(row):
                if self._first[word] != (cell, slot):
                    continue  # another cell plays the very same
                for rectangle, points in self._lacking(word):
                    groups.setdefault((rectangle, points.tobytes()), ([], points))[0].append(slot)
            for (rectangle, _), (slots, points) in groups.items():
                yield PlannedBlock(cell, tuple(slots), rectangle, points)

    def _lacking(self, word: int) -> Iterator[tuple[Rectangle, Ints]]:
        """Rectangles that points lack of what hangs on `word`, and the points [B]."""
        covered = [*self._covered.get(word, {}).items()]
        sign = np.zeros(len(self._wants.index.keys), dtype=np.int64)
        for bit, (_, mask) in enumerate(covered):
            sign |= mask.astype(np.int64) << bit
        for which in np.unique(sign).tolist():
            left = [self._wants.whole]
            for bit, (rectangle, _) in enumerate(covered):
                if which >> bit & 1:
                    left = [rest for part in left for rest in part.without(rectangle)]
            points = np.flatnonzero(sign == which)
            yield from ((rectangle, points) for rectangle in left)


class _Parts:
    """Collects the columns of a plan."""

    def __init__(self, design: Design, wants: SweepNeeds) -> None:
        self._design, self._wants = design, wants
        self._keys: list[str] = []
        self._rows: list[tuple[int, ...]] = []
        self._blocks: list[Keys] = []
        self._known: dict[bytes, int] = {}
        self._orders = 0

    def keep(self, part: KeptPart, cell: int, slot: int) -> None:
        self._add(part.key, (part.played, cell, slot, self._block(part.keys), -1), part.rectangle, len(part.keys))

    def plan(self, block: PlannedBlock) -> None:
        inputs = part_inputs(self._design, self._wants.index, block.cell, block.points)
        number = self._block(inputs.keys)
        for slot in block.slots:
            word = int(self._wants.played[block.cell, slot])
            key = part_key(word, block.rectangle, inputs, keep_runs=self._design.keep_runs)
            self._add(key, (word, block.cell, slot, number, self._orders), block.rectangle, len(inputs.keys))
        self._orders += 1

    def _block(self, keys: Keys) -> int:
        number = self._known.setdefault(hashlib.blake2b(keys.tobytes(), digest_size=16).digest(), len(self._blocks))
        if number == len(self._blocks):
            self._blocks.append(keys)
        return number

    def _add(self, key: str, head: tuple[int, ...], rectangle: Rectangle, n_points: int) -> None:
        rows = n_points * rectangle.n_draws
        self._keys.append(key)
        self._rows.append((*head, *rectangle, rows, rows * rectangle.replications))

    def table(self) -> PartTable:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(PART_FIELDS)
        kinds = {"played": np.uint64}
        named = zip(PART_FIELDS, columns, strict=True)
        arrays = {name: np.array(column, dtype=kinds.get(name, np.int64)) for name, column in named}
        return PartTable(np.array(self._keys, dtype="U32"), arrays, self._blocks)


def part_inputs(design: Design, index: PointIndex, cell: int, points: Ints) -> PartInputs:
    """What the rows of a block say; points are places [B] in the index."""
    rows = index.first[points]
    levels = (level_text(level) for level in design.cells[cell].levels)
    structure = tuple(zip((factor.name for factor in design.structure), levels, strict=True))
    names = tuple(factor.name for factor in design.numbers)
    seeds = luck_seeds(design.runs.seed, design.points.luck[rows])
    return PartInputs(index.keys[points], seeds, structure, names, design.points.levels[rows])


@dataclass(frozen=True)
class CellWork:
    """About how long a cell takes one core, by its structure alone."""

    draw: float
    """Seconds of the tables of one draw."""
    size: Floats
    """[F] rounds x seats x options of each format."""

    def of(self, slots: Sequence[int], replications: int) -> float:
        """Seconds of a draw of a point in some formats."""
        each = PATH_SECONDS + replications * RUN_SECONDS
        return self.draw + each * float(self.size[list(slots)].sum())


def cell_work(resolved: ResolvedScenario, formats: Sequence[str]) -> CellWork:
    """Seconds by rounds, seats and options of each format, and by numbers; of a track those of all its legs."""
    layout = Layout(resolved)
    options = sum(len(composite.combos) for composite in layout.composites)
    worlds = 1 + len(resolved.shocks)
    sizes: list[float] = []
    for row in map(layout.formats.index, formats):
        legs = [(layout.formats[leg], len(layout.speakers(leg))) for leg in layout.legs[row]]
        calendars = ((resolved.formats[key].calendar, seats) for key, seats in legs)
        sizes.append(options * sum(cal.months * cal.rounds_per_month * seats for cal, seats in calendars))
    solved = any(party.behaviour.strategy == "equilibrium" for party in resolved.parties.values())
    tables = worlds * len(resolved.formats) * PLAN_SECONDS if solved else 0.0
    uncertain = sum(number.kind != "value" for number in resolved.numbers.values())
    return CellWork(NUMBER_SECONDS * worlds * uncertain + tables, np.array(sizes))


def _whole_work(design: Design, wants: SweepNeeds) -> tuple[float, list[CellWork]]:
    """Seconds of the whole design, and the work of each cell."""
    cells = [cell_work(cell.scenario.resolved, design.formats) for cell in design.cells]
    everything, points = range(len(design.formats)), len(wants.index.keys) * design.runs.draws
    return points * sum(cell.of(everything, design.runs.replications) for cell in cells), cells


def _cut(group: PlannedBlock, work: CellWork, seconds: float) -> Iterator[PlannedBlock]:
    """Blocks of about equal size that take about so long, by points; by draws too where one point takes longer."""
    draw, rectangle = work.of(group.slots, group.rectangle.replications), group.rectangle
    n_blocks = min(-(-draw * rectangle.n_draws * len(group.points) // seconds), len(group.points))
    n_cuts = -(-draw * rectangle.n_draws // seconds) if n_blocks == len(group.points) else 1
    ends = np.linspace(rectangle.first_draw, rectangle.end_draw, int(min(n_cuts, rectangle.n_draws)) + 1).astype(int)
    for points in np.array_split(group.points, int(n_blocks)):
        for first, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
            yield group._replace(points=points, rectangle=Rectangle(first, end, *rectangle[2:]))
