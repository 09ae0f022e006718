"""Between a request and its answer: the result that is there already is shown, or it is computed, kept and shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import RenderableType

from sim.app.harness import Keeping
from sim.app.workplace import write_whole
from sim.cli.console import note, out, waiting
from sim.report.words.plain import SUMMARY, WIDTH, plain_text
from sim.types.playing import Progress

View = Callable[[int], Iterable[RenderableType]]
"""What a terminal of so many columns shows; texts are wrapped by the terminal."""
REPORT, TABLES = "report.html", "tables.md"
"""In the folder of a result: the page, and its tables as a page of Markdown."""


def deliver(
    keeping: Keeping,
    compute: Callable[[Path, Progress], View],
    *,
    document: str,
    report: bool = True,
    again: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Show what a run found.

    Args:
        keeping: where it is kept.
        compute: runs it, writes everything to a folder, and gives what is shown.
        document: name of the file with the findings as JSON.
        report: whether a page is wanted.
        again: whether to compute anew, though this very run is there.
        as_json: whether to show the document.
        quiet: whether to say nothing beside the answer.
    """
    folder = keeping.folder
    if not again and keeping.kept() and (not report or (folder / REPORT).exists()):
        note(f"This very run is in {folder}: nothing was computed. Add --again to compute it anew.", quiet=quiet)
        sys.stdout.write((folder / (document if as_json else SUMMARY)).read_text(encoding="utf-8"))
        return
    with keeping.writing() as fresh, waiting(quiet=quiet) as progress:
        view = compute(fresh, progress)
        (fresh / SUMMARY).write_text(plain_text(view(WIDTH)), encoding="utf-8")
    if as_json:
        sys.stdout.write((folder / document).read_text(encoding="utf-8"))
        return
    console = out()
    for part in view(console.width):
        console.print(part, soft_wrap=isinstance(part, str))


def write_page(page: Path, text: str, *, kind: str = "Page", quiet: bool) -> None:
    """Write a text where the user wants one, and say so."""
    write_whole(page, text)
    note(f"{kind}: {page}", quiet=quiet)
