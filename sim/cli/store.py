"""Where a run's files go, and how they get there whole: a name that follows from the run, and a rename at the end."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from sim import __version__
from sim.cli.console import InputError

RESULTS = Path("results")
MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
_ID_LENGTH = 12


@dataclass(frozen=True)
class RunKey:
    """Everything that decides the bytes of a comparison, given the versions of the libraries."""

    digest: str
    seed: int
    draws: int
    replications: int
    formats: tuple[str, ...]
    variant: str | None
    variants: bool
    benchmarks: bool = True
    theory_draws: int = 0
    shares: bool = False
    rivals: bool = False
    language: str | None = None
    """Language of the names and of the report; None for English."""

    def content(self) -> dict[str, Any]:
        """As a record; the language only where it is not English, so that English runs keep the id they had."""
        found = asdict(self)
        return found if self.language else {key: part for key, part in found.items() if key != "language"}

    @property
    def run_id(self) -> str:
        """Twelve hexadecimal characters: the same run comes back to the same place."""
        text = json.dumps(self.content(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_LENGTH]


def folder_for(scenario_id: str, run_id: str, wanted: Path | None) -> Path:
    """Folder that a comparison is written to.

    Args:
        scenario_id: id of the scenario.
        run_id: id of the run.
        wanted: what the user asked for, or None.

    Raises:
        InputError: the folder that the user named holds something other than a result.
    """
    if wanted is None:
        return RESULTS / scenario_id / run_id
    if wanted.is_file() or (wanted.is_dir() and any(wanted.iterdir()) and not (wanted / MANIFEST).exists()):
        raise InputError(f"{wanted} exists and is not the folder of an earlier result. Name another with --out.")
    return wanted


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`, and move it there once all is written; an earlier result gives way.

    Args:
        target: the folder as it will be.

    Yields:
        The folder to write to.
    """
    new_parents = [path for path in target.parents if not path.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    workplace = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    made, aside = workplace / "new", workplace / "old"
    made.mkdir()
    try:
        yield made
        if target.exists():
            target.rename(aside)
        made.rename(target)
    finally:
        shutil.rmtree(workplace, ignore_errors=True)
        for path in new_parents:
            if not any(path.iterdir()):
                path.rmdir()


def point_latest(folder: Path) -> None:
    """Let `latest` beside the folder lead to it: a link, or where links are not allowed a text file with the name.

    Args:
        folder: the newest result.
    """
    latest = folder.parent / "latest"
    fresh = folder.parent / f".latest-{os.getpid()}"
    try:
        fresh.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        fresh.write_text(folder.name + "\n", encoding="utf-8")
    fresh.replace(latest)


def versions() -> dict[str, str]:
    """Versions of what the numbers and bytes of a result depend on."""
    libraries = {name: version(name) for name in ("numba", "numpy", "pyarrow")}
    return {"python": python_version(), "parley": __version__, **libraries}


def write_manifest(
    folder: Path,
    *,
    key: RunKey,
    scenario_id: str,
    argv: Sequence[str],
    settings: Mapping[str, Any],
    this_run: Mapping[str, Any],
) -> None:
    """Write `manifest.json`: what was run, so that it can be run again and compared.

    Args:
        folder: where to.
        key: what decides the bytes.
        scenario_id: id of the scenario.
        argv: the command line.
        settings: options that do not decide the bytes of `runs.parquet` (variants, overrides by name).
        this_run: what differs from run to run (time, threads); kept apart so that the rest can be compared.
    """
    content = {
        "manifest": MANIFEST_VERSION,
        "run_id": key.run_id,
        "scenario": scenario_id,
        **key.content(),
        "settings": dict(settings),
        "versions": versions(),
        "argv": list(argv),
        "this_run": dict(this_run),
    }
    (folder / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
