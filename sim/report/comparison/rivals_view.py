"""Rival readings of the sources: a table and a sentence for each contradiction."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.comparison.results import Comparison
from sim.analysis.comparison.rival_readings import RivalReading, RivalReadings
from sim.analysis.comparison.verdict import JUDGED
from sim.report.comparison.page_tables import format_heads, shares_by_format
from sim.report.words.language import say
from sim.report.words.table_writers import Table, TableCell
from sim.report.words.words import listed, percent, shown


def rivals_summary(rivals: RivalReadings) -> str:
    """Whether the ranking depends on which source one believes, in a sentence."""
    deciding = [key for key in rivals.questions if rivals.decides(key)]
    if not rivals.verdict.n_pairs:
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
    parts = [f"{reading.name}: {names[reading.comparison.top(JUDGED[0])]}" for reading in rivals.of(key)]
    return say("Which format settles most often depends on the reading ({which}).", which="; ".join(parts))


def _fate(rivals: RivalReadings, reading: RivalReading) -> str:
    n_reversed, n_level = rivals.reversed_pairs(reading), rivals.level_pairs(reading)
    return say("{reversed} reversed, {level} level", reversed=n_reversed, level=n_level)


def rival_table(rivals: RivalReadings, key: str) -> Table:
    """The readings of one contradiction: shares by format, and what becomes of the order of pairs."""
    readings = rivals.of(key)
    rows = (
        (TableCell(reading.name, say(reading.changes)), *shares_by_format(reading.comparison), _fate(rivals, reading))
        for reading in readings
    )
    head = (say("Reading"), *format_heads(readings[0].comparison), TableCell(say("Order of pairs"), left=True))
    note = say("Large: settlement; small: any text in force. Pairs are those that the file's own numbers tell apart.")
    return Table(rivals.questions[key], head, tuple(rows), note=note)


def rivals_view(rivals: RivalReadings) -> RenderableType:
    """The readings for a terminal: settlements alone, all contradictions in one table."""
    rows = (
        (
            reading.key,
            *(percent(result.measures["settlement"].value) for result in reading.comparison.formats),
            _fate(rivals, reading),
        )
        for reading in rivals.readings
    )
    head = ("", *format_heads(rivals.readings[0].comparison), TableCell(say("Order of pairs"), left=True))
    table = Table(say("Rival readings of the sources: settlement"), head, tuple(rows))
    return Group(table.rich(), Text(rivals_summary(rivals)))
