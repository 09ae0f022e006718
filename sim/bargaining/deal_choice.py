"""Which deals of a table a bargaining game is played over: all where they are few, else a thinned set, as said.

A proposer takes the best deal for itself that enough others accept, so in equilibrium the deals that matter are those
that nothing beats for some winning coalition. Where a table has more deals than `most`, the set holds

- per minimal winning coalition the deals that are Pareto efficient for its members among those that cost none of them
  anything: listed where the space can be listed; by the programme of `exact_frontier` for two members; else by Pareto
  local search (Paquete, Chiarandini & Stuetzle 2004, Pareto local optimum sets in the biobjective TSP), which starts
  from the deal with the largest smallest gain and from deals that maximise weighted sums of gains, and keeps what is
  efficient among all single changes, a few rounds long;
- and of all that, if still too many, `most`: each next one the farthest from those kept (Gonzalez 1985, Clustering to
  minimize the maximum intercluster distance), in stakes, the largest difference of any party counting.

The status quo itself is left out: nothing is agreed by it.

Shape letters: P parties, C composites, N deals, S members of a coalition.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sim.bargaining.consent_rules import ConsentRule, coalition_table
from sim.bargaining.deal_search import largest_minimum
from sim.bargaining.deal_space import NO_LOSS, DealSpace, list_deals, pareto_rows, two_party_frontier
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import HIDDEN

MOST_DEALS = 300
MOST_COALITIONS = 24
ROUNDS = 3
_WEIGHTS = 40  # weighted sums per member of a coalition
_HELD, _LEAST_HELD = 400, 100  # efficient deals whose neighbours are looked at


@dataclass(frozen=True)
class ChosenDeals:
    """Deals to bargain over; `possible` is False where no coalition has a deal that costs none of it anything."""

    deals: Annotated[Ints, HIDDEN]  # [N, C]
    n_all: float
    """Usable deals of the space."""
    how: str
    """How the deals were chosen, in words."""
    possible: bool
    complete: bool
    """Whether these are all deals but the status quo."""


def chosen_deals(space: DealSpace, rule: ConsentRule, *, most: int = MOST_DEALS) -> ChosenDeals:
    """The deals of a game, at most `most`, 2 or more; rows of the space are in the order of the rule's parties."""
    n_all = space.n_deals
    if 0 < n_all <= most:
        deals = _moved(space, list_deals(space))
        return ChosenDeals(deals, n_all, f"all {len(deals):,} deals", len(deals) > 0, True)
    coalitions = minimal_winning(rule)
    searched = _spread(coalitions, MOST_COALITIONS)
    parts = [efficient_for(space, members, held=max(most, _LEAST_HELD)) for members in searched] if n_all else []
    efficient = _moved(space, np.concatenate(parts)) if parts else space.none()
    deals = _without_repeats(efficient)
    rows = thinned_rows(space.gains_of(deals), most)
    words = f"{len(rows):,} of {n_all:,.0f} deals" if n_all < 1e7 else f"{len(rows):,} of {n_all:.1e} deals"
    if len(searched) < len(coalitions):
        words += f", efficient for {len(searched)} of {len(coalitions)} minimal winning coalitions"
    else:
        words += ", efficient for the table" if len(coalitions) == 1 else ", each efficient for a winning coalition"
    if len(rows) < len(deals):
        words += f", thinned from {len(deals):,}"
    return ChosenDeals(deals[rows], n_all, words, len(efficient) > 0, False)


def minimal_winning(rule: ConsentRule) -> list[Ints]:
    """Coalitions that make a deal and that no member can leave, each as its members, smallest first."""
    wins = coalition_table(rule)
    n = rule.n_parties
    bits = 1 << np.arange(n)[::-1]  # party 0 is the highest bit
    index = np.arange(len(wins))
    least = wins.copy()
    for bit in bits:
        least &= ((index & bit) == 0) | ~wins[index & ~bit]
    members = [np.flatnonzero(row & bits) for row in index[least]]
    return sorted(members, key=len)


def efficient_for(space: DealSpace, members: Ints, *, held: int = _HELD) -> Ints:
    """[K, C] deals efficient for the members among those that cost none of them anything: exact or by search.

    A search keeps at most `held` deals from one round to the next, and returns no more.
    """
    part = space.of(members)
    if space.listable:
        deals = list_deals(part)
        gains = part.gains_of(deals)
        fair = np.flatnonzero((gains >= -NO_LOSS).all(axis=1))
        return deals[fair][pareto_rows(gains[fair])] if len(fair) else space.none()
    if len(members) == 2:
        deals = two_party_frontier(part)
        return deals[(part.gains_of(deals) >= -NO_LOSS).all(axis=1)]
    return _local_search(part, held)


def _local_search(space: DealSpace, most: int) -> Ints:
    """Pareto local search over deals that cost nobody anything; empty if the best smallest gain is a loss."""
    best = largest_minimum(space)
    if best.deal is None or best.bound < -NO_LOSS:
        return space.none()
    held = np.concatenate((best.deal[None], weighted_deals(space)))
    for _ in range(ROUNDS):
        held = _without_repeats(np.concatenate((held, _neighbours(space, held))))
        gains = space.gains_of(held)
        fair = (gains >= -NO_LOSS).all(axis=1)
        if not fair.any():
            return space.none()
        held, gains = held[fair], gains[fair]
        rows = pareto_rows(gains)
        held = held[rows][thinned_rows(gains[rows], most)]
    return held


def weighted_deals(space: DealSpace) -> Ints:
    """[K, C] deals of each piece that maximise weighted sums of gains, the weights drawn evenly by a fixed key."""
    n = len(space.parties)
    random = np.random.Generator(np.random.Philox(n))
    weights = random.dirichlet(np.ones(n), _WEIGHTS * n)
    total = np.tensordot(weights, space.value, axes=1)
    best = [np.where(piece.usable, total, -np.inf).argmax(axis=2) for piece in space.pieces]
    return np.unique(np.concatenate((space.none(), *best)), axis=0)


def _neighbours(space: DealSpace, deals: Ints) -> Ints:
    """[up to N * Y, C] every single change of every deal that crosses no line."""
    place, option = np.nonzero(space.usable)
    near = np.repeat(deals[:, None], len(place), axis=1)
    near[:, np.arange(len(place)), place] = option
    near = near.reshape(-1, deals.shape[1])
    return near[space.kept(near)]


def thinned_rows(points: Floats, most: int) -> Ints:
    """Rows of `points` [N, P], rising: the first, then always the farthest from those kept, up to `most`."""
    if len(points) <= most:
        return np.arange(len(points))
    kept, away = [0], np.full(len(points), np.inf)
    while len(kept) < most:
        away = np.minimum(away, np.abs(points - points[kept[-1]]).max(axis=1))
        kept.append(int(away.argmax()))
    return np.sort(np.array(kept))


def _moved(space: DealSpace, deals: Ints) -> Ints:
    away: Mask = (deals != space.status_quo).any(axis=1)
    return deals[away]


def _without_repeats(deals: Ints) -> Ints:
    """Each deal once, where it comes first; told apart by a 64-bit hash of its options."""
    random = np.random.Generator(np.random.Philox(64))
    odd = random.integers(0, 2**63, deals.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    keys = ((deals.astype(np.uint64) + np.uint64(1)) * odd).sum(axis=1, dtype=np.uint64)
    _, first = np.unique(keys, return_index=True)
    return deals[np.sort(first)]


def _spread(coalitions: list[Ints], most: int) -> list[Ints]:
    """At most `most` of the coalitions, evenly over their order."""
    if len(coalitions) <= most:
        return coalitions
    return [coalitions[i] for i in np.linspace(0, len(coalitions) - 1, most).round().astype(int)]
