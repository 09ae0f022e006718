"""What each mechanism does: a metric with it and without it, on the same draws and the same chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np

from sim.analysis.comparison.results import CONDITIONAL
from sim.analysis.experiments.cells import Case, Cell, Library, RecordDigest, count_runs, play_cells
from sim.analysis.experiments.hypotheses import Term, metrics_by_cell
from sim.analysis.experiments.metrics import Metric, MetricCounter, MetricCounts
from sim.analysis.statistics.intervals import UNBOUNDED, Estimate
from sim.scenario.sampling.source import Source
from sim.types.marks import HIDDEN
from sim.types.playing import Progress, Size

Expected = Literal["more", "less", "flat", "same_bytes"]
EXPECTED_WORDS: Mapping[Expected, str] = {
    "more": "more with it",
    "less": "less with it",
    "flat": "no difference that the runs can show",
    "same_bytes": "the same records, byte for byte",
}
Seen = Literal["as_expected", "not_as_expected", "other_way", "more", "less", "undecided", "nothing_to_count"]
SEEN_WORDS: Mapping[Seen, str] = {
    "as_expected": "as expected",
    "not_as_expected": "not as expected",
    "other_way": "the other way round",
    "more": "more with it",
    "less": "less with it",
    "undecided": "not distinguishable from nothing",
    "nothing_to_count": "nothing to count among",
}
NOT_A_TEST = (
    "A switch shows what a mechanism does inside this file, not that it is real: what is expected comes from "
    "the same texts as the file. Where the runs show something else, it stands here as found, and nothing was tuned."
)


@dataclass(frozen=True)
class Ablation:
    """One switch: a metric with the mechanism and without it, or with more and with less of it."""

    switch: str
    with_it: Term
    without: Term
    metric: str
    """In words, without its cell."""
    expected: Expected | None = None
    """What the evidence lets one expect; None where it is silent."""
    input: bool = False
    """What is expected follows from the rules or the file, whatever the runs: it cannot come out otherwise."""


@dataclass(frozen=True)
class Mechanism:
    """A mechanism of the evidence: what carries it, what should be seen, what is switched; or why it is left out."""

    id: str
    name: str
    statement: str
    claims: tuple[str, ...]
    basis: str
    fields: tuple[str, ...]
    """Dotted paths of the scenario that carry it."""
    rules: tuple[str, ...]
    """Files of the package that carry it."""
    observable: str
    tests: tuple[str, ...]
    ablations: Annotated[tuple[Ablation, ...], HIDDEN]
    left_out: str
    not_carried: str
    finding: str


@dataclass(frozen=True)
class Contradiction:
    """A contradiction of the sources: a rival of the scenario file, or why it bears on no number."""

    id: str
    what: str
    question: str
    readings: tuple[str, ...]
    no_number: str


@dataclass(frozen=True)
class MechanismsSpec:
    """Everything to be computed, names settled."""

    id: str
    title: str
    note: str
    """What a reader of the findings must know."""
    cases: Annotated[tuple[Case, ...], HIDDEN]
    mechanisms: Annotated[tuple[Mechanism, ...], HIDDEN]
    contradictions: tuple[Contradiction, ...]

    @property
    def metrics(self) -> dict[Cell, list[Metric]]:
        """What is counted in each cell."""
        rows = [row for mechanism in self.mechanisms for row in mechanism.ablations]
        return metrics_by_cell((term.cell, term.metric) for row in rows for term in (row.with_it, row.without))


@dataclass(frozen=True)
class AblationResult:
    """A switch and what it moved."""

    COMPUTED = ("difference", "distinguishable", "seen")

    ablation: Ablation
    with_it: MetricCounts
    without: MetricCounts
    same_bytes: bool
    """Every record of both families of runs is equal, not this metric alone."""

    @property
    def difference(self) -> Estimate:
        """Paired, with less without, with its 95% interval; unknown where there is nothing to count among."""
        if not (self.with_it.known and self.without.known):
            return UNBOUNDED
        return Estimate(0.0, 0.0, 0.0) if self.unmoved else self.with_it.minus(self.without)

    @property
    def unmoved(self) -> bool:
        """Same bytes, and the metric is one of the records alone (what meeting brings is not)."""
        return self.same_bytes and bool(np.array_equal(self.with_it.hits, self.without.hits))

    @property
    def distinguishable(self) -> bool:
        """Whether the interval of the difference leaves out zero."""
        return self.difference.side != 0

    @property
    def seen(self) -> Seen:
        """What came out, beside what was expected."""
        expected, side = self.ablation.expected, self.difference.side
        if expected == "same_bytes":
            return "as_expected" if self.same_bytes else "not_as_expected"
        if not self.difference.known:
            return "nothing_to_count"
        if expected == "flat":
            return "not_as_expected" if side else "as_expected"
        if side == 0:
            return "undecided"
        word: Literal["more", "less"] = "more" if side > 0 else "less"
        if expected is None:
            return word
        return "as_expected" if word == expected else "other_way"


@dataclass(frozen=True)
class MechanismResult(Mechanism):
    """A mechanism and what its switches moved."""

    COMPUTED = ("moves",)

    results: tuple[AblationResult, ...]

    @property
    def moves(self) -> bool:
        """Whether some switch can be told from nothing."""
        return any(row.distinguishable for row in self.results)


@dataclass(frozen=True)
class Mechanisms(MechanismsSpec):
    """What the switches of all mechanisms moved."""

    COMPUTED = ("still", "unexpected")

    size: Size
    digests: Mapping[str, str]
    """Per scenario, as resolved without changes."""
    runs: int
    entries: tuple[MechanismResult, ...]
    not_a_test: str = NOT_A_TEST
    conditional: str = CONDITIONAL

    @property
    def still(self) -> tuple[str, ...]:
        """Mechanisms none of whose switches can be told from nothing."""
        return tuple(entry.id for entry in self.entries if entry.results and not entry.moves)

    @property
    def unexpected(self) -> tuple[tuple[str, str], ...]:
        """Mechanism and switch where something else was seen than expected, or nothing where something was."""
        wrong = ("not_as_expected", "other_way", "undecided", "nothing_to_count")
        return tuple(
            (entry.id, row.ablation.switch)
            for entry in self.entries
            for row in entry.results
            if row.ablation.expected and row.seen in wrong
        )


def ablate(spec: MechanismsSpec, size: Size, progress: Progress) -> Mechanisms:
    """Run every cell once, so many runs of each, and read every switch from the same draws."""
    metrics = spec.metrics
    sizes = dict.fromkeys(metrics, size)
    progress.expect(count_runs(sizes))

    def collectors(cell: Cell, source: Source, size: Size) -> tuple[MetricCounter, RecordDigest]:
        return MetricCounter(metrics[cell], source, cell.format, size.replications), RecordDigest()

    library = Library({case.id: case for case in spec.cases})
    played = play_cells(sizes, library, collectors, progress)
    counts = {cell: counter.counts for cell, (counter, _) in played.items()}

    def result(row: Ablation) -> AblationResult:
        terms = (row.with_it, row.without)
        with_it, without = (counts[term.cell][term.metric] for term in terms)
        digests = {played[term.cell][1].digest for term in terms}
        return AblationResult(row, with_it, without, same_bytes=len(digests) == 1)

    return Mechanisms(
        **vars(spec),
        size=size,
        digests={case.id: case.base.digest for case in spec.cases},
        runs=count_runs(sizes),
        entries=tuple(
            MechanismResult(**vars(one), results=tuple(map(result, one.ablations))) for one in spec.mechanisms
        ),
    )
