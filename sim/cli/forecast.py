"""`parley forecast`: the distribution of every numeric issue, package trades, and simple forecasts beside it."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from sim.cli import import_table as tables
from sim.cli import options
from sim.cli.console import InputError, choose, command_line, note, out, speaking
from sim.cli.progress import Bar
from sim.cli.store import folder_for, point_latest, versions, whole_folder

if TYPE_CHECKING:
    from sim.analysis.forecast.issue_forecasts import Forecast, Played
    from sim.report.forecast.forecast_words import ForecastPage, Origin
    from sim.scenario import ResolvedScenario
    from sim.types.playing import Size

TABLE_ENDING = ".csv"
EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley forecast scenarios/examples/river-ktab.csv\n\n"
    "  parley forecast scenarios/examples/harbour-long.csv --proposal quay --unit metres\n\n"
    "  parley forecast my.yaml --format council --draws 1000 --set formats.council.calendar.months=12\n\n"
    "  parley forecast my.yaml --json | jq '.issues[] | {id, median, interval_80}'"
)
NO_NUMERIC_ISSUE = (
    "No issue on the agenda of {format} is numeric. A forecast needs an issue with a scale (issues.<id>.scale: {{unit, "
    "positions}}) and principals with salience and an ideal on it (parties.<id>.values.<issue>: {{ideal: number}}). A "
    "table of positions can be given as it is (CSV)."
)
NOTHING_DECIDED = (
    "No run of {format} brings a text that settles the core, so there is nothing to forecast. `parley compare` says "
    "who stops it; a weaker consent rule or more rounds (--set formats.{format}.calendar.months=N) may bring one."
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


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    file: Path
    table: tables.TableOptions
    format_id: str | None
    sets: tuple[str, ...]
    size: Size
    out: Path | None
    quiet: bool


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
    form: tables.FormOption = None,
    scale: tables.Scale = None,
    unit: tables.Unit = "",
    loss: tables.Loss = None,
    out_dir: options.Out = None,
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast numeric issues: distribution, each actor's chance, package trades, and simple forecasts beside them.

    Writes a report, forecast.json, tables and every run to results/<scenario>/<run id>.
    """
    with speaking():
        from sim.types.playing import Size

        said = tables.TableOptions(proposal, form, scale, unit, loss)
        size = Size(draws, replications, seed, threads)
        page, folder = run(Wanted(file, said, format_id, tuple(sets or ()), size, out_dir, quiet), sys.argv)
        if as_json:
            sys.stdout.write((folder / "forecast.json").read_text(encoding="utf-8"))
            return
        from sim.report.forecast.forecast_page import view

        for part in view(page):
            out().print(part, soft_wrap=isinstance(part, str))
        out().print(f"\nReport: [bold]{escape(str(folder / 'report.html'))}[/bold]", soft_wrap=True)


def run(wanted: Wanted, argv: list[str]) -> tuple[ForecastPage, Path]:
    """Simulate and write everything.

    Returns:
        What is on the page, and the folder.

    Raises:
        InputError: there is no such format, no numeric issue, or nothing is decided.
        ScenarioError: the file is wrong.
    """
    from sim.analysis.forecast.issue_forecasts import NothingDecidedError, total_runs
    from sim.analysis.forecast.issue_forecasts import forecast as simulate
    from sim.report.forecast.forecast_words import ForecastPage
    from sim.rules.kernel import cache_is_cold
    from sim.scenario import Encoder

    resolved, origin = load(wanted)
    for line in origin.notes:
        note(line, quiet=wanted.quiet)
    format_id = _format(resolved, wanted.format_id)
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=wanted.quiet)
    with Bar(total_runs(resolved, format_id, wanted.size), quiet=wanted.quiet) as bar:
        try:
            found, played = simulate(resolved, format_id, wanted.size, progress=bar)
        except NothingDecidedError:
            raise InputError(NOTHING_DECIDED.format(format=format_id)) from None
    encoder = Encoder(resolved, seed=wanted.size.seed)
    info = next(one for one in encoder.structure.formats if one.id == format_id)
    page = ForecastPage(found, info, encoder.numbers(), origin, command_line(argv))
    run_id = _run_id(found, page)
    target = folder_for(resolved.id, run_id, wanted.out)
    with whole_folder(target) as folder:
        _write(folder, page, played, resolved)
        manifest = {
            "manifest": 1,
            "run_id": run_id,
            "digest": found.digest,
            "format": format_id,
            "seed": wanted.size.seed,
            "versions": versions(),
            "argv": argv,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    if wanted.out is None:
        point_latest(target)
    return page, target


def load(wanted: Wanted) -> tuple[ResolvedScenario, Origin]:
    """The scenario, from its file or from a table that is imported in memory.

    Raises:
        ScenarioError: the file is wrong.
        InputError: an option of tables was given with a scenario file.
    """
    from sim.report.forecast.forecast_words import Origin
    from sim.scenario import load_raw, load_scenario
    from sim.scenario.source.errors import Report
    from sim.scenario.source.yaml_text import parse_text

    file, name = wanted.file, wanted.file.name
    if file.suffix.lower() != TABLE_ENDING:
        given = replace(wanted.table, form=None) != tables.TableOptions(None, None, None, "", None)
        if given or wanted.table.form is not None:
            raise InputError(
                "--proposal, --form, --scale, --unit and --loss are for tables (CSV); a scenario file says "
                "these things itself."
            )
        return load_scenario(file, sets=wanted.sets), Origin("scenario", name, sets=wanted.sets)
    text, notes = tables.written(file, wanted.table, tables.Target.SCENARIO)
    data = parse_text(text, Report(f"{file}, imported"))
    notes = (f"{name} is a table: it is imported as by `parley import`, without writing a scenario file.", *notes)
    return load_raw(data, name=f"{file}, imported", sets=wanted.sets), Origin("table", name, notes, wanted.sets)


def _format(resolved: ResolvedScenario, wanted: str | None) -> str:
    """The format to simulate.

    Raises:
        InputError: it does not exist, is a track, or has no numeric issue.
    """
    from sim.analysis.forecast.issue_forecasts import numeric_issues

    if wanted in resolved.tracks:
        raise InputError(f'"{wanted}" is a track; a forecast takes one format: {", ".join(resolved.formats)}.')
    known = list(resolved.formats)
    format_id = known[choose([wanted or known[0]], known, what="format")[0]]
    if not numeric_issues(resolved, format_id):
        raise InputError(NO_NUMERIC_ISSUE.format(format=format_id))
    return format_id


def _run_id(found: Forecast, page: ForecastPage) -> str:
    size = replace(found.size, threads=None)
    text = json.dumps([found.digest, found.format_id, *astuple(size), page.origin.file, page.origin.notes])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _write(folder: Path, page: ForecastPage, played: Played, resolved: ResolvedScenario) -> None:
    """Every file of the result but the manifest."""
    from sim.analysis.forecast.forecast_json import (
        POSITION_COLUMNS,
        TRADE_COLUMNS,
        forecast_json,
        position_rows,
        trade_rows,
        write_positions,
    )
    from sim.report.comparison.figures import save_all
    from sim.report.forecast.forecast_figure import issue_figures
    from sim.report.forecast.forecast_page import render
    from sim.scenario import Encoder

    found = page.found
    structure = Encoder(resolved, seed=found.size.seed).structure
    (folder / "report.html").write_text(render(page, structure), encoding="utf-8")
    content = {**forecast_json(found), "source": _source(page.origin)}
    (folder / "forecast.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _write_csv(folder / "positions.csv", POSITION_COLUMNS, position_rows(found))
    _write_csv(folder / "trades.csv", TRADE_COLUMNS, trade_rows(found))
    places = [_places(resolved, one.id) for one in found.issues]
    write_positions(found, played, places, folder / "runs.parquet")
    save_all(issue_figures(found.issues), folder / "figures")
    (folder / "scenario.resolved.yaml").write_text(resolved.to_yaml(), encoding="utf-8")


def _source(origin: Origin) -> dict[str, Any]:
    return {"kind": origin.kind, "file": origin.file, "notes": list(origin.notes), "set": list(origin.sets)}


def _places(resolved: ResolvedScenario, issue: str) -> list[float]:
    written = resolved.issues[issue]
    assert written.scale is not None
    return [written.scale.positions[option] for option in written.options]


def _write_csv(file: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
