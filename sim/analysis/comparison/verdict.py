"""Whether a ranking of formats is robust, or what it depends on.

A ranking rests on pairs. Only pairs that the baseline can tell apart (their paired interval excludes zero) are asked
about; a difference that simulation error could explain is no ranking. Rival readings of the sources are judged so, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from sim.analysis.comparison.results import MEASURES, Comparison, Likelihoods
from sim.analysis.statistics.intervals import Estimate
from sim.types.marks import HIDDEN, As, By
from sim.types.message import Message, message

HOLDS, FLIPS, UNCLEAR = "holds", "flips", "not_distinguishable"
FATES = {1: HOLDS, -1: FLIPS, 0: UNCLEAR}  # what a variant does to an order: by the product of both sides of zero
JUDGED: tuple[str, ...] = ("settlement", "in_force")  # measures whose rankings are judged
SHARE_OF_SETS = 0.9  # share of the behavioural constant sets in which an order must hold to be called robust
MOST_NAMED = 3  # variants named in the sentence; of more, their number is given
TIED = "tied"  # status of a variant's top format when the baseline's top cannot be told apart from it


@dataclass(frozen=True)
class PairVerdict:
    """What becomes of one pair's order; `first` and `second` as in the baseline."""

    measure: str
    first: str
    second: str
    difference: Estimate
    variants: Mapping[str, str]
    """Variant -> `HOLDS` (same side of zero), `FLIPS` (other side) or `UNCLEAR` (the interval includes zero)."""
    sets_held: int
    """Constant sets in which the estimated difference has the same sign."""
    sets: int

    COMPUTED: ClassVar = ("robust",)

    @property
    def robust(self) -> bool:
        """No variant flips the order, and it holds in at least 90% of the constant sets."""
        return FLIPS not in self.variants.values() and self.sets_hold

    @property
    def sets_hold(self) -> bool:
        """Whether enough constant sets keep the order; true without any."""
        return self.sets_held >= SHARE_OF_SETS * self.sets


@dataclass(frozen=True)
class MeasureVerdict:
    """The ranking of formats on one measure."""

    measure: str
    pairs: tuple[PairVerdict, ...]
    top: str
    """Format with the highest share in the baseline."""
    top_clear: bool
    """Whether the baseline tells the top format apart from every other."""
    tops: Mapping[str, str]
    """Variant -> `HOLDS`, `TIED` (cannot be told apart from that variant's top) or `FLIPS`."""
    sets_same_top: int
    """Constant sets in which the same format is at the top."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on all judged measures."""

    measures: Annotated[tuple[MeasureVerdict, ...], By("measure")]
    robust: bool
    """At least one pair can be told apart, and every such pair is robust."""
    depends_on: tuple[str, ...]
    """Variants that flip a pair, in the order given."""
    sets_decide: bool
    """Whether some pair holds in under 90% of the constant sets."""
    unclear_in: tuple[str, ...]
    """Variants in which some pair cannot be told apart."""
    n_pairs: int
    """Pairs that the baseline can tell apart, over all measures."""
    n_possible: int
    said: Annotated[tuple[Message, ...], HIDDEN]  # the verdict in one or two plain sentences

    COMPUTED: ClassVar = ("sentence",)

    def fates(self, variant: str) -> Counter[str]:
        """How many pairs keep their order under a variant (`HOLDS`), turn it (`FLIPS`) or blur (`UNCLEAR`)."""
        return Counter(pair.variants[variant] for ranking in self.measures for pair in ranking.pairs)

    @property
    def sentence(self) -> str:
        """The verdict in English."""
        return " ".join(map(str, self.said))


def verdict(
    baseline: Comparison, variants: Mapping[str, Comparison], constant_sets: Sequence[Comparison] = ()
) -> Verdict:
    """Judges whether the order of formats survives rule variants, and a fixed design of behavioural constants.

    All are comparisons of the same formats; a KeyError where a variant or set lacks a pair of the baseline.
    """
    judged = tuple(_judge(measure, baseline, variants, constant_sets) for measure in JUDGED)
    pairs = [pair for ranking in judged for pair in ranking.pairs]
    depends = tuple(name for name in variants if any(pair.variants[name] == FLIPS for pair in pairs))
    unclear = tuple(name for name in variants if any(pair.variants[name] == UNCLEAR for pair in pairs))
    return Verdict(
        measures=judged,
        robust=bool(pairs) and all(pair.robust for pair in pairs),
        depends_on=depends,
        sets_decide=any(not pair.sets_hold for pair in pairs),
        unclear_in=unclear,
        n_pairs=len(pairs),
        n_possible=sum(pair.measure in JUDGED for pair in baseline.pairs),
        said=_sentences(baseline, pairs, depends, unclear),
    )


def _judge(
    measure: str, baseline: Comparison, variants: Mapping[str, Comparison], sets: Sequence[Comparison]
) -> MeasureVerdict:
    pairs = []
    for pair in baseline.pairs:
        side = pair.difference.side
        if pair.measure != measure or side == 0:
            continue
        there = {name: _difference(variant, measure, pair.first, pair.second) for name, variant in variants.items()}
        held = sum(_difference(of_set, measure, pair.first, pair.second).value * side > 0 for of_set in sets)
        pairs.append(
            PairVerdict(
                measure=measure,
                first=pair.first,
                second=pair.second,
                difference=pair.difference,
                variants={name: FATES[other.side * side] for name, other in there.items()},
                sets_held=held,
                sets=len(sets),
            )
        )
    top = baseline.top(measure)
    others = [result.id for result in baseline.formats if result.id != top]
    return MeasureVerdict(
        measure=measure,
        pairs=tuple(pairs),
        top=top,
        top_clear=all(_lead(baseline, measure, top, other) > 0 for other in others),
        tops={name: _top_status(variant, measure, top) for name, variant in variants.items()},
        sets_same_top=sum(of_set.top(measure) == top for of_set in sets),
    )


def _difference(comparison: Comparison, measure: str, first: str, second: str) -> Estimate:
    """First minus second on a measure, as the pair stands in a comparison."""
    pairs = {(pair.measure, pair.first, pair.second): pair.difference for pair in comparison.pairs}
    return pairs[measure, first, second]


def _lead(comparison: Comparison, measure: str, first: str, second: str) -> int:
    """1 if `first` is above `second` beyond simulation error, -1 if below, 0 if they cannot be told apart."""
    ids = [result.id for result in comparison.formats]
    if ids.index(first) < ids.index(second):
        return _difference(comparison, measure, first, second).side
    return -_difference(comparison, measure, second, first).side


def _top_status(variant: Comparison, measure: str, top: str) -> str:
    """Whether the baseline's top format is at the top, or level with it, in a variant."""
    there = variant.top(measure)
    if there == top:
        return HOLDS
    return TIED if _lead(variant, measure, there, top) == 0 else FLIPS


def _sentences(
    baseline: Comparison, pairs: Sequence[PairVerdict], depends: Sequence[str], unclear: Sequence[str]
) -> tuple[Message, ...]:
    if not pairs:
        return (message("No ranking: the formats cannot be told apart within simulation error."),)
    n_variants = len(pairs[0].variants)
    if not n_variants and not pairs[0].sets:
        return (message("Not judged: no variants were run."),)
    reasons: list[str | Message] = list(depends)
    weak = min(pairs, key=lambda pair: pair.sets_held)
    if not weak.sets_hold:
        reasons.append(
            message(
                "the behavioural constants ({order} holds in {held} of {sets} sets)",
                order=_order(baseline, weak),
                held=weak.sets_held,
                sets=weak.sets,
            )
        )
    robust = message("Robust: no variant reverses the order of a pair.")
    said = [message("Depends on: {reasons}.", reasons=tuple(reasons)) if reasons else robust]
    if unclear:
        several = message("{count} of {variants} variants", count=len(unclear), variants=n_variants)
        where = tuple(unclear) if len(unclear) <= MOST_NAMED else several
        said.append(message("Some pairs cannot be told apart under {where}.", where=where))
    return tuple(said)


def _order(baseline: Comparison, pair: PairVerdict) -> Message:
    high, low = (pair.first, pair.second) if pair.difference.value > 0 else (pair.second, pair.first)
    return message(
        "{high} above {low} on {measure}",
        high=baseline.format(high).name,
        low=baseline.format(low).name,
        measure=message(MEASURES[pair.measure].lower()),
    )


@dataclass(frozen=True)
class RivalReading:
    """One reading of a contradiction: the comparison if one believes it."""

    rival: str
    name: str
    """Name of the override."""
    changes: Message
    """What it changes."""
    comparison: Annotated[Comparison, As(Likelihoods)]

    COMPUTED: ClassVar = ("tops",)

    @property
    def tops(self) -> dict[str, str]:
        """The format that gets furthest on each judged measure."""
        return {measure: self.comparison.top(measure) for measure in JUDGED}

    @property
    def key(self) -> str:
        """Name among the variants of the verdict."""
        return f"{self.rival}: {self.name}"


@dataclass(frozen=True)
class RivalReadings:
    """The comparison under each reading of the sources where they contradict each other."""

    questions: Mapping[str, str]
    """Contradiction -> the question it leaves."""
    readings: Annotated[tuple[RivalReading, ...], By("rival", "name")]
    verdict: Verdict
    """The baseline's ranking judged by all readings; variants are named by `RivalReading.key`."""

    COMPUTED: ClassVar = ("deciding", "pairs_reversed", "pairs_level")

    @property
    def deciding(self) -> tuple[str, ...]:
        """Contradictions of which some reading reverses the order of a pair of formats."""
        return tuple(rival for rival in self.questions if self.decides(rival))

    @property
    def pairs_reversed(self) -> dict[tuple[str, str], int]:
        """Contradiction and reading -> `reversed_pairs`."""
        return {(reading.rival, reading.name): self.reversed_pairs(reading) for reading in self.readings}

    @property
    def pairs_level(self) -> dict[tuple[str, str], int]:
        """Contradiction and reading -> `level_pairs`."""
        return {(reading.rival, reading.name): self.level_pairs(reading) for reading in self.readings}

    def of(self, rival: str) -> tuple[RivalReading, ...]:
        """The readings of one contradiction."""
        return tuple(reading for reading in self.readings if reading.rival == rival)

    def reversed_pairs(self, reading: RivalReading) -> int:
        """Pairs told apart in the file whose order a reading reverses, over all judged measures."""
        return self.verdict.fates(reading.key)[FLIPS]

    def level_pairs(self, reading: RivalReading) -> int:
        """Pairs told apart in the file that cannot be told apart under a reading."""
        return self.verdict.fates(reading.key)[UNCLEAR]

    def tops(self, rival: str, measure: str) -> tuple[str, ...]:
        """The formats that get furthest on a measure under the readings of one contradiction, each once."""
        return tuple(dict.fromkeys(reading.comparison.top(measure) for reading in self.of(rival)))

    def decides(self, rival: str) -> bool:
        """Whether some reading reverses the order of a pair of formats."""
        return any(map(self.reversed_pairs, self.of(rival)))
