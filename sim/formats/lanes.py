"""Lanes: courses of talks that runs share, how they are opened, left and found again; who comes to the first."""

from __future__ import annotations

from sim.formats.agenda import open_options, order_stages
from sim.formats.table import load_world, principals_seated, seat_parties
from sim.rules.attendance import stays_away
from sim.rules.claims import share_expected
from sim.rules.drafting import NOW, draft
from sim.rules.kernel import kernel, unit
from sim.rules.learning import copy_memory
from sim.rules.lines import wait_for_later
from sim.rules.top import find_top
from sim.rules.utility import copy_row, floor_of, month_at, same_deal, value_of
from sim.types import work as at
from sim.types.tables import FAIR_SPLIT, INTERESTED, Tables
from sim.types.work import NOTHING_MOVED, ROOT, UNDRAFTED, WHOLE, Work

NOBODY_OWNS, UNASKED = -1, -1


@unit("twiiiii>-")
def open_lane(t: Tables, w: Work, lane: int, world: int, fmt: int, first_round: int, stage: int) -> None:
    """Start a lane at `first_round` with the base in `w.next_base`: tops, menus and reciprocity begin anew."""
    load_world(t, w, world)
    w.world[lane] = world
    w.stage[lane] = stage
    w.leg[lane] = w.state[at.LEG]
    w.carry[lane] = w.state[at.CARRIED]
    w.first_round[lane] = first_round
    w.n_built[lane] = first_round
    w.n_opened[0] += 1
    w.serial[lane] = w.n_opened[0]
    w.draft_state[lane] = UNDRAFTED
    w.drafted_in[lane] = -1
    w.why[lane] = UNASKED
    copy_row(w.next_base, w.base[lane])
    copy_row(w.in_force if t.undertaking[fmt] == 1 else w.next_base, w.fallback[lane])
    open_options(t, w, lane, fmt, stage)
    wait_for_later(t, w, lane, fmt, stage)
    w.price_month[lane] = month_at(t, w, fmt, first_round)
    n_blocs, months = principals_seated(t, w, fmt), t.next_chance[world]
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        w.received[lane, p] = 0.0
        w.closed[lane, p] = 0.0
        for q in range(w.heard.shape[2]):
            w.heard[lane, p, q] = 0
        w.menu_stamp[lane, p] = -1
        patience = t.patience[world, p]
        w.claim_share[lane, p] = share_expected(max(1, n_blocs), t.optimism[world, p], patience, months)
        find_top(t, w, lane, fmt, p, first_round)
        w.top_now[lane, p] = w.top_gain[lane, p]
        if t.strategy[p] == FAIR_SPLIT:
            w.fair_gain[lane, p] = fair_share(t, w, lane, fmt, p, first_round)


@kernel
def fair_share(t: Tables, w: Work, lane: int, fmt: int, party: int, step: int) -> float:
    """Gain that the party believes the deal best for the worst off would bring it; 0 if there is none."""
    month = month_at(t, w, fmt, step)
    for q in range(t.view_row.shape[0]):
        w.seen_as[q] = t.view_row[party, q]
        w.demand[q] = 0.0
    if draft(t, w, lane, month, NOW) <= 0.0:
        return 0.0
    world = w.world[lane]
    return value_of(t, world, party, w.sketch, month) - floor_of(t, world, party, w.fallback[lane], month)


@kernel
def keep_clock(t: Tables, w: Work, lane: int, parent: int, fmt: int, first_round: int, stage: int) -> None:
    """Aspirations fall over a stage: a lane inside the stage keeps its clock, a new stage starts one."""
    if parent >= 0 and w.stage[parent] == stage and w.leg[parent] == w.state[at.LEG]:
        w.clock_first[lane], w.clock_last[lane] = w.clock_first[parent], w.clock_last[parent]
        return
    w.clock_first[lane], w.clock_last[lane] = first_round, t.n_rounds[fmt] - 1
    if stage != WHOLE and t.n_stages[fmt] > 1:
        w.clock_last[lane] = t.stage_last[fmt, stage]


@unit("tw>-")
def forget(t: Tables, w: Work) -> None:
    """Nothing was agreed, learned or broken before."""
    w.coalition[0], w.outvoted[0], w.mandated[0], w.left_out[0] = 0, 0, 0, 0
    for c in range(w.signed.shape[0]):
        w.signed[c], w.dissent[c] = 0, 0
    for e in range(w.state.shape[0]):
        w.state[e] = 0
    for n in range(w.spent_before.shape[0]):
        w.spent_before[n] = 0.0
    copy_row(t.status_quo, w.in_force)
    copy_row(t.status_quo, w.next_base)
    for p in range(t.view_row.shape[0]):
        w.distrust[p] = 0
        w.n_seen[ROOT, 0, p] = 0.0
        for c in range(t.n_options.shape[0]):
            w.kept[ROOT, 0, p, c] = 0.0


@unit("twii>i")
def open_shared(t: Tables, w: Work, world: int, fmt: int) -> int:
    """Convene a format in a draw: everything that its replications share starts here, on the whole agenda.

    Returns the bit mask of those invited who stayed away.
    """
    forget(t, w)
    w.n_lanes[0] = 1
    load_world(t, w, world)
    seat_parties(t, w, world, fmt, WHOLE, 0, 0)
    order_stages(t, w, world, fmt)
    keep_clock(t, w, ROOT, -1, fmt, 0, WHOLE)
    open_lane(t, w, ROOT, world, fmt, 0, WHOLE)
    away = who_stays_away(t, w, ROOT, world, fmt)
    if away != 0:
        seat_parties(t, w, world, fmt, WHOLE, away, 0)
        if principals_seated(t, w, fmt) >= 2:
            open_lane(t, w, ROOT, world, fmt, 0, WHOLE)
    return away


@kernel
def who_stays_away(t: Tables, w: Work, lane: int, world: int, fmt: int) -> int:
    """Bit mask of the invited for whom coming is not worth it, by their top deals in the opened `lane`."""
    away = 0
    n_blocs = principals_seated(t, w, fmt)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        value, cost = t.meeting_value[world, fmt, p], t.talk_cost[world, fmt, p]
        if stays_away(w.top_gain[lane, p], n_blocs, value, cost):
            away |= 1 << p
    return away


@unit("twii>i")
def no_talks(t: Tables, w: Work, fmt: int, away: int) -> int:
    """1 if a required seat or that of a mediator with a vote is empty, or principals of fewer than two blocs came."""
    return 1 if away & indispensable(t, fmt) != 0 or principals_seated(t, w, fmt) < 2 else 0


@kernel
def indispensable(t: Tables, fmt: int) -> int:
    """Bit mask of those without whom there are no talks: required seats and a mediator with a vote."""
    mask = 0
    for p in range(t.view_row.shape[0]):
        if t.required[fmt, p] == 1 or t.seated[fmt, p] == INTERESTED:
            mask |= 1 << p
    return mask


@kernel
def clear_floor(w: Work) -> None:
    """Take the text of an open rule off the floor: whoever is recognised next proposes."""
    w.state[at.OWNER], w.state[at.MOTION] = NOBODY_OWNS, NOTHING_MOVED


@unit("twiiiii>i")
def change_ground(t: Tables, w: Work, lane: int, world: int, fmt: int, step: int, stage: int) -> int:
    """Go over to the course that starts at round `step` in `world` with the base in `w.next_base`; see `turn_to`.

    No text is on the floor then.
    """
    clear_floor(w)
    return turn_to(t, w, lane, world, fmt, step, stage, step)


@unit("twiiiiii>i")
def turn_to(t: Tables, w: Work, lane: int, world: int, fmt: int, step: int, stage: int, learned: int) -> int:
    """Leave `lane` for the course of a stage that starts at round `step` in `world` with the base in `w.next_base`.

    The lane is found again if an earlier run took the same turn from `lane`; else a new one is opened, and what was
    learned before round `learned` of the lane left goes along. When all lanes are taken the scratch lane serves, and
    serves again. Returns the lane to go on in.
    """
    last = w.parent.shape[0] - 1
    for k in range(1, w.n_lanes[0]):
        if w.parent[k] == lane and w.first_round[k] == step and w.world[k] == world and same_course(w, k, stage):
            load_world(t, w, world)
            return k
    opened = last
    if w.n_lanes[0] < last and lane != last:
        opened = w.n_lanes[0]
        w.n_lanes[0] += 1
    w.parent[opened] = lane
    if w.learns[0] == 1:
        copy_memory(w, lane, learned, opened, step)
    keep_clock(t, w, opened, lane, fmt, step, stage)
    open_lane(t, w, opened, world, fmt, step, stage)
    return opened


@kernel
def same_course(w: Work, lane: int, stage: int) -> bool:
    """True if a lane stands in the stage and leg at hand, with the same text and burden of earlier legs."""
    if w.stage[lane] != stage or w.leg[lane] != w.state[at.LEG] or w.carry[lane] != w.state[at.CARRIED]:
        return False
    return same_deal(w.base[lane], w.next_base)
