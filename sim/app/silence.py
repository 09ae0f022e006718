"""What compiled solvers print kept away from standard output."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def silent_solver() -> Iterator[None]:
    """Keep what compiled code prints away from standard output: HiGHS now and then writes a line of its own.

    Nothing else may be printed meanwhile. What is still in the buffers of the C library is flushed into the void.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as void:
        os.dup2(void.fileno(), 1)
    try:
        yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
