"""Support and pressure: how patrons move the reservation value of a party that would refuse.

Ability TIMES motive (the evidence behind M01): a patron presses only where its own motivated gain exceeds its cost, and
what it can move is its ability; either at zero leaves the party untouched.
"""

from __future__ import annotations

from sim.rules.kernel import inlined, kernel
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import Work

ROUNDING = 1e-9  # stakes: a loss this small is one of rounding, as with the text in hand, whose gain is 0


@kernel
def lever_kept(t: Tables, w: Work, world: int, patron: int, target: int, deal: Ints) -> float:
    """Share of a lever left when `deal` stands: `prod (1 - spent)` over the options that spend it, in [0, 1].

    What a text of an earlier leg of a track has spent stays spent.
    """
    kept = 1.0
    for n in range(t.spent_patron.shape[0]):
        if t.spent_patron[n] == patron and t.spent_target[n] == target:
            spent = t.spent[world, n] * t.spent_option[n, deal[t.spent_composite[n]]]
            kept *= 1.0 - max(spent, w.spent_before[n])
    return kept


@inlined
def counts_once(t: Tables, party: int, mask: int) -> bool:
    """True if no earlier party of the same bloc is in `mask`: a bloc presses and supports once."""
    if mask == 0:
        return True
    for e in range(party):  # noqa: SIM110 (kernels have no generators)
        if (mask >> e) & 1 and t.bloc[e] == t.bloc[party]:
            return False
    return True


@inlined
def net_shift(t: Tables, w: Work, world: int, target: int, deal: Ints, gains: Floats, patrons: int) -> float:
    """How far support and pressure move the target's reservation value for `deal`, in stakes of the target.

    Support `G[g, q]` is added by every party whose own gain is negative; pressure `K[p, q]` is taken off by every
    patron in the bit mask `patrons` with `motive[p, q] * gain_p > cost[p, q]`. Each sum is capped at `pressure_cap`.

    `gains` [P] are the gains of all parties over their reservation values; bit p of `patrons` is set where party p is
    in a position to press (it stands by the text). In a track, those whom an earlier text passed over support each
    other by `coalition_support`, and a party asks for `trust_premium` for every text that was not kept to it. 0 where
    nobody has a lever or support.
    """
    able, willing = w.pressers[target] & patrons, w.supporters[target]
    passed_over = w.coalition[0] if (w.coalition[0] >> target) & 1 else 0
    if able == 0 and willing | passed_over == 0 and w.distrust[target] == 0:
        return 0.0
    up, down = t.trust_premium[world] * w.distrust[target], 0.0
    supporting, pressing = 0, 0
    for g in range(gains.shape[0]):
        if ((able | willing | passed_over) >> g) & 1 == 0 or g == target:
            continue
        if ((willing | passed_over) >> g) & 1 and gains[g] < -ROUNDING:
            if counts_once(t, g, supporting) and t.bloc[g] != t.bloc[target]:
                up += t.support[world, g, target]
                if (passed_over >> g) & 1:
                    up += t.coalition_support[world]
            supporting |= 1 << g
        if (able >> g) & 1 and t.motive[world, g, target] * gains[g] > t.pressure_cost[world, g, target]:
            if counts_once(t, g, pressing):
                down += t.leverage[world, g, target] * lever_kept(t, w, world, g, target, deal)
            pressing |= 1 << g
    cap = t.pressure_cap[world]
    return min(up, cap) - min(down, cap)
