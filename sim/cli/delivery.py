"""Between a request and its answer: the result that is there already is shown, or it is computed, kept and shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType

from sim.app.errors import InputError
from sim.app.workplace import write_whole
from sim.cli.console import note, out, waiting
from sim.report.words.plain import SUMMARY, WIDTH, plain_text
from sim.report.words.progress import Bar

if TYPE_CHECKING:
    from sim.app.harness import Keeping

View = Callable[[int], Iterable[RenderableType]]
"""What a terminal of so many columns shows; texts are wrapped by the terminal."""
REPORT, TABLES = "report.html", "tables.md"
"""In the folder of a result: the page, and its tables as a page of Markdown."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How a user wants a run and its answer."""

    again: bool
    """Compute anew, though this very run is there."""
    as_json: bool
    """Show the document with the findings."""
    quiet: bool
    """Say nothing beside the answer."""
    yes: bool
    """Begin a very large run."""
    report: bool = True
    """With a page."""


def deliver(keeping: Keeping, compute: Callable[[Path, Bar], View], document: str, wanted: Wanted) -> None:
    """Show what a run found.

    Args:
        keeping: where it is kept.
        compute: runs it, writes everything to a folder, and gives what is shown.
        document: name of the file with the findings as JSON.
        wanted: how the user wants it.
    """
    folder = keeping.folder
    keeping.tidy()
    if not wanted.again and keeping.kept() and (not wanted.report or (folder / REPORT).exists()):
        note(f"This very run is in {folder}: nothing was computed. Add --again to compute it anew.", quiet=wanted.quiet)
        sys.stdout.write((folder / (document if wanted.as_json else SUMMARY)).read_text(encoding="utf-8"))
        return
    with keeping.writing() as fresh, waiting(quiet=wanted.quiet, yes=wanted.yes) as progress:
        view = compute(fresh, progress)
        (fresh / SUMMARY).write_text(plain_text(view(WIDTH)), encoding="utf-8")
    if wanted.as_json:
        sys.stdout.write((folder / document).read_text(encoding="utf-8"))
        return
    console = out()
    for part in view(console.width):
        console.print(part, soft_wrap=isinstance(part, str))


def check_output(place: Path | None, option: str, *sources: Path) -> None:
    """Refuse to write over a file that is read, or onto a folder: an InputError, before anything is computed."""
    if place is None:
        return
    if place.is_dir():
        raise InputError(f"{place} is a folder; {option} names a file.")
    if any(place.exists() and source.exists() and place.samefile(source) for source in sources):
        raise InputError(f"{option} {place} would write over the file that is read: choose another name.")


def write_page(page: Path, text: str, *, kind: str = "Page", quiet: bool) -> None:
    """Write a text where the user wants one, and say so."""
    write_whole(page, text)
    note(f"{kind}: {page}", quiet=quiet)
