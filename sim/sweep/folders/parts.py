"""Parts of a sweep: what a worker is asked for, and the Parquet files that it gives back.

A part has the counts of a block of points of one cell in one format, of a range of draws and one of replications: a row
a point and draw. It is named by a hash of all that its bytes hang on, and says so in its footer.

Shape letters: B points of a block, D draws, K number factors.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.analysis.comparison.results import MEASURES
from sim.analysis.comparison.runs_table import RunsSink, plain_array, stamp, text_array
from sim.scenario.sampling.distributions import quantile
from sim.scenario.sampling.encode import Encoder
from sim.sweep.folders.played import number_content, playing_code, playing_versions
from sim.sweep.play_points import PointBlock, play_points
from sim.sweep.point_counts import EVENTS, PointCounts, count_columns
from sim.types import Runs, Structure
from sim.types.arrays import Floats, Keys

RUNS = "runs/"
"""Beginning of the name of a part's single runs."""
MOST_REPLICATIONS = np.iinfo(np.uint16).max
RESERVED = frozenset(
    {
        *("played", "key", "seed", "draw", "draws", "runs", "format", "point", "cell", "luck", "sample"),
        *(*EVENTS, *MEASURES),
    }
)
"""Names that no factor may have: tables of a sweep have such columns."""
_FIXED = ("played", "key", "seed", "draw", "runs", "format")


class Rectangle(NamedTuple):
    """Draws and replications, ends not counted in."""

    first_draw: int
    end_draw: int
    first_replication: int
    end_replication: int

    @property
    def n_draws(self) -> int:
        """How many draws."""
        return self.end_draw - self.first_draw

    @property
    def replications(self) -> int:
        """How many replications."""
        return self.end_replication - self.first_replication

    def without(self, other: Rectangle) -> list[Rectangle]:
        """What is left of this one: at most four rectangles that do not overlap."""
        draws = max(self[0], other[0]), min(self[1], other[1])
        tries = max(self[2], other[2]), min(self[3], other[3])
        if draws[0] >= draws[1] or tries[0] >= tries[1]:
            return [self]
        left = [
            Rectangle(self[0], draws[0], *self[2:]),
            Rectangle(*draws, self[2], tries[0]),
            Rectangle(*draws, tries[1], self[3]),
            Rectangle(draws[1], self[1], *self[2:]),
        ]
        return [part for part in left if part.n_draws > 0 and part.replications > 0]


@dataclass(frozen=True)
class PartInputs:
    """What the rows of a part say of where they come from."""

    keys: Keys
    """[B] of the points."""
    seeds: Keys
    """[B]"""
    structure: tuple[tuple[str, str], ...]
    """Name and level, as text, of each structure factor."""
    numbers: tuple[str, ...]
    """Names of the number factors."""
    levels: Floats
    """[B, K]"""


@dataclass(frozen=True)
class PartName:
    """One part of a work order."""

    key: str
    format: str
    played: int
    """What its runs hang on but for levels and seeds (`played_words`)."""


@dataclass(frozen=True)
class WorkOrder:
    """All that a worker needs for a block of points of one cell in some formats; can be pickled."""

    number: int
    """In the plan."""
    cell: int
    block: PointBlock
    inputs: PartInputs
    parts: tuple[PartName, ...]
    """One for each format of the block, in its order."""
    keep_runs: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of its parts."""
        return tuple(part.key for part in self.parts)

    @property
    def n_points(self) -> int:
        """Points of the block."""
        return len(self.inputs.keys)

    @property
    def n_runs(self) -> int:
        """Runs of all its parts."""
        return self.n_points * self.block.n_draws * self.block.replications * len(self.parts)

    @property
    def rectangle(self) -> Rectangle:
        """Its draws and replications."""
        block = self.block
        ends = block.first_draw + block.n_draws, block.first_replication + block.replications
        return Rectangle(block.first_draw, ends[0], block.first_replication, ends[1])


def part_key(played: int, rectangle: Rectangle, inputs: PartInputs, *, keep_runs: bool) -> str:
    """Name of a part: 32 hexadecimal characters of a hash of all that its bytes hang on."""
    head = [f"{played:016x}", rectangle, inputs.structure, inputs.numbers, keep_runs]
    digest = hashlib.blake2b(json.dumps(head).encode(), digest_size=16)
    for array in (inputs.keys, inputs.seeds, inputs.levels):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def carry_out(order: WorkOrder, threads: int | None = None) -> dict[str, bytes]:
    """Play a work order: name -> whole Parquet file of each of its parts, and of their single runs if they are kept.

    The bytes are the same for any number of threads, and whichever formats are played together.
    """
    encoder = Encoder(order.block.resolved, seed=0)
    sinks = [_FormatRuns(order, slot, encoder.structure) for slot in range(len(order.parts))] if order.keep_runs else []
    counts = play_points(order.block, *sinks, threads=threads)
    files = {
        part.key: _file_of(order, part, _table(order, slot, counts, encoder.structure))
        for slot, part in enumerate(order.parts)
    }
    return files | {RUNS + sink.part.key: sink.bytes() for sink in sinks}


class _FormatRuns:
    """Takes the runs of one format of a block, row = ((point, draw), format, replication), as `runs.parquet` has them.

    Their `draw` is the row of the part: place of the point times the draws of the part, plus the draw less the first.
    """

    def __init__(self, order: WorkOrder, slot: int, structure: Structure) -> None:
        self.part = order.parts[slot]
        self._slot, self._shape = slot, (len(order.parts), order.block.replications)
        self._file = io.BytesIO()
        self._sink = RunsSink(
            self._file,
            structure,
            [order.block.formats[slot]],
            order.block.replications,
            stamped=lambda _: _stamp(order, self.part),
        )

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take the next block."""
        own = (array.reshape(-1, *self._shape, *array.shape[1:])[:, self._slot] for array in runs)
        self._sink.add(first_draw, Runs._make(array.reshape(-1, *array.shape[2:]) for array in own))

    def bytes(self) -> bytes:
        """The whole file."""
        self._sink.close()
        return self._file.getvalue()


def _stamp(order: WorkOrder, part: PartName) -> dict[str, Any]:
    return {
        "part": part.key,
        "played": f"{part.played:016x}",
        "rectangle": order.rectangle,
        "structure": order.inputs.structure,
        "numbers": order.inputs.numbers,
        "keep_runs": order.keep_runs,
        "code": playing_code(),
        "versions": playing_versions(),
    }


def _table(order: WorkOrder, slot: int, counts: PointCounts, structure: Structure) -> pa.Table:
    """Rows of a part: what they hang on, draw, runs, format, levels of all factors, values of quantiles, counts."""
    inputs, block, n_draws = order.inputs, order.block, order.block.n_draws
    n_rows = order.n_points * n_draws
    fixed = [
        plain_array(np.full(n_rows, order.parts[slot].played, dtype=np.uint64)),
        plain_array(np.repeat(inputs.keys, n_draws)),
        plain_array(np.repeat(inputs.seeds, n_draws)),
        plain_array(np.tile(np.arange(n_draws, dtype=np.int32) + np.int32(block.first_draw), order.n_points)),
        plain_array(np.full(n_rows, block.replications, dtype=np.uint16)),
    ]
    words = [order.parts[slot].format, *(text for _, text in inputs.structure)]
    arrays = fixed + [_constant(word, n_rows) for word in words]
    quantiles = _quantile_values(order)
    numbers = [*inputs.levels.T, *quantiles.values()]
    arrays += [plain_array(np.repeat(column, n_draws)) for column in numbers]
    arrays += [plain_array(column) for column in _counts_of(counts, slot, n_rows)]
    names = [*_FIXED, *(name for name, _ in inputs.structure), *inputs.numbers, *quantiles, *count_columns(structure)]
    return pa.Table.from_arrays(arrays, names=part_columns(names))


def part_columns(names: Sequence[str]) -> list[str]:
    """Columns for names, in order: such as pandas keeps, and no two alike, however names may clash."""
    columns: dict[str, None] = {}
    for plain in (re.sub(r"\W", "_", name) for name in names):
        n = next(n for n in count(1) if (plain if n == 1 else f"{plain}_{n}") not in columns)
        columns[plain if n == 1 else f"{plain}_{n}"] = None
    return [*columns]


def _constant(word: str, n_rows: int) -> pa.Array:
    zeros = plain_array(np.zeros(n_rows, dtype=np.int16))
    return pa.DictionaryArray.from_arrays(zeros, text_array([word])).dictionary_decode()


def _quantile_values(order: WorkOrder) -> dict[str, Floats]:
    """`<factor>_value` [B] of factors that are quantiles; where their targets are not alike, one for each."""
    columns: dict[str, Floats] = {}
    known = order.block.resolved.numbers
    for name, steering, level in zip(order.inputs.numbers, order.block.steerings, order.inputs.levels.T, strict=True):
        if steering.kind != "quantile":
            continue
        alike = len({json.dumps(number_content(known[target])) for target in steering.targets}) == 1
        for target in steering.targets[:1] if alike else steering.targets:
            columns[f"{name}_value" if alike else f"{name}_value_{target}"] = quantile(known[target], level)
    return columns


def _counts_of(counts: PointCounts, slot: int, n_rows: int) -> list[np.ndarray[Any, Any]]:
    """Columns of one format: events and who stopped as 16 bits, gains in millionths as 64."""
    small = [*_columns(counts.events, slot, n_rows), *_columns(counts.stopped_by, slot, n_rows)]
    return [column.astype(np.uint16) for column in small] + [*_columns(counts.gain, slot, n_rows)]


def _columns(array: np.ndarray[Any, Any], slot: int, n_rows: int) -> np.ndarray[Any, Any]:
    return np.ascontiguousarray(array[:, :, slot].reshape(n_rows, -1).T)


def _file_of(order: WorkOrder, part: PartName, table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        table.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name in table.column_names if not name.startswith("gain_")],  # pyright: ignore[reportArgumentType]
        data_page_version="1.0",
        version="2.6",
        write_statistics=False,  # with the schema of Arrow they take more room than the rows of a small part
        store_schema=False,
    ) as writer:
        writer.write_table(table)
        writer.add_key_value_metadata(stamp({**_stamp(order, part), "content": content_digest(table)}))
    return sink.getvalue()


def content_digest(table: pa.Table) -> str:
    """SHA-256 of the values of a table, column after column."""
    digest, whole = hashlib.sha256(), table.combine_chunks()
    for name, column in zip(whole.column_names, whole.columns, strict=True):
        digest.update(name.encode())
        for values in column.chunks:
            if pa.types.is_string(values.type):
                coded = values.dictionary_encode()
                digest.update("\n".join(coded.dictionary.to_pylist()).encode())
                values = coded.indices
            digest.update(values.to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def fault_of_part(file: Path) -> str:
    """A sentence for what is wrong with the file of a part; empty where nothing is."""
    try:
        table = pq.read_table(file)
        stamped = json.loads(pq.read_metadata(file).metadata[b"parley"])
        key, content = _key_of(table, stamped), content_digest(table)
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        return f"The part {file.stem} cannot be read: {' '.join(str(error).split())}"
    if content != stamped["content"]:
        return f"The part {file.stem} has other values than were written."
    return "" if key == file.stem == stamped["part"] else f"The part {file.stem} holds what belongs to {key}."


def fault_of_runs(key: str, file: Path) -> str:
    """A sentence for what is wrong with the file of a part's single runs; empty where nothing is."""
    try:
        stamped = json.loads(pq.read_metadata(file).metadata[b"parley"])
    except FileNotFoundError:
        return f"The single runs of the part {key} are missing."
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        return f"The single runs of the part {key} cannot be read: {' '.join(str(error).split())}"
    return "" if stamped["part"] == key else f"The single runs of the part {key} are those of {stamped['part']}."


def _key_of(table: pa.Table, stamped: dict[str, Any]) -> str:
    """The name that a part should have, by its rows and footer."""
    rectangle = Rectangle(*stamped["rectangle"])
    structure = tuple((name, text) for name, text in stamped["structure"])
    numbers, start = tuple(stamped["numbers"]), len(_FIXED) + len(structure)
    points = table.take(plain_array(np.arange(0, table.num_rows, rectangle.n_draws)))
    levels = [points.column(start + place).to_numpy() for place in range(len(numbers))]
    inputs = PartInputs(
        keys=points["key"].to_numpy(),
        seeds=points["seed"].to_numpy(),
        structure=structure,
        numbers=numbers,
        levels=np.column_stack(levels) if levels else np.empty((points.num_rows, 0)),
    )
    return part_key(int(stamped["played"], 16), rectangle, inputs, keep_runs=stamped["keep_runs"])
