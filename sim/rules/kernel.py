"""The one place where rules are compiled.

`kernel` turns a plain scalar function into machine code (numba), cached on disk. The cache directory is named by a hash
of every kernel source, because numba does not notice that a function called from another file has changed; directories
of older sources are removed. `_nrt=False` drops numba's reference counting of array views, which costs several times
the arithmetic in functions this small; kernels therefore never allocate. It is a private option of numba, so numba is
pinned and a test holds that plain compilation gives the same numbers (`PARLEY_PLAIN_KERNELS=1`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
import platformdirs

F = TypeVar("F", bound=Callable[..., Any])

_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = ("types/tables.py", "types/work.py", "rules/*.py", "formats/*.py", "engines/kernels.py")
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


def prune_cache(keep: int = 2) -> None:
    """Remove cache directories of older sources, all but the `keep` newest beside the current one."""
    others = [path for path in CACHE_DIR.parent.glob("kernels-*") if path != CACHE_DIR and path.is_dir()]
    for path in sorted(others, key=lambda item: item.stat().st_mtime, reverse=True)[keep:]:
        shutil.rmtree(path, ignore_errors=True)


numba.config.CACHE_DIR = str(CACHE_DIR)

_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
if not PLAIN:
    _OPTIONS["_nrt"] = False


def kernel(function: F) -> F:
    """Compile `function` on first call; no allocation, no Python objects, releases the interpreter lock."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[return-value]
