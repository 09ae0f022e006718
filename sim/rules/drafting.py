"""A text that belongs to nobody: the deal with the largest smallest gain beyond what each party asks.

The egalitarian choice (Kalai 1977), searched by multiplicative weights on the worst-off (Freund & Schapire 1999) and
finished by single changes; nothing in it grows with the number of texts. It serves a neutral drafter of a single text
(Raiffa 1982), who weighs the parties by what they ask at the time, and the text of last resort, which asks nothing
beyond the reservation value and leaves the core open.
"""

from __future__ import annotations

import math

from sim.rules.belief import standing_at
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.utility import crosses, price_at
from sim.types.tables import Tables
from sim.types.work import Work

N_WEIGHTINGS = 12
N_PASSES = 4
EAGERNESS = 4.0  # how fast the weight of the worse off grows, per stake
NEAR = 1e-9  # stakes: sums made in another order differ by less
LATER, NOW = 0, 1  # may the text settle the core?


@kernel
def may_stand(t: Tables, w: Work, lane: int, composite: int, option: int, core: int) -> bool:
    """True if the text may use the option: open in the lane, across no line seated, and with LATER settling no more."""
    if w.open[lane, composite, option] == 0:
        return False
    world = w.world[lane]
    base = w.base[lane, composite]
    for i in range(t.level.shape[0]):
        settles_more = t.settles[i, option] == 1 and t.settles[i, base] == 0
        if core == LATER and t.issue_composite[i] == composite and settles_more:
            return False
    if w.by_count[0] == 1:
        return True
    for k in range(w.n_seats[0]):  # noqa: SIM110 (kernels have no generators)
        if t.barred[world, w.seen_as[w.seats[k]], composite, option] == 1:
            return False
    return True


@kernel
def seats_of_bloc(t: Tables, w: Work, party: int) -> int:
    """Seats at the table held by the party's bloc."""
    n = 0
    for k in range(w.n_seats[0]):
        if t.bloc[w.seats[k]] == t.bloc[party]:
            n += 1
    return n


@kernel
def mean_foresight(t: Tables, w: Work, world: int) -> float:
    """Foresight of the table, each bloc counting once."""
    foresight, n_blocs = 0.0, 0.0
    for k in range(w.n_seats[0]):
        share = 1.0 / seats_of_bloc(t, w, w.seats[k])
        foresight += t.foresight[world, w.seats[k]] * share
        n_blocs += share
    return foresight / n_blocs


@inlined
def worth(t: Tables, w: Work, world: int, party: int, composite: int, option: int, price: float) -> float:
    """What an option is worth to a party as the drafter sees it, the price counted as relief once it stops."""
    return t.contribution[world, w.seen_as[party], composite, option] - price * t.ending[composite, option]


@kernel
def floor_seen(t: Tables, w: Work, lane: int, party: int, month: float) -> float:
    """What a party has without a further text, as the drafter sees it: `utility.floor_of` in another's eyes."""
    world = w.world[lane]
    price = price_at(t, world, party, month)
    alone, in_hand = float(t.outside[world, party]), 0.0
    for c in range(t.n_options.shape[0]):
        alone += worth(t, w, world, party, c, t.status_quo[c], price)
        in_hand += worth(t, w, world, party, c, w.base[lane, c], price)
    return max(alone, in_hand)


@unit("twiff>f")
def smallest_gain(t: Tables, w: Work, lane: int, month: float, foresight: float) -> float:
    """Smallest gain from `w.deal` beyond `w.demand`: of everyone at the table, and of the absent as far as foreseen.

    An absent party with standing `s` on what the text moves counts with a slack of `1 - s * foresight` stakes, a
    guarantor that the text names with none. Fills `w.gains` [P].
    """
    world = w.world[lane]
    smallest = math.inf
    for q in range(t.view_row.shape[0]):
        standing = 1.0
        if w.present[q] == 0:
            standing = standing_at(w, q, w.deal)
            if standing == 0.0:
                continue
            if (w.guards[0] >> q) & 1 == 0:
                standing *= foresight
        price = price_at(t, world, q, month)
        gain = -w.floor[q]
        for c in range(w.deal.shape[0]):
            gain += worth(t, w, world, q, c, w.deal[c], price)
        w.gains[q] = gain
        if w.present[q] == 0:
            gain += 1.0 - standing
            if standing > 0.5 and crosses(t, world, w.seen_as[q], w.deal):
                gain -= 1.0
        smallest = min(smallest, gain - w.demand[q])
    return smallest


@unit("twif>-")
def best_for_weights(t: Tables, w: Work, lane: int, month: float) -> None:
    """Deal that maximises the weighted sum of gains of the table (`w.path_weight` [P]), into `w.deal`; separable."""
    world = w.world[lane]
    for c in range(t.n_options.shape[0]):
        best_option, best_value = w.base[lane, c], -math.inf
        for o in range(t.n_options[c]):
            if w.may[c, o] == 0:
                continue
            total = 0.0
            for k in range(w.n_seats[0]):
                q = w.seats[k]
                total += w.path_weight[q] * worth(t, w, world, q, c, o, price_at(t, world, q, month))
            if total > best_value:
                best_option, best_value = o, total
        w.deal[c] = best_option


@kernel
def table_after(t: Tables, w: Work, world: int, month: float, composite: int, option: int) -> float:
    """Smallest gain of the table beyond its demands if one composite of `w.deal` were changed."""
    smallest = math.inf
    here = w.deal[composite]
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        price = price_at(t, world, q, month)
        change = worth(t, w, world, q, composite, option, price) - worth(t, w, world, q, composite, here, price)
        smallest = min(smallest, float(w.gains[q] + change - w.demand[q]))
    return smallest


@unit("twifff>f")
def improve_smallest(t: Tables, w: Work, lane: int, month: float, foresight: float, smallest: float) -> float:
    """Change one composite of `w.deal` at a time while that raises the smallest gain; returns the new smallest gain."""
    world = w.world[lane]
    for _ in range(N_PASSES):
        improved = False
        for c in range(t.n_options.shape[0]):
            for o in range(t.n_options[c]):
                kept = w.deal[c]
                if o == kept or w.may[c, o] == 0 or table_after(t, w, world, month, c, o) <= smallest - NEAR:
                    continue
                w.deal[c] = o
                candidate = smallest_gain(t, w, lane, month, foresight)
                if candidate > smallest + 1e-12:
                    smallest, improved = candidate, True
                else:
                    w.deal[c] = kept
                    smallest_gain(t, w, lane, month, foresight)
        if not improved:
            break
    return smallest


@kernel
def start_drafting(t: Tables, w: Work, lane: int, month: float, core: int) -> None:
    """What each party has without a text, weights of equal blocs, and the options that the text may use."""
    for q in range(t.view_row.shape[0]):
        w.floor[q] = floor_seen(t, w, lane, q, month)
        w.path_weight[q] = 1.0 / max(1, seats_of_bloc(t, w, q))
    for c in range(t.n_options.shape[0]):
        for o in range(t.n_options[c]):
            w.may[c, o] = 1 if may_stand(t, w, lane, c, o, core) else 0


@unit("twifi>f")
def draft(t: Tables, w: Work, lane: int, month: float, core: int) -> float:
    """Draft a text into `w.sketch` [C], for the parties as the drafter sees them, beyond what they ask.

    Args:
        t: tables.
        w: workspace; `seen_as` and `demand` [P] are read.
        lane: whose base and open options count.
        month: for prices.
        core: NOW if it may settle more of the core than the text in hand, LATER if not.

    Returns:
        Its smallest gain beyond the demands, stakes; -inf if it is the text in hand.
    """
    n_composites = t.n_options.shape[0]
    foresight = mean_foresight(t, w, w.world[lane])
    start_drafting(t, w, lane, month, core)
    best = -math.inf
    for _ in range(N_WEIGHTINGS):
        best_for_weights(t, w, lane, month)
        smallest = smallest_gain(t, w, lane, month, foresight)
        if smallest > best:
            best = smallest
            for c in range(n_composites):
                w.sketch[c] = w.deal[c]
        for k in range(w.n_seats[0]):
            q = w.seats[k]
            w.path_weight[q] *= math.exp(-EAGERNESS * (w.gains[q] - w.demand[q] - smallest))
    for c in range(n_composites):
        w.deal[c] = w.sketch[c]
    best = improve_smallest(t, w, lane, month, foresight, smallest_gain(t, w, lane, month, foresight))
    moved = False
    for c in range(n_composites):
        w.sketch[c] = w.deal[c]
        if w.deal[c] != w.base[lane, c]:
            moved = True
    return best if moved else -math.inf


@kernel
def ask_nothing(w: Work) -> None:
    """Let the next draft see everybody as they are and give each its reservation value at least."""
    for q in range(w.demand.shape[0]):
        w.seen_as[q] = q
        w.demand[q] = 0.0


@unit("twif>i")
def draft_partial(t: Tables, w: Work, lane: int, month: float) -> int:
    """Draft the text of last resort, which leaves the core open, into `w.draft[lane]` [C].

    Returns:
        1 if a text other than the one in hand was found whose smallest gain is above 0.
    """
    ask_nothing(w)
    best = draft(t, w, lane, month, LATER)
    for c in range(t.n_options.shape[0]):
        w.draft[lane, c] = w.sketch[c]
    return 1 if best > 0.0 else 0
