"""The stationary equilibrium of a talk format in one world: who proposes what, who accepts what, where talks end.

The game is that of `sim.bargaining.equilibrium` over the seats of `seats_of` and the deals of `deal_choice`. Utilities
are gains in stakes over the reservation value at month 0, so breakdown is worth 0 to everybody. Deals that cross a firm
line of anybody with a turn are left out, whatever the consent rule.

Where the set of deals is thinned, the solution is checked against all deals: for every proposer the best deal is sought
that the others, by their thresholds, would let pass; if it is worth more to the proposer than its turn, it joins the
set and the game is solved again. What is still missing in the end is `missed`.

Deals are lumpy. Where the gain that waiting costs is smaller than the step to the next deal, several deals can each be
what everybody proposes; `alike` counts them, and the equilibrium told is the one on the branch that the solver follows.

Shape letters: N deals, P parties with a turn, C composites.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np

from sim.bargaining.consent_rules import ROUNDING, ConsentRule, Quota, at_least, unanimity, with_vetoes
from sim.bargaining.deal_choice import MOST_COALITIONS, MOST_DEALS, ChosenDeals, chosen_deals, minimal_winning
from sim.bargaining.deal_search import largest_sum
from sim.bargaining.deal_space import NO_LOSS, DealSpace, deal_space, list_deals
from sim.bargaining.equilibrium import MAX_PARTIES, BargainingGame, Order, StationaryEquilibrium, stationary_equilibrium
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import DEAL, HIDDEN, Axes
from sim.types.message import Message, message
from sim.types.tables import ALTERNATING_OFFERS, CORE, OPEN_RULE, PROPOSAL_AND_VOTE, PROTOCOLS, TRACK, Tables

CHECKS = 8  # times that the set of deals may grow by what proposers missed
WORTH = 1e-3  # stakes that a deal outside the set must add to a proposer's turn to join it
RARE = 1e-4  # chance from which a proposal is told
_BLOCK = 4_000_000
MOST_PATIENT = 1.0 - 1e-6
"""Largest discount of a turn: where waiting costs nothing, nearly every deal is an equilibrium."""
TRACK_NOTE = "A track is read as its last leg alone, over the deals of all its legs."
NO_GAME = (
    "The theory has no game of {protocol}: this is the one with proposers drawn at random over the same seats "
    "and consent."
)
LIMITS = (
    "The theory's game has no deadline, no absent parties, no pressing, no ratification and no misperception; "
    "the price of no settlement stands as in month 0."
)


@dataclass(frozen=True)
class TableSeats:
    """The game of one format in one world, but for its deals."""

    parties: Annotated[Ints, HIDDEN]  # [P] position in `Tables`, in speaking order
    rule: Annotated[ConsentRule, HIDDEN]
    order: Order
    recognition: Annotated[Floats, Axes("seat")]
    """[P] chance of proposing; in turn, of opening."""
    discount: Annotated[Floats, Axes("seat")]
    """[P] per turn."""
    notes: tuple[Message, ...]
    """Where the game departs from the talks of this format."""


@dataclass(frozen=True)
class Proposal:
    """A deal that a party proposes."""

    chance: float
    deal: Annotated[Ints, DEAL]
    gains: Annotated[Floats, Axes("seat")]
    """[P] stakes over the reservation value."""
    core: bool
    """Whether it settles every core issue."""


@dataclass(frozen=True)
class TableGame:
    """The game of one table in one world."""

    seats: TableSeats
    space: Annotated[DealSpace, HIDDEN]
    chosen: ChosenDeals
    gains: Annotated[Floats, HIDDEN]  # [N, P] stakes over the reservation value
    reason: str
    """Why there is nothing to bargain over; empty where there is."""

    @property
    def deals(self) -> Ints:
        """[N, C] the deals of the game."""
        return self.chosen.deals


@dataclass(frozen=True)
class TableEquilibrium(TableGame):
    """The equilibrium of one table; `found` is None where there is nothing to bargain over."""

    core: Annotated[Mask, HIDDEN]  # [N] whether the deal settles every core issue
    found: StationaryEquilibrium | None
    missed: float | None
    """Stakes that some proposer could add by a deal outside the set; None: not looked for."""
    alike: Annotated[Mask, HIDDEN]  # [N] deals on which all proposers together could settle for good
    limits: str = LIMITS

    COMPUTED: ClassVar = ("n_deals", "core_chance", "n_alike", "n_alike_core", "proposals")

    @property
    def n_deals(self) -> int:
        """Deals of the game."""
        return len(self.deals)

    @property
    def n_alike(self) -> int:
        """Deals that are each an equilibrium of its own."""
        return int(self.alike.sum())

    @property
    def n_alike_core(self) -> int:
        """Those of them that settle every core issue."""
        return int((self.alike & self.core).sum())

    @property
    def proposals(self) -> Annotated[tuple[tuple[Proposal, ...], ...], Axes("seat")]:
        """[P] what each party proposes, the most frequent first; nothing without an equilibrium."""
        if self.found is None:
            return ((),) * len(self.seats.parties)
        return tuple(
            tuple(
                Proposal(float(chances[n]), self.deals[n], self.gains[n], bool(self.core[n]))
                for n in np.argsort(-chances, kind="stable")
                if chances[n] > RARE
            )
            for chances in self.found.proposals
        )

    @property
    def core_chance(self) -> float:
        """Chance that talks end in a deal that settles every core issue."""
        return 0.0 if self.found is None else float(self.found.outcome @ self.core)


def table_game(tables: Tables, world: int, format_index: int, *, most: int) -> TableGame:
    """The seats and the deals of one table; arguments as in `table_equilibrium`."""
    seats = seats_of(tables, world, format_index)
    space = deal_space(tables, world, format_index=format_index, parties=seats.parties)
    chosen, reason = ChosenDeals(space.none(), space.n_deals, "no deals", False, True), ""
    if len(seats.parties) < 2:
        reason = "Fewer than two seats have a turn."
    elif len(seats.parties) > MAX_PARTIES:
        reason = f"The solver takes at most {MAX_PARTIES} seats."
    else:
        chosen = chosen_deals(space, seats.rule, most=most)
        if not chosen.possible or len(chosen.deals) == 0:
            reason = "No deal costs nothing to everybody whose consent it takes: talks never end."
    return TableGame(seats, space, chosen, space.gains_of(chosen.deals), reason)


def table_equilibrium(
    tables: Tables, world: int, format_index: int, *, most: int = MOST_DEALS, checks: int = CHECKS
) -> TableEquilibrium:
    """Solve one table, of a format or track in one world.

    Its deals are thinned to `most`, and then may grow `checks` times by what proposers missed; 0: do not look.
    """
    game = table_game(tables, world, format_index, most=most)
    solution, missed, alike = None, None, np.zeros(len(game.gains), dtype=np.bool_)
    if not game.reason:
        game, solution, missed = _solved(game, checks)
        alike = lone_deals(game.gains, game.seats)
    core = settles_core(tables, game.deals)
    return TableEquilibrium(**vars(game), core=core, found=solution, missed=missed, alike=alike)


def _solved(game: TableGame, checks: int) -> tuple[TableGame, StationaryEquilibrium, float | None]:
    """Solve, and let a thinned set grow by what proposers missed: the game, the solution and what is missed still."""
    solution = stationary_equilibrium(game_over(game.gains, game.seats))
    if game.chosen.complete or not checks:
        return game, solution, 0.0 if game.chosen.complete else None
    better, missed = _missed(game, solution)
    for _ in range(checks):
        new = _absent(better, game.deals)
        if len(new) == 0 or not solution.converged:
            break
        deals = np.concatenate((game.deals, new))
        game = replace(game, chosen=replace(game.chosen, deals=deals), gains=game.space.gains_of(deals))
        solution = stationary_equilibrium(game_over(game.gains, game.seats))
        better, missed = _missed(game, solution)
    return game, solution, missed


def game_over(gains: Floats, seats: TableSeats) -> BargainingGame:
    """The bargaining game of the seats over deals with these gains [N, P]."""
    return BargainingGame(gains, seats.recognition, seats.discount, np.zeros(gains.shape[1]), seats.rule, seats.order)


def settles_core(tables: Tables, deals: Ints) -> Mask:
    """[N] whether every core issue stands at a settling option; False where there is no core."""
    core = np.flatnonzero(tables.level == CORE)
    settled = np.full(len(deals), len(core) > 0)
    for i in core:
        settled &= tables.settles[i, deals[:, tables.issue_composite[i]]] == 1
    return settled


def lone_deals(gains: Floats, seats: TableSeats) -> Mask:
    """[N] deals that every proposer would propose if everybody expected just that deal: equilibria without delay.

    Deal x is one if it passes, and no proposer j has a deal y with `gain_j(y) > gain_j(x)` that passes when every other
    party i asks for `d_i gain_i(x)`.
    """
    proposers = np.flatnonzero((seats.recognition > 0.0) | (seats.order == "alternating"))
    alone = seats.rule.passes(gains >= -NO_LOSS) & (gains[:, proposers] >= -NO_LOSS).all(axis=1)
    step = max(1, _BLOCK // max(gains.size, 1))
    rows = np.flatnonzero(alone)
    for start in range(0, len(rows), step):
        part = rows[start : start + step]
        yes = gains[None] >= (seats.discount * gains[part])[:, None] - NO_LOSS  # [x, y, i]
        for j in proposers:
            with_own = yes.copy()
            with_own[:, :, j] = True
            tempting = gains[None, :, j] > gains[part, None, j] + NO_LOSS
            alone[part] &= ~(tempting & seats.rule.passes(with_own)).any(axis=1)
    return alone


def _missed(game: TableGame, solution: StationaryEquilibrium) -> tuple[Ints, float]:
    """Per proposer the best deal that would pass, if it adds `WORTH` to its turn; and the most that any could add."""
    space, seats = game.space, game.seats
    better, most = [], 0.0
    winning = minimal_winning(seats.rule)
    for j in range(len(seats.parties)):
        if seats.order == "random" and seats.recognition[j] == 0.0:
            continue
        with_j = {tuple(np.union1d(members, [j]).tolist()) for members in winning}
        for members in sorted(with_j)[:MOST_COALITIONS]:
            deal, value, bound = _best_accepted(space, np.array(members), j, solution.thresholds[j])
            own = solution.by_proposer[j, j]
            most = max(most, bound - own)
            if deal is not None and value > own + WORTH:
                better.append(deal)
    rows = np.array(better, dtype=np.int64).reshape(len(better), len(space.status_quo))
    return rows, most


def _best_accepted(space: DealSpace, members: Ints, j: int, least: Floats) -> tuple[Ints | None, float, float]:
    """Best deal for `j` that gives each of the members its `least` [P]: the deal, its gain, and a bound on it."""
    part = space.with_floor(space.floor + least).of(members)
    own = int(np.flatnonzero(members == j)[0])
    if space.listable:
        deals = list_deals(part)
        gains = part.gains_of(deals)
        score = np.where((gains >= -NO_LOSS).all(axis=1), gains[:, own], -np.inf)
        row = int(score.argmax())
        best = float(score[row] + least[j])
        return (deals[row], best, best) if score[row] > -np.inf else (None, -np.inf, -np.inf)
    best = largest_sum(part, np.eye(len(members))[own])
    return best.deal, best.value + least[j], (best.bound if best.deal is not None else best.value) + least[j]


def _absent(deals: Ints, among: Ints) -> Ints:
    """Distinct rows of `deals` that are not rows of `among`."""
    if len(deals) == 0:
        return deals
    new = np.unique(deals, axis=0)
    return new[~(new[:, None] == among[None]).all(axis=2).any(axis=1)]


def seats_of(tables: Tables, world: int, format_index: int) -> TableSeats:
    """Who bargains at the table of a format or track in one world, how often each may propose, whose consent it takes.

    The stationary equilibrium knows two orders of speaking. Formats of `alternating_offers` are played in turn, the
    opening chance equal for every bloc; `proposal_and_vote` and `open_rule` let a proposer be drawn with the chances of
    the file (the open rule has a solver of its own, `open_rule_equilibrium`, and here is told as the closed one). Every
    other protocol is read as a game of proposers drawn evenly by bloc, over the same seats and with the same consent,
    and says so in `notes`. A track is read as its last leg.

    In a round every seat has one turn, so a party that discounts a month by `patience` discounts a turn by
    `patience ** (1 / (rounds a month * seats))`.
    """
    if tables.protocol[format_index] == TRACK:
        last = int(tables.legs[format_index, tables.n_legs[format_index] - 1])
        seats = seats_of(tables, world, last)
        return replace(seats, notes=(message(TRACK_NOTE), *seats.notes))
    speaking = tables.turn[format_index]
    parties = speaking[speaking >= 0].astype(np.int64)
    protocol = int(tables.protocol[format_index])
    chance = even_by_bloc(tables.bloc[parties])
    if protocol in (PROPOSAL_AND_VOTE, OPEN_RULE):
        weight = tables.recognition[world, format_index, parties] * chance
        chance = weight / weight.sum() if weight.sum() > 0.0 else chance
    turns = tables.rounds_per_month[format_index] * max(len(parties), 1)
    return TableSeats(
        parties=parties,
        rule=_rule(tables, world, format_index, parties),
        order="alternating" if protocol == ALTERNATING_OFFERS else "random",
        recognition=chance,
        discount=np.minimum(tables.patience[world, parties] ** (1.0 / turns), MOST_PATIENT),
        notes=_notes(tables, format_index, protocol),
    )


def even_by_bloc(bloc: Ints) -> Floats:
    """[P] equal chances for every bloc, split evenly among its members."""
    _, member, size = np.unique(bloc, return_inverse=True, return_counts=True)
    return 1.0 / (len(size) * size[member]) if len(bloc) else np.zeros(0)


def _rule(tables: Tables, world: int, format_index: int, parties: Ints) -> ConsentRule:
    """The consent rule over the parties with a turn; one consent is always needed."""
    n = max(len(parties), 1)
    rule = unanimity(n)
    if tables.unanimous[format_index] == 0:
        strict = bool(tables.strict[format_index])
        weights = (np.ones(n), tables.capability[world, parties])
        counted = zip(weights, tables.quota[format_index].tolist(), strict=True)
        quotas = tuple(quota for of, share in counted if (quota := _quota(of, share, strict=strict)) is not None)
        rule = ConsentRule(quotas) if quotas else at_least(1, n)
    return with_vetoes(rule, np.flatnonzero(tables.vetoes[format_index, parties]).tolist())


def _quota(weights: Floats, share: float, *, strict: bool) -> Quota | None:
    """At least (or, if strict, more than) `share` of the total of `weights`; None where there is nothing to count."""
    total = float(weights.sum())
    if total <= 0.0 or share <= 0.0:
        return None
    least = share * total + (3.0 * ROUNDING * total if strict else 0.0)
    return Quota(tuple(weights.tolist()), min(least, total))


def _notes(tables: Tables, format_index: int, protocol: int) -> tuple[Message, ...]:
    """Sentences on what the game leaves out of this format, beside `LIMITS`."""
    notes: list[Message] = []
    if protocol == OPEN_RULE:
        notes.append(message("Told here is the closed rule: the theory of this page knows no amendments."))
    elif protocol not in (ALTERNATING_OFFERS, PROPOSAL_AND_VOTE):
        notes.append(message(NO_GAME, protocol=message(PROTOCOLS[protocol].replace("_", " "))))
    if tables.abstains[format_index] == 1 and tables.unanimous[format_index] == 0:
        notes.append(message("In the theory's game nobody abstains."))
    if tables.n_stages[format_index] > 1:
        notes.append(message("The theory's game puts the whole agenda into one package."))
    return tuple(notes)
