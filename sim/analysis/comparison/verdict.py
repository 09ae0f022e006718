"""Whether a ranking of formats is robust, or what it depends on.

A ranking rests on pairs. Only pairs that the baseline can tell apart, all pairs taken together, are asked about; a
difference that simulation error could explain is no ranking. Every look at such a pair under a variant or a set of
behavioural constants is one of a second family (Holm): an order holds or is reversed there only beyond simulation
error, and otherwise nobody can tell. Rival readings of the sources are judged so, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from sim.analysis.comparison.results import MEASURES, Comparison, Likelihoods, PairDifference
from sim.analysis.statistics.intervals import Estimate, holm
from sim.types.marks import HIDDEN, By
from sim.types.message import Message, message

HOLDS, FLIPS, UNCLEAR = "holds", "flips", "not_distinguishable"
FATES = {1: HOLDS, -1: FLIPS, 0: UNCLEAR}  # what a variant does to an order: by the product of both sides of zero
JUDGED: tuple[str, ...] = ("settlement", "in_force")  # measures whose rankings are judged
SHARE_HELD = 0.9  # share of the variants, and of the sets of constants, in which an order must hold to be robust
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
    """Variant -> `HOLDS`, `FLIPS` (both beyond simulation error, all looks taken together) or `UNCLEAR`."""
    sets_held: int
    """Constant sets in which the order holds beyond simulation error."""
    sets_reversed: int
    """Constant sets in which it is reversed beyond simulation error."""
    sets: int

    COMPUTED: ClassVar = ("robust",)

    @property
    def robust(self) -> bool:
        """Nothing reverses the order, and it holds in at least 90% of the variants and of the constant sets."""
        held = sum(fate == HOLDS for fate in self.variants.values())
        shown = held >= SHARE_HELD * len(self.variants) and self.sets_held >= SHARE_HELD * self.sets
        return shown and FLIPS not in self.variants.values() and not self.sets_reversed


@dataclass(frozen=True)
class MeasureVerdict:
    """The ranking of formats on one measure."""

    measure: str
    pairs: tuple[PairVerdict, ...]
    top: str
    """Format with the highest share in the baseline."""
    top_clear: bool
    """Whether the baseline tells the top format apart from every other, all pairs taken together."""
    tops: Mapping[str, str]
    """Variant -> `HOLDS`, `TIED` (cannot be told apart from that variant's top) or `FLIPS`."""
    sets_other_top: int
    """Constant sets in which another format is above it beyond simulation error."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on all judged measures."""

    measures: Annotated[tuple[MeasureVerdict, ...], By("measure")]
    robust: bool
    """At least one pair can be told apart, every such pair is robust, and every set of constants was tried."""
    sets_missing: bool
    """Some or all sets of behavioural constants were not tried."""
    depends_on: tuple[str, ...]
    """Variants that flip a pair, in the order given."""
    sets_decide: bool
    """Whether some constant set reverses a pair."""
    unclear_in: tuple[str, ...]
    """Variants in which some pair cannot be told apart."""
    n_pairs: int
    """Pairs that the baseline can tell apart, over all measures."""
    n_possible: int
    n_held: int
    """Looks at these pairs, under a variant or a set of constants, in which the order holds beyond simulation error."""
    n_looks: int
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
    baseline: Comparison,
    variants: Mapping[str, Likelihoods],
    constant_sets: Sequence[Likelihoods] = (),
    *,
    sets_missing: bool = False,
    variants_missing: bool = False,
) -> Verdict:
    """Judges whether the order of formats survives rule variants, and a fixed design of behavioural constants.

    All are comparisons of the same formats; a KeyError where a variant or set lacks a pair of the baseline. With
    `sets_missing` some or all sets of the design were not played, with `variants_missing` some variants: no ranking
    is called robust then.
    """
    told = [pair for pair in baseline.pairs if pair.measure in JUDGED and pair.told_apart]
    pairs = list(_judge(told, variants, constant_sets))
    depends = tuple(name for name in variants if any(pair.variants[name] == FLIPS for pair in pairs))
    unclear = tuple(name for name in variants if any(pair.variants[name] == UNCLEAR for pair in pairs))
    held = sum(pair.sets_held + sum(fate == HOLDS for fate in pair.variants.values()) for pair in pairs)
    looks = len(pairs) * (len(variants) + len(constant_sets))
    stands = bool(pairs) and looks > 0 and all(pair.robust for pair in pairs)
    return Verdict(
        measures=tuple(_ranking(measure, pairs, baseline, variants=variants, sets=constant_sets) for measure in JUDGED),
        robust=stands and not (sets_missing or variants_missing),
        sets_missing=sets_missing,
        depends_on=depends,
        sets_decide=any(pair.sets_reversed for pair in pairs),
        unclear_in=unclear,
        n_pairs=len(pairs),
        n_possible=sum(pair.measure in JUDGED for pair in baseline.pairs),
        n_held=held,
        n_looks=looks,
        said=_sentences(
            baseline,
            pairs,
            flips=(depends, unclear),
            stands=stands,
            missing=(sets_missing, variants_missing),
            looks=(held, looks),
        ),
    )


def _judge(
    told: Sequence[PairDifference], variants: Mapping[str, Likelihoods], sets: Sequence[Likelihoods]
) -> Iterator[PairVerdict]:
    """What becomes of every pair that the baseline tells apart; all looks are one family."""
    others = [*variants.values(), *sets]
    looks = [_pair(other, pair.measure, pair.first, pair.second) for pair in told for other in others]
    findings = iter(holm([look.p_value for look in looks]).tolist())
    looked = iter(looks)
    for pair in told:
        ahead = pair.difference.value > 0
        fates = [
            UNCLEAR if not next(findings) else HOLDS if (look.difference.value > 0) == ahead else FLIPS
            for look in (next(looked) for _ in others)
        ]
        of_sets = Counter(fates[len(variants) :])
        yield PairVerdict(
            measure=pair.measure,
            first=pair.first,
            second=pair.second,
            difference=pair.difference,
            variants=dict(zip(variants, fates, strict=False)),
            sets_held=of_sets[HOLDS],
            sets_reversed=of_sets[FLIPS],
            sets=len(sets),
        )


def _ranking(
    measure: str,
    pairs: Sequence[PairVerdict],
    baseline: Comparison,
    *,
    variants: Mapping[str, Likelihoods],
    sets: Sequence[Likelihoods],
) -> MeasureVerdict:
    top = baseline.top(measure)
    others = [result.id for result in baseline.formats if result.id != top]
    return MeasureVerdict(
        measure=measure,
        pairs=tuple(pair for pair in pairs if pair.measure == measure),
        top=top,
        top_clear=all(_lead(baseline, measure, top, other) > 0 for other in others),
        tops={name: _top_status(variant, measure, top) for name, variant in variants.items()},
        sets_other_top=sum(_top_status(of_set, measure, top) == FLIPS for of_set in sets),
    )


def _pair(comparison: Likelihoods, measure: str, first: str, second: str) -> PairDifference:
    """The pair on a measure, as it stands in a comparison."""
    return {(pair.measure, pair.first, pair.second): pair for pair in comparison.pairs}[measure, first, second]


def _lead(comparison: Likelihoods, measure: str, first: str, second: str) -> int:
    """1 if `first` is told to be above `second`, -1 if below, 0 if they cannot be told apart."""
    ids = [result.id for result in comparison.formats]
    if ids.index(first) < ids.index(second):
        return _pair(comparison, measure, first, second).side
    return -_pair(comparison, measure, second, first).side


def _top_status(variant: Likelihoods, measure: str, top: str) -> str:
    """Whether the baseline's top format is at the top, or level with it, in a variant."""
    there = variant.top(measure)
    if there == top:
        return HOLDS
    return TIED if _lead(variant, measure, there, top) == 0 else FLIPS


def _sentences(
    baseline: Comparison,
    pairs: Sequence[PairVerdict],
    *,
    flips: tuple[Sequence[str], Sequence[str]],
    stands: bool,
    missing: tuple[bool, bool],
    looks: tuple[int, int],
) -> tuple[Message, ...]:
    """The verdict in words.

    `flips` are the variants that reverse a pair, and those that leave some pair unclear; `missing`, whether sets of
    constants, and whether variants, were not all played.
    """
    (depends, unclear), (sets_missing, variants_missing) = flips, missing
    if len(baseline.formats) < 2:
        return (message("No ranking: there is one format alone."),)
    if not pairs:
        return (message("No ranking: the formats cannot be told apart within simulation error."),)
    if not looks[1]:
        return (message("Not judged: no variants were run."),)
    reasons: list[str | Message] = list(depends)
    weak = max(pairs, key=lambda pair: pair.sets_reversed)
    if weak.sets_reversed:
        reasons.append(
            message(
                "the behavioural constants ({order} is reversed in {reversed} of {sets} sets)",
                order=_order(baseline, weak),
                reversed=weak.sets_reversed,
                sets=weak.sets,
            )
        )
    if reasons:
        said = [message("Depends on: {reasons}.", reasons=tuple(reasons))]
    elif stands and variants_missing:
        said = [
            message(
                "Holds under the rules that were tried: every order holds in at least 90% of them. The other variants "
                "were not played, so it is not called robust."
            )
        ]
    elif stands and sets_missing:
        said = [
            message(
                "Holds under other rules: every order holds in at least 90% of the variants. Other behavioural "
                "constants were not all tried (--deep), so it is not called robust."
            )
        ]
    elif stands:
        said = [message("Robust: every order holds in at least 90% of the variants and of the sets of constants.")]
    else:
        said = [
            message(
                "Cannot tell whether the order is robust: nothing tried reverses a pair, but only {held} of {looks} "
                "looks at one (under a variant, or other behavioural constants) confirm it beyond simulation error.",
                held=looks[0],
                looks=looks[1],
            )
        ]
    if unclear:
        several = message("{count} of {variants} variants", count=len(unclear), variants=len(pairs[0].variants))
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
    comparison: Likelihoods

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
