"""The wiring of `compare`: which runs are made, in which order, and what is written.

Four families of runs share one seed, so that they differ by what is meant and not by luck: the baseline at full size,
every standard variant at a quarter of the draws, the fixed design of behavioural constants at a sixteenth, and what the
answer rests on at a quarter and an eighth.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from sim.cli.beside import beside, beside_work, texts_to_keep
from sim.cli.console import note
from sim.cli.found import Found, Robustness
from sim.cli.page import Examples, prepare_page, write_page
from sim.cli.progress import Bar
from sim.cli.request import Plan, Request, plan
from sim.cli.rests_on import answer, endings_to_keep, inquiry
from sim.cli.rivals import reading_changes, rival_readings
from sim.cli.store import point_latest, versions, whole_folder, write_manifest
from sim.report.words.language import ENGLISH, language, say
from sim.types.playing import Size

if TYPE_CHECKING:
    from rich.console import Console

    from sim.analysis import Comparison
    from sim.scenario import Encoder, Variant
    from sim.types import Structure
    from sim.types.playing import Collector


@dataclass(frozen=True)
class Done:
    """What a comparison left behind."""

    found: Found
    structure: Structure
    content: dict[str, Any]
    """As in `comparison.json`."""
    folder: Path
    language: str = ENGLISH


def compare(request: Request, *, argv: Sequence[str]) -> Done:
    """Compare the talk formats of a scenario and write everything down.

    Args:
        request: what the user asked for.
        argv: the command line, for the record.

    Raises:
        ScenarioError: the file or a change to it is wrong.
        InputError: a format does not exist, or the folder asked for is taken.
    """
    from sim.analysis.comparison.numeric_issues import numeric_findings
    from sim.rules.kernel import cache_is_cold

    started, busy = time.perf_counter(), time.process_time()
    cold = cache_is_cold()
    Thread(target=_prepare, daemon=True).start()
    made = plan(request)
    if cold:
        note("Compiling, first run only: this takes up to a minute.", quiet=request.quiet)
    jobs = _robustness_jobs(made) if request.variants else []
    asked = inquiry(made)
    if request.rivals and not made.resolved.rivals:
        note("The file names no rival readings, so there are none to play.", quiet=request.quiet)
    total = (request.draws + sum(job.draws for job in jobs)) * made.runs_a_draw + beside_work(made)
    total += (asked.runs if asked else 0) + len(reading_changes(made)) * request.few * made.runs_a_draw
    with whole_folder(made.folder) as folder, Bar(total, quiet=request.quiet) as bar:
        examples, texts = Examples(len(made.formats), request.replications), texts_to_keep(made)
        endings = endings_to_keep(made)
        baseline = _baseline(made, folder, (examples, texts, endings), bar)
        robustness = _robustness(made, baseline, jobs, bar)
        rests = answer(asked, baseline, endings, bar)
        rivals = rival_readings(made, baseline, compared, bar)
        numeric = numeric_findings(made.resolved, made.encoder.structure, baseline)
        found = Found(baseline, robustness, beside(made, baseline, texts, bar), rests, rivals, numeric)
        content = _write_numbers(made, folder, found)
        bar.say("drawing the report")
        with language(request.language):
            write_page(made, folder, found, typical=examples.typical(), argv=argv)
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
    return Done(found, made.encoder.structure, content, made.folder, request.language)


def _prepare() -> None:
    """Load what is needed later while the scenario is read and the talks are played."""
    from sim.engines.kernels import load_protocol

    load_protocol()
    prepare_page()


def show(done: Done, console: Console) -> None:
    """Print the comparison for people, in the language asked for.

    Args:
        done: what was computed.
        console: where to.
    """
    with language(done.language):
        _show(done, console)


def _show(done: Done, console: Console) -> None:
    from sim.report.comparison.comparison_view import comparison_view
    from sim.report.comparison.numeric import numeric_view
    from sim.report.comparison.rivals_view import rivals_view
    from sim.report.comparison.variance_shares_view import rests_on_view

    by_basis = done.content["numbers"]["by_basis"]
    robustness, theory = done.found.robustness, done.found.beside
    view = comparison_view(
        done.found.baseline,
        done.structure,
        variants=robustness.variants,
        judged=robustness.judged,
        benchmarks=theory.benchmarks,
        theory=theory.theory,
        width=console.width,
    )
    console.print(view)
    if done.found.numeric:
        console.print(numeric_view(done.found.numeric, done.found.baseline, done.structure))
    if done.found.rests is not None:
        console.print(rests_on_view(done.found.rests, done.found.baseline, done.structure))
    if done.found.rivals is not None:
        console.print(rivals_view(done.found.rivals, done.found.baseline))
    console.print(
        say(
            "{assumed} of the file's {total} numbers are assumed; the report lists each with what it rests on.",
            assumed=by_basis.get("assumed", 0),
            total=sum(by_basis.values()),
        )
    )
    where = f"[bold]{escape(str(done.folder / 'report.html'))}[/bold]"
    console.print("\n" + say("Report: {file}", file=where), soft_wrap=True)


def size_of(made: Plan, draws: int) -> Size:
    """So many draws, and the rest as the user asked."""
    return Size(draws, made.request.replications, made.request.seed, made.request.threads)


def compared(made: Plan, encoder: Encoder, draws: int, bar: Bar) -> Comparison:
    """The formats compared on a scenario, and nothing else kept."""
    from sim.analysis import Accumulator
    from sim.engines.play import play

    counts = Accumulator(encoder.structure, made.formats, draws, made.request.replications)
    play(encoder, made.formats, size_of(made, draws), counts, progress=bar)
    return counts.result()


def _baseline(made: Plan, folder: Path, watchers: Sequence[Collector], bar: Bar) -> Comparison:
    """The comparison itself; every run goes to `runs.parquet`."""
    from sim.analysis import Accumulator
    from sim.analysis.comparison.runs_table import RunsSink
    from sim.engines.play import play

    bar.say("playing the talks")
    draws, replications = made.request.draws, made.request.replications
    counts = Accumulator(made.encoder.structure, made.formats, draws, replications)
    with RunsSink(folder / "runs.parquet", made.encoder.structure, made.formats, draws, replications) as sink:
        play(made.encoder, made.formats, size_of(made, draws), counts, sink, *watchers, progress=bar)
    return counts.result()


@dataclass(frozen=True)
class Job:
    """A family of runs beside the baseline: a standard variant, or one set of the constants' design."""

    variant: Variant
    draws: int
    standard: bool


def _robustness_jobs(made: Plan) -> list[Job]:
    """The standard variants first, then the design of constants."""
    from sim.analysis.comparison.constant_sets import constant_sets
    from sim.scenario import standard_variants

    request = made.request
    named = [one for one in standard_variants(made.resolved) if one.name != request.changes.variant]
    return [Job(one, request.few, True) for one in named] + [
        Job(one, request.fewer, False) for one in constant_sets(made.resolved)
    ]


def _robustness(made: Plan, baseline: Comparison, jobs: Sequence[Job], bar: Bar) -> Robustness:
    """Run the jobs and judge the baseline's ranking by them."""
    from sim.analysis import verdict
    from sim.scenario import Encoder

    if not jobs:
        return Robustness({}, None)
    found: dict[str, Comparison] = {}
    scenarios = made.request.changes.load_each(job.variant for job in jobs)
    for job, resolved in zip(jobs, scenarios, strict=True):
        bar.say(f"variant {job.variant.name}" if job.standard else "other behavioural constants")
        found[job.variant.name] = compared(made, Encoder(resolved, seed=made.request.seed), job.draws, bar)
    variants = {job.variant.name: found[job.variant.name] for job in jobs if job.standard}
    sets = [found[job.variant.name] for job in jobs if not job.standard]
    return Robustness(variants, verdict(baseline, variants, sets))


def _write_numbers(made: Plan, folder: Path, found: Found) -> dict[str, Any]:
    """Write the resolved scenario and `comparison.json`.

    Returns:
        The content of `comparison.json`.
    """
    from sim.analysis import RunContext, to_json
    from sim.analysis.comparison.numeric_issues import with_numeric
    from sim.analysis.comparison.rests_on_json import with_rests_on
    from sim.analysis.comparison.rival_readings import with_rivals

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
    content = to_json(
        found.baseline,
        made.encoder.structure,
        context,
        variants=found.robustness.variants,
        judged=found.robustness.judged,
        benchmarks=found.beside.benchmarks,
        theory=found.beside.theory,
    )
    content = with_rivals(with_rests_on(with_numeric(content, found.numeric), found.rests), found.rivals)
    (folder / "scenario.resolved.yaml").write_text(made.resolved.to_yaml(), encoding="utf-8")
    (folder / "comparison.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return content
