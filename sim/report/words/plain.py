"""What a terminal shows, as plain text: kept beside a result, so that the same command can show it again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markup import escape

from sim.report.words.language import say

SUMMARY = "summary.txt"
"""What a command printed, in the folder of its result."""
WIDTH = 120
"""Columns of text that is not for a terminal."""


def plain_text(parts: Iterable[RenderableType]) -> str:
    """Parts of a view as text without colours; texts are left to whoever shows them to wrap."""
    stream = io.StringIO()
    console = Console(file=stream, width=WIDTH, highlight=False)
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))
    return stream.getvalue()


def report_line(page: Path) -> str:
    """Where the page is, in the language chosen, as the last line of a view."""
    return "\n" + say("Report: {file}", file=f"[bold]{escape(str(page))}[/bold]")
