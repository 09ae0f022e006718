"""A section of a page of Markdown, put together from paragraphs, bullet lists and tables."""

from __future__ import annotations

from collections.abc import Iterable

from sim.report.words.table_writers import Table

Part = str | list[str] | Table
"""A paragraph, a list of bullets, or a table under its caption."""


def section(parts: Iterable[Part]) -> str:
    """The parts as text, a blank line between them; what is empty is left out."""
    return "\n\n".join(_written(part) for part in parts if part)


def folded(summary: str, *parts: Part) -> list[Part]:
    """The same parts, shown only when the reader asks for them."""
    return [f"<details><summary>{summary}</summary>", *parts, "</details>"]


def _written(part: Part) -> str:
    match part:
        case str():
            return part
        case list():
            return "\n".join(f"- {line}" for line in part)
        case Table():
            return f"{part.caption}:\n\n{part.markdown()}" if part.caption else part.markdown()
