"""A forecast for people and programs: the page with a figure an issue, a terminal, and the files that it leaves.

A figure has the distribution over the scale, who stands where, and the simple forecasts under it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.forecast.issue_forecasts import (
    TRADE_COLUMNS,
    IssueForecast,
    position_rows,
    trade_rows,
    write_positions,
)
from sim.analysis.positions.forecasters import FORECASTERS
from sim.app.forecast import ForecastResult
from sim.app.harness import write_rows
from sim.report.canvas.palette import ACCENT, INK, MUTED, RULE, WARM
from sim.report.canvas.sheet import WIDTH, Drawing, Sheet, wrapped
from sim.report.canvas.symbols import Axis, ticks
from sim.report.comparison.figures import save_all
from sim.report.forecast import forecast_tables as tables
from sim.report.forecast.forecast_tables import amount, heading, weighted_interval, weighted_quantile
from sim.report.words import words
from sim.report.words.plain import report_line
from sim.report.words.table_writers import render_page
from sim.report.words.words import percent
from sim.types import FormatInfo
from sim.types.records import to_data

LEFT, RIGHT = 112.0, 30.0
"""Points left of the scale for words, and right of it for numbers."""
TALL, ROW = 96.0, 11.0
"""Height of the highest bar, and of a row below the bars."""
LEVELS, WIDTHS = (0.8, 0.5), (1.0, 3.4)
"""Intervals, and how thick they are."""
LABELLED, LABEL_WIDTH = 0.04, 16.0
"""Bars from this share on say it, where there is so much room."""


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
        tables=tables,
        words=words,
    )


def _info(result: ForecastResult) -> FormatInfo:
    return next(info for info in result.request.encoder.structure.formats if info.id == result.format_id)


def forecast_view(result: ForecastResult, report: Path | None) -> Iterator[RenderableType]:
    """What a terminal shows of a forecast, and where the page is, if there is one."""
    yield f"[bold]{escape(result.title)}[/bold]: {escape(_info(result).name)}, {tables.size_words(result)}"
    yield escape(tables.conditional_sentence(result)) + "\n"
    positions = [tables.position_table(issue, result) for issue in result.issues]
    others = (tables.baseline_table(result), *tables.package_tables(result))
    for table in (tables.summary_table(result), *positions, *others):
        yield table.rich(note=False)
        yield ""
    yield escape(tables.package_sentence(result))
    if result.package is not None:
        yield f"[dim]{tables.TRADE_NOTE}[/dim]"
    yield f"[dim]{tables.SIMULATION_ERROR}[/dim]"
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


def issue_figures(issues: Sequence[IssueForecast]) -> list[Drawing]:
    """A figure for each issue, in order: bars of probability; below them intervals, actors, and simple forecasts."""
    return [_issue_figure(issue, place) for place, issue in enumerate(issues, start=1)]


def _issue_figure(issue: IssueForecast, place: int) -> Drawing:
    sheet, base = Sheet(), 18.0 + TALL
    scale = Axis(LEFT, WIDTH - LEFT - RIGHT, issue.low, issue.high)
    _bars(sheet, scale, issue, base)
    y = base + 12
    for tick in ticks(issue.low, issue.high):
        sheet.text(scale.at(tick), y, amount(tick, issue), size=7, colour=MUTED, at="center")
    if issue.unit:
        sheet.text(WIDTH, y, wrapped(issue.unit, RIGHT, 7.0, 1)[0], size=7, colour=MUTED, at="right")
    y = _intervals(sheet, scale, issue, y + 6)
    y = _actors(sheet, scale, issue, y + 4)
    y = _baselines(sheet, scale, issue, y + 4)
    return sheet.finished(
        f"forecast-{place}",
        f"Forecast of {heading(issue)}",
        "Bars: share of the decided runs at each position. Under them the median with the 50% (thick) and 80% (thin) "
        "interval, the same where the issue is talked about alone, the actors' positions (a dot each), the same "
        "weighted by salience and capability, and simple forecasts (rings). The broken line is the status quo.",
        y,
    )


def _bars(sheet: Sheet, scale: Axis, issue: IssueForecast, base: float) -> None:
    """The distribution, and a broken line at the status quo."""
    home = scale.at(issue.status_quo)
    for top in np.arange(10.0, base, 5.0).tolist():
        sheet.line([(home, top), (home, min(top + 2.5, base))], MUTED, width=0.7)
    at = "left" if home < LEFT + scale.width / 2 else "right"
    sheet.text(home, 7, f"status quo {percent(issue.status_quo_share.value)}", size=7, colour=MUTED, at=at)
    places = [scale.at(position) for position in issue.distribution.positions.tolist()]
    shares = issue.distribution.probabilities.tolist()
    width = float(np.clip(0.8 * np.diff(places).min(initial=np.inf), 2.0, 13.0))
    labelled: list[float] = []
    for x, share in sorted(zip(places, shares, strict=True), key=lambda bar: -bar[1]):
        height = TALL * share / max(shares)
        sheet.rect(x - width / 2, base - height, width, height, fill=ACCENT)
        if share >= LABELLED and all(abs(x - other) >= LABEL_WIDTH for other in labelled):
            sheet.text(x, base - height - 2.5, percent(share), size=6.5, at="center")
            labelled.append(x)
    sheet.line([(scale.x - 6, base), (scale.x + scale.width + 6, base)], INK, width=0.8)


def _intervals(sheet: Sheet, scale: Axis, issue: IssueForecast, y: float) -> float:
    """Median and intervals of the simulation, and of the issue alone; returns the y below."""
    rows = [("Simulation" if issue.alone is None else "Simulation, together", issue.distribution, ACCENT)]
    rows += [] if issue.alone is None else [("Simulation, alone", issue.alone.distribution, WARM)]
    for name, spread, colour in rows:
        ends = [spread.interval(level) for level in LEVELS]
        _interval(sheet, scale, y, spread.median.value, ends=ends, colour=colour)
        y = _words(sheet, y, name, amount(spread.median.value, issue))
    return y


def _interval(
    sheet: Sheet, scale: Axis, y: float, median: float, *, ends: Sequence[tuple[float, float]], colour: str
) -> None:
    """A median with its intervals at `LEVELS`."""
    middle = y + ROW / 2
    _guide(sheet, scale, middle)
    for (low, high), width in zip(ends, WIDTHS, strict=True):
        sheet.line([(scale.at(low), middle), (scale.at(high), middle)], colour, width=width)
    sheet.dot(scale.at(median), middle, 3.2, colour)


def _actors(sheet: Sheet, scale: Axis, issue: IssueForecast, y: float) -> float:
    """A dot an actor, those of one position on top of each other; returns the y below."""
    most = max((len(group.actors) for group in issue.positions), default=1)
    step = min(4.6, 36.0 / most)
    sheet.text(0, y + 8, "Actors", size=7.5)
    sheet.text(WIDTH, y + 8, str(len(issue.actors.stands)), size=7, colour=MUTED, at="right")
    _guide(sheet, scale, y + 6)
    for group in issue.positions:
        for k in range(len(group.actors)):
            sheet.dot(scale.at(group.position), y + 6 + step * k, 2.0, INK)
    return y + 12 + step * (most - 1)


def _baselines(sheet: Sheet, scale: Axis, issue: IssueForecast, y: float) -> float:
    """The weighted positions with their intervals, then a ring a simple forecast; returns the y below."""
    middle = weighted_quantile(issue, 0.5)
    _interval(sheet, scale, y, middle, ends=[weighted_interval(issue, level) for level in LEVELS], colour=MUTED)
    y = _words(sheet, y, FORECASTERS["positions"].short_title, amount(middle, issue))
    for key, value in issue.baselines.items():
        _guide(sheet, scale, y + ROW / 2)
        if value is not None:
            sheet.dot(scale.at(value), y + ROW / 2, 2.8, INK, hollow=True)
        y = _words(sheet, y, FORECASTERS[key].short_title, amount(value, issue))
    return y + 2


def _guide(sheet: Sheet, scale: Axis, y: float) -> None:
    sheet.line([(scale.x, y), (scale.x + scale.width, y)], RULE, width=0.4)


def _words(sheet: Sheet, y: float, name: str, number: str) -> float:
    """What stands left and right of a row; returns the y below."""
    sheet.text(0, y + 8, wrapped(name, LEFT - 4, 6.6, 1)[0], size=6.6)
    sheet.text(WIDTH, y + 8, number, size=7, colour=MUTED, at="right")
    return y + ROW
