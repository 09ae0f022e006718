"""A forecast for people: the page, per issue a figure and a table, package trades, simple forecasts; and a terminal."""

from __future__ import annotations

from rich.console import RenderableType
from rich.markup import escape

from sim.report.forecast import forecast_tables, forecast_words
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_tables import baseline_table, package_tables, position_table, summary_table
from sim.report.forecast.forecast_words import (
    SIMULATION_ERROR,
    TRADE_NOTE,
    ForecastPage,
    conditional_sentence,
    package_sentence,
)
from sim.report.words import format_words
from sim.report.words.templating import render_page
from sim.types import Structure


def render(page: ForecastPage, structure: Structure) -> str:
    """The page as HTML, self-contained; the same input gives the same text.

    Args:
        page: what was found, and how.
        structure: names of the scenario.
    """
    return render_page(
        "forecast.html.j2",
        page=page,
        structure=structure,
        figures=issue_figures(page.found.issues),
        tables=forecast_tables,
        words=forecast_words,
        formats=format_words,
    )


def view(page: ForecastPage) -> list[RenderableType]:
    """The forecast for a terminal."""
    forecast = page.found
    tables = [
        summary_table(forecast),
        *(position_table(issue, forecast) for issue in forecast.issues),
        baseline_table(forecast),
        *package_tables(forecast),
    ]
    return [
        f"[bold]{escape(forecast.title)}[/bold]: {escape(page.info.name)}, {page.size}",
        escape(conditional_sentence(forecast)) + "\n",
        *(part for table in tables for part in (table.rich(note=False), "")),
        escape(package_sentence(forecast)),
        *([f"[dim]{TRADE_NOTE}[/dim]"] if forecast.package is not None else []),
        f"[dim]{SIMULATION_ERROR}[/dim]",
    ]
