"""`parley sweep`: play a design of many scenarios that differ in a few things, and look after the folder it is kept in."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer
from typer.core import TyperGroup

from sim.app.errors import InputError, did_you_mean
from sim.cli import options
from sim.cli.console import EXIT_MACHINE, command_line, note, out, speaking
from sim.cli.delivery import REPORT, check_output, write_page

if TYPE_CHECKING:
    from sim.sweep.design import Design
    from sim.sweep.sweep_folder import SweepFolder
    from sim.sweep.sweep_result import SweepResult

SWEEPS = Path("results") / "sweeps"


class DesignFirst(TyperGroup):
    """A group whose first word, where it is no verb, is the design file of `run`; `./status` is a file."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `run` before everything but a verb and a call for help."""
        verb = not args or args[0] in (*self.commands, *ctx.help_option_names)
        return super().parse_args(ctx, args if verb else ["run", *args])


_EPILOG = options.examples(
    "sweep design.yaml --dry-run   [dim]# what would be played, and for about how long[/dim]",
    "sweep design.yaml",
    "sweep status results/sweeps/design",
    "sweep cell results/sweeps/design 17   [dim]# design point 17 as a command of its own[/dim]",
)
sweep = typer.Typer(
    cls=DesignFirst,
    no_args_is_help=True,
    rich_markup_mode="rich",
    epilog=_EPILOG,
    help=(
        "Play a design: many scenarios that differ in a few factors, each in every format; and look after its folder.\n\n"
        "[cyan]parley sweep DESIGN[/cyan] is short for [cyan]parley sweep run DESIGN[/cyan], whose options "
        "[cyan]parley sweep run --help[/cyan] lists. What is played is kept part by part: the same command goes on "
        "where it stopped, and so does [cyan]parley sweep resume DIR[/cyan]."
    ),
)

DesignFile = Annotated[Path, typer.Argument(metavar="DESIGN", help="The design file (YAML).", show_default=False)]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the sweep.", show_default=False)]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Keep the sweep in this folder.", show_default="results/sweeps/<design>"
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, metavar="N", help="Processes (or threads) of this machine.", show_default="all cores"
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Let the workers of this Dask scheduler play, such as [cyan]tcp://host:8786[/cyan], or the file that it "
        "wrote.",
        show_default=False,
    ),
]
Threads = Annotated[
    int | None,
    typer.Option("--threads", min=1, metavar="N", help="Threads of this one process, and no other.", show_default=False),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, say what would be played, play nothing.")]
Shard = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="K/N",
        help="Play the K-th of N shares: [cyan]--shard 1/2[/cyan] here, [cyan]2/2[/cyan] elsewhere, then "
        "[cyan]parley sweep merge[/cyan].",
        show_default=False,
    ),
]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Write the page with its figures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what there is as JSON, and nothing else.")]
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
    """The K-th of N shares in `K/N`.

    Raises:
        InputError: it is no such share.
    """
    if text is None:
        return None
    first, stroke, of = text.partition("/")
    if not (stroke and first.isdecimal() and of.isdecimal() and 1 <= int(first) <= int(of)):
        raise InputError(f'--shard "{text}" is no share: write 1/2 on one machine and 2/2 on the other.')
    return int(first), int(of)


def _read(file: Path, sets: list[str] | None = None) -> Design:
    """The design of a file, with further constants; a misspelt verb is taken for what it is."""
    from sim.sweep.read_design import read_design

    if not file.exists() and len(file.parts) == 1 and not file.suffix:
        verbs = [command.name or "" for command in sweep.registered_commands]
        raise InputError(f'There is no design file "{file}", and no such verb. {did_you_mean(str(file), verbs)}')
    return read_design(file, tuple(sets or ()))


def _play(design: Design, place: Path, players: Players, telling: Telling, **more: Any) -> None:
    """Play what is missing from a folder, write the page, and tell what came of it."""
    from sim.report.words.progress import Bar, Unit
    from sim.rules.library import cache_is_cold
    from sim.sweep.run_sweep import SweepStopped, run_sweep

    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=telling.quiet)
    unit = Unit("points", design.n_runs // design.n_points)
    try:
        with Bar(quiet=telling.quiet, unit=unit) as bar:
            result = run_sweep(design, place, **vars(players), **more, progress=bar)
    except SweepStopped as stop:
        note(f"Stopped. What is finished is kept in {place}: parley sweep resume {place}", quiet=telling.quiet)
        raise typer.Exit(stop.exit_code) from None
    _tell(result, telling)


def _tell(result: SweepResult, telling: Telling) -> None:
    """The answer first, then where the page is; exit code 1 where some of it failed."""
    from sim.report.sweep.sweep_page import summary
    from sim.report.words.language import language

    folder = result.folder
    page = _write_page(result, folder.place / REPORT, telling) if telling.report else None
    status = folder.status()
    if telling.as_json:
        _print_json(folder, page)
    else:
        console = out()
        with language(telling.lang):
            for part in summary(result):
                console.print(part, soft_wrap=isinstance(part, str))
        console.print(f"{'Page' if page else 'Kept in'}: {page or folder.place}", soft_wrap=True, markup=False)
    if status.failures:
        note(
            f"{status.failures} of {status.parts} parts failed, the others are kept. Why: parley sweep status "
            f"{folder.place}. To try them again: parley sweep resume {folder.place}"
        )
        raise typer.Exit(EXIT_MACHINE)


def _write_page(result: SweepResult, page: Path, telling: Telling) -> Path:
    from sim.app.workplace import write_whole
    from sim.report.sweep.sweep_page import render
    from sim.report.words.language import language

    with language(telling.lang):
        write_whole(page, render(result, command_line(sys.argv)))
    return page


def _print_json(folder: SweepFolder, page: Path | None = None) -> None:
    content = {"folder": str(folder.place), **asdict(folder.status()), "page": str(page) if page else None}
    sys.stdout.write(json.dumps(content, indent=2) + "\n")


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
    """Play every point of a design in every format, keep the counts, and say where which format leads.

    Every level of every factor is checked before the first run. The same command again plays what is missing, and
    nothing if all is there. Exit code 1: some points failed, the others are kept.
    """
    from sim.sweep.expectations import expect

    players = Players(workers=workers, scheduler=scheduler, threads=threads)
    share = shard_of(shard)
    checked = _read(design, sets)
    place = out_dir or SWEEPS / design.stem
    expected = expect(checked)
    if dry_run:
        _tell_plan(checked, expected, as_json=as_json)
        return
    expected.confirm(yes=yes)
    _play(checked, place, players, Telling(report=report, as_json=as_json, quiet=quiet, lang=lang), shard=share)


RUN_EPILOG = options.examples(
    "sweep design.yaml",
    "sweep design.yaml --dry-run",
    "sweep design.yaml --set horizon_months=36 --out results/sweeps/longer",
    "sweep design.yaml --workers 4",
    "sweep design.yaml --scheduler tcp://host:8786",
    "sweep design.yaml --shard 1/2 --out half-1   [dim]# and 2/2 on another machine, then merge[/dim]",
    "sweep design.yaml --no-report --json | jq .points",
)


def _tell_plan(design: Design, expected: Expectation, *, as_json: bool) -> None:
    """What would be played, and the factors with their levels."""
    from sim.report.sweep.plan_words import factor_levels, plan_sentence

    if as_json:
        sys.stdout.write(json.dumps(asdict(expected), indent=2) + "\n")
        return
    out().print(plan_sentence(design, expected), markup=False)
    out().print(factor_levels(design).rich())


def status(folder: Folder, *, as_json: AsJson = False) -> None:
    """How far a sweep is, and what failed; at once, whatever its size."""
    from sim.sweep.sweep_folder import SweepFolder

    opened = SweepFolder.open(folder)
    if as_json:
        _print_json(opened)
        return
    found, console = opened.status(), out()
    console.print(f"{found.design}: {_progress(found)}", markup=False, soft_wrap=True)
    for failure in opened.failures.rows():
        where = f"points from {failure.first_point} ({failure.n_points}), {failure.formats}"
        console.print(f"Failed: {where}: {failure.message} ({failure.stage}, {failure.tries} tries)", markup=False)
    if not found.whole:
        console.print(f"To play what is missing: parley sweep resume {folder}", markup=False, soft_wrap=True)


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
    """Play what is missing from the folder of a sweep, or failed there; the design file is not needed."""
    from sim.sweep.sweep_folder import SweepFolder

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
    """Take a changed design (or scenario, or program) into a folder, and play only what is new.

    More points, levels, formats, draws or replications keep what is there.
    """
    from sim.sweep.expectations import expect
    from sim.sweep.sweep_folder import SweepFolder

    players = Players(workers=workers, scheduler=scheduler, threads=threads)
    opened = SweepFolder.open(folder)
    checked = _read(design, sets)
    expect(checked).confirm(yes=yes)
    opened.extend(checked).close()
    _play(checked, folder, players, Telling(report=report, as_json=as_json, quiet=quiet, lang=lang))


def merge(folders: Folders, *, out_dir: MergedOut, report: Report = True, quiet: options.Quiet = False) -> None:
    """Put the shares of a sweep that were played apart into one folder."""
    from sim.sweep.sweep_folder import SweepFolder
    from sim.sweep.sweep_result import SweepResult

    merged = SweepFolder.merge(folders, out_dir)
    merged.close()
    if merged.status().whole:
        _tell(SweepResult(merged), Telling(report=report, quiet=quiet))
    else:
        out().print(f"{_progress(merged.status())} To play what is missing: parley sweep resume {out_dir}", markup=False)


def verify(folder: Folder, *, quiet: options.Quiet = False) -> None:
    """Read every part, say whether it is whole and what the plan asks for, and print the digest of the sweep.

    The digest is the same on any number of workers and machines. Exit code 1: a part is damaged.
    """
    from sim.sweep.sweep_folder import SweepFolder

    opened = SweepFolder.open(folder)
    wrong = opened.verify()
    note(*wrong)
    if wrong:
        note(f"To play them again: parley sweep resume {folder}")
        raise typer.Exit(EXIT_MACHINE)
    out().print(opened.digest(), markup=False)


def report(folder: Folder, *, page: Page = None, lang: options.Lang = "en", quiet: options.Quiet = False) -> None:
    """Write the page of a sweep anew, as far as it is played: in another language, or after a part was added."""
    from sim.sweep.sweep_result import SweepResult

    check_output(page, "--page")
    result = SweepResult.open(folder)
    written = _write_page(result, page or folder / REPORT, Telling(lang=lang))
    note(f"Page: {written}", quiet=quiet)


def export(folder: Folder, *, form: Form = "csv", target: Target = None, quiet: options.Quiet = False) -> None:
    """Write the points with their measures for other programs."""
    from sim.sweep.exports import FORMS


def cell(folder: Folder, point: Point) -> None:
    """Print a design point as the line of `parley compare` that plays it, with the same counts."""
    from sim.sweep.compare_line import compare_command
    from sim.sweep.sweep_folder import SweepFolder

    design = SweepFolder.open(folder).design
    if point >= design.n_points:
        raise InputError(f"There is no point {point}: the sweep has {design.n_points:,}, from 0.")
    sys.stdout.write(compare_command(design, point) + "\n")


def _progress(status: SweepStatus) -> str:
    """How far it is, in a sentence."""
    share = f" (share {status.shard[0]} of {status.shard[1]})" if status.shard else ""
    played = "all played" if status.whole else f"{status.parts_done:,} of {status.parts:,} parts played{share}"
    failed = f", {status.failures:,} failed" if status.failures else ""
    return f"{status.points:,} points, {status.runs_done:,} of {status.runs:,} runs, {played}{failed}."


for _verb, _examples in (
    (run, RUN_EPILOG),
    (status, options.examples("sweep status results/sweeps/design", "sweep status DIR --json | jq .parts_done")),
    (resume, options.examples("sweep resume results/sweeps/design", "sweep resume DIR --workers 2")),
    (extend, options.examples("sweep extend results/sweeps/design design.yaml")),
    (merge, options.examples("sweep merge half-1 half-2 --out whole")),
    (verify, options.examples("sweep verify results/sweeps/design")),
    (report, options.examples("sweep report results/sweeps/design --lang vi --page vi.html")),
    (export, options.examples("sweep export results/sweeps/design -o points.csv")),
    (cell, options.examples("sweep cell results/sweeps/design 17", "sweep cell DIR 17 | sh")),
):
    sweep.command(epilog=_examples)(speaking()(_verb))
