"""The wiring of `compare`: which runs are made, in which order, and what is written.

Three families of runs share one seed, so that they differ by what is meant and not by luck: the baseline at full size,
every standard variant at a quarter of the draws, and the fixed design of behavioural constants at an eighth.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from sim.cli.progress import Bar
from sim.cli.speak import choose, note
from sim.cli.store import RunKey, folder_for, point_latest, versions, whole_folder, write_manifest

if TYPE_CHECKING:
    from rich.console import Console

    from sim.analysis import Comparison, Verdict
    from sim.scenario import Encoder, ResolvedScenario, Variant
    from sim.types import Structure

VARIANT_SHARE, CONSTANTS_SHARE = 4, 8
"""The draws of the baseline are divided by these."""


@dataclass(frozen=True)
class Changes:
    """A scenario file and what is changed in it."""

    file: Path
    sets: tuple[str, ...]
    overrides: tuple[str, ...]
    scenario: str | None
    variant: str | None

    def load(self) -> ResolvedScenario:
        """The resolved scenario.

        Raises:
            ScenarioError: the file or a change to it is wrong.
        """
        from sim.scenario import load_scenario

        return load_scenario(
            self.file, sets=self.sets, overrides=self.overrides, scenario=self.scenario, variant=self.variant
        )

    def load_each(self, variants: Iterable[Variant]) -> Iterator[ResolvedScenario]:
        """The scenario under each variant, on top of the one asked for; the file is read once for all.

        Args:
            variants: what to apply.
        """
        from sim.scenario import Variant, load_raw, parse_variant
        from sim.scenario.errors import Report
        from sim.scenario.text import parse_text, read_text

        report = Report(str(self.file))
        raw = parse_text(read_text(self.file, report), report)
        base = parse_variant(self.variant).sets if self.variant else ()
        for one in variants:
            both = Variant(one.name, one.sentence, base + one.sets)
            yield load_raw(
                raw,
                name=str(self.file),
                sets=self.sets,
                overrides=self.overrides,
                scenario=self.scenario,
                variant=both,
            )

    def as_settings(self) -> dict[str, Any]:
        """For the record of a result: what was changed, without the place of the file."""
        return {
            "set": list(self.sets),
            "override": list(self.overrides),
            "scenario": self.scenario,
            "variant": self.variant,
        }


@dataclass(frozen=True)
class Request:
    """Everything a user asked of `compare`."""

    changes: Changes
    formats: tuple[str, ...]
    draws: int
    replications: int
    seed: int
    variants: bool
    threads: int | None
    out: Path | None
    quiet: bool

    @property
    def few(self) -> int:
        """Draws of a variant."""
        return max(2, self.draws // VARIANT_SHARE)

    @property
    def fewer(self) -> int:
        """Draws of a set of constants."""
        return max(2, self.draws // CONSTANTS_SHARE)


@dataclass(frozen=True)
class Robustness:
    """The runs that ask whether the ranking survives other rules and constants."""

    variants: dict[str, Comparison]
    judged: Verdict | None


@dataclass(frozen=True)
class Done:
    """What a comparison left behind."""

    comparison: Comparison
    structure: Structure
    robustness: Robustness
    content: dict[str, Any]
    """As in `comparison.json`."""
    folder: Path


@dataclass(frozen=True)
class Plan:
    """A request made concrete: the scenario with its arrays, the formats by position, where results go."""

    request: Request
    resolved: ResolvedScenario
    encoder: Encoder
    formats: tuple[int, ...]
    key: RunKey
    folder: Path

    @property
    def runs_a_draw(self) -> int:
        """Runs of one draw, over all formats."""
        return len(self.formats) * self.request.replications


def plan(request: Request) -> Plan:
    """Load the scenario and settle names and places before anything is computed.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist, or the folder asked for is taken.
    """
    from sim.scenario import Encoder

    resolved = request.changes.load()
    encoder = Encoder(resolved, seed=request.seed)
    known = [one.id for one in encoder.structure.formats]
    formats = choose(request.formats or known, known, what="format")
    key = RunKey(
        digest=resolved.digest,
        seed=request.seed,
        draws=request.draws,
        replications=request.replications,
        formats=tuple(known[index] for index in formats),
        variant=request.changes.variant,
        variants=request.variants,
    )
    return Plan(request, resolved, encoder, formats, key, folder_for(resolved.id, key.run_id, request.out))


def compare(request: Request, *, argv: Sequence[str]) -> Done:
    """Compare the talk formats of a scenario and write everything down.

    Args:
        request: what the user asked for.
        argv: the command line, for the record.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist, or the folder asked for is taken.
    """
    from sim.rules.kernel import cache_is_cold

    started, busy = time.perf_counter(), time.process_time()
    made = plan(request)
    if cache_is_cold():
        note("Compiling, first run only: this takes up to a minute.", quiet=request.quiet)
    jobs = _robustness_jobs(made) if request.variants else []
    total = (request.draws + sum(job.draws for job in jobs)) * made.runs_a_draw
    with whole_folder(made.folder) as folder, Bar(total, quiet=request.quiet) as bar:
        baseline = _baseline(made, folder, bar)
        robustness = _robustness(made, baseline, jobs, bar)
        content = _write_numbers(made, folder, baseline, robustness)
        bar.say("drawing the report")
        _write_report(made, folder, baseline, robustness)
        this_run = {
            "wall_seconds": round(time.perf_counter() - started, 3),
            "cpu_seconds": round(time.process_time() - busy, 3),
            "threads": request.threads,
        }
        settings = request.changes.as_settings()
        write_manifest(
            folder, key=made.key, scenario_id=made.resolved.id, argv=argv, settings=settings, this_run=this_run
        )
    if request.out is None:
        point_latest(made.folder)
    return Done(baseline, made.encoder.structure, robustness, content, made.folder)


def show(done: Done, console: Console) -> None:
    """Print the comparison for people.

    Args:
        done: what was computed.
        console: where to.
    """
    from sim.report.console import comparison_view

    by_basis = done.content["numbers"]["by_basis"]
    judged, variants = done.robustness.judged, done.robustness.variants
    width = console.width
    console.print(comparison_view(done.comparison, done.structure, variants=variants, judged=judged, width=width))
    assumed, total = by_basis.get("assumed", 0), sum(by_basis.values())
    console.print(f"{assumed} of the file's {total} numbers are assumed; the report lists each with what it rests on.")
    console.print(f"\nReport: [bold]{escape(str(done.folder / 'report.html'))}[/bold]", soft_wrap=True)


def _blocks(made: Plan, encoder: Encoder, draws: int, bar: Bar) -> Iterator[tuple[int, Any]]:
    """Blocks of runs, counted on the bar."""
    from sim.engines.batch import run_blocks

    request = made.request
    for first_draw, runs in run_blocks(
        encoder, n_draws=draws, replications=request.replications, formats=made.formats, threads=request.threads
    ):
        yield first_draw, runs
        bar.add(len(runs.outcome))


def _baseline(made: Plan, folder: Path, bar: Bar) -> Comparison:
    """The comparison itself; every run goes to `runs.parquet`."""
    from sim.analysis import Accumulator
    from sim.analysis.runs_table import RunsSink

    bar.say("playing the talks")
    draws, replications = made.request.draws, made.request.replications
    counts = Accumulator(made.encoder.structure, made.formats, draws, replications)
    with RunsSink(folder / "runs.parquet", made.encoder.structure, made.formats, draws, replications) as sink:
        for first_draw, runs in _blocks(made, made.encoder, draws, bar):
            counts.add(first_draw, runs)
            sink.add(first_draw, runs)
    return counts.result()


@dataclass(frozen=True)
class Job:
    """A family of runs beside the baseline: a standard variant, or one set of the constants' design."""

    variant: Variant
    draws: int
    standard: bool


def _robustness_jobs(made: Plan) -> list[Job]:
    """The standard variants first, then the design of constants."""
    from sim.analysis.constant_sets import constant_sets
    from sim.scenario import standard_variants

    request = made.request
    named = [one for one in standard_variants(made.resolved) if one.name != request.changes.variant]
    return [Job(one, request.few, True) for one in named] + [
        Job(one, request.fewer, False) for one in constant_sets(made.resolved)
    ]


def _robustness(made: Plan, baseline: Comparison, jobs: Sequence[Job], bar: Bar) -> Robustness:
    """Run the jobs and judge the baseline's ranking by them."""
    from sim.analysis import Accumulator, verdict
    from sim.scenario import Encoder

    if not jobs:
        return Robustness({}, None)
    found: dict[str, Comparison] = {}
    scenarios = made.request.changes.load_each(job.variant for job in jobs)
    for job, resolved in zip(jobs, scenarios, strict=True):
        bar.say(f"variant {job.variant.name}" if job.standard else "other behavioural constants")
        encoder = Encoder(resolved, seed=made.request.seed)
        counts = Accumulator(encoder.structure, made.formats, job.draws, made.request.replications)
        for first_draw, runs in _blocks(made, encoder, job.draws, bar):
            counts.add(first_draw, runs)
        found[job.variant.name] = counts.result()
    variants = {job.variant.name: found[job.variant.name] for job in jobs if job.standard}
    sets = [found[job.variant.name] for job in jobs if not job.standard]
    return Robustness(variants, verdict(baseline, variants, sets))


def _write_numbers(made: Plan, folder: Path, baseline: Comparison, robustness: Robustness) -> dict[str, Any]:
    """Write the resolved scenario and `comparison.json`.

    Returns:
        The content of `comparison.json`.
    """
    from sim.analysis import RunContext, to_json

    by_basis: dict[str, int] = {}
    for row in made.encoder.numbers():
        by_basis[row.basis] = by_basis.get(row.basis, 0) + 1
    context = RunContext(
        digest=made.resolved.digest,
        seed=made.request.seed,
        settings=made.request.changes.as_settings(),
        versions=versions(),
        numbers_by_basis=by_basis,
    )
    content = to_json(baseline, made.encoder.structure, context, variants=robustness.variants, judged=robustness.judged)
    (folder / "scenario.resolved.yaml").write_text(made.resolved.to_yaml(), encoding="utf-8")
    (folder / "comparison.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return content


def _write_report(made: Plan, folder: Path, baseline: Comparison, robustness: Robustness) -> None:
    """Draw the figures and write `report.html`."""
