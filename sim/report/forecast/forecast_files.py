"""A forecast written down: the page with its figures, the numbers as JSON and tables, every run, the scenario."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from sim.analysis.forecast.forecast_json import TRADE_COLUMNS, forecast_json, trade_rows, write_positions
from sim.app.forecast import ForecastResult
from sim.app.harness import write_rows
from sim.report.comparison.figures import save_all
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_page import render, view
from sim.report.forecast.forecast_words import (
    ForecastPage,
    Origin,
)
from sim.report.words.plain import report_line


def forecast_data(result: ForecastResult) -> dict[str, Any]:
    """The content of `forecast.json`."""
    return {**forecast_json(result.forecast), "source": result.plan.source_data()}


def forecast_page(result: ForecastResult, command: str = "") -> ForecastPage:
    """What is on the page, made by this command line."""
    plan = result.plan
    source = plan.source_data()
    origin = Origin(source["kind"], source["file"], plan.notes, plan.scenario.sets)
    numbers = plan.scenario.encoder(seed=plan.request.seed).numbers()
    return ForecastPage(result.forecast, plan.info, numbers, origin, command)


def forecast_view(result: ForecastResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a forecast."""
    yield from view(forecast_page(result))
    if report is not None:
        yield report_line(report)


def write_forecast(result: ForecastResult, folder: Path, command: str, *, page: bool = True) -> None:
    """Write numbers, tables, runs and scenario, and with `page` `report.html` and `figures/`."""
    found, structure = result.forecast, result.plan.structure
    (folder / "forecast.json").write_text(json.dumps(forecast_data(result), indent=2) + "\n", encoding="utf-8")
    write_rows(folder / "positions.csv", result.rows())
    trades = [dict(zip(TRADE_COLUMNS, row, strict=True)) for row in trade_rows(found)]
    write_rows(folder / "trades.csv", trades, TRADE_COLUMNS)
    positions = {issue.id: list(issue.positions) for issue in structure.issues}
    places = [positions[issue.id] for issue in found.issues]
    write_positions(found, result.played, places, folder / "runs.parquet")
    (folder / "scenario.resolved.yaml").write_text(result.plan.resolved.to_yaml(), encoding="utf-8")
    if page:
        (folder / "report.html").write_text(render(forecast_page(result, command), structure), encoding="utf-8")
        save_all(issue_figures(found.issues), folder / "figures")
