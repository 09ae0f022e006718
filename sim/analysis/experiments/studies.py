"""A study of one scenario: changes of it under every rule variant, and what they do to the sign of a difference.

All cells of a study share seed and chance, so every difference between two of them is paired by draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.analysis.experiments.cell_counts import CellCounts, change
from sim.analysis.experiments.cells import BASELINE
from sim.analysis.statistics.intervals import Estimate, difference
from sim.scenario import NumberRow, ResolvedScenario
from sim.types import Structure
from sim.types.playing import Size


@dataclass(frozen=True)
class Judged:
    """What the variants do to the sign of a difference."""

    baseline: Estimate
    holds: tuple[str, ...]  # variants whose interval lies on the baseline's side of zero
    unclear: tuple[str, ...]  # variants whose interval includes zero
    flips: tuple[str, ...]
    """Variants whose interval lies on the other side; with an unclear baseline, variants that lie on either side."""


def judge(readings: Mapping[str, Estimate]) -> Judged:
    """Compares the sign of a difference under every variant with its sign in the `BASELINE`, which is among them."""
    baseline = readings[BASELINE]

    def on(*sides: int) -> tuple[str, ...]:
        return tuple(name for name, reading in readings.items() if name != BASELINE and reading.side in sides)

    if baseline.side == 0:
        return Judged(baseline, (), on(0), on(-1, 1))
    return Judged(baseline, on(baseline.side), on(0), on(-baseline.side))


@dataclass(frozen=True)
class Pressure:
    """A grid of constants for one lever: ability (stakes of the target) x motive ([0, 1])."""

    format_index: int
    overrides: tuple[str, ...]  # overrides of the scenario under which the grid was run
    patron: str  # the name to print
    target: str
    target_index: int
    ability: tuple[float, ...]
    motive: tuple[float, ...]
    cells: Mapping[tuple[str, int, int], CellCounts]  # by (variant, row of ability, column of motive)
    without: Mapping[str, CellCounts]  # by variant: the same scenario with the lever taken out of the file

    @property
    def variants(self) -> tuple[str, ...]:
        """Variants for which the grid was run."""
        return tuple(self.without)

    def share(self, variant: str, measure: str, a: int, m: int) -> Estimate:
        """One of `STUDIED`, or `target`: the share of texts tabled of which the target stops a part."""
        cell = self.cells[variant, a, m]
        return cell.party_shares.at(0, self.target_index) if measure == "target" else cell.shares[measure].at(0)

    def shift(self, variant: str, measure: str) -> Estimate:
        """Both at their highest against none; `measure` is one of `STUDIED`, or `target` as in `share`."""
        base, high = self.cells[variant, 0, 0], self.cells[variant, len(self.ability) - 1, len(self.motive) - 1]
        if measure == "target":
            at = (0, self.target_index)
            return difference(high.party_shares, base.party_shares, at, at)
        return change(base, high, measure, self.format_index)

    def untouched(self, variant: str) -> bool:
        """Whether every cell with ability 0 or motive 0 equals the scenario without the lever, to the byte."""
        return all(
            cell.digest == self.without[variant].digest
            for (name, a, m), cell in self.cells.items()
            if name == variant and (self.ability[a] == 0 or self.motive[m] == 0)
        )


@dataclass(frozen=True)
class Changed:
    """A named change of the scenario, run under every variant."""

    label: str
    cells: Mapping[str, CellCounts]  # by variant


@dataclass(frozen=True)
class Study:
    """Everything that a study ran."""

    scenario: ResolvedScenario
    structure: Structure
    numbers: tuple[NumberRow, ...]  # the scenario's uncertain numbers, each with what it rests on
    size: Size  # of the baseline's cells and of the grid of pressure
    n_variant_draws: int  # of the variants' cells
    narrow: int  # position of the format with the small table
    wide: tuple[int, ...]  # positions of the formats that seat more parties
    variants: Mapping[str, str]  # name -> sentence, `BASELINE` first
    base: Mapping[str, CellCounts]  # by variant, without further change
    pressure: tuple[Pressure, ...]
    lines_off: tuple[Changed, ...]
    standing_off: tuple[Changed, ...]
    clones: tuple[Changed, ...]
    contacts: Changed | None
    bound: float  # a change that should move nothing may move a share by this much
    n_runs: int  # over all cells
