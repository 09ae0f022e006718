"""What theory says of one talk format in one world."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar, Literal

from sim.analysis.theory.conflict import Conflict, conflict
from sim.analysis.theory.solved_format import MEANS_NOTE, STEPS, SolvedFormat, at_means, solve_format
from sim.app.errors import choose_one
from sim.app.scenarios import Scenario
from sim.scenario import Encoder
from sim.types import Structure
from sim.types.playing import SILENCE, Progress, Setting
from sim.types.records import Json, Names, to_data

WORK = STEPS
"""What a progress bar counts to."""


@dataclass(frozen=True)
class World:
    """The numbers for which a format is solved."""

    digest: str
    """SHA-256 of the resolved scenario, hexadecimal."""
    numbers: Literal["means", "draw"]
    draw: int | None
    seed: int | None
    settings: Mapping[str, Setting]
    """Overrides, sets, scenario and variant, as given."""
    sentence: str
    """The world in words."""


@dataclass(frozen=True, kw_only=True)
class Solution(SolvedFormat):
    """What theory says of one format, and of which world."""

    structure: Structure
    world: World
    conflict: Conflict
    """How much conflict this world holds, in this format."""
    schema: Literal["parley/solution/2"] = "parley/solution/2"

    COMPUTED: ClassVar = ("format_id", *SolvedFormat.COMPUTED)

    @property
    def format_id(self) -> str:
        """Id of the format or track."""
        return self.structure.formats[self.format_index].id

    def to_data(self) -> Json:
        """What `--json` prints; chances and gains to nine decimals."""
        return to_data(
            self, Names.of(self.structure, seat=[self.structure.parties[p].id for p in self.seats]), digits=9
        )


def solve(
    scenario: Scenario,
    format: str | None = None,
    *,
    draw: int | None = None,
    seed: int = 1,
    progress: Progress = SILENCE,
) -> Solution:
    """Zone of possible agreement, frontier, Nash and other solutions, stationary equilibrium of one format.

    The format may be left out where there is one. The uncertain numbers are at their means, or as a draw of a
    comparison has them.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: the format does not exist, or none is named where there are several.
    """
    resolved = scenario.resolved
    encoder = Encoder(at_means(resolved) if draw is None else resolved, seed=seed)
    known = [info.id for info in encoder.structure.formats]
    index = choose_one(format, known, what="talk format", option="--format")
    tables = encoder.tables(draw or 0, 1)

    def step(words: str) -> None:
        progress.say(words)
        progress.add(1)

    with silent_solver():
        found = conflict(tables, encoder.structure, [index])
        solved = solve_format(tables, 0, index, before_each=step)
    sentence = MEANS_NOTE if draw is None else f"The numbers of draw {draw} with seed {seed}, before any shock."
    world = World(
        digest=resolved.digest,
        numbers="means" if draw is None else "draw",
        draw=draw,
        seed=None if draw is None else seed,
        settings=scenario.as_settings(),
        sentence=sentence,
    )
    return Solution(**vars(solved), structure=encoder.structure, world=world, conflict=found)


@contextmanager
def silent_solver() -> Iterator[None]:
    """Keep what compiled code prints away from standard output: HiGHS now and then writes a line of its own.

    Nothing else may be printed meanwhile. What is still in the buffers of the C library is flushed into the void.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "w") as void:
        os.dup2(void.fileno(), 1)
    try:
        yield
    finally:
        if os.name == "posix":
            ctypes.CDLL(None).fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
