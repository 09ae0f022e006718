"""Hand a NamedTuple of arrays to kernels as one pointer.

A NamedTuple argument travels field by field, and an array is five to fifteen machine words: with a hundred arrays every
call moves a kilobyte and compiling takes minutes (measured: 594 s against seconds). A `Pack` keeps the arrays alive and
lays their addresses and shapes out in one table; kernels receive the table's address and read `t.field` from it as an
ordinary array. In the source a pack is used exactly as the NamedTuple that it wraps. Addresses and shapes never change
while a kernel runs, so the loads are marked invariant and the compiler may keep them in registers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import PrimitiveModel, register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, typeof_impl, unbox
from numba.np import numpy_support
from numba.np.arrayobj import make_array, populate_array

_WORDS = 7  # one address and up to six extents per field


class Pack:
    """Arrays of a NamedTuple behind one address; `arrays` is the NamedTuple, for Python."""

    __slots__ = ("address", "arrays", "kind", "table")

    def __init__(self, arrays: Any) -> None:
        """Lay out `arrays`, a NamedTuple of C-contiguous arrays.

        Raises:
            ValueError: if an array is not C-contiguous.
        """
        names = arrays._fields
        self.arrays = arrays
        self.table = np.zeros((len(names), _WORDS), dtype=np.int64)
        fields: list[tuple[str, str, int]] = []
        for k, (name, array) in enumerate(zip(names, arrays, strict=True)):
            if not array.flags.c_contiguous:
                raise ValueError(f"{name} is not C-contiguous")
            self.table[k, 0] = array.ctypes.data
            self.table[k, 1 : 1 + array.ndim] = array.shape
            fields.append((name, array.dtype.str, array.ndim))
        self.kind = PackType(type(arrays).__name__, tuple(fields))
        self.address = int(self.table.ctypes.data)


class PackType(types.Type):
    """Numba's type of a `Pack`: equal when the NamedTuple's name and every field's name, dtype and rank are."""

    def __init__(self, title: str, fields: tuple[tuple[str, str, int], ...]) -> None:
        """Name the type by its fields, so that equal layouts share compiled code."""
        self.title = title
        self.fields = fields
        self.places = {name: k for k, (name, _, _) in enumerate(fields)}
        super().__init__(name=f"Pack({title}, {fields})")

    def array_type(self, name: str) -> types.Array:
        """Numba type of the field's array: C order, writable as far as the compiler is concerned."""
        _, dtype, rank = self.fields[self.places[name]]
        return types.Array(numpy_support.from_dtype(np.dtype(dtype)), rank, "C")


@register_default(PackType)
class _PackModel(PrimitiveModel):
    def __init__(self, manager: Any, kind: PackType) -> None:
        super().__init__(manager, kind, ir.IntType(64))


@typeof_impl.register(Pack)
def _typeof_pack(value: Pack, context: Any) -> PackType:  # noqa: ARG001
    return value.kind


@unbox(PackType)
def _unbox_pack(kind: PackType, value: Any, c: Any) -> NativeValue:  # noqa: ARG001
    address = c.pyapi.object_getattr_string(value, "address")
    native = c.pyapi.long_as_longlong(address)
    c.pyapi.decref(address)
    return NativeValue(native, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _PackAttributes(AttributeTemplate):
    key = PackType

    def generic_resolve(self, kind: PackType, name: str) -> types.Array | None:
        return kind.array_type(name) if name in kind.places else None


@lower_getattr_generic(PackType)
def _lower_field(context: Any, builder: Any, kind: PackType, value: Any, name: str) -> Any:
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
