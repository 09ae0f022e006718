"""A retrodiction written down: the page, its tables in Markdown, the numbers as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from sim.analysis.experiments.retrodiction import Retrodiction
from sim.report.retrodiction.retrodiction_page import markdown, render
from sim.types.records import to_data

TABLES = "tables.md"


def write_retrodiction(found: Retrodiction, folder: Path, command: str) -> None:
    """Write `report.html`, `tables.md` and `retrodiction.json`, in the language chosen.

    Args:
        found: cases, twins and orderings.
        folder: where to.
        command: what makes it again.
    """
    (folder / "report.html").write_text(render(found, command), encoding="utf-8")
    (folder / TABLES).write_text(markdown(found, command), encoding="utf-8")
    (folder / "retrodiction.json").write_text(json.dumps(to_data(found), indent=2) + "\n", encoding="utf-8")
