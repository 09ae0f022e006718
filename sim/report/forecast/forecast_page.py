"""The page of a forecast: per issue a figure and a table, package trades, simple forecasts, what it all rests on."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.analysis.forecast.issue_forecasts import IssueForecast
from sim.report.canvas.vector import to_svg
from sim.report.comparison.page_tables import Cell, Table
from sim.report.forecast.forecast_figure import issue_figures
from sim.report.forecast.forecast_tables import (
    baseline_table,
    gain_table,
    linking_table,
    position_table,
    summary_table,
    trade_table,
)
from sim.report.forecast.forecast_words import (
    NEVER_FITTED,
    SIMULATION_ERROR,
    TRADE_NOTE,
    ForecastPage,
    amount,
    amounts,
    by_kind,
    conditional_sentence,
    heading,
    package_sentence,
)
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.words import percent
from sim.types import Structure

BY_SIDE = "Between those on opposite sides of what the issues give one by one"
BY_PARTY = "Between parties; those that trade in the same runs are one"


def render(page: ForecastPage, structure: Structure) -> str:
    """The page as HTML, self-contained; the same input gives the same text.

    Args:
        page: what was found, and how.
        structure: names of the scenario.
    """
    environment = Environment(
        loader=PackageLoader("sim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("forecast.html.j2").render(_context(page, structure))


def tables(page: ForecastPage) -> list[Table]:
    """Every table, in the order of the page, for the terminal."""
    found = page.found
    shown = [summary_table(found), *(position_table(one, found) for one in found.issues), baseline_table(found)]
    return shown + package_tables(page)


def package_tables(page: ForecastPage) -> list[Table]:
    """What linking does, and the exchanges; none where there is no package."""
    found, package = page.found, page.found.package
    if package is None:
        return []
    shown = [linking_table(found)]
    for caption, exchanges in ((BY_SIDE, package.by_side), (BY_PARTY, package.by_party)):
        if exchanges:
            shown.append(trade_table(caption, exchanges, found))
    return shown


def _context(page: ForecastPage, structure: Structure) -> dict[str, Any]:
    """Every name that the template uses."""
    found = page.found
    return {
        "title": found.title,
        "sentences": [_sentence(one) for one in found.issues],
        "conditional": conditional_sentence(found),
        "package": package_sentence(found),
        "has_trades": found.package is not None and bool(found.package.by_side or found.package.by_party),
        "summary": summary_table(found),
        "issues": [
            {
                "heading": heading(one),
                "figure": Markup(to_svg(drawing, inline=True)),
                "caption": drawing.description,
                "table": position_table(one, found),
            }
            for one, drawing in zip(found.issues, issue_figures(found.issues), strict=True)
        ],
        "package_tables": package_tables(page),
        "gains": None if found.package is None else gain_table(found),
        "baselines": baseline_table(found),
        "origin": page.origin,
        "format_name": page.info.name,
        "rules": rules_words(page.info),
        "seats": seats_words(page.info, structure),
        "basis": _basis_table(page),
        "trade_note": TRADE_NOTE,
        "never_fitted": NEVER_FITTED,
        "simulation_error": SIMULATION_ERROR,
        "command": page.command,
        "digest": found.digest,
        "seed": found.size.seed,
        "size": f"{found.size.draws:,} draws x {found.size.replications} runs",
    }


def _sentence(issue: IssueForecast) -> str:
    spread = issue.distribution
    ranges = [f"{percent(level)} interval {amounts(*spread.interval(level), issue)}" for level in (0.5, 0.8)]
    return (
        f"{heading(issue)}: median {amount(spread.median.value, issue)}, {', '.join(ranges)}; the status quo "
        f"({amount(issue.status_quo, issue)}) in {percent(issue.status_quo_share.value)}."
    )


def _basis_table(page: ForecastPage) -> Table:
    """How many numbers of each kind come from a source, and how many are assumed."""
    head = ("Numbers", "Stated", "Reported", "Analyst", "Assumed")
    rows = [
        (Cell(words, left=True), *(Cell(str(n) if n else "") for n in counts.values()))
        for words, counts in by_kind(page.numbers)
    ]
    return Table("What the numbers rest on", tuple(Cell(one, left=k == 0) for k, one in enumerate(head)), tuple(rows))
