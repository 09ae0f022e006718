"""Rules to machine code, by numba; loaded only when something has to be compiled.

`_nrt=False` drops numba's reference counting of array views, which costs several times the arithmetic in functions this
small; kernels therefore never allocate. It is a private option of numba, so numba is pinned, and a test holds that
plain compilation (`PARLEY_PLAIN_KERNELS=1`) gives the same numbers.

Numba tests each signed index and adds the length of the axis to a negative one, as Python does. No kernel indexes
negatively or beyond an array (`tests/rules/test_indexing.py` plays generated talks with a trap in this place), so in
functions of this package test and choice are dropped (`_as_it_is`): 13 to 17% of a run's time, for the same numbers.

A unit's object file holds the unit under its symbol, with a C interface, and everything that it calls but other units;
it needs nothing of Python or numba, so that it can be linked without them.
"""

from __future__ import annotations

# numba and llvmlite describe few of their types, and what is needed of them is not exported.
# pyright: reportMissingTypeStubs=false, reportPrivateImportUsage=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false, reportPrivateUsage=false, reportUntypedBaseClass=false
# pyright: reportUnknownLambdaType=false
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

import llvmlite.binding as llvm
import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock
from numba.core.datamodel import PrimitiveModel, register_default
from numba.core.dispatcher import _FunctionCompiler
from numba.core.registry import cpu_target
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, lower_getattr_generic
from numba.np import arrayobj, numpy_support
from numba.np.arrayobj import make_array, populate_array

from sim.rules.library import FAILED, PLAIN, cache_dir
from sim.rules.pack import RUNS, TABLES, WORDS, WORK, PackLayout

numba.config.CACHE_DIR = str(cache_dir())  # type: ignore[attr-defined]

_numba_rule: Any = arrayobj.fix_integer_index
OWN = "_ZN3sim"
"""How the symbols of functions in the package `sim` begin."""


def _as_it_is(context: Any, builder: Any, *number: Any) -> Any:
    """Code for an index, given as type, value and length of the axis: inside `sim` a signed value is left as it is."""
    kind, index, _ = number
    if kind.signed and builder.function.name.startswith(OWN):
        return context.cast(builder, index, kind, types.intp)
    return _numba_rule(context, builder, *number)


_OPTIONS: dict[str, Any] = {"error_model": "numpy"}
if PLAIN:
    from numba.core.runtime import rtsys

    rtsys.initialize(cpu_target.target_context)  # what plain code counts references with
else:
    _OPTIONS["_nrt"] = False
    arrayobj.fix_integer_index = _as_it_is
_INSIDE: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_BODY = {"nopython": True, **_INSIDE}


class PackType(types.Type):
    """Numba's type of a pack."""

    def __init__(self, layout: PackLayout) -> None:
        """The fields are those of the layout."""
        self.fields = layout.fields
        self.places = {name: k for k, (name, _, _) in enumerate(self.fields)}
        super().__init__(name=layout.title)

    def array_type(self, name: str) -> types.Array:
        """Numba type of the field's array: C order, writable as far as the compiler is concerned."""
        _, dtype, rank = self.fields[self.places[name]]
        return types.Array(numpy_support.from_dtype(np.dtype(dtype)), rank, "C")


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
    first = kind.places[name] * WORDS

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


_TYPES: dict[str, Any] = {
    **{"t": PackType(TABLES), "w": PackType(WORK), "o": PackType(RUNS)},
    **{"i": types.int64, "k": types.uint64, "f": types.float64, "-": types.void},
}


def _signature(letters: str) -> Any:
    arguments, result = letters.split(">")
    return _TYPES[result](*(_TYPES[letter] for letter in arguments))


def external_type(symbol: str, letters: str) -> types.ExternalFunction:
    """Numba's type of a unit that others call by its symbol."""
    return types.ExternalFunction(symbol, _signature(letters))


@cache
def callee_type(function: Callable[..., Any], *, inline: bool) -> types.Dispatcher:
    """Numba's type of a kernel inside units: without the wrapper that Python would call it by."""
    inside: Any = numba.njit(nogil=True, forceinline=inline, **_INSIDE)(function)
    _kept.append(inside)
    return types.Dispatcher(inside)


_kept: list[Any] = []
"""Numba's types only point at what they are of."""


def dispatcher(function: Callable[..., Any]) -> Any:
    """A kernel for Python, with numba's own cache."""
    compiled: Any = numba.njit(nogil=True, no_cfunc_wrapper=True, cache=True, **_OPTIONS)(function)  # type: ignore[call-overload]
    return compiled


class _BodyCompiler(_FunctionCompiler):
    """Leaves the module open, so that the C interface goes in before it is optimised."""

    def _customize_flags(self, flags: Any) -> Any:
        flags.no_compile = True
        flags.enable_pyobject = False
        return flags


@contextmanager
def _nothing_but_modules() -> Generator[None]:
    """Kernels are linked into units and never entered on their own: numba makes no machine code of each."""
    context = cpu_target.target_context
    with (
        patch.object(type(context.codegen()), "_add_module", lambda *_: None),
        patch.object(context, "get_executable", lambda *_: [].append),
    ):
        yield


def compile_unit(function: Callable[..., Any], letters: str, symbol: str) -> bytes:
    """An object file that defines `symbol`, by the letters of `sim.rules.kernel.unit`.

    Raises:
        RuntimeError: if the code needs something that only numba or Python could give it.
    """
    with global_compiler_lock:
        return _object_of(function, letters, symbol)


def _object_of(function: Callable[..., Any], letters: str, symbol: str) -> bytes:
    signature, whole = _signature(letters), _BodyCompiler(function, cpu_target, _BODY, {}, Compiler)
    with _nothing_but_modules():
        body = whole.compile(signature.args, signature.return_type)
    library = body.library
    library.add_ir_module(_entry(body.fndesc, symbol))
    module = library._final_module
    for linked in dict.fromkeys(library._linking_libraries):
        module.link_in(linked._get_module_for_linking(), preserve=True)
    for defined in module.functions:
        if not defined.is_declaration and defined.name != symbol:
            defined.linkage = "internal"  # so that what is inlined everywhere is left out
    library._optimize_final_module()
    module.verify()
    _check_needs(module)
    return library.codegen._tm.emit_object(module)


def _entry(native: Any, symbol: str) -> ir.Module:
    """The C interface: calls the native function; if that raises, notes the failure."""
    context = cpu_target.target_context
    module = context.create_module(symbol)
    callee_type = context.call_conv.get_function_type(native.restype, native.argtypes)
    callee = ir.Function(module, callee_type, native.llvm_func_name)
    kinds = [context.get_value_type(kind) for kind in native.argtypes]
    entry = ir.Function(module, ir.FunctionType(context.get_value_type(native.restype), kinds), symbol)
    builder = ir.IRBuilder(entry.append_basic_block("entry"))
    status, value = context.call_conv.call_function(builder, callee, native.restype, native.argtypes, entry.args)
    with builder.if_then(status.is_error, likely=False):
        text = ir.IntType(8).as_pointer()
        failed = ir.Function(module, ir.FunctionType(ir.VoidType(), [text]), FAILED)
        builder.call(failed, [context.insert_const_string(module, symbol)])
    builder.ret(value)
    return module


@cache
def _check_process() -> None:
    llvm.load_library_permanently("")


def _check_needs(module: Any) -> None:
    _check_process()
    needs = {
        one.name for one in module.functions if one.is_declaration and not one.name.startswith(("llvm.", "parley_"))
    }
    unknown = {name for name in needs if name.startswith(("numba_", "Py")) or llvm.address_of_symbol(name) is None}
    if unknown and not PLAIN:
        raise RuntimeError(f"{module.name}: compiled rules cannot call {', '.join(sorted(unknown))}")
