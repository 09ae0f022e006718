"""`parley forecast`: the distribution of every numeric issue, package trades, and simple forecasts beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.app.errors import InputError
from sim.cli import import_table as tables
from sim.cli import options
from sim.cli.console import command_line, note
from sim.cli.delivery import REPORT, View, deliver
from sim.types.playing import Progress, Size

TABLE_ENDING = ".csv"
EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley forecast scenarios/examples/river-ktab.csv\n\n"
    "  parley forecast scenarios/examples/harbour-long.csv --proposal quay --unit metres\n\n"
    "  parley forecast my.yaml --format council --draws 1000 --set formats.council.calendar.months=12\n\n"
    "  parley forecast my.yaml --no-report --json | jq '.issues[] | {id, median, interval_80}'"
)
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A scenario file (YAML) with numeric issues, or a table of positions, saliences and capabilities (CSV).",
        show_default=False,
    ),
]
FormatName = Annotated[
    str | None,
    typer.Option("--format", metavar="F", help="The talk format to simulate.", show_default="the first of the file"),
]


def forecast(
    file: File,
    *,
    format_id: FormatName = None,
    draws: options.Draws = 300,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    sets: options.Sets = None,
    proposal: tables.Proposal = None,
    form: tables.Form = None,
    scale: tables.Scale = None,
    unit: tables.Unit = "",
    loss: tables.Loss = None,
    out_dir: options.Out = None,
    report: options.Report = True,
    again: options.Again = False,
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast numeric issues: distribution, each actor's chance, package trades, and simple forecasts beside them.

    Writes a report, forecast.json, tables and every run to results/<scenario>/<run id>. The same command again shows
    the result that is there.
    """
    from sim.app.convert import TableFile
    from sim.app.forecast import ForecastRequest
    from sim.app.forecast import forecast as simulate

    source = TableFile(file, proposal, form, tables.ends(scale), unit, loss)
    if file.suffix.lower() != TABLE_ENDING:
        if source != TableFile(file):
            raise InputError(
                "--proposal, --form, --scale, --unit and --loss are for tables (CSV); a scenario file says "
                "these things itself."
            )
        source = options.changed_scenario(file, None, None)
    request = ForecastRequest(source, format_id, Size(draws, replications, seed, threads), tuple(sets or ()))
    note(*request.notes, quiet=quiet)
    keeping = request.keeping(out_dir, sys.argv)

    def compute(folder: Path, progress: Progress) -> View:
        from sim.report.forecast.forecast_page import forecast_view, write_forecast

        progress.expect(request.work)
        result = simulate(request, progress=progress)
        write_forecast(result, folder, command_line(sys.argv), page=report)
        return lambda _: forecast_view(result, keeping.folder / REPORT if report else None)

    deliver(keeping, compute, document="forecast.json", report=report, again=again, as_json=as_json, quiet=quiet)
