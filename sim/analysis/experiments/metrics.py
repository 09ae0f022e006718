"""Quantities that statements about simulated talks speak of, counted per draw so that differences can be paired.

Shape letters: D draws, R runs of a draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.accumulate import NO_TEXT
from sim.analysis.comparison.results import IN_FORCE, SIGNED
from sim.analysis.statistics.intervals import UNBOUNDED, Estimate, Means, Ratios, difference, linearised, paired, ratios
from sim.types import COARSE_CLASSES, COARSE_OF, Outcome, Runs, Structure

Floats = NDArray[np.float64]
Kind = Literal[
    "settlement",
    "process_or_partial",
    "nothing",
    "in_force",
    "signed",
    "agreed",
    "no_talks",
    "lasted",
    "upheld",
    "moved",
    "stands",
    "refused",
    "net_gain",
    "value",
    "months",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
MEANING: dict[Kind, str] = {
    "settlement": "share of runs that end in a settlement",
    "process_or_partial": "share of runs that end in process or a partial text",
    "nothing": "share of runs after which nothing is in force and nothing arranged",
    "in_force": "share of runs with a text in force at the horizon",
    "signed": "share of runs in which a text is signed and consented to",
    "agreed": "share of runs in which the table agrees on a text",
    "no_talks": "share of runs in which the talks do not take place",
    "lasted": "share of signed texts that last to the horizon",
    "upheld": "share of texts agreed at the table that come into force whole and last to the horizon",
    "moved": "share of runs in which the table's text moves an issue, averaged over the issues named",
    "stands": "share of texts agreed at the table in which the issue stands at one of the options named",
    "refused": "share of texts agreed at the table of which the party refuses a part",
    "net_gain": "mean of what meeting as such brings the party net of its cost, texts left aside, in stakes",
    "value": "mean value of signed texts to the party above its reservation value, in stakes",
    "months": "mean month in which signed texts were closed",
}
CONDITIONAL: tuple[Kind, ...] = ("lasted", "upheld", "stands", "refused")
"""Shares among fewer than all runs."""
MEANS: tuple[Kind, ...] = ("net_gain", "value", "months")
"""Means in units of their own."""


_ENDINGS: dict[Kind, Sequence[Outcome]] = {
    **{name: [k for k, one in COARSE_OF.items() if one == name] for name in COARSE_CLASSES},
    "in_force": IN_FORCE,
    "lasted": IN_FORCE,
    "signed": SIGNED,
    "no_talks": [Outcome.NO_TALKS],
}


@dataclass(frozen=True)
class Quantity:
    """What is counted in the runs of one format; positions are those of the scenario's structure."""

    kind: Kind
    party: int | None = None
    issues: tuple[int, ...] = ()
    options: tuple[int, ...] = ()
    """Of the one issue named; for `refused`, texts count only where the issue stands at one of them."""

    def count(self, runs: Runs, structure: Structure, gain_a_month: Floats, replications: int) -> tuple[Floats, Floats]:
        """Hits (or sums) and trials per draw.

        Args:
            runs: whole draws of one format, [D * R] rows.
            structure: names and sizes.
            gain_a_month: [D] stakes a month that meeting brings the party named; used by `net_gain`.
            replications: R.

        Returns:
            [D] and [D].
        """
        among = self._base(runs)
        hits = np.where(among, self._hits(runs, structure, np.repeat(gain_a_month, replications)), 0.0)
        return hits.reshape(-1, replications).sum(axis=1), among.reshape(-1, replications).sum(axis=1).astype(float)

    def _base(self, runs: Runs) -> NDArray[np.bool_]:
        """[D * R] the runs among which this is counted."""
        tabled = ~np.isin(runs.reason, NO_TEXT)
        if self.kind in ("upheld", "stands"):
            return tabled
        if self.kind == "refused":
            return tabled & self._stands(runs) if self.options else tabled
        if self.kind in ("lasted", "value", "months"):
            return _among(runs, SIGNED)
        if self.kind == "net_gain":
            return ~_among(runs, [Outcome.NO_TALKS])
        return np.ones(len(runs.outcome), dtype=bool)

    def _hits(self, runs: Runs, structure: Structure, monthly: Floats) -> Floats:
        """[D * R] what each run adds."""
        if self.kind in _ENDINGS:
            return _among(runs, _ENDINGS[self.kind]).astype(float)
        if self.kind == "agreed":
            return (~np.isin(runs.reason, NO_TEXT)).astype(float)
        if self.kind == "upheld":
            return ((runs.deal == runs.tabled).all(axis=1) & _among(runs, IN_FORCE)).astype(float)
        if self.kind == "moved":
            quo = np.array([structure.issues[i].status_quo for i in self.issues])
            return (runs.tabled[:, list(self.issues)] != quo).mean(axis=1)
        return self._hits_of_party(runs, monthly)

    def _hits_of_party(self, runs: Runs, monthly: Floats) -> Floats:
        party = self.party or 0
        if self.kind == "refused":
            held = (runs.refused[:, list(self.issues)] if self.issues else runs.refused) >> party
            return (held & 1).any(axis=1).astype(float)
        if self.kind == "net_gain":
            return runs.month.astype(float) * monthly
        if self.kind == "value":
            return (runs.value[:, party] - runs.reservation[:, party]).astype(np.float64)
        return runs.month.astype(float) if self.kind == "months" else self._stands(runs).astype(float)

    def _stands(self, runs: Runs) -> NDArray[np.bool_]:
        return np.isin(runs.tabled[:, self.issues[0]], self.options)


def _among(runs: Runs, outcomes: Sequence[Outcome]) -> NDArray[np.bool_]:
    return np.isin(runs.outcome, [int(k) for k in outcomes])


@dataclass(frozen=True)
class Counted:
    """A quantity counted on a family of runs."""

    kind: Kind
    hits: Floats  # [D]
    trials: Floats  # [D]

    @property
    def known(self) -> bool:
        """Whether there was anything to count among."""
        return bool(self.trials.sum() > 0)

    @property
    def value(self) -> float:
        """The share or mean; NaN where there was nothing to count among."""
        total = float(self.trials.sum())
        return float(self.hits.sum() / total) if total > 0 else float("nan")

    @property
    def estimate(self) -> Estimate:
        """With its 95% interval, the draw being the sampling unit."""
        if self.kind not in MEANS and self.kind != "moved":
            return self._ratios.at()
        return self._means.estimates()[0] if self.known else UNBOUNDED

    @property
    def _ratios(self) -> Ratios:
        return ratios(self.hits, self.trials)

    @property
    def _means(self) -> Means:
        return linearised(self.hits, self.trials)

    def part(self, draws: Any) -> Counted:
        """The same on some of the draws."""
        return Counted(self.kind, self.hits[draws], self.trials[draws])

    def minus(self, other: Counted) -> Estimate:
        """Paired difference, this one less the other on the same draws."""
        if self.kind in MEANS or other.kind in MEANS or "moved" in (self.kind, other.kind):
            return self._means.minus(other._means).estimates()[0] if self.known and other.known else UNBOUNDED
        if self.kind in CONDITIONAL or other.kind in CONDITIONAL:
            return difference(self._ratios, other._ratios, (), ())
        return paired(other.hits / other.trials, self.hits / self.trials, 1)
