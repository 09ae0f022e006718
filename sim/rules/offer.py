"""Which deal to offer: among deals that give the speaker its aspiration, the likeliest to pass.

The objective (`belief.believed_score`) is not additive over issues, and deals are far too many to list. So a *menu* is
built from a few trade-off paths (`paths`), each for another weighting of the others: equal weights first, then the
slopes of the objective at the best deals found so far. Every path vertex that is efficient, and the one just below what
the speaker can accept, is improved by changing one composite; the efficient ones of all these deals are the menu. An
offer is then a look-up. The loss against exact enumeration is tested and reported in the docs.
"""

from __future__ import annotations

import math

from sim.rules.belief import all_content, believed_score, fill_beliefs, list_needed, standing_at
from sim.rules.kernel import kernel, unit
from sim.rules.paths import build_hulls, next_edge, rank_options, weigh_others
from sim.types.tables import Floats, Ints, Tables
from sim.types.work import N_PATHS, Work

TINY = 1e-12


@kernel
def menu_find(w: Work, lane: int, speaker: int, aspiration: float) -> int:
    """Index of the likeliest menu entry that gives the speaker at least `aspiration`; -1 if there is none.

    Entries are sorted by falling own gain and rising score, so it is the last one at or above the aspiration.
    """
    low, high = 0, w.menu_size[lane, speaker]
    while low < high:
        middle = (low + high) // 2
        if w.menu_own[lane, speaker, middle] >= aspiration:
            low = middle + 1
        else:
            high = middle
    return low - 1


@unit("wiiff>i")
def menu_add(w: Work, lane: int, speaker: int, own: float, score: float) -> int:
    """Keep the deal in `w.deal` if no entry is at least as good for the speaker and as likely; drop the entries it beats.

    Returns:
        1 if it is kept; 0 if it is dominated, equal to an entry, or the store is full.
    """
    size = w.menu_size[lane, speaker]
    place = menu_find(w, lane, speaker, own) + 1
    if place > 0 and w.menu_score[lane, speaker, place - 1] >= score:
        return 0
    slot = w.menu_used[lane, speaker]
    if slot >= w.menu_slot.shape[2]:
        return 0
    start = place
    while start > 0 and w.menu_own[lane, speaker, start - 1] <= own:
        start -= 1
    stop = place
    while stop < size and w.menu_score[lane, speaker, stop] <= score:
        stop += 1
    move = start + 1 - stop
    if move > 0:
        for k in range(size - 1, stop - 1, -1):
            _copy_entry(w, lane, speaker, k, k + move)
    elif move < 0:
        for k in range(stop, size):
            _copy_entry(w, lane, speaker, k, k + move)
    w.menu_own[lane, speaker, start] = own
    w.menu_score[lane, speaker, start] = score
    w.menu_slot[lane, speaker, start] = slot
    for c in range(w.deal.shape[0]):
        w.menu_deal[lane, speaker, slot, c] = w.deal[c]
    w.menu_used[lane, speaker] = slot + 1
    w.menu_size[lane, speaker] = size + move
    return 1


@kernel
def _copy_entry(w: Work, lane: int, speaker: int, source: int, target: int) -> None:
    """Move one menu entry."""
    w.menu_own[lane, speaker, target] = w.menu_own[lane, speaker, source]
    w.menu_score[lane, speaker, target] = w.menu_score[lane, speaker, source]
    w.menu_slot[lane, speaker, target] = w.menu_slot[lane, speaker, source]


@kernel
def score_slopes(t: Tables, w: Work, world: int, n_needed: int, deal: Ints, gains: Floats, out: Floats) -> None:
    """Slopes of the believed score in each needed party's gain at `deal`, per entry of `w.needed`, into `out`.

    `lambda * sigma(-lambda * gain)`, times foresight and standing for absent parties. Shifts are held fixed.
    """
    precision = t.precision[world]
    for k in range(n_needed):
        q = w.needed[k]
        slope = precision * _refusal(precision * gains[q])
        if w.present[q] == 0:
            slope *= w.needed_weight[k] * standing_at(w, q, deal)
        out[k] = slope


@kernel
def _refusal(x: float) -> float:
    """`sigma(-x)`, the chance of a refusal at scaled gain x."""
    return 1.0 / (1.0 + math.exp(min(x, 700.0)))


@unit("twiiiiffi>i")
def walk_path(
    t: Tables, w: Work, lane: int, speaker: int, n_needed: int, n_vertices: int, low: float, high: float, opening: int
) -> int:
    """Walk one path for the current `w.path_weight`, store its vertices in the window and put them on the menu.

    The window runs from the last vertex at or above `high` to the first one below `low` (stored, not on the menu).
    At the opening each vertex is also tried as the speaker's top deal.

    Returns:
        The number of vertices stored so far, over all paths.
    """
    world = w.world[lane]
    build_hulls(t, w, speaker)
    n_composites, n_parties = t.n_options.shape[0], t.view_row.shape[0]
    for q in range(n_parties):
        w.gains[q] = -w.floor[q]
    for c in range(n_composites):
        w.position[c] = 0
        w.deal[c] = w.hull[c, 0]
        for q in range(n_parties):
            w.gains[q] += w.view_value[q, c, w.deal[c]]
    while n_vertices < w.vertex_score.shape[0]:
        edge = next_edge(t, w, speaker)
        own_next = -1e300
        if edge >= 0:
            there = w.hull[edge, w.position[edge] + 1]
            own_next = w.gains[speaker] + w.view_value[speaker, edge, there] - w.view_value[speaker, edge, w.deal[edge]]
        if own_next < high:
            n_vertices = _store_vertex(t, w, lane, world, speaker, n_needed, n_vertices, low, opening)
        if edge < 0 or w.gains[speaker] < low:
            break
        for q in range(n_parties):
            w.gains[q] += w.view_value[q, edge, there] - w.view_value[q, edge, w.deal[edge]]
        w.deal[edge] = there
        w.position[edge] += 1
    return n_vertices


@kernel
def _store_vertex(
    t: Tables, w: Work, lane: int, world: int, speaker: int, n_needed: int, n_vertices: int, low: float, opening: int
) -> int:
    """Store the deal in `w.deal` as a vertex and put it on the menu if it gives the speaker `low`."""
    score = believed_score(t, w, world, speaker, n_needed)
    for c in range(w.deal.shape[0]):
        w.vertex_deal[n_vertices, c] = w.deal[c]
    for q in range(w.gains.shape[0]):
        w.vertex_gain[n_vertices, q] = w.gains[q]
    w.vertex_score[n_vertices] = score
    if w.gains[speaker] >= low:
        menu_add(w, lane, speaker, w.gains[speaker], score)
        if opening:
            consider_top(t, w, lane, world, speaker, n_needed)
    return n_vertices + 1


@kernel
def consider_top(t: Tables, w: Work, lane: int, world: int, speaker: int, n_needed: int) -> None:
    """Take the deal in `w.deal` as the speaker's top deal if it is better than the present one and all needed parties are content."""
    if w.gains[speaker] > w.top_gain[lane, speaker] and all_content(t, w, world, speaker, n_needed) == 1:
        w.top_gain[lane, speaker] = w.gains[speaker]
        for c in range(w.deal.shape[0]):
            w.top_deal[lane, speaker, c] = w.deal[c]


@unit("twiiiifi>-")
def improve_vertex(
    t: Tables, w: Work, lane: int, speaker: int, n_needed: int, vertex: int, low: float, opening: int
) -> None:
    """Try every change of one composite at a stored vertex; keep on the menu what is efficient.

    The score is concave in the gains where no shift applies, so slope times change bounds what a change can reach;
    changes that cannot beat the menu are not evaluated.
    """
    world = w.world[lane]
    n_composites, n_parties = t.n_options.shape[0], t.view_row.shape[0]
    deal, gains = w.vertex_deal[vertex], w.vertex_gain[vertex]
    score_slopes(t, w, world, n_needed, deal, gains, w.gradient)
    for c in range(n_composites):
        w.deal[c] = deal[c]
    for c in range(n_composites):
        here = deal[c]
        for k in range(w.n_ranked[c]):
            o = w.ranked[c, k]
            own = gains[speaker] + w.view_value[speaker, c, o] - w.view_value[speaker, c, here]
            if own < low:
                break
            if o == here:
                continue
            bound = w.vertex_score[vertex]
            for j in range(n_needed):
                q = w.needed[j]
                bound += w.gradient[j] * (w.view_value[q, c, o] - w.view_value[q, c, here])
            entry = menu_find(w, lane, speaker, own)
            hopeless = entry >= 0 and bound <= w.menu_score[lane, speaker, entry] + TINY
            if hopeless and not (opening and own > w.top_gain[lane, speaker]):
                continue
            for q in range(n_parties):
                w.gains[q] = gains[q] + w.view_value[q, c, o] - w.view_value[q, c, here]
            w.deal[c] = o
            menu_add(w, lane, speaker, own, believed_score(t, w, world, speaker, n_needed))
            if opening:
                consider_top(t, w, lane, world, speaker, n_needed)
            w.deal[c] = here


@unit("twiiif>i")
def set_path_weights(t: Tables, w: Work, lane: int, speaker: int, n_needed: int, aspiration: float) -> int:
    """Weights for the next path: the slopes of the score at the best offer so far for `aspiration`.

    Returns:
        0 if there is no such offer or every slope is nil, so that another path would add nothing; else 1.
    """
    entry = menu_find(w, lane, speaker, aspiration)
    if entry < 0:
        return 0
    world = w.world[lane]
    deal = w.menu_deal[lane, speaker, w.menu_slot[lane, speaker, entry]]
    for q in range(t.view_row.shape[0]):
        gain = -w.floor[q]
        for c in range(deal.shape[0]):
            gain += w.view_value[q, c, deal[c]]
        w.gains[q] = gain
    score_slopes(t, w, world, n_needed, deal, w.gains, w.path_weight)
    total = 0.0
    for k in range(n_needed):
        total += w.path_weight[k]
    return 1 if total > TINY else 0


@unit("twiiifffi>-")
def build_menu(
    t: Tables, w: Work, lane: int, fmt: int, speaker: int, month: float, low: float, high: float, opening: int
) -> None:
    """Build the speaker's menu for aspirations between `low` and `high` (gains over its reservation value, stakes).

    At the opening also find its top deal: the best it could get in a deal that every needed party is believed to value
    at its reservation or more, `w.top_deal` and `w.top_gain` (0 and the text in hand if there is none).
    """
    fill_beliefs(t, w, lane, fmt, speaker, month)
    rank_options(t, w, lane, fmt, speaker)
    n_needed = list_needed(t, w, lane, speaker)
    w.menu_size[lane, speaker] = 0
    w.menu_used[lane, speaker] = 0
    w.menu_low[lane, speaker] = low
    if opening:
        w.top_gain[lane, speaker] = 0.0
        for c in range(t.n_options.shape[0]):
            w.top_deal[lane, speaker, c] = w.base[lane, c]
    for k in range(n_needed):
        w.path_weight[k] = w.needed_weight[k]
    n_vertices = 0
    for path in range(N_PATHS):
        if path > 0 and n_needed < 2:
            break
        if path == 1 and set_path_weights(t, w, lane, speaker, n_needed, low) == 0:
            break
        if path == 2 and set_path_weights(t, w, lane, speaker, n_needed, 0.5 * (low + min(high, 1.0))) == 0:
            break
        weigh_others(t, w, n_needed)
        n_vertices = walk_path(t, w, lane, speaker, n_needed, n_vertices, low, high, opening)
    for vertex in range(n_vertices):
        own = w.vertex_gain[vertex, speaker]
        entry = menu_find(w, lane, speaker, own)
        efficient = own < low or entry < 0 or w.menu_score[lane, speaker, entry] <= w.vertex_score[vertex] + TINY
        if efficient or (opening and own > w.top_gain[lane, speaker]):
            improve_vertex(t, w, lane, speaker, n_needed, vertex, low, opening)
