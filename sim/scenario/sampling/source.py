"""Where runs come from: an encoder, or what stands before one and changes its arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

from sim.scenario.schema.resolved import ResolvedScenario
from sim.types.replays import Replays
from sim.types.structure import Structure
from sim.types.tables import Tables


class Source(Protocol):
    """Seed, names, scenario and arrays: all that playing talks needs."""

    @property
    def seed(self) -> int:
        """Seed of chance inside the talks."""
        ...

    @property
    def structure(self) -> Structure:
        """Names and sizes."""
        ...

    @property
    def resolved(self) -> ResolvedScenario:
        """The scenario."""
        ...

    @property
    def replays(self) -> Replays | None:
        """What was played of scenarios near to this one; None where nothing is kept."""
        ...

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Read-only arrays of a block of draws; the row of a draw is the same in every block that holds it."""
        ...

    def blank(self) -> Tables:
        """Arrays of one draw that have the sizes, and all that is the same in every draw; the numbers may be 0."""
        ...


@dataclass(frozen=True)
class Wrapped(ABC):
    """Stands before a source: other arrays, the same seed, names and scenario."""

    source: Source

    @property
    def seed(self) -> int:
        """Seed of chance inside the talks."""
        return self.source.seed

    @property
    def structure(self) -> Structure:
        """Names and sizes."""
        return self.source.structure

    @property
    def resolved(self) -> ResolvedScenario:
        """The scenario."""
        return self.source.resolved

    @property
    def replays(self) -> Replays | None:
        """Nothing is kept of what is changed."""
        return None

    @abstractmethod
    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Arrays of a block of draws."""

    def blank(self) -> Tables:
        """As `Source.blank`: of what is changed before the engine sees it, nothing is known without looking."""
        return self.tables(0, 1)
