"""A forecast written down: the page with its figures, the numbers as JSON and tables, every run, the scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType

from sim.analysis.forecast.forecast_rows import TRADE_COLUMNS, trade_rows, write_positions
from sim.app.forecast import ForecastResult
from sim.app.harness import write_rows
from sim.report.comparison.figures import save_all
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_page import render, view
from sim.report.forecast.forecast_words import (
    ForecastPage,
)
from sim.report.words.plain import report_line


def forecast_page(result: ForecastResult, command: str = "") -> ForecastPage:
    """What is on the page, made by this command line."""
    plan = result.plan
    numbers = plan.scenario.encoder(seed=plan.request.seed).numbers()
    return ForecastPage(result, plan.info, numbers, result.origin, command)


def forecast_view(result: ForecastResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a forecast."""
    yield from view(forecast_page(result))
    if report is not None:
        yield report_line(report)


def write_forecast(result: ForecastResult, folder: Path, command: str, *, page: bool = True) -> None:
    """Write numbers, tables, runs and scenario, and with `page` `report.html` and `figures/`."""
    structure = result.plan.structure
    (folder / "forecast.json").write_text(json.dumps(result.to_data(), indent=2) + "\n", encoding="utf-8")
    write_rows(folder / "positions.csv", result.rows())
    trades = [dict(zip(TRADE_COLUMNS, row, strict=True)) for row in trade_rows(result)]
    write_rows(folder / "trades.csv", trades, TRADE_COLUMNS)
    positions = {issue.id: list(issue.positions) for issue in structure.issues}
    places = [positions[issue.id] for issue in result.issues]
    write_positions(result, result.played, places, folder / "runs.parquet")
    (folder / "scenario.resolved.yaml").write_text(result.plan.resolved.to_yaml(), encoding="utf-8")
    if page:
        (folder / "report.html").write_text(render(forecast_page(result, command), structure), encoding="utf-8")
        save_all(issue_figures(result.issues), folder / "figures")
