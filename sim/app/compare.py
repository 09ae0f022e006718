"""Compare talk formats: which families of runs are made, in which order, on the same luck.

Four families share one seed, so that they differ by what is meant and not by luck: the baseline at full size, every
standard variant at a quarter of the draws, the fixed design of behavioural constants at a sixteenth, and what the
answer rests on at a quarter and an eighth. Rival readings of the sources, where asked for, take a quarter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import numpy as np

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.constant_design import constant_sets
from sim.analysis.comparison.numeric_issues import numeric_findings
from sim.analysis.comparison.outside_view import outside_view
from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.runs_table import RunsSink
from sim.analysis.comparison.verdict import RivalReading, RivalReadings, verdict
from sim.analysis.sensitivity.inquiry import Inquiry, KeptOutcomes, Outcomes, SensitivitySizes
from sim.analysis.sensitivity.variance_shares import RestsOn, rests_on
from sim.analysis.theory.conflict import Conflict, conflict
from sim.analysis.theory.rational import SAMPLE, RationalBenchmarks, TabledTexts, rational_benchmarks
from sim.analysis.theory.theory_compare import TheoryComparison, theory_comparison
from sim.app.errors import choose
from sim.app.harness import Keeping, file_digests, versions
from sim.app.scenarios import Scenario
from sim.app.solve import silent_solver
from sim.engines.batch import play
from sim.scenario import Encoder, ResolvedScenario, Variant, standard_variants
from sim.scenario.sampling.widening import spreads, widened
from sim.types import Structure
from sim.types.marks import HIDDEN
from sim.types.message import message
from sim.types.playing import SILENCE, Collector, Progress, Size

SIZE = Size(1250, 8)
VARIANT_SHARE, CONSTANTS_SHARE, HELD_SHARE = 4, 16, 8
"""The draws of the baseline are divided by these: for variants, sets of constants, numbers that are held."""
SOLVED, LEAST_DRAWS = 120, 8
"""Tables solved for rational benchmarks, over draws and formats together, and the fewest draws they take."""
BENCHMARK_WORTH, TABLE_WORTH = 20, 400
"""Runs that take about as long as one draw's benchmarks, and as one table's equilibrium: for the progress bar."""


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
class CompareRequest:
    """What is asked of a comparison; read when it is first used.

    Attributes:
        scenario: the file with its changes.
        formats: ids of talk formats and tracks; empty for all that are not only legs of tracks.
        size: of the baseline; at least 2 draws of the uncertain numbers, and 2 runs of chance for each and format.
        variants: whether to play the rule variants and the design of constants, and give a verdict.
        shares: whether to say what the answer rests on; only with variants.
        rivals: whether to play every reading of the sources where they contradict each other.
        benchmarks: whether to say what was possible.
        theory_draws: draws for which the equilibrium is solved; 0 for none.
        outside_view: whether to pool likelihoods with the reference classes that the file names for them.
        language: of the names in the result.
    """

    scenario: Scenario
    formats: tuple[str, ...] = ()
    size: Size = SIZE
    variants: bool = True
    shares: bool = True
    rivals: bool = False
    benchmarks: bool = True
    theory_draws: int = 0
    outside_view: bool = False
    language: str = "en"

    @cached_property
    def encoder(self) -> Encoder:
        """The scenario's arrays and names.

        Raises:
            ScenarioError: the file or a change to it is wrong.
        """
        return self.scenario.encoder(seed=self.size.seed, language=self.language)

    @property
    def structure(self) -> Structure:
        """Names and sizes."""
        return self.encoder.structure

    @cached_property
    def places(self) -> tuple[int, ...]:
        """Positions of the formats compared.

        Raises:
            ScenarioError: the file or a change to it is wrong.
            InputError: a format does not exist.
        """
        known = [info.id for info in self.structure.formats]
        usual = [info.id for info in self.structure.formats if not info.only_in_tracks]
        return choose(self.formats or usual or known, known, what="format")

    @property
    def format_ids(self) -> tuple[str, ...]:
        """Ids of the formats compared."""
        return tuple(self.structure.formats[index].id for index in self.places)

    @property
    def languages(self) -> tuple[str, ...]:
        """In which the file has names."""
        return tuple(self.encoder.resolved.labels or ())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know before anything is computed."""
        resolved, notes = self.encoder.resolved, list[str]()
        if self.rivals and not resolved.rivals:
            notes.append("The file names no rival readings, so there are none to play.")
        if self.outside_view and not resolved.reference_class:
            notes.append("The file names no reference_class, so there is nothing to pool: `parley history` lists them.")
        return tuple(notes)

    @property
    def few(self) -> int:
        """Draws of a variant."""
        return max(2, self.size.draws // VARIANT_SHARE)

    @property
    def stamp(self) -> dict[str, Any]:
        """Where rows of runs come from: scenario, digest, seed, size, versions."""
        size, resolved = self.size, self.encoder.resolved
        sizes = {"seed": size.seed, "draws": size.draws, "replications": size.replications}
        return {"scenario": resolved.id, "digest": resolved.digest, **sizes, "versions": versions()}

    def sink(self, target: Path | BinaryIO) -> RunsSink:
        """A context manager and collector that writes the baseline's runs (Parquet)."""
        return RunsSink(target, self.structure, self.places, self.size, stamped=self.stamp)

    def keeping(self, out: Path | None, argv: Sequence[str]) -> Keeping:
        """Where the comparison is kept: in the folder named, or the usual one; the command line is for the record.

        Raises:
            InputError: the folder holds something other than a result.
        """
        size, resolved, file = self.size, self.encoder.resolved, self.scenario.file
        key = {
            "digest": resolved.digest,
            "seed": size.seed,
            "draws": size.draws,
            "replications": size.replications,
            "formats": list(self.format_ids),
            "variant": self.scenario.variant,
            "variants": self.variants,
            "benchmarks": self.benchmarks,
            "theory_draws": self.theory_draws,
            "shares": self.shares and self.variants,
            "rivals": self.rivals,
            # what changes nothing that is played is left out where it is not used: such runs keep the id they had
            **({} if self.language == "en" else {"language": self.language}),
            **({"reference_class": resolved.reference_class} if resolved.reference_class else {}),
            **({"outside_view": True} if self.outside_view and resolved.reference_class else {}),
        }
        settings, files = self.scenario.as_settings(), file_digests(file) if file else {}
        return Keeping(resolved.id, key, out, settings=settings, files=files, argv=argv, threads=size.threads)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """Standard variants, then the design of constants, then rival readings."""
        resolved, families = self.encoder.resolved, list[Family]()
        if self.variants:
            for variant in standard_variants(resolved):
                if variant.name != self.scenario.variant:
                    families.append(Family(variant, self.few, f"variant {variant.name}", standard=True))
            fewer = max(2, self.size.draws // CONSTANTS_SHARE)
            families += [Family(one, fewer, "other behavioural constants") for one in constant_sets(resolved)]
        return (*families, *self._readings()) if self.rivals else tuple(families)

    def _readings(self) -> Iterator[Family]:
        """Each reading of each contradiction of the sources; words of the file stay in the file's language."""
        resolved = self.encoder.resolved
        for key, rival in resolved.rivals.items():
            for name in rival.readings:
                override = resolved.overrides[name]
                said = message("{text}", text=override.summary or name)
                variant = Variant(f"{key}: {name}", said, tuple(override.set.items()))
                yield Family(variant, self.few, f"reading {variant.name}", key, name)

    @cached_property
    def inquiry(self) -> Inquiry | None:
        """What the answer rests on, as a question; None where nobody wants to know."""
        if not (self.shares and self.variants):
            return None
        draws = self.size.draws
        sizes = SensitivitySizes(walks=self.few, held=max(2, draws // HELD_SHARE), widened=draws)
        bare = len(spreads(self.encoder.resolved))  # a number that nobody called uncertain is no better known for that
        encoder = replace(self.encoder, resolved=widened(self.encoder.resolved)) if bare else self.encoder
        return Inquiry(encoder, self.places, sizes, self.size.threads, bare)

    @property
    def benchmark_draws(self) -> int:
        """Draws for which rational benchmarks are computed."""
        share = max(LEAST_DRAWS, min(SAMPLE, SOLVED // len(self.places)))
        return min(share, self.size.draws) if self.benchmarks else 0

    @property
    def work(self) -> int:
        """Everything to be done, in runs that take about as long: for a progress bar."""
        draws = self.size.draws + sum(family.draws for family in self.families)
        solved = self.theory_draws * TABLE_WORTH + self.benchmark_draws * BENCHMARK_WORTH
        walked = self.inquiry.runs if self.inquiry else 0
        return (draws * self.size.replications + solved) * len(self.places) + walked


@dataclass(frozen=True, kw_only=True)
class CompareResult(ComparisonResult):
    """The comparison with everything that stands beside it, and what a report needs to tell its talks."""

    request: Annotated[CompareRequest, HIDDEN]
    typical: Annotated[tuple[int, ...], HIDDEN]
    """Per format, the number of the first run that ended as most of its runs did."""


def compare(request: CompareRequest, *collectors: Collector, progress: Progress = SILENCE) -> CompareResult:
    """Compare the talk formats of a scenario, `request.work` in all; further collectors take the baseline's runs.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist.
    """
    size, formats, structure = request.size, request.places, request.structure
    counts = Accumulator(structure, formats, size.draws, size.replications)
    texts = TabledTexts(request.benchmark_draws, len(formats), size.replications)
    outcomes = KeptOutcomes(size.draws, len(formats), size.replications)
    progress.say("playing the talks")
    play(request.encoder, formats, size, counts, texts, outcomes, *collectors, progress=progress)
    baseline = counts.result()
    compared = list(_families(request, counts, progress))
    variants = {family.variant.name: found for family, found in compared if family.standard}
    sets = [found for family, found in compared if not family.standard and not family.rival]
    shares = _shares(request, baseline, outcomes.outcome, progress)
    benchmarks, theory = _solved(request, baseline, texts, progress)
    resolved = request.encoder.resolved
    return CompareResult(
        **vars(baseline),
        digest=resolved.digest,
        seed=size.seed,
        settings=request.scenario.as_settings(),
        versions=versions(),
        numbers_by_basis=Counter(row.basis for row in request.encoder.numbers()),
        structure=structure,
        variants=variants,
        same_draws=counts.first(request.few) if variants else None,
        verdict=verdict(baseline, variants, sets) if variants or sets else None,
        benchmarks=benchmarks,
        conflict=_conflict(request),
        theory=theory,
        variance_shares=shares,
        rivals=_rivals(resolved, baseline, compared),
        history=outside_view(
            resolved.reference_class,
            baseline,
            months=[structure.formats[place].months for place in formats],
            by_draw=counts.by_draw(),
            pool=request.outside_view,
        ),
        numeric_issues=numeric_findings(resolved, structure, baseline),
        request=request,
        typical=_typical(outcomes.outcome),
    )


def _shares(request: CompareRequest, baseline: Comparison, outcome: Outcomes, progress: Progress) -> RestsOn | None:
    """What the answer rests on: with a default spread for numbers that are assumed without one; None if not asked."""
    inquiry = request.inquiry
    if inquiry is None:
        return None
    progress.say("what the answer rests on")
    return rests_on(inquiry, baseline, outcome, progress=progress)


def _families(request: CompareRequest, whole: Accumulator, progress: Progress) -> Iterator[tuple[Family, Comparison]]:
    """Every family beside the whole baseline, compared with its help."""
    if not request.families:
        return
    size, scenarios = request.size, request.scenario.load_each(family.variant for family in request.families)
    for family, resolved in zip(request.families, scenarios, strict=True):
        progress.say(family.label)
        source = Encoder(resolved, seed=size.seed)
        counts = Accumulator(source.structure, request.places, family.draws, size.replications)
        play(source, request.places, replace(size, draws=family.draws), counts, progress=progress)
        yield family, counts.beside(whole)


def _rivals(
    resolved: ResolvedScenario, baseline: Comparison, compared: Sequence[tuple[Family, Comparison]]
) -> RivalReadings | None:
    """The baseline's ranking judged by the readings; None where none were played."""
    readings = tuple(
        RivalReading(family.rival, family.reading, family.variant.said, found)
        for family, found in compared
        if family.rival
    )
    if not readings:
        return None
    questions = {key: rival.question for key, rival in resolved.rivals.items()}
    return RivalReadings(questions, readings, verdict(baseline, {one.key: one.comparison for one in readings}))


def _solved(
    request: CompareRequest, baseline: Comparison, texts: TabledTexts, progress: Progress
) -> tuple[RationalBenchmarks | None, TheoryComparison | None]:
    """Rational benchmarks and the stationary equilibrium, each for a sample of draws where it is asked for."""
    theory_draws, formats = request.theory_draws, request.places
    most = max(texts.n_draws, theory_draws)
    benchmarks = theory = None
    if most == 0:
        return benchmarks, theory
    tables = request.encoder.tables(0, most)
    with silent_solver():
        if texts.n_draws:
            progress.say("rational benchmarks")
            benchmarks = rational_benchmarks(
                tables, request.structure, formats, texts, after_each=lambda: progress.add(BENCHMARK_WORTH)
            )
        if theory_draws:
            progress.say("the stationary equilibrium")
            theory = theory_comparison(
                tables, formats, baseline, n_draws=theory_draws, after_each=lambda: progress.add(TABLE_WORTH)
            )
    return benchmarks, theory


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
