"""Blocks of runs played before, kept so that draws of which nothing has changed need not be played again.

A run depends on its row of the tables, the seed, its draw, its replication and its format, and on nothing else. So
after a change of a number only those draws are played in whose tables something differs, to the bit: of a red line's
firmness, say, the draws in which it is now meant and was not, or the other way round.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Mask, layout_of
from sim.types.outcomes import Runs
from sim.types.tables import Tables

MOST_BYTES = 100_000_000


class Replays:
    """The latest blocks by what they were played for; safe from any thread."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._blocks: OrderedDict[Hashable, tuple[Tables, Runs]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """Of all that is kept."""
        return sum(array.nbytes for block in self._blocks.values() for arrays in block for array in arrays)

    def keep(self, key: Hashable, tables: Tables, runs: Runs) -> None:
        """Keep a block, in place of one with the same key; what was kept longest goes when there is too much."""
        for array in runs:
            array.flags.writeable = False
        with self._lock:
            self._blocks.pop(key, None)
            self._blocks[key] = tables, runs
            while self.n_bytes > self._most:
                self._blocks.popitem(last=False)

    def taken_over(self, out: Runs, key: Hashable, tables: Tables, n_draws: int) -> Mask:
        """[D] the draws of a block that are as when it was played last; their runs are put into `out`.

        The key says all that the runs depend on but for the tables.
        """
        with self._lock:
            before, runs = self._blocks.get(key, (None, None))
        if before is None or runs is None:
            return np.zeros(n_draws, dtype=np.bool_)
        same = _same_draws(before, tables, n_draws)
        for old, new in zip(runs, out, strict=True):
            by_draw = new.reshape(n_draws, -1, *new.shape[1:])
            by_draw[same] = old.reshape(by_draw.shape)[same]
        return same


def _same_draws(one: Tables, other: Tables, n_draws: int) -> Mask:
    """[D] whether all that two tables say of a draw is the same, to the bit."""
    same = np.ones(n_draws, dtype=np.bool_)
    for spec, old, new in zip(layout_of(Tables).values(), one, other, strict=True):
        if old.shape != new.shape or ("W" not in spec.axes and old.tobytes() != new.tobytes()):
            same[:] = False
        elif "W" in spec.axes:
            same &= (_rows(old, n_draws) == _rows(new, n_draws)).all(axis=1)
    return same


def _rows(array: NDArray[np.generic], n_draws: int) -> NDArray[np.generic]:
    """[D, n] the bits of an array with a world axis, a row a draw."""
    return array.view(np.uint8 if array.itemsize == 1 else np.uint64).reshape(n_draws, -1)


def of_draws(tables: Tables, first: int, end: int) -> Tables:
    """The tables of some of their draws, without a copy."""
    g, fields = int(tables.n_regimes[0]), zip(layout_of(Tables).values(), tables, strict=True)
    return Tables._make(array[first * g : end * g] if "W" in spec.axes else array for spec, array in fields)


def spans(wanted: Mask) -> list[tuple[int, int]]:
    """First and end of every stretch of True."""
    edges = np.flatnonzero(np.diff(wanted.astype(np.int8), prepend=0, append=0))
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
