"""The comparison as one self-contained page: no network, no script, light and dark, phone and print.

The template asks for its tables itself, at the modules that state them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from markupsafe import Markup

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, RANGE_NOTE
from sim.report.canvas.palette import OUTCOME_FILL, OUTCOME_SENTENCE, OUTCOME_WORDS, READING_ORDER
from sim.report.canvas.sheet import Drawing
from sim.report.canvas.vector import to_svg
from sim.report.comparison import (
    benchmarks,
    number_tables,
    numeric,
    page_tables,
    rivals_view,
    track_views,
    variance_shares_view,
)
from sim.report.comparison.page_input import ReportInput
from sim.report.words import format_words, words
from sim.report.words.language import count, say, spoken
from sim.report.words.table_writers import Table, badge
from sim.report.words.templating import environment

STATED = {
    "tables": page_tables,
    "benchmarks": benchmarks,
    "evidence": number_tables,
    "numeric": numeric,
    "rivals": rivals_view,
    "rests": variance_shares_view,
    "tracks": track_views,
    "formats": format_words,
    "words": words,
}
"""Name in the template -> the module that states tables and sentences."""


def render(page: ReportInput, drawings: Mapping[str, Drawing]) -> str:
    """The page as HTML.

    Args:
        page: findings, evidence, transcripts and how they were made.
        drawings: figures by name, as `sim.report.comparison.figures.draw_all` returns them.

    Returns:
        A complete document; the same input gives the same text.
    """
    names = [words.shown(result.name) for result in page.comparison.formats]
    pages = environment()
    pages.globals |= {"say": say, "count": count, "badge": partial(badge, names=names), **STATED}
    return pages.get_template("report.html.j2").render(
        page=page,
        comparison=page.comparison,
        structure=page.structure,
        names=names,
        show=partial(Table.html, names=names),
        language=spoken(),
        conditional=say(CONDITIONAL),
        interval_note=say(INTERVAL_NOTE),
        range_note=say(RANGE_NOTE),
        outcomes=[(OUTCOME_FILL[k], say(OUTCOME_WORDS[k]), say(OUTCOME_SENTENCE[k])) for k in READING_ORDER],
        drawings=drawings,
        svg=lambda drawing: Markup(to_svg(drawing, inline=True)),  # which escapes every text
    )
