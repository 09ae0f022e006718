"""`parley backtest`: forecasts of decisions with known outcomes, scored beside simple forecasts."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from sim.cli import options
from sim.cli.console import InputError, command_line, note, out, speaking
from sim.cli.progress import Bar
from sim.cli.store import folder_for, point_latest, versions, whole_folder

if TYPE_CHECKING:
    from sim.analysis.backtest.cross_validation import BackTest
    from sim.analysis.backtest.linking import Linked
    from sim.analysis.backtest.stored_fit import StoredFit
    from sim.report.backtest.backtest_page import Page
    from sim.types import Ensemble, PositionTable

SHIPPED = "deu3-development.yaml"
"""The stored fit that comes with the program, in `sim.interop.fits`."""
MIN_DRAWS = 50
EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley backtest decisions.csv                    [dim]# fitted and scored in ten folds[/dim]\n\n"
    "  parley backtest decisions.csv --folds 5 --store fit.yaml\n\n"
    "  parley backtest others.csv --stored              [dim]# nothing fitted: the fit that comes with the program"
    "[/dim]\n\n"
    "  parley backtest others.csv --stored --fit fit.yaml --json | jq '.all.scores.process.crps'"
)
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
Draws = Annotated[
    int, typer.Option("--draws", min=MIN_DRAWS, metavar="N", help="Draws of the constants of the process.")
]
Linking = Annotated[
    bool,
    typer.Option("--linking/--no-linking", help="Also negotiate every issue by itself: what packages are worth."),
]
Credit = Annotated[
    str, typer.Option("--credit", metavar="TEXT", help="Where the table comes from, for the page.", show_default=False)
]


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    file: Path
    folds: int
    stored: Path | None
    """The stored fit to apply; None to fit."""
    store: Path | None
    draws: int
    replications: int
    seed: int
    threads: int | None
    linking: bool
    credit: str
    page: Path | None
    out: Path | None
    quiet: bool


@dataclass(frozen=True)
class Given:
    """What was read before anything is run."""

    table: PositionTable
    stored: StoredFit | None
    fingerprint: str
    target: Path


@dataclass(frozen=True)
class Found:
    """A back-test with what stands beside it."""

    test: BackTest
    page: Page
    folder: Path
    content: dict[str, Any]


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
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast decisions whose outcomes are known, and score the forecasts beside simple ones.

    Each proposal becomes the scenario of `parley import` and is negotiated draws x replications times, its issues
    together. The few constants of the process are fitted out of fold. Writes a page, backtest.json, scores.csv and
    issues.csv to results/backtest-<table>/<run id>.
    """
    with speaking():
        if fit is not None and not stored:
            raise InputError("--fit names a stored fit to apply: add --stored (or use --store to write one).")
        if stored and store is not None:
            raise InputError("--stored fits nothing, so there is nothing to --store: leave one out.")
        path = (fit or _shipped()) if stored else None
        asked = Wanted(
            file,
            folds,
            path,
            store,
            draws,
            replications,
            seed,
            threads,
            linking,
            credit,
            page,
            out_dir,
            quiet,
        )
        found = run(asked, sys.argv)
        if as_json:
            sys.stdout.write(json.dumps(found.content, indent=2) + "\n")
            return
        _show(found)


def run(wanted: Wanted, argv: Sequence[str]) -> Found:
    """Simulate, fit, score and write everything.

    Raises:
        InputError: a table that cannot be scored.
        ScenarioError: a line of the table, or the stored fit, is wrong.
    """
    from sim.analysis.backtest.backtest_json import as_data, linking_data
    from sim.analysis.backtest.backtest_scores import evaluate, evaluate_parts
    from sim.interop.simulate import UnplayableError
    from sim.report.backtest.backtest_page import Page

    given = _read(wanted)
    try:
        test, ensemble, linked = _played(wanted, given)
    except UnplayableError as error:
        raise InputError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    whole, parts = evaluate(test), evaluate_parts(test)
    title = f"Back-test on {wanted.file.name}"
    page = Page(test, whole, parts, title, command_line(argv), given.fingerprint, wanted.credit, linked)
    found = Found(test, page, given.target, {**as_data(test, whole, parts), "linking": linking_data(linked)})
    if wanted.store is not None:
        _write_fit(wanted, test, ensemble)
    _write(wanted, found, argv)
    return found


def _read(wanted: Wanted) -> Given:
    """Everything that can be refused before a run is made."""
    from sim.analysis.backtest.stored_fit import fingerprint, read_stored
    from sim.interop.simulate import PROCESS

    for place, option in ((wanted.store, "--store"), (wanted.page, "--page")):
        if place is not None and place.is_dir():
            raise InputError(f"{place} is a folder; {option} names a file.")
    stored = None if wanted.stored is None else read_stored(wanted.stored)
    if stored is not None and stored.process != PROCESS:
        raise InputError(
            f"{wanted.stored} is a fit of the process {stored.process}; this version simulates {PROCESS}. Fit again: "
            "parley backtest on the table it was learnt from, with --store."
        )
    table = _table(wanted)
    digest = fingerprint(table.issues)
    return Given(table, stored, digest, folder_for(f"backtest-{wanted.file.stem}", _run_id(wanted, digest), wanted.out))


def _played(wanted: Wanted, given: Given) -> tuple[BackTest, Ensemble, tuple[Linked, ...]]:
    """Simulate, fit and forecast.

    Raises:
        InputError: there is nothing to fit or to score.
        ScenarioError: a proposal's scenario cannot be played.
        UnplayableError: a proposal gives no scenario.
    """
    from sim.interop.scenario_text import FAR_END
    from sim.interop.simulate import Size, n_talks, simulate
    from sim.rules.kernel import cache_is_cold

    table, size = given.table, Size(wanted.draws, wanted.replications, wanted.seed, wanted.threads)
    some = replace(size, draws=max(MIN_DRAWS, wanted.draws // 2))
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=wanted.quiet)
    tables, single = n_talks(table, apart=False), n_talks(table, apart=True)
    linked_too = wanted.linking and tables < single
    runs = tables * size.runs + linked_too * single * some.runs
    without = sum(issue.reference_point is None for issue in table.issues)
    if without:
        note(
            f"{without} of {len(table.issues)} issues have no reference point: {FAR_END} is assumed.",
            quiet=wanted.quiet,
        )

    def tell(words: str) -> None:
        note(words, quiet=wanted.quiet)

    with Bar(runs, quiet=wanted.quiet) as bar:
        bar.say("issues of a proposal together")
        ensemble = simulate(table, size, done=bar.add, tell=tell)
        bar.say("issues one by one")
        first = ensemble.first(some.draws)
        apart = simulate(table, some, apart=True, uniforms=first.uniforms, done=bar.add) if linked_too else None
        bar.say("fitting and scoring")
        test = _judge(wanted, given, ensemble)
        linked = () if apart is None else _linked(wanted, test, first, apart)
    return test, ensemble, linked


def _write(wanted: Wanted, found: Found, argv: Sequence[str]) -> None:
    """Every file of the result."""
    from sim.analysis.backtest.backtest_json import issue_rows, score_rows
    from sim.report.backtest.backtest_page import markdown, render

    page = found.page
    with whole_folder(found.folder) as folder:
        (folder / "report.html").write_text(render(page), encoding="utf-8")
        (folder / "backtest.json").write_text(json.dumps(found.content, indent=2) + "\n", encoding="utf-8")
        _write_rows(folder / "scores.csv", score_rows([page.whole, *page.parts]))
        _write_rows(folder / "issues.csv", issue_rows(found.test))
        manifest = {"manifest": 1, "seed": wanted.seed, "argv": list(argv), "versions": versions()}
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if wanted.out is None:
        point_latest(found.folder)
    if wanted.page is not None:
        wanted.page.parent.mkdir(parents=True, exist_ok=True)
        wanted.page.write_text(markdown(page), encoding="utf-8")
        note(f"Page: {wanted.page}", quiet=wanted.quiet)


def _shipped() -> Path:
    """The stored fit that comes with the program.

    Raises:
        InputError: this version has none.
    """
    path = Path(str(files("sim.interop") / "fits" / SHIPPED))
    if not path.is_file():
        raise InputError("No stored fit comes with this version: name one with --fit (--store writes it).")
    return path


def _table(wanted: Wanted) -> PositionTable:
    """The table, every issue with an outcome.

    Raises:
        InputError: outcomes are missing, or there are fewer proposals than folds.
    """
    from sim.interop import read_table

    imported = read_table(wanted.file)
    for line in imported.notes:
        note(line, quiet=wanted.quiet)
    table = imported.table
    without = [issue.id for issue in table.issues if issue.outcome is None]
    if without:
        some = ", ".join(without[:5]) + (", ..." if len(without) > 5 else "")
        raise InputError(
            f"A back-test needs the outcome of every issue (column `outcome` of the long form); {len(without)} of "
            f"{len(table.issues)} have none: {some}. `parley forecast` forecasts issues without one."
        )
    if wanted.stored is None and len(table.proposals) < wanted.folds:
        raise InputError(
            f"{wanted.folds} folds need as many proposals; the table has {len(table.proposals)}. Name fewer by "
            "--folds, or apply a fit with --stored."
        )
    return table


def _judge(wanted: Wanted, given: Given, ensemble: Ensemble) -> BackTest:
    """Forecast by what other folds teach, or by the stored fit; issues that no run decides are left out, and told."""
    from sim.analysis.backtest.cross_validation import backtest as in_folds
    from sim.analysis.backtest.stored_fit import apply_stored
    from sim.analysis.backtest.tilting import without_undecided
    from sim.interop.simulate import PROCESS

    kept, left_out = without_undecided(ensemble)
    if not kept.issues:
        raise InputError("No run decides any issue of the table, so there is nothing to score.")
    if left_out:
        note(f"No run decides {', '.join(left_out)}: left out for every forecast.", quiet=wanted.quiet)
    if given.stored is not None:
        try:
            return apply_stored(kept, given.stored, process=PROCESS, left_out=left_out)
        except ValueError as error:
            raise InputError(f"{wanted.stored}: {error}.") from None
    proposals = len({issue.proposal for issue in kept.issues})
    if proposals < wanted.folds:
        raise InputError(
            f"{wanted.folds} folds need as many proposals; runs decide {proposals}. Name fewer by --folds."
        )
    return in_folds(kept, n_folds=wanted.folds, left_out=left_out)


def _linked(wanted: Wanted, test: BackTest, together: Ensemble, apart: Ensemble) -> tuple[Linked, ...]:
    """The same draws with issues together and one by one, over the issues of the back-test that both decide."""
    from sim.analysis.backtest.linking import linking
    from sim.analysis.backtest.tilting import without_undecided

    keys = {(issue.proposal, issue.id) for issue in test.issues}
    for one in (together, apart):
        keys &= {(issue.proposal, issue.id) for issue in without_undecided(one)[0].issues}
    gone = [issue.id for issue in test.issues if (issue.proposal, issue.id) not in keys]
    if gone:
        words = f"Too few runs decide {', '.join(gone)}: left out of what linking is worth."
        note(words, quiet=wanted.quiet)
    return linking(together.of(keys), apart.of(keys), test)


def _write_fit(wanted: Wanted, test: BackTest, ensemble: Ensemble) -> None:
    from sim.analysis.backtest.stored_fit import store, stored_text
    from sim.interop.simulate import PROCESS

    assert wanted.store is not None
    wanted.store.parent.mkdir(parents=True, exist_ok=True)
    wanted.store.write_text(stored_text(store(test, ensemble, process=PROCESS, seed=wanted.seed)), encoding="utf-8")
    note(f"Fit: {wanted.store}", quiet=wanted.quiet)


def _run_id(wanted: Wanted, fingerprint: str) -> str:
    from sim.interop.simulate import PROCESS

    fit = "" if wanted.stored is None else wanted.stored.read_text(encoding="utf-8")
    parts = (PROCESS, fingerprint, fit, wanted.folds, wanted.draws, wanted.replications, wanted.seed)
    text = json.dumps([*map(str, parts), wanted.linking])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _show(found: Found) -> None:
    from sim.report.backtest.backtest_page import view

    for part in view(found.page):
        out().print(part)
    out().print(f"\nReport: [bold]{escape(str(found.folder / 'report.html'))}[/bold]", soft_wrap=True)
