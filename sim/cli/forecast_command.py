"""`parley forecast`: the distribution of every numeric issue, package trades, and simple forecasts beside it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.app.errors import InputError
from sim.cli import import_table as tables
from sim.cli import options
from sim.cli.console import command_line, note, speaking
from sim.cli.delivery import REPORT, Delivery, deliver

if TYPE_CHECKING:
    from sim.app.forecast import ForecastRequest
    from sim.app.harness import Keeping
    from sim.cli.delivery import View
    from sim.types.playing import Progress

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
    with speaking():
        from sim.app.convert import TableFile
        from sim.app.forecast import ForecastRequest
        from sim.types.playing import Size

        source = TableFile(file, proposal, form, tables.ends(scale), unit, loss)
        if file.suffix.lower() != TABLE_ENDING:
            if source != TableFile(file):
                raise InputError(
                    "--proposal, --form, --scale, --unit and --loss are for tables (CSV); a scenario file says "
                    "these things itself."
                )
            source = options.changed_scenario(file, None, None)
        size = Size(draws, replications, seed, threads)
        request = ForecastRequest(source, format_id, size, tuple(sets or ()))
        for words in request.notes:
            note(words, quiet=quiet)
        keeping = _keeping(request, file, out_dir)

        def compute(folder: Path, progress: Progress) -> View:
            from sim.app.forecast import forecast as simulate
            from sim.report.forecast.forecast_page import forecast_view, write_forecast

            result = simulate(request, progress=progress)
            write_forecast(result, folder, command_line(sys.argv), page=report)
            return lambda _: forecast_view(result, keeping.folder / REPORT if report else None)

        delivery = Delivery("forecast.json", report, again, as_json, quiet)
        deliver(keeping, delivery, compute, work=request.work, threads=threads)


def _keeping(request: ForecastRequest, file: Path, out_dir: Path | None) -> Keeping:
    """Where the forecast is kept, under a name that follows from what decides it."""
    from sim.app.harness import Keeping, file_digests
    from sim.types.records import to_data

    resolved, size = request.scenario.resolved, request.size
    key = {
        "digest": resolved.digest,
        "format": request.format_id,
        "draws": size.draws,
        "replications": size.replications,
        "seed": size.seed,
        "source": to_data(request.origin),
    }
    return Keeping(resolved.id, key, out_dir, files=file_digests(file), argv=sys.argv)
