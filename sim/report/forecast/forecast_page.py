"""A forecast for people and programs: the page, a terminal, and the files that it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.forecast.forecast_rows import TRADE_COLUMNS, position_rows, trade_rows, write_positions
from sim.app.forecast import ForecastResult
from sim.app.harness import write_rows
from sim.report.comparison.figures import save_all
from sim.report.forecast import forecast_tables
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_tables import (
    SIMULATION_ERROR,
    TRADE_NOTE,
    baseline_table,
    conditional_sentence,
    package_sentence,
    package_tables,
    position_table,
    size_words,
    summary_table,
)
from sim.report.words import format_words
from sim.report.words.plain import report_line
from sim.report.words.templating import render_page
from sim.types import FormatInfo
from sim.types.records import to_data


def render(result: ForecastResult, command: str) -> str:
    """The page as HTML, self-contained; `command` makes it again."""
    encoder = result.request.encoder
    return render_page(
        "forecast.html.j2",
        forecast=result,
        info=_info(result),
        structure=encoder.structure,
        numbers=encoder.numbers(),
        figures=issue_figures(result.issues),
        command=command,
        tables=forecast_tables,
        formats=format_words,
    )


def _info(result: ForecastResult) -> FormatInfo:
    return next(info for info in result.request.encoder.structure.formats if info.id == result.format_id)


def forecast_view(result: ForecastResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a forecast, and where the page is, if there is one."""
    yield f"[bold]{escape(result.title)}[/bold]: {escape(_info(result).name)}, {size_words(result)}"
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
    (folder / "forecast.json").write_text(json.dumps(to_data(result), indent=2) + "\n", encoding="utf-8")
    write_rows(folder / "positions.csv", position_rows(result))
    write_rows(folder / "trades.csv", trade_rows(result), TRADE_COLUMNS)
    write_positions(result, result.played, folder / "runs.parquet")
    (folder / "scenario.resolved.yaml").write_text(result.request.scenario.resolved.to_yaml(), encoding="utf-8")
    if page:
        (folder / "report.html").write_text(render(result, command), encoding="utf-8")
        save_all(issue_figures(result.issues), folder / "figures")
