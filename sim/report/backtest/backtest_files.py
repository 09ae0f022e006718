"""A back-test written down: the page, the numbers as JSON, scores and forecasts as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.backtest.stored_fit import fingerprint, stored_text
from sim.app.backtest import BacktestResult
from sim.app.harness import write_rows
from sim.report.backtest.backtest_page import Page, markdown, render, view
from sim.report.words.plain import report_line


def backtest_page(result: BacktestResult, command: str = "", credit: str = "") -> Page:
    """What is on the page, made by this command line; `credit` says where the table comes from."""
    title, digest = f"Back-test on {result.request.file.name}", fingerprint(result.request.table.issues)
    return Page(result, result.overall, result.parts, title, command, digest, credit, result.linked)


def backtest_view(result: BacktestResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a back-test."""
    for part in view(backtest_page(result)):
        yield Text.from_markup(part) if isinstance(part, str) else part  # wrapped here, not by the terminal
    if report is not None:
        yield report_line(report)


def write_backtest(result: BacktestResult, folder: Path, page: Page, *, report: bool = True) -> None:
    """Write the numbers, the tables, the fit on all issues, and with `report` `report.html`."""
    texts = {
        "backtest.json": json.dumps(result.to_data(), indent=2) + "\n",
        "tables.md": markdown(page),
        "fit.yaml": stored_text(result.fit),
        **({"report.html": render(page)} if report else {}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    write_rows(folder / "scores.csv", result.rows())
    write_rows(folder / "issues.csv", result.issue_rows())
