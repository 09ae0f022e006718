"""`parley solve`: what theory says of one talk format in one world, beside what the talks of the model produce."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.cli.console import InputError, choose, silent_solver
from sim.cli.progress import Bar
from sim.cli.request import Changes

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.analysis.theory.solved_format import SolvedFormat
    from sim.types import Structure


@dataclass(frozen=True)
class Wanted:
    """What a user asked of `solve`."""

    changes: Changes
    format_id: str | None
    draw: int | None
    """None: the uncertain numbers at their means."""
    seed: int
    quiet: bool


def solve_json(wanted: Wanted) -> str:
    """The findings as JSON text."""
    from sim.analysis.theory.solved_json import solved_json

    solved, structure, world, _ = _solved(wanted)
    return json.dumps(solved_json(solved, structure, world=world), indent=2) + "\n"


def solve_view(wanted: Wanted) -> RenderableType:
    """The findings for people."""
    from sim.report.solution.solution_view import solution_view

    solved, structure, _, words = _solved(wanted)
    return solution_view(solved, structure, world=words)


def _solved(wanted: Wanted) -> tuple[SolvedFormat, Structure, dict[str, object], str]:
    """The findings, the names, and the world they hold in, as a record and in a sentence."""
    from sim.analysis.theory.solved_format import MEANS_NOTE, STEPS, at_means, solve_format
    from sim.scenario import Encoder

    draw, seed = wanted.draw, wanted.seed
    resolved = wanted.changes.load()
    encoder = Encoder(at_means(resolved) if draw is None else resolved, seed=seed)
    index = _position(wanted.format_id, [one.id for one in encoder.structure.formats])
    tables = encoder.tables(draw or 0, 1)
    with silent_solver(), Bar(STEPS, quiet=wanted.quiet) as bar:

        def step(words: str) -> None:
            bar.say(words)
            bar.add(1)

        solved = solve_format(tables, 0, index, before_each=step)
    world = {
        "digest": resolved.digest,
        "numbers": "means" if draw is None else "draw",
        "draw": draw,
        "seed": None if draw is None else seed,
        "settings": wanted.changes.as_settings(),
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
