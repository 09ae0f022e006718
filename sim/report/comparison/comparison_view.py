"""The comparison in the terminal, as Rich renderables that fit 80 columns and use 120."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, Comparison
from sim.analysis.comparison.verdict import Verdict
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.report.comparison.benchmarks import possible_sentence, theory_sentences, theory_table
from sim.report.comparison.page_tables import narrow_outcome_table, pair_table, range_table, variant_table
from sim.report.comparison.track_views import track_line, tracks_of
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.language import count, say
from sim.report.words.table_writers import Table, TableCell
from sim.report.words.words import verdict_words
from sim.types import Structure

FORMAT_COLUMN = (12, 20)
"""Columns of text that a format needs at least, and gets at most."""
SHARES_COLUMN = (8, 12)


def comparison_view(
    comparison: Comparison,
    structure: Structure,
    *,
    variants: Mapping[str, Comparison] | None = None,
    judged: Verdict | None = None,
    benchmarks: RationalBenchmarks | None = None,
    theory: TheoryComparison | None = None,
    width: int = 80,
) -> RenderableType:
    """Everything that `compare` prints: outcomes and deciders, differences, split, variants, verdict, theory.

    Formats that do not fit side by side into `width` columns go into further tables.
    """
    outcomes = narrow_outcome_table(comparison, structure).rich(width=width, column=FORMAT_COLUMN, inline=True)
    parts = [_title(comparison), _format_list(comparison, structure), outcomes, Text(say(INTERVAL_NOTE), style="dim")]
    parts += [_headed(f"{slot + 1} {result.name}", track_line(result)) for slot, result, _ in tracks_of(comparison)]
    if len(comparison.formats) > 1:
        parts.append(pair_table(comparison, width=width).rich(inline=True))
    parts.append(range_table(comparison, narrow=True).rich(inline=True))
    if variants:
        table = variant_table(comparison, variants, judged)
        parts.append(table.rich(width=width, column=SHARES_COLUMN, inline=True))
    if judged is not None:
        parts.append(_headed(say("Verdict"), verdict_words(judged)))
    if benchmarks is not None:
        parts.append(_headed(say("Possible"), possible_sentence(benchmarks)))
    if theory is not None:
        parts.append(theory_table(comparison, theory, narrow=True).rich(note=False))
        parts.append(_headed(say("Theory"), " ".join(theory_sentences(comparison, theory))))
    parts.append(Text(say(CONDITIONAL), style="dim"))
    return Group(*(Padding(part, (0, 0, 1, 0)) for part in parts))


def _title(comparison: Comparison) -> Text:
    runs = say(
        "{runs} runs a format ({draws} draws x {replications})",
        runs=count(comparison.runs_per_format),
        draws=count(comparison.n_draws),
        replications=comparison.replications,
    )
    return Text.assemble((comparison.title, "bold"), "\n", (runs, "dim"))


def _format_list(comparison: Comparison, structure: Structure) -> RenderableType:
    """The formats by number: seats with roles, protocol, consent rule, agenda, calendar; tracks by their legs."""
    formats = enumerate((structure.formats[result.index] for result in comparison.formats), start=1)
    rows = tuple(
        (str(slot), TableCell(seats_words(info, structure), rules_words(info), left=True)) for slot, info in formats
    )
    return Table("", (), rows).rich()


def _headed(head: str, words: str) -> Text:
    return Text.assemble((f"{head}  ", "bold"), words)
