"""A back-test written down: the page, the numbers as JSON, scores and forecasts as tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from sim.analysis.backtest.backtest_json import as_data, linking_data
from sim.app.backtest import BacktestResult
from sim.app.harness import write_rows
from sim.report.backtest.backtest_page import Page, render, view
from sim.report.words.plain import report_line


def backtest_data(result: BacktestResult) -> dict[str, Any]:
    """The content of `backtest.json`."""
    return {**as_data(result.test, result.scores, result.parts), "linking": linking_data(result.linked)}


def backtest_page(result: BacktestResult, command: str = "", credit: str = "") -> Page:
    """What is on the page, made by this command line; `credit` says where the table comes from."""
    title, digest = f"Back-test on {result.plan.request.file.name}", result.plan.fingerprint
    return Page(result.test, result.scores, result.parts, title, command, digest, credit, result.linked)


def backtest_view(result: BacktestResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a back-test."""
    yield from view(backtest_page(result))
    if report is not None:
        yield report_line(report)


def write_backtest(result: BacktestResult, folder: Path, page: Page | None) -> None:
    """Write the numbers and tables, and the page as `report.html` where one is given."""
    (folder / "backtest.json").write_text(json.dumps(backtest_data(result), indent=2) + "\n", encoding="utf-8")
    write_rows(folder / "scores.csv", result.rows())
    write_rows(folder / "issues.csv", result.issue_rows())
    if page is not None:
        (folder / "report.html").write_text(render(page), encoding="utf-8")
