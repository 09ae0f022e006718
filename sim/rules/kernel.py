"""The one place where rules are compiled.

Two decorators turn plain Python functions into machine code (numba), cached on disk:

- `kernel` for small pure functions of numbers and short arrays; they are inlined wherever they are used.
- `unit` for the steps of a run. A unit is compiled once, on its own, under a symbol that other units call; without that
  border every function would be compiled again inside each of its callers (measured: 90 s against seconds). Units take
  packs (`sim.rules.pack`) and numbers, and can be called from Python too: the Mesa model calls the very same code.
  What a run does not call is not compiled.

The cache directory is named by a hash of every kernel source, because numba does not notice that a function called from
another file has changed; directories unused for a month are pruned. `_nrt=False` drops numba's reference counting of
array views, which costs several times the arithmetic in functions this small; kernels therefore never allocate. It is a
private option of numba, so numba is pinned, and a test holds that plain compilation (`PARLEY_PLAIN_KERNELS=1`) gives
the same numbers.
"""

from __future__ import annotations

# numba and llvmlite describe few of their types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
import ctypes
import hashlib
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

import llvmlite.binding
import numba
import platformdirs
from numba.core import types
from numba.extending import typeof_impl

from sim.rules.indexing import drop_wraparound
from sim.rules.pack import RUNS, TABLES, WORK, Pack

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = (
    *("types/arrays.py", "types/tables.py", "types/work.py", "types/outcomes.py"),
    *("rules/*.py", "formats/*.py", "engines/kernels.py"),
)
PLAIN = os.environ.get("PARLEY_PLAIN_KERNELS") == "1"


def source_digest() -> str:
    """Hash of all kernel sources, the numba and Python versions and the way of compiling."""
    digest = hashlib.blake2b(f"{numba.__version__} {sys.version_info[:2]} {PLAIN}".encode(), digest_size=8)
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _cache_root() -> Path:
    base = os.environ.get("PARLEY_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    return Path(base) if base else Path(platformdirs.user_cache_dir("parley"))


CACHE_DIR = _cache_root() / f"kernels-{source_digest()}"


def cache_is_cold() -> bool:
    """True if nothing has been compiled for these sources yet, so the next run compiles."""
    return not CACHE_DIR.exists() or not any(CACHE_DIR.rglob("*.nbc"))


_DAY, _MINUTE = 86_400.0, 60.0


def prune_cache(keep: int = 2, *, days: float = 30, now: float | None = None) -> None:
    """Mark the current cache directory as used, and remove those that no checkout has used for so many days.

    The `keep` latest of the others stay in any case. Files that a killed process was writing go after a minute.
    """
    moment = time.time() if now is None else now
    with suppress(OSError):  # not there, or another user's
        os.utime(CACHE_DIR, (moment, moment))
    others = _ages((path for path in CACHE_DIR.parent.glob("kernels-*") if path != CACHE_DIR), moment)
    for path in sorted(others, key=others.__getitem__)[keep:]:
        if others[path] > days * _DAY:
            shutil.rmtree(path, ignore_errors=True)
    for path, age in _ages(CACHE_DIR.rglob("*.tmp.*"), moment).items():
        if age > _MINUTE:
            path.unlink(missing_ok=True)


def _ages(paths: Iterable[Path], now: float) -> dict[Path, float]:
    """Seconds since each was last changed or used; what another process has just removed is left out."""
    ages: dict[Path, float] = {}
    for path in paths:
        with suppress(FileNotFoundError):
            ages[path] = now - path.stat().st_mtime
    return ages


numba.config.CACHE_DIR = str(CACHE_DIR)  # type: ignore[attr-defined]

_OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy"}
if not PLAIN:
    _OPTIONS["_nrt"] = False
    drop_wraparound()


def kernel(function: F) -> F:
    """Compile a small pure function on first call; no allocation, no Python objects."""
    return _compiled(function, inline=False)


def inlined(function: F) -> F:
    """A `kernel` that is laid into its callers: for the few that a run calls millions of times.

    Measured on the flagship: 10 to 25% faster with these few; for all kernels compiling takes a sixth longer.
    """
    return _compiled(function, inline=True)


def _compiled(function: F, *, inline: bool) -> F:
    machine_code: Any = numba.njit(nogil=True, no_cfunc_wrapper=True, forceinline=inline, **_OPTIONS)(function)  # type: ignore[call-overload]
    return cast("F", machine_code)


_LETTERS: dict[str, tuple[Any, Any]] = {
    "t": (TABLES, ctypes.c_int64),
    "w": (WORK, ctypes.c_int64),
    "o": (RUNS, ctypes.c_int64),
    "i": (types.int64, ctypes.c_int64),
    "k": (types.uint64, ctypes.c_uint64),
    "f": (types.float64, ctypes.c_double),
    "-": (types.void, None),
}
_lock = threading.RLock()


class Unit:
    """A step of a run, compiled once under its own symbol; built by `unit`."""

    def __init__(self, function: Callable[..., Any], letters: str) -> None:
        """Keep `function` until it is first needed; `letters` are its argument kinds, then `>`, then its result's."""
        self.letters = letters
        arguments, result = letters.split(">")
        self.function = function
        self.signature = _LETTERS[result][0](*(_LETTERS[letter][0] for letter in arguments))
        self.prototype = ctypes.CFUNCTYPE(_LETTERS[result][1], *(_LETTERS[letter][1] for letter in arguments))
        self.symbol = f"parley_{function.__module__.rsplit('.', 1)[-1]}_{function.__name__}"
        self.compiled: Any = None
        self.call: Any = None
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__

    def load(self) -> None:
        """Compile the unit, or take it from the disk cache, after all units that it calls. Safe from any thread."""
        with _lock:
            if self.compiled is not None:
                return
            self.compiled = False  # a unit that calls itself finds itself loaded
            for callee in _units_called(self.function):
                callee.load()
            self.compiled = numba.cfunc(self.signature, **_OPTIONS)(self.function)
            llvmlite.binding.add_symbol(self.symbol, self.compiled.address)
            self.call = self.prototype(self.compiled.address)

    def __call__(self, *arguments: Any) -> Any:
        """Run from Python; packs go by address. The interpreter lock is released meanwhile."""
        if self.call is None:
            self.load()
        return self.call(  # pyright: ignore[reportOptionalCall]
            *(a.address if isinstance(a, Pack) else a for a in arguments)
        )


def _units_called(function: Callable[..., Any]) -> Iterator[Unit]:
    """Units that the code of `function` names, directly or through kernels."""
    for name in function.__code__.co_names:
        callee = function.__globals__.get(name)
        if isinstance(callee, Unit):
            yield callee
        elif hasattr(callee, "py_func"):
            yield from _units_called(callee.py_func)  # pyright: ignore[reportOptionalMemberAccess]


@typeof_impl.register(Unit)
def _typeof_unit(value: Unit, context: Any) -> types.ExternalFunction:
    value.load()
    return types.ExternalFunction(value.symbol, value.signature)


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
