"""Concave trade-off paths: from a speaker's best deal towards the best deal for the others, one composite at a time.

For each composite the options on the upper hull of (own value, weighted value to others) are its efficient exchange
rates; walking all hull edges in order of exchange rate visits the vertices of the linear relaxation of "best for the
others, given what I keep". This is the greedy solution of the multiple-choice knapsack (Sinha & Zoltners 1979); its
cost grows with the number of options, never with the number of deals.
"""

from __future__ import annotations

from sim.rules.kernel import inlined, kernel, unit
from sim.rules.utility import month_at, price_at
from sim.types.tables import Floats, Tables
from sim.types.work import Work


@unit("twiiii>-")
def rank_options(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int) -> None:
    """Options the speaker may use in round `step`, per composite, by falling own value: `w.ranked` and `w.n_ranked`.

    Usable: open in the lane (on the agenda, not taken by an early harvest), across no firm line of its own, and across
    no line of another party at the table that the speaker believes firm, as far as its consent is needed. The option in
    hand is always usable. Ties keep file order.
    A ranking made before on the same lane is only put in order again if the speaker's price has moved since.
    """
    price = price_at(t, w.world[lane], speaker, month_at(t, w, fmt, step))
    known = w.ranked_for[speaker] == w.serial[lane]
    if known and w.ranked_price[speaker] == price:
        return
    w.ranked_for[speaker] = w.serial[lane]
    w.ranked_price[speaker] = price
    for c in range(t.n_options.shape[0]):
        if not known:
            list_usable(t, w, lane, speaker, c)
        value, ranked = w.view_value[speaker, c], w.ranked[speaker, c]
        for k in range(1, w.n_ranked[speaker, c]):
            o = ranked[k]
            place = k
            while place > 0 and comes_after(value, ranked[place - 1], o):
                ranked[place] = ranked[place - 1]
                place -= 1
            ranked[place] = o


@inlined
def comes_after(value: Floats, first: int, second: int) -> bool:
    """True if option `first` ranks behind `second`."""
    return bool(value[first] < value[second] or (value[first] == value[second] and first > second))


@kernel
def list_usable(t: Tables, w: Work, lane: int, speaker: int, composite: int) -> None:
    """Options of one composite that the speaker may use, in file order, into `w.ranked` and `w.n_ranked`."""
    world, n = w.world[lane], 0
    for o in range(t.n_options[composite]):
        usable = w.open[lane, composite, o] == 1 and t.barred[world, speaker, composite, o] == 0
        if w.by_count[0] == 0:
            for k in range(w.n_seats[0]):
                usable = usable and t.barred[world, t.view_row[speaker, w.seats[k]], composite, o] == 0
        if usable or (o == w.base[lane, composite] and w.open[lane, composite, o] == 1):
            w.ranked[speaker, composite, n] = o
            n += 1
    w.n_ranked[speaker, composite] = n


@unit("twiiii>-")
def weigh_others(t: Tables, w: Work, world: int, speaker: int, n_needed: int, keep_away: int) -> None:
    """Weighted value to the needed parties of every option, into `w.others` [C, O], in nats.

    `others[c, o] = sum_q weight_q * value_q`, with weights as slopes of the score. An option across a line that an
    absent party is believed to mean is charged what the certain refusal would cost. With `keep_away` absent parties
    count not by what they gain but by what they own (`w.keep_off`).
    """
    n_composites = t.n_options.shape[0]
    for c in range(n_composites):
        for o in range(t.n_options[c]):
            w.others[c, o] = 0.0
    for j in range(n_needed):
        q = w.needed[j]
        if w.present[q] == 1 or keep_away == 0:
            weight = w.path_weight[j]
            for c in range(n_composites):
                for o in range(t.n_options[c]):
                    w.others[c, o] += weight * w.view_value[q, c, o]
        if w.present[q] == 0:
            add_obstacles(t, w, world, t.view_row[speaker, q], j, keep_away)


@kernel
def add_obstacles(t: Tables, w: Work, world: int, view: int, index: int, keep_away: int) -> None:
    """Charge options for an absent party's firm lines, and with `keep_away` for its standing, on `w.others`."""
    q, weight = w.needed[index], w.needed_weight[index]
    refusal = weight * w.refusal[q]
    for c in range(t.n_options.shape[0]):
        for o in range(t.n_options[c]):
            if keep_away == 1:
                w.others[c, o] += weight * w.keep_off[q, c, o]
            if t.barred[world, view, c, o] == 1:
                w.others[c, o] += refusal


@unit("twi>-")
def build_hulls(t: Tables, w: Work, speaker: int) -> None:
    """Upper hull of (own, others) per composite, from the best for the speaker to the best for the others.

    Into `w.hull` and `w.n_hull`: own value falls, value to others rises, and the exchange rate (others gained per own
    given) falls along it. Among options of equal own value the best for the others is kept.
    """
    own = w.view_value[speaker]
    for c in range(t.n_options.shape[0]):
        n = 0
        for k in range(w.n_ranked[speaker, c]):
            o = w.ranked[speaker, c, k]
            if n > 0 and w.others[c, o] <= w.others[c, w.hull[c, n - 1]]:
                continue
            while n > 0:
                last = w.hull[c, n - 1]
                if own[c, last] == own[c, o]:
                    n -= 1
                    continue
                if n < 2:
                    break
                before = w.hull[c, n - 2]
                rise = w.others[c, last] - w.others[c, before]
                cost = own[c, before] - own[c, last]
                rise_next = w.others[c, o] - w.others[c, last]
                cost_next = own[c, last] - own[c, o]
                if rise * cost_next > rise_next * cost:
                    break
                n -= 1
            w.hull[c, n] = o
            n += 1
        w.n_hull[c] = n


@inlined
def look_ahead(w: Work, speaker: int, composite: int) -> None:
    """Note what the next hull edge of `composite` gives the others and costs the speaker."""
    k = w.position[composite]
    w.edge_rise[composite] = -1.0
    w.edge_cost[composite] = 1.0
    if k + 1 < w.n_hull[composite]:
        here, there = w.hull[composite, k], w.hull[composite, k + 1]
        w.edge_rise[composite] = w.others[composite, there] - w.others[composite, here]
        w.edge_cost[composite] = w.view_value[speaker, composite, here] - w.view_value[speaker, composite, there]


@inlined
def next_edge(w: Work) -> int:
    """Composite whose next hull edge has the best exchange rate; -1 at the end of the path. Ties go to the first."""
    best, best_rise, best_cost = -1, 0.0, 1.0
    for c in range(w.edge_rise.shape[0]):
        if w.edge_rise[c] * best_cost > best_rise * w.edge_cost[c]:
            best, best_rise, best_cost = c, w.edge_rise[c], w.edge_cost[c]
    return best
