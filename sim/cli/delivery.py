"""Between a plan and its answer: the result that is there already is shown, or it is computed, kept and shown."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli.console import PIPE_WIDTH, SUMMARY, note_compiling, out, show_file, show_kept

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.app.harness import Keeping
    from sim.types.playing import Progress

REPORT = "report.html"


@dataclass(frozen=True)
class Delivery:
    """How an answer is wanted."""

    document: str
    """Name of the file with the findings as JSON."""
    report: bool
    """With a page."""
    again: bool
    """Computed anew, though this very run is there."""
    as_json: bool
    quiet: bool


def deliver(
    keeping: Keeping,
    wanted: Delivery,
    compute: Callable[[Path, Progress], Sequence[RenderableType]],
    *,
    work: int,
    threads: int | None,
) -> None:
    """Show what a run found.

    Args:
        keeping: where it is kept.
        wanted: how.
        compute: runs it, writes everything to a folder and returns what a terminal shows; texts are wrapped by the
            terminal.
        work: what its progress counts to.
        threads: for the record.
    """
    if not wanted.again and keeping.kept() and (not wanted.report or (keeping.folder / REPORT).exists()):
        show_kept(keeping.folder, wanted.document if wanted.as_json else SUMMARY, quiet=wanted.quiet)
        return
    from sim.report.words.progress import Bar

    note_compiling(quiet=wanted.quiet)
    with keeping.writing(threads) as folder, Bar(work, quiet=wanted.quiet) as bar:
        parts = compute(folder, bar)
        text = io.StringIO()
        _print(parts, Console(file=text, width=PIPE_WIDTH, highlight=False))
        (folder / SUMMARY).write_text(text.getvalue(), encoding="utf-8")
    if wanted.as_json:
        show_file(keeping.folder / wanted.document)
    else:
        _print(parts, out())


def _print(parts: Sequence[RenderableType], console: Console) -> None:
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))
