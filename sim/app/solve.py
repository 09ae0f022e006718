"""What theory says of one talk format in one world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.analysis.theory.mean_scenario import MEANS_NOTE, at_means
from sim.analysis.theory.solved_format import STEPS, SolvedFormat, solve_format
from sim.app.errors import choose_one
from sim.app.scenarios import Scenario
from sim.app.silence import silent_solver
from sim.scenario import Encoder
from sim.types import Structure
from sim.types.playing import SILENCE, Progress

WORK = STEPS
"""What a progress bar counts to."""


@dataclass(frozen=True)
class SolveRequest:
    """One format in one world: the uncertain numbers at their means, or as a draw of a comparison has them."""

    scenario: Scenario
    format: str | None = None
    """May be left out where there is one."""
    draw: int | None = None
    seed: int = 1


@dataclass(frozen=True)
class Solution:
    """What theory says, and of which world."""

    solved: SolvedFormat
    structure: Structure
    world: dict[str, Any]
    """Digest, kind of numbers, draw, seed, settings."""
    sentence: str
    """The world in words."""


def solve(request: SolveRequest, *, progress: Progress = SILENCE) -> Solution:
    """Zone of possible agreement, frontier, Nash and other solutions, stationary equilibrium of one format.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: the format does not exist, or none is named where there are several.
    """
    draw, seed, resolved = request.draw, request.seed, request.scenario.resolved
    encoder = Encoder(at_means(resolved) if draw is None else resolved, seed=seed)
    known = [info.id for info in encoder.structure.formats]
    index = choose_one(request.format, known, what="talk format", option="--format")
    tables = encoder.tables(draw or 0, 1)

    def step(words: str) -> None:
        progress.say(words)
        progress.add(1)

    with silent_solver():
        solved = solve_format(tables, 0, index, before_each=step)
    world = {
        "digest": resolved.digest,
        "numbers": "means" if draw is None else "draw",
        "draw": draw,
        "seed": None if draw is None else seed,
        "settings": request.scenario.as_settings(),
    }
    sentence = MEANS_NOTE if draw is None else f"The numbers of draw {draw} with seed {seed}, before any shock."
    return Solution(solved, encoder.structure, world, sentence)
