"""A measure over one or two factors: a table of shares per format, over whatever else was swept.

Shape letters: P design points, D draws, F formats, U rows and V columns of the map.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sim.analysis.statistics.intervals import ratios
from sim.analysis.sweeps.factor_levels import Levels, coded
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN

Level = float | str


@dataclass(frozen=True)
class MapAxis:
    """A factor along one side of a map."""

    factor: str
    levels: tuple[Level, ...]
    """Rising numbers, or words in the order in which they first occur; of a binned factor the middles of the bins."""
    binned: bool = False

    @property
    def numeric(self) -> bool:
        """Whether the levels are numbers."""
        return not any(isinstance(level, str) for level in self.levels)


@dataclass(frozen=True)
class HeatMap:
    """Shares with 95% intervals at each pair of levels; points with the same levels are taken together."""

    rows: MapAxis
    columns: MapAxis | None
    """None for a map of one factor, whose V is 1."""
    value: Floats
    """[U, V, F] NaN where nothing was played, as `low` and `high` there are 0 and 1."""
    low: Floats
    high: Floats
    points: Ints
    """[U, V] design points behind each."""
    hits: Annotated[Ints, HIDDEN]
    """[D, U, V, F]"""
    trials: Annotated[Ints, HIDDEN]
    """[D, U, V, F]"""


def heat_map(
    rows: tuple[str, Levels],
    columns: tuple[str, Levels] | None,
    hits: Ints,
    trials: Ints,
    *,
    bins: int = 0,
) -> HeatMap:
    """Shares of `hits` among `trials`, both [P, D, F], over the levels [P] of one or two named factors.

    Points that share both levels are pooled: hits and trials are summed, draw by draw, which is right for intervals
    whether the points have their luck in common or not. With `bins`, a numeric factor of more levels is cut into so
    many bins of equal width.
    """
    row_axis, row = _axis(*rows, bins)
    column_axis, column = _axis(*columns, bins) if columns else (None, np.zeros(len(row), dtype=np.int64))
    n_rows, n_columns = len(row_axis.levels), len(column_axis.levels) if column_axis else 1
    at = row * n_columns + column
    n_draws, n_formats = hits.shape[1:]
    order = np.argsort(at, kind="stable")
    there, starts = np.unique(at[order], return_index=True)

    def pooled(counts: Ints) -> Ints:
        sums = np.zeros((n_rows * n_columns, n_draws, n_formats), dtype=np.int64)
        sums[there] = np.add.reduceat(counts[order], starts, axis=0, dtype=np.int64)
        return np.moveaxis(sums.reshape(n_rows, n_columns, n_draws, n_formats), 2, 0)

    all_hits, all_trials = pooled(hits), pooled(trials)
    share = ratios(all_hits, all_trials)
    points = np.bincount(at, minlength=n_rows * n_columns).reshape(n_rows, n_columns)
    return HeatMap(
        rows=row_axis,
        columns=column_axis,
        value=share.value,
        low=share.low,
        high=share.high,
        points=points,
        hits=all_hits,
        trials=all_trials,
    )


def _axis(factor: str, levels: Levels, bins: int) -> tuple[MapAxis, Ints]:
    """The axis of a factor, and [P] where on it each point stands."""
    numbers, words = coded(levels)
    if words:
        return MapAxis(factor, words), numbers.astype(np.int64)
    distinct, at = np.unique(numbers, return_inverse=True)
    if not bins or len(distinct) <= bins:
        return MapAxis(factor, tuple(distinct.tolist())), np.asarray(at, dtype=np.int64).reshape(-1)
    edges = np.linspace(distinct[0], distinct[-1], bins + 1)
    at = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, bins - 1)
    return MapAxis(factor, tuple(((edges[1:] + edges[:-1]) / 2.0).tolist()), binned=True), at.astype(np.int64)
