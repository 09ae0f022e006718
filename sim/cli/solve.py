"""`parley solve`: what theory says of one talk format in one world, beside what the talks of the model produce."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli import options
from sim.cli.progress import Bar
from sim.cli.request import Changes
from sim.cli.speak import InputError, choose, out, silent_solver, speaking

if TYPE_CHECKING:
    from sim.analysis.solved_format import SolvedFormat
    from sim.types import Structure

EXAMPLES = (
    "[bold]Examples[/bold]\n\n"
    "  parley solve scenarios/minimal.yaml --format farmers\n\n"
    "  parley solve FILE --format F --draw 12 --seed 1   [dim]# the numbers of draw 12 of a comparison[/dim]\n\n"
    "  parley solve FILE --format F --json | jq .equilibrium.found.core"
)
SolvedName = Annotated[
    str | None, typer.Option("--format", metavar="F", help="The talk format to solve.", show_default=False)
]
Draw = Annotated[
    int | None,
    typer.Option(
        "--draw",
        min=0,
        metavar="N",
        help="Take the uncertain numbers of draw N of a comparison with this seed.",
        show_default="their means",
    ),
]
Mean = Annotated[
    bool, typer.Option("--mean", help="Take the uncertain numbers at their means; so it is without --draw.")
]
SolvedJson = Annotated[bool, typer.Option("--json", help="Print the findings as JSON, and nothing else.")]


def solve(
    file: options.File,
    *,
    format_id: SolvedName = None,
    draw: Draw = None,
    mean: Mean = False,
    seed: options.Seed = 1,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    as_json: SolvedJson = False,
    quiet: options.Quiet = False,
) -> None:
    """Solve one format: zone of possible agreement, frontier, Nash and other solutions, stationary equilibrium.

    Exactly where the deals can be listed (20,000), else by search with the gap stated.
    """
    with speaking():
        if mean and draw is not None:
            raise InputError("--mean and --draw exclude each other: leave one out.")
        changes = Changes(file, tuple(sets or ()), tuple(overrides or ()), scenario, variant)
        solved, structure, world, words = _solved(changes, format_id, draw=draw, seed=seed, quiet=quiet)
        if as_json:
            from sim.analysis.solved_json import solved_json

            sys.stdout.write(json.dumps(solved_json(solved, structure, world=world), indent=2) + "\n")
            return
        from sim.report.solution import solution_view

        out().print(solution_view(solved, structure, world=words))


def _solved(
    changes: Changes, format_id: str | None, *, draw: int | None, seed: int, quiet: bool
) -> tuple[SolvedFormat, Structure, dict[str, object], str]:
    """The findings, the names, and the world they hold in, as a record and in a sentence."""
    from sim.analysis.mean_scenario import MEANS_NOTE, at_means
    from sim.analysis.solved_format import STEPS, solve_format
    from sim.scenario import Encoder

    resolved = changes.load()
    encoder = Encoder(at_means(resolved) if draw is None else resolved, seed=seed)
    index = _position(format_id, [one.id for one in encoder.structure.formats])
    tables = encoder.tables(draw or 0, 1)
    with silent_solver(), Bar(STEPS, quiet=quiet) as bar:

        def step(words: str) -> None:
            bar.say(words)
            bar.add(1)

        solved = solve_format(tables, 0, index, before_each=step)
    world = {
        "digest": resolved.digest,
        "numbers": "means" if draw is None else "draw",
        "draw": draw,
        "seed": None if draw is None else seed,
        "settings": changes.as_settings(),
    }
    words = MEANS_NOTE if draw is None else f"The numbers of draw {draw} with seed {seed}, before any shock."
    return solved, encoder.structure, world, words


def _position(format_id: str | None, known: list[str]) -> int:
    """Where the format stands; the only one need not be named.

    Raises:
        InputError: the format does not exist, or none is named where there are several.
    """
    if format_id is None and len(known) > 1:
        raise InputError(f"Which talk format? Add --format with one of: {', '.join(known)}.")
    return choose([format_id or known[0]], known, what="format")[0]
