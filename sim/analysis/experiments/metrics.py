"""Metrics that hypotheses about simulated talks speak of, counted per draw so that differences can be paired.

Shape letters: D draws, R runs of a draw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.accumulate import NO_TEXT
from sim.analysis.comparison.results import IN_FORCE, SIGNED
from sim.analysis.statistics.intervals import UNBOUNDED, Estimate, Means, difference, linearised, paired, ratios
from sim.scenario.sampling.source import Source
from sim.types import COARSE_CLASSES, COARSE_OF, Outcome, Runs, Structure
from sim.types.arrays import Floats, Mask
from sim.types.marks import HIDDEN

Ending = Literal["settlement", "process_or_partial", "nothing", "in_force", "signed", "agreed", "no_talks"]
Mean = Literal["net_gain", "value", "months"]
MetricKind = Literal[Ending, "halt", "lasted", "upheld", "moved", "stands", "refused", Mean]
MEANING: dict[MetricKind, str] = {
    "settlement": "share of runs that end in a settlement",
    "process_or_partial": "share of runs that end in process or a partial text",
    "nothing": "share of runs after which nothing is in force and nothing arranged",
    "in_force": "share of runs with a text in force at the horizon",
    "signed": "share of runs in which a text is signed and consented to",
    "agreed": "share of runs in which the table agrees on a text",
    "no_talks": "share of runs in which the talks do not take place",
    "halt": "share of runs in which a text that stops a part of the price of no settlement comes into force",
    "lasted": "share of signed texts that last to the horizon",
    "upheld": "share of texts agreed at the table that come into force whole and last to the horizon",
    "moved": "share of runs in which the table's text moves an issue, averaged over the issues named",
    "stands": "share of texts agreed at the table in which the issue stands at one of the options named",
    "refused": "share of texts agreed at the table of which the party refuses a part",
    "net_gain": "mean of what meeting as such brings the party net of its cost, texts left aside, in stakes",
    "value": "mean value of signed texts to the party above its reservation value, in stakes",
    "months": "mean month in which signed texts were closed",
}
CONDITIONAL: tuple[MetricKind, ...] = ("lasted", "upheld", "stands", "refused")  # shares among fewer than all runs
MEANS: tuple[MetricKind, ...] = ("net_gain", "value", "months")  # means in units of their own


ENDINGS: Mapping[str, Sequence[Outcome]] = {
    **{name: [k for k, coarse in COARSE_OF.items() if coarse == name] for name in COARSE_CLASSES},
    "in_force": IN_FORCE,
    "lasted": IN_FORCE,
    "signed": SIGNED,
    "no_talks": [Outcome.NO_TALKS],
    "blocked": [Outcome.BLOCKED],
}
"""Outcomes that count for a share; `studies` counts them, too."""


@dataclass(frozen=True)
class Metric:
    """What is counted in the runs of one format; positions are those of the scenario's structure."""

    kind: MetricKind
    party: int | None = None
    issues: tuple[int, ...] = ()
    options: tuple[int, ...] = ()
    """Of the one issue named; for `refused`, texts count only where the issue stands at one of them."""

    def count(self, runs: Runs, structure: Structure, gain_a_month: Floats, replications: int) -> tuple[Floats, Floats]:
        """[D] hits (or sums) and [D] trials in whole draws of one format, [D * R] rows.

        Stakes a month that meeting brings the party named, [D], are used by `net_gain`.
        """
        tabled = ~np.isin(runs.reason, NO_TEXT)
        among = self._among(runs, tabled)
        if self.kind == "agreed":
            adds = tabled
        elif self.kind == "moved":
            quo = [structure.issues[i].status_quo for i in self.issues]
            adds = (runs.tabled[:, self.issues] != quo).mean(axis=1)
        elif self.kind == "net_gain":
            adds = runs.month * np.repeat(gain_a_month, replications)
        else:
            adds = self._adds(runs)
        hits, trials = np.where(among, adds.astype(np.float64), 0.0), among.astype(np.float64)
        return hits.reshape(-1, replications).sum(axis=1), trials.reshape(-1, replications).sum(axis=1)

    def _among(self, runs: Runs, tabled: Mask) -> Mask:
        """[D * R] the runs among which this is counted."""
        match self.kind:
            case "upheld" | "stands":
                return tabled
            case "refused":
                return tabled & self._stands(runs) if self.options else tabled
            case "lasted" | "value" | "months":
                return np.isin(runs.outcome, SIGNED)
            case "net_gain":
                return runs.outcome != Outcome.NO_TALKS
            case _:
                return np.ones_like(tabled)

    def _adds(self, runs: Runs) -> NDArray[Any]:
        """[D * R] what each run adds."""
        party = self.party or 0
        match self.kind:
            case "upheld":
                return np.isin(runs.outcome, IN_FORCE) & np.logical_and.reduce(runs.deal == runs.tabled, axis=1)
            case "stands":
                return self._stands(runs)
            case "halt":
                return runs.halt
            case "refused":
                refused = runs.refused[:, self.issues] if self.issues else runs.refused
                return np.logical_or.reduce((refused >> party) & 1, axis=1)
            case "value":
                return runs.value[:, party] - runs.reservation[:, party]
            case "months":
                return runs.month
            case _:
                return np.isin(runs.outcome, ENDINGS[self.kind])

    def _stands(self, runs: Runs) -> Mask:
        return np.isin(runs.tabled[:, self.issues[0]], self.options)


@dataclass(frozen=True)
class MetricCounts:
    """A metric counted on a family of runs."""

    COMPUTED = ("value",)

    kind: MetricKind
    hits: Annotated[Floats, HIDDEN]  # [D]
    trials: Annotated[Floats, HIDDEN]  # [D]

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
        """With its 95% interval, the draw being the sampling unit; linearised for a ratio of sums that is no share."""
        if not self._is_mean:
            return ratios(self.hits, self.trials).at()
        return self._means.estimates()[0] if self.known else UNBOUNDED

    @property
    def _is_mean(self) -> bool:
        return self.kind in MEANS or self.kind == "moved"

    @property
    def _means(self) -> Means:
        return linearised(self.hits, self.trials)

    def part(self, draws: slice) -> MetricCounts:
        """The same on some of the draws."""
        return MetricCounts(self.kind, self.hits[draws], self.trials[draws])

    def minus(self, other: MetricCounts) -> Estimate:
        """Paired difference, this one less the other on the same draws."""
        if self._is_mean or other._is_mean:
            return self._means.minus(other._means).estimates()[0] if self.known and other.known else UNBOUNDED
        if self.kind in CONDITIONAL or other.kind in CONDITIONAL:
            return difference(ratios(self.hits, self.trials), ratios(other.hits, other.trials), (), ())
        return paired(other.hits / other.trials, self.hits / self.trials, 1)


class MetricCounter:
    """Collects metrics in the runs of one format, draw by draw."""

    def __init__(self, metrics: Sequence[Metric], source: Source, format_id: str, replications: int) -> None:
        self._metrics = metrics
        self._source = source
        self._structure = source.structure
        self._format = [info.id for info in source.structure.formats].index(format_id)
        self._replications = replications
        self._parts: dict[Metric, list[tuple[Floats, Floats]]] = {metric: [] for metric in metrics}

    def add(self, first_draw: int, runs: Runs) -> None:
        """Adds the runs of consecutive draws, rows ordered draw, replication; blocks come in order."""
        n_draws = len(runs.outcome) // self._replications
        gains = np.zeros((n_draws, len(self._structure.parties)))
        if any(metric.kind == "net_gain" for metric in self._metrics):
            gains = self._gains_a_month(first_draw, n_draws)
        for metric in self._metrics:
            gain = gains[:, metric.party or 0]
            self._parts[metric].append(metric.count(runs, self._structure, gain, self._replications))

    def _gains_a_month(self, first_draw: int, n_draws: int) -> Floats:
        """[D, P] stakes a month that meeting brings, net of what it costs, before any shock."""
        tables = self._source.tables(first_draw, n_draws)
        gain = tables.meeting_value[:, self._format] - tables.talk_cost[:, self._format]
        return gain.reshape(n_draws, -1, gain.shape[-1])[:, 0]

    @property
    def counts(self) -> dict[Metric, MetricCounts]:
        """Per metric the counts of all draws."""
        return {
            metric: MetricCounts(metric.kind, *(np.concatenate(side) for side in zip(*parts, strict=True)))
            for metric, parts in self._parts.items()
        }
