"""A scenario file for people: at a glance, the changes that can be asked for, and its numbers under their claims."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod
from typing import TextIO

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from sim.app.check import Checked
from sim.app.scenarios import Evidence
from sim.report.scenario.conflict_lines import LOOK, conflict_lines
from sim.report.words.language import say
from sim.scenario import VARIANTS, Encoder, NumberRow, ResolvedScenario, core_variant
from sim.scenario.checks.lint import reachable
from sim.scenario.sampling.distributions import describe
from sim.scenario.sampling.layout import Layout
from sim.scenario.schema.priors import PARTY_CONSTANTS
from sim.scenario.schema.resolved import ResolvedFormat
from sim.scenario.schema.written import ConditionalLine
from sim.scenario.schema.written_formats import Seat
from sim.types.csv_cells import harmless
from sim.types.structure import Structure

COLUMNS = ("claim", "title", "number", "distribution", "mean", "basis", "note")


def overview(checked: Checked) -> Iterator[RenderableType]:
    """A sound scenario at a glance: size, formats, how its numbers are grounded, how much conflict it holds."""
    resolved, structure = checked.resolved, checked.structure
    deals = prod(len(issue.options) for issue in structure.issues)
    yield Text(f"{resolved.id}: {resolved.title}", style="bold")
    tracks = f", {len(resolved.tracks)} {'track' if len(resolved.tracks) == 1 else 'tracks'}" if resolved.tracks else ""
    yield (
        f"{len(structure.parties)} parties, {len(structure.issues)} issues ({deals:,} combinations of options), "
        f"{len(resolved.formats)} talk formats{tracks}"
    )
    yield _formats(resolved, structure)
    if resolved.tracks:
        table = _table("track", "formats in order")
        for key, track in resolved.tracks.items():
            legs = (
                say("{leg} ({months} months later)", leg=leg.format, months=leg.after) if leg.after else leg.format
                for leg in track.legs
            )
            table.add_row(key, escape(", ".join(legs)))
        yield table
    yield from map(Text, _conditions(checked))
    counts = Counter(row.basis for row in Encoder(resolved, seed=0).numbers())
    words = ", ".join(f"{counts[basis]} {basis}" for basis in ("stated", "reported", "analyst", "assumed"))
    yield f"{counts.total()} numbers: {words}"
    for warning in checked.worth_a_look:
        yield Text.assemble((LOOK, "yellow"), warning)
    yield from conflict_lines(checked.conflict)
    yield Text("No problem found.", style="green")


def _formats(resolved: ResolvedScenario, structure: Structure) -> Table:
    table = _table("format", "protocol", "seats", "consent", "agenda", "calendar")
    for one, info in zip(resolved.formats.values(), structure.formats, strict=False):
        seats = ", ".join(f"{party}{_role(seat)}" for party, seat in one.seats.items())
        calendar = say("{months} months, {rounds} rounds a month", months=info.months, rounds=info.rounds_per_month)
        agenda = escape(_agenda(one, len(resolved.issues)))
        table.add_row(
            info.id, info.protocol.replace("_", " "), escape(seats), escape(str(info.consent)), agenda, calendar
        )
    return table


def _conditions(checked: Checked) -> Iterator[str]:
    """What each party gives only for something, and where the agenda cannot give that."""
    resolved, structure, layout = checked.resolved, checked.structure, Layout(checked.resolved)
    names = {info.id: (info.name, dict(zip(info.options, info.option_names, strict=True))) for info in structure.issues}

    def told(condition: Mapping[str, tuple[str, ...]]) -> str:
        parts = ((*names[issue], options) for issue, options in condition.items())
        return " and ".join(f"{name}: {' or '.join(labels[o] for o in options)}" for name, labels, options in parts)

    for party in structure.parties:
        for info in party.conditional_lines:
            line = resolved.parties[party.id].red_lines[info.id]
            assert isinstance(line, ConditionalLine)
            given = f"{party.name} never agrees to {told(info.when)}{' together' if len(info.when) > 1 else ''}"
            if info.unless:
                given = f"{party.name} agrees to {told(info.when)} only for {told(info.unless)}"
            reach = {key: reachable(layout, row, line) for row, key in enumerate(resolved.formats)}
            unpaid = [key for key, (met, paid) in reach.items() if met and not paid and info.unless]
            where = f"; nothing on the agenda of {', '.join(unpaid)} meets that" if unpaid else ""
            yield f"{given} ({info.id}, firmness {describe(line.firmness)}){where}."


def _role(seat: Seat) -> str:
    """How a party sits, where it is not simply a principal."""
    if seat.role == "principal":
        return ""
    words = [word for word in ("interested", "mandate") if getattr(seat, word)]
    return f" ({', '.join([seat.role, *words])})"


def _agenda(one: ResolvedFormat, n_issues: int) -> str:
    """What is talked about, and in which stages or working groups."""
    if one.baskets:
        groups = (
            f"{key}: {', '.join(basket.issues)} ({', '.join(basket.members)})" for key, basket in one.baskets.items()
        )
        return "; ".join([*groups, say("plenary after {months} months", months=one.group_months)])
    if one.agenda.stages:
        return " > ".join(", ".join(stage) for stage in one.agenda.stages)
    n_agenda = len(one.agenda.issues)
    what = f"all {n_issues} issues" if n_agenda == n_issues else f"{n_agenda} of {n_issues} issues"
    return what if one.agenda.order == "package" else f"{what}, {one.agenda.order.replace('_', ' ')}"


def all_variants() -> Iterator[RenderableType]:
    """The variants of rules and constants, with the sentence of each."""
    yield Text("Variants, for --variant", style="bold")
    table = _table("variant", "what it changes")
    for variant in (*VARIANTS.values(), core_variant("<issue>")):
        table.add_row(escape(variant.name), escape(variant.sentence))
    constants = f"A constant of every party: one of {', '.join(PARTY_CONSTANTS)}, such as foresight=0.5."
    table.add_row(escape("<constant>=<number>"), constants)
    yield table


def own_changes(resolved: ResolvedScenario) -> Iterator[RenderableType]:
    """The overrides and scenarios that a file offers."""
    for title, option, entries in (
        ("Overrides", "--override", resolved.overrides),
        ("Scenarios", "--scenario", resolved.scenarios),
    ):
        yield Text(f"\n{title} of {resolved.id}, for {option}", style="bold")
        if not entries:
            yield "none"
            continue
        table = _table("name", "what it changes")
        for name, entry in entries.items():
            table.add_row(name, escape(entry.summary or ""))
        yield table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for position, column in enumerate(columns):
        table.add_column(column, no_wrap=position == 0)
    return table


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
        words = map(harmless, (id_, title, row.path, row.distribution))
        table.writerow([*words, f"{row.mean:.6g}", row.basis, harmless(row.note)])
