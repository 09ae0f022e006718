"""What `parley forecast` prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from sim.report.forecast.forecast_page import tables
from sim.report.forecast.forecast_words import SIMULATION_ERROR, TRADE_NOTE, conditional_sentence, package_sentence

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.report.forecast.forecast_words import ForecastPage


def view(page: ForecastPage, folder: Path) -> list[RenderableType]:
    """The forecast for a terminal."""
    found = page.found
    size = f"{found.size.draws:,} draws x {found.size.replications} runs"
    parts: list[RenderableType] = [
        f"[bold]{escape(found.title)}[/bold]: {escape(page.info.name)}, {size}",
        escape(conditional_sentence(found)) + "\n",
    ]
    for table in tables(page):
        parts += [table.rich(note=False), ""]
    parts.append(escape(package_sentence(found)))
    if found.package is not None:
        parts.append(f"[dim]{TRADE_NOTE}[/dim]")
    parts.append(f"[dim]{SIMULATION_ERROR}[/dim]")
    return [*parts, f"\nReport: [bold]{escape(str(folder / 'report.html'))}[/bold]"]
