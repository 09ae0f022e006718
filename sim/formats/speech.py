"""How parties speak at a table, whatever the protocol: what they demand, offer, hear and learn."""

from __future__ import annotations

import math

from sim.formats.answers import note_gains, note_needs
from sim.formats.table import is_neutral, stands_for_bloc
from sim.rules.attendance import stalls
from sim.rules.claims import claim_on_core
from sim.rules.drafting import redraft
from sim.rules.kernel import kernel, unit
from sim.rules.learning import copy_memory, observe
from sim.rules.menu import SLACK, menu_find
from sim.rules.offer import build_menu, renew_menu
from sim.rules.strategies import conceded_at, gap_at, reciprocity_of, share_left
from sim.rules.utility import copy_row, floor_of, month_at, same_deal, value_of
from sim.types.tables import BASKETS, RELATIVE_TIT_FOR_TAT, SHUTTLE, STALLER, STALLING, STANDARD, Tables
from sim.types.work import OFFER, PASS, STALL, Work

AHEAD = 16  # rounds that a menu serves while prices or beliefs move
DRIFT = 0.02  # stakes that the fastest price may drift before menus are built again
LEARNING = 1 << 20  # stamps from here on belong to a party that learns


@kernel
def demands(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> None:
    """Aspiration of `party` in round `step`: `w.gap` and `w.conceded`."""
    world = w.world[lane]
    if step == w.first_round[lane] or step % t.rounds_per_month[fmt] == 0:
        month = month_at(t, w, fmt, step)
        best = value_of(t, world, party, w.top_deal[lane, party], month)
        w.top_now[lane, party] = best - floor_of(t, world, party, w.fallback[lane], month)
        w.price_month[lane] = month
    share = share_left(t, w, lane, step, party)
    w.gap[lane, step, party] = gap_at(t, w, lane, share, party)
    w.conceded[lane, step, party] = conceded_at(t, w, lane, share, party)


@kernel
def asks(t: Tables, w: Work, lane: int, step: int, party: int) -> float:
    """What the party asks of its own texts in round `step` above its reservation value, stakes.

    Its aspiration, or its claim on the core where every text settles it.
    """
    return max(float(w.gap[lane, step, party]), claim_on_core(t, w, lane, party))


@kernel
def plays_for_time(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> bool:
    """True if the party stalls in the month of round `step`: decided at the month's start, never in the last month."""
    staller = t.strategy[party] == STALLER
    if not staller and (t.switch[STALLING] == 0 or step <= w.first_round[lane] or t.strategy[party] != STANDARD):
        return False
    per_month = t.rounds_per_month[fmt]
    last_month = step - step % per_month + per_month > w.clock_last[lane]
    if staller:
        return not last_month
    if step % per_month != 0:
        return w.kind[lane, step - 1, party] == STALL
    if last_month:
        return False
    world = w.world[lane]
    standing = -1.0
    for k in range(n_voices(t, w)):
        q = voice(w, k)
        if not of_one_mind(t, q, party) and w.kind[lane, step - 1, q] == OFFER:
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
    last = w.clock_last[lane]
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
    gap = asks(t, w, lane, step, party)
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
    months = (later - step) / t.rounds_per_month[fmt]
    least = claim_on_core(t, w, lane, party) - abs(t.drift[w.world[lane], party]) * months
    low = min(gap, max(gap_at(t, w, lane, share_left(t, w, lane, later, party), party), least))
    if known:
        renew_menu(t, w, lane, fmt, party, step, low, gap)
    else:
        build_menu(t, w, lane, fmt, party, step, low, gap)
        w.menu_until[lane, party] = until
    w.menu_stamp[lane, party] = stamp


@unit("twiiii>-")
def propose(t: Tables, w: Work, lane: int, fmt: int, step: int, party: int) -> None:
    """What `party` puts on the table in round `step`: `w.kind` (PASS, OFFER, STALL), `w.offer`, and what it is worth.

    A party passes if it knows no deal other than the text in hand that gives it its reservation value, or none that is
    worth what it expects of not signing.
    """
    demands(t, w, lane, fmt, step, party)
    kind = OFFER
    deal = w.top_deal[lane, party]
    if plays_for_time(t, w, lane, fmt, step, party):
        kind = STALL
    else:
        refresh_menu(t, w, lane, fmt, step, party)
        entry = menu_find(w, lane, party, asks(t, w, lane, step, party) - SLACK)
        if entry >= 0:
            deal = w.menu_deal[lane, party, w.menu_slot[lane, party, entry]]
        elif w.menu_size[lane, party] == 0 or claim_on_core(t, w, lane, party) > w.top_now[lane, party] + SLACK:
            kind = PASS
    if same_deal(deal, w.base[lane]):
        kind = PASS
    w.kind[lane, step, party] = kind
    copy_row(deal, w.offer[lane, step, party])
    note_gains(t, w, lane, fmt, step, party)


@unit("twiii>-")
def everybody_proposes(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """What everybody at the table would put in round `step` if given the floor."""
    for k in range(w.n_seats[0]):
        propose(t, w, lane, fmt, step, w.seats[k])


@kernel
def n_voices(t: Tables, w: Work) -> int:
    """How many put texts at the table: the seats, and a drafter who has none."""
    return int(w.n_seats[0]) + (1 if drafts_apart(t, w) else 0)


@kernel
def voice(w: Work, k: int) -> int:
    """Who puts texts, by number: the seats in speaking order, then a drafter without one."""
    return int(w.seats[k]) if k < w.n_seats[0] else int(w.drafter[0])


@kernel
def drafts_apart(t: Tables, w: Work) -> bool:
    """True if somebody drafts who does not answer: a neutral mediator or the chair; packages are put otherwise."""
    drafter = w.drafter[0]
    if t.protocol[w.at_table[0]] == BASKETS:
        return False
    return drafter >= 0 and (drafter >= w.present.shape[0] or w.present[drafter] == 0)


@kernel
def of_one_mind(t: Tables, speaker: int, party: int) -> bool:
    """True if a voice belongs to the party's bloc."""
    return speaker < t.bloc.shape[0] and t.bloc[speaker] == t.bloc[party]


@unit("twii>-")
def close_round(t: Tables, w: Work, lane: int, step: int) -> None:
    """After all have spoken: what it takes to say yes, what each has received from the others, what offers teach.

    Under shuttle the parties see what the mediator brings, and nothing of each other.
    """
    apart = t.protocol[w.at_table[0]] == SHUTTLE
    for k in range(n_voices(t, w)):
        if w.kind[lane, step, voice(w, k)] != PASS:
            note_needs(t, w, lane, step, voice(w, k))
    if w.learns[0] == 1:
        copy_memory(w, lane, step, lane, step + 1)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        if w.learns[0] == 1 and not apart and w.kind[lane, step, p] == OFFER:
            observe(t, w, lane, step, p)
        if t.strategy[p] != RELATIVE_TIT_FOR_TAT and reciprocity_of(t, w.world[lane], p) == 0.0:
            continue
        hear_others(t, w, lane, step, p, 1 if apart else 0)


@unit("twiiii>-")
def hear_others(t: Tables, w: Work, lane: int, step: int, party: int, apart: int) -> None:
    """Mean concession received: `w.received` in stakes, `w.closed` as a share of the others' way to the top deal."""
    total, closed, n = 0.0, 0.0, 0
    top = w.top_now[lane, party]
    for k in range(n_voices(t, w)):
        q = voice(w, k)
        seat = k < w.n_seats[0]
        if of_one_mind(t, q, party) or (seat and not stands_for_bloc(t, w, k)) or (apart == 1 and q != w.drafter[0]):
            continue
        if w.kind[lane, step, q] == OFFER:
            gain = w.gain[lane, step, q, party]
            if w.heard[lane, party, q] == 0:
                w.heard[lane, party, q] = 1
                w.first_gain[lane, party, q] = gain
                w.best_gain[lane, party, q] = gain
            w.best_gain[lane, party, q] = max(w.best_gain[lane, party, q], gain)
        if w.heard[lane, party, q] == 1:
            first = w.first_gain[lane, party, q]
            come = w.best_gain[lane, party, q] - first
            total += come
            closed += min(come / (top - first), 1.0) if top > first else 1.0
            n += 1
    w.received[lane, party] = total / n if n > 0 else 0.0
    w.closed[lane, party] = closed / n if n > 0 else 0.0


@unit("twiii>-")
def note_demands(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """What everybody at the table asks in round `step`, and who plays for time, where a drafter does the writing."""
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        demands(t, w, lane, fmt, step, p)
        w.kind[lane, step, p] = STALL if plays_for_time(t, w, lane, fmt, step, p) else PASS
        copy_row(w.base[lane], w.offer[lane, step, p])
        note_gains(t, w, lane, fmt, step, p)


@unit("twiii>-")
def draft_single_text(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """The drafter's text of round `step`: best for whoever gets least beyond what it asks now, as the drafter sees it.

    Each round's demands are the criticism of the last draft (Raiffa 1982, chapter 18). In the last round nobody asks
    for more than its reservation value. A mediator with a vote drafts what suits it instead, like any speaker.
    """
    drafter = w.drafter[0]
    if not is_neutral(t, fmt, drafter):
        propose(t, w, lane, fmt, step, drafter)
        return
    for q in range(t.view_row.shape[0]):
        w.seen_as[q] = t.view_row[drafter, q] if drafter < t.view_row.shape[0] else q
        w.demand[q] = 0.0
        if w.present[q] == 1:
            w.demand[q] = max(w.gap[lane, step, q], claim_on_core(t, w, lane, q))
    best = redraft(t, w, lane, month_at(t, w, fmt, step), step)
    w.kind[lane, step, drafter] = OFFER if best > -math.inf else PASS
    copy_row(w.sketch, w.offer[lane, step, drafter])
    note_gains(t, w, lane, fmt, step, drafter)
