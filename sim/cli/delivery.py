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
Compute = Callable[[Path, "Progress"], "Sequence[RenderableType]"]
"""Runs, writes everything to a folder, and returns what a terminal shows; the terminal wraps its texts."""


@dataclass(frozen=True)
class Delivery:
    """How an answer is wanted; `document` names the file with the findings as JSON."""

    document: str
    report: bool
    again: bool
    as_json: bool
    quiet: bool

    def show(self, keeping: Keeping, compute: Compute, *, work: int, threads: int | None) -> None:
        """Show what a run found: the one that is kept, or else compute it and keep it.

        Args:
            keeping: where it is kept.
            compute: makes it.
            work: what its progress counts to.
            threads: for the record.
        """
        page = not self.report or (keeping.folder / REPORT).exists()
        if page and not self.again and keeping.kept():
            show_kept(keeping.folder, self.document if self.as_json else SUMMARY, quiet=self.quiet)
            return
        from sim.report.words.progress import Bar

        note_compiling(quiet=self.quiet)
        with keeping.writing(threads) as folder, Bar(work, quiet=self.quiet) as bar:
            parts = compute(folder, bar)
            text = io.StringIO()
            _print(parts, Console(file=text, width=PIPE_WIDTH, highlight=False))
            (folder / SUMMARY).write_text(text.getvalue(), encoding="utf-8")
        if self.as_json:
            show_file(keeping.folder / self.document)
        else:
            _print(parts, out())


def _print(parts: Sequence[RenderableType], console: Console) -> None:
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))
