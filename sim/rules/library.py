"""The compiled rules on disk, and in memory: one folder of object files a version, linked in the process at one go.

A unit's object file is written whole, under its final name only when it is complete and with a digest of its bytes, so
that processes can write at the same time and what is damaged is compiled again. The folder is named by a hash of every
kernel source, because the compiler does not notice that a function called from another file has changed, and of the
versions, the way of compiling and the processor. No linker is needed and the compiler is not loaded: LLVM links object
files in memory.
"""

from __future__ import annotations

# llvmlite describes few of its types.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import platformdirs

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = (
    *("types/arrays.py", "types/tables.py", "types/work.py", "types/outcomes.py"),
    *("rules/*.py", "formats/*.py", "engines/kernels.py"),
)
PLAIN = os.environ.get("PARLEY_PLAIN_KERNELS") == "1"


def source_digest() -> str:
    """Hash of all kernel sources, the versions and the way of compiling, and the processor."""
    import llvmlite.binding as llvm

    machine = llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    made_by = (version("numba"), version("llvmlite"), sys.version_info[:2], PLAIN, *machine)
    digest = hashlib.blake2b(repr(made_by).encode(), digest_size=8)
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cache_root() -> Path:
    """Where compiled rules are kept, of all versions."""
    base = os.environ.get("PARLEY_CACHE_DIR") or os.environ.get("NUMBA_CACHE_DIR")
    return Path(base) if base else Path(platformdirs.user_cache_dir("parley"))


@cache
def cache_dir() -> Path:
    """Where the rules of this version are kept."""
    return cache_root() / f"kernels-{source_digest()}"


def cache_is_cold() -> bool:
    """True if nothing has been compiled for these sources yet, so the next run compiles."""
    return kept_objects() == 0


def kept_objects() -> int:
    """How many units of this version lie on disk."""
    return sum(1 for _ in cache_dir().glob(f"*{_SUFFIX}"))


_DAY, _MINUTE = 86_400.0, 60.0


def prune_cache(keep: int = 2, *, days: float = 30, now: float | None = None) -> None:
    """Mark the current cache directory as used, and remove those that no checkout has used for so many days.

    The `keep` latest of the others stay in any case. Files that a killed process was writing go after a minute.
    """
    moment, current = time.time() if now is None else now, cache_dir()
    with suppress(OSError):  # not there, or another user's
        os.utime(current, (moment, moment))
    others = _ages((path for path in current.parent.glob("kernels-*") if path != current), moment)
    for path in sorted(others, key=others.__getitem__)[keep:]:
        if others[path] > days * _DAY:
            shutil.rmtree(path, ignore_errors=True)
    for path, age in _ages(current.rglob("*.tmp*"), moment).items():
        if age > _MINUTE:
            with suppress(OSError):  # another process has removed it, or it is another user's
                path.unlink()


def _ages(paths: Iterable[Path], now: float) -> dict[Path, float]:
    """Seconds since each was last changed or used; what another process has just removed is left out."""
    ages: dict[Path, float] = {}
    for path in paths:
        with suppress(FileNotFoundError):
            ages[path] = now - path.stat().st_mtime
    return ages


_SUFFIX, _DIGEST = ".object", 16


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def read_object(name: str) -> bytes | None:
    """The machine code kept under a name; None if there is none, or it is damaged."""
    try:
        data = (cache_dir() / f"{name}{_SUFFIX}").read_bytes()
    except OSError:
        return None
    head, body = data[:_DIGEST], data[_DIGEST:]
    return body if body and head == _digest(body) else None


def write_object(name: str, body: bytes) -> None:
    """Keep machine code under a name; where the folder cannot be written it is used and not kept."""
    folder = cache_dir()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(prefix=name, suffix=".tmp", dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_digest(body) + body)
            os.replace(fresh, folder / f"{name}{_SUFFIX}")
        except OSError:
            Path(fresh).unlink(missing_ok=True)


FAILED = "parley_rule_failed"
"""What a unit calls, with its name, when a rule in it raised: kernels raise nothing that is meant."""
_failed: list[str] = []


@ctypes.CFUNCTYPE(None, ctypes.c_char_p)
def _note_failure(name: bytes) -> None:
    _failed.append(name.decode())


def raise_failure() -> None:
    """Raise what a compiled rule could not: numbers from a run in which one failed mean nothing."""
    if _failed:
        names = ", ".join(sorted(set(_failed)))
        _failed.clear()
        raise RuntimeError(f"a compiled rule failed in {names}: please report it with the scenario file and the seed")


@cache
def _engine() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    llvm.load_library_permanently("")  # the process itself: exp, log, memset
    llvm.add_symbol(FAILED, ctypes.cast(_note_failure, ctypes.c_void_p).value)
    machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)


def link(objects: Mapping[str, bytes]) -> dict[str, int]:
    """Addresses of units, by symbol, after their object files are linked into the process, with those before."""
    import llvmlite.binding as llvm

    engine = _engine()
    for body in objects.values():
        engine.add_object_file(llvm.ObjectFileRef.from_data(body))
    engine.finalize_object()
    return {symbol: engine.get_function_address(symbol) for symbol in objects}
