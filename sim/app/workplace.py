"""What is written is whole or not there: it is made in a hidden folder beside its place, and moved there when ready.

The process that makes it holds a lock on the hidden folder, so that the next one can tell what a killed process left
behind, and clears it away. Systems without such locks keep what was left.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None

LATEST = "latest"
PREFIX = ".parley-"
_NAME = 8  # characters of chance at the end of a hidden folder's name


@dataclass(frozen=True)
class Workplace:
    """A hidden folder in which `target` is made; `new_parents` are folders that were made for it."""

    folder: Path
    target: Path
    new_parents: tuple[Path, ...] = ()

    def leave(self) -> None:
        """Remove the folder; what had to give way comes back if nothing took its place."""
        old = self.folder / "old"
        if old.exists() and not os.path.lexists(self.target):
            old.rename(self.target)
        shutil.rmtree(self.folder, ignore_errors=True)
        for path in self.new_parents:
            with suppress(OSError):  # something is in it
                path.rmdir()


_open: list[Workplace] = []


def leave_all() -> None:
    """Leave every workplace of this process: nothing more will be written."""
    for place in _open:
        place.leave()


@contextmanager
def working_on(target: Path) -> Iterator[Path]:
    """A hidden folder beside `target`, for as long as it is made; cleared of what killed processes left beside it."""
    clear_up(target.parent)
    folder = target.parent / f"{PREFIX}{target.name}-{secrets.token_hex(_NAME // 2)}"
    place = Workplace(folder, target, tuple(path for path in target.parents if not path.exists()))
    _open.append(place)  # before it is there, so that it is left whatever happens
    lock = None
    try:
        lock = _made(folder)
        yield folder
    finally:
        place.leave()
        _open.remove(place)
        if lock is not None:
            os.close(lock)


def _made(folder: Path) -> int | None:
    """Make a folder and lock it; again where another process took it for one that was left behind."""
    while True:
        folder.mkdir(parents=True)
        if fcntl is None:
            return None
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_EX)
            if folder.exists():
                return lock
            os.close(lock)


def clear_up(*folders: Path) -> None:
    """Remove what killed processes left in folders."""
    for folder in folders:
        for path in folder.glob(f"{PREFIX}*-{'?' * _NAME}"):
            if path.is_dir() and not _in_use(path):
                Workplace(path, folder / path.name[len(PREFIX) : -_NAME - 1]).leave()


def _in_use(folder: Path) -> bool:
    """Whether a living process may hold a folder."""
    if fcntl is None:
        return True
    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)
    return False


@contextmanager
def whole_folder(target: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give a hidden folder beside `target`, and move it there once all is written; an earlier result gives way.

    A link stays a link, and leads to the new folder.

    Raises:
        FileExistsError: something is there that nobody asked to `replace`, but for an empty folder.
    """
    target = target.resolve() if target.is_symlink() else target
    with working_on(target) as place:
        fresh = place / "new"
        fresh.mkdir()
        yield fresh
        if not replace:
            with suppress(OSError):  # something is in it, or nothing is there
                target.rmdir()
        elif target.exists():
            target.rename(place / "old")
        try:
            fresh.rename(target)
        except OSError as error:
            if os.path.lexists(target):
                raise FileExistsError(errno.EEXIST, "was made meanwhile", str(target)) from error
            raise


def write_whole(file: Path, text: str) -> None:
    """Write a text file at once; a file that is there keeps its content until then. A pipe or device is written to."""
    if file.exists() and not file.is_file():
        file.write_text(text, encoding="utf-8")
        return
    target = file.resolve()
    with working_on(target) as place:
        (place / "new").write_text(text, encoding="utf-8")
        (place / "new").replace(target)


def point_latest(folder: Path) -> None:
    """Let `latest` beside the folder lead to it: a link, or where links are not allowed a text file with the name."""
    latest = folder.parent / LATEST
    with working_on(latest) as place:
        fresh = place / "new"
        try:
            fresh.symlink_to(folder.name, target_is_directory=True)
        except OSError:
            fresh.write_text(folder.name + "\n", encoding="utf-8")
        fresh.replace(latest)
