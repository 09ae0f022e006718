"""What theory says of one format, in the terminal: ZOPA, frontier, solutions, equilibrium, deals in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sim.analysis.theory.solved_format import CONCEPTS, SolvedFormat, named_deals
from sim.analysis.theory.zopa import Zopa
from sim.bargaining.deal_space import Floats, Ints
from sim.bargaining.equilibrium import TOLERANCE
from sim.bargaining.table_equilibrium import WORTH, TableEquilibrium
from sim.bargaining.table_seats import LIMITS
from sim.report.words.words import MINUS, NOTHING, percent, shown, span
from sim.types import Structure

RARE = 0.01
"""Chance from which a proposal is shown."""
NO_GAP = 1e-3
"""A gap under this is not worth a word: it is what the search leaves by its own tolerance."""
SENSE_WORDS = {
    "table": "for the table",
    "standing": "and absent parties with standing",
    "pressure": "the same, under most pressure",
}
SCOPE_WORDS = {"package": "Any package", "core": "The core alone"}


@dataclass(frozen=True)
class _Names:
    """Short names: parties of the table in order, and a letter for every deal."""

    parties: tuple[str, ...]
    letters: dict[tuple[int, ...], str]

    def letter(self, deal: Ints | None) -> str:
        return NOTHING if deal is None else self.letters.get(tuple(deal.tolist()), NOTHING)


def solution_view(solved: SolvedFormat, structure: Structure, *, world: str) -> RenderableType:
    """Everything that `solve` prints.

    Args:
        solved: what was found.
        structure: names.
        world: which world was solved, a sentence.
    """
    deals = named_deals(solved, RARE)
    names = _Names(
        tuple(structure.parties[p].name for p in solved.marks.space.parties),
        {tuple(deal.tolist()): _letter(row) for row, deal in enumerate(deals)},
    )
    info = structure.formats[solved.format_index]
    parts: list[RenderableType] = [
        Text.assemble((f"{structure.title}\n", "bold"), f"{shown(info.name)}. {world}\n"),
        zopa_table(solved.zopas),
        _spaced(Text(_zopa_note(solved.zopas), style="dim")),
        solution_table(solved, names),
        _spaced(Text(" ".join((_frontier_words(solved), *_exactness(solved))), style="dim")),
        *(_spaced(part) for part in equilibrium_parts(solved.equilibrium, names, str(info.consent))),
        _spaced(deal_list(deals, structure)),
        Text("Gains are in stakes over the reservation value: best minus worst deal is 1 for each party.", style="dim"),
        Text(" ".join((*map(str, solved.equilibrium.seats.notes), LIMITS)), style="dim"),
    ]
    return Group(*parts)


def _letter(row: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    head, last = divmod(row, len(ascii_uppercase))
    return (_letter(head - 1) if head else "") + ascii_uppercase[last]


def _spaced(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 1, 0))


def _table(title: str) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )


def stakes(value: float) -> str:
    """A gain in stakes with two decimals; three where it is small."""
    if not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):.2f}" if abs(value) >= 0.095 else f"{abs(value):.3f}"
    return (MINUS if value < 0 and float(text) else "") + text


def zopa_table(found: Sequence[Zopa]) -> Table:
    """Both scopes in the three senses: is there a deal, what share of deals, the best smallest gain."""
    table = _table("Zone of possible agreement")
    table.add_column("")
    for words in ("Exists", "Share of deals", "Best smallest gain"):
        table.add_column(words, justify="right")
    for one in found:
        if one.sense == "table":
            table.add_row(Text(SCOPE_WORDS[one.scope], style="italic"))
        exists = {True: "yes", False: "no", None: "open"}[one.exists]
        share = percent(one.share)
        if not one.counted:
            share += f" ({span(one.share_low, one.share_high)})"
        table.add_row(f"  {SENSE_WORDS[one.sense]}", exists, share, stakes(one.best) + _gap(one.gap))
    return table


def _zopa_note(found: Sequence[Zopa]) -> str:
    """How the shares were come by."""
    words = ["Shares are of all deals of the agenda; best smallest gain: what the least satisfied of those asked gets."]
    if not all(one.counted for one in found):
        words.append("Shares with an interval are estimated from sampled deals.")
    if any(one.exists is None for one in found):
        words.append("Open: neither shown nor ruled out by the search.")
    return " ".join(words)


def _gap(gap: float) -> str:
    if gap <= NO_GAP:
        return ""
    return " (gap unknown)" if not math.isfinite(gap) else f" (+{stakes(gap)} at most)"


def solution_table(solved: SolvedFormat, names: _Names) -> Table:
    """Deal and gains of the four solutions, and the best that each party could have where nobody loses."""
    table = _table("Solutions: deal, and gain of each party")
    table.add_column("")
    table.add_column("Deal")
    for party in names.parties:
        table.add_column(party, justify="right")
    for concept, words in CONCEPTS.items():
        one = solved.solutions[concept]
        cells = [stakes(gain) for gain in one.gains.tolist()]
        table.add_row(words, names.letter(one.deal), *cells)
    if solved.marks.rational:
        table.add_section()
        table.add_row("Best for each", "", *(stakes(gain) for gain in solved.marks.ideal.tolist()), style="dim")
    return table


def _frontier_words(solved: SolvedFormat) -> str:
    n, size = solved.marks.space.n_deals, solved.frontier
    among = f"{n:,.0f}" if n < 1e7 else f"{n:.1e}"
    if size.exact:
        return f"Pareto efficient: {size.size:,} of {among} deals."
    return f"Pareto efficient, and costing nobody anything: at least {size.size:,} of {among} deals, by search."


def _exactness(solved: SolvedFormat) -> list[str]:
    """Sentences on gaps, and on parties that have nothing to gain."""
    words = []
    wide = {CONCEPTS[name]: one.gap for name, one in solved.solutions.items() if one.gap > NO_GAP}
    if solved.marks.space.listable:
        words.append("Solved exactly, over all deals.")
    elif not wide:
        words.append(f"Solved by search; no deal is better by more than {NO_GAP:g}, in the measure of each solution.")
    for name, gap in wide.items():
        words.append(
            f"{name}: found by search, and "
            + (
                f"the best is at most {gap:.2g} better."
                if math.isfinite(gap)
                else "how far it is from the best is open."
            )
        )
    if solved.marks.rational is False:
        words.append("Every deal costs some party something, so Nash and Kalai-Smorodinsky have no solution.")
    return words


def equilibrium_parts(table: TableEquilibrium, names: _Names, consent: str) -> list[RenderableType]:
    """The game in a sentence, who proposes and accepts what, where talks end, and how far to trust it."""
    head = Text("Stationary equilibrium", style="bold")
    seats = table.seats
    order = "in turn" if seats.order == "alternating" else "as chance gives the floor"
    game = Text(
        f"Proposals {order}, over {table.chosen.how}; consent: {consent}. "
        f"Discount a turn: {_each(names.parties, seats.discount, '{:.4f}')}."
    )
    if table.found is None:
        return [Group(head, game, Text(table.reason, style="yellow"))]
    return [Group(head, game), _proposal_table(table, names), Group(*_ending_lines(table, names))]


def _each(parties: Sequence[str], values: Floats, form: str) -> str:
    return ", ".join(f"{party} {form.format(value)}" for party, value in zip(parties, values.tolist(), strict=True))


def _proposal_table(table: TableEquilibrium, names: _Names) -> Table:
    """A row per proposer: deals with their chance, chance that the turn ends in a deal, what the others ask for."""
    found = table.found
    assert found is not None
    shown_table = _table("Who proposes what, and what the others must be given (gain)")
    shown_table.add_column("Proposer")
    shown_table.add_column("Proposes")
    shown_table.add_column("Agreed", justify="right")
    for party in names.parties:
        shown_table.add_column(f"{party} asks", justify="right")
    for j, party in enumerate(names.parties):
        asks = [NOTHING if i == j else stakes(value) for i, value in enumerate(found.thresholds[j].tolist())]
        shown_table.add_row(party, _mixture(table, j, names), percent(float(found.agreement[j])), *asks)
    return shown_table


def _mixture(table: TableEquilibrium, j: int, names: _Names) -> str:
    """`A 97%, B 3%`: deals proposed with at least `RARE`, then what is left, then passing."""
    found = table.found
    assert found is not None
    chance, passing = found.proposals[j], float(found.passing[j])
    often = [n for n in np.argsort(-chance, kind="stable").tolist() if chance[n] > RARE]
    words = [f"{names.letter(table.deals[n])} {percent(float(chance[n]))}" for n in often]
    rest = 1.0 - passing - float(chance[often].sum())
    if rest > RARE:
        words.append(f"others {percent(rest)}")
    if passing > RARE:
        words.append(f"passes {percent(passing)}")
    return ", ".join(words) or NOTHING


def _ending_lines(table: TableEquilibrium, names: _Names) -> list[Text]:
    found = table.found
    assert found is not None
    often = [n for n in np.argsort(-found.outcome, kind="stable").tolist() if found.outcome[n] > RARE]
    ends = ", ".join(f"{names.letter(table.deals[n])} {percent(float(found.outcome[n]))}" for n in often)
    lines = []
    if found.settles:
        lines.append(
            Text(
                f"Talks end in {ends}, after {found.expected_rounds:.2f} turns on average; "
                f"the core is settled with {percent(table.core_chance)}."
            )
        )
    else:
        lines.append(Text("Talks never end: nobody proposes what enough others accept."))
    n_alike, n_core = table.n_alike, table.n_alike_core
    if n_alike > 1:
        lines.append(
            Text(
                f"Deals are lumpy: each of {n_alike} deals of this set could be what everybody proposes and accepts "
                f"in an equilibrium of its own; {n_core} settle the core. Shown is the one the solver is led to."
            )
        )
    return [*lines, *_trust_lines(table)]


def _trust_lines(table: TableEquilibrium) -> list[Text]:
    """Residual and convergence, and what a thinned set of deals may have missed."""
    found = table.found
    assert found is not None
    numbers = f"residual {found.residual:.0e}, no choice costs its party more than {max(found.regret, 1e-9):.0e} stakes"
    if found.converged:
        lines = [Text(f"Converged: {numbers}.", style="dim")]
    else:
        lines = [Text(f"Not converged ({numbers}; wanted {TOLERANCE:.0e}): this is no equilibrium.", style="bold red")]
    if table.missed is not None and not table.chosen.complete:
        words = f"Checked against all deals: no proposer could add {max(table.missed, WORTH):.2g} stakes."
        lines.append(Text(words, style="dim" if table.missed <= WORTH else "yellow"))
    return lines


def deal_list(deals: Sequence[Ints], structure: Structure) -> RenderableType:
    """The deals in words, by letter: against the status quo or, where that is shorter, against the first deal."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    quo = [issue.status_quo for issue in structure.issues]
    first: list[int] = []
    for row, deal in enumerate(deals):
        chosen = structure.issue_options_of(deal).tolist()
        words = deal_words(chosen, quo, structure) or "the status quo"
        if first and _changes(chosen, first) < _changes(chosen, quo):
            words = f"as {_letter(0)}, but {deal_words(chosen, first, structure)}"
        first = first or chosen
        table.add_row(_letter(row), Text(words))
    return Group(Text("The deals, where they leave the status quo", style="bold"), table)


def _changes(chosen: Sequence[int], base: Sequence[int]) -> int:
    return sum(new != old for new, old in zip(chosen, base, strict=True))


def deal_words(chosen: Sequence[int], base: Sequence[int], structure: Structure) -> str:
    """The issues whose option is another than in `base`, each with its option."""
    return "; ".join(
        f"{issue.name}: {issue.option_names[new]}"
        for issue, new, old in zip(structure.issues, chosen, base, strict=True)
        if new != old
    )
