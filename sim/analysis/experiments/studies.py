"""A study of one scenario: changes of it under every rule variant, and what they do to the sign of a difference.

All cells of a study share seed and chance, so every difference between two of them is paired by draw.

Shape letters: D draws, F formats of the cell, K outcomes, P parties, I issues, M months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.analysis.comparison.accumulate import NO_TEXT
from sim.analysis.comparison.results import SIGNED
from sim.analysis.experiments.cells import BASELINE, RecordDigest
from sim.analysis.experiments.metrics import ENDINGS
from sim.analysis.statistics.intervals import Estimate, Ratios, difference, paired, ratios
from sim.scenario import NumberRow, ResolvedScenario
from sim.types import Outcome, Runs, Structure
from sim.types.arrays import Ints, Mask
from sim.types.playing import Size

STUDIED: Mapping[str, str] = {
    "settlement": "Settlement",
    "in_force": "Text in force at the horizon",
    "signed": "Text signed",
    "halt": "Halt in force",
    "lasted": "Lasted, if signed",
    "blocked": "Blocked",
    "stopped": "Some part refused at consent, of texts tabled",
    "tabled": "Text tabled",
}
"""Measures of a cell, in words."""


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
    steps: Mapping[str, CellCounts]  # by rule put in place, the first with none: each with all that stand before it
    pressure: tuple[Pressure, ...]
    lines_off: tuple[Changed, ...]
    standing_off: tuple[Changed, ...]
    clones: tuple[Changed, ...]
    contacts: Changed | None
    bound: float  # a change that should move nothing may move a share by this much
    n_runs: int  # over all cells


@dataclass(frozen=True)
class CellCounts:
    """Ints of one family of runs."""

    formats: tuple[int, ...]  # [F] positions in the scenario's formats
    replications: int
    outcomes: Ints  # [D, F, K]
    tabled: Ints  # [D, F] runs in which the table agreed on a text
    halts: Ints  # [D, F] runs in which a text that stops a part of the price of no settlement came into force
    stopped: Ints  # [D, F] of these, runs in which somebody stopped a part of it at consent
    by_party: Ints  # [D, F, P] the same, per party that stopped a part
    refusals: Ints  # [D, F, P, I] the same, per party and issue
    held: Ints  # [F, M] signed texts by the months they held
    left: Ints  # [F, M] of these, those that a party left
    digest: str  # of all records: two cells with equal digests are equal to the byte

    def slot(self, format_index: int) -> int:
        """Place of a format in this cell."""
        return self.formats.index(format_index)

    def counts(self, measure: str) -> Ints:
        """[D, F] runs that count for a measure of `STUDIED`."""
        if measure in ENDINGS:
            return self.outcomes[:, :, list(ENDINGS[measure])].sum(axis=-1)
        return {"stopped": self.stopped, "halt": self.halts}.get(measure, self.tabled)

    @cached_property
    def shares(self) -> Mapping[str, Ratios]:
        """Estimates [F] per measure of `STUDIED`."""
        among = {"lasted": self.counts("signed"), "stopped": self.tabled}
        return {name: ratios(self.counts(name), among.get(name, self.replications)) for name in STUDIED}

    @cached_property
    def outcome_shares(self) -> Ratios:
        """Estimates [F, K] of the outcomes."""
        return ratios(self.outcomes, self.replications)

    @cached_property
    def party_shares(self) -> Ratios:
        """Estimates [F, P]: share of texts tabled of which the party stops a part at consent."""
        return ratios(self.by_party, self.tabled[:, :, None])

    @cached_property
    def issue_shares(self) -> Ratios:
        """Estimates [F, P, I]: share of texts tabled of which the party stops the part on that issue."""
        return ratios(self.refusals, self.tabled[:, :, None, None])

    def median_months(self, slot: int, *, of_left: bool = False) -> float:
        """Median of the months that signed texts held, the horizon at most, or of those left; NaN for none."""
        counts = (self.left if of_left else self.held)[slot]
        total = int(counts.sum())
        return float(np.searchsorted(np.cumsum(counts), 0.5 * total)) if total else float("nan")


class CellCounter:
    """Collects the runs of one cell: whole draws in order, rows ordered draw, format, replication."""

    def __init__(self, structure: Structure, formats: Sequence[int], replications: int) -> None:
        self._formats = tuple(formats)
        self._replications = replications
        self._parties = np.arange(len(structure.parties))[:, None]
        self._status_quo = np.array([issue.status_quo for issue in structure.issues])
        self._per_draw: list[tuple[Ints, ...]] = []
        self._texts: list[tuple[Ints, Ints, Mask]] = []
        self._digest = RecordDigest()

    def add(self, first_draw: int, runs: Runs) -> None:
        """Adds a block of draws."""
        tabled = ~np.isin(runs.reason, NO_TEXT)
        refused = self._refusals(runs) & tabled[:, None, None]
        masks = (
            runs.outcome[:, None] == np.arange(len(Outcome)),
            tabled,
            runs.halt != 0,
            refused.any(axis=(1, 2)),
            refused.any(axis=2),
            refused,
        )
        shape = (-1, len(self._formats), self._replications)
        self._per_draw.append(tuple(mask.reshape(*shape, *mask.shape[1:]).sum(axis=2) for mask in masks))
        rows = np.arange(len(tabled)) // self._replications
        signed = np.isin(runs.outcome, SIGNED)
        left = runs.outcome[signed] == Outcome.COLLAPSED
        self._texts.append((rows[signed] % len(self._formats), runs.held[signed].astype(np.int64), left))
        self._digest.add(first_draw, runs)

    def _refusals(self, runs: Runs) -> Mask:
        """[rows, P, I] refusals that struck a part: the text tabled moved the issue, and the status quo stands after.

        A later leaver is noted on an issue that the text in force still moves, so the two cannot be confused.
        """
        struck = (runs.tabled != self._status_quo) & (runs.deal == self._status_quo)
        bits = (runs.refused[:, None] >> self._parties.astype(runs.refused.dtype)) & 1
        return bits.astype(bool) & struck[:, None]

    def result(self) -> CellCounts:
        """The counts of all blocks added."""
        slot, held, left = (np.concatenate(part) for part in zip(*self._texts, strict=True))
        n_formats, n_months = len(self._formats), int(held.max(initial=0)) + 1
        months, months_left = (
            np.bincount(slot[among] * n_months + held[among], minlength=n_formats * n_months).reshape(n_formats, -1)
            for among in (np.ones_like(left), left)
        )
        per_draw = (np.concatenate(part) for part in zip(*self._per_draw, strict=True))
        return CellCounts(
            self._formats, self._replications, *per_draw, held=months, left=months_left, digest=self._digest.digest
        )


def change(base: CellCounts, changed: CellCounts, measure: str, format_index: int) -> Estimate:
    """Paired difference of one measure in one format, changed minus base.

    Shares of runs: see `paired`. Shares of something that varies itself (texts): linearised and paired by draw.
    """
    a, b = base.slot(format_index), changed.slot(format_index)
    if measure in ("lasted", "stopped"):
        return difference(changed.shares[measure], base.shares[measure], (b,), (a,))
    return paired(base.counts(measure)[:, a], changed.counts(measure)[:, b], base.replications)


def between(cell: CellCounts, measure: str, first: int, second: int) -> Estimate:
    """Paired difference of two formats of one cell, first minus second; formats as positions in the scenario."""
    shares = cell.shares[measure]
    return difference(shares, shares, (cell.slot(first),), (cell.slot(second),))


def largest_outcome_change(base: CellCounts, changed: CellCounts, format_index: int) -> tuple[Outcome, Estimate]:
    """The outcome whose share a change moves most in one format, with the paired difference."""
    a, b = base.slot(format_index), changed.slot(format_index)
    moved = changed.outcome_shares.value[b] - base.outcome_shares.value[a]
    k = int(np.abs(moved).argmax())
    return Outcome(k), paired(base.outcomes[:, a, k], changed.outcomes[:, b, k], base.replications)


def degenerate(cell: CellCounts, *, above: float = 0.95, settled_below: float = 0.01) -> tuple[str, ...]:
    """What is degenerate about a cell, in words: an outcome above 95%, or settlement below 1%, in every format."""
    shares = cell.outcome_shares.value
    found = [f"{k.label} above {above:.0%} in every format" for k in Outcome if bool((shares[:, k] > above).all())]
    if bool((shares[:, Outcome.SETTLEMENT] < settled_below).all()):
        found.append(f"settlement below {settled_below:.0%} in every format")
    return tuple(found)


def never(cell: CellCounts, *, below: float = 0.005) -> tuple[Outcome, ...]:
    """Outcomes that hardly occur in any format: under half a per cent everywhere."""
    shares = cell.outcome_shares.value
    return tuple(k for k in Outcome if bool((shares[:, k] < below).all()))
