"""The comparison as one self-contained page: no network, no script, light and dark, phone and print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, RANGE_NOTE
from sim.report.canvas.palette import OUTCOME_FILL, OUTCOME_SENTENCE, OUTCOME_WORDS, READING_ORDER, format_colour
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
from sim.report.comparison.heatmaps import shade
from sim.report.comparison.number_tables import BASES, assumed_by_group, basis_counts, evidence_groups
from sim.report.comparison.numeric import agreed_table, figure_name, forecast_table
from sim.report.comparison.page_input import ReportInput
from sim.report.comparison.page_tables import (
    Table,
    chain_table,
    core_table,
    decider_table,
    outcome_table,
    pair_table,
    range_table,
    refusal_table,
    text_tables,
    value_table,
    variant_table,
)
from sim.report.comparison.rivals_view import rivals_context
from sim.report.comparison.track_views import leg_table
from sim.report.comparison.variance_shares_view import rests_on_context
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.language import count, say, spoken
from sim.report.words.templating import environment
from sim.report.words.words import shown, summary, verdict_words


def render(given: ReportInput, drawings: Mapping[str, Drawing]) -> str:
    """The page as HTML.

    Args:
        given: findings, evidence, transcripts and how they were made.
        drawings: figures by name, as `sim.report.comparison.figures.draw_all` returns them.

    Returns:
        A complete document; the same input gives the same text.
    """
    pages = environment()
    pages.globals |= {"say": say, "count": count}
    return pages.get_template("report.html.j2").render(_context(given, drawings))


def _context(given: ReportInput, drawings: Mapping[str, Drawing]) -> dict[str, Any]:
    """Every name that the template uses."""
    comparison, structure = given.comparison, given.structure
    return {
        "title": comparison.title,
        "given": given,
        "comparison": comparison,
        "language": spoken(),
        "conditional": say(CONDITIONAL),
        "interval_note": say(INTERVAL_NOTE),
        "range_note": say(RANGE_NOTE),
        "summary": summary(comparison, structure, given.judged, basis_counts(given.numbers)),
        "verdict": shown(verdict_words(given.judged)) if given.judged else "",
        "formats": [_format_line(given, slot) for slot in range(len(comparison.formats))],
        "figures": {name: _figure(drawing) for name, drawing in drawings.items()},
        "tables": _tables(given),
        "texts": text_tables(comparison, structure),
        "numeric": [
            (figure_name(one), agreed_table(comparison, one), forecast_table(comparison, structure, one), one.name)
            for one in given.numeric
        ],
        "possible": possible_sentence(given.benchmarks) if given.benchmarks else "",
        "theory_says": theory_sentences(comparison, given.theory) if given.theory else [],
        "outcome_words": [(OUTCOME_FILL[k], say(OUTCOME_WORDS[k]), say(OUTCOME_SENTENCE[k])) for k in READING_ORDER],
        "evidence": evidence_groups(given.numbers, structure),
        "assumed": assumed_by_group(given.numbers, structure),
        "basis": basis_counts(given.numbers),
        "by_basis": ", ".join(f"{n} {say(name)}" for name, n in basis_counts(given.numbers).items()),
        "bases": {name: (say(name), say(words)) for name, words in BASES.items()},
        "cited": sorted({source for row in given.numbers for source in row.sources} & set(given.references)),
        "rests": rests_on_context(given.rests, comparison, structure),
        "rivals": rivals_context(given.rivals, comparison),
        "shade": shade,
    }


def _tables(given: ReportInput) -> dict[str, Table]:
    """The tables of the page by name."""
    comparison, structure = given.comparison, given.structure
    return {
        "outcomes": outcome_table(comparison),
        "chain": chain_table(comparison),
        "legs": leg_table(comparison),
        "core": core_table(comparison, structure),
        "deciders": decider_table(comparison, structure),
        "refusals": refusal_table(comparison, structure),
        "values": value_table(comparison, structure),
        "pairs": pair_table(comparison),
        "ranges": range_table(comparison),
        "variants": variant_table(comparison, given.variants, given.judged, given.variant_sentences),
        **_beside(given),
    }


def _beside(given: ReportInput) -> dict[str, Table]:
    """The tables of what theory says, where it was asked."""
    tables: dict[str, Table] = {}
    if given.benchmarks is not None:
        tables["zones"] = zone_table(given.comparison, given.benchmarks)
        tables["distances"] = distance_table(given.comparison, given.benchmarks)
    if given.theory is not None:
        tables["theory"] = theory_table(given.comparison, given.theory)
        tables["theory_pairs"] = theory_pair_table(given.comparison, given.theory)
    return tables


def _format_line(given: ReportInput, slot: int) -> dict[str, Any]:
    """Number, name and frame of a format."""
    result = given.comparison.formats[slot]
    info = given.structure.formats[result.index]
    return {
        "number": slot + 1,
        "colour": format_colour(slot),
        "id": result.id,
        "name": shown(result.name),
        "seats": seats_words(info, given.structure),
        "frame": rules_words(info),
        "transcript": list(given.transcripts.get(result.id, ())),
    }


def _figure(drawing: Drawing) -> dict[str, Any]:
    """A figure for the page; its SVG is made by `vector`, which escapes every text."""
    return {"svg": Markup(to_svg(drawing, inline=True)), "caption": drawing.description, "title": drawing.title}
