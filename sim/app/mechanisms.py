"""Each mechanism of the evidence switched off, or up and down, and what that does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.analysis.experiments.ablation import Mechanisms, ablate
from sim.app.questions.mechanism_file import read_mechanisms
from sim.types.playing import SILENCE, Progress, Size

CELL_SIZE = Size(250, 8)


@dataclass(frozen=True)
class MechanismsRequest:
    """What is asked."""

    file: Path
    only: tuple[str, ...] = ()
    """Ids of the mechanisms wanted; empty for all."""
    size: Size = CELL_SIZE
    """Of a cell."""


def mechanisms(request: MechanismsRequest, *, progress: Progress = SILENCE) -> Mechanisms:
    """Switch each mechanism off (or up and down): what carries it, and what it does to the outcome.

    Both sides of a switch share draws and chance, so that nothing but the switch differs.

    Raises:
        InputError: the file names what is not there.
        ScenarioError: a scenario is wrong.
    """
    return ablate(read_mechanisms(request.file, request.only), request.size, progress)
