"""A checked design: scenario, factors, the cells that its structure factors make, and the points of its samples.

A *design point* is one scenario: a cell (levels of the structure factors, which are loaded anew) and a row of levels of
the number factors, which are columns of the cell's draws. Every point is played in every format.

Shape letters: C cells, N points of the samples (the same in every cell), K number factors, F formats, D draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from sim.app.scenarios import Scenario
from sim.scenario.sampling.steering import Steering
from sim.types.arrays import Floats, Ints, Keys

SampleKind = Literal["grid", "lhs", "sobol", "oat", "morris", "list"]
OTHER_LUCK = 2**32
"""Luck of a dummy's points in a Sobol sample: that of their base row and as many times this as their column."""


@dataclass(frozen=True)
class NumberFactor:
    """A factor whose levels are numbers that change nothing but numbers of the scenario."""

    name: str
    """Its column: lower-case letters, digits and `_`, beginning with a letter."""
    path: str
    """As written: a dotted path, with `*` for every key, or the constant of a variant (`foresight`)."""
    variant: bool
    """Whether `path` is the constant of a variant, so that a level is `--variant foresight=0.5`."""
    steering: Steering
    """Without targets for a dummy, which moves nothing."""
    low: float
    high: float
    """Ends of what is swept: of the range, or the lowest and highest level."""
    levels: tuple[float, ...] = ()
    """Where only these are swept; empty for all between the ends."""

    @property
    def dummy(self) -> bool:
        """Whether it moves nothing."""
        return not self.steering.targets


@dataclass(frozen=True)
class StructureFactor:
    """A factor whose levels change more than numbers: each is loaded as a scenario of its own."""

    name: str
    kind: Literal["set", "override", "variant"]
    path: str
    """Of a `set`; else empty."""
    levels: tuple[Any, ...]
    """Values of a `set`, names of overrides or variants; None for none."""


@dataclass(frozen=True)
class DesignCell:
    """The levels of all structure factors, and the scenario that they make (constants of the design included)."""

    levels: tuple[Any, ...]
    scenario: Scenario


@dataclass(frozen=True)
class DesignPoints:
    """The rows of the samples, in order; arrays are read-only."""

    levels: Floats
    """[N, K] level of each number factor: a value, a multiple, a shift or a quantile, by its kind."""
    luck: Ints
    """[N] points of equal luck share draws and chance: 0 for all of a grid, the base row of a Sobol sample (A, B and
    all that mix them, but a dummy's columns, which have luck of their own), the row of a Latin hypercube, the
    trajectory of a Morris sample."""
    sample: Ints
    """[N] position of the sample in the design."""

    @property
    def group(self) -> Ints:
        """[N] points of one number are one unit: those of equal luck, and a dummy's points with their base row."""
        return self.luck % OTHER_LUCK


@dataclass(frozen=True)
class SampleRows:
    """What is known of one sample beyond its points, for its analysis."""

    kind: SampleKind
    first: int
    end: int
    """Its points are `first` to `end - 1`."""
    shape: tuple[int, ...] = ()
    """Of a grid the levels of every number factor in order (last fastest), but for dummies; of a Sobol sample (base
    rows, columns), rows in the order base row, then A, B, AB_1 .. AB_K, and with second order BA_1 .. BA_K; of a Morris
    sample (trajectories, K + 1), K without dummies; else empty."""


@dataclass(frozen=True)
class DesignRuns:
    """How much is played at each design point and format."""

    draws: int = 100
    """Of the numbers that are not swept, at least 2, as in `parley compare`."""
    replications: int = 2
    seed: int = 1


@dataclass(frozen=True)
class Design:
    """A design whose every level has been loaded and checked."""

    name: str
    scenario: Scenario
    """With the constants of the design."""
    formats: tuple[str, ...]
    """Ids, in the order of the tables."""
    structure: tuple[StructureFactor, ...]
    numbers: tuple[NumberFactor, ...]
    cells: tuple[DesignCell, ...]
    """[C] all combinations of structure levels, the last factor fastest; one with no levels where there are none."""
    points: DesignPoints
    samples: tuple[SampleRows, ...]
    runs: DesignRuns
    keep_runs: bool = False
    compare: tuple[str, ...] = ()
    """Ids of the two formats whose difference is asked about, first minus second; empty for the two that lead."""
    written: dict[str, Any] = field(default_factory=dict[str, Any], compare=False)
    """The design file as plain data, for the record."""

    @property
    def n_points(self) -> int:
        """P = C * N design points, cell after cell."""
        return len(self.cells) * len(self.points.luck)

    @property
    def n_runs(self) -> int:
        """Of everything."""
        return self.n_points * len(self.formats) * self.runs.draws * self.runs.replications

    @property
    def movers(self) -> list[int]:
        """Places of the number factors that are no dummies."""
        return [k for k, factor in enumerate(self.numbers) if not factor.dummy]

    def seeds(self) -> Keys:
        """[N] the seed of each point's draws and chance, 0 to 2**63 - 1: the design's own where luck is 0."""
        return luck_seeds(self.runs.seed, self.points.luck)


_STEP, _M1, _M2 = (np.uint64(word) for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def luck_seeds(seed: int, luck: Ints) -> Keys:
    """[N] seeds, 0 to 2**63 - 1: `seed` where luck is 0, else an element of its SplitMix64 stream without the top bit.

    So points of other luck are other experiments, whatever seeds a user may name (Steele, Lea & Flood 2014).
    """
    with np.errstate(over="ignore"):
        word = mixed(np.uint64(seed) + luck.astype(np.uint64) * _STEP) >> np.uint64(1)
    return np.where(luck == 0, np.uint64(seed), word)


def mixed(word: Keys) -> Keys:
    """64-bit words scrambled one to one, as by the finalizer of SplitMix64."""
    with np.errstate(over="ignore"):
        word = (word ^ (word >> np.uint64(30))) * _M1
        word = (word ^ (word >> np.uint64(27))) * _M2
    return word ^ (word >> np.uint64(31))
