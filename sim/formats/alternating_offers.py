"""Stacked alternating offers for any number of seats (Rubinstein 1982; Aydogan et al. 2017).

In a round every seat proposes once, in speaking order from a seat chosen by chance; the others answer each offer; the
first offer that nobody refuses closes the round. A package that settles the core ends the talks; one that leaves core
open becomes the text in hand, and talks go on.
"""

from __future__ import annotations

import numpy as np

from sim.formats.table import blocs_seated, change_ground, draw_errors, note_gains, refusers, stands_for_bloc
from sim.rules.aspiration import blended_gap, conceded_share, time_share
from sim.rules.chance import NOBODY, SHOCK, START, slot, uniform
from sim.rules.kernel import kernel, unit
from sim.rules.learning import copy_memory, observe
from sim.rules.menu import SLACK, menu_find
from sim.rules.offer import build_menu, renew_menu
from sim.rules.stalling import stalls
from sim.rules.utility import floor_of, same_deal, settles_core, value_of
from sim.types.tables import STALLING, Tables
from sim.types.work import OFFER, PASS, ROOT, STALL, Work

SPOKEN_FOR, TIME_IS_UP = 0, 1
AHEAD = 16  # rounds that a menu serves while prices or beliefs move
DRIFT = 0.02  # stakes that the fastest price may drift before menus are built again
LEARNING = 1 << 20  # stamps from here on belong to a party that learns


@kernel
def demands(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> None:
    """Aspiration of `party` in round `step`: `w.gap` and `w.conceded`."""
    world = w.world[lane]
    if step == w.first_round[lane] or step % t.rounds_per_month[fmt] == 0:
        month = float(step // t.rounds_per_month[fmt])
        best = value_of(t, world, party, w.top_deal[lane, party], month)
        w.top_now[lane, party] = best - floor_of(t, world, party, w.base[lane], month)
    top = w.top_now[lane, party]
    share = time_share(step, t.n_rounds[fmt], t.exponent[world, party])
    w.gap[lane, step, party] = blended_gap(top, share, w.received[lane, party], t.reciprocity[world, party])
    w.conceded[lane, step, party] = conceded_share(top, share, w.received[lane, party], t.reciprocity[world, party])


@kernel
def plays_for_time(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> bool:
    """True if the party stalls in the month of round `step`: decided at the month's start, never in the last month."""
    if t.switch[STALLING] == 0 or step <= w.first_round[lane]:
        return False
    per_month = t.rounds_per_month[fmt]
    if step % per_month != 0:
        return w.kind[lane, step - 1, party] == STALL
    if step + per_month >= t.n_rounds[fmt]:
        return False
    world = w.world[lane]
    standing = -1.0
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        if t.bloc[q] != t.bloc[party] and w.kind[lane, step - 1, q] == OFFER:
            standing = max(standing, w.gain[lane, step - 1, q, party])
    value, cost = t.meeting_value[world, fmt, party], t.talk_cost[world, fmt, party]
    return stalls(t.drift[world, party], value, cost, t.patience[world, party], standing)


@kernel
def menu_stamp(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> int:
    """Number that changes when a menu of `speaker` is out of date: with months if prices drift, with offers learned."""
    month, heard = 0, 0
    for q in range(t.view_row.shape[0]):
        if t.drift[w.world[lane], q] != 0.0:
            month = step // t.rounds_per_month[fmt]
        if w.learns[0] == 1 and t.view_row[speaker, q] >= t.view_row.shape[0]:
            heard += 1 + int(w.n_seen[lane, step, q])
    return month + LEARNING * heard


@kernel
def last_round_ahead(t: Tables, w: Work, lane: int, fmt: int, step: int, stamp: int) -> int:
    """Last round that a menu built in round `step` has to serve.

    All that are left if nothing moves; else some rounds ahead, fewer where prices drift fast.
    """
    last = t.n_rounds[fmt] - 1
    if stamp >= LEARNING:
        last = min(step + AHEAD, last)
    fastest = 0.0
    for q in range(t.view_row.shape[0]):
        fastest = max(fastest, abs(t.drift[w.world[lane], q]))
    if fastest > 0.0:
        per_month = t.rounds_per_month[fmt]
        months = max(1, min(AHEAD // per_month, int(DRIFT / fastest)))
        last = min((step // per_month + months) * per_month - 1, last)
    return int(last)


@unit("twiiii>-")
def refresh_menu(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> None:
    """Build or renew the party's menu if beliefs or prices have moved, or its aspiration has left the menu's window.

    The window is what the party may come to demand in the rounds that the menu has to serve.
    """
    world = w.world[lane]
    gap = w.gap[lane, step, party]
    stamp = menu_stamp(t, w, lane, fmt, step, party)
    inside = gap >= w.menu_low[lane, party] and gap <= w.menu_high[lane, party] + SLACK
    known = w.menu_stamp[lane, party] >= 0 and step <= w.menu_until[lane, party] and inside
    if known and stamp == w.menu_stamp[lane, party]:
        return
    until = w.menu_until[lane, party]
    if not known:
        until = last_round_ahead(t, w, lane, fmt, step, stamp)
    later = until
    if known:
        later = step if stamp >= LEARNING else min(step + t.rounds_per_month[fmt] - 1, until)
    share = time_share(later, t.n_rounds[fmt], t.exponent[world, party])
    rho = t.reciprocity[world, party]
    low = min(gap, blended_gap(w.top_now[lane, party], share, w.received[lane, party], rho))
    if known:
        renew_menu(t, w, lane, fmt, party, step, low, gap)
    else:
        build_menu(t, w, lane, fmt, party, step, low, gap)
        w.menu_until[lane, party] = until
    w.menu_stamp[lane, party] = stamp


@unit("twiiii>-")
def propose(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> None:
    """What `party` puts on the table in round `step`: `w.kind` (PASS, OFFER, STALL), `w.offer`, and what it is worth.

    A party passes if it knows no deal other than the text in hand that gives it its reservation value.
    """
    demands(t, w, lane, fmt, step, party)
    kind = OFFER
    deal = w.top_deal[lane, party]
    if plays_for_time(t, w, lane, fmt, step, party):
        kind = STALL
    else:
        refresh_menu(t, w, lane, fmt, step, party)
        entry = menu_find(w, lane, party, w.gap[lane, step, party] - SLACK)
        if entry >= 0:
            deal = w.menu_deal[lane, party, w.menu_slot[lane, party, entry]]
    if same_deal(deal, w.base[lane]):
        kind = PASS
    w.kind[lane, step, party] = kind
    for c in range(deal.shape[0]):
        w.offer[lane, step, party, c] = deal[c]
    note_gains(t, w, lane, fmt, step, party)


@unit("twii>-")
def close_round(t: Tables, w: Work, lane: int, step: int) -> None:
    """After all seats have spoken: what each has received from the others, and what their offers teach."""
    if w.learns[0] == 1:
        copy_memory(w, lane, step, lane, step + 1)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        if w.learns[0] == 1 and w.kind[lane, step, p] == OFFER:
            observe(t, w, lane, step, p)
        if t.reciprocity[w.world[lane], p] == 0.0:
            continue
        total, n = 0.0, 0
        for j in range(w.n_seats[0]):
            q = w.seats[j]
            if t.bloc[q] == t.bloc[p] or not stands_for_bloc(t, w, j):
                continue
            if w.kind[lane, step, q] == OFFER:
                gain = w.gain[lane, step, q, p]
                if w.heard[lane, p, q] == 0:
                    w.heard[lane, p, q] = 1
                    w.first_gain[lane, p, q] = gain
                    w.best_gain[lane, p, q] = gain
                w.best_gain[lane, p, q] = max(w.best_gain[lane, p, q], gain)
            if w.heard[lane, p, q] == 1:
                total += w.best_gain[lane, p, q] - w.first_gain[lane, p, q]
                n += 1
        w.received[lane, p] = total / n if n > 0 else 0.0


@kernel
def build_round(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """Everything said in round `step` of a lane; rounds are built in order and each once."""
    if step < w.n_built[lane]:
        return
    for k in range(w.n_seats[0]):
        propose(t, w, lane, fmt, step, w.seats[k])
    close_round(t, w, lane, step)
    w.n_built[lane] = step + 1


@unit("tiki>i")
def shock_in(t: Tables, world: int, key: int, month: int) -> int:
    """Regime of the first shock that occurs in `month`, in file order; 0 for none."""
    for g in range(1, t.n_regimes[0]):
        address = slot(SHOCK, month, np.uint64(g), NOBODY)
        if uniform(key, address) < t.hazard[world, g - 1]:
            return g
    return 0


@unit("twikiii>i")
def hear_round(t: Tables, w: Work, lane: int, key: int, step: int, start: int, final: int) -> int:
    """Put the offers of a built round to the table, from seat `start` on.

    Returns:
        The speaker whose offer nobody refused, or -1. In the last round the closest refused offer goes to `w.closest`.
    """
    n = w.n_seats[0]
    fewest = 1000
    for k in range(n):
        p = w.seats[(start + k) % n]
        if w.kind[lane, step, p] == PASS:
            continue
        mask = refusers(t, w, lane, key, step, p)  # pyright: ignore[reportArgumentType]
        if mask == 0:
            return p  # pyright: ignore[reportReturnType]
        if final == 1:
            count = 0
            for q in range(t.view_row.shape[0]):
                count += (mask >> q) & 1
            if count < fewest:
                fewest = count
                w.closest[0], w.closest[1] = mask, p
    return -1


@unit("twk>i")
def starting_seat(t: Tables, w: Work, key: int) -> int:
    """Seat that speaks first in every round of the run: each bloc with equal chance, by its first seat."""
    n_blocs = blocs_seated(t, w)
    drawn = min(int(uniform(key, slot(START, 0, NOBODY, NOBODY)) * n_blocs), n_blocs - 1)
    for k in range(w.n_seats[0]):
        if stands_for_bloc(t, w, k):
            if drawn == 0:
                return k
            drawn -= 1
    return 0


@unit("twiik>i")
def play_talk(t: Tables, w: Work, world: int, fmt: int, key: int) -> int:
    """One talk by this protocol, from the opened first lane to its end.

    Returns:
        SPOKEN_FOR with a text that settles the core in `w.tabled`, or TIME_IS_UP with the text in hand in
        `w.base[lane]`; the round and the lane are in `w.ending`.
    """
    lane = ROOT
    regime = 0
    start = starting_seat(t, w, key)
    w.closest[0], w.closest[1] = 0, -1
    n_rounds = t.n_rounds[fmt]
    for step in range(n_rounds):
        if step % t.rounds_per_month[fmt] == 0 and regime == 0:
            regime = shock_in(t, world, key, step // t.rounds_per_month[fmt])
            if regime > 0:
                for c in range(w.next_base.shape[0]):
                    w.next_base[c] = w.base[lane, c]
                lane = change_ground(t, w, lane, world + regime, fmt, step)
                draw_errors(t, w, world + regime, key)  # pyright: ignore[reportArgumentType]
        build_round(t, w, lane, fmt, step)
        speaker = hear_round(t, w, lane, key, step, start, 1 if step == n_rounds - 1 else 0)
        if speaker < 0:
            continue
        w.ending[0], w.ending[1] = step, lane
        for c in range(w.tabled.shape[0]):
            w.tabled[c] = w.offer[lane, step, speaker, c]
            w.next_base[c] = w.tabled[c]
        if settles_core(t, w.tabled):
            return SPOKEN_FOR
        lane = change_ground(t, w, lane, w.world[lane], fmt, step + 1)
    w.ending[0], w.ending[1] = n_rounds - 1, lane
    return TIME_IS_UP
