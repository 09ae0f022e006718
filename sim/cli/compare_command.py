"""`parley compare`: play every talk format many times and set the formats side by side."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.cli import options
from sim.cli.console import EXIT_STOPPED, command_line, err, note, stopping_gently
from sim.cli.delivery import REPORT, View, Wanted, deliver

if TYPE_CHECKING:
    from sim.analysis.comparison.results import Comparison
    from sim.app.compare_request import CompareRequest
    from sim.app.harness import Keeping
    from sim.report.words.progress import Bar

EPILOG = options.examples(
    "compare scenarios/minimal.yaml",
    "compare FILE --deep",
    "compare FILE --budget 10s",
    "compare FILE --precision 0.01",
    "compare FILE --formats farmers,all-three --draws 400 --no-variants",
    "compare FILE --variant foresight=0 --seed 7",
    "compare FILE --theory equilibrium --theory-draws 100",
    "compare FILE --outside-view",
    "compare FILE --lang vi",
    "compare FILE --no-report --json | jq .verdict.sentence",
)


def compare(
    file: options.File,
    *,
    formats: options.Formats = None,
    draws: options.MostDraws = None,
    replications: options.Replications = 2,
    precision: options.Precision = None,
    budget: options.Budget = None,
    seed: options.Seed = 1,
    variants: options.Variants = True,
    deep: options.Deep = False,
    rivals: options.Rivals = False,
    benchmarks: options.Benchmarks = True,
    theory: options.TheoryName = None,
    theory_draws: options.TheoryDraws = 50,
    outside_view: options.OutsideView = False,
    threads: options.Threads = None,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    widen: options.Widen = False,
    out_dir: options.Out = None,
    report: options.Report = True,
    again: options.Again = False,
    lang: options.Lang = "en",
    as_json: options.Json = False,
    yes: options.Yes = False,
    quiet: options.Quiet = False,
) -> None:
    """Play every talk format many times and compare: outcomes, who decided, what it hangs on, how sure one can be.

    The first table comes from some 2,000 runs and is refined until it is precise enough; Ctrl-C keeps what is there.
    Writes a report, figures, tables and every run to results/<scenario>/<run id>. The same command again shows the
    result that is there.
    """
    from sim.app.compare_request import CompareRequest, how_much
    from sim.report.words.language import check_language

    much = how_much(
        draws, replications, precision=precision, budget=options.seconds(budget), seed=seed, threads=threads
    )
    request = CompareRequest(
        scenario=options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant, widen=widen),
        formats=options.names(formats),
        **much,
        variants=variants,
        deep=deep,
        rivals=rivals,
        benchmarks=benchmarks,
        theory_draws=min(theory_draws, much["size"].draws) if theory else 0,
        outside_view=outside_view,
        language=lang,
    )
    note(*(*check_language(lang, request.languages), *request.notes), quiet=quiet)
    keeping = request.keeping(out_dir, sys.argv)
    compute = partial(_compute, request, keeping, report=report)
    wanted = Wanted(report=report, again=again, as_json=as_json, quiet=quiet, yes=yes)
    deliver(keeping, compute, "comparison.json", wanted)
    if keeping.partial:
        raise typer.Exit(EXIT_STOPPED)


def _compute(request: CompareRequest, keeping: Keeping, folder: Path, progress: Bar, *, report: bool) -> View:
    """Plays, with the answer so far in view, and writes what came of it; Ctrl-C keeps what is there."""
    from sim.analysis.comparison.result_document import STOPPED
    from sim.app.compare import compare as play_and_compare
    from sim.report.comparison.comparison_files import answer_so_far, summary_parts, write_comparison

    def watch(found: Comparison) -> None:
        progress.show(answer_so_far(found, request, width=err().width))

    with stopping_gently(progress):
        with request.sink(folder / "runs.parquet") as sink:
            result = play_and_compare(request, sink, progress=progress, watch=watch)
        progress.say("drawing the report")
        if result.ended == STOPPED:
            keeping.note_partial()
        write_comparison(result, folder, command_line(sys.argv), page=report)
    return lambda width: summary_parts(result, keeping.folder / REPORT if report else None, width=width)
