"""Where the program begins: what stops it is listened to before anything heavy is loaded.

A signal ends the process at once, and takes along what it was writing. An exception in its place can be lost: the
compiler and the interpreter swallow those that reach them inside a callback.
"""

from __future__ import annotations

import os
import signal
from types import FrameType

from sim.app.workplace import leave_all

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_SHOW_CURSOR = b"\x1b[?25h\n"


def _stop(number: int, _frame: FrameType | None) -> None:
    leave_all()
    shown = _SHOW_CURSOR if os.isatty(2) else b""
    os.write(2, shown + b"Stopped. Nothing that was unfinished is kept.\n")
    os._exit(128 + number)


def main() -> int:
    """Run the command line; the exit code is that of `sim.cli.main`, or 128 and the number of the signal."""
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    from sim.cli.main import main as run

    return run()
