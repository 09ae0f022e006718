"""A comparison written down: the page with its figures, the numbers as JSON, the scenario as it was played."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.markup import escape

from sim.analysis.comparison.as_json import RunContext, to_json
from sim.analysis.comparison.numeric_issues import with_numeric
from sim.analysis.comparison.rests_on_json import with_rests_on
from sim.analysis.comparison.rival_readings import with_rivals
from sim.app.compare import CompareResult
from sim.app.harness import versions
from sim.report.canvas.sheet import Drawing
from sim.report.comparison.comparison_view import comparison_view
from sim.report.comparison.figures import draw_all, save_all
from sim.report.comparison.html import Making, ReportInput, render
from sim.report.comparison.numeric import numeric_figures, numeric_view
from sim.report.comparison.rivals_view import rivals_view
from sim.report.comparison.variance_shares_figures import rests_on_figures
from sim.report.comparison.variance_shares_view import rests_on_view
from sim.report.transcript.talk_text import tell
from sim.report.words.language import ENGLISH, language, say
from sim.scenario import in_language, parse_variant


def comparison_data(result: CompareResult) -> dict[str, Any]:
    """The content of `comparison.json`."""
    plan = result.plan
    context = RunContext(
        digest=plan.encoder.resolved.digest,
        seed=plan.request.seed,
        settings=plan.request.scenario.as_settings(),
        versions=versions(),
        numbers_by_basis=Counter(row.basis for row in plan.encoder.numbers()),
    )
    content = to_json(
        result.baseline,
        plan.structure,
        context,
        variants=result.variants,
        judged=result.verdict,
        benchmarks=result.benchmarks,
        theory=result.theory,
    )
    return with_rivals(with_rests_on(with_numeric(content, result.numeric), result.shares), result.rivals)


def comparison_page(result: CompareResult, command: str) -> tuple[str, dict[str, Drawing]]:
    """The page and its figures, in the language of the request; talks are told in English."""
    plan, request = result.plan, result.plan.request
    resolved, structure = plan.encoder.resolved, plan.structure
    english = plan.encoder if request.language == ENGLISH else replace(plan.encoder, language=ENGLISH)
    talks = {
        id_: tell(english, index, *divmod(run, request.replications))
        for id_, index, run in zip(plan.format_ids, plan.formats, result.typical, strict=True)
    }
    changes = {key: value for key, value in request.scenario.as_settings().items() if value}
    settings = {key: ", ".join(value) if isinstance(value, list) else value for key, value in changes.items()}
    with language(request.language):
        spoken = in_language(resolved, request.language)
        content = ReportInput(
            comparison=result.baseline,
            structure=structure,
            numbers=plan.encoder.numbers(),
            references=resolved.references or {},
            transcripts=talks,
            making=Making(command, request.seed, resolved.digest, versions(), settings),
            variants=result.variants,
            variant_sentences={name: say(parse_variant(name).said) for name in result.variants},
            judged=result.verdict,
            benchmarks=result.benchmarks,
            theory=result.theory,
            rests=result.shares,
            rivals=result.rivals,
            numeric=result.numeric,
            summary=spoken.summary,
            as_of=resolved.as_of,
            notes=spoken.notes,
        )
        drawings = draw_all(result.baseline, structure, result.variants)
        drawings |= rests_on_figures(result.shares, result.baseline, structure)
        drawings |= numeric_figures(result.baseline, structure, result.numeric)
        return render(content, drawings), drawings


def summary_parts(result: CompareResult, report: Path | None, *, width: int) -> Iterator[RenderableType]:
    """What a terminal shows of a comparison; texts are to be wrapped by the terminal."""
    structure, baseline = result.plan.structure, result.baseline
    yield comparison_view(
        baseline,
        structure,
        variants=result.variants,
        judged=result.verdict,
        benchmarks=result.benchmarks,
        theory=result.theory,
        width=width,
    )
    if result.numeric:
        yield numeric_view(result.numeric, baseline, structure)
    if result.shares is not None:
        yield rests_on_view(result.shares, baseline, structure)
    if result.rivals is not None:
        yield rivals_view(result.rivals, baseline)
    bases = [row.basis for row in result.plan.encoder.numbers()]
    yield say(
        "{assumed} of the file's {total} numbers are assumed; the report lists each with what it rests on.",
        assumed=bases.count("assumed"),
        total=len(bases),
    )
    if report is not None:
        yield "\n" + say("Report: {file}", file=f"[bold]{escape(str(report))}[/bold]")


def write_comparison(result: CompareResult, folder: Path, command: str, *, page: bool = True) -> None:
    """Write `comparison.json` and `scenario.resolved.yaml`, and with `page` `report.html` and `figures/`."""
    resolved = result.plan.encoder.resolved
    (folder / "scenario.resolved.yaml").write_text(resolved.to_yaml(), encoding="utf-8")
    (folder / "comparison.json").write_text(json.dumps(comparison_data(result), indent=2) + "\n", encoding="utf-8")
    if page:
        text, drawings = comparison_page(result, command)
        save_all(drawings.values(), folder / "figures")
        (folder / "report.html").write_text(text, encoding="utf-8")
