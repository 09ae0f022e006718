"""Position-salience-capability tables: who wants what on numeric issues, how much, and with which weight."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TableForm = Literal["long", "ktab", "eu"]
"""How a table stands in a file (`sim.interop`)."""


class Stand(NamedTuple):
    """What one actor wants on one issue."""

    actor: str
    position: float
    salience: float
    """0 to the `full_salience` of the issue."""
    capability: float
    """0 or more; only proportions within an issue matter."""


@dataclass(frozen=True)
class SpatialIssue:
    """One numeric issue of a table; A actors in the order of the file."""

    proposal: str
    """Issues of one proposal are decided together."""
    id: str
    stands: tuple[Stand, ...]
    low: float = 0.0
    """Lower end of the scale; every position lies between the ends."""
    high: float = 100.0
    full_salience: float = 100.0
    """The salience of an actor that puts everything into the issue."""
    wave: str = ""
    procedure: str = ""
    voting_rule: str = ""
    reference_point: float | None = None
    """Where the issue stands if nothing is decided; None if the source does not say."""
    outcome: float | None = None

    @property
    def actors(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(stand.actor for stand in self.stands)

    @property
    def positions(self) -> Floats:
        """[A] in units of the issue."""
        return np.array([stand.position for stand in self.stands], dtype=np.float64)

    @property
    def saliences(self) -> Floats:
        """[A] as shares of full salience, 0 to 1."""
        return np.array([stand.salience for stand in self.stands], dtype=np.float64) / self.full_salience

    @property
    def capabilities(self) -> Floats:
        """[A] as in the table."""
        return np.array([stand.capability for stand in self.stands], dtype=np.float64)

    @property
    def weights(self) -> Floats:
        """[A] salience times capability as shares of their sum; equal where every product is 0."""
        product = self.saliences * self.capabilities
        total = float(product.sum())
        return product / total if total > 0 else np.full(len(self.stands), 1.0 / len(self.stands))

    def salience_of_100(self, stand: Stand) -> float:
        """The salience of one of the stands out of 100."""
        full = self.full_salience
        return stand.salience if full == 100.0 else round(stand.salience * 100.0 / full, 9)

    def share_of(self, stand: Stand) -> float:
        """The salience of one of the stands as a share of full salience, 0 to 1."""
        return stand.salience / self.full_salience

    @property
    def range(self) -> float:
        """Length of the scale."""
        return self.high - self.low

    def on_grid(self, value: float) -> float:
        """A point of the scale as 0 to 100."""
        return 100.0 * (value - self.low) / self.range


@dataclass(frozen=True)
class PositionTable:
    """A whole table: issues in the order of the file, those of one proposal side by side or not."""

    issues: tuple[SpatialIssue, ...]
    name: str = ""
    description: str = ""
    descriptions: tuple[tuple[str, str], ...] = ()
    """Actor and what the file says of it, for those of whom it says something."""

    @property
    def proposals(self) -> tuple[str, ...]:
        """Proposals in order of first mention."""
        return tuple(dict.fromkeys(issue.proposal for issue in self.issues))

    @property
    def actors(self) -> tuple[str, ...]:
        """Actors of all issues in order of first mention."""
        return tuple(dict.fromkeys(actor for issue in self.issues for actor in issue.actors))

    def of(self, proposal: str) -> PositionTable:
        """The issues of one proposal."""
        return replace(self, issues=tuple(issue for issue in self.issues if issue.proposal == proposal))
