"""Between a plan and its answer: the result that is there already is shown, or it is computed, kept and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.cli.console import note_compiling, out, show_file, show_kept
from sim.report.words.plain import SUMMARY, WIDTH, plain_text

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.app.harness import Keeping
    from sim.types.playing import Progress

    View = Callable[[int], Iterable[RenderableType]]
    """What a terminal of so many columns shows; texts are wrapped by the terminal."""

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
    delivery: Delivery,
    compute: Callable[[Path, Progress], View],
    *,
    work: int,
    threads: int | None,
) -> None:
    """Show what a run found.

    Args:
        keeping: where it is kept.
        delivery: how the answer is wanted.
        compute: runs it, writes everything to a folder, and gives what a terminal of so many columns shows.
        work: what its progress counts to.
        threads: for the record.
    """
    if not delivery.again and keeping.kept() and (not delivery.report or (keeping.folder / REPORT).exists()):
        show_kept(keeping.folder, delivery.document if delivery.as_json else SUMMARY, quiet=delivery.quiet)
        return
    from sim.report.words.progress import Bar

    note_compiling(quiet=delivery.quiet)
    with keeping.writing(threads) as folder, Bar(work, quiet=delivery.quiet) as bar:
        view = compute(folder, bar)
        (folder / SUMMARY).write_text(plain_text(view(WIDTH)), encoding="utf-8")
    if delivery.as_json:
        show_file(keeping.folder / delivery.document)
        return
    console = out()
    for part in view(console.width):
        console.print(part, soft_wrap=isinstance(part, str))
