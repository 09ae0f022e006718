"""`parley import`: a position-salience-capability table becomes a scenario, or the same table in another form."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.app.errors import InputError
from sim.cli import options
from sim.cli.console import note

EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley import scenarios/examples/harbour-long.csv --proposal quay -o quay.yaml\n\n"
    "  parley import scenarios/examples/river-ktab.csv -o river.yaml && parley compare river.yaml --draws 50\n\n"
    "  parley import scenarios/examples/river-ktab.csv --to long -o river.csv"
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="The table (CSV).", show_default=False)]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write.", show_default="standard output")
]
Proposal = Annotated[
    str | None,
    typer.Option("--proposal", metavar="P", help="The proposal, where the table has several.", show_default=False),
]
Form = Annotated[
    Literal["long", "ktab", "eu"] | None,
    typer.Option("--form", help="Form of the table.", show_default="by its header"),
]
To = Annotated[
    Literal["scenario", "long", "ktab", "eu"],
    typer.Option("--to", help="What to write: a scenario, or the table in a form."),
]
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
    form: Form = None,
    to: To = "scenario",
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
    from sim.app.convert import TableFile, convert

    if output is not None and output.exists() and not replace:
        raise InputError(f"{output} is there already: choose another name, or --replace.")
    converted = convert(TableFile(file, proposal, form, ends(scale), unit, loss), to)
    note(*converted.notes, quiet=quiet)
    if output is None:
        sys.stdout.write(converted.text)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(converted.text, encoding="utf-8")
    note(f"Written: {output}", quiet=quiet)


def ends(scale: str | None) -> tuple[float, float] | None:
    """The two numbers of `--scale`."""
    if scale is None:
        return None
    try:
        low, high = (float(part) for part in scale.split(","))
    except ValueError:
        raise InputError(f"--scale takes two numbers, like 0,100, and not {scale}.") from None
    return low, high
