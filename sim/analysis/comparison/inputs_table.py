"""The uncertain numbers as each draw had them: the inputs behind `runs.parquet`, a row a draw."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sim.scenario.sampling.encode import Encoder
from sim.scenario.sampling.unknowns import unknowns


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
    arrays = [pa.array(np.arange(n_draws, dtype=np.int32))]
    fields = [pa.field("draw", pa.int32(), nullable=False)]
    for unknown, path in zip(uncertain, paths, strict=True):
        values = drawn.per_draw(unknown.path, resolved.numbers[unknown.path])
        if unknown.line:
            values = drawn.uniforms(path) < values
        array = pa.array(np.broadcast_to(values, (n_draws,)))
        arrays.append(array)
        fields.append(pa.field(columns[path], array.type, nullable=False, metadata={"path": path}))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=stamp(stamped or {})))


def write_inputs(path: Path, encoder: Encoder, n_draws: int, stamped: Mapping[str, Any] | None = None) -> None:
    """Write the inputs as a Parquet file."""
    pq.write_table(inputs_table(encoder, n_draws, stamped), path, compression="zstd", compression_level=1)
