"""Compare talk formats: first the answer, then how sure it is, then what it rests on.

The baseline is played in blocks of draws that double, until it is as precise as wanted; whoever watches sees each step,
and each is what a comparison of that many draws finds. Then, on the same luck, come the rule variants, each on as many
of these draws as it needs (`families`), what was possible, and, for a deep comparison, other behavioural constants and
what the answer rests on. Whoever stops it, or a budget of time, keeps what is there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

import numpy as np

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.numeric_issues import numeric_findings
from sim.analysis.comparison.outside_view import outside_view
from sim.analysis.comparison.precision import half_width
from sim.analysis.comparison.result_document import (
    BUDGET,
    DRAWS,
    PRECISION,
    QUICK,
    STOPPED,
    ComparisonResult,
    Ending,
    Omission,
)
from sim.analysis.comparison.results import Comparison, Likelihoods
from sim.analysis.comparison.verdict import RivalReading, RivalReadings, verdict
from sim.analysis.sensitivity.inquiry import KeptOutcomes, Outcomes
from sim.analysis.sensitivity.variance_shares import RestsOn, rests_on
from sim.analysis.statistics.stopping import next_draws
from sim.analysis.theory.conflict import Conflict, conflict
from sim.analysis.theory.rational import RationalBenchmarks, TabledTexts, rational_benchmarks
from sim.analysis.theory.theory_compare import TheoryComparison, theory_comparison
from sim.app.compare_request import BENCHMARK_WORTH, TABLE_WORTH, CompareRequest
from sim.app.families import Beside, Family, families_of, play_families
from sim.app.harness import versions
from sim.app.solve import silent_solver
from sim.engines.batch import play
from sim.scenario import ResolvedScenario
from sim.types.marks import HIDDEN
from sim.types.playing import SILENCE, Collector, Progress, Stopped

BASELINE_SHARE = 0.6
"""Of a budget of time, for the baseline, where other parts follow."""
LEAST_GAIN = 10
"""A block that a budget pays for, but that is a smaller part of the draws than this, is not worth it."""


@dataclass(frozen=True, kw_only=True)
class CompareResult(ComparisonResult):
    """The comparison with everything that stands beside it, and what a report needs to tell its talks."""

    request: Annotated[CompareRequest, HIDDEN]
    typical: Annotated[tuple[int, ...], HIDDEN]
    """Per format, the number of the first run that ended as most of its runs did."""


@dataclass
class _Clock:
    """A budget of wall-clock seconds."""

    seconds: float | None
    started: float = field(default_factory=lambda: time.monotonic())  # read when it begins

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.started

    @property
    def up(self) -> bool:
        """Whether there is no time left."""
        return self.seconds is not None and self.spent >= self.seconds


@dataclass(frozen=True)
class _Timed(Progress):
    """Progress that stops what it watches when time is up."""

    progress: Progress
    clock: _Clock

    def expect(self, runs: int) -> None:
        self.progress.expect(runs)

    def say(self, label: str) -> None:
        self.progress.say(label)

    def add(self, runs: int) -> None:
        self.progress.add(runs)
        if self.clock.up:
            raise Stopped


@dataclass
class _Parts:
    """What stands beside the baseline, as far as it was computed."""

    compared: list[tuple[Family, Likelihoods]] = field(default_factory=list)
    benchmarks: RationalBenchmarks | None = None
    theory: TheoryComparison | None = None
    shares: RestsOn | None = None

    def left_out(self, request: CompareRequest, ended: Ending) -> dict[str, Omission]:
        """Part that is not there, or not whole, though people would look for it -> why."""
        played = Counter(family.part for family, _ in self.compared)
        wanted = Counter(family.part for family in request.families)
        why: Omission = BUDGET if ended == BUDGET else STOPPED
        missing: dict[str, Omission] = {part: why for part in wanted if played[part] < wanted[part]}
        unsolved = {"benchmarks": self.benchmarks is None and request.benchmark_draws}
        unsolved |= {"theory": self.theory is None and request.theory_draws, "shares": not self.shares and request.deep}
        missing |= {part: why for part, gone in unsolved.items() if gone}
        if request.variants and not request.deep:
            constants = families_of(request.encoder.resolved, own_variant=None, constants=True)
            missing |= {"shares": QUICK, **({"constants": QUICK} if constants else {})}
        return missing


def compare(
    request: CompareRequest,
    *collectors: Collector,
    progress: Progress = SILENCE,
    watch: Callable[[Comparison], object] = lambda _: None,
) -> CompareResult:
    """Compare the talk formats of a scenario; further collectors take the baseline's runs.

    `watch` is told every step of the baseline: each is the comparison of that many draws. Where `progress` raises
    `Stopped` after the first step, the result has what is there, and says what is not.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist.
        Stopped: before there was a first step.
    """
    size, formats, structure, clock = request.size, request.places, request.structure, _Clock(request.budget)
    progress.expect(request.work())
    counts = Accumulator(structure, formats, size.draws, size.replications)
    texts = TabledTexts(request.benchmark_draws, len(formats), size.replications)
    outcomes = KeptOutcomes(size.draws, len(formats), size.replications)
    how = {"clock": clock, "progress": progress, "watch": watch}
    (ended, baseline), parts = _play(request, counts, (texts, outcomes, *collectors), **how), _Parts()
    outcome = outcomes.outcome[: baseline.n_draws]
    beside = Beside(request.scenario, formats, replace(size, draws=baseline.n_draws), counts, baseline)
    if ended != STOPPED:
        progress.expect(request.work(baseline.n_draws))
        try:
            _fill(parts, request, beside, texts=texts, outcome=outcome, progress=_Timed(progress, clock))
        except Stopped:
            ended = BUDGET if clock.up else STOPPED
    return _result(request, beside, parts, ended=ended, outcome=outcome)


def _play(
    request: CompareRequest,
    counts: Accumulator,
    collectors: Sequence[Collector],
    *,
    clock: _Clock,
    progress: Progress,
    watch: Callable[[Comparison], object],
) -> tuple[Ending, Comparison]:
    """Play the baseline until it is precise enough, has all its draws, or has had its time; why it ended, and it."""
    size, done, wanted = request.size, 0, request.first_draws
    progress.say("playing the talks")
    while True:
        try:
            how = {"progress": progress, "first_draw": done}
            play(request.encoder, request.places, replace(size, draws=wanted), counts, *collectors, **how)
        except Stopped:
            if counts.n_draws < request.first_draws:
                raise
            watch(found := counts.result())
            return STOPPED, found
        done = wanted
        watch(found := counts.result())
        ended: Ending = DRAWS
        wanted = min(2 * done, size.draws)
        if request.precision is not None:
            wanted = next_draws(done, half_width(found), request.precision, most=size.draws)
            ended = PRECISION if half_width(found) <= request.precision else DRAWS
        if request.budget is not None:
            affordable = _affordable(request, done, clock)
            wanted, ended = (affordable, BUDGET) if affordable < wanted else (wanted, ended)
        if wanted == done:
            return ended, found


def _affordable(request: CompareRequest, done: int, clock: _Clock) -> int:
    """Draws that the baseline's part of the budget pays for, at the pace of those done; no more if hardly any."""
    alone = not request.families and not request.benchmark_draws and not request.deep
    seconds = (request.budget or 0.0) * (1.0 if alone else BASELINE_SHARE)
    more = int(done * (seconds - clock.spent) / clock.spent)
    return done + more if more >= done // LEAST_GAIN else done


def _fill(
    parts: _Parts, request: CompareRequest, beside: Beside, *, texts: TabledTexts, outcome: Outcomes, progress: Progress
) -> None:
    """Compute what stands beside the baseline, part by part.

    Raises:
        Stopped: by `progress`; the parts that are there are whole.
    """
    for found in play_families(request.families, beside, progress=progress):
        parts.compared.append(found)
    _solve(parts, request, beside.baseline, texts, progress=progress)
    parts.shares = _shares(request, beside.baseline, outcome, progress)


def _result(
    request: CompareRequest, beside: Beside, parts: _Parts, *, ended: Ending, outcome: Outcomes
) -> CompareResult:
    """Everything that is there as one record."""
    baseline, structure, resolved = beside.baseline, request.structure, request.encoder.resolved
    variants = {family.variant.name: found for family, found in parts.compared if family.standard}
    sets = [found for family, found in parts.compared if family.part == "constants"]
    left_out = parts.left_out(request, ended)
    missing = {"sets_missing": "constants" in left_out, "variants_missing": "variants" in left_out}
    judged = verdict(baseline, variants, sets, **missing) if variants or sets else None
    return CompareResult(
        **vars(baseline),
        digest=resolved.digest,
        seed=request.size.seed,
        settings=request.scenario.as_settings(),
        versions=versions(),
        numbers_by_basis=Counter(row.basis for row in request.encoder.numbers()),
        structure=structure,
        ended=ended,
        half_width=half_width(baseline),
        left_out=left_out,
        variants=variants,
        verdict=judged,
        benchmarks=parts.benchmarks,
        conflict=_conflict(request) if parts.benchmarks else None,
        theory=parts.theory,
        variance_shares=parts.shares,
        rivals=_rivals(resolved, baseline, parts.compared),
        history=outside_view(
            resolved.reference_class,
            baseline,
            months=[structure.formats[place].months for place in request.places],
            by_draw=beside.counts.by_draw(),
            pool=request.outside_view,
        ),
        numeric_issues=numeric_findings(resolved, structure, baseline),
        request=request,
        typical=_typical(outcome),
    )


def _shares(request: CompareRequest, baseline: Comparison, outcome: Outcomes, progress: Progress) -> RestsOn | None:
    """What the answer rests on: with a default spread for numbers that are assumed without one; None if not asked."""
    inquiry = request.inquiry(baseline.n_draws)
    if inquiry is None:
        return None
    progress.say("what the answer rests on")
    return rests_on(inquiry, baseline, outcome, progress=progress)


def _rivals(
    resolved: ResolvedScenario, baseline: Comparison, compared: Sequence[tuple[Family, Likelihoods]]
) -> RivalReadings | None:
    """The baseline's ranking judged by the readings of contradictions of which all were played; None without any."""
    played = Counter(family.rival for family, _ in compared)
    whole = {key: rival for key, rival in resolved.rivals.items() if played[key] == len(rival.readings)}
    readings = tuple(
        RivalReading(family.rival, family.reading, family.variant.said, found)
        for family, found in compared
        if family.rival in whole
    )
    if not readings:
        return None
    questions = {key: rival.question for key, rival in whole.items()}
    judged = verdict(baseline, {one.key: one.comparison for one in readings}, sets_missing=True)
    return RivalReadings(questions, readings, judged)


def _solve(
    parts: _Parts, request: CompareRequest, baseline: Comparison, texts: TabledTexts, *, progress: Progress
) -> None:
    """Rational benchmarks and the stationary equilibrium, each for a sample of draws where it is asked for."""
    theory_draws, formats = request.theory_draws, request.places
    most = max(texts.n_draws, theory_draws)
    if most == 0:
        return
    tables = request.encoder.tables(0, most)
    with silent_solver():
        if texts.n_draws:
            progress.say("rational benchmarks")
            parts.benchmarks = rational_benchmarks(
                tables, request.structure, formats, texts, after_each=lambda: progress.add(BENCHMARK_WORTH)
            )
        if theory_draws:
            progress.say("the stationary equilibrium")
            parts.theory = theory_comparison(
                tables, formats, baseline, n_draws=theory_draws, after_each=lambda: progress.add(TABLE_WORTH)
            )


def _conflict(request: CompareRequest) -> Conflict | None:
    """How much conflict the draws of the rational benchmarks hold; None without these, or where all are tracks."""
    formats = [place for place in request.places if not request.structure.formats[place].legs]
    if not (request.benchmark_draws and formats):
        return None
    return conflict(request.encoder.tables(0, request.benchmark_draws), request.structure, formats)


def _typical(outcome: Outcomes) -> tuple[int, ...]:
    """Per format, the number of the first run that ended as most of its runs did; outcomes are [D, F, R]."""
    ends = outcome.swapaxes(0, 1).reshape(outcome.shape[1], -1)
    return tuple(int(np.argmax(row == np.bincount(row).argmax())) for row in ends)
