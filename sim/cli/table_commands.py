"""Commands on tables of positions: a table becomes a scenario, numeric issues are forecast, forecasts are scored."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.app.errors import InputError
from sim.cli import options
from sim.cli.console import command_line, note
from sim.cli.delivery import REPORT, TABLES, View, Wanted, check_output, deliver, write_page
from sim.types.csv_cells import number_of
from sim.types.playing import Progress, Size

IMPORT_EPILOG = options.examples(
    "import scenarios/examples/harbour-long.csv --proposal quay -o quay.yaml",
    "import scenarios/examples/river-ktab.csv -o river.yaml && parley compare river.yaml --draws 50",
    "import scenarios/examples/river-ktab.csv --to long -o river.csv",
)
TablePath = Annotated[Path, typer.Argument(metavar="FILE", help="The table (CSV).", show_default=False)]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write.", show_default="standard output")
]
Proposal = Annotated[
    str | None,
    typer.Option("--proposal", metavar="P", help="The proposal, where the table has several.", show_default=False),
]
Form = Annotated[
    Literal["long", "ktab", "eu"] | None,
    typer.Option("--form", help="Form of the table.", show_default="by its header"),
]
To = Annotated[
    Literal["scenario", "long", "ktab", "eu"],
    typer.Option("--to", help="What to write: a scenario, or the table in a form."),
]
Scale = Annotated[
    str | None,
    typer.Option("--scale", metavar="LOW,HIGH", help="Ends of the scale.", show_default="0,100; eu: its positions"),
]
Unit = Annotated[
    str, typer.Option("--unit", metavar="TEXT", help="Unit of the scale, for people.", show_default="none")
]
Loss = Annotated[
    float | None,
    typer.Option(
        "--loss",
        min=0.1,
        max=10,
        metavar="K",
        help="Shape of losses: 1 linear, 2 quadratic.",
        show_default="not known: 1 to 3",
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")]
TABLE_ENDING = ".csv"
FORECAST_EPILOG = options.examples(
    "forecast scenarios/examples/river-ktab.csv",
    "forecast scenarios/examples/harbour-long.csv --proposal quay --unit metres",
    "forecast my.yaml --format council --draws 1000 --set formats.council.calendar.months=12",
    "forecast my.yaml --no-report --json | jq '.issues[] | {id, median, interval_80}'",
)
ForecastPath = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A scenario file (YAML) with numeric issues, or a table of positions, saliences and capabilities (CSV).",
        show_default=False,
    ),
]
ForecastFormat = Annotated[
    str | None,
    typer.Option("--format", metavar="F", help="The talk format to simulate.", show_default="the first of the file"),
]
BACKTEST_EPILOG = options.examples(
    "backtest decisions.csv                    [dim]# fitted and scored in ten folds[/dim]",
    "backtest decisions.csv --folds 5 --store fit.yaml",
    "backtest others.csv --stored              [dim]# nothing fitted: the fit that comes with the program[/dim]",
    "backtest others.csv --stored --fit fit.yaml --json | jq '.overall.scores.process.crps'",
)
FIT = "fit.yaml"
"""In the folder of the result: the fit on all issues."""
DecidedPath = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A table of positions, saliences and capabilities with the outcome of every issue (CSV, long form).",
        show_default=False,
    ),
]
Folds = Annotated[
    int, typer.Option("--folds", min=2, metavar="K", help="Folds; the issues of a proposal are never in two.")
]
Stored = Annotated[
    bool, typer.Option("--stored", help="Fit nothing: apply constants and weights that were stored before.")
]
Fit = Annotated[
    Path | None,
    typer.Option("--fit", metavar="FIT", help="With --stored: the stored fit.", show_default="that of the program"),
]
Store = Annotated[
    Path | None,
    typer.Option("--store", metavar="FIT", help="Write the fit on all issues to a file.", show_default=False),
]
Draws = Annotated[int, typer.Option("--draws", min=50, metavar="N", help="Draws of the constants of the process.")]
Linking = Annotated[
    bool, typer.Option("--linking/--no-linking", help="Also negotiate every issue by itself: what packages are worth.")
]
Credit = Annotated[
    str, typer.Option("--credit", metavar="TEXT", help="Where the table comes from, for the page.", show_default=False)
]


def import_table(
    file: TablePath,
    *,
    output: Output = None,
    proposal: Proposal = None,
    form: Form = None,
    to: To = "scenario",
    scale: Scale = None,
    unit: Unit = "",
    loss: Loss = None,
    replace: Replace = False,
    quiet: options.Quiet = False,
) -> None:
    """Turn a table of positions, saliences and capabilities into a scenario that you can edit and run.

    Reads three forms: a long table with a row for every actor on every issue, KTAB's CSV, and the CSV of programs for
    the expected-utility model. Every line that is wrong is named; nothing is left out without a word.
    """
    from sim.app.convert import TableFile, convert
    from sim.app.workplace import write_whole

    check_output(output, "--output", file)
    if output is not None and output.exists() and not replace:
        raise InputError(f"{output} is there already: choose another name, or --replace.")
    converted = convert(TableFile(file, proposal, form, ends(scale), unit, loss), to)
    note(*converted.notes, quiet=quiet)
    if output is None:
        sys.stdout.write(converted.text)
        return
    write_whole(output, converted.text)
    note(f"Written: {output}", quiet=quiet)


def ends(scale: str | None) -> tuple[float, float] | None:
    """The two numbers of `--scale`."""
    if scale is None:
        return None
    numbers = [number_of(part.strip()) for part in scale.split(",")]
    if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
        raise InputError(f"--scale takes two numbers, like 0,100, and not {scale}.")
    return numbers[0], numbers[1]


def forecast(
    file: ForecastPath,
    *,
    format_id: ForecastFormat = None,
    draws: options.Draws = 300,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    sets: options.Sets = None,
    proposal: Proposal = None,
    form: Form = None,
    scale: Scale = None,
    unit: Unit = "",
    loss: Loss = None,
    out_dir: options.Out = None,
    report: options.Report = True,
    again: options.Again = False,
    as_json: options.FindingsJson = False,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast numeric issues: distribution, each actor's chance, package trades, and simple forecasts beside them.

    Writes a report, forecast.json, tables and every run to results/<scenario>/<run id>. The same command again shows
    the result that is there.
    """
    from sim.app.convert import TableFile
    from sim.app.forecast import ForecastRequest
    from sim.app.forecast import forecast as simulate

    source = TableFile(file, proposal, form, ends(scale), unit, loss)
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

    deliver(
        keeping, compute, "forecast.json", Wanted(report=report, again=again, as_json=as_json, quiet=quiet, yes=yes)
    )


def backtest(
    file: DecidedPath,
    *,
    folds: Folds = 10,
    stored: Stored = False,
    fit: Fit = None,
    store: Store = None,
    linking: Linking = True,
    draws: Draws = 1000,
    replications: options.Replications = 2,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    credit: Credit = "",
    page: options.TablesPage = None,
    out_dir: options.Out = None,
    report: options.Report = True,
    again: options.Again = False,
    as_json: options.FindingsJson = False,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast decisions whose outcomes are known, and score the forecasts beside simple ones.

    Each proposal becomes the scenario of `parley import` and is negotiated draws x replications times, its issues
    together. The few constants of the process are fitted out of fold. Writes a page, backtest.json, scores.csv and
    issues.csv to results/backtest-<table>/<run id>. The same command again shows the result that is there.
    """
    from sim.app.backtest import SHIPPED, BacktestRequest
    from sim.app.backtest import backtest as simulate

    _check_fit(fit, store, stored=stored)
    check_output(store, "--store", file, fit or file)
    check_output(page, "--page", file, fit or file)
    size = Size(draws, replications, seed, threads)
    request = BacktestRequest(file, size, folds, (fit or SHIPPED) if stored else None, linking)
    keeping = request.keeping(credit, out_dir, sys.argv)
    note(*request.imported.notes, quiet=quiet)

    def compute(folder: Path, progress: Progress) -> View:
        from sim.report.backtest.backtest_page import view, write_backtest

        progress.expect(request.work)
        result = simulate(request, progress=progress)
        note(*result.notes, quiet=quiet)
        write_backtest(result, folder, command_line(sys.argv), credit, report=report)
        return lambda _: view(result, keeping.folder / REPORT if report else None)

    deliver(
        keeping, compute, "backtest.json", Wanted(report=report, again=again, as_json=as_json, quiet=quiet, yes=yes)
    )
    for kept, place, kind in ((FIT, store, "Fit"), (TABLES, page, "Page")):
        if place is not None:
            write_page(place, (keeping.folder / kept).read_text(encoding="utf-8"), kind=kind, quiet=quiet)


def _check_fit(fit: Path | None, store: Path | None, *, stored: bool) -> None:
    """Refuse options that do not go together."""
    if fit is not None and not stored:
        raise InputError("--fit names a stored fit to apply: add --stored (or use --store to write one).")
    if stored and store is not None:
        raise InputError("--stored fits nothing, so there is nothing to --store: leave one out.")
