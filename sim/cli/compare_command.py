"""`parley compare`: play every talk format many times and set the formats side by side."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.cli import options
from sim.cli.console import command_line, note
from sim.cli.delivery import REPORT, View, Wanted, deliver
from sim.types.playing import Progress, Size

EPILOG = options.examples(
    "compare scenarios/minimal.yaml",
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
    draws: options.Draws = 1250,
    replications: options.Replications = 8,
    seed: options.Seed = 1,
    variants: options.Variants = True,
    shares: options.Shares = True,
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

    Writes a report, figures, tables and every run to results/<scenario>/<run id>. The same command again shows the
    result that is there.
    """
    from sim.app.compare import CompareRequest
    from sim.app.compare import compare as play_and_compare
    from sim.report.words.language import check_language

    request = CompareRequest(
        scenario=options.changed_scenario(file, sets, overrides, scenario=scenario, variant=variant, widen=widen),
        formats=options.names(formats),
        size=Size(draws, replications, seed, threads),
        variants=variants,
        shares=shares,
        rivals=rivals,
        benchmarks=benchmarks,
        theory_draws=min(theory_draws, draws) if theory else 0,
        outside_view=outside_view,
        language=lang,
    )
    note(*(*check_language(lang, request.languages), *request.notes), quiet=quiet)
    keeping = request.keeping(out_dir, sys.argv)

    def compute(folder: Path, progress: Progress) -> View:
        from sim.report.comparison.comparison_files import summary_parts, write_comparison

        progress.expect(request.work)
        with request.sink(folder / "runs.parquet") as sink:
            result = play_and_compare(request, sink, progress=progress)
        progress.say("drawing the report")
        write_comparison(result, folder, command_line(sys.argv), page=report)
        return lambda width: summary_parts(result, keeping.folder / REPORT if report else None, width=width)

    wanted = Wanted(report=report, again=again, as_json=as_json, quiet=quiet, yes=yes)
    deliver(keeping, compute, "comparison.json", wanted)
