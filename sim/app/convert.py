"""Tables of positions, saliences and capabilities: as a scenario, or in another form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.app.errors import InputError, did_you_mean, input_error
from sim.interop import read_table, scenario_text, table_text
from sim.interop.rows import harmless
from sim.scenario import load_raw
from sim.scenario.source.problems import Report, listing
from sim.scenario.source.yaml_text import parse_text
from sim.types import PositionTable
from sim.types.positions import TableForm

LEAST_LOSS, MOST_LOSS = 0.1, 10.0


@dataclass(frozen=True)
class TableFile:
    """A table of positions and what is said of it beside its file.

    Attributes:
        file: the table (CSV).
        proposal: which one, where the table has several.
        form: long, ktab or eu; by its header if None.
        scale: ends of the scale; if None 0 to 100, and for the form eu the range of its positions.
        unit: of the scale, for people.
        loss: exponent of the loss away from a position, 1 linear, 2 quadratic; None for not known, 1 to 3.
    """

    file: Path
    proposal: str | None = None
    form: TableForm | None = None
    scale: tuple[float, float] | None = None
    unit: str = ""
    loss: float | None = None


@dataclass(frozen=True)
class Converted:
    """A table as text in what was asked for, and everything that the reader should know."""

    text: str
    notes: tuple[str, ...]


def convert(table: TableFile, to: TableForm | Literal["scenario"] = "scenario") -> Converted:
    """Read a table and write it as a scenario (YAML with comments), or as a table in a form (CSV).

    Raises:
        ScenarioError: naming every line of the table that is wrong, or what no scenario may hold.
        InputError: the proposal or the scale is wrong, or the table has no place in what is asked for.
    """
    if table.scale is not None and not -math.inf < table.scale[0] < table.scale[1] < math.inf:
        low, high = table.scale
        raise InputError(f"A scale takes the lower end first and ends in numbers; {low:g},{high:g} has no length.")
    if table.loss is not None and not LEAST_LOSS <= table.loss <= MOST_LOSS:
        raise InputError(f"The loss is a number from {LEAST_LOSS:g} to {MOST_LOSS:g}, and not {table.loss:g}.")
    imported = read_table(table.file, table.form, table.scale)
    part = _part(imported.table, table.proposal, needed=to != "long")
    try:
        if to == "scenario":
            text, notes = scenario_text(part, table.file.name, table.loss, table.unit)
            name = f"{table.file}, as a scenario"
            load_raw(parse_text(text, Report(name)), name=name)  # what `check` refuses is not written
        else:
            text, lost = table_text(part, to)
            notes = tuple(f"Not in this form: {words}." for words in lost)
            guarded = [name for name in (*part.actors, *(issue.id for issue in part.issues)) if harmless(name) != name]
            notes += tuple(f"An apostrophe before {name} keeps spreadsheets from calculating it." for name in guarded)
    except ValueError as error:
        raise input_error(error) from None
    return Converted(text, (*imported.notes, *notes))


def _part(table: PositionTable, proposal: str | None, *, needed: bool) -> PositionTable:
    """The proposal that is written, or the whole table."""
    if proposal is None:
        if needed and len(table.proposals) > 1:
            names = listing(table.proposals)
            raise InputError(f"The table has {len(table.proposals)} proposals; name one by --proposal: {names}.")
        return table
    if proposal not in table.proposals:
        raise InputError(f'No proposal is called "{proposal}". {did_you_mean(proposal, table.proposals)}')
    return table.of(proposal)
