"""The decorators of rules: what is compiled, and how compiled rules are called.

- `kernel` for small pure functions of numbers and short arrays; they are inlined wherever they are used.
- `unit` for the steps of a run. A unit is compiled once, on its own, under a symbol that other units call; without that
  border every function would be compiled again inside each of its callers (measured: 90 s against seconds). Units take
  packs (`sim.rules.pack`) and numbers, and can be called from Python too: the Mesa model calls the very same code.
  What a run does not call is not compiled.

The compiler (`sim.rules.compiler`, numba) is loaded when something has to be compiled; what has been compiled before is
read and linked without it (`sim.rules.library`).
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import marshal
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

from sim.rules.library import link, raise_failure, read_object, write_object
from sim.rules.pack import Pack

F = TypeVar("F", bound=Callable[..., Any])


class Kernel:
    """A small pure function, compiled where it is used; called from Python it is compiled on its own."""

    def __init__(self, function: Callable[..., Any], *, inline: bool) -> None:
        """Keep `function` until it is first needed; `inline` lays it into its callers."""
        self.py_func, self.inline = function, inline
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _numba_type_(self) -> Any:
        from sim.rules.compiler import callee_type

        return callee_type(self.py_func, inline=self.inline)

    @functools.cached_property
    def _dispatcher(self) -> Any:
        from sim.rules.compiler import dispatcher

        return dispatcher(self.py_func)

    def __call__(self, *arguments: Any) -> Any:
        """Run from Python, compiled for the types of the arguments."""
        return self._dispatcher(*arguments)


def kernel(function: F) -> F:
    """Compile a small pure function on first call; no allocation, no Python objects."""
    return cast("F", Kernel(function, inline=False))


def inlined(function: F) -> F:
    """A `kernel` that is laid into its callers: for the few that a run calls millions of times.

    Measured on the flagship: 10 to 25% faster with these few; for all kernels compiling takes a sixth longer.
    """
    return cast("F", Kernel(function, inline=True))


_C_TYPES: dict[str, Any] = {
    **dict.fromkeys("twoi", ctypes.c_int64),
    "k": ctypes.c_uint64,
    "f": ctypes.c_double,
    "-": None,
}
_lock = threading.RLock()


class Unit:
    """A step of a run, compiled once under its own symbol; built by `unit`."""

    def __init__(self, function: Callable[..., Any], letters: str) -> None:
        """Keep `function` until it is first needed; `letters` are its argument kinds, then `>`, then its result's."""
        self.letters = letters
        arguments, result = letters.split(">")
        self.function = function
        self.prototype = ctypes.CFUNCTYPE(_C_TYPES[result], *(_C_TYPES[letter] for letter in arguments))
        self.symbol = f"parley_{function.__module__.rsplit('.', 1)[-1]}_{function.__name__}"
        self.call: Any = None
        functools.update_wrapper(self, function)

    @functools.cached_property
    def _numba_type_(self) -> Any:
        from sim.rules.compiler import external_type

        return external_type(self.symbol, self.letters)

    @property
    def file_name(self) -> str:
        """What its machine code is kept under: its symbol, and a digest of the file in which it stands."""
        return f"{self.symbol}-{_file_digest(self.function.__code__)}"

    def load(self) -> None:
        """Link the unit and all units that it calls, from disk or compiled. Safe from any thread."""
        load_units([self])

    def __call__(self, *arguments: Any) -> Any:
        """Run from Python; packs go by address. The interpreter lock is released meanwhile."""
        if self.call is None:
            self.load()
        result = self.call(  # pyright: ignore[reportOptionalCall]
            *(a.address if isinstance(a, Pack) else a for a in arguments)
        )
        raise_failure()
        return result


@functools.cache
def _digest_of(file: str) -> str:
    return hashlib.blake2b(Path(file).read_bytes(), digest_size=6).hexdigest()


def _file_digest(code: Any) -> str:
    if Path(code.co_filename).is_file():
        return _digest_of(code.co_filename)
    return hashlib.blake2b(marshal.dumps(code), digest_size=6).hexdigest()  # typed in


def load_units(units: Iterable[Unit]) -> int:
    """Link units and all units that they call, from disk or compiled; how many were compiled."""
    with _lock:
        needed = [unit for unit in units_needed(units) if unit.call is None]
        found = {unit: read_object(unit.file_name) for unit in needed}
        missing = [unit for unit in needed if found[unit] is None]
        for unit in missing:
            found[unit] = compiled(unit)
        objects = {unit.symbol: body for unit, body in found.items() if body is not None}
        addresses = link(objects) if objects else {}
        for unit in needed:
            unit.call = unit.prototype(addresses[unit.symbol])
        return len(missing)


def compiled(unit: Unit) -> bytes:
    """The machine code of a unit, which is kept on disk."""
    from sim.rules.compiler import compile_unit

    body: bytes = compile_unit(unit.function, unit.letters, unit.symbol)
    write_object(unit.file_name, body)
    return body


def units_needed(units: Iterable[Unit]) -> list[Unit]:
    """The units and all that they call, each once."""
    needed: dict[Unit, None] = {}
    waiting = list(units)
    while waiting:
        unit = waiting.pop()
        if unit not in needed:
            needed[unit] = None
            waiting += units_called(unit.function)
    return list(needed)


def units_called(function: Callable[..., Any]) -> Iterator[Unit]:
    """Units that the code of `function` names, directly or through kernels."""
    for name in function.__code__.co_names:
        callee = function.__globals__.get(name)
        if isinstance(callee, Unit):
            yield callee
        elif isinstance(callee, Kernel):
            yield from _called_by_kernel(callee)


@functools.cache
def _called_by_kernel(callee: Kernel) -> tuple[Unit, ...]:
    return tuple(dict.fromkeys(units_called(callee.py_func)))


def unit_for(function: Any, purpose: str, **names: Any) -> Any:
    """Another unit from the code of the unit `function`, in which global `names` stand for others: one protocol's loop.

    Its name, and its place in the cache, end in `purpose`.
    """
    source: Unit = function
    code = source.function
    bound = FunctionType(code.__code__, {**code.__globals__, **names}, f"{code.__name__}_{purpose}")
    bound.__qualname__, bound.__module__, bound.__doc__ = bound.__name__, code.__module__, code.__doc__
    return Unit(bound, source.letters)


def unit(letters: str) -> Callable[[F], F]:
    """Make a function a unit.

    Args:
        letters: kinds of the arguments, `>`, kind of the result: t tables, w work, o runs, i int64, k uint64 (a key),
            f float64, - nothing. Truth values are i.
    """

    def wrap(function: F) -> F:
        return cast("F", Unit(function, letters))

    return wrap
