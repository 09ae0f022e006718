"""`parley sweep`: play a design of many scenarios that differ in a few things, and look after its folder."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import RenderableType
from typer.core import TyperGroup

from sim.app.errors import InputError, did_you_mean
from sim.cli import options
from sim.cli.console import EXIT_MACHINE, command_line, note, out, speaking
from sim.cli.delivery import REPORT, check_output

if TYPE_CHECKING:
    from sim.sweep.design import Design
    from sim.sweep.folders.sweep_status import SweepStatus
    from sim.sweep.sweep_estimate import SweepEstimate
    from sim.sweep.sweep_result import SweepResult

SWEEPS = Path("results") / "sweeps"


class DesignFirst(TyperGroup):
    """A group whose first word, where it is no verb, is the design file of `run`; `./status` is a file."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:
        """Put `run` before everything but a verb and a call for help; a misspelt verb is told as that."""
        first = args[0] if args else ""
        if not first or first in (*self.commands, *ctx.help_option_names):
            return super().parse_args(ctx, args)
        if not first.startswith("-") and Path(first).name == first and not (Path(first).suffix or Path(first).exists()):
            ctx.fail(f'There is neither a verb nor a design file "{first}". {did_you_mean(first, self.commands)}')
        return super().parse_args(ctx, ["run", *args])


_EPILOG = options.examples(
    "sweep design.yaml --dry-run   [dim]# what would be played, and for about how long[/dim]",
    "sweep design.yaml",
    "sweep status results/sweeps/design",
    "sweep point results/sweeps/design 17   [dim]# design point 17 as a command of its own[/dim]",
)
sweep = typer.Typer(
    cls=DesignFirst,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=_EPILOG,
    help=(
        "Play a design: many scenarios that differ in a few factors, each in every format.\n\n"
        "[cyan]parley sweep DESIGN[/cyan] is short for [cyan]parley sweep run DESIGN[/cyan], whose options "
        "[cyan]parley sweep run --help[/cyan] lists. What is played is kept part by part: the same command goes on "
        "where it stopped, and so does [cyan]parley sweep resume DIR[/cyan]."
    ),
)

DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN", help="The design file (YAML).", show_default=False)]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the sweep.", show_default=False)]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Keep the sweep in this folder.", show_default="results/sweeps/<design>"),
]
_players = partial(typer.Option, rich_help_panel="Who plays", show_default=False)
Workers = Annotated[
    int | None,
    _players(
        "--workers",
        min=1,
        metavar="N",
        help="Processes of this machine; threads where there is little to do, or without [cyan]parley\\[sweep][/cyan].",
        show_default="all cores",
    ),
]
Scheduler = Annotated[
    str | None,
    _players(
        "--scheduler",
        metavar="ADDRESS",
        help="The workers of this Dask scheduler, such as [cyan]tcp://host:8786[/cyan], or of the one that wrote this "
        "file.",
    ),
]
Threads = Annotated[
    int | None, _players("--threads", min=1, metavar="N", help="Threads of this one process, and nobody else.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, say what would be played, play nothing.")]
Shard = Annotated[
    str | None,
    _players(
        "--shard",
        metavar="K/N",
        help="The K-th of N shards: [cyan]--shard 1/2[/cyan] here, [cyan]2/2[/cyan] elsewhere, then "
        "[cyan]parley sweep merge[/cyan].",
    ),
]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Write the page with its figures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what there is as JSON, and nothing else.")]
Folders = Annotated[list[Path], typer.Argument(metavar="DIR...", help="The folders of the shards.", show_default=False)]
MergedOut = Annotated[
    Path, typer.Option("--out", metavar="DIR", help="The folder to make; it must not be there.", show_default=False)
]
Point = Annotated[int, typer.Argument(metavar="POINT", min=0, help="Its number, from 0.", show_default=False)]
Form = Annotated[
    Literal["csv", "ema"],
    typer.Option("--to", help="A long table, a row a point and format; or the archive of the EMA workbench (2.x)."),
]
Target = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="The file; - to print CSV.", show_default="in DIR"),
]
MeasureNames = Annotated[
    str | None, typer.Option("--measures", metavar="A,B", help="Only these measures.", show_default="all")
]
Page = Annotated[
    Path | None, typer.Option("--page", metavar="FILE", help="Write the page here.", show_default="DIR/report.html")
]


@dataclass(frozen=True, kw_only=True)
class Players:
    """Who plays: processes or threads of this machine, or the workers of a scheduler."""

    workers: int | None = None
    scheduler: str | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        """Refuse two answers to one question: an InputError."""
        named = [f"--{name}" for name, value in vars(self).items() if value is not None]
        if len(named) > 1:
            raise InputError(f"{' and '.join(named)} exclude each other: leave all but one out.")


@dataclass(frozen=True, kw_only=True)
class Telling:
    """How a user wants the answer."""

    report: bool = True
    as_json: bool = False
    quiet: bool = False
    lang: str = "en"


def shard_of(text: str | None) -> tuple[int, int] | None:
    """The K-th of N shards in `K/N`.

    Raises:
        InputError: it is no such shard.
    """
    if text is None:
        return None
    first, _, of = text.partition("/")
    if not (first.isdecimal() and of.isdecimal() and 1 <= int(first) <= int(of)):
        raise InputError(f'--shard "{text}" is no shard: write 1/2 on one machine and 2/2 on the other.')
    return int(first), int(of)


def run(
    design: DesignFile,
    *,
    out_dir: Out = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    threads: Threads = None,
    shard: Shard = None,
    sets: options.Sets = None,
    dry_run: DryRun = False,
    yes: options.Yes = False,
    report: Report = True,
    lang: options.Lang = "en",
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Play every point of a design in every format, keep the counts, and say which format leads where.

    Every level of every factor is checked before the first run. The same command again plays what is missing, and
    nothing if all is there. Exit code 1: some points failed; the others are kept.
    """
    players = Players(workers=workers, scheduler=scheduler, threads=threads)
    part = shard_of(shard)
    checked = _read(design, sets)
    place = out_dir or SWEEPS / design.stem
    telling = Telling(report=report, as_json=as_json, quiet=quiet, lang=lang)
    if dry_run:
        _tell_plan(checked, _estimate(checked, place, part), telling)
        return
    _confirm(checked, place, yes=yes)
    _play(checked, place, players, telling, shard=part)


def resume(
    folder: Folder,
    *,
    workers: Workers = None,
    scheduler: Scheduler = None,
    threads: Threads = None,
    report: Report = True,
    lang: options.Lang = "en",
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Play what is missing from the folder of a sweep, or failed there. The design file is not needed."""
    from sim.sweep.folders.sweep_folder import SweepFolder

    players = Players(workers=workers, scheduler=scheduler, threads=threads)
    opened = SweepFolder.open(folder)
    telling = Telling(report=report, as_json=as_json, quiet=quiet, lang=lang)
    _play(opened.design, folder, players, telling, shard=opened.status().shard)


def extend(
    folder: Folder,
    design: DesignFile,
    *,
    workers: Workers = None,
    scheduler: Scheduler = None,
    threads: Threads = None,
    sets: options.Sets = None,
    yes: options.Yes = False,
    report: Report = True,
    lang: options.Lang = "en",
    as_json: AsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Take a changed design (or scenario, or program) into the folder of a sweep, and play only what is new.

    More points, levels, formats, draws or replications leave what is there as it is.
    """
    from sim.sweep.folders.sweep_folder import SweepFolder

    players = Players(workers=workers, scheduler=scheduler, threads=threads)
    opened = SweepFolder.open(folder)
    checked = _read(design, sets)
    _confirm(checked, None, yes=yes)
    opened.extend(checked).close()
    _play(checked, folder, players, Telling(report=report, as_json=as_json, quiet=quiet, lang=lang))


def status(folder: Folder, *, as_json: AsJson = False) -> None:
    """Say how far a sweep is and what failed: at once, whatever its size."""
    from sim.sweep.folders.failures import Failures
    from sim.sweep.folders.sweep_status import sweep_status

    found = sweep_status(folder)
    if as_json:
        _print_json(folder, found)
        return
    _say(f"{found.design}: {_progress(found)}")
    for failure in Failures(folder).rows():
        _say(
            f"Failed: {failure.points} points from {failure.first_point} in {failure.formats}, at stage "
            f"{failure.stage}, tries: {failure.tries}: {failure.message}"
        )
    if not found.whole:
        _say(f"To play what is missing: parley sweep resume {folder}")


def merge(folders: Folders, *, out_dir: MergedOut, report: Report = True, quiet: options.Quiet = False) -> None:
    """Put the shards of a sweep that were played apart into one folder."""
    from sim.sweep.folders.sweep_folder import SweepFolder
    from sim.sweep.sweep_result import SweepResult

    merged = SweepFolder.merge(folders, out_dir)
    merged.close()
    if merged.status().whole:
        _tell(SweepResult(merged), Telling(report=report, quiet=quiet))
    else:
        _say(f"{_progress(merged.status())} To play what is missing: parley sweep resume {out_dir}")


def verify(folder: Folder) -> None:
    """Read every part, say whether each is what the plan asks for, and print the digest of the sweep.

    The digest is the same whoever plays, and another once extended. Exit code 1: it is not whole, or was edited.
    """
    from sim.sweep.folders.sweep_folder import SweepFolder

    opened = SweepFolder.open(folder)
    if wrong := opened.verify():
        note(*wrong, f"Delete the parts that are damaged. To play what is missing: parley sweep resume {folder}")
        raise typer.Exit(EXIT_MACHINE)
    digest = "The digest is of the whole sweep." if opened.record["shard"] else f"Digest: {opened.digest()}"
    _say(f"All {opened.status().parts:,} parts are good. {digest}")


def report(folder: Folder, *, page: Page = None, lang: options.Lang = "en", quiet: options.Quiet = False) -> None:
    """Write the page of a sweep anew, as far as it is played: elsewhere, or in another language."""
    from sim.sweep.sweep_result import SweepResult

    check_output(page, "--page")
    result, telling = SweepResult.open(folder), Telling(lang=lang, quiet=quiet)
    if (found := result.folder.status()).empty:
        raise InputError(_progress(found))
    _check_language(result.design, telling)
    written = _write_page(result, page or folder / REPORT, telling)
    note(f"Page: {written}", quiet=quiet)


def export(
    folder: Folder,
    *,
    form: Form = "csv",
    target: Target = None,
    measures: MeasureNames = None,
    quiet: options.Quiet = False,
) -> None:
    """Write points, factors and measures with their intervals for other programs."""
    from sim.sweep.folders.exports import PRINTED, export_csv, export_ema
    from sim.sweep.sweep_result import SweepResult

    check_output(target, "--output")
    result = SweepResult.open(folder)
    write, usual = {"csv": (export_csv, "points.csv"), "ema": (export_ema, "ema.tar.gz")}[form]
    write(result, target or folder / usual, options.names(measures) or None)
    note(f"{'Archive' if form == 'ema' else 'Table'}: {target or folder / usual}", quiet=quiet or target == PRINTED)


def point(folder: Folder, number: Point) -> None:
    """Print a design point as the line of `parley compare` that plays it, with the same counts."""
    from sim.sweep.designs.compare_line import compare_command
    from sim.sweep.folders.folder_files import SCENARIO
    from sim.sweep.folders.sweep_folder import SweepFolder

    design = SweepFolder.open(folder).design
    if number >= design.n_points:
        raise InputError(f"There is no point {number}: the sweep has {design.n_points:,}, from 0.")
    _say(compare_command(design, number, folder / SCENARIO))


def _read(file: Path, sets: list[str] | None) -> Design:
    """The design of a file, with further constants."""
    from sim.sweep.designs.read_design import read_design

    return read_design(file, tuple(sets or ()))


def _estimate(design: Design, place: Path | None, shard: tuple[int, int] | None = None) -> SweepEstimate:
    """What a design lacks in a folder, and about what that takes; a folder that is not there yet is not made."""
    from sim.sweep.folders.folder_layout import SWEEP
    from sim.sweep.folders.sweep_folder import SweepFolder
    from sim.sweep.sweep_estimate import estimate_sweep

    with TemporaryDirectory(prefix="parley-sweep-") as elsewhere:
        there = place if place and (place / SWEEP).exists() else Path(elsewhere) / "sweep"
        folder = SweepFolder.create(design, there, shard)
        try:
            return estimate_sweep(folder)
        finally:
            folder.close()


def _confirm(design: Design, place: Path | None, *, yes: bool) -> None:
    """A very large sweep needs a yes."""
    from sim.report.words.progress import MOST_RUNS

    if yes or design.n_runs <= MOST_RUNS:
        return
    found = _estimate(design, place)
    if found.runs > MOST_RUNS:
        raise InputError(
            f"These are {found.runs:,} runs, about {found.core_seconds / 3600:,.1f} hours of work of one processor and "
            f"{found.megabytes:,.0f} MB on disk. Take fewer points, draws or replications; or add --yes, if that is "
            "meant."
        )


def _tell_plan(design: Design, expected: SweepEstimate, telling: Telling) -> None:
    """What would be played, and the factors with their levels."""
    from sim.report.sweep.plan_view import plan_view
    from sim.report.words.language import language

    if telling.as_json:
        size = {"cells": len(design.cells), "points": design.n_points, "formats": list(design.formats)}
        sys.stdout.write(json.dumps({**size, **asdict(expected)}, indent=2) + "\n")
        return
    _check_language(design, telling)
    with language(telling.lang):
        _print(plan_view(design, expected))


def _play(
    design: Design, place: Path, players: Players, telling: Telling, *, shard: tuple[int, int] | None = None
) -> None:
    """Play what is missing from a folder, write the page, and tell what came of it."""
    from sim.report.words.progress import Bar, ProgressUnit
    from sim.rules.library import cache_is_cold
    from sim.sweep.run_sweep import SweepStopped, run_sweep

    _check_language(design, telling)
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=telling.quiet)
    unit = ProgressUnit("points", design.n_runs // design.n_points)
    try:
        with Bar(quiet=telling.quiet, unit=unit) as bar:
            result = run_sweep(design, place, **vars(players), shard=shard, progress=bar)
    except SweepStopped as stop:
        note(f"Stopped. What is finished is kept. To go on: parley sweep resume {place}")
        raise typer.Exit(stop.exit_code) from None
    _tell(result, telling)


def _tell(result: SweepResult, telling: Telling) -> None:
    """The answer first, then where the page is; exit code 1 where some of it failed."""
    from sim.report.sweep.sweep_page import summary
    from sim.report.words.language import language

    folder, status = result.folder, result.folder.status()
    page = _write_page(result, folder.place / REPORT, telling) if telling.report and status.runs_done else None
    if telling.as_json:
        _print_json(folder.place, status, page)
    elif not status.runs_done:
        _say(_progress(status))
    else:
        with language(telling.lang):
            _print(summary(result))
        _say(f"{'Page' if page else 'Kept in'}: {page or folder.place}")
    if status.failures:
        note(
            f"{status.failures} blocks of points failed, the others are kept. Why: parley sweep status {folder.place}. "
            f"To try them again: parley sweep resume {folder.place}"
        )
        raise typer.Exit(EXIT_MACHINE)


def _check_language(design: Design, telling: Telling) -> None:
    from sim.report.words.language import check_language

    note(*check_language(telling.lang, tuple(design.scenario.resolved.labels or ())), quiet=telling.quiet)


def _write_page(result: SweepResult, page: Path, telling: Telling) -> Path:
    from sim.app.workplace import write_whole
    from sim.report.sweep.sweep_page import render
    from sim.report.words.language import language

    with language(telling.lang):
        write_whole(page, render(result, command_line(sys.argv)))
    return page


def _print_json(place: Path, status: SweepStatus, page: Path | None = None) -> None:
    content = {"folder": str(place), **asdict(status), "page": str(page) if page else None}
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


def _print(parts: Iterable[RenderableType]) -> None:
    console = out()
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))


def _say(words: str) -> None:
    out().print(words, markup=False, soft_wrap=True)


def _progress(found: SweepStatus) -> str:
    """How far a sweep is, in a sentence."""
    if found.shard and found.empty:
        return (
            f"Nothing to play for shard {found.shard[0]} of {found.shard[1]}: the sweep is so small that it has fewer "
            "blocks than shards. The other shards have all of it."
        )
    share = f" (shard {found.shard[0]} of {found.shard[1]})" if found.shard else ""
    played = "all parts are there" if found.whole else f"{found.parts_done:,} of {found.parts:,} parts are there"
    failed = f", {found.failures:,} blocks of points failed" if found.failures else ""
    return f"{found.points:,} points, {found.runs_done:,} of {found.runs:,} runs{share}, {played}{failed}."


_RUN = (
    "sweep design.yaml",
    "sweep design.yaml --dry-run",
    "sweep design.yaml --set horizon_months=36 --out results/sweeps/longer",
    "sweep design.yaml --workers 4",
    "sweep design.yaml --scheduler tcp://host:8786",
    "sweep design.yaml --shard 1/2 --out half-1   [dim]# and 2/2 on another machine, then merge[/dim]",
    "sweep design.yaml --no-report --json | jq .runs_done",
)
_VERBS = (
    (run, _RUN),
    (status, ("sweep status results/sweeps/design", "sweep status DIR --json | jq .parts_done")),
    (resume, ("sweep resume results/sweeps/design", "sweep resume DIR --workers 2")),
    (extend, ("sweep extend results/sweeps/design design.yaml   [dim]# after an edit[/dim]",)),
    (merge, ("sweep merge half-1 half-2 --out whole",)),
    (verify, ("sweep verify results/sweeps/design",)),
    (report, ("sweep report results/sweeps/design", "sweep report DIR --lang vi --page vi.html")),
    (export, ("sweep export DIR -o points.csv --measures settlement,in_force", "sweep export DIR --to ema")),
    (
        point,
        ("sweep point results/sweeps/design 17", "sweep point DIR 17 | sh   [dim]# with its page[/dim]"),
    ),
)
for _verb, _examples in _VERBS:
    sweep.command(epilog=options.examples(*_examples))(speaking()(_verb))
