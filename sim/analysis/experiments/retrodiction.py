"""Documented meetings simulated: what was documented beside what the files give, twins, and orderings of outcomes.

One scenario file a case. Nothing here is fitted: the cases share one set of priors of the behavioural constants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Annotated

import numpy as np

from sim.analysis.comparison.constant_design import N_SETS, constant_sets
from sim.analysis.comparison.results import CONDITIONAL
from sim.analysis.experiments.cells import BASELINE, Case, Cell, Library, count_runs, play_cells
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
from sim.analysis.experiments.metrics import Metric, MetricCounter
from sim.analysis.statistics.forecast_scores import Score, base_rates, never_settles, score
from sim.analysis.statistics.intervals import Estimate
from sim.scenario.preparation.variants import STANDARD
from sim.scenario.sampling.source import Source
from sim.types import COARSE_CLASSES, CoarseClass
from sim.types.marks import HIDDEN
from sim.types.message import Message, message
from sim.types.playing import Progress, Size

VARIANT_NAMES = (BASELINE, *STANDARD)
"""Rule variants under which orderings are looked at: those that mean the same in every case."""
NEAR_FACTOR = 4
"""Hypotheses that two metrics are near each other get this many times the draws: their interval must be narrow."""
Family = tuple[str, str]  # coding and variant under which cells are played
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
    hypotheses: Annotated[tuple[Hypothesis, ...], HIDDEN]

    @property
    def terms(self) -> list[Term]:
        """Of all its hypotheses."""
        return [term for hypothesis in self.hypotheses for term in hypothesis.terms]


@dataclass(frozen=True)
class SpecWords:
    """The words of a retrodiction in another language; what is left out stays as it is."""

    title: str | None = None
    twins: Mapping[str, str] = field(default_factory=dict)  # twin: summary
    orderings: Mapping[str, str] = field(default_factory=dict)  # ordering: claim


@dataclass(frozen=True)
class RetrodictionSpec:
    """Everything to be computed."""

    id: str
    title: str
    cases: tuple[Case, ...]
    twins: tuple[Twin, ...]
    orderings: tuple[Ordering, ...]
    codings: tuple[str, ...]  # the first is the one that the files name
    labels: Mapping[str, SpecWords]  # by language

    @property
    def languages(self) -> tuple[str, ...]:
        """In which the file or a case has names."""
        return (*self.labels, *(code for case in self.cases for code in case.base.labels or ()))

    @cached_property
    def digests(self) -> Mapping[str, Mapping[str, str]]:
        """SHA-256 of each case as read under every coding."""
        library = Library({case.id: case for case in self.cases})
        return {
            case.id: {name: library.load(Cell(case.id, (), coding=name)).digest for name in self.codings}
            for case in self.cases
        }

    @property
    def digest(self) -> str:
        """SHA-256 over all of them."""
        rows = [f"{case} {name} {one}" for case, each in sorted(self.digests.items()) for name, one in each.items()]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()

    def in_language(self, code: str) -> SpecWords:
        """Words in a language (two letters)."""
        return self.labels.get(code, SpecWords())


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
class TwinResult(Twin):
    """A twin beside its case."""

    by_coding: Mapping[str, TwinOutcome]


@dataclass(frozen=True)
class HypothesisReading:
    """A hypothesis of an ordering, with the constants drawn from their priors."""

    hypothesis: Annotated[Hypothesis, HIDDEN]
    words: str
    by_coding: Mapping[str, HypothesisResult]


@dataclass(frozen=True)
class OrderingResult(Ordering):
    """An ordering: how it reads with all priors, and in how many cells of the design it holds."""

    COMPUTED = ("share", "cells", "undecided", "by_coding", "by_variant")

    readings: tuple[HypothesisReading, ...]
    answers: Annotated[Mapping[Family, tuple[bool | None, ...]], HIDDEN]
    """Per coding and variant, one a set of constants."""
    over_all_sets: Mapping[Family, bool | None]
    """Per coding and variant, over the runs of all sets: by point estimates, so strict for nearness."""

    @property
    def share(self) -> float:
        """Share of cells in which it holds; a cell that cannot tell counts against it."""
        return _share(self.answers.values())

    @property
    def cells(self) -> int:
        """Constant sets x variants x codings."""
        return sum(map(len, self.answers.values()))

    @property
    def undecided(self) -> int:
        """Cells that cannot tell: nothing to count among, or an interval that reaches over a bound of nearness."""
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
    """Cases that are no longer as they were frozen; None where nothing was frozen."""
    earlier_freezes: tuple[str, ...] = ()
    """Digests of all cases at freezes before the present one, oldest first; empty where it is the first."""
    variants: tuple[str, ...] = VARIANT_NAMES
    """Under which orderings are looked at."""
    conditional: str = CONDITIONAL
    no_ranking: str = NO_RANKING

    @property
    def frozen(self) -> Message:
        """Whether the cases are as they were before the first run, in a sentence."""
        if self.changed is None:
            return message("The case files were never frozen, so they may have been written with results in sight.")
        if self.earlier_freezes and not self.changed:
            return message("The case files are as they were frozen anew, after earlier runs of earlier files or rules.")
        if self.earlier_freezes:
            return message("Changed since they were frozen anew: {cases}.", cases=", ".join(self.changed))
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


def retrodict(spec: RetrodictionSpec, sizes: RetrodictionSizes, progress: Progress) -> Retrodiction:
    """Simulate every case, its twins and the orderings."""
    library = Library({case.id: case for case in spec.cases})
    batches = _batches(spec, sizes)
    progress.expect(sum(count_runs(batch.cells) for batch in batches))
    plain, near, designed = (batch.count(library, progress) for batch in batches)
    drawn = {coding: (plain[coding, BASELINE], near[coding, BASELINE]) for coding in spec.codings}
    plainly = {coding: counts for coding, (counts, _) in drawn.items()}
    n_sets = {family: _n_sets(family, counts, library) for family, counts in designed.items()}
    return Retrodiction(
        spec=spec,
        id=spec.id,
        title=spec.title,
        codings=spec.codings,
        sizes=sizes,
        cases=_case_results(spec, plainly),
        twins=tuple(_twin_result(twin, plainly) for twin in spec.twins),
        orderings=tuple(_ordering_result(ordering, drawn, designed, n_sets) for ordering in spec.orderings),
        digest=spec.digest,
    )


@dataclass(frozen=True)
class _Batch:
    """Terms that are counted together under some codings and variants, and how many runs their cells have."""

    terms: Sequence[Term]
    sizes: Mapping[Family, Size]
    designed: bool = False

    @property
    def cells(self) -> dict[Cell, Size]:
        """Every cell to be played."""
        return {self._at(family, term.cell): size for family, size in self.sizes.items() for term in self.terms}

    def count(self, library: Library, progress: Progress) -> dict[Family, Counts]:
        """Per coding and variant the counts in the terms' cells."""
        metrics = metrics_by_cell((self._at(key, term.cell), term.metric) for key in self.sizes for term in self.terms)

        def counters(cell: Cell, source: Source, size: Size) -> tuple[MetricCounter]:
            return (MetricCounter(metrics[cell], source, cell.format, size.replications),)

        played = play_cells(self.cells, library, counters, progress)
        counts = {cell: counter.counts for cell, (counter,) in played.items()}
        return {key: {term.cell: counts[self._at(key, term.cell)] for term in self.terms} for key in self.sizes}

    def _at(self, family: Family, cell: Cell) -> Cell:
        coding, variant = family
        return cell.under(variant, coding=coding, designed=self.designed)


def _batches(spec: RetrodictionSpec, sizes: RetrodictionSizes) -> tuple[_Batch, _Batch, _Batch]:
    """With the constants drawn from their priors; so at more draws, for nearness; and with those of the design."""
    plain = [Term(_cell(case), Metric(name), name) for case in spec.cases for name in COARSE_CLASSES]
    plain += [term for twin in spec.twins for term in (twin.plain, twin.changed)]
    every = [hypothesis for ordering in spec.orderings for hypothesis in ordering.hypotheses]
    near = [term for hypothesis in every if hypothesis.kind == "near" for term in hypothesis.terms]
    plain += [term for hypothesis in every if hypothesis.kind != "near" for term in hypothesis.terms]
    main = {(name, BASELINE): sizes.other if k else sizes.main for k, name in enumerate(spec.codings)}
    more = {family: replace(size, draws=size.draws * NEAR_FACTOR) for family, size in main.items()}
    design: dict[Family, Size] = dict.fromkeys(product(spec.codings, VARIANT_NAMES), sizes.design)
    ordered = [term for ordering in spec.orderings for term in ordering.terms]
    return _Batch(plain, main), _Batch(near, more), _Batch(ordered, design, designed=True)


def _cell(case: Case) -> Cell:
    return Cell(case.id, (case.format,))


def _n_sets(family: Family, cells: Iterable[Cell], library: Library) -> int:
    """Sets of the constants' design: 1 where no constant of any case is uncertain."""
    coding, variant = family
    return N_SETS if any(constant_sets(library.load(cell.under(variant, coding=coding))) for cell in cells) else 1


def _case_results(spec: RetrodictionSpec, counts: Mapping[str, Counts]) -> tuple[CaseResult, ...]:
    records = {case.id: case.base.documented[case.format] for case in spec.cases}
    held = [key for key, record in records.items() if record.held]
    documented = [records[key].outcome for key in held]
    rates, never = (
        {key: score(forecast, records[key].outcome) for key, forecast in zip(held, forecasts, strict=True)}
        for forecasts in (base_rates(documented), never_settles(documented))
    )
    results: list[CaseResult] = []
    for case in spec.cases:
        record = records[case.id]
        found = {coding: [row[_cell(case)][Metric(name)] for name in COARSE_CLASSES] for coding, row in counts.items()}
        forecasts = {coding: np.array([one.value for one in row]) for coding, row in found.items()}
        results.append(
            CaseResult(
                id=case.id,
                title=case.base.title,
                format=case.format,
                held=record.held,
                documented=record.outcome,
                sources=record.sources,
                note=record.note or "",
                digests=spec.digests[case.id],
                shares={
                    coding: {name: one.estimate for name, one in zip(COARSE_CLASSES, row, strict=True)}
                    for coding, row in found.items()
                },
                scores={coding: score(one, record.outcome) for coding, one in forecasts.items() if record.held},
                base_rate=rates.get(case.id),
                never_settles=never.get(case.id),
            )
        )
    return tuple(results)


def _twin_result(twin: Twin, counts: Mapping[str, Counts]) -> TwinResult:
    outcomes: dict[str, TwinOutcome] = {}
    for coding, row in counts.items():
        plain, changed = (row[term.cell][term.metric] for term in (twin.plain, twin.changed))
        moved = changed.minus(plain)
        holds = moved.low > 0.0 if twin.below is None else changed.value < twin.below
        outcomes[coding] = TwinOutcome(plain.estimate, changed.estimate, moved, holds)
    return TwinResult(**vars(twin), by_coding=outcomes)


def _ordering_result(
    ordering: Ordering,
    drawn: Mapping[str, tuple[Counts, Counts]],
    designed: Mapping[Family, Counts],
    n_sets: Mapping[Family, int],
) -> OrderingResult:
    """How an ordering reads.

    Drawn, with the constants from their priors, are per coding the counts for all but nearness, and those for nearness;
    designed, with those of the design, counts per coding and variant, and so the number of its sets.
    """
    hypotheses = ordering.hypotheses
    readings = [
        HypothesisReading(
            one,
            one.words,
            {coding: judge_all([one], counts[one.kind == "near"])[0] for coding, counts in drawn.items()},
        )
        for one in hypotheses
    ]
    together = {key: judge_all(hypotheses, counts) for key, counts in designed.items()}
    return OrderingResult(
        **vars(ordering),
        readings=tuple(readings),
        answers={key: holds_in_sets(hypotheses, counts, n_sets[key]) for key, counts in designed.items()},
        over_all_sets={key: all_of(result.holds for result in results) for key, results in together.items()},
    )
