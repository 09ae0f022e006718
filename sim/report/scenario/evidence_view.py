"""The numbers of a scenario under the claims they rest on."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import TextIO

from rich.console import RenderableType
from rich.markup import escape
from rich.text import Text

from sim.app.scenarios import Evidence
from sim.scenario import NumberRow

COLUMNS = ("claim", "title", "number", "distribution", "mean", "basis", "note")


def evidence_view(evidence: Evidence, *, everything: bool) -> Iterator[RenderableType]:
    """Claim by claim, for a terminal; with `everything` also the numbers that cite none."""
    yield Text(f"{evidence.resolved.id}: {evidence.resolved.title}", style="bold")
    for claim in evidence.claims:
        if claim.numbers:
            yield f"\n[bold]{escape(claim.id)}[/bold]  {escape(claim.title)}\n[dim]{escape(claim.note)}[/dim]"
            yield from map(_line, claim.numbers)
    passing = [claim.id for claim in evidence.claims if not claim.numbers]
    if passing:
        yield f"\nCited in words only, by no number: {', '.join(passing)}"
    if everything:
        counts = f"{len(evidence.bare)} of {evidence.n_numbers}"
        yield f"\n[bold]No claim[/bold]  {counts} numbers of the file cite none; all are assumed."
        yield from map(_line, evidence.bare)


def _line(row: NumberRow) -> str:
    note = f"  [dim]{escape(row.note)}[/dim]" if row.note else ""
    return f"  {escape(row.path)}  {escape(row.distribution)}  [cyan]{row.basis}[/cyan]{note}"


def write_evidence_csv(evidence: Evidence, stream: TextIO) -> None:
    """One row a number and claim, for other programs."""
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    cited = [(claim.id, claim.title, row) for claim in evidence.claims for row in claim.numbers]
    for id_, title, row in [*cited, *(("", "", row) for row in evidence.bare)]:
        table.writerow([id_, title, row.path, row.distribution, f"{row.mean:.6g}", row.basis, row.note])
