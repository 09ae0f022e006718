"""`parley evidence`: the numbers of a scenario grouped by the claims they rest on."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from sim.cli import options
from sim.cli.console import choose, out, speaking

if TYPE_CHECKING:
    from sim.scenario import NumberRow, ResolvedScenario

EPILOG = (
    "[bold]Examples[/bold]\n\n"
    "  parley evidence scenarios/camp-david-1978.yaml\n\n"
    "  parley evidence FILE --claims C1,C2\n\n"
    "  parley evidence FILE --csv > numbers.csv   [dim]# one row a number and claim[/dim]"
)
COLUMNS = ("claim", "title", "number", "distribution", "mean", "basis", "note")
Claims = Annotated[
    str | None, typer.Option("--claims", metavar="A,B", help="Only these claims.", show_default="all that are cited")
]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print a table for other programs: one row a number and claim.")]


@dataclass(frozen=True)
class Cited:
    """A claim and the numbers that cite it."""

    id: str
    title: str
    note: str
    numbers: tuple[NumberRow, ...]


def evidence(
    file: options.File,
    *,
    claims: Claims = None,
    as_csv: AsCsv = False,
    sets: options.Sets = None,
    overrides: options.Overrides = None,
    scenario: options.ScenarioName = None,
    variant: options.VariantName = None,
) -> None:
    """Print the numbers of a scenario grouped by the claim they rest on, and those that rest on none.

    A number that cites several claims stands under each of them.
    """
    with speaking():
        from sim.cli.request import Changes
        from sim.scenario import Encoder

        changes = Changes(file, tuple(sets or ()), tuple(overrides or ()), scenario, variant)
        encoder = Encoder(changes.load(), seed=0)
        rows = [row for row in encoder.numbers() if row.given]
        found = by_claim(encoder.resolved, rows)
        known = [one.id for one in found]
        wanted = [name.strip() for name in (claims or "").split(",") if name.strip()]
        kept = [found[index] for index in choose(wanted or known, known, what="claim")]
        if as_csv:
            _write_csv(kept, [] if wanted else bare(rows))
            return
        for part in _pages(encoder.resolved, kept, rows, everything=not wanted):
            out().print(part, soft_wrap=True)


def by_claim(resolved: ResolvedScenario, rows: Sequence[NumberRow]) -> list[Cited]:
    """Every reference of a scenario with the numbers that cite it, in the order of the references."""
    return [
        Cited(key, one.title, one.note or "", tuple(row for row in rows if key in row.sources))
        for key, one in (resolved.references or {}).items()
    ]


def bare(rows: Sequence[NumberRow]) -> list[NumberRow]:
    """Numbers that cite nothing."""
    return [row for row in rows if not row.sources]


def _pages(
    resolved: ResolvedScenario, found: Sequence[Cited], rows: Sequence[NumberRow], *, everything: bool
) -> Iterator[RenderableType]:
    yield Text(f"{resolved.id}: {resolved.title}", style="bold")
    for one in found:
        if not one.numbers:
            continue
        yield f"\n[bold]{escape(one.id)}[/bold]  {escape(one.title)}\n[dim]{escape(one.note)}[/dim]"
        yield from map(_line, one.numbers)
    passing = [one.id for one in found if not one.numbers]
    if passing:
        yield f"\nCited in words only, by no number: {', '.join(passing)}"
    if everything:
        rest = bare(rows)
        yield f"\n[bold]No claim[/bold]  {len(rest)} of {len(rows)} numbers of the file cite none; all are assumed."
        yield from map(_line, rest)


def _line(row: NumberRow) -> str:
    note = f"  [dim]{escape(row.note)}[/dim]" if row.note else ""
    return f"  {escape(row.path)}  {escape(row.distribution)}  [cyan]{row.basis}[/cyan]{note}"


def _write_csv(found: Sequence[Cited], rest: Sequence[NumberRow]) -> None:
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in found:
        for row in one.numbers:
            table.writerow([one.id, one.title, row.path, row.distribution, f"{row.mean:.6g}", row.basis, row.note])
    for row in rest:
        table.writerow(["", "", row.path, row.distribution, f"{row.mean:.6g}", row.basis, row.note])
