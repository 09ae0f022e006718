"""Rival readings of the sources: a table and a sentence for each contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table as RichTable
from rich.text import Text

from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.rival_readings import RivalReading, RivalReadings
from sim.analysis.comparison.verdict import JUDGED
from sim.report.comparison.page_tables import Cell, Table, format_heads
from sim.report.words.language import say
from sim.report.words.words import listed, percent, shown


@dataclass(frozen=True)
class RivalLines:
    """One contradiction for the page."""

    id: str
    question: str
    sentence: str
    table: Table


def rivals_context(rivals: RivalReadings | None, comparison: Comparison) -> dict[str, Any] | None:
    """What the page prints of the readings; None where none were run."""
    if rivals is None:
        return None
    lines = [
        RivalLines(key, question, rival_sentence(rivals, key, comparison), _table(rivals, key, comparison))
        for key, question in rivals.questions.items()
    ]
    return {"lines": lines, "summary": rivals_summary(rivals)}


def rivals_summary(rivals: RivalReadings) -> str:
    """Whether the ranking depends on which source one believes, in a sentence."""
    deciding = [key for key in rivals.questions if rivals.decides(key)]
    if not rivals.judged.n_pairs:
        return say("No ranking: the formats cannot be told apart within simulation error.")
    if not deciding:
        return say("No reading of the sources reverses the order of a pair of formats that the file tells apart.")
    return say("The order of formats depends on which source one believes in {where}.", where=listed(deciding))


def rival_sentence(rivals: RivalReadings, key: str, comparison: Comparison) -> str:
    """Which format gets furthest on a settlement under each reading."""
    names = {result.id: shown(result.name) for result in comparison.formats}
    tops = rivals.tops(key, JUDGED[0])
    if len(tops) == 1:
        return say("{format} settles most often under every reading.", format=names[tops[0]])
    parts = [f"{one.name}: {names[one.found.top(JUDGED[0])]}" for one in rivals.of(key)]
    return say("Which format settles most often depends on the reading ({which}).", which="; ".join(parts))


def _fate(rivals: RivalReadings, one: RivalReading) -> str:
    return say("{reversed} reversed, {level} level", reversed=rivals.reversed_pairs(one), level=rivals.level_pairs(one))


def _table(rivals: RivalReadings, key: str, comparison: Comparison) -> Table:
    head = (Cell(say("RivalReading"), left=True), *format_heads(comparison), Cell(say("Order of pairs"), left=True))
    rows = [
        (
            Cell(one.name, say(one.said), left=True),
            *(
                Cell(percent(result.measures["settlement"].value), percent(result.measures["in_force"].value))
                for result in one.found.formats
            ),
            Cell(_fate(rivals, one), left=True),
        )
        for one in rivals.of(key)
    ]
    note = say("Large: settlement; small: any text in force. Pairs are those that the file's own numbers tell apart.")
    return Table(rivals.questions[key], head, tuple(rows), note=note)


def rivals_view(rivals: RivalReadings, comparison: Comparison) -> RenderableType:
    """The readings for a terminal."""
    table = RichTable(title=say("Rival readings of the sources: settlement"), title_justify="left")
    table.add_column("")
    numbers: Mapping[str, int] = {result.id: place for place, result in enumerate(comparison.formats, 1)}
    for place in numbers.values():
        table.add_column(str(place), justify="right")
    table.add_column(say("Order of pairs"))
    for one in rivals.readings:
        shares = (percent(result.measures["settlement"].value) for result in one.found.formats)
        table.add_row(one.key, *shares, _fate(rivals, one))
    return Group(table, Text(rivals_summary(rivals)))
