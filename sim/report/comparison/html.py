"""The comparison as one self-contained page: no network, no script, light and dark, phone and print."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, RANGE_NOTE
from sim.report.canvas.palette import OUTCOME_FILL, OUTCOME_SENTENCE, OUTCOME_WORDS, READING_ORDER
from sim.report.canvas.sheet import Drawing
from sim.report.canvas.vector import to_svg
from sim.report.comparison.benchmarks import (
    distance_table,
    possible_sentence,
    theory_pair_table,
    theory_sentences,
    theory_table,
    zone_table,
)
from sim.report.comparison.number_tables import BASES, assumed_table, basis_counts, basis_words, evidence_groups
from sim.report.comparison.numeric import agreed_table, figure_name, forecast_table
from sim.report.comparison.page_input import ReportInput
from sim.report.comparison.page_tables import (
    chain_table,
    core_table,
    decider_table,
    outcome_table,
    pair_table,
    range_table,
    refusal_table,
    text_table,
    value_table,
    variant_table,
)
from sim.report.comparison.rivals_view import rivals_context
from sim.report.comparison.track_views import leg_table
from sim.report.comparison.variance_shares_view import rests_on_context
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.language import count, say, spoken
from sim.report.words.table_writers import Table, badge
from sim.report.words.templating import environment
from sim.report.words.words import shown, summary, verdict_words


def render(page: ReportInput, drawings: Mapping[str, Drawing]) -> str:
    """The page as HTML.

    Args:
        page: findings, evidence, transcripts and how they were made.
        drawings: figures by name, as `sim.report.comparison.figures.draw_all` returns them.

    Returns:
        A complete document; the same input gives the same text.
    """
    names = [shown(result.name) for result in page.comparison.formats]
    pages = environment()
    pages.globals |= {
        "say": say,
        "count": count,
        "badge": partial(badge, names=names),
        "show": partial(Table.html, names=names),
        "basis_words": basis_words,
    }
    return pages.get_template("report.html.j2").render(_context(page, drawings))


def _context(page: ReportInput, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """Every name that the template uses."""
    comparison, structure = page.comparison, page.structure
    basis, groups = basis_counts(page.numbers), evidence_groups(page.numbers, structure, page.references)
    return {
        "title": comparison.title,
        "page": page,
        "comparison": comparison,
        "language": spoken(),
        "conditional": say(CONDITIONAL),
        "interval_note": say(INTERVAL_NOTE),
        "range_note": say(RANGE_NOTE),
        "summary": summary(comparison, structure, page.judged, basis),
        "verdict": shown(verdict_words(page.judged)) if page.judged else "",
        "formats": [_format_line(page, slot) for slot in range(len(comparison.formats))],
        "figures": {name: _figure(drawing) for name, drawing in drawings.items()},
        "tables": _tables(page),
        "numeric": [
            (
                figure_name(issue),
                agreed_table(comparison, issue),
                forecast_table(comparison, structure, issue),
                issue.name,
            )
            for issue in page.numeric
        ],
        "possible": possible_sentence(page.benchmarks) if page.benchmarks else "",
        "theory_says": theory_sentences(comparison, page.theory) if page.theory else [],
        "outcome_words": [(OUTCOME_FILL[k], say(OUTCOME_WORDS[k]), say(OUTCOME_SENTENCE[k])) for k in READING_ORDER],
        "evidence": groups,
        "assumed": assumed_table(groups),
        "basis": basis,
        "bases": [(basis, say(basis), say(words)) for basis, words in BASES.items()],
        "cited": sorted({source for row in page.numbers for source in row.sources} & set(page.references)),
        "rests": rests_on_context(page.rests, comparison, structure, page.references),
        "rivals": rivals_context(page.rivals, comparison),
    }


def _tables(page: ReportInput) -> dict[str, Table]:
    """The tables of the page by name; of what theory says, where it was asked."""
    comparison, structure = page.comparison, page.structure
    tables = {
        "outcomes": outcome_table(comparison),
        "chain": chain_table(comparison),
        "legs": leg_table(comparison),
        "core": core_table(comparison, structure),
        "deciders": decider_table(comparison, structure),
        "refusals": refusal_table(comparison, structure),
        "texts": text_table(comparison, structure),
        "values": value_table(comparison, structure),
        "pairs": pair_table(comparison),
        "ranges": range_table(comparison),
        "variants": variant_table(comparison, page.variants, page.judged, page.variant_sentences),
    }
    if page.benchmarks is not None:
        tables["zones"] = zone_table(comparison, page.benchmarks)
        tables["distances"] = distance_table(comparison, page.benchmarks)
    if page.theory is not None:
        tables["theory"] = theory_table(comparison, page.theory)
        tables["theory_pairs"] = theory_pair_table(comparison, page.theory)
    return tables


def _format_line(page: ReportInput, slot: int) -> dict[str, Any]:
    """Number, name and frame of a format."""
    result = page.comparison.formats[slot]
    info = page.structure.formats[result.index]
    return {
        "number": slot + 1,
        "name": shown(result.name),
        "seats": seats_words(info, page.structure),
        "frame": rules_words(info),
        "transcript": list(page.transcripts.get(result.id, ())),
    }


def _figure(drawing: Drawing) -> dict[str, Any]:
    """A figure for the page; its SVG is made by `vector`, which escapes every text."""
    return {"svg": Markup(to_svg(drawing, inline=True)), "caption": drawing.description, "title": drawing.title}
