"""What `check` and `variants` say: a scenario at a glance, and the changes that can be asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import prod
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from sim.scenario import ResolvedScenario, Variant

Lines = Iterable[RenderableType]


def overview(resolved: ResolvedScenario) -> Iterator[RenderableType]:
    """A sound scenario at a glance: size, formats, how its numbers are grounded.

    Args:
        resolved: the scenario.
    """
    from sim.scenario import Encoder

    encoder = Encoder(resolved, seed=0)
    structure = encoder.structure
    deals = prod(len(issue.options) for issue in structure.issues)
    yield Text(f"{resolved.id}: {resolved.title}", style="bold")
    yield (
        f"{len(structure.parties)} parties, {len(structure.issues)} issues ({deals:,} combinations of options), "
        f"{len(structure.formats)} talk formats"
    )
    yield _formats(resolved)
    counts = Counter(row.basis for row in encoder.numbers())
    words = ", ".join(f"{counts[basis]} {basis}" for basis in ("stated", "reported", "analyst", "assumed"))
    yield f"{counts.total()} numbers: {words}"
    yield from _warnings(resolved)
    yield Text("No problem found.", style="green")


def _warnings(resolved: ResolvedScenario) -> Iterator[RenderableType]:
    from sim.scenario import warnings_of

    for one in warnings_of(resolved):
        place = f"{one.path}: " if one.path else ""
        yield Text.assemble(("Worth a second look  ", "yellow"), f"{place}{one.message} ({one.seen})")


def _formats(resolved: ResolvedScenario) -> Table:
    table = _table("format", "seats", "calendar")
    for format_id, one in resolved.formats.items():
        seats = ", ".join(
            party if seat.role == "principal" else f"{party} ({seat.role})" for party, seat in one.seats.items()
        )
        calendar = f"{one.calendar.months} months, {one.calendar.rounds_per_month} rounds a month"
        table.add_row(format_id, escape(seats), calendar)
    return table


def all_variants() -> Iterator[RenderableType]:
    """The variants of rules and constants, with the sentence of each."""
    from sim.scenario import VARIANTS, core_variant

    yield Text("Variants, for --variant", style="bold")
    yield _variants([*VARIANTS.values(), core_variant("<issue>")])


def _variants(known: Iterable[Variant]) -> Table:
    table = _table("variant", "what it changes")
    for one in known:
        table.add_row(escape(one.name), escape(one.sentence))
    return table


def own_changes(resolved: ResolvedScenario) -> Iterator[RenderableType]:
    """The overrides and scenarios that a file offers.

    Args:
        resolved: the scenario.
    """
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
