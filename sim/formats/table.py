"""What every protocol shares at the table: who is there, the lanes, how listeners answer, who decided a failure."""

from __future__ import annotations

import math

from sim.rules.acceptance import accepts
from sim.rules.belief import CERTAIN_REFUSAL
from sim.rules.chance import ERROR, FRESH, logistic, slot
from sim.rules.coercion import net_shift
from sim.rules.convening import stays_away
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.learning import copy_memory
from sim.rules.ratification import part_change
from sim.rules.top import find_top
from sim.rules.utility import crosses, floor_of, price_at, same_deal, value_of
from sim.types.tables import FRESH_ERRORS, PRINCIPAL, Tables
from sim.types.work import ROOT, STALL, UNDRAFTED, Work

EXPECTED_PASS = 0.05  # how often an absent party consents, for a path that keeps away from what it owns


@unit("twi>-")
def load_world(t: Tables, w: Work, world: int) -> None:  # noqa: C901 (one pass over parties; each loop is plain)
    """Fill what depends on the world alone: standing per composite option, who can be moved by others, blocs."""
    if w.loaded[0] == world:
        return
    w.loaded[0] = world
    n_parties, n_composites = t.view_row.shape[0], t.n_options.shape[0]
    mistaken = t.contribution.shape[1] > n_parties
    w.learns[0] = 1 if mistaken and t.learning_prior[world] < 1e300 else 0
    w.blocs[0] = 0
    for p in range(n_parties):
        w.has_standing[p] = 0
        w.pressers[p] = 0
        w.supporters[p] = 0
        if t.bloc[p] != p:
            w.blocs[0] = 1
        for g in range(n_parties):
            if t.bloc[g] != t.bloc[p] and t.leverage[world, g, p] * t.motive[world, g, p] > 0.0:
                w.pressers[p] |= 1 << g
            if t.bloc[g] != t.bloc[p] and t.support[world, g, p] > 0.0:
                w.supporters[p] |= 1 << g
        for c in range(n_composites):
            for o in range(t.n_options[c]):
                w.standing_max[p, c, o] = 0.0
        for i in range(t.level.shape[0]):
            c = t.issue_composite[i]
            for o in range(t.n_options[c]):
                if t.standing[world, p, i, o] > w.standing_max[p, c, o]:
                    w.standing_max[p, c, o] = t.standing[world, p, i, o]
                    w.has_standing[p] = 1
        weigh_standing(t, w, p)


@kernel
def weigh_standing(t: Tables, w: Work, party: int) -> None:
    """What a party has standing on, and what that costs a text that it will hardly consent to.

    `log(1 - s + s * EXPECTED_PASS)` for an option with standing `s`; `log(1 - s + s * exp(CERTAIN_REFUSAL))` for the
    largest standing of all, into `w.keep_off` and `w.refusal`.
    """
    largest, n = 0.0, 0
    for c in range(t.n_options.shape[0]):
        before = largest
        largest = 0.0
        for o in range(t.n_options[c]):
            standing = w.standing_max[party, c, o]
            w.keep_off[party, c, o] = math.log(1.0 - standing + standing * EXPECTED_PASS) if standing > 0.0 else 0.0
            largest = max(largest, standing)
        if largest > 0.0:
            w.owns[party, n] = c
            n += 1
        largest = max(largest, before)
    w.n_owns[party] = n
    w.refusal[party] = math.log(1.0 - largest + largest * math.exp(CERTAIN_REFUSAL))


@kernel
def seat_parties(t: Tables, w: Work, fmt: int, away: int) -> None:
    """Seat the principals of format `fmt` in speaking order, all but the bit mask `away`."""
    for p in range(t.view_row.shape[0]):
        w.present[p] = 1 if t.seated[fmt, p] == PRINCIPAL and not (away >> p) & 1 else 0
    n = 0
    w.table_mask[0] = 0
    for k in range(t.turn.shape[1]):
        p = t.turn[fmt, k]
        if p >= 0 and w.present[p] == 1:
            w.seats[n] = p
            w.table_mask[0] |= 1 << p
            n += 1
    w.n_seats[0] = n


@kernel
def stands_for_bloc(t: Tables, w: Work, k: int) -> bool:
    """True if seat `k` is the first of its bloc in speaking order."""
    for j in range(k):  # noqa: SIM110 (kernels have no generators)
        if t.bloc[w.seats[j]] == t.bloc[w.seats[k]]:
            return False
    return True


@kernel
def blocs_seated(t: Tables, w: Work) -> int:
    """Blocs at the table."""
    n = 0
    for k in range(w.n_seats[0]):
        if stands_for_bloc(t, w, k):
            n += 1
    return n


@unit("twiiii>-")
def open_lane(t: Tables, w: Work, lane: int, world: int, fmt: int, first_round: int) -> None:
    """Start a lane at `first_round` with the base in `w.next_base`: tops, menus and reciprocity begin anew.

    Under early harvest what the base has moved is off the table.
    """
    load_world(t, w, world)
    w.world[lane] = world
    w.first_round[lane] = first_round
    w.n_built[lane] = first_round
    w.n_opened[0] += 1
    w.serial[lane] = w.n_opened[0]
    w.draft_state[lane] = UNDRAFTED
    for c in range(t.n_options.shape[0]):
        w.base[lane, c] = w.next_base[c]
        taken = t.early_harvest[fmt] == 1 and w.base[lane, c] != t.status_quo[c]
        w.frozen[lane, c] = 1 if taken else 0
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        w.received[lane, p] = 0.0
        for q in range(t.view_row.shape[0]):
            w.heard[lane, p, q] = 0
        w.menu_stamp[lane, p] = -1
        find_top(t, w, lane, fmt, p, first_round)


@unit("twii>i")
def open_shared(t: Tables, w: Work, world: int, fmt: int) -> int:
    """Convene: seat the principals, open the first lane, and let those stay away for whom coming is not worth it.

    Returns:
        Bit mask of the invited principals who stayed away.
    """
    load_world(t, w, world)
    seat_parties(t, w, fmt, 0)
    w.n_lanes[0] = 1
    for c in range(t.n_options.shape[0]):
        w.next_base[c] = t.status_quo[c]
    for p in range(t.view_row.shape[0]):
        w.n_seen[ROOT, 0, p] = 0.0
        for c in range(t.n_options.shape[0]):
            w.kept[ROOT, 0, p, c] = 0.0
    open_lane(t, w, ROOT, world, fmt, 0)
    away = 0
    n_blocs = blocs_seated(t, w)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        value, cost = t.meeting_value[world, fmt, p], t.talk_cost[world, fmt, p]
        if stays_away(w.top_gain[ROOT, p], n_blocs, value, cost):
            away |= 1 << p
    if away != 0:
        seat_parties(t, w, fmt, away)
        if blocs_seated(t, w) >= 2:
            open_lane(t, w, ROOT, world, fmt, 0)
    return away


@unit("twii>i")
def no_talks(t: Tables, w: Work, fmt: int, away: int) -> int:
    """1 if a required seat is empty or fewer than two principals came."""
    for p in range(t.view_row.shape[0]):
        if (away >> p) & 1 and t.required[fmt, p] == 1:
            return 1
    return 1 if blocs_seated(t, w) < 2 else 0


@unit("twiiii>i")
def change_ground(t: Tables, w: Work, lane: int, world: int, fmt: int, step: int) -> int:
    """Go over to the course that starts at round `step` in `world` with the base in `w.next_base`.

    The lane is found again if an earlier run took the same turn from `lane`; else a new one is opened, and what was
    learned goes along. When all lanes are taken the scratch lane serves, and serves again.

    Returns:
        The lane to go on in.
    """
    last = w.parent.shape[0] - 1
    for k in range(1, w.n_lanes[0]):
        same_turn = w.parent[k] == lane and w.first_round[k] == step and w.world[k] == world
        if same_turn and same_deal(w.base[k], w.next_base):
            load_world(t, w, world)
            return k
    found = last
    if w.n_lanes[0] < last and lane != last:
        found = w.n_lanes[0]
        w.n_lanes[0] += 1
    w.parent[found] = lane
    if w.learns[0] == 1:
        copy_memory(w, lane, step, found, step)
    open_lane(t, w, found, world, fmt, step)
    return found


@inlined
def same_as_before(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> bool:
    """True if the speaker's deal of round `step` is that of the round before, in the same lane and month."""
    if step <= w.first_round[lane] or step % t.rounds_per_month[fmt] == 0:
        return False
    return same_deal(w.offer[lane, step, speaker], w.offer[lane, step - 1, speaker])


@unit("twiiii>-")
def note_gains(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> None:
    """True gains of all parties from the speaker's offer of round `step`, and whose firm lines it crosses."""
    world = w.world[lane]
    month = float(step // t.rounds_per_month[fmt])
    deal = w.offer[lane, step, speaker]
    if same_as_before(t, w, lane, fmt, step, speaker):
        for q in range(t.view_row.shape[0]):
            w.gain[lane, step, speaker, q] = w.gain[lane, step - 1, speaker, q]
            w.crossed[lane, step, speaker, q] = w.crossed[lane, step - 1, speaker, q]
        return
    for q in range(t.view_row.shape[0]):
        gain = value_of(t, world, q, deal, month) - floor_of(t, world, q, w.base[lane], month)
        w.gain[lane, step, speaker, q] = gain
        w.crossed[lane, step, speaker, q] = 1 if crosses(t, world, q, deal) else 0


@unit("twikii>i")
def refusers(t: Tables, w: Work, lane: int, key: int, step: int, speaker: int) -> int:
    """Who at the table refuses the offer that `speaker` made in round `step`, as a bit mask; 0 means agreement.

    First everyone answers with the support it has; then those who said yes, and the speaker, press those who said no.
    With `speaker` -1 the question is the last-resort text of the lane, which nobody owns and for which the aspiration
    is the reservation value; its true gains and crossed lines are in `w.true_gain` and `w.crossed_now`.
    """
    world = w.world[lane]
    patrons, mask = 0, 0
    final = speaker < 0
    deal, gains, crossed = w.draft[lane], w.true_gain, w.crossed_now
    if not final:
        patrons = 1 << speaker
        deal, gains, crossed = w.offer[lane, step, speaker], w.gain[lane, step, speaker], w.crossed[lane, step, speaker]
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        if speaker >= 0 and t.bloc[q] == t.bloc[speaker]:
            patrons |= 1 << q
            continue
        shift = net_shift(t, w, world, q, deal, gains, 0)
        said_yes = listener_accepts(t, w, lane, key, step, speaker, q, float(gains[q]), int(crossed[q]), shift, final)
        if said_yes:
            patrons |= 1 << q
        else:
            mask |= 1 << q
    if mask == 0:
        return 0
    still = 0
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        if (mask >> q) & 1 == 0:
            continue
        if w.pressers[q] & patrons != 0:
            shift = net_shift(t, w, world, q, deal, gains, patrons)
            if listener_accepts(t, w, lane, key, step, speaker, q, float(gains[q]), int(crossed[q]), shift, final):
                continue
        still |= 1 << q
    return still


@inlined
def listener_accepts(
    t: Tables,
    w: Work,
    lane: int,
    key: int,
    step: int,
    speaker: int,
    listener: int,
    gain: float,
    crossed: int,
    shift: float,
    final: bool,
) -> bool:
    """One listener's answer: never across a firm line, nothing while stalling, else `rules.acceptance.accepts`."""
    if crossed == 1:
        return False
    if final:
        return accepts(gain, 0.0, shift, 1.0, w.error[listener])
    if w.kind[lane, step, listener] == STALL:
        return False
    error = w.error[listener]
    if t.switch[FRESH_ERRORS] == 1:
        address = slot(FRESH, step, t.chance_key[speaker], t.chance_key[listener])
        error = logistic(key, address, float(t.precision[w.world[lane]]))
    return accepts(gain, w.gap[lane, step, listener], shift, w.conceded[lane, step, listener], error)


@unit("twik>-")
def draw_errors(t: Tables, w: Work, world: int, key: int) -> None:
    """One evaluation error per party and run, `logit(u) / lambda`, into `w.error` [P]; a bloc shares it.

    `u` is fixed for the run; a shock that changes the precision scales the error with it.
    """
    for p in range(w.error.shape[0]):
        w.error[p] = logistic(key, slot(ERROR, 0, t.chance_key[p], t.chance_key[p]), t.precision[world])


@unit("twiif>i")
def sorest_issue(t: Tables, w: Work, lane: int, party: int, month: float) -> int:
    """Issue on which `w.deal` hurts a refusing party most, or falls furthest short of its top deal; -1 for none.

    A crossed firm line comes first; then the move that costs it most; a party that merely holds out for more is sore
    where the distance to its own top deal is largest.
    """
    deal = w.deal
    world = w.world[lane]
    price = price_at(t, world, party, month)
    sorest, depth = -1, 0.0
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        if t.moved[i, deal[c]] == 0:
            continue
        change = part_change(t, world, party, i, deal, price)
        back = t.strike_to[i, deal[c]]
        if t.barred[world, party, c, deal[c]] == 1 and t.barred[world, party, c, back] == 0:
            return i
        if change < depth:
            sorest, depth = i, change
    if sorest >= 0 or w.present[party] == 0:  # who is not at the table has no top deal
        return sorest
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        top = w.top_deal[lane, party, c]
        if t.issue_option[i, top] != t.issue_option[i, deal[c]]:
            short = t.contribution[world, party, c, deal[c]] - t.contribution[world, party, c, top]
            if short < depth:
                sorest, depth = i, short
    return sorest
