"""`parley backtest`: forecasts of decisions with known outcomes, scored beside simple forecasts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.app.errors import InputError
from sim.cli import options
from sim.cli.console import command_line, note, speaking
from sim.cli.delivery import REPORT, Delivery, deliver

if TYPE_CHECKING:
    from sim.app.backtest import BacktestRequest
    from sim.app.harness import Keeping
    from sim.cli.delivery import View
    from sim.types.playing import Progress

EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley backtest decisions.csv                    [dim]# fitted and scored in ten folds[/dim]\n\n"
    "  parley backtest decisions.csv --folds 5 --store fit.yaml\n\n"
    "  parley backtest others.csv --stored              [dim]# nothing fitted: the fit that comes with the program"
    "[/dim]\n\n"
    "  parley backtest others.csv --stored --fit fit.yaml --json | jq '.overall.scores.process.crps'"
)
FIT, TABLES = "fit.yaml", "tables.md"
"""In the folder of the result: the fit on all issues, and the tables as a page of Markdown."""
File = Annotated[
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
    bool,
    typer.Option("--linking/--no-linking", help="Also negotiate every issue by itself: what packages are worth."),
]
Credit = Annotated[
    str, typer.Option("--credit", metavar="TEXT", help="Where the table comes from, for the page.", show_default=False)
]


def backtest(
    file: File,
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
    quiet: options.Quiet = False,
) -> None:
    """Forecast decisions whose outcomes are known, and score the forecasts beside simple ones.

    Each proposal becomes the scenario of `parley import` and is negotiated draws x replications times, its issues
    together. The few constants of the process are fitted out of fold. Writes a page, backtest.json, scores.csv and
    issues.csv to results/backtest-<table>/<run id>. The same command again shows the result that is there.
    """
    with speaking():
        from sim.app.backtest import SHIPPED, BacktestRequest
        from sim.types.playing import Size

        _check(fit, store, page, stored=stored)
        applied = (fit or SHIPPED) if stored else None
        size = Size(draws, replications, seed, threads)
        request = BacktestRequest(file, size, folds, applied, linking)
        keeping = _keeping(request, credit, out_dir)
        for words in request.imported.notes:
            note(words, quiet=quiet)

        def compute(folder: Path, progress: Progress) -> View:
            from sim.app.backtest import backtest as simulate
            from sim.report.backtest.backtest_page import view, write_backtest

            result = simulate(request, progress=progress)
            for words in result.notes:
                note(words, quiet=quiet)
            write_backtest(result, folder, command_line(sys.argv), credit, report=report)
            return lambda _: view(result, keeping.folder / REPORT if report else None)

        delivery = Delivery("backtest.json", report, again, as_json, quiet)
        deliver(keeping, delivery, compute, work=request.work, threads=threads)
        for kept, place, what in ((FIT, store, "Fit"), (TABLES, page, "Page")):
            if place is not None:
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(keeping.folder / kept, place)
                note(f"{what}: {place}", quiet=quiet)


def _check(fit: Path | None, store: Path | None, page: Path | None, *, stored: bool) -> None:
    """Refuse options that do not go together."""
    if fit is not None and not stored:
        raise InputError("--fit names a stored fit to apply: add --stored (or use --store to write one).")
    if stored and store is not None:
        raise InputError("--stored fits nothing, so there is nothing to --store: leave one out.")
    for place, option in ((store, "--store"), (page, "--page")):
        if place is not None and place.is_dir():
            raise InputError(f"{place} is a folder; {option} names a file.")


def _keeping(request: BacktestRequest, credit: str, out_dir: Path | None) -> Keeping:
    """Where the back-test is kept, under a name that follows from what decides it."""
    from sim.analysis.backtest.stored_fit import fingerprint
    from sim.app.harness import Keeping, file_digests
    from sim.interop.simulate import PROCESS

    table, fit = fingerprint(request.table.issues), request.stored if request.applied else None
    files = file_digests(request.file, *([fit] if fit else []))
    key = {
        "process": PROCESS,
        "table": table,
        "fit": files[fit.name] if fit else None,
        "folds": request.folds,
        "draws": request.size.draws,
        "replications": request.size.replications,
        "seed": request.size.seed,
        "linking": request.linking,
        "credit": credit,
    }
    return Keeping(f"backtest-{request.file.stem}", key, out_dir, files=files, argv=sys.argv)
