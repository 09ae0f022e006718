"""The comparison in the terminal, as Rich renderables that fit 80 columns and use 120."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.analysis.comparison.results import CONDITIONAL, INTERVAL_NOTE, PAIRED, Comparison, FormatResult, PairDifference
from sim.analysis.comparison.verdict import FLIPS, UNCLEAR, Verdict
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.report.canvas.palette import OUTCOME_WORDS, READING_ORDER
from sim.report.comparison.benchmarks import possible_sentence, rich_table, theory_sentences, theory_table
from sim.report.comparison.interval_plots import BASELINE
from sim.report.comparison.track_views import track_line, tracks_of
from sim.report.words.format_words import rules_words, seats_words
from sim.report.words.language import count, say
from sim.report.words.words import interval, percent, points, points_interval, to, top_deciders, verdict_words
from sim.types import Outcome, Structure

FORMAT_COLUMN = 12
"""Columns of text that a format needs at least."""
WIDEST = 20
"""Columns of text that a format gets at most."""
WIDE = 100
MOST_PAIRED = 6  # formats up to which every pair has a line
"""From this width on, tables that can do without a column show it."""

OUTCOME_STYLE = {"settlement": "bold"}
MEASURE_WORDS = {"in_force": "Text in force", "agreed": "Table agreed", "lasted": "Signed, lasts"}
FAILURES_BY = "Failures by"
PAIR_WORDS = {"settlement": "Settlement", "in_force": "Text in force", "lasted": "Lasted, if signed"}


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
    """Everything that `compare` prints: outcomes and deciders, differences, split, variants, verdict.

    Args:
        comparison: the baseline.
        structure: names.
        variants: comparisons by variant name, if any were run.
        judged: the verdict over them.
        benchmarks: rational benchmarks over a sample of draws, if any.
        theory: the stationary equilibrium over a sample of draws, if any.
        width: columns of the terminal; formats that do not fit side by side go into further tables.
    """
    room = width - _label_column()
    per_table = max(1, room // (FORMAT_COLUMN + 1))
    column = min(room // min(per_table, len(comparison.formats)) - 1, WIDEST)
    formats = list(enumerate(comparison.formats))
    parts: list[RenderableType] = [_title(comparison), _spaced(format_list(comparison, structure))]
    for start in range(0, len(formats), per_table):
        parts.append(_spaced(outcome_table(formats[start : start + per_table], structure, column=column)))
    parts.append(_note(say(INTERVAL_NOTE)))
    parts += [_spaced(track_words(slot, result)) for slot, result in tracks_of(comparison)]
    if len(formats) > 1:
        parts.append(_spaced(pair_table(comparison, width=width)))
    parts.append(_spaced(split_table(comparison)))
    if variants:
        for start in range(0, len(formats), per_table):
            parts.append(_spaced(variant_table(comparison, variants, judged, formats[start : start + per_table])))
    if judged is not None:
        parts.append(_spaced(Text.assemble((say("Verdict") + "  ", "bold"), verdict_words(judged))))
    parts += [_spaced(part) for part in _beside(comparison, benchmarks, theory)]
    parts.append(_note(say(CONDITIONAL)))
    return Group(*parts)


def _beside(
    comparison: Comparison, benchmarks: RationalBenchmarks | None, theory: TheoryComparison | None
) -> list[RenderableType]:
    """What was possible, in a line; the equilibrium, as a table and whether it ranks the formats alike."""
    parts: list[RenderableType] = []
    if benchmarks is not None:
        parts.append(Text.assemble((say("Possible") + "  ", "bold"), possible_sentence(benchmarks)))
    if theory is not None:
        parts.append(rich_table(theory_table(comparison, theory)))
        parts += [Text.assemble((say("Theory") + "  ", "bold"), " ".join(theory_sentences(comparison, theory)))]
    return parts


def _label_column() -> int:
    """Columns of text that the longest label of a row needs, and one between."""
    words = (*OUTCOME_WORDS.values(), *MEASURE_WORDS.values(), FAILURES_BY)
    return 1 + max(len(say(one)) for one in words)


def _title(comparison: Comparison) -> Text:
    runs = say(
        "{runs} runs a format ({draws} draws x {replications})",
        runs=count(comparison.runs_per_format),
        draws=count(comparison.n_draws),
        replications=comparison.replications,
    )
    return Text.assemble((comparison.title, "bold"), "\n", (runs, "dim"), "\n")


def format_list(comparison: Comparison, structure: Structure) -> Table:
    """The formats by number: seats with roles, protocol, consent rule, agenda, calendar; tracks by their legs."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for slot, result in enumerate(comparison.formats):
        info = structure.formats[result.index]
        words = Text.assemble(seats_words(info, structure), "\n", (rules_words(info), "dim"))
        table.add_row(str(slot + 1), words)
    return table


def track_words(slot: int, result: FormatResult) -> Text:
    """Where along a track it is decided."""
    return Text.assemble((f"{slot + 1} {result.name}  ", "bold"), track_line(result))


def _note(words: str) -> RenderableType:
    return _spaced(Text(words, style="dim"))


def _spaced(part: RenderableType) -> RenderableType:
    """The part with an empty line below."""
    return Padding(part, (0, 0, 1, 0))


def _table(title: str, *, gap: int = 1) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, gap, 0, 0),  # besides the one column that the box puts between
    )


def _format_columns(table: Table, formats: Sequence[tuple[int, FormatResult]], column: int) -> None:
    for slot, result in formats:
        table.add_column(Text(f"{slot + 1} {result.name}"), justify="right", vertical="bottom", width=column)


def outcome_table(formats: Sequence[tuple[int, FormatResult]], structure: Structure, *, column: int) -> Table:
    """Outcomes by format with 95% intervals; below them what is in force, what lasted and who decided failures."""
    table = _table(say("How talks end (share of runs, 95% interval)"), gap=0)
    table.add_column("", width=_label_column() - 1, vertical="top")
    _format_columns(table, formats, column)
    for outcome in READING_ORDER:
        cells = [_likelihood(result.outcomes[outcome]) for _, result in formats]
        table.add_row(say(OUTCOME_WORDS[outcome]), *cells, style=OUTCOME_STYLE.get(outcome.label, ""))
    table.add_section()
    for measure, words in MEASURE_WORDS.items():
        table.add_row(say(words), *(_likelihood(result.measures[measure]) for _, result in formats))
    table.add_section()
    table.add_row(say(FAILURES_BY), *(_decider_cell(result, structure) for _, result in formats))
    return table


def _likelihood(found: Estimate) -> Text:
    """A share with its interval, on one line where it fits."""
    if not found.known:
        return Text(percent(found.value), style="dim")
    return Text.assemble(percent(found.value), " ", (interval(found), "dim"))


def _decider_cell(result: FormatResult, structure: Structure) -> Text:
    """The parties most often among the deciders of this format's failures."""
    found = top_deciders(result.failures, structure)
    return Text("\n".join(f"{name} {percent(share)}" for name, share in found) or say("nobody alone"))


def pair_table(comparison: Comparison, *, width: int = 80) -> Table:
    """Paired differences, first minus second, with the share of draws in which each leads."""
    table = _table(say("Paired differences (percentage points, first minus second, same draws)"))
    slots = {result.id: slot + 1 for slot, result in enumerate(comparison.formats)}
    shown = PAIRED if width >= WIDE else PAIRED[:2]
    table.add_column(say("Pair"), min_width=6)
    for measure in shown:
        table.add_column(say(PAIR_WORDS[measure]), justify="right", min_width=22)
    table.add_column(say("Leads/ties/trails"), justify="right", min_width=18)
    rows: dict[tuple[str, str], dict[str, PairDifference]] = {}
    leader = max(comparison.formats, key=lambda one: one.outcomes[Outcome.SETTLEMENT].value).id
    for pair in comparison.pairs:
        if len(slots) > MOST_PAIRED and leader not in (pair.first, pair.second):
            continue
        rows.setdefault((pair.first, pair.second), {})[pair.measure] = pair
    for (first, second), found in rows.items():
        cells = [_difference(found[measure].difference) for measure in shown]
        lead = found[PAIRED[0]]
        shares = f"{lead.first_leads:.0%}/{lead.ties:.0%}/{lead.second_leads:.0%}"
        table.add_row(f"{slots[first]} \N{MINUS SIGN} {slots[second]}", *cells, shares)
    table.caption = say("Leads: share of draws in which the first has more settlements. Bold: the interval excludes 0.")
    if len(slots) > MOST_PAIRED:
        table.caption += " " + say("Only pairs with the format that settles most often; the report has all.")
    return table


def _difference(found: Estimate) -> Text:
    if not found.known:
        return Text(points(found.value), style="dim")
    return Text.assemble((points(found.value), "bold" if found.side else ""), " ", (points_interval(found), "dim"))


def split_table(comparison: Comparison) -> Table:
    """Chance against not knowing, and the 5-95% range over draws of the likelihood of the texts in force."""
    table = _table(say("What the spread of outcomes is made of"))
    table.add_column("", justify="left")
    for words in (say("Chance"), say("Not knowing"), say("Settlement*")):
        table.add_column(words, justify="right", min_width=11)
    for slot, result in enumerate(comparison.formats):
        share = result.split.chance_share
        rest = percent(1 - share.value) if share.known else percent(share.value)
        span = to(percent(result.split.low[-1]), percent(result.split.high[-1]))
        table.add_row(Text(f"{slot + 1}  {result.name}"), _likelihood(share), rest, span)
    table.caption = say("* 5\N{EN DASH}95% range over draws; noisy with few replications a draw.")
    return table


def variant_table(
    comparison: Comparison,
    variants: Mapping[str, Comparison],
    judged: Verdict | None,
    formats: Sequence[tuple[int, FormatResult]],
) -> Table:
    """Settlement and any text in force per format under each variant, with what becomes of the order of pairs."""
    table = _table(say("Under other rules (settlement, any text in force)"))
    table.add_column("", min_width=17, max_width=26, overflow="fold")
    for slot, _ in formats:
        table.add_column(str(slot + 1), justify="right", no_wrap=True)
    table.add_column(say("Pairs"), no_wrap=True)
    for name, found in {BASELINE: comparison, **variants}.items():
        cells = [_two_shares(found.formats[slot]) for slot, _ in formats]
        table.add_row(
            Text(say(name) if name == BASELINE else name),
            *cells,
            "" if judged is None or name == BASELINE else _fate(judged, name),
        )
        if name == BASELINE:
            table.add_section()
    if judged is not None:
        table.caption = say(
            "Pairs, of the {pairs} told apart in the file: order reversed, or no longer told apart (level).",
            pairs=judged.n_pairs,
        )
    return table


def _two_shares(result: FormatResult) -> Text:
    settlement, in_force = (result.measures[measure].value for measure in ("settlement", "in_force"))
    return Text.assemble(percent(settlement), " ", (percent(in_force), "dim"))


def _fate(judged: Verdict, name: str) -> Text:
    """How many pairs the variant reverses, or leaves undistinguishable."""
    fates = [pair.variants[name] for one in judged.measures for pair in one.pairs]
    flips, unclear = fates.count(FLIPS), fates.count(UNCLEAR)
    if flips:
        return Text(say("{count} reversed", count=flips), style="bold")
    return Text(say("{count} level", count=unclear) if unclear else say("holds"), style="" if unclear else "dim")
