"""A comparison for people: in the terminal, as a page with figures, in a notebook, and in the files that it leaves.

The page is self-contained: no network, no script, light and dark, phone and print. Its template asks for its tables
itself, at the modules that state them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from markupsafe import Markup
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.comparison.outside_view import OutsideView
from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, RANGE_NOTE, Comparison
from sim.analysis.comparison.runs_table import write_inputs
from sim.app.compare import CompareResult
from sim.app.compare_request import CompareRequest
from sim.report.canvas.palette import OUTCOME_FILL, OUTCOME_SENTENCE, OUTCOME_WORDS, READING_ORDER
from sim.report.canvas.sheet import Drawing
from sim.report.comparison import (
    benchmarks,
    carriers,
    failure_tables,
    history_tables,
    number_tables,
    numeric,
    page_tables,
    scope,
    variance_shares_view,
)
from sim.report.comparison.figures import draw_all, save_all
from sim.report.transcript.talk_text import tell
from sim.report.words import words
from sim.report.words.language import ENGLISH, count, language, say
from sim.report.words.plain import SUMMARY, WIDTH, plain_text, report_line
from sim.report.words.table_writers import Table, TableCell, badge, render_page
from sim.scenario import NumberRow, ResolvedScenario, in_language

FORMAT_COLUMN = (12, 20)
"""Columns of text that a format needs at least, and gets at most."""
SHARES_COLUMN = (8, 12)


def comparison_page(result: CompareResult, command: str) -> tuple[str, dict[str, Drawing]]:
    """The page and its figures, in the language of the request; talks are told in English."""
    request, encoder = result.request, result.request.encoder
    english = replace(encoder, language=ENGLISH)
    talks = {
        id_: tell(english, index, *divmod(run, request.size.replications))
        for id_, index, run in zip(request.format_ids, request.places, result.typical, strict=True)
    }
    with language(request.language):
        scenario, drawings = in_language(encoder.resolved, request.language), draw_all(result)
        numbers = encoder.numbers()
        return render(result, drawings, scenario=scenario, numbers=numbers, talks=talks, command=command), drawings


def render(
    result: ComparisonResult,
    drawings: Mapping[str, Drawing],
    *,
    scenario: ResolvedScenario,
    numbers: Sequence[NumberRow],
    talks: Mapping[str, Sequence[str]],
    command: str,
) -> str:
    """The page as HTML, with figures by name, the scenario in its language, and by format a talk in plain lines."""
    names = [words.shown(compared.name) for compared in result.formats]
    return render_page(
        "report.html.j2",
        comparison=result,
        structure=result.structure,
        scenario=scenario,
        numbers=numbers,
        talks=talks,
        command=command,
        names=names,
        show=partial(Table.html, names=names),
        badge=partial(badge, names=names),
        count=count,
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        range_note=say(RANGE_NOTE),
        outcomes=[(OUTCOME_FILL[k], say(OUTCOME_WORDS[k]), say(OUTCOME_SENTENCE[k])) for k in READING_ORDER],
        drawings=drawings,
        tables=page_tables,
        carriers=carriers,
        failures=failure_tables,
        benchmarks=benchmarks,
        evidence=number_tables,
        history=history_tables,
        numeric=numeric,
        rests=variance_shares_view,
        scope=scope,
        words=words,
    )


def summary_parts(result: CompareResult, report: Path | None, *, width: int) -> list[RenderableType]:
    """What a terminal of so many columns shows, in the language of the request; and where the page is, if at all."""
    with language(result.request.language):
        parts = [comparison_view(result, width)]
        if result.numeric_issues:
            parts.append(numeric.numeric_view(result.numeric_issues, result, result.structure))
        if result.variance_shares is not None:
            parts.append(variance_shares_view.rests_on_view(result.variance_shares, result, result.structure))
        if result.rivals is not None:
            parts.append(page_tables.rivals_view(result.rivals))
        by_basis = result.numbers_by_basis
        parts.append(
            say(
                "{assumed} of the file's {total} numbers are assumed; the report lists each with what it rests on.",
                assumed=by_basis.get("assumed", 0),
                total=sum(by_basis.values()),
            )
        )
        return parts if report is None else [*parts, report_line(report)]


def comparison_view(result: ComparisonResult, width: int) -> RenderableType:
    """Outcomes and deciders, differences, split, variants, verdict, theory: fits 80 columns and uses 120.

    Formats that do not fit side by side into `width` columns go into further tables.
    """
    structure, judged = result.structure, result.verdict
    outcomes = page_tables.narrow_outcome_table(result, structure).rich(width=width, column=FORMAT_COLUMN, inline=True)
    infos = enumerate((structure.formats[compared.index] for compared in result.formats), start=1)
    formats = tuple(
        (str(slot), TableCell(words.seats_words(info, structure), words.rules_words(info), left=True))
        for slot, info in infos
    )
    core = words.core_words(structure)
    parts = [
        Group(_title(result), *(Text(sentence, style="dim") for sentence in scope.scope_sentences(result))),
        *([Text(core, style="yellow")] if core else []),
        Table("", (), formats).rich(),
        outcomes,
        Text(say(INTERVAL_NOTE), style="dim"),
    ]
    failures = " ".join((*words.without_deal(result), *words.unsigned_sentences(result)))
    if failures:
        parts.append(_headed(say("Nothing signed"), failures))
    for slot, compared, _ in page_tables.tracks_of(result):
        parts.append(_headed(f"{slot + 1} {compared.name}", page_tables.track_line(compared)))
    if result.history is not None:
        parts += _history(result, result.history)
    carried = " ".join(carriers.sentences(result))
    if carried:
        parts.append(_headed(say("Carried by"), carried))
    if len(result.formats) > 1:
        parts.append(page_tables.pair_table(result, width=width).rich(inline=True))
    parts.append(page_tables.range_table(result, narrow=True).rich(inline=True))
    if result.variants:
        table = page_tables.variant_table(result, narrow=True)
        parts.append(table.rich(width=width, column=SHARES_COLUMN, inline=True))
    if judged is not None:
        parts.append(_headed(say("Verdict"), words.verdict_words(judged)))
    if result.benchmarks is not None:
        parts.append(_headed(say("Possible"), benchmarks.possible_sentence(result.benchmarks, structure)))
    if result.theory is not None:
        parts.append(benchmarks.theory_table(result, result.theory, narrow=True).rich(note=False))
        parts.append(_headed(say("Theory"), " ".join(benchmarks.theory_sentences(result, result.theory))))
    parts.append(Text(say(CONDITIONAL), style="dim"))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _history(result: ComparisonResult, view: OutsideView) -> list[RenderableType]:
    """Past cases beside the likelihoods, and pools where they were asked for."""
    tables = [history_tables.history_table(view, result, narrow=True)]
    tables += [history_tables.pool_table(view, result, narrow=True)] if view.pooled else []
    parts = [table.rich(inline=True) for table in tables]
    sentences = " ".join(history_tables.history_sentences(view))
    return [*parts, _headed(say("History"), sentences)] if sentences else parts


def _title(comparison: Comparison) -> Text:
    runs = say(
        "{runs} runs a format ({draws} draws x {replications})",
        runs=count(comparison.runs_per_format),
        draws=count(comparison.n_draws),
        replications=comparison.replications,
    )
    return Text.assemble((comparison.title, "bold"), "\n", (runs, "dim"))


def _headed(head: str, sentence: str) -> Text:
    return Text.assemble((f"{head}  ", "bold"), sentence)


def answer_so_far(found: Comparison, request: CompareRequest, *, width: int) -> RenderableType:
    """The answer after some of the draws, for a terminal of so many columns, while more are played."""
    with language(request.language):
        table = page_tables.settled_table(found)
        return Group(_title(found), table.rich(width=width, column=FORMAT_COLUMN, inline=True))


def write_comparison(result: CompareResult, folder: Path, command: str, *, page: bool) -> None:
    """Write the drawn inputs, the numbers and the scenario, and with `page` the page, made again by `command`."""
    request = result.request
    write_inputs(folder / "inputs.parquet", request.encoder, result.n_draws, request.stamp(result.n_draws))
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
        parts = [page_tables.outcome_table(result).html()]
        if result.verdict is not None:
            parts.append(Markup("<p>{}</p>").format(words.verdict_words(result.verdict)))
        parts.append(Markup("<p><small>{} {}</small></p>").format(say(INTERVAL_NOTE), say(CONDITIONAL)))
    return str(Markup("").join(parts))
