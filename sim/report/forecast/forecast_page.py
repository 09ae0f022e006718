"""A forecast for people and programs: the page, a terminal, and the files that it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.forecast.forecast_rows import TRADE_COLUMNS, trade_rows, write_positions
from sim.app.forecast import ForecastResult
from sim.app.harness import write_rows
from sim.report.comparison.figures import save_all
from sim.report.forecast import forecast_tables, forecast_words
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_tables import baseline_table, package_tables, position_table, summary_table
from sim.report.forecast.forecast_words import (
    SIMULATION_ERROR,
    TRADE_NOTE,
    conditional_sentence,
    package_sentence,
    size_words,
)
from sim.report.words import format_words
from sim.report.words.plain import report_line
from sim.report.words.templating import render_page


def render(result: ForecastResult, command: str) -> str:
    """The page as HTML, self-contained; `command` makes it again."""
    plan = result.plan
    return render_page(
        "forecast.html.j2",
        forecast=result,
        plan=plan,
        numbers=plan.scenario.encoder(seed=plan.request.seed).numbers(),
        figures=issue_figures(result.issues),
        command=command,
        tables=forecast_tables,
        words=forecast_words,
        formats=format_words,
    )


def forecast_view(result: ForecastResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a forecast, and where the page is, if there is one."""
    yield f"[bold]{escape(result.title)}[/bold]: {escape(result.plan.info.name)}, {size_words(result)}"
    yield escape(conditional_sentence(result)) + "\n"
    positions = [position_table(issue, result) for issue in result.issues]
    for table in (summary_table(result), *positions, baseline_table(result), *package_tables(result)):
        yield table.rich(note=False)
        yield ""
    yield escape(package_sentence(result))
    if result.package is not None:
        yield f"[dim]{TRADE_NOTE}[/dim]"
    yield f"[dim]{SIMULATION_ERROR}[/dim]"
    if report is not None:
        yield report_line(report)


def write_forecast(result: ForecastResult, folder: Path, command: str, *, page: bool = True) -> None:
    """Write numbers, tables, runs and scenario, and with `page` `report.html` and `figures/`."""
    plan = result.plan
    (folder / "forecast.json").write_text(json.dumps(result.to_data(), indent=2) + "\n", encoding="utf-8")
    write_rows(folder / "positions.csv", result.rows())
    trades = [dict(zip(TRADE_COLUMNS, row, strict=True)) for row in trade_rows(result)]
    write_rows(folder / "trades.csv", trades, TRADE_COLUMNS)
    positions = {issue.id: list(issue.positions) for issue in plan.structure.issues}
    places = [positions[issue.id] for issue in result.issues]
    write_positions(result, result.played, places, folder / "runs.parquet")
    (folder / "scenario.resolved.yaml").write_text(plan.resolved.to_yaml(), encoding="utf-8")
    if page:
        (folder / "report.html").write_text(render(result, command), encoding="utf-8")
        save_all(issue_figures(result.issues), folder / "figures")
