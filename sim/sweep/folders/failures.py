"""What failed in a sweep, as rows that are cleared once the part succeeds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.app.workplace import working_on
from sim.sweep.folders.file_reading import reading

FAILURES = "failures.parquet"
REMEDY = "Delete it: it says only what failed, and what is missing is played all the same."
_SCHEMA = pa.schema(
    {
        "parts": pa.list_(pa.string()),
        **dict.fromkeys(("factors", "formats", "stage", "message"), pa.string()),
        **dict.fromkeys(("cell", "points", "first_point", "tries"), pa.int64()),
    }
)


@dataclass(frozen=True)
class Failure:
    """A block of points that failed."""

    parts: tuple[str, ...]
    """Names of the parts that are missing for it."""
    cell: int
    factors: str
    """Levels of the structure factors of the cell, as `name=level, ...`."""
    formats: str
    points: int
    """How many points the block has."""
    first_point: int
    """The first of them, as the design counts (cell after cell)."""
    stage: str
    message: str
    tries: int = 1


class Failures:
    """The failures of a folder, on disk after every change."""

    def __init__(self, folder: Path) -> None:
        """Reads those of a folder.

        Raises:
            InputError: their file is damaged.
        """
        self._file = folder / FAILURES
        self._rows: dict[tuple[str, ...], Failure] = {}
        if self._file.exists():
            with reading(self._file, REMEDY):
                rows = [
                    Failure(**{**row, "parts": tuple(row["parts"])}) for row in pq.read_table(self._file).to_pylist()
                ]
            self._rows = {failure.parts: failure for failure in rows}

    def rows(self) -> tuple[Failure, ...]:
        """All of them, in the order of their cells and points."""
        return tuple(sorted(self._rows.values(), key=lambda row: (row.cell, row.first_point, row.formats)))

    def add(self, failure: Failure) -> None:
        """Note a failure; one of the same parts counts as a further try."""
        before = self._rows.get(failure.parts)
        self._rows[failure.parts] = replace(failure, tries=1 if before is None else before.tries + 1)
        self.write()

    def clear(self, parts: Collection[str]) -> None:
        """Forget failures of which a part is there now."""
        gone = [key for key in self._rows if not set(parts).isdisjoint(key)]
        for key in gone:
            del self._rows[key]
        if gone:
            self.write()

    def write(self) -> None:
        """Write the file, whole."""
        rows = [{**vars(row), "parts": list(row.parts)} for row in self.rows()]
        with working_on(self._file) as place:
            pq.write_table(pa.Table.from_pylist(rows, schema=_SCHEMA), place / "new")
            (place / "new").replace(self._file)
