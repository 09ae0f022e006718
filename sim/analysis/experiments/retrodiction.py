"""Documented meetings simulated: what was documented beside what the files give, twins, and orderings of outcomes.

One scenario file a case. Nothing here is fitted: the cases share one set of priors of the behavioural constants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Annotated

import numpy as np

from sim.analysis.comparison.constant_sets import N_SETS, constant_sets
from sim.analysis.comparison.results import CONDITIONAL
from sim.analysis.experiments.cells import BASELINE, Case, Cell, Library, count_runs, play_cells
from sim.analysis.experiments.documented_scores import Floats, Score, base_rates, never_settles, score
from sim.analysis.experiments.hypotheses import (
    Counts,
    Hypothesis,
    HypothesisResult,
    Term,
    all_of,
    holds_in_sets,
    judge_all,
    metrics_by_cell,
)
from sim.analysis.experiments.metrics import Metric, MetricCounter, MetricCounts
from sim.analysis.statistics.intervals import Estimate
from sim.scenario.preparation.variants import STANDARD
from sim.scenario.sampling.source import Source
from sim.scenario.schema.written import Documented
from sim.types import COARSE_CLASSES, CoarseClass
from sim.types.message import Message, message
from sim.types.playing import Progress, Size
from sim.types.records import HIDDEN

VARIANT_NAMES = (BASELINE, *STANDARD)
"""Rule variants under which orderings are looked at: those that mean the same in every case."""
NEAR_FACTOR = 4
"""Hypotheses that two metrics are near each other get this many times the draws: their interval must be narrow."""
NO_RANKING = (
    "A dozen meetings, chosen by authors and not at random, rank no models: what is here shows order and sanity, "
    "and the scores are for reading, not for choosing."
)


@dataclass(frozen=True)
class Twin:
    """A case with its documented cause removed, or with such a cause added, and nothing else changed."""

    id: str
    summary: str
    plain: Term
    changed: Term
    below: float | None
    """What settlement must fall below; None where it must rise."""


@dataclass(frozen=True)
class Ordering:
    """An ordering of outcomes that documents suggest."""

    id: str
    claim: str
    input: bool
    """The scenario files put it in: that it comes out again shows nothing but consistency."""
    note: str
    sources: tuple[str, ...]
    hypotheses: tuple[Hypothesis, ...]


@dataclass(frozen=True)
class SpecWords:
    """The words of a retrodiction in another language."""

    title: str
    twins: Mapping[str, str]
    """Twin: summary."""
    orderings: Mapping[str, str]
    """Ordering: claim."""


@dataclass(frozen=True)
class RetrodictionSpec:
    """Everything to be computed."""

    id: str
    title: str
    cases: tuple[Case, ...]
    twins: tuple[Twin, ...]
    orderings: tuple[Ordering, ...]
    codings: tuple[str, ...]
    """The first is the one that the files name."""
    labels: Mapping[str, SpecWords] = field(default_factory=dict[str, SpecWords])
    """By language."""

    def in_language(self, code: str) -> SpecWords:
        """Words in a language (two letters); the file's own title and no other words where it has none."""
        return self.labels.get(code, SpecWords(self.title, {}, {}))


@dataclass(frozen=True)
class RetrodictionSizes:
    """How many runs: `main` a case, `other` for further codings, `design` a designed cell (draws of all sets)."""

    main: Size
    other: Size
    design: Size


@dataclass(frozen=True)
class CaseResult:
    """One case."""

    id: str
    title: str
    format: str
    held: bool
    documented: tuple[CoarseClass, ...]
    sources: tuple[str, ...]
    note: str
    digests: Mapping[str, str]
    """Of the case as read, per coding."""
    shares: Mapping[str, Mapping[CoarseClass, Estimate]]
    """Per coding."""
    scores: Mapping[str, Score]
    """Of the simulation, per coding; empty where nothing was held."""
    base_rate: Score | None
    never_settles: Score | None


@dataclass(frozen=True)
class TwinOutcome:
    """Settlement in a case and in its twin, by one coding."""

    plain: Estimate
    changed: Estimate
    difference: Estimate
    holds: bool
    """Whether the twin does as it must."""


@dataclass(frozen=True)
class TwinResult:
    """A twin beside its case."""

    id: str
    summary: str
    case: str
    change: tuple[str, ...]
    """Overrides."""
    below: float | None
    """As in `Twin`."""
    by_coding: Mapping[str, TwinOutcome]


@dataclass(frozen=True)
class OrderedHypothesis:
    """A hypothesis of an ordering, with the constants drawn from their priors."""

    hypothesis: Annotated[Hypothesis, HIDDEN]
    words: str
    by_coding: Mapping[str, HypothesisResult]


@dataclass(frozen=True)
class OrderingResult:
    """An ordering: how it reads with all priors, and in how many cells of the design it holds."""

    COMPUTED = ("share", "cells", "undecided", "by_coding", "by_variant")

    id: str
    claim: str
    input: bool
    """As in `Ordering`."""
    sources: tuple[str, ...]
    note: str
    hypotheses: tuple[OrderedHypothesis, ...]
    answers: Annotated[Mapping[tuple[str, str], tuple[bool | None, ...]], HIDDEN]
    """Per coding and variant, one a set of constants."""
    over_all_sets: Mapping[tuple[str, str], bool | None]
    """Per coding and variant, over the runs of all sets: by point estimates, so strict for nearness."""

    @property
    def share(self) -> float:
        """Share of cells in which it holds; a cell without anything to count among counts against it."""
        return _share(self.answers.values())

    @property
    def cells(self) -> int:
        """Constant sets x variants x codings."""
        return sum(map(len, self.answers.values()))

    @property
    def undecided(self) -> int:
        """Cells in which there was nothing to count among."""
        return sum(answers.count(None) for answers in self.answers.values())

    @property
    def by_coding(self) -> Mapping[str, float]:
        """Share among the cells of each coding."""
        return self._shares_by(0)

    @property
    def by_variant(self) -> Mapping[str, float]:
        """Share among the cells of each variant."""
        return self._shares_by(1)

    def _shares_by(self, place: int) -> dict[str, float]:
        names = dict.fromkeys(key[place] for key in self.answers)
        return {name: _share(part for key, part in self.answers.items() if key[place] == name) for name in names}


def _share(answers: Iterable[Sequence[bool | None]]) -> float:
    every = [answer is True for part in answers for answer in part]
    return float(np.mean(every)) if every else float("nan")


@dataclass(frozen=True)
class MeanScore:
    """Of one forecaster, over the cases held."""

    log: float
    brier: float


@dataclass(frozen=True)
class Retrodiction:
    """What a retrodiction found."""

    COMPUTED = ("frozen", "mean_scores")

    spec: Annotated[RetrodictionSpec, HIDDEN]
    id: str
    title: str
    codings: tuple[str, ...]
    """Codebooks; the first is the one that the files name."""
    sizes: RetrodictionSizes
    cases: tuple[CaseResult, ...]
    twins: tuple[TwinResult, ...]
    orderings: tuple[OrderingResult, ...]
    digest: str
    """Of all cases as read under every coding."""
    changed: tuple[str, ...] | None = None
    """Cases that are no longer as they were frozen before the first run; None where nothing was frozen."""
    variants: tuple[str, ...] = VARIANT_NAMES
    """Under which orderings are looked at."""
    conditional: str = CONDITIONAL
    no_ranking: str = NO_RANKING

    @property
    def frozen(self) -> Message:
        """Whether the cases are as they were before the first run, in a sentence."""
        if self.changed is None:
            return message("The case files were never frozen, so they may have been written with results in sight.")
        if not self.changed:
            return message("The case files are as they were frozen before the first run.")
        return message("Changed since they were frozen before the first run: {cases}.", cases=", ".join(self.changed))

    @property
    def mean_scores(self) -> Mapping[str, Mapping[str, MeanScore]]:
        """Per coding, over the cases held: of the simulation, the base rate and never settles."""
        return {coding: self._mean_scores(coding) for coding in self.codings}

    def _mean_scores(self, coding: str) -> dict[str, MeanScore]:
        rows = {
            "simulation": [case.scores.get(coding) for case in self.cases],
            "base rate of the other cases": [case.base_rate for case in self.cases],
            "nothing ever settles": [case.never_settles for case in self.cases],
        }
        scores = {name: [one for one in row if one is not None] for name, row in rows.items()}
        return {
            name: MeanScore(float(np.mean([one.log for one in row])), float(np.mean([one.brier for one in row])))
            for name, row in scores.items()
            if row
        }


def freeze_digest(cases: Sequence[Case], codings: Sequence[str]) -> tuple[str, dict[str, dict[str, str]]]:
    """One SHA-256 over all case files as resolved under every coding, and each of them."""
    library = Library({case.id: case for case in cases})
    each = {case.id: {name: library.load(Cell(case.id, (), coding=name)).digest for name in codings} for case in cases}
    text = "\n".join(
        f"{case} {name} {digest}" for case, digests in sorted(each.items()) for name, digest in digests.items()
    )
    return hashlib.sha256(text.encode()).hexdigest(), each


def total_runs(spec: RetrodictionSpec, sizes: RetrodictionSizes) -> int:
    """Runs that `retrodict` will make."""
    return sum(count_runs(batch.sizes) for batch in _batches(spec, sizes))


def retrodict(spec: RetrodictionSpec, sizes: RetrodictionSizes, progress: Progress) -> Retrodiction:
    """Simulate every case, its twins and the orderings.

    Args:
        spec: cases and questions, names settled.
        sizes: how many runs.
        progress: told of what is played.
    """
    digest, digests = freeze_digest(spec.cases, spec.codings)
    library = Library({case.id: case for case in spec.cases})
    plain, near, designed = (batch.count(library, progress) for batch in _batches(spec, sizes))
    counts = _Counted(plain, near, designed, _n_sets(spec, library))
    return Retrodiction(
        spec=spec,
        id=spec.id,
        title=spec.title,
        codings=spec.codings,
        sizes=sizes,
        cases=_case_results(spec, counts, digests),
        twins=tuple(_twin_result(twin, spec, counts) for twin in spec.twins),
        orderings=tuple(_ordering_result(ordering, spec, counts) for ordering in spec.orderings),
        digest=digest,
    )


@dataclass(frozen=True)
class _Batch:
    """Terms that are counted together, and how many runs their cells have."""

    terms: Sequence[Term]
    sizes: Mapping[Cell, Size]

    def count(self, library: Library, progress: Progress) -> Counts:
        metrics = metrics_by_cell(self.terms)

        def counters(cell: Cell, source: Source, size: Size) -> tuple[MetricCounter]:
            return (MetricCounter(metrics[cell], source, cell.format, size.replications),)

        played = play_cells(self.sizes, library, counters, progress)
        return {cell: counter.counts for cell, (counter,) in played.items()}


def _batches(spec: RetrodictionSpec, sizes: RetrodictionSizes) -> tuple[_Batch, _Batch, _Batch]:
    """With the constants drawn from their priors; so at more draws, for nearness; and with those of the design."""
    plain = [Term(Cell(case.id, (case.format,)), Metric(name), name) for case in spec.cases for name in COARSE_CLASSES]
    plain += [term for twin in spec.twins for term in (twin.plain, twin.changed)]
    near: list[Term] = []
    for hypothesis in _hypotheses(spec):
        (near if hypothesis.kind == "near" else plain).extend(hypothesis.terms)
    every = [term for hypothesis in _hypotheses(spec) for term in hypothesis.terms]
    main = {(name, BASELINE): sizes.other if k else sizes.main for k, name in enumerate(spec.codings)}
    more = {family: replace(size, draws=size.draws * NEAR_FACTOR) for family, size in main.items()}
    design = dict.fromkeys(_families(spec), sizes.design)
    return _batch(plain, main), _batch(near, more), _batch(every, design, designed=True)


def _batch(terms: Sequence[Term], sizes: Mapping[tuple[str, str], Size], *, designed: bool = False) -> _Batch:
    """The terms under each coding and variant."""
    placed = [(term.under(*family, designed=designed), size) for family, size in sizes.items() for term in terms]
    return _Batch([term for term, _ in placed], {term.cell: size for term, size in placed})


def _hypotheses(spec: RetrodictionSpec) -> list[Hypothesis]:
    return [hypothesis for ordering in spec.orderings for hypothesis in ordering.hypotheses]


def _families(spec: RetrodictionSpec) -> list[tuple[str, str]]:
    """Codings and variants under which orderings are looked at."""
    return list(product(spec.codings, VARIANT_NAMES))


def _n_sets(spec: RetrodictionSpec, library: Library) -> dict[tuple[str, str], int]:
    """Per coding and variant the sets of the constants' design: 1 where no constant of any case is uncertain."""
    cells = metrics_by_cell(term for hypothesis in _hypotheses(spec) for term in hypothesis.terms)
    return {
        family: N_SETS if any(constant_sets(library.load(cell.under(*family))) for cell in cells) else 1
        for family in _families(spec)
    }


@dataclass(frozen=True)
class _Counted:
    """Counts of the batches, and the sets of the design."""

    plain: Counts
    near: Counts
    designed: Counts
    n_sets: Mapping[tuple[str, str], int]


def _case_results(
    spec: RetrodictionSpec, counts: _Counted, digests: Mapping[str, Mapping[str, str]]
) -> tuple[CaseResult, ...]:
    records = {case.id: case.base.documented[case.format] for case in spec.cases}
    held = [id_ for id_, record in records.items() if record.held]
    documented = [records[id_].outcome for id_ in held]
    rates, never = (
        dict(zip(held, forecasts, strict=True)) for forecasts in (base_rates(documented), never_settles(documented))
    )
    results: list[CaseResult] = []
    for case in spec.cases:
        record = records[case.id]

        def scored(forecast: Floats, record: Documented = record) -> Score:
            return score(forecast, record.outcome)

        counted = {coding: _classes(case, coding, counts) for coding in spec.codings}
        values = {coding: np.array([one.value for one in row.values()]) for coding, row in counted.items()}
        results.append(
            CaseResult(
                id=case.id,
                title=case.base.title,
                format=case.format,
                held=record.held,
                documented=record.outcome,
                sources=record.sources,
                note=record.note or "",
                digests=digests[case.id],
                shares={coding: {k: one.estimate for k, one in row.items()} for coding, row in counted.items()},
                scores={coding: scored(forecast) for coding, forecast in values.items()} if record.held else {},
                base_rate=scored(rates[case.id]) if record.held else None,
                never_settles=scored(never[case.id]) if record.held else None,
            )
        )
    return tuple(results)


def _classes(case: Case, coding: str, counts: _Counted) -> dict[CoarseClass, MetricCounts]:
    cell = Cell(case.id, (case.format,)).under(coding)
    return {name: counts.plain[cell][Metric(name)] for name in COARSE_CLASSES}


def _twin_result(twin: Twin, spec: RetrodictionSpec, counts: _Counted) -> TwinResult:
    outcomes: dict[str, TwinOutcome] = {}
    for coding in spec.codings:
        terms = (term.under(coding) for term in (twin.plain, twin.changed))
        plain, changed = (counts.plain[term.cell][term.metric] for term in terms)
        moved = changed.minus(plain)
        holds = moved.low > 0.0 if twin.below is None else changed.value < twin.below
        outcomes[coding] = TwinOutcome(plain.estimate, changed.estimate, moved, holds)
    cell = twin.changed.cell
    return TwinResult(twin.id, twin.summary, cell.scenario, cell.overrides, twin.below, outcomes)


def _ordering_result(ordering: Ordering, spec: RetrodictionSpec, counts: _Counted) -> OrderingResult:
    drawn: list[OrderedHypothesis] = []
    for hypothesis in ordering.hypotheses:
        among = counts.near if hypothesis.kind == "near" else counts.plain
        by_coding = {coding: judge_all([hypothesis.under(coding)], among)[0] for coding in spec.codings}
        drawn.append(OrderedHypothesis(hypothesis, hypothesis.words, by_coding))
    placed = {
        family: [hypothesis.under(*family, designed=True) for hypothesis in ordering.hypotheses]
        for family in counts.n_sets
    }
    return OrderingResult(
        id=ordering.id,
        claim=ordering.claim,
        input=ordering.input,
        sources=ordering.sources,
        note=ordering.note,
        hypotheses=tuple(drawn),
        answers={
            family: holds_in_sets(hypotheses, counts.designed, counts.n_sets[family])
            for family, hypotheses in placed.items()
        },
        over_all_sets={
            family: all_of(result.holds for result in judge_all(hypotheses, counts.designed))
            for family, hypotheses in placed.items()
        },
    )
