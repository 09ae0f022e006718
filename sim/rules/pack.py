"""Hand a NamedTuple of arrays to kernels as one pointer.

A NamedTuple argument travels field by field, and an array is five to fifteen machine words: with a hundred arrays every
call moves a kilobyte and compiling takes minutes (measured: 594 s). A `Pack` keeps the arrays alive and lays their
addresses and shapes out in one table; kernels receive the table's address and read `t.field` from it as an ordinary
array. In the source a pack is used exactly as the NamedTuple that it wraps. Addresses and shapes never change while a
kernel runs, so the loads are marked invariant and the compiler may keep them in registers.
"""

from __future__ import annotations

# numba and llvmlite describe few of their types, and what is needed of them is not exported.
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
from typing import Any, Generic, TypeVar

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import PrimitiveModel, register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

from sim.types.arrays import layout_of
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from sim.types.work import Work

_WORDS = 7  # one address and up to six extents per field

T = TypeVar("T")


class Pack(Generic[T]):
    """Arrays of a NamedTuple behind one address; `arrays` is the NamedTuple, for Python."""

    __slots__ = ("address", "arrays", "table")

    def __init__(self, arrays: T, kind: PackType) -> None:
        """Lay out `arrays`, a NamedTuple whose fields are those of `kind`, in order.

        Raises:
            ValueError: if a field's dtype, rank or memory order is not what kernels expect.
        """
        names = tuple(name for name, _, _ in kind.fields)
        if arrays._fields != names:  # type: ignore[attr-defined]
            raise ValueError(f"{kind.title}: fields and layout differ")
        self.arrays = arrays
        self.table = np.zeros((len(kind.fields), _WORDS), dtype=np.int64)
        for k, ((name, dtype, rank), array) in enumerate(zip(kind.fields, arrays, strict=True)):  # type: ignore[call-overload]
            if array.dtype.str != dtype or array.ndim != rank or not array.flags.c_contiguous:
                raise ValueError(
                    f"{kind.title}.{name}: need C-contiguous {dtype} of rank {rank}, "
                    f"got {array.dtype.str} of rank {array.ndim}"
                )
            self.table[k, 0] = array.ctypes.data
            self.table[k, 1 : 1 + rank] = array.shape
        self.address = int(self.table.ctypes.data)


class PackType(types.Type):
    """Numba's type of a pack; its fields are those of a record of arrays in `sim.types`."""

    def __init__(self, record: type) -> None:
        """The name is the record's and short: it goes into every symbol of every kernel."""
        self.title = record.__name__
        self.fields = tuple((name, spec.dtype.str, len(spec.axes)) for name, spec in layout_of(record).items())
        self.places = {name: k for k, (name, _, _) in enumerate(self.fields)}
        super().__init__(name=self.title)

    def array_type(self, name: str) -> types.Array:
        """Numba type of the field's array: C order, writable as far as the compiler is concerned."""
        _, dtype, rank = self.fields[self.places[name]]
        return types.Array(numpy_support.from_dtype(np.dtype(dtype)), rank, "C")


TABLES, WORK, RUNS = PackType(Tables), PackType(Work), PackType(Runs)


@register_default(PackType)
class _PackModel(PrimitiveModel):
    def __init__(self, manager: Any, kind: PackType) -> None:
        super().__init__(manager, kind, ir.IntType(64))


@infer_getattr
class _PackAttributes(AttributeTemplate):
    key = PackType

    def generic_resolve(self, kind: PackType, name: str) -> types.Array | None:
        return kind.array_type(name) if name in kind.places else None


@lower_getattr_generic(PackType)
def _lower_field(context: Any, builder: Any, kind: PackType, *rest: Any) -> Any:
    value, name = rest
    array_type = kind.array_type(name)
    word = ir.IntType(64)
    invariant = builder.module.add_metadata([])
    table = builder.inttoptr(value, word.as_pointer())
    first = kind.places[name] * _WORDS

    def load(offset: int) -> Any:
        loaded = builder.load(builder.gep(table, [ir.Constant(word, first + offset)]))
        loaded.set_metadata("invariant.load", invariant)
        return loaded

    array = make_array(array_type)(context, builder)
    size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    shape = [load(1 + k) for k in range(array_type.ndim)]
    strides = [ir.Constant(word, size)]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(extent, strides[0]))
    populate_array(
        array,
        data=builder.inttoptr(load(0), array.data.type),
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=ir.Constant(word, size),
        meminfo=None,
    )
    return array._getvalue()
