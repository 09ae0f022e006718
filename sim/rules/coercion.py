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
def presses(t: Tables, world: int, patron: int, target: int, gains: Floats) -> bool:
    """True if what the patron gains moves it to press: `motive * gain > cost`."""
    return t.motive[world, patron, target] * gains[patron] > t.pressure_cost[world, patron, target]


@kernel
def best_lever(t: Tables, w: Work, world: int, patron: int, target: int, deal: Ints, gains: Floats, able: int) -> bool:
    """True if no other member of the patron's bloc in `able` that presses has a larger lever: a bloc presses once."""
    own = t.leverage[world, patron, target] * lever_kept(t, w, world, patron, target, deal)
    for e in range(gains.shape[0]):
        if e == patron or (able >> e) & 1 == 0 or t.bloc[e] != t.bloc[patron]:
            continue
        if not presses(t, world, e, target, gains):
            continue
        other = t.leverage[world, e, target] * lever_kept(t, w, world, e, target, deal)
        if other > own or (other == own and e < patron):
            return False
    return True


@inlined
def support_of(t: Tables, w: Work, world: int, supporter: int, target: int) -> float:
    """By how much a supporter stiffens the target: its own support, and that of the counter-coalition it is in."""
    passed_over = (w.coalition[0] >> supporter) & (w.coalition[0] >> target) & 1
    return t.support[world, supporter, target] + (t.coalition_support[world] if passed_over == 1 else 0.0)


@kernel
def best_support(t: Tables, w: Work, world: int, supporter: int, target: int, gains: Floats, willing: int) -> bool:
    """True if no other member of the supporter's bloc in `willing` that loses supports more: a bloc supports once."""
    own = support_of(t, w, world, supporter, target)
    for e in range(gains.shape[0]):
        if e == supporter or (willing >> e) & 1 == 0 or t.bloc[e] != t.bloc[supporter] or gains[e] >= -ROUNDING:
            continue
        other = support_of(t, w, world, e, target)
        if other > own or (other == own and e < supporter):
            return False
    return True


@inlined
def net_shift(t: Tables, w: Work, world: int, target: int, deal: Ints, gains: Floats, patrons: int) -> float:
    """How far support and pressure move the target's reservation value for `deal`, in stakes of the target.

    Support `G[g, q]` is added by every party whose own gain is negative; pressure `K[p, q]` is taken off by every
    patron in the bit mask `patrons` with `motive[p, q] * gain_p > cost[p, q]`. Of a bloc only the member with the
    largest counts, in whatever order the file names them. Each sum is capped at `pressure_cap`.

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
    willing |= passed_over
    for g in range(gains.shape[0]):
        if ((able | willing) >> g) & 1 == 0 or g == target:
            continue
        if (
            (willing >> g) & 1
            and gains[g] < -ROUNDING
            and t.bloc[g] != t.bloc[target]
            and (w.blocs[0] == 0 or best_support(t, w, world, g, target, gains, willing))
        ):
            up += support_of(t, w, world, g, target)
        if (
            (able >> g) & 1
            and presses(t, world, g, target, gains)
            and (w.blocs[0] == 0 or best_lever(t, w, world, g, target, deal, gains, able))
        ):
            down += t.leverage[world, g, target] * lever_kept(t, w, world, g, target, deal)
    cap = t.pressure_cap[world]
    return min(up, cap) - min(down, cap)
