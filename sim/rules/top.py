"""The best that a party could hope for: the top of its aspirations.

`top_p` is the best own value in a feasible deal which every needed party is believed to value at its reservation or
more. It is searched on a few trade-off paths, each walked from the party's best deal down to the first deal that all
accept, and then by changing one composite at a time upwards. Its loss against exact enumeration is tested.
"""

from __future__ import annotations

from sim.rules.belief import all_content, fill_beliefs, list_needed, score_parts
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.lines import is_stuck, keep_lists, keeps_lines, list_lines, narrow_lists, restore_lists
from sim.rules.menu import SLACK
from sim.rules.paths import build_hulls, look_ahead, next_edge, rank_options, weigh_others
from sim.rules.utility import copy_row, same_deal
from sim.types.tables import Ints, Tables
from sim.types.work import N_PATHS, Work

N_CLIMBS = 4


@inlined
def change_option(w: Work, composite: int, option: int) -> None:
    """Change one composite of `w.deal`, keeping `w.gains` in step."""
    here = w.deal[composite]
    for q in range(w.gains.shape[0]):
        w.gains[q] += w.view_value[q, composite, option] - w.view_value[q, composite, here]
    w.deal[composite] = option


@kernel
def take_top(w: Work, lane: int, speaker: int) -> None:
    """Make the deal in `w.deal` the speaker's top deal."""
    w.top_gain[lane, speaker] = w.gains[speaker]
    copy_row(w.deal, w.top_deal[lane, speaker])


@inlined
def plainly_short(w: Work, n_needed: int) -> bool:
    """True if somebody at the table falls short by more than any pressure: no need to look closer."""
    if w.by_count[0] == 1:
        return False
    for j in range(n_needed):
        q = w.needed[j]
        if w.gains[q] + w.most_pressure[q] < -SLACK and w.present[q] == 1:
            return True
    return False


@unit("twiii>i")
def walk_to_content(t: Tables, w: Work, lane: int, speaker: int, n_needed: int) -> int:
    """Walk one path for the present `w.path_weight` down to the first deal that all needed parties accept.

    The deal just above it is left as vertex 0; the deal itself as vertex 1. 1 if there is such a deal that gives the
    speaker its reservation value or more, else 0.
    """
    world = w.world[lane]
    build_hulls(t, w, speaker)
    for c in range(w.deal.shape[0]):
        w.position[c] = 0
        look_ahead(w, speaker, c)
        w.deal[c] = w.hull[c, 0]
    recall(w, w.deal)
    while w.gains[speaker] >= 0.0:
        if (
            not plainly_short(w, n_needed)
            and (w.n_lines[0] == 0 or keeps_lines(t, w))
            and all_content(t, w, world, speaker, n_needed) == 1
        ):
            keep_vertex(w, 1)
            if w.gains[speaker] > w.top_gain[lane, speaker]:
                take_top(w, lane, speaker)
            return 1
        keep_vertex(w, 0)
        edge = next_edge(w)
        if edge < 0:
            return 0
        w.position[edge] += 1
        look_ahead(w, speaker, edge)
        change_option(w, edge, w.hull[edge, w.position[edge]])
    return 0


@inlined
def keep_vertex(w: Work, vertex: int) -> None:
    """Store `w.deal` and `w.gains` as a vertex."""
    copy_row(w.deal, w.vertex_deal[vertex])
    copy_row(w.gains, w.vertex_gain[vertex])


@inlined
def recall(w: Work, deal: Ints) -> None:
    """Put `deal` [C] into `w.deal` and its believed gains into `w.gains`."""
    for q in range(w.gains.shape[0]):
        w.gains[q] = -w.floor[q]
    for c in range(w.deal.shape[0]):
        w.deal[c] = deal[c]
        for q in range(w.gains.shape[0]):
            w.gains[q] += w.view_value[q, c, deal[c]]


@unit("twiii>i")
def climb(t: Tables, w: Work, lane: int, speaker: int, n_needed: int) -> int:
    """Try every change of one composite of `w.deal` for a better top deal; 1 if one was found."""
    world = w.world[lane]
    better = 0
    for c in range(w.deal.shape[0]):
        here = w.deal[c]
        own_here = w.gains[speaker] - w.view_value[speaker, c, here]
        for k in range(w.n_ranked[speaker, c]):
            o = w.ranked[speaker, c, k]
            if own_here + w.view_value[speaker, c, o] <= w.top_gain[lane, speaker]:
                break
            change_option(w, c, o)
            if (
                not plainly_short(w, n_needed)
                and (w.n_lines[0] == 0 or keeps_lines(t, w))
                and all_content(t, w, world, speaker, n_needed) == 1
            ):
                take_top(w, lane, speaker)
                better = 1
            change_option(w, c, here)
    return better


@unit("twiiii>i")
def look_around(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int) -> int:
    """What a speaker knows in round `step`: beliefs, usable options, lines, whose consent it needs; of how many."""
    fill_beliefs(t, w, lane, fmt, speaker, step)
    rank_options(t, w, lane, fmt, speaker, step)
    list_lines(t, w, lane, speaker)
    return list_needed(t, w, lane, speaker)


@unit("twiiii>-")
def find_top(t: Tables, w: Work, lane: int, fmt: int, speaker: int, step: int) -> None:
    """Find the speaker's top deal as it sees things in round `step`, into `w.top_deal` and `w.top_gain`.

    If no deal is good enough for all, the top is what the speaker has: the text in hand, gain 0. Where conditional
    lines are to be kept, each way of keeping them is searched.
    """
    n_needed = look_around(t, w, lane, fmt, speaker, step)
    w.top_gain[lane, speaker] = 0.0
    copy_row(w.base[lane], w.top_deal[lane, speaker])
    if w.n_ways[0] > 1:
        keep_lists(t, w, speaker)
    for way in range(w.n_ways[0]):
        if narrow_lists(t, w, speaker, way) and not is_stuck(t, w, speaker):
            search_top(t, w, lane, speaker, n_needed)
    if w.n_ways[0] > 1:
        restore_lists(t, w, speaker)


@kernel
def start_search(t: Tables, w: Work, lane: int, speaker: int) -> None:
    """Where climbing starts if no path begins above the reservation value: the text in hand as far as it may stand."""
    for c in range(t.n_options.shape[0]):
        here = w.base[lane, c]
        if w.must_settle[lane] == 1 or w.n_ways[0] > 1:
            here = w.ranked[speaker, c, 0]
            for k in range(w.n_ranked[speaker, c]):
                if w.ranked[speaker, c, k] == w.base[lane, c]:
                    here = w.base[lane, c]
        w.vertex_deal[0, c] = here


@unit("twiii>-")
def search_top(t: Tables, w: Work, lane: int, speaker: int, n_needed: int) -> None:
    """Search a better top deal among the options that the speaker may use now.

    Paths are weighted equally first, then by who is short at the deal above and at the deal found.
    """
    world = w.world[lane]
    start_search(t, w, lane, speaker)
    for k in range(n_needed):
        w.path_weight[k] = 0.5 * t.precision[world] * w.needed_weight[k]
    content = 0
    for path in range(N_PATHS):
        if path > 0 and n_needed < 2:
            break
        if path > 0:
            recall(w, w.vertex_deal[0 if path == 1 else content])
            score_parts(t, w, speaker, n_needed, w.deal, w.gains, w.path_weight)
        weigh_others(t, w, world, speaker, n_needed, 0)
        before = w.top_gain[lane, speaker]
        content = walk_to_content(t, w, lane, speaker, n_needed)
        recall(w, w.vertex_deal[0])
        climb(t, w, lane, speaker, n_needed)
        if path > 0 and w.top_gain[lane, speaker] <= before + SLACK:
            break
    if w.must_settle[lane] == 1 and same_deal(w.top_deal[lane, speaker], w.base[lane]):
        return
    for _ in range(N_CLIMBS):
        recall(w, w.top_deal[lane, speaker])
        if climb(t, w, lane, speaker, n_needed) == 0:
            break
