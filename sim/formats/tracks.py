"""Tracks: a sequence of formats, and what one leg leaves to the next.

Carried over: what is in force (the next leg bargains from it), what was learned, levers spent by what stood, distrust
for texts that were not kept, the counter-coalition of those whom a text passed over, and the months gone by. What was
agreed behind closed doors may be remembered otherwise by those who were there; then it binds nobody.
"""

from __future__ import annotations

import numpy as np

from sim.formats.agenda import order_stages
from sim.formats.answers import draw_errors
from sim.formats.course import SPOKEN_FOR, TIME_IS_UP, shock_in
from sim.formats.endgame import (
    O_COLLAPSED,
    O_PARTIAL,
    O_PROCESS,
    O_SETTLEMENT,
    R_BANKED,
    R_PROCESS_TEXT,
    R_SETTLED,
    conclude,
    highest_level,
    record_no_talks,
    write_run,
    write_signed,
)
from sim.formats.lanes import forget, no_talks, turn_to, who_stays_away
from sim.formats.table import load_world, principals_seated, seat_parties
from sim.rules.chance import MEMORY, NOBODY, mix64, slot, uniform
from sim.rules.consent import signatories
from sim.rules.kernel import kernel, unit
from sim.rules.ratification import strike_out
from sim.rules.utility import copy_row, gains_of, same_deal, settles_core
from sim.types import work as at
from sim.types.outcomes import Runs
from sim.types.tables import BASKETS, OPEN_RULE, PROCESS, PROPOSAL_AND_VOTE, SHUTTLE, SINGLE_TEXT, Tables
from sim.types.work import ROOT, WHOLE, Work

ISSUES = 4096  # issues of a scenario never reach this far
NO_LOSS = 1e-9  # stakes
SPENT_STEPS = 1e9  # shares of levers spent differ by more, or not at all
_SHIFT = np.uint64(17)


@unit("twi>-")
def begin_track(t: Tables, w: Work, world: int) -> None:
    """Begin a run of a track: nothing carried, no leg behind."""
    forget(t, w)
    load_world(t, w, world)
    w.leg[ROOT] = -1
    w.state[at.LANE], w.state[at.WORLD] = ROOT, world


@unit("twiii>i")
def open_leg(t: Tables, w: Work, track: int, leg: int, learned: int) -> int:
    """Convene a leg: its table, its lane on the whole agenda from what is in force, and who stays away.

    `learned` is the round up to which the leg before has taught; its lane is in `w.state[at.LANE]`. Returns the bit
    mask of the invited who stayed away.
    """
    fmt, world, before = t.legs[track, leg], w.state[at.WORLD], w.state[at.LANE]
    if w.learns[0] == 0:
        before, learned = ROOT, 0  # how it came to this leaves no trace but what is carried
    w.state[at.LEG] = leg
    copy_row(w.in_force, w.next_base)
    seat_parties(t, w, world, fmt, WHOLE, 0, 0)
    order_stages(t, w, world, fmt)
    w.state[at.LANE] = turn_to(t, w, before, world, fmt, 0, WHOLE, learned)
    away = who_stays_away(t, w, w.state[at.LANE], world, fmt)
    if away != 0:
        note_carried(w, away)
        seat_parties(t, w, world, fmt, WHOLE, away, 0)
        if principals_seated(t, w, fmt) >= 2:  # pyright: ignore[reportArgumentType]
            w.state[at.LANE] = turn_to(t, w, before, world, fmt, 0, WHOLE, learned)
    w.state[at.AWAY] = away
    return away  # pyright: ignore[reportReturnType]


@kernel
def note_carried(w: Work, value: int) -> None:
    """Mix one more thing into the number that tells apart what runs carry into a leg."""
    mixed = mix64(np.uint64(w.state[at.CARRIED]) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(value) + np.uint64(1))
    w.state[at.CARRIED] = np.int64(mixed >> _SHIFT)


@unit("twoiiikii>i")
def close_leg(t: Tables, w: Work, out: Runs, row: int, track: int, leg: int, key: int, step: int, played: int) -> int:
    """After a leg's row is written: carry on what it leaves. `played` is 0 if too few came.

    1 if the next leg follows; 0 if the track ends, with the row made whole.
    """
    fmt, last = t.legs[track, leg], leg == t.n_legs[track] - 1
    out.legs[row, leg] = out.outcome[row]
    if out.outcome[row] == O_SETTLEMENT:
        return 0
    if last:
        finish_track(t, w, out, row, key)
        return 0
    if played == 1:
        leave_behind(t, w, out, row, fmt, key)
        w.state[at.MONTHS] += step // t.rounds_per_month[fmt] + 1
    pass_months(t, w, key, int(t.leg_gap[track, leg + 1]))
    if 0 < w.state[at.LAPSES] <= w.state[at.MONTHS]:
        w.state[at.LAPSES] = 0
        copy_row(t.status_quo, w.in_force)
    lapse_in_force(t, w)
    carry(t, w, step)
    return 1


@kernel
def lapse_in_force(t: Tables, w: Work) -> None:
    """Put back at the status quo what is in force and has lapsed by now."""
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        lasts = t.lasts[i, w.in_force[c]]
        if 0 < lasts <= w.state[at.MONTHS] - w.since[i]:
            w.in_force[c] = t.strike_to[i, w.in_force[c]]


@kernel
def pass_months(t: Tables, w: Work, key: int, months: int) -> None:
    """Months between two legs go by: a shock may occur in each of them, as in months of talks."""
    for _ in range(months):
        calm = w.state[at.WORLD] - w.state[at.WORLD] % t.n_regimes[0]
        if w.state[at.WORLD] == calm:
            regime = shock_in(t, calm, key, w.state[at.MONTHS])
            if regime > 0:
                w.state[at.WORLD] = calm + regime
                draw_errors(t, w, w.state[at.WORLD], key)
        w.state[at.MONTHS] += 1


@unit("twoiik>-")
def leave_behind(t: Tables, w: Work, out: Runs, row: int, fmt: int, key: int) -> None:
    """What a leg that was held leaves: distrust, a counter-coalition, spent levers, and what is in force.

    Of a text that somebody will leave it is noted when.
    """
    agreed = not same_deal(w.tabled, w.in_force)
    collapsed = out.outcome[row] == O_COLLAPSED
    broken = agreed and (collapsed or not same_deal(w.tabled, w.text))
    if agreed:
        gains_of(t, w.state[at.WORLD], w.tabled, w.in_force, float(out.month[row] - 1), w.true_gain)
    for p in range(t.view_row.shape[0]):
        if w.present[p] == 1 and broken:
            w.distrust[p] += 1
        if w.present[p] == 0 and agreed and w.true_gain[p] < -NO_LOSS:
            w.coalition[0] |= 1 << p
    for n in range(t.spent_patron.shape[0]):
        stands = t.spent_option[n, w.text[t.spent_composite[n]]]
        w.spent_before[n] = max(w.spent_before[n], t.spent[w.state[at.WORLD], n] * stands)
    if t.public[fmt] == 0 and misremembered(t, w, key) == 1 and not broken:
        for k in range(w.n_seats[0]):
            w.distrust[w.seats[k]] += 1
    if not same_deal(w.text, w.in_force):
        w.state[at.LAPSES] = out.month[row] + out.held[row] if collapsed else 0
    put_in_force(t, w, int(out.month[row]))


@kernel
def put_in_force(t: Tables, w: Work, months: int) -> None:
    """What stands in `w.text` [C] is in force, by those who signed it; what is new of it since so many `months`."""
    for c in range(w.text.shape[0]):
        w.signed[c] = signatories(t, w, c, w.text[c])
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        if t.issue_option[i, w.text[c]] != t.issue_option[i, w.in_force[c]]:
            w.since[i] = months
    copy_row(w.text, w.in_force)


@unit("twk>i")
def misremembered(t: Tables, w: Work, key: int) -> int:
    """Take out of `w.text` what this leg has moved and somebody at the table remembers otherwise; 1 if anything."""
    doubted = 0
    chance = t.misremembering[w.state[at.WORLD]]
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        w.strike[i] = 0
        if t.issue_option[i, w.text[c]] == t.issue_option[i, w.in_force[c]]:
            continue
        for k in range(w.n_seats[0]):
            who = t.chance_key[w.seats[k]]
            place = slot(MEMORY, w.state[at.LEG] * ISSUES + i, who, NOBODY)  # pyright: ignore[reportArgumentType]
            if uniform(key, place) < chance:
                w.strike[i] = 1
                doubted = 1
    if doubted == 1:
        strike_out(t, w)
    return doubted


@kernel
def carry(t: Tables, w: Work, step: int) -> None:
    """Number of what the next leg starts from: runs that carry the same share its lane."""
    w.state[at.CARRIED] = 0
    if w.learns[0] == 1:
        note_carried(w, step)
    for n in range(w.spent_before.shape[0]):
        note_carried(w, int(w.spent_before[n] * SPENT_STEPS))
    note_carried(w, w.state[at.MONTHS])
    note_carried(w, w.state[at.LAPSES])
    note_carried(w, w.coalition[0])
    for c in range(t.n_options.shape[0]):
        note_carried(w, w.in_force[c])
    for p in range(t.view_row.shape[0]):
        note_carried(w, w.distrust[p])


@unit("twoik>-")
def finish_track(t: Tables, w: Work, out: Runs, row: int, key: int) -> None:
    """The last leg added nothing: the row tells what earlier legs have left in force, and whether it lasts."""
    if not same_deal(w.text, w.in_force) or same_deal(w.in_force, t.status_quo):
        return
    level, world = highest_level(t, w.in_force), w.state[at.WORLD]
    month = float(max(out.month[row] - 1, w.state[at.MONTHS]))  # a leg that was not held has no month of its own
    copy_row(w.in_force, w.text)
    copy_row(w.in_force, w.tabled)
    if level == PROCESS:
        write_run(t, w, out, row, world, month, O_PROCESS, R_PROCESS_TEXT)
        return
    outcome, reason = O_PARTIAL, R_BANKED
    if settles_core(t, w.text):
        outcome, reason = O_SETTLEMENT, R_SETTLED
    write_signed(t, w, out, row, w.state[at.LANE], world, key, month, outcome, reason)


@unit("twiiiik>i")
def unplayed(t: Tables, w: Work, lane: int, world: int, fmt: int, away: int, key: int) -> int:
    """Stands in for protocols that no leg uses, so that they are not compiled."""
    return TIME_IS_UP


play_alternating_offers = play_proposal_and_vote = play_single_text = play_shuttle = play_baskets = unplayed
play_open_rule = unplayed


@unit("twiiiik>i")
def play_leg(t: Tables, w: Work, lane: int, world: int, fmt: int, away: int, key: int) -> int:
    """One talk of a leg by its format's protocol; see `course.play_talk`. Bound to those that the tracks use."""
    protocol = t.protocol[fmt]
    if protocol == PROPOSAL_AND_VOTE:
        return play_proposal_and_vote(t, w, lane, world, fmt, away, key)
    if protocol == SINGLE_TEXT:
        return play_single_text(t, w, lane, world, fmt, away, key)
    if protocol == SHUTTLE:
        return play_shuttle(t, w, lane, world, fmt, away, key)
    if protocol == BASKETS:
        return play_baskets(t, w, lane, world, fmt, away, key)
    if protocol == OPEN_RULE:
        return play_open_rule(t, w, lane, world, fmt, away, key)
    return play_alternating_offers(t, w, lane, world, fmt, away, key)


@unit("twoiik>-")
def play_track(t: Tables, w: Work, out: Runs, row: int, track: int, key: int) -> None:
    """One run of a track begun by `begin_track`, leg by leg, into its row."""
    learned = 0
    for leg in range(t.n_legs[track]):
        fmt = t.legs[track, leg]
        away = open_leg(t, w, track, leg, learned)
        step, played = 0, 0
        if no_talks(t, w, fmt, away) == 1:
            record_no_talks(t, w, out, row, w.state[at.WORLD], fmt, away)  # pyright: ignore[reportArgumentType]
        else:
            status = play_leg(t, w, w.state[at.LANE], w.state[at.WORLD], fmt, away, key)  # pyright: ignore[reportArgumentType]
            step, played = w.ending[0], 1
            w.state[at.LANE] = w.ending[1]
            settled = 1 if status == SPOKEN_FOR else 0
            conclude(t, w, out, row, w.state[at.LANE], fmt, key, step, settled)  # pyright: ignore[reportArgumentType]
        if close_leg(t, w, out, row, track, leg, key, step, played) == 0:  # pyright: ignore[reportArgumentType]
            return
        learned = step + played
