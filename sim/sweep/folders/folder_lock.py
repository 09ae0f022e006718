"""One process at a time writes to a folder: it holds a lock on it, which a folder that takes its place has already."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sim.app.errors import InputError

try:
    import fcntl
except ImportError:
    fcntl = None

_locks: dict[Path, int] = {}


def lock_folder(place: Path) -> None:
    """Lock a folder for this process, if it did not yet; nothing where a file system has no locks.

    Raises:
        InputError: another process writes to it.
    """
    target = place.resolve()
    while target not in _locks:
        try:
            lock = _locked(target)
            if lock is None:
                return
            if os.path.samestat(os.fstat(lock), target.stat()):
                _locks[target] = lock
            else:  # another has just taken its place
                os.close(lock)
        except (BlockingIOError, FileNotFoundError):
            raise in_use(place) from None


@contextmanager
def lock_of_new(place: Path) -> Iterator[Callable[[Path], None]]:
    """Gives what locks a folder that is to take a place; once it did, that is the lock of the place.

    Raises:
        InputError: another process took the place (a FileExistsError within).
    """
    made: list[int] = []
    with ExitStack() as if_it_fails:

        def lock(folder: Path) -> None:
            one = _locked(folder)
            if one is not None:
                made.append(one)
                if_it_fails.callback(os.close, one)

        try:
            yield lock
        except FileExistsError:
            raise in_use(place) from None
        if_it_fails.pop_all()
    release_folder(place)
    _locks.update((place.resolve(), one) for one in made)


def release_folder(place: Path) -> None:
    """Let another process write to a folder."""
    lock = _locks.pop(place.resolve(), None)
    if lock is not None:
        os.close(lock)


def in_use(place: Path) -> InputError:
    """That another process writes to a folder."""
    return InputError(f"Another process writes to {place}: wait for it, or end it.")


def _locked(folder: Path) -> int | None:
    """A lock on a folder, as a file to be closed; none on systems without such locks."""
    if fcntl is None:
        return None
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise
    except OSError:  # a file system without locks
        os.close(lock)
        return None
    return lock
