"""What a simulated process gave for many issues under many draws of its constants."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import Floats
from sim.types.positions import SpatialIssue

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
    runs: NDArray[np.int64] | int
    """Runs made per draw, [N] or one number for all."""
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
