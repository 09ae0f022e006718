"""A retrodiction for a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from sim.analysis.experiments.retrodiction import NO_RANKING
from sim.report.retrodiction.retrodiction_page import HELD_SHARE, two
from sim.report.retrodiction.retrodiction_words import CLASS_WORDS, classes_words
from sim.report.words.language import say, spoken
from sim.report.words.words import percent, points
from sim.types import COARSE_CLASSES

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.analysis.experiments.retrodiction import Retrodiction


def view(found: Retrodiction, report: Path) -> list[RenderableType]:
    """The findings for a terminal, in the language chosen, with the place of the page."""
    parts: list[RenderableType] = [_cases(found), *_mean_scores(found)]
    if found.twins:
        parts.append(_twins(found))
    if found.orderings:
        parts.append(_orderings(found))
    where = f"[bold]{escape(str(report))}[/bold]"
    return [*parts, say(found.frozen), say(NO_RANKING), "\n" + say("Report: {file}", file=where)]


def _cases(found: Retrodiction) -> Table:
    first = found.codings[0]
    cases = Table(title=say("Documented, and what the files give"), title_justify="left")
    cases.add_column(say("case"))
    cases.add_column(say("documented"))
    for head in (*(say(CLASS_WORDS[name].lower()) for name in COARSE_CLASSES), say("given")):
        cases.add_column(head, justify="right")
    for one in found.cases:
        words = classes_words(one.documented) if one.held else say("(not held)")
        given = percent(one.scores[first].given) if one.held else ""
        cases.add_row(one.id, words, *(percent(share.value) for share in one.shares[first].values()), given)
    return cases


def _mean_scores(found: Retrodiction) -> list[RenderableType]:
    rows = found.mean_scores[found.codings[0]].items()
    return [
        say("{who}: mean log score {log}, Brier {brier}", who=say(who), log=two(mean.log), brier=two(mean.brier))
        for who, mean in rows
    ]


def _twins(found: Retrodiction) -> Table:
    first, labels = found.codings[0], found.spec.in_language(spoken()).twins
    twins = Table(title=say("Twins"), title_justify="left")
    for head in (say("twin"), say("settlement"), say("with the change"), say("difference"), ""):
        twins.add_column(head)
    for one in found.twins:
        held = all(outcome.holds for outcome in one.by_coding.values())
        word = say("holds{claim}", claim="") if held else f"[bold]{say('does not hold')}[/bold]"
        moved = points(one.by_coding[first].difference.value)
        settled = (percent(one.by_coding[first].plain.value), percent(one.by_coding[first].changed.value))
        twins.add_row(labels.get(one.id, one.summary), *settled, moved, word)
    return twins


def _orderings(found: Retrodiction) -> Table:
    labels = found.spec.in_language(spoken()).orderings
    orderings = Table(title=say("Orderings: share of constants x variants x codings"), title_justify="left")
    for head in ("", say("ordering"), say("holds in"), say("undecided"), ""):
        orderings.add_column(head)
    for one in found.orderings:
        word = say("holds{claim}", claim="") if one.share >= HELD_SHARE else f"[bold]{say('fails')}[/bold]"
        mark = word + (f" ({say('input')})" if one.input else "")
        claim = labels.get(one.id, one.claim)
        orderings.add_row(one.id, claim, percent(one.share), str(one.undecided), mark)
    return orderings
