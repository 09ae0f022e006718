"""What every run leaves: a folder that is whole or not there, a manifest, the link `latest`; and reuse of the same run.

A run's name follows from what decides its numbers. Its *fingerprint* says more: the versions of the libraries and the
program's own code as well. A folder whose manifest has the fingerprint of a run that is asked for holds that run.
"""

from __future__ import annotations

import csv
import hashlib
import json
import platform
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim import __version__
from sim.app.errors import InputError
from sim.app.workplace import LATEST, clear_up, point_latest, whole_folder
from sim.scenario.source.yaml_text import is_mapping
from sim.types.csv_cells import harmless

RESULTS = Path("results")
MANIFEST = "manifest.json"
MANIFEST_VERSION = 2
_ID_LENGTH = 12
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Keeping:
    """Where one run of a command is kept.

    Attributes:
        place: folder under `results` for runs of its kind: the id of the scenario, say.
        key: everything that decides the run's numbers and pages, given code and versions; JSON values.
        out: the folder that the user named, or None for the usual one.
        settings: what else was said, for the record.
        files: SHA-256 of the files that were read, by name.
        argv: the command line, for the record.
        threads: that the run uses, for the record.
    """

    place: str
    key: Mapping[str, Any]
    out: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    argv: Sequence[str] = ()
    threads: int | None = None
    _started: tuple[float, float] = field(default_factory=lambda: (time.perf_counter(), time.process_time()))
    _told: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a folder that holds something else, before anything is computed.

        Raises:
            InputError: the folder that the user named is taken.
        """
        latest = RESULTS / self.place / LATEST
        if self.out is None and latest.is_dir() and not latest.is_symlink():
            raise InputError(f"{latest} is a folder where a link to the newest result belongs: move it away.")
        problem = self.out and self._taken(self.out)
        if problem:
            raise InputError(f"{self.out} {problem}. Name another with --out.")

    def _taken(self, out: Path) -> str:
        """Why a folder cannot hold this result; nothing if it can."""
        whole, here = out.absolute(), Path.cwd()
        inside = whole.relative_to(RESULTS.absolute()).parts if whole.is_relative_to(RESULTS.absolute()) else ()
        if out.resolve() in (here, *here.parents):
            return "is the folder you are in, or one above it, and a result takes the place of its folder"
        if out.is_symlink() or LATEST in inside:
            return "is or lies in a link to another folder, such as the newest result"
        if out.exists() and not out.is_dir():
            return "is a file and not the folder of an earlier result"
        if not out.exists() or not any(out.iterdir()):
            return ""
        kept = _manifest_of(out)
        if kept is None:
            return "exists and is not the folder of an earlier result"
        if kept.get("scenario") != self.place:
            return f"holds a result of {kept.get('scenario')}, and this is one of {self.place}"
        return "" if self.key.keys() - {"language"} <= kept.keys() else "holds the result of another command"

    @cached_property
    def run_id(self) -> str:
        """Twelve hexadecimal characters: the same run comes back to the same place."""
        return _sha256(self.key)[:_ID_LENGTH]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the key, the files read, the versions of libraries and the program's code."""
        return _sha256([self.place, self.key, self.files, versions(), code_digest()])

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.out or RESULTS / self.place / self.run_id

    def tidy(self) -> None:
        """Remove what killed runs left here, where this one goes, and in `results`."""
        clear_up(self.folder.parent, Path())
        for place in RESULTS.glob("*"):
            clear_up(place)
            with suppress(OSError):  # not a folder, or one that holds something
                place.rmdir()

    def kept(self) -> bool:
        """Whether the folder holds this very run already."""
        content = _manifest_of(self.folder)
        return content is not None and content.get("fingerprint") == self.fingerprint

    def note_partial(self) -> None:
        """The run was stopped: what is written is kept, and not taken for the run when that is asked for again."""
        self._told["fingerprint"] = None

    @property
    def partial(self) -> bool:
        """Whether the run was stopped."""
        return bool(self._told)

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """Give a folder to write to; once all is written it gets its manifest and place, and `latest` leads to it."""
        with whole_folder(self.folder) as folder:
            yield folder
            (folder / MANIFEST).write_text(json.dumps(self._manifest(), indent=2) + "\n", encoding="utf-8")
        if self.out is None:
            point_latest(self.folder)

    def _manifest(self) -> dict[str, Any]:
        """What was run, so that it can be run again and compared; what differs from run to run stands apart."""
        wall, busy = self._started
        return {
            **self.key,
            "manifest": MANIFEST_VERSION,
            "run_id": self.run_id,
            "fingerprint": self.fingerprint,
            "scenario": self.place,
            "settings": dict(self.settings),
            "files": dict(self.files),
            "versions": versions(),
            "code": {"sources": code_digest(), "commit": commit()},
            "platform": platform.platform(),
            "processor": platform.processor() or platform.machine(),
            "argv": list(self.argv),
            "this_run": {
                "wall_seconds": round(time.perf_counter() - wall, 3),
                "cpu_seconds": round(time.process_time() - busy, 3),
                "threads": self.threads,
            },
            **self._told,
        }


def _manifest_of(folder: Path) -> Mapping[str, Any] | None:
    """What was run in a folder; None where it holds no result."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return content if is_mapping(content) else None


@cache
def versions() -> dict[str, str]:
    """Versions of what the numbers and bytes of a result depend on."""
    libraries = {name: version(name) for name in ("numba", "numpy", "pyarrow")}
    return {"python": platform.python_version(), "parley": __version__, **libraries}


@cache
def code_digest(*places: str) -> str:
    """SHA-256 over every file of the program, or of these folders and files of it: other code, other run."""
    digest = hashlib.sha256()
    roots = [_PACKAGE / place for place in places or ("",)]
    for path in sorted(path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


@cache
def commit() -> str | None:
    """The git commit that the program was run from, `+` behind it where files were changed; None outside a checkout."""
    if not (_PACKAGE.parent / ".git").exists():
        return None
    try:
        head, changed = (
            subprocess.run(["git", *words], cwd=_PACKAGE, capture_output=True, text=True, check=True).stdout.strip()
            for words in (["rev-parse", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return head + ("+" if changed else "")


def write_rows(file: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> None:
    """Write tidy rows as CSV; the columns are those of the first row unless told."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(columns or rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: harmless(str(cell)) if isinstance(cell, str) else cell for key, cell in row.items()} for row in rows
        )


def file_digests(*files: Path) -> dict[str, str]:
    """SHA-256 of files, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _sha256(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
