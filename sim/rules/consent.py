"""When the votes at the table carry a text: unanimity, shares of heads or capability, vetoes, abstention.

Every rule is a pair of least shares, of the votes by head and by capability, with vetoes on top; a double majority asks
for both. Abstentions are neither for nor against, and shares are of the votes cast.
"""

from __future__ import annotations

import math

from sim.rules.kernel import kernel
from sim.types.tables import Ints, Tables
from sim.types.work import Work

ROUNDING = 1e-9  # a sum of shares that misses the quota by rounding alone meets it
NO_CHANCE = -1e9  # nats: no coalition carries the text
WEIGHTLESS = 1e-12


@kernel
def reaches(votes: float, cast: float, share: float, strict: int) -> bool:
    """True if `votes` of those `cast` meet the least `share`, or with `strict` exceed it; a share of 0 asks nothing."""
    if share <= 0.0:
        return True
    if strict == 1:
        return votes > share * cast + ROUNDING * cast
    return votes >= share * cast - ROUNDING * cast and votes > 0.0


@kernel
def quota_met(t: Tables, fmt: int, votes: float, heads: float, weighty: float, weight: float) -> bool:
    """True if `votes` of `heads`, and `weighty` of the `weight` of those who vote, are all that the format asks."""
    strict = int(t.strict[fmt])  # pyright: ignore[reportArgumentType]
    return reaches(votes, heads, t.quota[fmt, 0], strict) and reaches(weighty, weight, t.quota[fmt, 1], strict)


@kernel
def carries(t: Tables, w: Work, world: int, refused: int, abstained: int) -> bool:
    """True if the table takes a text that those in the bit mask `refused` vote against and `abstained` do not vote on.

    A guarantor that a text names must not refuse it, whatever the count.
    """
    if w.by_count[0] == 0:
        return refused == 0
    if refused & w.guards[0] != 0:
        return False
    fmt = w.at_table[0]
    heads, votes, weight, weighty = 0.0, 0.0, 0.0, 0.0
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        if (abstained >> q) & 1:
            continue
        heads += 1.0
        weight += t.capability[world, q]
        if (refused >> q) & 1:
            if t.vetoes[fmt, q] == 1:
                return False
        else:
            votes += 1.0
            weighty += t.capability[world, q]
    return quota_met(t, fmt, votes, heads, weighty, weight)


@kernel
def best_coalition(t: Tables, w: Work, world: int, n_needed: int) -> float:
    """Log chance that the likeliest coalition says yes, by the terms in `w.term`; who is in it goes to `w.counted`.

    The proposer buys the cheapest winning coalition (Riker 1962; Baron & Ferejohn 1989): those with a veto, then the
    likeliest one after another until the text carries. Likeliest means by head where heads are counted, else per unit
    of capability: exact for equal weights, the greedy cover for others.
    """
    fmt, heads, weight = w.at_table[0], 0.0, 0.0
    for k in range(w.n_seats[0]):
        heads += 1.0
        weight += t.capability[world, w.seats[k]]
    votes, weighty = heads, weight
    score = 0.0
    for k in range(n_needed):
        q = w.needed[k]
        w.counted[k] = 0
        if w.present[q] == 0:
            continue
        if t.vetoes[fmt, q] == 1:
            w.counted[k] = 1
            score += w.term[k]
            continue
        votes -= 1.0
        weighty -= t.capability[world, q]
    by_head = t.quota[fmt, 0] > 0.0
    while not quota_met(t, fmt, votes, heads, weighty, weight):
        best, best_cost = -1, math.inf
        for k in range(n_needed):
            q = w.needed[k]
            if w.present[q] == 0 or w.counted[k] == 1:
                continue
            cost = -w.term[k] if by_head else -w.term[k] / (t.capability[world, q] + WEIGHTLESS)
            if cost < best_cost:
                best, best_cost = k, cost
        if best < 0:
            return NO_CHANCE
        w.counted[best] = 1
        votes += 1.0
        weighty += t.capability[world, w.needed[best]]
        score += w.term[best]
    return score


@kernel
def note_dissent(w: Work, before: Ints, text: Ints) -> None:
    """The table takes `text` [C] in place of `before` [C]: whoever it outvotes signs nothing of what it moves."""
    for c in range(text.shape[0]):
        if text[c] != before[c]:
            w.dissent[c] = w.outvoted[0]


@kernel
def signatories(t: Tables, w: Work, composite: int, option: int) -> int:
    """Bit mask of those who have signed that a composite stands at `option`; 0 for the status quo, which nobody signs.

    Those of the table who did not vote against it; of what earlier legs of a track left in force, who signed it then.
    """
    if option == t.status_quo[composite]:
        return 0
    if option == w.in_force[composite]:
        return w.signed[composite]  # pyright: ignore[reportReturnType]
    return w.table_mask[0] & ~(w.dissent[composite] | w.left_out[0])  # pyright: ignore[reportReturnType]
