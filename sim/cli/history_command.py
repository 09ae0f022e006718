"""`parley history`: the reference classes that a scenario may set beside its likelihoods."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated

import typer

from sim.cli import options
from sim.cli.console import out

EPILOG = options.examples(
    "history", "history interstate halt", "history --csv > classes.csv   [dim]# with sources and coding rules[/dim]"
)
Words = Annotated[
    list[str] | None, typer.Argument(metavar="[WORDS]", help="Only classes with all of these.", show_default="all")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the classes as JSON, and nothing else.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print a table for other programs: one row a class.")]


def history(words: Words = None, *, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List how often something came about in cases of the past, with intervals, sources and coding rules.

    A scenario names a class for a likelihood: reference_class: {settlement: interstate-year-3plus-peace}.
    """
    from sim.app.errors import InputError
    from sim.app.history import history as classes_with
    from sim.app.history import rows
    from sim.report.comparison.history_tables import class_table, source_lines
    from sim.types.records import to_data

    if as_json and as_csv:
        raise InputError("--json and --csv exclude each other: leave one out.")
    found = classes_with(words or ())
    if as_json:
        sys.stdout.write(json.dumps(to_data(rows(found)), indent=2, ensure_ascii=False) + "\n")
    elif as_csv:
        table = csv.DictWriter(sys.stdout, rows(found)[0], lineterminator="\n")
        table.writeheader()
        table.writerows(to_data(rows(found)))
    else:
        out().print(class_table(found).rich())
        for line in source_lines(found):
            out().print(line, markup=False)
