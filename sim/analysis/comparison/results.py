"""What a comparison of talk formats found, as frozen records: the input of every table, figure and file.

Shape letters: P parties, I issues, O options of the longest issue, K outcomes, M months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.comparison.unsigned import Unsigned
from sim.analysis.statistics.intervals import Estimate
from sim.types import EndReason, Outcome
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN, Axes, By
from sim.types.structure import PartyIndex

CONDITIONAL = (
    "Every likelihood here holds only given the scenario file: its parties, interests, powers and assumptions. "
    "It is not a forecast of the world."
)
INTERVAL_NOTE = (
    "The 95% intervals cover simulation error only (how much a longer run of the same file would move the number), "
    "with the draw of the uncertain numbers as the sampling unit."
)
RANGE_NOTE = (
    "The 5-95% ranges run over the draws of the uncertain numbers. The noise of few replications a draw is taken out: "
    "they are those of a beta distribution with the mean and spread of the likelihoods behind it."
)
FAILURES: tuple[Outcome, ...] = (Outcome.NO_TALKS, Outcome.NO_AGREEMENT, Outcome.BLOCKED, Outcome.COLLAPSED)
"""Outcomes after which nothing is in force and nothing further is arranged."""
SIGNED: tuple[Outcome, ...] = (Outcome.COLLAPSED, Outcome.PARTIAL, Outcome.SETTLEMENT)
"""Outcomes in which a text with substance was signed and consented to, whether or not it lasted."""
IN_FORCE: tuple[Outcome, ...] = (Outcome.PARTIAL, Outcome.SETTLEMENT)
"""Outcomes in which a text with substance is in force at the horizon."""
MEASURES: Mapping[str, str] = {
    "settlement": "Settlement",
    "in_force": "Any text in force",
    "signed": "A text is signed",
    "halt": "Halt in force",
    "agreed": "Agreed at the table",
    "core": "Core agreed",
    "lasted": "Lasted, if signed",
}
"""Measures that are kept apart: was something agreed, was it the core, did it last. Id -> words.

`halt` is of the text in force at signature, and only there where some issue ends the price of no settlement.
"""
PAIRED: tuple[str, ...] = ("settlement", "in_force", "lasted")  # measures for which formats are compared in pairs
CONDITIONED: tuple[str, ...] = ("lasted",)  # measures that are shares of some of the runs
PLACES: tuple[str, ...] = ("table", "consent", "defected")
"""Where a refusal fell: at the table, outside the room or at home, or later by leaving the text."""


@dataclass(frozen=True)
class DeciderSet:
    """A set of parties (indices, in file order) that together decided `runs` runs."""

    parties: tuple[PartyIndex, ...]
    runs: int
    share: float
    """Share among the runs of the outcome class."""


@dataclass(frozen=True)
class Deciders:
    """Who decided the runs of one outcome class; parties overlap, so shares by party may add up to more than 1."""

    runs: int
    sets: tuple[DeciderSet, ...]
    """Most frequent first; the empty set is runs that no single party's answer decided."""
    others: int
    """Runs decided by sets beyond the ones listed."""
    by_party: Annotated[tuple[float, ...], Axes("party")]
    """[P] share of the runs in which the party was among the deciders."""


@dataclass(frozen=True)
class Spread:
    """Where a quantity lies among runs: mean and quantiles."""

    mean: float
    low: float
    """5% quantile."""
    median: float
    high: float
    """95% quantile."""


@dataclass(frozen=True)
class PartyValue:
    """What the signed texts of a format are worth to one party, in stakes."""

    value: Spread
    reservation: Spread
    gain: Spread
    """Value minus reservation value."""
    below: float
    """Share of signed texts worth less to the party than its reservation value."""


@dataclass(frozen=True)
class Survival:
    """Share of signed texts still in force after each month, with pointwise 95% intervals."""

    months: Annotated[Ints, Axes(None)]  # [M], from 0
    share: Annotated[Floats, Axes(None)]  # [M]
    low: Annotated[Floats, Axes(None)]  # [M]
    high: Annotated[Floats, Axes(None)]  # [M]


@dataclass(frozen=True)
class Split:
    """Gini split of one format.

    `not_knowing` is `total - chance` as it came and may be slightly negative by sampling error; shares are clipped to
    [0, 1], and a report prints a negative remainder as 0. With one replication a draw, chance cannot be told from not
    knowing: `chance` and the shares are NaN.
    """

    total: float
    chance: float
    not_knowing: float
    chance_share: Estimate
    low: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: 5% quantile over draws of the true P_d, as of a beta distribution with its mean and `spread`."""
    high: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: 95% quantile."""
    spread: Annotated[tuple[float, ...], Axes(Outcome)]
    """Per outcome: standard deviation over draws of the true P_d, with the noise of few replications taken out."""


@dataclass(frozen=True)
class LegResult:
    """What was found for one leg of a track."""

    format: str
    """Id of the leg's format."""
    name: str
    index: Annotated[int, HIDDEN]  # position of the leg's format among the formats of the scenario
    held: Estimate
    """Share of all runs in which the leg was held; the first always is, later ones unless a leg before settled."""
    decided: Estimate
    """Share of all runs in which the track was decided here: the leg settled the core, and the track ended."""
    of_all: Annotated[tuple[Estimate, ...], Axes(Outcome)]
    """[outcomes] share of all runs in which the leg was held and ended so."""
    if_held: Annotated[tuple[Estimate, ...], Axes(Outcome)]
    """[outcomes] the same among the runs in which the leg was held."""
    alone: Annotated[tuple[Estimate, ...] | None, Axes(Outcome)]
    """[outcomes] of the same format on its own, if it was compared too."""


@dataclass(frozen=True)
class TrackResult:
    """What was found for a track, leg by leg."""

    legs: tuple[LegResult, ...]
    inherited: Estimate
    """Share of all runs that end in a settlement that no leg reached as its own: what legs left in force lasted."""


@dataclass(frozen=True, kw_only=True)
class FormatLikelihoods:
    """How likely one talk format is to end how."""

    id: str
    outcomes: Annotated[tuple[Estimate, ...], Axes(Outcome)]
    """[K] in the order of `Outcome`."""
    measures: Mapping[str, Estimate]
    """By the ids of `MEASURES`."""


@dataclass(frozen=True, kw_only=True)
class FormatResult(FormatLikelihoods):
    """Everything found for one talk format."""

    name: str
    index: Annotated[int, HIDDEN]  # position among the formats of the scenario
    core_issues: Mapping[str, Estimate]
    """Per core issue: it stands at a settling option in a text that was in force and lasted."""
    split: Split
    reasons: Annotated[tuple[float, ...], Axes(EndReason)]
    """Share of runs per `EndReason`."""
    unsigned: Unsigned
    failures: Deciders
    """All `FAILURES` together."""
    deciders: Mapping[Outcome, Deciders]
    """Of the outcomes that occur."""
    refusals: Annotated[Floats, Axes(PLACES, "party", "issue")]
    """[3, P, I] share of all runs in which the party refused on the issue, by `PLACES`."""
    n_texts: int
    """Runs with a signed text: the base of `deals`, `values`, `survival` and `month`."""
    deals: Annotated[Floats, Axes("issue", "option")]
    """[I, O] share of each option among signed texts; NaN in padding and without texts."""
    n_tabled: int
    """Runs in which the table agreed: the base of `tabled`."""
    tabled: Annotated[Floats, Axes("issue", "option")]
    """[I, O] share of each option among texts agreed at the table, before strikes."""
    values: Annotated[tuple[PartyValue, ...], Axes("party")]
    """[P]"""
    survival: Survival
    month: Spread
    """Month of the talks in which the signed texts were closed."""
    track: TrackResult | None = None
    """Of a track: leg by leg."""


@dataclass(frozen=True)
class PairDifference:
    """Paired difference of two formats on one measure, first minus second."""

    measure: str
    first: str
    second: str
    difference: Estimate
    first_leads: float
    """Share of draws in which the first format's share is higher; NaN for conditional measures."""
    second_leads: float
    ties: float
    p_value: float
    """Two-sided, of no difference; 1 where a share is unknown."""
    told_apart: bool
    """Whether it exceeds simulation error, all pairs of the comparison on all measures taken together (Holm, 5%)."""

    COMPUTED: ClassVar = ("side",)

    @property
    def side(self) -> int:
        """1 where the first is told to be above the second, -1 where below, 0 where they cannot be told apart."""
        return (1 if self.difference.value > 0 else -1) if self.told_apart else 0


@dataclass(frozen=True, kw_only=True)
class Likelihoods:
    """How likely every format is to end how, and how they differ; all that is written of variants and readings."""

    n_draws: int
    replications: int
    formats: Annotated[tuple[FormatLikelihoods, ...], By("id")]
    pairs: tuple[PairDifference, ...]

    def top(self, measure: str) -> str:
        """Format with the highest share on a measure; the first in file order among equals."""
        return max(self.formats, key=lambda result: np.nan_to_num(result.measures[measure].value, nan=-1.0)).id

    def pairs_of(self, measure: str, format_id: str) -> tuple[PairDifference, ...]:
        """The pairs on a measure that a format is in."""
        here = (pair for pair in self.pairs if pair.measure == measure)
        return tuple(pair for pair in here if format_id in (pair.first, pair.second))


@dataclass(frozen=True, kw_only=True)
class Comparison(Likelihoods):
    """Talk formats compared on one scenario, with the same draws and the same chance for all."""

    scenario_id: str
    title: str
    formats: Annotated[tuple[FormatResult, ...], By("id")]

    COMPUTED: ClassVar = ("runs_per_format",)

    @property
    def runs_per_format(self) -> int:
        """Runs behind each format's numbers."""
        return self.n_draws * self.replications

    def format(self, format_id: str) -> FormatResult:
        """The result of one format; a KeyError where there is no such format in this comparison."""
        return {result.id: result for result in self.formats}[format_id]
