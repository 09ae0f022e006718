"""How much conflict a scenario holds, in tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from sim.analysis.theory.conflict import Conflict, FormatConflict, OptionStake
from sim.report.scenario.conflict_lines import MEANING, idle_words, over_draws, stakes
from sim.report.words.table_writers import Row, Table, TableCell
from sim.report.words.words import percent
from sim.types import Structure

BARRED = 0.5
"""Share of draws from which an option is marked as barred by a red line of the party's own."""


def conflict_tables(found: Conflict, structure: Structure) -> Iterator[RenderableType]:
    """Everything about the conflict that a scenario holds."""
    names = {info.id: info.name for info in structure.parties}
    yield _format_table(found.formats, found, names).rich()
    yield ""
    yield _room_table(found, names).rich()
    if found.options:
        yield ""
        yield _option_table(found, structure, names).rich()
    yield ""
    yield Text("What does nothing", style="bold")
    yield Text("\n".join(map(idle_words, found.idle)) or "Nothing of the kind was found.")
    how = "all deals looked at" if found.exact else "shares are lower bounds, deals found by climbing"
    sample = f"Mean of {found.n_draws} draws (5-95%)" if found.n_draws > 1 else "One set of numbers"
    yield Text(f"\n{sample}, before any shock; {how}. Stakes: best minus worst deal is 1 for each party.", style="dim")


def _format_table(formats: Sequence[FormatConflict], found: Conflict, names: dict[str, str]) -> Table:
    rows: list[Row] = []
    for one in formats:
        none = f"{one.without_deal} of {found.n_draws}" if found.n_draws > 1 else "no" if one.without_deal else "yes"
        hopes = ", ".join(f"{names[party]} {stakes(hope.mean)}" for party, hope in one.hopes.items())
        rows.append((one.id, over_draws(one.share, found), none, TableCell(hopes, left=True)))
    better = "Draws without a deal for all" if found.n_draws > 1 else "A deal for all"
    head = ("Format", "Share", better, TableCell("Best hope of each, stakes", left=True))
    note = (
        f"{MEANING}. Best hope: the best deal for a party that no red line at the table bars, whoever loses, over no "
        "deal. A deal for all is better than no deal for everybody with a vote who can gain at all."
    )
    return Table("Share of its best hope that everybody with a vote can have at once", head, tuple(rows), note=note)


def _room_table(found: Conflict, names: dict[str, str]) -> Table:
    rows: list[Row] = [
        (names[one.party], *(over_draws(part, found) for part in (one.above, one.below, one.relief, one.outside)))
        for one in found.rooms
    ]
    head = ("Party", "Above", "Below", "End of its price", "Without a deal")
    note = (
        "Above and below: from the status quo to the best and to the worst combination of options, red lines or not. "
        "Beside them what the end of the price of no settlement is worth, and what a party has without any deal."
    )
    return Table("Where the status quo lies, in stakes", head, tuple(rows), note=note)


def _option_table(found: Conflict, structure: Structure, names: dict[str, str]) -> Table:
    """A row an option, a column a party: the mean gain, how often it is a loss, whether a line bars it."""
    by_place = {(one.issue, one.option, one.party): one for one in found.options}
    parties = list(dict.fromkeys(one.party for one in found.options))
    several = found.n_draws > 1
    rows: list[Row] = []
    bands: dict[int, str] = {}
    for issue in structure.issues:
        here = [option for option in issue.options if (issue.id, option, parties[0]) in by_place]
        if here:
            bands[len(rows)] = issue.name
        for option in here:
            cells = [_stake_cell(by_place[issue.id, option, party], several=several) for party in parties]
            rows.append((f"  {issue.option_names[issue.options.index(option)]}", *cells))
    note = "Gain over no deal where this issue alone moves, with what rules tie to it. "
    if several:
        note += (
            "In brackets: share of draws in which it is worse than no deal, and the stakes that it takes then to make "
            "good for it. x: a red line of its own bars it in half of the draws or more."
        )
    else:
        note += "Below 0: the stakes that it takes to make good for it. x: a red line of its own bars it."
    return Table("Core options, each by itself", ("", *(names[party] for party in parties)), tuple(rows), bands, note)


def _stake_cell(stake: OptionStake, *, several: bool) -> str:
    worse = f" ({percent(stake.worse)}, {stakes(stake.short)})" if stake.worse and several else ""
    return ("x " if stake.barred >= BARRED else "") + stakes(stake.gain.mean) + worse
