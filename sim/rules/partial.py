"""The text of last resort: at the deadline, what the table can sign while the core stays open."""

from __future__ import annotations

import math

from sim.rules.kernel import kernel, unit
from sim.rules.utility import crosses, floor_of, price_at
from sim.types.tables import Tables
from sim.types.work import Work

N_WEIGHTINGS = 12
N_PASSES = 4


@kernel
def may_stand(t: Tables, w: Work, lane: int, fmt: int, composite: int, option: int) -> bool:
    """True if a partial text may use the option: on the agenda, settles no more of the core, crosses no line seated."""
    if t.allowed[fmt, composite, option] == 0:
        return False
    world = w.world[lane]
    base = w.base[lane, composite]
    for i in range(t.level.shape[0]):
        if t.issue_composite[i] == composite and t.settles[i, option] == 1 and t.settles[i, base] == 0:
            return False
    for k in range(w.n_seats[0]):  # noqa: SIM110 (kernels have no generators)
        if t.barred[world, w.seats[k], composite, option] == 1:
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


@unit("twif>f")
def smallest_gain(t: Tables, w: Work, lane: int, month: float) -> float:
    """Smallest gain from `w.deal` over what must agree: everyone at the table, and absent parties as far as foreseen.

    An absent party with standing `s` on what the text moves counts with a slack of `1 - s * (mean foresight of the
    table)` stakes. Fills `w.gains` [P] with true gains.
    """
    world = w.world[lane]
    n_composites = t.n_options.shape[0]
    foresight, n_blocs = 0.0, 0.0
    for k in range(w.n_seats[0]):
        share = 1.0 / seats_of_bloc(t, w, w.seats[k])
        foresight += t.foresight[world, w.seats[k]] * share
        n_blocs += share
    foresight /= n_blocs
    smallest = math.inf
    for q in range(t.view_row.shape[0]):
        standing = 1.0
        if w.present[q] == 0:
            standing = 0.0
            for c in range(n_composites):
                standing = max(standing, w.standing_max[q, c, w.deal[c]])
            if standing == 0.0:
                continue
        price = price_at(t, world, q, month)
        gain = -w.floor[q]
        for c in range(n_composites):
            gain += t.contribution[world, q, c, w.deal[c]] - price * t.ending[c, w.deal[c]]
        w.gains[q] = gain
        if w.present[q] == 0:
            gain += 1.0 - standing * foresight
            if standing * foresight > 0.5 and crosses(t, world, q, w.deal):
                gain -= 1.0
        smallest = min(smallest, gain)
    return smallest


@unit("twiif>-")
def best_for_weights(t: Tables, w: Work, lane: int, fmt: int, month: float) -> None:
    """Deal that maximises the weighted sum of gains of the table (`w.path_weight` [P]), into `w.deal`; separable."""
    world = w.world[lane]
    for c in range(t.n_options.shape[0]):
        best_option, best_value = w.base[lane, c], -math.inf
        for o in range(t.n_options[c]):
            if w.frozen[lane, c] == 1 or not may_stand(t, w, lane, fmt, c, o):
                continue
            total = 0.0
            for k in range(w.n_seats[0]):
                q = w.seats[k]
                price = price_at(t, world, q, month)
                total += w.path_weight[q] * (t.contribution[world, q, c, o] - price * t.ending[c, o])
            if total > best_value:
                best_option, best_value = o, total
        w.deal[c] = best_option


@kernel
def improve_smallest(t: Tables, w: Work, lane: int, fmt: int, month: float, smallest: float) -> float:
    """Change one composite of `w.deal` at a time while that raises the smallest gain; returns the new smallest gain."""
    for _ in range(N_PASSES):
        improved = False
        for c in range(t.n_options.shape[0]):
            kept = w.deal[c]
            for o in range(t.n_options[c]):
                if o == kept or w.frozen[lane, c] == 1 or not may_stand(t, w, lane, fmt, c, o):
                    continue
                w.deal[c] = o
                candidate = smallest_gain(t, w, lane, month)
                if candidate > smallest + 1e-12:
                    smallest, kept, improved = candidate, o, True
            w.deal[c] = kept
        if not improved:
            break
    return smallest


@unit("twiif>i")
def draft_partial(t: Tables, w: Work, lane: int, fmt: int, month: float) -> int:
    """Draft the partial text with the largest smallest gain over what is in hand, into `w.draft[lane]` [C].

    The egalitarian choice (Kalai 1977) among texts that leave the core open, searched by multiplicative weights on the
    worst-off (Freund & Schapire 1999) and finished by single changes; nothing in it grows with the number of texts.

    Returns:
        1 if a text other than the one in hand was found whose smallest gain is above 0.
    """
    world = w.world[lane]
    n_composites = t.n_options.shape[0]
    for q in range(t.view_row.shape[0]):
        w.floor[q] = floor_of(t, world, q, w.base[lane], month)
        w.path_weight[q] = 1.0 / max(1, seats_of_bloc(t, w, q))
    best = -math.inf
    for _ in range(N_WEIGHTINGS):
        best_for_weights(t, w, lane, fmt, month)
        smallest = smallest_gain(t, w, lane, month)
        if smallest > best:
            best = smallest
            for c in range(n_composites):
                w.draft[lane, c] = w.deal[c]
        for k in range(w.n_seats[0]):
            q = w.seats[k]
            w.path_weight[q] *= math.exp(-4.0 * (w.gains[q] - smallest))
    for c in range(n_composites):
        w.deal[c] = w.draft[lane, c]
    best = improve_smallest(t, w, lane, fmt, month, best)
    moved = False
    for c in range(n_composites):
        w.draft[lane, c] = w.deal[c]
        if w.deal[c] != w.base[lane, c]:
            moved = True
    return 1 if moved and best > 0.0 else 0
