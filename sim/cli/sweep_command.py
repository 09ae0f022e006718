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
