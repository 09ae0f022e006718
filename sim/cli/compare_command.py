"""`parley compare`: play every talk format many times and set the formats side by side."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from sim.cli import options
from sim.cli.console import (
    PIPE_WIDTH,
    SUMMARY,
    command_line,
    note,
    note_compiling,
    out,
    show_file,
    show_kept,
    speaking,
)

if TYPE_CHECKING:
    from sim.app.compare import ComparePlan, CompareResult
    from sim.app.harness import Keeping

EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley compare scenarios/minimal.yaml\n\n"
    "  parley compare FILE --formats farmers,all-three --draws 400 --no-variants\n\n"
    "  parley compare FILE --variant foresight=0 --seed 7\n\n"
    "  parley compare FILE --theory equilibrium --theory-draws 100\n\n"
    "  parley compare FILE --lang vi\n\n"
    "  parley compare FILE --no-report --json | jq .verdict.sentence"
)


def compare(
    file: options.File,
    *,
    formats: options.Formats = None,
    draws: options.Draws = 1250,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    variants: options.Variants = True,
    shares: options.Shares = True,
    rivals: options.Rivals = False,
    benchmarks: options.Benchmarks = True,
    theory: options.TheoryName = None,
    theory_draws: options.TheoryDraws = 50,
    threads: options.Threads = None,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
    out_dir: options.Out = None,
    report: options.Report = True,
    again: options.Again = False,
    lang: options.Lang = "en",
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Play every talk format many times and compare: outcomes, who decided, what it hangs on, how sure one can be.

    Writes a report, figures, tables and every run to results/<scenario>/<run id>. The same command again shows the
    result that is there.
    """
    with speaking():
        from sim.app.compare import CompareRequest, plan_comparison

        request = CompareRequest(
            scenario=options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant),
            formats=options.names(formats),
            draws=draws,
            replications=replications,
            seed=seed,
            variants=variants,
            shares=shares and variants,
            rivals=rivals,
            benchmarks=benchmarks,
            theory_draws=min(theory_draws, draws) if theory else 0,
            threads=threads,
            language=lang,
        )
        plan = plan_comparison(request)
        _say_notes(plan, quiet=quiet)
        keeping = _keeping(plan, out_dir)
        kept = keeping.kept() and (not report or (keeping.folder / "report.html").exists())
        if kept and not again:
            show_kept(keeping.folder, "comparison.json" if as_json else SUMMARY, quiet=quiet)
            return
        result = _compute(plan, keeping, report=report, quiet=quiet)
        if as_json:
            show_file(keeping.folder / "comparison.json")
            return
        _show(result, _report_of(keeping, report), out())


def _say_notes(plan: ComparePlan, *, quiet: bool) -> None:
    """What the user should know before anything is computed.

    Raises:
        InputError: there is no such language.
    """
    from sim.report.words.language import check_language

    resolved, request = plan.encoder.resolved, plan.request
    for words in check_language(request.language, list(resolved.labels or ())):
        note(words, quiet=quiet)
    if request.rivals and not resolved.rivals:
        note("The file names no rival readings, so there are none to play.", quiet=quiet)


def _keeping(plan: ComparePlan, out_dir: Path | None) -> Keeping:
    """Where the comparison is kept, under a name that follows from what decides it."""
    from sim.app.harness import Keeping, file_digests

    request, resolved = plan.request, plan.encoder.resolved
    key = {
        "digest": resolved.digest,
        "seed": request.seed,
        "draws": request.draws,
        "replications": request.replications,
        "formats": list(plan.format_ids),
        "variant": request.scenario.variant,
        "variants": request.variants,
        "benchmarks": request.benchmarks,
        "theory_draws": request.theory_draws,
        "shares": request.shares,
        "rivals": request.rivals,
        **({} if request.language == "en" else {"language": request.language}),
    }
    files = file_digests(request.scenario.file) if request.scenario.file else {}
    return Keeping(resolved.id, key, out_dir, settings=request.scenario.as_settings(), files=files, argv=sys.argv)


def _report_of(keeping: Keeping, report: bool) -> Path | None:
    return keeping.folder / "report.html" if report else None


def _show(result: CompareResult, report: Path | None, console: Console) -> None:
    """Print the comparison for people, in the language asked for."""
    from sim.report.comparison.comparison_files import summary_parts
    from sim.report.words.language import language

    with language(result.plan.request.language):
        for part in summary_parts(result, report, width=console.width):
            console.print(part, soft_wrap=isinstance(part, str))


def _compute(plan: ComparePlan, keeping: Keeping, *, report: bool, quiet: bool) -> CompareResult:
    """Play, and write everything down."""
    from sim.analysis.comparison.inputs_table import write_inputs
    from sim.analysis.comparison.runs_table import RunsSink
    from sim.app.compare import compare as play_and_compare
    from sim.report.comparison.comparison_files import write_comparison
    from sim.report.words.progress import Bar

    note_compiling(quiet=quiet)
    request = plan.request
    with keeping.writing(request.threads) as folder, Bar(plan.work, quiet=quiet) as bar:
        write_inputs(folder / "inputs.parquet", plan.encoder, request.draws, plan.stamp)
        with RunsSink(folder / "runs.parquet", plan.structure, plan.formats, plan.size, stamped=plan.stamp) as sink:
            result = play_and_compare(plan, sink, progress=bar)
        bar.say("drawing the report")
        write_comparison(result, folder, command_line(sys.argv), page=report)
        text = io.StringIO()
        _show(result, _report_of(keeping, report), Console(file=text, width=PIPE_WIDTH, highlight=False))
        (folder / SUMMARY).write_text(text.getvalue(), encoding="utf-8")
    return result
