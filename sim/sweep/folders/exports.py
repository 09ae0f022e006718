"""A sweep's result for other programs: a long CSV, and the archive of the EMA workbench."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from sim.analysis.comparison.runs_table import plain_array, text_array
from sim.app.errors import InputError
from sim.app.workplace import working_on
from sim.sweep.sweep_result import SweepResult
from sim.types.csv_cells import harmless

PRINTED = Path("-")
"""In the place of a file: standard output, for CSV."""
_INTERVAL = ("_low", "_high")


def export_csv(result: SweepResult, file: Path, measures: Sequence[str] | None = None) -> None:
    """Write, or print, the columns of `SweepResult.columns` as CSV with a header; what is not known is empty."""
    table = _table(result.columns(measures))
    if file == PRINTED:
        sink = io.BytesIO()
        pacsv.write_csv(table, sink)
        sys.stdout.write(sink.getvalue().decode())
        return
    with working_on(file.resolve()) as place:
        pacsv.write_csv(table, place / "new")
        (place / "new").replace(file)


def export_ema(result: SweepResult, file: Path, measures: Sequence[str] | None = None) -> None:
    """Write a `.tar.gz` that `ema_workbench.load_results` (2.x) reads, and any program that reads CSV and JSON.

    An experiment is a point and format: `experiments.csv` has the factors, then `scenario` (the point), `policy` (the
    format) and `model` (the scenario file's id); of each measure a file `<measure>.cls` has a share a line, without
    header, in the order of the experiments; `metadata.json` has their names and types. Shares of nothing are `nan`.

    Raises:
        InputError: it is to be printed.
    """
    if file == PRINTED:
        raise InputError("Only CSV is printed: --output names the file of an archive.")
    columns = result.columns(measures)
    names = [*columns]
    start = names.index("format")
    experiments = {name: columns[name] for name in names[1:start]}
    experiments |= {"scenario": columns["point"], "policy": columns["format"]}
    experiments["model"] = np.full(len(columns["point"]), result.design.scenario.resolved.id, dtype=object)
    outcomes = [name for name in names[start + 3 :] if not name.endswith(_INTERVAL)]
    metadata = {
        "version": 0.1,
        "outcomes": [["ScalarOutcome", name, f"{name}.cls"] for name in outcomes],
        "experiments": {name: "category" if c.dtype == object else c.dtype.name for name, c in experiments.items()},
    }
    packed, sink = io.BytesIO(), io.BytesIO()
    pacsv.write_csv(_table(experiments), sink)
    with tarfile.open(fileobj=packed, mode="w") as archive:
        _add(archive, "experiments.csv", sink.getvalue())
        for name in outcomes:
            _add(archive, f"{name}.cls", "".join(f"{value!r}\n" for value in columns[name].tolist()).encode())
        _add(archive, "metadata.json", json.dumps(metadata).encode())
    with working_on(file.resolve()) as place:
        (place / "new").write_bytes(gzip.compress(packed.getvalue(), mtime=0))
        (place / "new").replace(file)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _table(columns: dict[str, NDArray[Any]]) -> pa.Table:
    """Columns for a CSV file: texts that no spreadsheet takes for a formula, nulls for what is not known."""
    return pa.Table.from_arrays([_column(column) for column in columns.values()], names=[*columns])


def _column(column: NDArray[Any]) -> pa.Array:
    if column.dtype == object:
        return text_array([harmless(text) for text in column.tolist()])
    array = plain_array(column)
    known = pc.is_nan(array) if column.dtype.kind == "f" else None  # pyright: ignore[reportAttributeAccessIssue]
    return array if known is None else pc.if_else(known, None, array)  # pyright: ignore[reportAttributeAccessIssue]
