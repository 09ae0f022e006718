"""What is counted at every design point: endings, who stopped what, what texts are worth; per draw and format."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from sim.types import Outcome, Structure
from sim.types.arrays import Ints

EVENTS: tuple[str, ...] = (*(outcome.label for outcome in Outcome), "agreed", "core", "halt")
"""Counted of the runs of a draw and format: how they ended, then as in `Runs`."""


class PointCounts(NamedTuple):
    """Counts of a block of points. Letters: B points, D draws, F formats, E events, P parties."""

    runs: int
    """Replications behind each count."""
    events: Annotated[Ints, "B D F E"]
    stopped_by: Annotated[Ints, "B D F P"]  # runs after which nothing is in force, and in which the party decided that
    gain: Annotated[Ints, "B D F P"]  # sum over signed texts of value minus reservation value, millionths of a stake


def count_columns(structure: Structure) -> tuple[str, ...]:
    """Names of the counts, in order: events, `stopped_by_<party>`, `gain_<party>`; ids as in the file."""
    parties = [party.id for party in structure.parties]
    return (*EVENTS, *(f"stopped_by_{party}" for party in parties), *(f"gain_{party}" for party in parties))
