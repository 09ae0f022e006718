"""Position-salience-capability tables: who wants what on numeric issues, and what a simulated process made of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Floats

TableForm = Literal["long", "ktab", "eu"]
"""How a table stands in a file (`sim.interop`)."""


class Stand(NamedTuple):
    """What one actor wants on one issue."""

    actor: str
    position: float
    salience: float  # 0 to the `full_salience` of the issue
    capability: float  # 0 or more; only proportions within an issue matter


@dataclass(frozen=True)
class SpatialIssue:
    """One numeric issue of a table; A actors in the order of the file."""

    proposal: str  # issues of one proposal are decided together
    id: str
    stands: tuple[Stand, ...]
    low: float = 0.0  # lower end of the scale; every position lies between the ends
    high: float = 100.0
    full_salience: float = 100.0  # the salience of an actor that puts everything into the issue
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


N_POINTS = 101
"""Hundredths of a scale, both ends included."""


@dataclass(frozen=True)
class Constant:
    """A constant of the process that is not known: uniform between its ends before anything is learnt."""

    name: str
    meaning: str
    low: float
    """Lower end of its uniform prior, in its own unit."""
    high: float


@dataclass(frozen=True)
class Ensemble:
    """What the process gave for N issues under D draws of K constants; a draw has the same constants in every issue.

    Raises:
        ValueError: on making one, if the arrays do not fit each other.
    """

    issues: tuple[SpatialIssue, ...]
    counts: NDArray[np.int32]
    """[N, D, 101] runs of the draw whose decision stands at this hundredth of the scale; runs without one are in
    none."""
    runs: NDArray[np.int64] | int  # runs made per draw, [N] or one number for all
    constants: tuple[Constant, ...]
    uniforms: Floats
    """[D, K] where each constant of the draw stands in its prior, 0 to 1. Best spread evenly (a Latin hypercube): the
    mean of D independent draws is off by ``D^-1/2`` prior standard deviations, and a fit takes that for the process."""

    def __post_init__(self) -> None:
        n_draws, n_constants = self.uniforms.shape
        if self.counts.shape != (len(self.issues), n_draws, N_POINTS):
            raise ValueError(f"counts are [issues, draws, {N_POINTS}], not {self.counts.shape}")
        if n_constants != len(self.constants):
            raise ValueError(f"{n_constants} columns of draws for {len(self.constants)} constants")
        if np.shape(self.runs) not in {(), (len(self.issues),)}:
            raise ValueError("runs per draw: one number for each issue, or one for all")
        if self.counts.size and self.counts.min() < 0:
            raise ValueError("counts of runs are not negative")
        if self.uniforms.size and not (self.uniforms.min() >= 0.0 and self.uniforms.max() <= 1.0):
            raise ValueError("places in a prior lie between 0 and 1")
        if self.counts.size and (self.decided > self.runs_of_issues[:, None]).any():
            raise ValueError("more decisions than runs")

    @property
    def runs_of_issues(self) -> NDArray[np.int64]:
        """[N] runs made per draw."""
        return np.broadcast_to(np.asarray(self.runs, dtype=np.int64), (len(self.issues),))

    @property
    def decided(self) -> NDArray[np.int64]:
        """[N, D] runs with a decision."""
        return self.counts.sum(axis=2, dtype=np.int64)

    def first(self, n_draws: int) -> Ensemble:
        """The first draws alone."""
        return replace(self, counts=self.counts[:, :n_draws], uniforms=self.uniforms[:n_draws])

    def of(self, keys: Collection[tuple[str, str]]) -> Ensemble:
        """Some of the issues alone, named by proposal and id: two proposals may have an issue of the same id."""
        rows = [row for row, issue in enumerate(self.issues) if (issue.proposal, issue.id) in keys]
        runs = self.runs if np.ndim(self.runs) == 0 else np.asarray(self.runs)[rows]
        return replace(self, issues=tuple(self.issues[row] for row in rows), counts=self.counts[rows], runs=runs)
