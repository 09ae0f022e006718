"""Writes a row per run to `runs.parquet`, with the same bytes however the runs were cut into blocks.

Row groups have a fixed size, so blocks are re-cut; ids have dictionaries made from the scenario, not from the data; the
file holds no time and no path. A format's rows hold the same values whether it is run alone or with others. Bytes are
promised for one version of pyarrow. Beside it the uncertain numbers as each draw had them (`inputs_table`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.unknowns import unknowns
from sim.types import EndReason, IssueInfo, Outcome, Runs, Structure
from sim.types.arrays import Ints
from sim.types.outcomes import NOT_PLAYED

ROWS = 65_536  # rows of a row group
SEPARATOR = "+"  # between the parties of a set, in file order


class RunsSink:
    """A context manager that takes blocks of runs in draw order and writes one Parquet file."""

    def __init__(
        self,
        target: Path | BinaryIO,
        structure: Structure,
        formats: Sequence[int],
        replications: int,
        *,
        stamped: Callable[[int], Mapping[str, Any]] = lambda _: {},
    ) -> None:
        """Opens the file, in the place of an existing one, or a stream of bytes.

        The indices of the formats into `structure.formats` are in the order of the rows; `replications` are runs of a
        format per draw; `stamped` gives what the footer says of where the rows of so many draws come from.
        """
        self._structure = structure
        self._formats = np.asarray(formats, dtype=np.int64)
        self._replications = replications
        self._stamped = stamped
        self._waiting: list[Runs] = []
        self._n_waiting = 0
        self._written = 0
        self._next_draw = 0
        self._schema = runs_schema(structure)
        self._writer = pq.ParquetWriter(
            target,
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[  # pyright: ignore[reportArgumentType]
                field.name for field in self._schema if pa.types.is_dictionary(field.type)
            ],
            data_page_version="1.0",
            version="2.6",
        )

    def __enter__(self) -> RunsSink:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None):
        """Closes the file."""
        if kind is not None:
            self._writer.close()
        else:
            self.close()

    def add(self, first_draw: int, runs: Runs) -> None:
        """Takes the runs of the next draws.

        A ValueError where the block does not follow the one before, or is not whole draws.
        """
        n_block, rest = divmod(len(runs.outcome), len(self._formats) * self._replications)
        if rest or first_draw != self._next_draw:
            raise ValueError(f"expected whole draws from {self._next_draw}, got {len(runs.outcome)} at {first_draw}")
        self._next_draw += n_block
        self._waiting.append(runs)
        self._n_waiting += len(runs.outcome)
        if self._n_waiting >= ROWS:
            self._flush(whole_groups_only=True)

    def close(self) -> None:
        """Writes what is waiting, and where it comes from, and closes the file."""
        self._flush(whole_groups_only=False)
        self._writer.add_key_value_metadata(stamp(self._stamped(self._next_draw)))
        self._writer.close()

    def _flush(self, *, whole_groups_only: bool) -> None:
        if not self._waiting:
            return
        first, *more = self._waiting
        rows = Runs._make(np.concatenate(c) for c in zip(first, *more, strict=True)) if more else first
        start, end = 0, self._n_waiting
        while end - start >= ROWS or (end > start and not whole_groups_only):
            stop = min(start + ROWS, end)
            part = Runs._make(column[start:stop] for column in rows)
            self._writer.write_table(self._table(part), row_group_size=ROWS)
            self._written += stop - start
            start = stop
        # Copied, so that the views do not keep the written rows in memory.
        self._waiting = [Runs._make(column[start:].copy() for column in rows)] if start < end else []
        self._n_waiting = end - start

    def _table(self, runs: Runs) -> pa.Table:
        row = np.arange(self._written, self._written + len(runs.outcome))
        rest, replication = np.divmod(row, self._replications)
        draw, slot = np.divmod(rest, len(self._formats))
        parties, issues = self._structure.parties, self._structure.issues
        ids = [party.id for party in parties]
        columns: list[Any] = [
            plain_array(draw * self._replications + replication),
            plain_array(draw.astype(np.int32)),
            plain_array(replication.astype(np.int32)),
            _categories(self._formats[slot], [info.id for info in self._structure.formats]),
            _categories(runs.outcome, [k.label for k in Outcome]),
            _categories(runs.reason, [reason.name.lower() for reason in EndReason]),
            _party_sets(runs.decided, ids),
            plain_array(runs.month.astype(np.int16, copy=False)),
            plain_array(runs.held.astype(np.int16, copy=False)),
            plain_array(runs.agreed != 0),
            plain_array(runs.core != 0),
            plain_array(runs.halt != 0),
            _categories(runs.shock, ["none", *self._structure.shocks]),
        ]
        columns += [_categories(runs.deal[:, i], issue.options) for i, issue in enumerate(issues)]
        columns += [_party_sets(np.ascontiguousarray(runs.refused[:, i]), ids) for i in range(len(issues))]
        columns += [plain_array(runs.value[:, p]) for p in range(len(parties))]
        columns += [plain_array(runs.reservation[:, p]) for p in range(len(parties))]
        ends = [*(k.label for k in Outcome), "not_held"]
        legs = np.where(runs.legs == NOT_PLAYED, len(Outcome), runs.legs)[:, : longest_track(self._structure)]
        columns += [_categories(codes, ends) for codes in legs.T]
        return pa.Table.from_arrays(columns, schema=self._schema)


def runs_schema(structure: Structure) -> pa.Schema:
    """Columns of `runs.parquet`; `held_months` is -1 where there was no text, values are in stakes.

    Names are such that pandas keeps them; the metadata of a renamed column hold its `name` with the ids as in the file,
    of the column of a numeric issue's option its `unit` and, as JSON, its `positions` by option.
    Scenarios with tracks have a column a leg: its outcome, `not_held` for legs that were not and for single formats.
    """
    category, sets = pa.dictionary(pa.int16(), pa.string()), pa.dictionary(pa.int32(), pa.string())
    fields: list[tuple[str, pa.DataType]] = [
        ("run", pa.int64()),
        ("draw", pa.int32()),
        ("replication", pa.int32()),
        ("format", category),
        ("outcome", category),
        ("end_reason", category),
        ("decided_by", sets),
        ("month", pa.int16()),
        ("held_months", pa.int16()),
        ("agreed", pa.bool_()),
        ("core", pa.bool_()),
        ("halt", pa.bool_()),
        ("shock", category),
    ]
    fields += [(f"deal_{issue.id}", category) for issue in structure.issues]
    fields += [(f"refused_{issue.id}", sets) for issue in structure.issues]
    fields += [(f"value_{party.id}", pa.float32()) for party in structure.parties]
    fields += [(f"reservation_{party.id}", pa.float32()) for party in structure.parties]
    fields += [(f"leg_{k + 1}", category) for k in range(longest_track(structure))]
    about = {f"deal_{issue.id}": _about(issue) for issue in structure.issues if issue.positions}
    columns = column_names(name for name, _ in fields)
    for name, column in columns.items():
        if name != column:
            about[name] = {"name": name, **about.get(name, {})}
    return pa.schema([pa.field(columns[name], kind, nullable=False, metadata=about.get(name)) for name, kind in fields])


def _about(issue: IssueInfo) -> dict[str, str]:
    """Metadata of the column of a numeric issue: its unit, and option -> position as JSON."""
    return {"unit": issue.unit, "positions": json.dumps(dict(zip(issue.options, issue.positions, strict=True)))}


def longest_track(structure: Structure) -> int:
    """Legs of the longest track of the scenario; 0 without tracks."""
    return max((len(info.legs) for info in structure.formats), default=0)


def plain_array(values: NDArray[Any]) -> pa.Array:
    """Numbers or truth values [N] for Arrow as they lie in memory; `pyarrow.array` would load pandas."""
    if values.dtype == np.bool_:
        bits = pa.py_buffer(np.packbits(values, bitorder="little"))
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, bits])
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def text_array(texts: Sequence[str]) -> pa.Array:
    """Texts [N] for Arrow, likewise."""
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _categories(codes: NDArray[Any], names: Sequence[str]) -> pa.DictionaryArray:
    """Codes with a dictionary that is the same in every row group of every file of the scenario."""
    return pa.DictionaryArray.from_arrays(plain_array(codes.astype(np.int16, copy=False)), text_array(names))


def _party_sets(masks: Ints, ids: Sequence[str]) -> pa.Array:
    """Bit sets of parties as strings such as `north+river`, in file order; empty for nobody.

    The dictionary holds the sets of this row group in order of appearance, so it depends on the rows alone.
    """
    encoded = pc.dictionary_encode(plain_array(masks))  # pyright: ignore[reportAttributeAccessIssue]
    names = [
        SEPARATOR.join(name for p, name in enumerate(ids) if mask >> p & 1) for mask in encoded.dictionary.to_pylist()
    ]
    return pa.DictionaryArray.from_arrays(encoded.indices, text_array(names))


def column_names(names: Iterable[str]) -> dict[str, str]:
    """Name -> a column name that pandas' `itertuples` and `query` keep: a Python name, the same for nobody else."""
    columns: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"\W", "_", name)
        column, n = plain, 2
        while column in columns.values():
            column, n = f"{plain}_{n}", n + 1
        columns[name] = column
    return columns


def stamp(stamped: Mapping[str, Any]) -> dict[str, str]:
    """Metadata of a Parquet file's footer: what the rows were made from."""
    return {"parley": json.dumps(dict(stamped), sort_keys=True)}


def inputs_table(encoder: Encoder, n_draws: int, stamped: Mapping[str, Any] | None = None) -> pa.Table:
    """A row for each of the first draws, a column for every uncertain number; of a red line, whether it is meant.

    Members of a bloc that draw as one have one column. The metadata of a column hold the `path` of its number in the
    file, the footer what is `stamped`. Draw d is that of every run with `draw` d in `runs.parquet`.
    """
    resolved = encoder.resolved
    drawn = encoder.drawn(0, n_draws)
    uncertain = unknowns(encoder)
    paths = [unknown.path.removesuffix(".firmness") if unknown.line else unknown.path for unknown in uncertain]
    columns = column_names(["draw", *paths])
    arrays = [plain_array(np.arange(n_draws, dtype=np.int32))]
    fields = [pa.field("draw", pa.int32(), nullable=False)]
    for unknown, path in zip(uncertain, paths, strict=True):
        values = drawn.per_draw(unknown.path, resolved.numbers[unknown.path])
        if unknown.line:
            values = drawn.uniforms(path) < values
        array = plain_array(np.broadcast_to(values, (n_draws,)))
        arrays.append(array)
        fields.append(pa.field(columns[path], array.type, nullable=False, metadata={"path": path}))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=stamp(stamped or {})))


def write_inputs(path: Path, encoder: Encoder, n_draws: int, stamped: Mapping[str, Any] | None = None) -> None:
    """Write the inputs as a Parquet file."""
    pq.write_table(inputs_table(encoder, n_draws, stamped), path, compression="zstd", compression_level=1)
