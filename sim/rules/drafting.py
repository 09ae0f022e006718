"""A text that belongs to nobody: the deal with the largest smallest gain beyond what each party asks.

The egalitarian choice (Kalai 1977), searched by multiplicative weights on the worst-off (Freund & Schapire 1999) and
finished by single changes; nothing in it grows with the number of texts. It serves a neutral drafter of a single text
(Raiffa 1982), who weighs the parties by what they ask at the time, and the text of last resort, which asks nothing
beyond the reservation value and leaves the core open.
"""

from __future__ import annotations

import math

from sim.rules.belief import standing_at, value_options
from sim.rules.kernel import kernel, unit
from sim.rules.lines import keeps_lines, lay_way, list_lines_of_table
from sim.rules.utility import copy_row, crosses, is_named, same_deal
from sim.types.tables import Tables
from sim.types.work import Work

N_WEIGHTINGS = 12
N_MORE = 4  # weightings of a draft that goes on from the last one
SAME = 0.005  # stakes by which demands may move before a text is drafted again
LEAST = 1e-3  # of the largest weight: a party long well off can become the worst off within a few weightings
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


@unit("twif>f")
def smallest_gain(t: Tables, w: Work, lane: int, foresight: float) -> float:
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
            if (w.guards[0] >> q) & 1 == 0 or not is_named(t, q, w.deal):
                standing *= foresight
        gain = -w.floor[q]
        for c in range(w.deal.shape[0]):
            gain += w.view_value[q, c, w.deal[c]]
        w.gains[q] = gain
        if w.present[q] == 0:
            gain += 1.0 - standing
            if standing > 0.5 and crosses(t, world, w.seen_as[q], w.deal):
                gain -= 1.0
        smallest = min(smallest, gain - w.demand[q])
    if w.n_lines[0] > w.n_wayed[0] and not keeps_lines(t, w):
        smallest = min(smallest, -1.0)
    return smallest


@unit("twi>-")
def best_for_weights(t: Tables, w: Work, lane: int) -> None:
    """Deal that maximises the weighted sum of gains of the table (`w.path_weight` [P]), into `w.deal`; separable."""
    for c in range(t.n_options.shape[0]):
        total = w.others[c]
        for o in range(t.n_options[c]):
            total[o] = 0.0
        for k in range(w.n_seats[0]):
            q = w.seats[k]
            weight, value = w.path_weight[q], w.view_value[q, c]
            for o in range(t.n_options[c]):
                total[o] += weight * value[o]
        best_option, best_value = w.base[lane, c], -math.inf
        for o in range(t.n_options[c]):
            if w.may[c, o] == 1 and total[o] > best_value:
                best_option, best_value = o, total[o]
        w.deal[c] = best_option


@kernel
def table_after(w: Work, composite: int, option: int) -> float:
    """Smallest gain of the table beyond its demands if one composite of `w.deal` were changed."""
    smallest = math.inf
    here = w.deal[composite]
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        change = w.view_value[q, composite, option] - w.view_value[q, composite, here]
        smallest = min(smallest, float(w.gains[q] + change - w.demand[q]))
    return smallest


@unit("twiff>f")
def improve_smallest(t: Tables, w: Work, lane: int, foresight: float, smallest: float) -> float:
    """Change one composite of `w.deal` at a time while that raises the smallest gain; returns the new smallest gain."""
    for _ in range(N_PASSES):
        improved = False
        for c in range(t.n_options.shape[0]):
            for o in range(t.n_options[c]):
                kept = w.deal[c]
                if o == kept or w.may[c, o] == 0 or table_after(w, c, o) <= smallest - NEAR:
                    continue
                w.deal[c] = o
                candidate = smallest_gain(t, w, lane, foresight)
                if candidate > smallest + 1e-12:
                    smallest, improved = candidate, True
                else:
                    w.deal[c] = kept
                    smallest_gain(t, w, lane, foresight)
        if not improved:
            break
    return smallest


@kernel
def start_drafting(t: Tables, w: Work, lane: int, month: float, core: int) -> None:
    """What options are worth, weights of equal blocs, and the options that the text may use."""
    for q in range(t.view_row.shape[0]):
        value_options(t, w, lane, q, w.seen_as[q], month, False)
        w.path_weight[q] = 1.0 / max(1, seats_of_bloc(t, w, q))
    for c in range(t.n_options.shape[0]):
        for o in range(t.n_options[c]):
            w.may[c, o] = 1 if may_stand(t, w, lane, c, o, core) else 0
            w.full[c, o] = w.may[c, o]
    list_lines_of_table(t, w, lane)


@unit("twifi>f")
def draft(t: Tables, w: Work, lane: int, month: float, core: int) -> float:
    """Draft a text into `w.sketch` [C] for the parties as the drafter sees them (`w.seen_as`), beyond `w.demand` [P].

    Prices are those of `month`; with NOW for `core` it may settle more of the core than the text in hand, with LATER
    not. Returns its smallest gain beyond the demands, stakes; -inf if it is the text in hand.
    """
    start_drafting(t, w, lane, month, core)
    return weigh_and_draft(t, w, lane, N_WEIGHTINGS, mean_foresight(t, w, w.world[lane]))


@unit("twifii>f")
def draft_for_table(t: Tables, w: Work, lane: int, month: float, core: int, lines: int) -> float:
    """As `draft`, for the table alone, with nobody absent in mind; without conditional lines where `lines` is 0."""
    start_drafting(t, w, lane, month, core)
    if lines == 0:
        w.n_lines[0], w.n_ways[0], w.n_wayed[0] = 0, 1, 0
    return weigh_and_draft(t, w, lane, N_WEIGHTINGS, 0.0)


@unit("twifi>f")
def redraft(t: Tables, w: Work, lane: int, month: float, step: int) -> float:
    """As `draft` with NOW, for a drafter who writes round after round in a lane.

    Weights go on from the last draft, and while nobody's demand has moved by more than `SAME` stakes since, nor the
    month, the last draft stands.
    """
    last = w.drafted_in[lane]
    moved = 0.0
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        moved = max(moved, abs(w.demand[q] - w.asked_then[lane, q]) if last >= 0 else math.inf)
    if moved <= SAME and w.drafted_month[lane] == month:
        copy_row(w.offer[lane, last, w.drafter[0]], w.sketch)
        return w.drafted_gain[lane]
    start_drafting(t, w, lane, month, NOW)
    if last >= 0:
        for k in range(w.n_seats[0]):
            w.path_weight[w.seats[k]] = w.weight_then[lane, w.seats[k]]
    foresight = mean_foresight(t, w, w.world[lane])
    best = weigh_and_draft(t, w, lane, N_WEIGHTINGS if last < 0 else N_MORE, foresight)
    w.drafted_in[lane], w.drafted_month[lane], w.drafted_gain[lane] = step, month, best
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        w.asked_then[lane, q], w.weight_then[lane, q] = w.demand[q], w.path_weight[q]
    return best


@unit("twiif>f")
def weigh_and_draft(t: Tables, w: Work, lane: int, weightings: int, foresight: float) -> float:
    """Search a text by weights on the worse off, from `w.path_weight` on, then by single changes; see `draft`.

    Each way of keeping conditional lines is searched, and the best text of all of them is in `w.sketch`.
    """
    copy_row(w.path_weight, w.weight_first)
    copy_row(w.base[lane], w.best_sketch)
    best = -math.inf
    for way in range(w.n_ways[0]):
        if not narrow_choice(t, w, way):
            continue
        copy_row(w.weight_first, w.path_weight)
        smallest = weigh_way(t, w, lane, weightings, foresight)
        if smallest > best:
            best = smallest
            copy_row(w.sketch, w.best_sketch)
            copy_row(w.path_weight, w.weight_best)
    copy_row(w.best_sketch, w.sketch)
    if best > -math.inf:
        copy_row(w.weight_best, w.path_weight)
    return -math.inf if same_deal(w.sketch, w.base[lane]) else best


@kernel
def narrow_choice(t: Tables, w: Work, way: int) -> bool:
    """Narrow `w.may` to one way of keeping the lines; False if some composite then has no option."""
    if w.n_ways[0] > 1:
        if lay_way(t, w, way) == 0:
            return False
        for c in range(t.n_options.shape[0]):
            for o in range(t.n_options[c]):
                w.may[c, o] = 1 if w.full[c, o] == 1 and w.within[c, o] == 1 else 0
    for c in range(t.n_options.shape[0]):
        some = False
        for o in range(t.n_options[c]):
            some = some or w.may[c, o] == 1
        if not some:
            return False
    return True


@unit("twiif>f")
def weigh_way(t: Tables, w: Work, lane: int, weightings: int, foresight: float) -> float:
    """`weigh_and_draft` among the options of one way; smallest gain of the text in `w.sketch` beyond the demands."""
    best = -math.inf
    for _ in range(weightings):
        best_for_weights(t, w, lane)
        smallest = smallest_gain(t, w, lane, foresight)
        if smallest > best:
            best = smallest
            copy_row(w.deal, w.sketch)
        largest = 0.0
        for k in range(w.n_seats[0]):
            q = w.seats[k]
            w.path_weight[q] *= math.exp(-EAGERNESS * (w.gains[q] - w.demand[q] - smallest))
            largest = max(largest, w.path_weight[q])
        for k in range(w.n_seats[0]):
            w.path_weight[w.seats[k]] = max(w.path_weight[w.seats[k]] / largest, LEAST)
    copy_row(w.sketch, w.deal)
    best = improve_smallest(t, w, lane, foresight, smallest_gain(t, w, lane, foresight))
    copy_row(w.deal, w.sketch)
    return best


@kernel
def ask_nothing(w: Work) -> None:
    """Let the next draft see everybody as they are and give each its reservation value at least."""
    for q in range(w.demand.shape[0]):
        w.seen_as[q] = q
        w.demand[q] = 0.0


@unit("twif>i")
def draft_partial(t: Tables, w: Work, lane: int, month: float) -> int:
    """Draft the text of last resort, which leaves the core open, into `w.draft[lane]` [C].

    1 if a text other than the one in hand was found whose smallest gain is above 0.
    """
    ask_nothing(w)
    best = draft(t, w, lane, month, LATER)
    copy_row(w.sketch, w.draft[lane])
    return 1 if best > 0.0 else 0
