"""Which deal to offer: among deals that give the speaker its aspiration, the likeliest to pass.

The objective (`belief.believed_score`) is not additive over issues, and deals are far too many to list. So a *menu* is
built from a few trade-off paths (`paths`), each for another weighting of the others: equal weights first, then the
slopes of the objective at the best deals found so far. Every path vertex that is efficient, and the one just below what
the speaker can accept, is improved by changing one composite; the efficient ones of all these deals are the menu. An
offer is then a look-up. While prices or beliefs move, a menu serves for some rounds: its deals are valued anew and
those looked up are improved. The loss against exact enumeration is tested and reported in the docs.
"""

from __future__ import annotations

import math

from sim.rules.belief import LEAST_TERM, believed_score, score_parts
from sim.rules.claims import claim_on, claim_on_core, claims_by_text
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.lines import is_stuck, keep_lists, keeps_lines, narrow_lists, restore_lists
from sim.rules.menu import SLACK, menu_add, menu_find, menu_move, menu_prune
from sim.rules.paths import build_hulls, look_ahead, next_edge, weigh_others
from sim.rules.signing import cost_of_signing, is_touched
from sim.rules.top import change_option, keep_vertex, look_around, recall
from sim.rules.utility import copy_row, same_deal
from sim.types.tables import Tables
from sim.types.work import N_PATHS, Work

TINY = 1e-12
FEW = 3  # entries of a window worth a second round of improvements


@kernel
def skip_to(w: Work, speaker: int, high: float) -> None:
    """Go along a fresh path to the last deal that gives the speaker `high` or more, into `w.deal` and `w.gains`."""
    own = -w.floor[speaker]
    for c in range(w.deal.shape[0]):
        w.position[c] = 0
        look_ahead(w, speaker, c)
        w.deal[c] = w.hull[c, 0]
        own += w.view_value[speaker, c, w.deal[c]]
    while True:
        edge = next_edge(w)
        if edge < 0 or own - w.edge_cost[edge] < high:
            break
        own -= w.edge_cost[edge]
        w.position[edge] += 1
        w.deal[edge] = w.hull[edge, w.position[edge]]
        look_ahead(w, speaker, edge)
    recall(w, w.deal)


@kernel
def may_propose(t: Tables, w: Work, lane: int, speaker: int) -> bool:
    """True if `w.deal` crosses none of the lines it has to keep, and the speaker would sign it itself.

    It is worth what the speaker expects of waiting, and what signing costs it.
    """
    if w.n_lines[0] > 0 and not keeps_lines(t, w):
        return False
    world, month = w.world[lane], w.price_month[lane]
    cost, by_text = cost_of_signing(t, world, speaker, w.deal), claims_by_text(t, w, lane, speaker)
    if (cost == 0.0 and not by_text) or same_deal(w.deal, w.base[lane]):
        return True
    least = claim_on_core(t, w, lane, speaker) - SLACK
    if by_text:
        least += claim_on(t, w, lane, speaker, w.deal, month)
    if w.gains[speaker] >= least + cost:
        return True
    return bool(w.gains[speaker] >= least and not is_touched(t, w, lane, speaker, w.deal, month))


@unit("twiiiiff>i")
def walk_path(
    t: Tables, w: Work, lane: int, speaker: int, n_needed: int, n_vertices: int, low: float, high: float
) -> int:
    """Walk one path for the present `w.path_weight`, store its vertices in the window and put them on the menu.

    The window runs from the last vertex at or above `high` to the first one below `low` (stored, not on the menu).
    Returns how many vertices are stored so far, over all paths.
    """
    world = w.world[lane]
    build_hulls(t, w, speaker)
    skip_to(w, speaker, high)
    while n_vertices < w.vertex_score.shape[0] - 1:
        edge = next_edge(w)
        w.vertex_score[n_vertices] = believed_score(t, w, world, speaker, n_needed, -math.inf)
        keep_vertex(w, n_vertices)
        if w.gains[speaker] >= low and (w.free[0] == 1 or may_propose(t, w, lane, speaker)):
            menu_add(w, lane, speaker, w.gains[speaker], w.vertex_score[n_vertices])
        n_vertices += 1
        if edge < 0 or w.gains[speaker] < low:
            break
        w.position[edge] += 1
        look_ahead(w, speaker, edge)
        change_option(w, edge, w.hull[edge, w.position[edge]])
    return n_vertices


@unit("twiiiif>-")
def improve_vertex(t: Tables, w: Work, lane: int, speaker: int, n_needed: int, vertex: int, low: float) -> None:
    """Try every change of one composite at a stored vertex; keep on the menu what is efficient.

    The score is concave in the gains of those at the table while support and pressure stay as they are: slope times
    change then bounds what a change can reach, and changes that cannot beat the menu are not evaluated.
    """
    world = w.world[lane]
    deal = w.vertex_deal[vertex]
    copy_row(deal, w.deal)
    copy_row(w.vertex_gain[vertex], w.gains)
    score_parts(t, w, speaker, n_needed, w.deal, w.gains, w.gradient)
    bounded = is_bounded(t, w, n_needed)
    for c in range(deal.shape[0]):
        here = deal[c]
        own_here = w.vertex_gain[vertex, speaker] - w.view_value[speaker, c, here]
        beaten = 0  # entries that give the speaker at least what the option does; options come by falling own value
        for k in range(w.n_ranked[speaker, c]):
            o = w.ranked[speaker, c, k]
            own = own_here + w.view_value[speaker, c, o]
            if own < low:
                break
            while beaten < w.menu_size[lane, speaker] and w.menu_own[lane, speaker, beaten] >= own:
                beaten += 1
            if o == here or (
                beaten > 0
                and bounded
                and best_hope(t, w, speaker, n_needed, vertex, c, o) <= w.menu_score[lane, speaker, beaten - 1]
            ):
                continue
            for q in range(w.gains.shape[0]):
                w.gains[q] = w.vertex_gain[vertex, q] + w.view_value[q, c, o] - w.view_value[q, c, here]
            w.deal[c] = o
            beats = w.menu_score[lane, speaker, beaten - 1] if beaten > 0 else -math.inf
            score = believed_score(t, w, world, speaker, n_needed, beats)
            beaten_too = score <= beats  # not where the score is no number: errors of size 0, at the very margin
            if (
                not beaten_too
                and (w.free[0] == 1 or may_propose(t, w, lane, speaker))
                and menu_add(w, lane, speaker, own, score) == 1
            ):
                beaten = 0
            w.deal[c] = here


@inlined
def frees(t: Tables, w: Work, view: int, party: int, composite: int, option: int) -> bool:
    """True if `option` leaves an absent party less to obstruct in a composite than `w.deal` does."""
    here = w.deal[composite]
    if w.standing_max[party, composite, option] < w.standing_max[party, composite, here]:
        return True
    world = w.loaded[0]
    return t.barred[world, view, composite, here] == 1 and t.barred[world, view, composite, option] == 0


@kernel
def is_bounded(t: Tables, w: Work, n_needed: int) -> bool:
    """True if `best_hope` bounds the score of changes at a vertex whose parts `score_parts` has noted.

    Not where votes are counted: another coalition may do better by any amount. Nor, where the absent have conditional
    lines, if another member may come to speak for its bloc, or pressure may bring an absent party round.
    """
    if w.by_count[0] == 1:
        return False
    if t.line_if.shape[0] == 0 or not somebody_absent(w, n_needed):
        return True
    for j in range(n_needed):
        q = w.needed[j]
        if w.present[q] == 0 and w.shift[j] + w.most_pressure[q] > 0.0 and w.term[j] < -SLACK:
            return False
    return w.blocs[0] == 0


@inlined
def best_hope(t: Tables, w: Work, speaker: int, n_needed: int, vertex: int, composite: int, option: int) -> float:
    """No less than the score that changing one composite of a vertex to `option` can reach.

    What a party's term of the score can rise by is at most slope times change, and never more than it is short of 0; an
    absent party that is left less to obstruct may come round altogether.
    """
    if t.line_if.shape[0] > 0 and somebody_absent(w, n_needed):
        return best_hope_with_absent(t, w, speaker, n_needed, vertex, composite, option)
    here = w.vertex_deal[vertex, composite]
    bound = w.vertex_score[vertex] + TINY
    for j in range(n_needed):
        q = w.needed[j]
        rise = w.gradient[j] * (w.view_value[q, composite, option] - w.view_value[q, composite, here])
        short = -w.term[j]
        if w.present[q] == 0 and rise < short and frees(t, w, t.view_row[speaker, q], q, composite, option):
            rise = short
        bound += min(rise, short)
    return bound


@kernel
def best_hope_with_absent(
    t: Tables, w: Work, speaker: int, n_needed: int, vertex: int, composite: int, option: int
) -> float:
    """As `best_hope`, where absent parties may have conditional lines: pressure may also come and support go, at once.

    The term of an absent party is not concave in its gain: where that may rise, or where the vertex crosses a line of
    its own, it may come round altogether; else it does not get better. A term of somebody who is all but sure to refuse
    is known to a nat only.
    """
    here = w.vertex_deal[vertex, composite]
    bound = w.vertex_score[vertex] + TINY
    for j in range(n_needed):
        q = w.needed[j]
        gained = w.view_value[q, composite, option] - w.view_value[q, composite, here]
        gained += w.shift[j] + w.most_pressure[q]
        short = 1.0 - w.term[j] if w.term[j] < -w.needed_weight[j] else -w.term[j]
        if w.present[q] == 1:
            rise = w.gradient[j] * gained
            if rise < short - LEAST_TERM:
                rise = short - LEAST_TERM
        elif gained > 0.0 or (w.guards[0] >> q) & 1 or frees(t, w, t.view_row[speaker, q], q, composite, option):
            rise = short
        else:
            rise = 0.0
        bound += rise if rise < short else short
    return bound


@inlined
def seen_before(w: Work, vertex: int, score: float, own: float, speaker: int) -> bool:
    """True if one of the first `vertex` vertices has this score and own gain: paths often meet."""
    for k in range(vertex):  # noqa: SIM110 (kernels have no generators)
        if w.vertex_score[k] == score and w.vertex_gain[k, speaker] == own:
            return True
    return False


@kernel
def reweigh(t: Tables, w: Work, lane: int, speaker: int, n_needed: int, aspiration: float) -> bool:
    """Weights for the next path: the slopes of the score at the best offer so far for `aspiration`.

    False if there is no such offer or every slope is nil, so that another path would add nothing.
    """
    entry = menu_find(w, lane, speaker, aspiration)
    if entry < 0:
        return False
    recall(w, w.menu_deal[lane, speaker, w.menu_slot[lane, speaker, entry]])
    score_parts(t, w, speaker, n_needed, w.deal, w.gains, w.path_weight)
    total = 0.0
    for k in range(n_needed):
        total += w.path_weight[k]
    return total > TINY


@kernel
def somebody_absent(w: Work, n_needed: int) -> bool:
    """True if the consent of an absent party is needed."""
    for k in range(n_needed):  # noqa: SIM110 (kernels have no generators)
        if w.present[w.needed[k]] == 0:
            return True
    return False


@unit("twiiiff>i")
def walk_all_paths(t: Tables, w: Work, lane: int, speaker: int, n_needed: int, low: float, high: float) -> int:
    """Walk paths for equal weights, for the slopes at the best offers so far, and one that keeps away from the absent.

    Returns how many vertices are stored.
    """
    world = w.world[lane]
    n_vertices = 0
    for path in range(N_PATHS):
        keep_away = 1 if path == N_PATHS - 1 else 0
        if path == 0 or keep_away == 1:
            for k in range(n_needed):
                w.path_weight[k] = 0.5 * t.precision[world] * w.needed_weight[k]
        elif n_needed < 2:
            continue
        if keep_away == 1 and not somebody_absent(w, n_needed):
            continue
        if path == 1 and not reweigh(t, w, lane, speaker, n_needed, low):
            continue
        if path == 2:
            middle = 0.5 * (low + high)
            if menu_find(w, lane, speaker, middle) == menu_find(w, lane, speaker, low):
                continue
            if not reweigh(t, w, lane, speaker, n_needed, middle):
                continue
        weigh_others(t, w, world, speaker, n_needed, keep_away)
        n_vertices = walk_path(t, w, lane, speaker, n_needed, n_vertices, low, high)
    return n_vertices


@unit("twiiiiff>-")
def improve_menu(
    t: Tables, w: Work, lane: int, speaker: int, n_needed: int, n_vertices: int, low: float, high: float
) -> None:
    """Improve the efficient vertices and those just below `low`.

    Where paths offer few starting points, in a narrow window or before a single other party, the entries that can be
    looked up are improved once more.
    """
    for vertex in range(n_vertices):
        own, score = w.vertex_gain[vertex, speaker], w.vertex_score[vertex]
        if seen_before(w, vertex, score, own, speaker):
            continue
        entry = menu_find(w, lane, speaker, own)
        if own < low or entry < 0 or w.menu_score[lane, speaker, entry] <= score + TINY:
            improve_vertex(t, w, lane, speaker, n_needed, vertex, low)
    start = max(menu_find(w, lane, speaker, high), 0)
    n_first = w.menu_size[lane, speaker] - start
    if n_first <= FEW or n_needed == 1:
        improve_entries(t, w, lane, speaker, n_needed, start, w.menu_size[lane, speaker], n_vertices, low)


@unit("twiiiiiif>-")
def improve_entries(
    t: Tables, w: Work, lane: int, speaker: int, n_needed: int, start: int, stop: int, n_vertices: int, low: float
) -> None:
    """Improve the menu entries from `start` to `stop - 1`, but for those that are vertices and those since beaten."""
    for k in range(stop - start):
        w.second[k] = w.menu_slot[lane, speaker, start + k]
        w.second_own[k] = w.menu_own[lane, speaker, start + k]
        w.second_score[k] = w.menu_score[lane, speaker, start + k]
    last = w.vertex_score.shape[0] - 1
    for k in range(stop - start):
        if seen_before(w, n_vertices, w.second_score[k], w.second_own[k], speaker):
            continue
        entry = menu_find(w, lane, speaker, w.second_own[k])
        if w.menu_score[lane, speaker, entry] > w.second_score[k] + TINY:
            continue
        recall(w, w.menu_deal[lane, speaker, w.second[k]])
        keep_vertex(w, last)
        w.vertex_score[last] = w.second_score[k]
        improve_vertex(t, w, lane, speaker, n_needed, last, low)


@unit("twiiiiff>-")
def build_menu(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int, low: float, high: float) -> None:
    """Build the speaker's menu in round `step` for aspirations from `low` to `high` (gains, stakes).

    The top deal is on it from the start: it is known to give the highest aspiration. Where conditional lines are to be
    kept, deals of every way of keeping them are on it.
    """
    n_needed = look_around(t, w, lane, fmt, speaker, step)
    w.menu_size[lane, speaker] = 0
    w.menu_used[lane, speaker] = 0
    w.menu_low[lane, speaker] = low
    w.menu_high[lane, speaker] = high
    floor = low - SLACK
    if w.must_settle[lane] == 0 or not same_deal(w.top_deal[lane, speaker], w.base[lane]):
        recall(w, w.top_deal[lane, speaker])
        if may_propose(t, w, lane, speaker):
            score = believed_score(t, w, w.world[lane], speaker, n_needed, -math.inf)
            menu_add(w, lane, speaker, w.gains[speaker], score)
    if w.n_ways[0] > 1:
        keep_lists(t, w, speaker)
    for way in range(w.n_ways[0]):
        if narrow_lists(t, w, speaker, way) and not is_stuck(t, w, speaker):
            n_vertices = walk_all_paths(t, w, lane, speaker, n_needed, floor, high)
            improve_menu(t, w, lane, speaker, n_needed, n_vertices, floor, high)
    if w.n_ways[0] > 1:
        restore_lists(t, w, speaker)


@unit("twiiiiff>-")
def renew_menu(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int, low: float, high: float) -> None:
    """Bring a menu up to date with prices and beliefs that have moved a little since it was built.

    Every entry is valued and scored again, the efficient ones stay, and those that aspirations from `low` to `high`
    look up are improved.
    """
    n_needed = look_around(t, w, lane, fmt, speaker, step)
    floor = w.menu_low[lane, speaker] - SLACK
    n = 0
    for k in range(w.menu_size[lane, speaker]):
        recall(w, w.menu_deal[lane, speaker, w.menu_slot[lane, speaker, k]])
        if w.gains[speaker] >= floor and (w.free[0] == 1 or may_propose(t, w, lane, speaker)):
            score = believed_score(t, w, w.world[lane], speaker, n_needed, -math.inf)
            menu_move(w, lane, speaker, k, w.gains[speaker], score, n)
            n += 1
    menu_prune(w, lane, speaker, n)
    start = max(menu_find(w, lane, speaker, high - SLACK), 0)
    stop = min(menu_find(w, lane, speaker, low - SLACK) + 1, start + FEW)
    improve_entries(t, w, lane, speaker, n_needed, start, stop, 0, floor)
