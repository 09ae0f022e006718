"""What theory says of one format, in the terminal: ZOPA, frontier, solutions, equilibrium, deals in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from sim.analysis.theory.solved_format import CONCEPTS, SolvedFormat, named_deals
from sim.analysis.theory.zopa import Zopa
from sim.app.solve import Solution
from sim.bargaining.deal_space import NO_LOSS, Floats, Ints
from sim.bargaining.equilibrium import TOLERANCE, StationaryEquilibrium
from sim.bargaining.table_equilibrium import LIMITS, WORTH, TableEquilibrium
from sim.report.scenario.conflict_tables import conflict_tables
from sim.report.words.table_writers import Row, Table, TableCell
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
EXISTS_WORDS = {True: "yes", False: "no", None: "open"}


@dataclass(frozen=True)
class DealNames:
    """Short names: parties of the table in order, and a letter for every deal."""

    parties: tuple[str, ...]
    letters: dict[tuple[int, ...], str]

    def letter(self, deal: Ints | None) -> str:
        """The deal's letter; a dash for none."""
        return NOTHING if deal is None else self.letters.get(tuple(deal.tolist()), NOTHING)

    def often(self, deals: Ints, chance: Floats) -> list[str]:
        """`A 97%`, `B 3%`: the deals with at least `RARE` chance, the most likely first."""
        order = np.argsort(-chance, kind="stable").tolist()
        return [f"{self.letter(deals[n])} {percent(float(chance[n]))}" for n in order if chance[n] > RARE]


def whole_view(solution: Solution) -> RenderableType:
    """Everything that `solve` prints: what theory says, and how much conflict the world holds."""
    structure = solution.structure
    solved = solution_view(solution, structure, world=solution.world.sentence)
    return Group(solved, "", *conflict_tables(solution.conflict, structure))


def solution_view(solved: SolvedFormat, structure: Structure, *, world: str) -> RenderableType:
    """What theory says of a format; `world` says in a sentence which world was solved."""
    deals = named_deals(solved, RARE)
    names = DealNames(
        tuple(structure.parties[p].name for p in solved.marks.space.parties),
        {tuple(deal.tolist()): _letter(row) for row, deal in enumerate(deals)},
    )
    info = structure.formats[solved.format_index]
    return Group(
        Text.assemble((f"{structure.title}\n", "bold"), f"{shown(info.name)}. {world}\n"),
        zopa_table(solved.zopas).rich(),
        "",
        solution_table(solved, names).rich(),
        "",
        *equilibrium_parts(solved.equilibrium, names, str(info.consent)),
        "",
        deal_list(deals, structure).rich(),
        "",
        Text("Gains are in stakes over the reservation value: best minus worst deal is 1 for each party.", style="dim"),
        Text(" ".join((*map(str, solved.equilibrium.seats.notes), LIMITS)), style="dim"),
    )


def _letter(row: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    head, last = divmod(row, len(ascii_uppercase))
    return (_letter(head - 1) if head else "") + ascii_uppercase[last]


def stakes(value: float) -> str:
    """A gain in stakes with two decimals; three where it is small."""
    if not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):.2f}" if abs(value) >= 0.095 else f"{abs(value):.3f}"
    return (MINUS if value < 0 and float(text) else "") + text


def zopa_table(zopas: Sequence[Zopa]) -> Table:
    """Both scopes in the three senses: is there a deal, what share of deals, the best smallest gain."""
    rows: list[Row] = []
    for zopa in zopas:
        share = percent(zopa.share) + ("" if zopa.counted else f" ({span(zopa.share_low, zopa.share_high)})")
        gap = f" (+{stakes(zopa.gap)} at most)" if math.isfinite(zopa.gap) else " (gap unknown)"
        best = stakes(zopa.best) + (gap if zopa.gap > NO_GAP else "")
        rows.append((f"  {SENSE_WORDS[zopa.sense]}", EXISTS_WORDS[zopa.exists], share, best))
    note = "Shares are of all deals of the agenda; best smallest gain: what the least satisfied of those asked gets."
    if not all(zopa.counted for zopa in zopas):
        note += " Shares with an interval are estimated from sampled deals."
    if any(zopa.exists is None for zopa in zopas):
        note += " Open: neither shown nor ruled out by the search."
    bands = {row: SCOPE_WORDS[zopa.scope] for row, zopa in enumerate(zopas) if zopa.sense == "table"}
    head = ("", "Exists", "Share of deals", "Best smallest gain")
    return Table("Zone of possible agreement", head, tuple(rows), bands, note)


def solution_table(solved: SolvedFormat, names: DealNames) -> Table:
    """Deal and gains of the four solutions, and the best that each party could have of the deals that each allows."""
    rows: list[Row] = [
        (words, names.letter(solution.deal), *map(stakes, solution.gains.tolist()))
        for words, solution in zip(CONCEPTS.values(), solved.solutions.values(), strict=True)
    ]
    marks, first = solved.marks, len(rows)
    for words, best in (("nobody loses", marks.ideal), ("the others may lose", marks.space.highest())):
        if np.isfinite(best).all():
            cells = (f"Best for each, {words}", "", *map(stakes, best.tolist()))
            rows.append(tuple(TableCell(cell, look="dim") for cell in cells))
    bands = {first: ""} if len(rows) > first else {}
    head = ("", TableCell("Deal", left=True), *names.parties)
    return Table("Solutions: deal, and gain of each party", head, tuple(rows), bands, _solution_note(solved, names))


def _solution_note(solved: SolvedFormat, names: DealNames) -> str:
    """The size of the frontier, gaps of the solutions, and who loses by which of them."""
    space, frontier = solved.marks.space, solved.frontier
    among = f"{space.n_deals:,.0f}" if space.n_deals < 1e7 else f"{space.n_deals:.1e}"
    wide = {CONCEPTS[key]: solution.gap for key, solution in solved.solutions.items() if solution.gap > NO_GAP}
    words = [f"Pareto efficient, whoever loses: {frontier.size:,} of {among} deals."]
    if not frontier.exact:
        words = [
            f"Pareto efficient, and costing nobody anything: at least {frontier.size:,} of {among} deals, by search."
        ]
    if space.listable:
        words.append("Solved exactly, over all deals.")
    elif not wide:
        words.append(f"Solved by search; no deal is better by more than {NO_GAP:g}, in the measure of each solution.")
    for concept, gap in wide.items():
        best = f"the best is at most {gap:.2g} better" if math.isfinite(gap) else "how far it is from the best is open"
        words.append(f"{concept}: found by search, and {best}.")
    if solved.marks.rational is False:
        words.append("Every deal costs some party something, so Nash and Kalai-Smorodinsky have no solution.")
    return " ".join((*words, *_losses(solved, names)))


def _losses(solved: SolvedFormat, names: DealNames) -> list[str]:
    """A sentence for each solution that hurts somebody: whom, and by how much."""
    sentences = []
    for key, solution in solved.solutions.items():
        lost = zip(names.parties, solution.gains.tolist(), strict=True)
        costs = [f"{party} {stakes(-gain)} stakes" for party, gain in lost if gain < -NO_LOSS]
        if costs:
            sentences.append(f"The {CONCEPTS[key].lower()} deal hurts: it costs {', '.join(costs)}.")
    return sentences


def equilibrium_parts(table: TableEquilibrium, names: DealNames, consent: str) -> list[RenderableType]:
    """The game in a sentence, who proposes and accepts what, where talks end, and how far to trust it."""
    seats, equilibrium = table.seats, table.found
    order = "in turn" if seats.order == "alternating" else "as chance gives the floor"
    discounts = zip(names.parties, seats.discount.tolist(), strict=True)
    game = (
        f"Proposals {order}, over {table.chosen.how}; consent: {consent}. "
        f"Discount a turn: {', '.join(f'{party} {value:.4f}' for party, value in discounts)}."
    )
    head = [Text("Stationary equilibrium", style="bold"), Text(game)]
    if equilibrium is None:
        return [*head, Text(table.reason, style="yellow")]
    proposals = _proposal_table(table, equilibrium, names)
    return [*head, "", proposals.rich(), "", *_ending(table, equilibrium, names)]


def _proposal_table(table: TableEquilibrium, equilibrium: StationaryEquilibrium, names: DealNames) -> Table:
    """A row per proposer: deals with their chance, chance that the turn ends in a deal, what the others ask for."""
    rows: list[Row] = []
    for j, party in enumerate(names.parties):
        chance, passing = equilibrium.proposals[j], float(equilibrium.passing[j])
        rest = 1.0 - passing - float(chance[chance > RARE].sum())
        rare = (("others", rest), ("passes", passing))
        proposes = names.often(table.deals, chance)
        proposes += [f"{words} {percent(left)}" for words, left in rare if left > RARE]
        asks = [NOTHING if i == j else stakes(value) for i, value in enumerate(equilibrium.thresholds[j].tolist())]
        rows.append((party, ", ".join(proposes) or NOTHING, percent(float(equilibrium.agreement[j])), *asks))
    head = ("Proposer", TableCell("Proposes", left=True), "Agreed", *(f"{party} asks" for party in names.parties))
    return Table("Who proposes what, and what the others must be given (gain)", head, tuple(rows))


def _ending(table: TableEquilibrium, equilibrium: StationaryEquilibrium, names: DealNames) -> list[Text]:
    """Where talks end, residual and convergence, and what a thinned set of deals may have missed."""
    ends = "Talks never end: nobody proposes what enough others accept."
    if equilibrium.settles:
        ends = (
            f"Talks end in {', '.join(names.often(table.deals, equilibrium.outcome))}, after "
            f"{equilibrium.expected_rounds:.2f} turns on average; the core is settled with "
            f"{percent(table.core_chance)}."
        )
    lines = [Text(ends)]
    if table.n_alike > 1:
        words = (
            f"Deals are lumpy: each of {table.n_alike} deals of this set could be what everybody proposes and accepts "
            f"in an equilibrium of its own; {table.n_alike_core} settle the core. Shown is the one the solver is led "
            "to."
        )
        lines.append(Text(words))
    regret = max(equilibrium.regret, 1e-9)
    numbers = f"residual {equilibrium.residual:.0e}, no choice costs its party more than {regret:.0e} stakes"
    failed = Text(f"Not converged ({numbers}; wanted {TOLERANCE:.0e}): this is no equilibrium.", style="bold red")
    lines.append(Text(f"Converged: {numbers}.", style="dim") if equilibrium.converged else failed)
    if table.missed is not None and not table.chosen.complete:
        words = f"Checked against all deals: no proposer could add {max(table.missed, WORTH):.2g} stakes."
        lines.append(Text(words, style="dim" if table.missed <= WORTH else "yellow"))
    return lines


def deal_list(deals: Sequence[Ints], structure: Structure) -> Table:
    """The deals in words, by letter: against the status quo or, where that is shorter, against the first deal."""
    home = [issue.status_quo for issue in structure.issues]
    options = [structure.issue_options_of(deal).tolist() for deal in deals]

    def moves(chosen: Sequence[int], base: Sequence[int]) -> list[str]:
        triples = zip(structure.issues, chosen, base, strict=True)
        return [f"{issue.name}: {issue.option_names[new]}" for issue, new, old in triples if new != old]

    rows: list[Row] = []
    for row, chosen in enumerate(options):
        changes, others = moves(chosen, home), moves(chosen, options[0])
        words = "; ".join(changes) or "the status quo"
        if row and len(others) < len(changes):
            words = f"as {_letter(0)}, but {'; '.join(others)}"
        rows.append((TableCell(_letter(row), strong=True), TableCell(words, left=True)))
    return Table("The deals, where they leave the status quo", (), tuple(rows))
