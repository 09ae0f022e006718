"""`parley import`: a position-salience-capability table becomes a scenario, or the same table in another form."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.app.errors import InputError, did_you_mean
from sim.cli import options
from sim.cli.console import note, speaking

if TYPE_CHECKING:
    from sim.types import PositionTable

EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley import scenarios/examples/harbour-long.csv --proposal quay -o quay.yaml\n\n"
    "  parley import scenarios/examples/river-ktab.csv -o river.yaml && parley compare river.yaml --draws 50\n\n"
    "  parley import scenarios/examples/river-ktab.csv --to long -o river.csv"
)


class TableForm(StrEnum):
    """Forms of a table."""

    LONG = "long"
    KTAB = "ktab"
    EU = "eu"


class Target(StrEnum):
    """What is written."""

    SCENARIO = "scenario"
    LONG = "long"
    KTAB = "ktab"
    EU = "eu"


File = Annotated[Path, typer.Argument(metavar="FILE", help="The table (CSV).", show_default=False)]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write.", show_default="standard output")
]
Proposal = Annotated[
    str | None,
    typer.Option("--proposal", metavar="P", help="The proposal, where the table has several.", show_default=False),
]
FormOption = Annotated[
    TableForm | None, typer.Option("--form", help="Form of the table.", show_default="by its header")
]
To = Annotated[Target, typer.Option("--to", help="What to write: a scenario, or the table in a form.")]
Scale = Annotated[
    str | None,
    typer.Option("--scale", metavar="LOW,HIGH", help="Ends of the scale.", show_default="0,100; eu: its positions"),
]
Unit = Annotated[
    str, typer.Option("--unit", metavar="TEXT", help="Unit of the scale, for people.", show_default="none")
]
Loss = Annotated[
    float | None,
    typer.Option(
        "--loss",
        min=0.1,
        max=10,
        metavar="K",
        help="Shape of losses: 1 linear, 2 quadratic.",
        show_default="not known: 1 to 3",
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")]


def import_table(
    file: File,
    *,
    output: Output = None,
    proposal: Proposal = None,
    form: FormOption = None,
    to: To = Target.SCENARIO,
    scale: Scale = None,
    unit: Unit = "",
    loss: Loss = None,
    replace: Replace = False,
    quiet: options.Quiet = False,
) -> None:
    """Turn a table of positions, saliences and capabilities into a scenario that you can edit and run.

    Reads three forms: a long table with a row for every actor on every issue, KTAB's CSV, and the CSV of programs for
    the expected-utility model. Every line that is wrong is named; nothing is left out without a word.
    """
    with speaking():
        if output is not None and output.exists() and not replace:
            raise InputError(f"{output} is there already: choose another name, or --replace.")
        text, notes = written(file, TableOptions(proposal, form, scale, unit, loss), to)
        for line in notes:
            note(line, quiet=quiet)
        if output is None:
            sys.stdout.write(text)
            return
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
        note(f"Written: {output}", quiet=quiet)


@dataclass(frozen=True)
class TableOptions:
    """What is said of a table beside its file."""

    proposal: str | None
    form: TableForm | None
    scale: str | None
    unit: str
    loss: float | None


def written(file: Path, said: TableOptions, to: Target) -> tuple[str, tuple[str, ...]]:
    """A table as text in what is asked for, and everything that the reader should know.

    Raises:
        ScenarioError: naming every line of the table that is wrong.
        InputError: the proposal or the scale is wrong, or the table has no place in what is asked for.
    """
    from sim.interop import read_table

    found = read_table(file, None if said.form is None else said.form.value, _ends(said.scale))
    table = _chosen(found.table, said.proposal, to)
    text, notes = _written(table, file, to, unit=said.unit, loss=said.loss)
    return text, (*found.notes, *notes)


def _ends(scale: str | None) -> tuple[float, float] | None:
    if scale is None:
        return None
    try:
        low, high = (float(part) for part in scale.split(","))
    except ValueError:
        raise InputError(f"--scale takes two numbers, like 0,100, and not {scale}.") from None
    if not low < high:
        raise InputError(f"--scale takes the lower end first; {scale} has no length.")
    return low, high


def _chosen(table: PositionTable, proposal: str | None, to: Target) -> PositionTable:
    """The part of the table that is written."""
    from sim.interop.tables import part_of

    if proposal is not None:
        if proposal not in table.proposals:
            raise InputError(f'No proposal is called "{proposal}". {did_you_mean(proposal, table.proposals)}')
        return part_of(table, proposal)
    if to is not Target.LONG and len(table.proposals) > 1:
        some = ", ".join(table.proposals[:12])
        more = ", ..." if len(table.proposals) > 12 else ""
        raise InputError(f"The table has {len(table.proposals)} proposals; name one by --proposal: {some}{more}.")
    return table


def _written(
    table: PositionTable, file: Path, to: Target, *, unit: str, loss: float | None
) -> tuple[str, tuple[str, ...]]:
    from sim.interop import Choices, scenario_text, table_text

    try:
        if to is Target.SCENARIO:
            return scenario_text(table, Choices(file.name, loss, unit))
        text, lost = table_text(table, to.value)
    except ValueError as error:
        raise InputError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    return text, tuple(f"Not in this form: {one}." for one in lost)
