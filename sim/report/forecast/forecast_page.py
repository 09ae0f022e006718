"""A forecast for people: the page, per issue a figure and a table, package trades, simple forecasts; and a terminal."""

from __future__ import annotations

from markupsafe import Markup
from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.forecast.issue_forecasts import IssueForecast
from sim.report.canvas.vector import to_svg
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_tables import (
    baseline_table,
    basis_table,
    gain_table,
    package_tables,
    position_table,
    summary_table,
)
from sim.report.forecast.forecast_words import (
    NEVER_FITTED,
    SIMULATION_ERROR,
    TRADE_NOTE,
    ForecastPage,
    amount,
    amounts,
    conditional_sentence,
    heading,
    package_sentence,
)
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.templating import environment
from sim.report.words.words import percent
from sim.types import Structure


def render(page: ForecastPage, structure: Structure) -> str:
    """The page as HTML, self-contained; the same input gives the same text.

    Args:
        page: what was found, and how.
        structure: names of the scenario.
    """
    forecast = page.found
    figures = zip(forecast.issues, issue_figures(forecast.issues), strict=True)
    template = environment().get_template("forecast.html.j2")
    return template.render(
        title=forecast.title,
        sentences=[_sentence(issue) for issue in forecast.issues],
        conditional=conditional_sentence(forecast),
        package=package_sentence(forecast),
        has_trades=forecast.package is not None and bool(forecast.package.by_side or forecast.package.by_party),
        summary=summary_table(forecast),
        issues=[
            {
                "heading": heading(issue),
                "figure": Markup(to_svg(drawing, inline=True)),
                "caption": drawing.description,
                "table": position_table(issue, forecast),
            }
            for issue, drawing in figures
        ],
        package_tables=package_tables(forecast),
        gains=gain_table(forecast),
        baselines=baseline_table(forecast),
        origin=page.origin,
        format_name=page.info.name,
        rules=rules_words(page.info),
        seats=seats_words(page.info, structure),
        basis=basis_table(page),
        trade_note=TRADE_NOTE,
        never_fitted=NEVER_FITTED,
        simulation_error=SIMULATION_ERROR,
        command=page.command,
        digest=forecast.digest,
        seed=forecast.size.seed,
        size=page.size,
    )


def _sentence(issue: IssueForecast) -> str:
    ranges = [f"{percent(level)} interval {amounts(*issue.found.interval(level), issue)}" for level in (0.5, 0.8)]
    return (
        f"{heading(issue)}: median {amount(issue.found.median.value, issue)}, {', '.join(ranges)}; the status quo "
        f"({amount(issue.status_quo, issue)}) in {percent(issue.status_quo_share.value)}."
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
