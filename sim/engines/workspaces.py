"""Workspaces kept between runs: making one takes longer than playing a hundred talks of a small scenario in it.

What earlier talks left in a workspace changes no later one (`tests/engines/test_batch.py` fills them with junk), so one
that comes back may go out again for whatever needs the same sizes.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager

from sim.rules.pack import WORK, Pack
from sim.types.arrays import layout_of
from sim.types.tables import Tables
from sim.types.work import Work, make_work

MOST_BYTES = 100_000_000
"""Of idle workspaces; beyond it those that were idle longest are dropped."""


class Workspaces:
    """Idle workspaces; safe from any thread. One that is lent is nobody else's until it comes back."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._idle: OrderedDict[int, tuple[Hashable, Pack[Work], int]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def n_bytes(self) -> int:
        """Of all that are idle."""
        return sum(n_bytes for _, _, n_bytes in self._idle.values())

    @contextmanager
    def lent(self, tables: Tables, formats: Sequence[int]) -> Iterator[Pack[Work]]:
        """A workspace to run `formats` of tables like these; it comes back when the talks in it ended without error."""
        key = _fits(tables, formats)
        work = self._taken(key) or Pack(make_work(tables, formats=formats), WORK)
        yield work
        with self._lock:
            self._idle[id(work)] = key, work, sum(array.nbytes for array in work.arrays)
            while self.n_bytes > self._most:
                self._idle.popitem(last=False)

    def _taken(self, key: Hashable) -> Pack[Work] | None:
        with self._lock:
            place = next((place for place in reversed(self._idle) if self._idle[place][0] == key), None)
            return None if place is None else self._idle.pop(place)[1]


def _fits(tables: Tables, formats: Sequence[int]) -> Hashable:
    """Equal for tables that need the same workspace: all that is said of formats and issues, and the sizes of the rest.

    More than the sizes hang on, so that no rule of `make_work` has to be known here.
    """
    fields = zip(layout_of(Tables).values(), tables, strict=True)
    return (*formats, *(array.shape[1:] if "W" in spec.axes else array.tobytes() for spec, array in fields))


WORKSPACES = Workspaces()
"""Those of this process."""
