"""Hand a NamedTuple of arrays to kernels as one pointer.

A NamedTuple argument travels field by field, and an array is five to fifteen machine words: with a hundred arrays every
call moves a kilobyte and compiling takes minutes (measured: 594 s). A `Pack` keeps the arrays alive and lays their
addresses and shapes out in one table; kernels receive the table's address and read `t.field` from it as an ordinary
array. In the source a pack is used exactly as the NamedTuple that it wraps. Addresses and shapes never change while a
kernel runs, so the loads are marked invariant and the compiler may keep them in registers.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np

from sim.types.arrays import layout_of
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from sim.types.work import Work

WORDS = 7  # one address and up to six extents per field

T = TypeVar("T")


class Pack(Generic[T]):
    """Arrays of a NamedTuple behind one address; `arrays` is the NamedTuple, for Python."""

    __slots__ = ("address", "arrays", "table")

    def __init__(self, arrays: T, kind: PackLayout) -> None:
        """Lay out `arrays`, a NamedTuple whose fields are those of `kind`, in order.

        Raises:
            ValueError: if a field's dtype, rank or memory order is not what kernels expect.
        """
        names = tuple(name for name, _, _ in kind.fields)
        if arrays._fields != names:  # type: ignore[attr-defined]
            raise ValueError(f"{kind.title}: fields and layout differ")
        self.arrays = arrays
        self.table = np.zeros((len(kind.fields), WORDS), dtype=np.int64)
        fields: Any = arrays
        for k, ((name, dtype, rank), array) in enumerate(zip(kind.fields, fields, strict=True)):
            if array.dtype.str != dtype or array.ndim != rank or not array.flags.c_contiguous:
                raise ValueError(
                    f"{kind.title}.{name}: need C-contiguous {dtype} of rank {rank}, "
                    f"got {array.dtype.str} of rank {array.ndim}"
                )
            self.table[k, 0] = array.ctypes.data
            self.table[k, 1 : 1 + rank] = array.shape
        self.address = int(self.table.ctypes.data)


class PackLayout:
    """The fields of a record of arrays in `sim.types`, in order: name, dtype, rank."""

    def __init__(self, record: type) -> None:
        """The title is the record's name and short: it goes into every symbol of every kernel."""
        self.title = record.__name__
        self.fields = tuple((name, spec.dtype.str, len(spec.axes)) for name, spec in layout_of(record).items())


TABLES, WORK, RUNS = PackLayout(Tables), PackLayout(Work), PackLayout(Runs)
