"""Compare talk formats: which families of runs are made, in which order, on the same luck.

Four families share one seed, so that they differ by what is meant and not by luck: the baseline at full size, every
standard variant at a quarter of the draws, the fixed design of behavioural constants at a sixteenth, and what the
answer rests on at a quarter and an eighth. Rival readings of the sources, where asked for, take a quarter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.constant_design import constant_sets
from sim.analysis.comparison.numeric_issues import numeric_findings
from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.rival_readings import RivalReading, RivalReadings
from sim.analysis.comparison.verdict import verdict
from sim.analysis.sensitivity.kept_outcomes import KeptOutcomes
from sim.analysis.sensitivity.variance_shares import Inquiry, SensitivitySizes, rests_on
from sim.analysis.theory.rational import SAMPLE, RationalBenchmarks, TabledTexts, rational_benchmarks
from sim.analysis.theory.theory_compare import TheoryComparison, theory_comparison
from sim.app.errors import choose
from sim.app.harness import Keeping, file_digests, versions
from sim.app.scenarios import Scenario
from sim.app.silence import silent_solver
from sim.engines.batch import play
from sim.scenario import Encoder, Variant, standard_variants
from sim.types import Outcome, Runs, Structure
from sim.types.marks import HIDDEN
from sim.types.message import message
from sim.types.playing import SILENCE, Collector, Progress, Size

VARIANT_SHARE, CONSTANTS_SHARE, HELD_SHARE = 4, 16, 8
"""The draws of the baseline are divided by these: for variants, sets of constants, numbers that are held."""
SOLVED, LEAST_DRAWS = 120, 8
"""Tables solved for rational benchmarks, over draws and formats together, and the fewest draws they take."""
BENCHMARK_WORTH, TABLE_WORTH = 20, 400
"""Runs that take about as long as one draw's benchmarks, and as one table's equilibrium: for the progress bar."""
_NOT_SEEN = -1


@dataclass(frozen=True)
class CompareRequest:
    """What is asked of a comparison.

    Attributes:
        scenario: the file with its changes.
        formats: ids of talk formats and tracks; empty for all that are not only legs of tracks.
        draws: draws of the uncertain numbers, at least 2.
        replications: runs of chance for each draw and format, at least 2.
        seed: same seed, same numbers.
        variants: whether to play the rule variants and the design of constants, and give a verdict.
        shares: whether to say what the answer rests on; only with variants.
        rivals: whether to play every reading of the sources where they contradict each other.
        benchmarks: whether to say what was possible.
        theory_draws: draws for which the equilibrium is solved; 0 for none.
        threads: default all processors; results do not depend on it.
        language: of the names in the result.
    """

    scenario: Scenario
    formats: tuple[str, ...] = ()
    draws: int = 1250
    replications: int = 8
    seed: int = 1
    variants: bool = True
    shares: bool = True
    rivals: bool = False
    benchmarks: bool = True
    theory_draws: int = 0
    threads: int | None = None
    language: str = "en"

    @property
    def few(self) -> int:
        """Draws of a variant."""
        return max(2, self.draws // VARIANT_SHARE)


@dataclass(frozen=True)
class Family:
    """A family of runs beside the baseline: a standard variant, a set of constants, a reading of the sources."""

    variant: Variant
    draws: int
    label: str
    rival: str = ""
    reading: str = ""
    standard: bool = False


@dataclass(frozen=True)
class ComparePlan:
    """A request made concrete: names settled, arrays at hand, nothing computed."""

    request: CompareRequest
    encoder: Encoder
    formats: tuple[int, ...]

    @property
    def structure(self) -> Structure:
        """Names and sizes."""
        return self.encoder.structure

    @property
    def format_ids(self) -> tuple[str, ...]:
        """Ids of the formats compared."""
        return tuple(self.structure.formats[index].id for index in self.formats)

    @property
    def size(self) -> Size:
        """Of the baseline."""
        request = self.request
        return Size(request.draws, request.replications, request.seed, request.threads)

    @property
    def stamp(self) -> dict[str, Any]:
        """Where rows of runs come from: scenario, digest, seed, size, versions."""
        request, resolved = self.request, self.encoder.resolved
        sizes = {"seed": request.seed, "draws": request.draws, "replications": request.replications}
        return {"scenario": resolved.id, "digest": resolved.digest, **sizes, "versions": versions()}

    def keeping(self, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where the comparison is kept, under a name that follows from what decides it.

        Args:
            out: the folder that the user named, or None for the usual one.
            argv: the command line, for the record.

        Raises:
            InputError: the folder holds something other than a result.
        """
        request, resolved = self.request, self.encoder.resolved
        key = {
            "digest": resolved.digest,
            "seed": request.seed,
            "draws": request.draws,
            "replications": request.replications,
            "formats": list(self.format_ids),
            "variant": request.scenario.variant,
            "variants": request.variants,
            "benchmarks": request.benchmarks,
            "theory_draws": request.theory_draws,
            "shares": request.shares and request.variants,
            "rivals": request.rivals,
            **({} if request.language == "en" else {"language": request.language}),  # English runs keep the id they had
        }
        file = request.scenario.file
        files = file_digests(file) if file else {}
        return Keeping(resolved.id, key, out, settings=request.scenario.as_settings(), files=files, argv=argv)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Standard variants, then the design of constants, then rival readings."""
        request, resolved = self.request, self.encoder.resolved
        families: list[Family] = []
        if request.variants:
            for variant in standard_variants(resolved):
                if variant.name != request.scenario.variant:
                    families.append(Family(variant, request.few, f"variant {variant.name}", standard=True))
            fewer = max(2, request.draws // CONSTANTS_SHARE)
            families += [Family(one, fewer, "other behavioural constants") for one in constant_sets(resolved)]
        return (*families, *self._readings()) if request.rivals else tuple(families)

    def _readings(self) -> list[Family]:
        """Each reading of each contradiction of the sources; words of the file stay in the file's language."""
        resolved = self.encoder.resolved
        readings: list[Family] = []
        for key, rival in resolved.rivals.items():
            for name in rival.readings:
                override = resolved.overrides[name]
                said = message("{text}", text=override.summary or name)
                variant = Variant(f"{key}: {name}", said, tuple(override.set.items()))
                readings.append(Family(variant, self.request.few, f"reading {variant.name}", key, name))
        return readings

    @cached_property
    def inquiry(self) -> Inquiry | None:
        """What the answer rests on, as a question; None where nobody wants to know."""
        request = self.request
        if not (request.shares and request.variants):
            return None
        sizes = SensitivitySizes(walks=request.few, held=max(2, request.draws // HELD_SHARE))
        return Inquiry(self.encoder, self.formats, sizes, request.threads)

    @property
    def benchmark_draws(self) -> int:
        """Draws for which rational benchmarks are computed."""
        share = max(LEAST_DRAWS, min(SAMPLE, SOLVED // len(self.formats)))
        return min(share, self.request.draws) if self.request.benchmarks else 0

    @property
    def work(self) -> int:
        """Everything to be done, in runs that take about as long: for a progress bar."""
        request = self.request
        draws = request.draws + sum(family.draws for family in self.families)
        solved = request.theory_draws * TABLE_WORTH + self.benchmark_draws * BENCHMARK_WORTH
        walked = self.inquiry.runs if self.inquiry else 0
        return (draws * request.replications + solved) * len(self.formats) + walked


@dataclass(frozen=True, kw_only=True)
class CompareResult(ComparisonResult):
    """The comparison with everything that stands beside it, and what a report needs to tell its talks."""

    plan: Annotated[ComparePlan, HIDDEN]
    typical: Annotated[tuple[int, ...], HIDDEN]
    """Per format, the number of the first run that ended as most of its runs did."""


def plan_comparison(request: CompareRequest) -> ComparePlan:
    """Load the scenario and settle names before anything is computed.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist.
    """
    encoder = request.scenario.encoder(seed=request.seed, language=request.language)
    infos = encoder.structure.formats
    known = [info.id for info in infos]
    usual = [info.id for info in infos if not info.only_in_tracks]
    return ComparePlan(request, encoder, choose(request.formats or usual or known, known, what="format"))


def compare(plan: ComparePlan, *collectors: Collector, progress: Progress = SILENCE) -> CompareResult:
    """Compare the talk formats of a scenario.

    Args:
        plan: the request made concrete.
        collectors: what else is kept of the baseline's runs.
        progress: told of work done, `plan.work` in all.
    """
    request = plan.request
    counts = Accumulator(plan.structure, plan.formats, request.draws, request.replications)
    typical = _Typical(len(plan.formats), request.replications)
    texts = TabledTexts(plan.benchmark_draws, len(plan.formats), request.replications)
    outcomes = KeptOutcomes(request.draws, len(plan.formats), request.replications)
    progress.say("playing the talks")
    play(plan.encoder, plan.formats, plan.size, counts, typical, texts, outcomes, *collectors, progress=progress)
    baseline = counts.result()
    compared = _families(plan, progress)
    variants = {family.variant.name: found for family, found in compared if family.standard}
    sets = [found for family, found in compared if not family.standard and not family.rival]
    if plan.inquiry is not None:
        progress.say("what the answer rests on")
    shares = plan.inquiry and rests_on(plan.inquiry, baseline, outcomes.outcome, progress=progress)
    benchmarks, theory = _solved(plan, baseline, texts, progress)
    return CompareResult(
        **vars(baseline),
        digest=plan.encoder.resolved.digest,
        seed=request.seed,
        settings=request.scenario.as_settings(),
        versions=versions(),
        numbers_by_basis=Counter(row.basis for row in plan.encoder.numbers()),
        structure=plan.structure,
        variants=variants,
        verdict=verdict(baseline, variants, sets) if variants or sets else None,
        benchmarks=benchmarks,
        theory=theory,
        variance_shares=shares,
        rivals=_rivals(plan, baseline, compared),
        numeric_issues=numeric_findings(plan.encoder.resolved, plan.structure, baseline),
        plan=plan,
        typical=typical.runs(),
    )


def _families(plan: ComparePlan, progress: Progress) -> list[tuple[Family, Comparison]]:
    """Every family beside the baseline, compared."""
    request, compared = plan.request, list[tuple[Family, Comparison]]()
    if not plan.families:
        return compared
    scenarios = request.scenario.load_each(family.variant for family in plan.families)
    for family, resolved in zip(plan.families, scenarios, strict=True):
        progress.say(family.label)
        source = Encoder(resolved, seed=request.seed)
        counts = Accumulator(source.structure, plan.formats, family.draws, request.replications)
        play(source, plan.formats, replace(plan.size, draws=family.draws), counts, progress=progress)
        compared.append((family, counts.result()))
    return compared


def _rivals(
    plan: ComparePlan, baseline: Comparison, compared: Sequence[tuple[Family, Comparison]]
) -> RivalReadings | None:
    """The baseline's ranking judged by the readings; None where none were played."""
    readings = tuple(
        RivalReading(family.rival, family.reading, family.variant.said, found)
        for family, found in compared
        if family.rival
    )
    if not readings:
        return None
    questions = {key: rival.question for key, rival in plan.encoder.resolved.rivals.items()}
    return RivalReadings(questions, readings, verdict(baseline, {one.key: one.comparison for one in readings}))


def _solved(
    plan: ComparePlan, baseline: Comparison, texts: TabledTexts, progress: Progress
) -> tuple[RationalBenchmarks | None, TheoryComparison | None]:
    """Rational benchmarks and the stationary equilibrium, each for a sample of draws where it is asked for."""
    theory_draws = plan.request.theory_draws
    most = max(texts.n_draws, theory_draws)
    benchmarks = theory = None
    if most == 0:
        return benchmarks, theory
    tables = plan.encoder.tables(0, most)
    with silent_solver():
        if texts.n_draws:
            progress.say("rational benchmarks")
            benchmarks = rational_benchmarks(
                tables, plan.structure, plan.formats, texts, after_each=lambda: progress.add(BENCHMARK_WORTH)
            )
        if theory_draws:
            progress.say("the stationary equilibrium")
            theory = theory_comparison(
                tables, plan.formats, baseline, n_draws=theory_draws, after_each=lambda: progress.add(TABLE_WORTH)
            )
    return benchmarks, theory


class _Typical:
    """Remembers, for every format and outcome, the first run that ended so."""

    def __init__(self, n_formats: int, replications: int) -> None:
        self._first = np.full((n_formats, len(Outcome)), _NOT_SEEN, dtype=np.int64)
        self._count = np.zeros((n_formats, len(Outcome)), dtype=np.int64)
        self._replications = replications

    def add(self, first_draw: int, runs: Runs) -> None:
        """Take the next block."""
        n_formats, n_outcomes = self._first.shape
        ends = runs.outcome.reshape(-1, n_formats, self._replications).swapaxes(0, 1).reshape(n_formats, -1)
        for slot, outcome in np.ndindex(n_formats, n_outcomes):
            rows = np.flatnonzero(ends[slot] == outcome)
            self._count[slot, outcome] += len(rows)
            if len(rows) and self._first[slot, outcome] == _NOT_SEEN:
                self._first[slot, outcome] = first_draw * self._replications + rows[0]

    def runs(self) -> tuple[int, ...]:
        """Per format, the number of the first run that ended as most of its runs did."""
        return tuple(int(self._first[slot, row.argmax()]) for slot, row in enumerate(self._count))
