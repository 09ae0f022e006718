"""A comparison written down: the page with its figures, the numbers as JSON, the scenario as it was played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from markupsafe import Markup
from rich.console import RenderableType

from sim.analysis.comparison.inputs_table import write_inputs
from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE
from sim.app.compare import CompareResult
from sim.app.harness import versions
from sim.report.canvas.sheet import Drawing
from sim.report.comparison.comparison_view import comparison_view
from sim.report.comparison.figures import draw_all, save_all
from sim.report.comparison.html import Making, ReportInput, render
from sim.report.comparison.numeric import numeric_figures, numeric_view
from sim.report.comparison.page_tables import outcome_table
from sim.report.comparison.rivals_view import rivals_view
from sim.report.comparison.variance_shares_figures import rests_on_figures
from sim.report.comparison.variance_shares_view import rests_on_view
from sim.report.transcript.talk_text import tell
from sim.report.words.language import ENGLISH, language, say
from sim.report.words.plain import SUMMARY, WIDTH, plain_text, report_line
from sim.report.words.words import verdict_words
from sim.scenario import in_language, parse_variant


def comparison_page(result: CompareResult, command: str) -> tuple[str, dict[str, Drawing]]:
    """The page and its figures, in the language of the request; talks are told in English."""
    request, encoder = result.request, result.request.encoder
    resolved, structure = encoder.resolved, result.structure
    english = encoder if request.language == ENGLISH else replace(encoder, language=ENGLISH)
    talks = {
        id_: tell(english, index, *divmod(run, request.size.replications))
        for id_, index, run in zip(request.format_ids, request.places, result.typical, strict=True)
    }
    changes = {key: value for key, value in request.scenario.as_settings().items() if value}
    settings = {key: ", ".join(value) if isinstance(value, list) else value for key, value in changes.items()}
    with language(request.language):
        spoken = in_language(resolved, request.language)
        content = ReportInput(
            comparison=result,
            structure=structure,
            numbers=encoder.numbers(),
            references=resolved.references or {},
            transcripts=talks,
            making=Making(command, request.size.seed, resolved.digest, versions(), settings),
            variants=result.variants,
            variant_sentences={name: say(parse_variant(name).said) for name in result.variants},
            judged=result.verdict,
            benchmarks=result.benchmarks,
            theory=result.theory,
            rests=result.variance_shares,
            rivals=result.rivals,
            numeric=result.numeric_issues,
            summary=spoken.summary,
            as_of=resolved.as_of,
            notes=spoken.notes,
        )
        drawings = draw_all(result, structure, result.variants)
        drawings |= rests_on_figures(result.variance_shares, result, structure)
        drawings |= numeric_figures(result, structure, result.numeric_issues)
        return render(content, drawings), drawings


def summary_parts(result: CompareResult, report: Path | None, *, width: int) -> list[RenderableType]:
    """What a terminal of so many columns shows, in the language of the request; texts are wrapped by the terminal.

    Args:
        result: the comparison.
        report: where its page is; None for no page.
        width: columns.
    """
    with language(result.request.language):
        return list(_summary_parts(result, report, width))


def _summary_parts(result: CompareResult, report: Path | None, width: int) -> Iterator[RenderableType]:
    structure = result.structure
    yield comparison_view(
        result,
        structure,
        variants=result.variants,
        judged=result.verdict,
        benchmarks=result.benchmarks,
        theory=result.theory,
        width=width,
    )
    if result.numeric_issues:
        yield numeric_view(result.numeric_issues, result, structure)
    if result.variance_shares is not None:
        yield rests_on_view(result.variance_shares, result, structure)
    if result.rivals is not None:
        yield rivals_view(result.rivals, result)
    by_basis = result.numbers_by_basis
    yield say(
        "{assumed} of the file's {total} numbers are assumed; the report lists each with what it rests on.",
        assumed=by_basis.get("assumed", 0),
        total=sum(by_basis.values()),
    )
    if report is not None:
        yield report_line(report)


def write_comparison(result: CompareResult, folder: Path, command: str, *, page: bool) -> None:
    """Write the drawn inputs, the numbers and the scenario, and with `page` the page and its figures.

    Args:
        result: the comparison.
        folder: where to.
        command: what makes it again.
        page: whether to draw the page.
    """
    request = result.request
    write_inputs(folder / "inputs.parquet", request.encoder, request.size.draws, request.stamp)
    (folder / "scenario.resolved.yaml").write_text(request.encoder.resolved.to_yaml(), encoding="utf-8")
    (folder / "comparison.json").write_text(json.dumps(result.to_data(), indent=2) + "\n", encoding="utf-8")
    if page:
        text, drawings = comparison_page(result, command)
        save_all(drawings.values(), folder / "figures")
        (folder / "report.html").write_text(text, encoding="utf-8")


def keep_comparison(result: CompareResult, folder: Path, call: str, *, runs: bytes) -> Path:
    """Write what `parley compare` leaves into a folder, whole or not at all.

    Raises:
        InputError: the folder holds something else than an earlier result.
    """
    with result.request.keeping(folder, [call]).writing() as fresh:
        (fresh / "runs.parquet").write_bytes(runs)
        write_comparison(result, fresh, call, page=True)
        summary = summary_parts(result, folder / "report.html", width=WIDTH)
        (fresh / SUMMARY).write_text(plain_text(summary), encoding="utf-8")
    return folder


def short_html(result: CompareResult) -> str:
    """The comparison for a notebook: outcomes, the verdict, and what a likelihood means."""
    with language(result.request.language):
        parts = [outcome_table(result).html()]
        if result.verdict is not None:
            parts.append(Markup("<p>{}</p>").format(verdict_words(result.verdict)))
        parts.append(Markup("<p><small>{} {}</small></p>").format(say(INTERVAL_NOTE), say(CONDITIONAL)))
    return str(Markup("").join(parts))
