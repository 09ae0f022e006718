"""`parley mechanisms`: switch each mechanism of the evidence on and off and say what it does."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options
from sim.cli.console import InputError, command_line, note, out, speaking
from sim.report.words.progress import Bar

if TYPE_CHECKING:
    from sim.analysis.experiments.mechanisms import Mechanisms

DEFAULT_FILES = "scenarios/*/mechanisms.yml"
EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley mechanisms\n\n"
    "  parley mechanisms --only M01,M05 --draws 100\n\n"
    "  parley mechanisms --page docs/mechanisms.md\n\n"
    "  parley mechanisms --json | jq '.entries[] | {id, moves}'"
)

File = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="The mechanism file (YAML).", show_default=f"the first {DEFAULT_FILES}"),
]
Only = Annotated[str | None, typer.Option("--only", metavar="A,B", help="Only these mechanisms.", show_default="all")]


@dataclass(frozen=True)
class Wanted:
    """What the user asked for."""

    file: Path
    only: tuple[str, ...]
    draws: int
    replications: int
    seed: int
    threads: int | None
    quiet: bool


def mechanisms(
    file: File = None,
    *,
    only: Only = None,
    draws: options.Draws = 250,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    threads: options.Threads = None,
    page: options.TablesPage = None,
    as_json: options.FindingsJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Switch each mechanism of the evidence off (or up and down): what carries it, and what it does to the outcome.

    Both sides of a switch share draws and chance, so that nothing but the switch differs.
    """
    with speaking():
        from sim.report.study.mechanisms_view import as_data, markdown, view

        names = tuple(name.strip() for name in (only or "").split(",") if name.strip())
        found = run(Wanted(file or default_file(), names, draws, replications, seed, threads, quiet))
        if page is not None:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(markdown(found, command_line(sys.argv)), encoding="utf-8")
            note(f"Page: {page}", quiet=quiet)
        if as_json:
            sys.stdout.write(json.dumps(as_data(found), indent=2) + "\n")
            return
        for part in view(found):
            out().print(part)


def default_file() -> Path:
    """The first mechanism file of a scenario folder here.

    Raises:
        InputError: there is none.
    """
    found = sorted(Path().glob(DEFAULT_FILES))
    if not found:
        raise InputError(f"There is no {DEFAULT_FILES} here: name a mechanism file.")
    return found[0]


def run(wanted: Wanted) -> Mechanisms:
    """Read the file and run every switch.

    Raises:
        InputError: the file names what is not there.
        ScenarioError: a scenario is wrong.
    """
    from sim.analysis.experiments.mechanisms import ablate, total_runs
    from sim.cli.mechanism_file import read_mechanisms
    from sim.rules.kernel import cache_is_cold
    from sim.types.playing import Size

    asked = read_mechanisms(wanted.file, wanted.only)
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=wanted.quiet)
    size = Size(wanted.draws, wanted.replications, wanted.seed, wanted.threads)
    with Bar(total_runs(asked, size), quiet=wanted.quiet) as bar:
        return ablate(asked, size, bar.add, bar.say)
