"""Counts of one cell of a study, with intervals, and what a change of the scenario does to them.

Shape letters: D draws, F formats of the cell, K outcomes, P parties, I issues, M months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.accumulate import NO_TEXT
from sim.analysis.comparison.results import IN_FORCE, SIGNED
from sim.analysis.experiments.cells import RecordDigest
from sim.analysis.statistics.intervals import Estimate, Ratios, difference, paired, ratios
from sim.types import Outcome, Runs, Structure

Counts = NDArray[np.int64]

STUDIED: Mapping[str, str] = {
    "settlement": "Settlement",
    "in_force": "Text in force at the horizon",
    "signed": "Text signed",
    "lasted": "Lasted, if signed",
    "blocked": "Blocked",
    "stopped": "Some part refused at consent, of texts tabled",
    "tabled": "Text tabled",
}
"""Measures of a cell, in words."""
ENDINGS: Mapping[str, Sequence[Outcome]] = {
    "settlement": [Outcome.SETTLEMENT],
    "in_force": IN_FORCE,
    "signed": SIGNED,
    "lasted": IN_FORCE,
    "blocked": [Outcome.BLOCKED],
}
"""Outcomes that count for a measure."""


@dataclass(frozen=True)
class CellCounts:
    """Counts of one family of runs."""

    formats: tuple[int, ...]  # [F] positions in the scenario's formats
    replications: int
    outcomes: Counts  # [D, F, K]
    tabled: Counts  # [D, F] runs in which the table agreed on a text
    stopped: Counts  # [D, F] of these, runs in which somebody stopped a part of it at consent
    by_party: Counts  # [D, F, P] the same, per party that stopped a part
    refusals: Counts  # [D, F, P, I] the same, per party and issue
    held: Counts  # [F, M] signed texts by the months they held
    left: Counts  # [F, M] of these, those that a party left
    digest: str  # of all records: two cells with equal digests are equal to the byte

    def slot(self, format_index: int) -> int:
        """Place of a format in this cell."""
        return self.formats.index(format_index)

    def counts(self, measure: str) -> Counts:
        """[D, F] runs that count for a measure of `STUDIED`."""
        if measure in ENDINGS:
            return self.outcomes[:, :, list(ENDINGS[measure])].sum(axis=-1)
        return self.stopped if measure == "stopped" else self.tabled

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
        self._per_draw: list[tuple[Counts, ...]] = []
        self._texts: list[tuple[Counts, Counts, NDArray[np.bool_]]] = []
        self._digest = RecordDigest()

    def add(self, first_draw: int, runs: Runs) -> None:
        """Adds a block of draws."""
        tabled = ~np.isin(runs.reason, NO_TEXT)
        refused = self._refusals(runs) & tabled[:, None, None]
        masks = (
            runs.outcome[:, None] == np.arange(len(Outcome)),
            tabled,
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

    def _refusals(self, runs: Runs) -> NDArray[np.bool_]:
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
            self._formats,
            self._replications,
            *per_draw,
            held=months,
            left=months_left,
            digest=self._digest.digest,
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
