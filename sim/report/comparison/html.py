"""The comparison as one self-contained page: no network, no script, light and dark, phone and print.

The template asks for its tables itself, at the modules that state them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from sim.analysis.comparison.numeric_issues import NumericIssue
from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, RANGE_NOTE, Comparison
from sim.analysis.comparison.verdict import RivalReadings, Verdict
from sim.analysis.sensitivity.variance_shares import RestsOn
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.report.canvas.palette import OUTCOME_FILL, OUTCOME_SENTENCE, OUTCOME_WORDS, READING_ORDER
from sim.report.canvas.sheet import Drawing
from sim.report.comparison import (
    benchmarks,
    number_tables,
    numeric,
    page_tables,
    rivals_view,
    track_views,
    variance_shares_view,
)
from sim.report.words import format_words, words
from sim.report.words.language import count, say
from sim.report.words.table_writers import Table, badge
from sim.report.words.templating import render_page
from sim.scenario.sampling.encode import NumberRow
from sim.scenario.schema.written import Reference
from sim.types import Structure


@dataclass(frozen=True)
class Making:
    """How the comparison was made: enough to make it again."""

    command: str
    """The command line, without paths of the machine it ran on."""
    seed: int
    digest: str
    """SHA-256 of the resolved scenario."""
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    """Sets, overrides, scenario and variant of the baseline, in words."""


@dataclass(frozen=True)
class ReportInput:
    """Everything on the page."""

    comparison: Comparison
    structure: Structure
    numbers: Sequence[NumberRow]
    references: Mapping[str, Reference]
    transcripts: Mapping[str, Sequence[str]]
    """Format id -> one talk in plain lines."""
    making: Making
    variants: Mapping[str, Comparison] = field(default_factory=dict)
    variant_sentences: Mapping[str, str] = field(default_factory=dict)
    """Variant name -> what it changes."""
    judged: Verdict | None = None
    benchmarks: RationalBenchmarks | None = None
    theory: TheoryComparison | None = None
    rests: RestsOn | None = None
    rivals: RivalReadings | None = None
    numeric: Sequence[NumericIssue] = ()
    summary: str = ""
    """What the scenario is about, from its file."""
    as_of: str = ""
    notes: str = ""


def render(page: ReportInput, drawings: Mapping[str, Drawing]) -> str:
    """The page as HTML, with figures by name; the same input gives the same text."""
    names = [words.shown(result.name) for result in page.comparison.formats]
    return render_page(
        "report.html.j2",
        page=page,
        comparison=page.comparison,
        structure=page.structure,
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
        benchmarks=benchmarks,
        evidence=number_tables,
        numeric=numeric,
        rivals=rivals_view,
        rests=variance_shares_view,
        tracks=track_views,
        formats=format_words,
        words=words,
    )
