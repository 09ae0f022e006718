"""What a sweep found, read from its folder alone: as arrays a point, draw and format, and as rows with intervals.

Shape letters: P design points (cell after cell), C cells, N points of the samples, U points with keys of their own,
D draws, F formats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import ratios
from sim.app.errors import InputError, did_you_mean
from sim.sweep.design import Design
from sim.sweep.folders.duckdb_views import VIEWS, all_measures, counts_of
from sim.sweep.folders.folder_files import CELLS, structure_levels
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.types.arrays import Ints

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import xarray as xr

_DRAWS_AT_ONCE = 1_000_000  # of all points and formats, whose intervals are made together


class Measured(NamedTuple):
    """Counts of a measure; where both are 0 nothing was played, or there was nothing to count."""

    hits: NDArray[np.unsignedinteger[Any]]
    """[P, D, F]"""
    trials: NDArray[np.unsignedinteger[Any]]
    """[P, D, F]"""


class SweepResult:
    """The result of a sweep, as far as it is there; files are read when they are asked for."""

    def __init__(self, folder: SweepFolder) -> None:
        self.folder = folder

    @classmethod
    def open(cls, place: Path) -> SweepResult:
        """The result in a folder.

        Raises:
            InputError: it is not the folder of a sweep.
        """
        return cls(SweepFolder.open(place))

    @property
    def design(self) -> Design:
        """The design, from the folder alone."""
        return self.folder.design

    @property
    def n_missing(self) -> int:
        """Parts that are not there."""
        return len(self.folder.plan) - len(self._there)

    @cached_property
    def _there(self) -> list[int]:
        names = self.folder.there()
        return [part for part, key in enumerate(self.folder.plan.key.tolist()) if key in names]

    @property
    def measures(self) -> tuple[str, ...]:
        """What `measured` takes: measures, outcomes, and who stopped what."""
        stopped = [name for name in self.folder.record["counts"] if name.startswith("stopped_by_")]
        return all_measures([name.removeprefix("stopped_by_") for name in stopped])

    def inputs(self) -> dict[str, NDArray[Any]]:
        """[P] level of each factor at each design point, structure factors first: numbers, or texts where some are."""
        design, n_points = self.design, len(self.design.points.luck)
        structure = {name: np.repeat(levels, n_points) for name, levels in structure_levels(design).items()}
        named = zip(design.numbers, design.points.levels.T, strict=True)
        return structure | {factor.name: np.tile(column, len(design.cells)) for factor, column in named}

    def measured(self, measure: str) -> Measured:
        """Hits and trials of a measure at each point, draw and format.

        Raises:
            InputError: there is no such measure.
        """
        return self.measured_together([measure])[measure]

    def measured_together(self, measures: Sequence[str]) -> dict[str, Measured]:
        """As `measured` of several measures; each part is read once.

        Raises:
            InputError: there is no such measure.
        """
        for measure in measures:
            if measure not in self.measures:
                raise InputError(f'No measure is called "{measure}". {did_you_mean(measure, self.measures)}')
        sums = self._sums([counts_of(measure) for measure in measures])
        return {measure: Measured(*counts) for measure, counts in zip(measures, sums, strict=True)}

    def gains(self, party: str) -> tuple[Ints, Ints]:
        """What signed texts are worth to a party above its reservation value, summed, and how many texts there are.

        Both [P, D, F]; sums in millionths of a stake.

        Raises:
            InputError: there is no such party.
        """
        column = f"gain_{party}"
        if column not in self.folder.record["counts"]:
            known = [name.removeprefix("gain_") for name in self.folder.record["counts"] if name.startswith("gain_")]
            raise InputError(f'No party is called "{party}". {did_you_mean(party, known)}')
        return self._sums([((column,), counts_of("signed")[0])], np.dtype(np.int64))[0]

    def _sums(
        self, asked: Sequence[tuple[Sequence[str], Sequence[str]]], dtype: np.dtype[Any] | None = None
    ) -> list[tuple[Any, Any]]:
        """[P, D, F] sums of counts, hits and trials of each that is asked; without trials the runs played."""
        design, index = self.design, self.folder.index
        n_cells, n_formats, n_draws = len(design.cells), len(design.formats), design.runs.draws
        small = np.dtype(np.uint8 if design.runs.replications <= np.iinfo(np.uint8).max else np.uint16)
        shape = n_cells, len(index.keys), n_draws, n_formats
        sums = [(np.zeros(shape, dtype=dtype or small), np.zeros(shape, dtype=small)) for _ in asked]
        names = [*dict.fromkeys(name for both in asked for counts in both for name in counts)]
        played = self._places_by_played
        columns = self.folder.plan.columns
        for part in self._there:
            points, draws, values = self._values(part, names)
            runs = self.folder.plan.rectangle(part).replications
            places = played[int(columns["played"][part])]
            for (hits, trials), (over, under) in zip(asked, sums, strict=True):
                block = np.asarray(sum(values[name] for name in hits))
                base = np.asarray(sum(values[name] for name in trials) if trials else runs)
                for cell, slot in places:
                    over[cell, points, draws, slot] += block.astype(over.dtype)
                    under[cell, points, draws, slot] += base.astype(small)
        return [(self._spread(over), self._spread(under)) for over, under in sums]

    @cached_property
    def _places_by_played(self) -> dict[int, list[tuple[int, int]]]:
        """Cells and formats that have the runs of each word of the plan."""
        table = pq.read_table(self.folder.checked(CELLS), columns=["cell", "format", "played"])
        formats = {name: slot for slot, name in enumerate(self.design.formats)}
        out: dict[int, list[tuple[int, int]]] = {
            int(word): [] for word in np.unique(self.folder.plan.columns["played"])
        }
        for cell, name, word in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
            out.setdefault(word, []).append((cell, formats[name]))
        return out

    def _values(self, part: int, names: Sequence[str]) -> tuple[Any, Any, dict[str, NDArray[Any]]]:
        """Points [B, 1] and draws [1, D'] of a part that the design has, and its counts [B, D'] there by name."""
        plan, rectangle = self.folder.plan, self.folder.plan.rectangle(part)
        places = self.folder.index.places(plan.blocks[int(plan.columns["block"][part])])
        table = self.folder.counts(str(plan.key[part]), names)
        draws = np.arange(rectangle.first_draw, rectangle.end_draw)
        kept = places >= 0
        shape = len(places), rectangle.n_draws
        counts = {name: table[name].to_numpy().astype(np.int64).reshape(shape)[kept] for name in names}
        return places[kept][:, None], draws[None, :], counts

    def _spread(self, array: NDArray[Any]) -> NDArray[Any]:
        """[P, D, F] from [C, U, D, F]: points of one key have the same."""
        place = self.folder.index.place
        if len(place) != array.shape[1]:
            array = array[:, place]
        return array.reshape(-1, *array.shape[2:])

    # --- rows with intervals ---------------------------------------------------------------------------------------

    def columns(self, measures: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
        """Long columns, a row a point and format, points first.

        They are point, factors, format, draws, runs, and of each measure (by default all) its value, `_low` and
        `_high`, the ends of the 95% interval, which covers simulation error only. NaN, 0 and 1 where nothing was
        played, or there was nothing to count.
        """
        design = self.design
        n_formats = len(design.formats)
        out: dict[str, NDArray[Any]] = {"point": np.repeat(np.arange(design.n_points), n_formats)}
        out |= {name: np.repeat(levels, n_formats) for name, levels in self.inputs().items()}
        out["format"] = np.tile(np.array(design.formats, dtype=object), design.n_points)
        ((_, runs),) = self._sums([(("settlement",), ())])
        out["draws"] = np.count_nonzero(runs, axis=1).reshape(-1)
        out["runs"] = runs.sum(axis=1, dtype=np.int64).reshape(-1)
        for measure in measures or self.measures:
            found = [_intervals(*block) for block in _chunks(self.measured(measure))]
            for name, column in zip(("", "_low", "_high"), zip(*found, strict=True), strict=True):
                out[measure + name] = np.concatenate(column)
        return out

    def rows(self, measures: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """As `columns`, as a list of rows."""
        columns = self.columns(measures)
        lists = (column.tolist() for column in columns.values())
        return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]

    def frame(self, measures: Sequence[str] | None = None) -> pd.DataFrame:
        """As `columns`, as a pandas DataFrame.

        Raises:
            InputError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise InputError("A DataFrame needs pandas: pip install pandas") from None
        return pd.DataFrame(self.columns(measures))

    def xarray(self, measures: Sequence[str] | None = None) -> xr.Dataset:
        """A dataset of a grid: a dimension a factor, but for dummies, and `format`; measures with `_low` and `_high`.

        Raises:
            InputError: the design is not one grid, or xarray is not installed.
        """
        design = self.design
        if len(design.samples) != 1 or design.samples[0].kind != "grid":
            kinds = ", ".join(sample.kind for sample in design.samples)
            raise InputError(f"A dataset with a dimension a factor needs one grid, and this is {kinds}: use frame().")
        try:
            import xarray as xr
        except ImportError:
            raise InputError("A dataset needs xarray: pip install xarray") from None
        columns, coordinates = self.columns(measures), self._grid_levels()
        shape = tuple(len(levels) for levels in coordinates.values())
        start = [*columns].index("format") + 1
        values = {name: ([*coordinates], columns[name].reshape(shape)) for name in [*columns][start:]}
        return xr.Dataset(values, coords={name: list(levels) for name, levels in coordinates.items()})

    def _grid_levels(self) -> dict[str, Sequence[Any]]:
        """Levels of each factor of a grid in order, then the formats."""
        design, cells = self.design, structure_levels(self.design)
        out: dict[str, Sequence[Any]] = {name: list(dict.fromkeys(levels.tolist())) for name, levels in cells.items()}
        for place, factor in enumerate(design.numbers):
            if not factor.dummy:  # it has one level
                out[factor.name] = list(dict.fromkeys(design.points.levels[:, place].tolist()))
        return {**out, "format": design.formats}

    def duckdb(self) -> duckdb.DuckDBPyConnection:
        """A connection to DuckDB with the views `points`, `draws` and `shares` of the folder.

        Raises:
            InputError: DuckDB is not installed, or no part is there yet.
        """
        try:
            import duckdb
        except ImportError:
            raise InputError('Views of a sweep need DuckDB: pip install "parley[sweep]"') from None
        if not self._there:
            raise InputError(f"No part of {self.folder.place} is there yet: parley sweep resume {self.folder.place}")
        connection = duckdb.connect()
        place = str(self.folder.place.resolve()).replace("'", "''")
        text = self.folder.checked(VIEWS).read_text(encoding="utf-8")
        connection.execute(text.replace("read_parquet('", f"read_parquet('{place}/"))
        return connection


def _chunks(measured: Measured) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Blocks of points [P', D, F] of which the intervals are made together."""
    n_points, n_draws, n_formats = measured.hits.shape
    step = max(1, _DRAWS_AT_ONCE // (n_draws * n_formats))
    for first in range(0, n_points, step):
        yield measured.hits[first : first + step], measured.trials[first : first + step]


def _intervals(hits: NDArray[Any], trials: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Value, low and high [P' * F] of shares of [P', D, F] counts."""
    found = ratios(hits.transpose(1, 0, 2), trials.transpose(1, 0, 2))
    return found.value.reshape(-1), found.low.reshape(-1), found.high.reshape(-1)
