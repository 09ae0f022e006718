"""What every protocol shares at the table: who is there, the lanes, how listeners answer, who decided a failure."""

from __future__ import annotations

import math

from sim.rules.acceptance import accepts
from sim.rules.belief import CERTAIN_REFUSAL
from sim.rules.chance import ERROR, FRESH, NOBODY, logistic, slot
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.consent import carries
from sim.rules.convening import stays_away
from sim.rules.drafting import NOW, draft
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.learning import copy_memory
from sim.rules.ratification import part_change
from sim.rules.top import find_top
from sim.rules.utility import crosses, floor_of, month_at, price_at, same_deal, value_of
from sim.types.tables import (
    BASKETS,
    EASY_FIRST,
    EQUILIBRIUM,
    FAIR_SPLIT,
    FRESH_ERRORS,
    GIVEN,
    GUARANTOR,
    INTERESTED,
    MEDIATOR,
    SHUTTLE,
    SINGLE_TEXT,
    Ints,
    Tables,
)
from sim.types.work import CARRIED, LEG, ROOT, STALL, UNDRAFTED, WHOLE, Work

NOBODY_DRAFTS = -1
LEG_SLOTS = 4096  # rounds of one leg never reach this far: chance of another leg has slots of its own
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


@unit("twiii>-")
def seat_parties(t: Tables, w: Work, fmt: int, stage: int, away: int) -> None:
    """Lay the table of a stage of format `fmt`: who answers, in speaking order, all but the bit mask `away`.

    Also who stands guarantor there, who drafts, who may press, and whether votes are counted.
    """
    everyone = stage == WHOLE or t.protocol[fmt] != BASKETS
    w.at_table[0] = fmt
    w.by_count[0] = 0 if t.unanimous[fmt] == 1 else 1
    w.table_mask[0], w.guards[0] = 0, 0
    n = 0
    for p in range(t.view_row.shape[0]):
        w.present[p] = 0
        if t.seated[fmt, p] == GUARANTOR:
            w.guards[0] |= 1 << p
    for k in range(t.turn.shape[1]):
        p = t.turn[fmt, k]
        if p >= 0 and (away >> p) & 1 == 0 and (everyone or t.stage_seat[fmt, stage, p] == 1):
            w.present[p] = 1
            w.seats[n] = p
            w.table_mask[0] |= 1 << p
            n += 1
    w.n_seats[0] = n
    w.drafter[0] = drafter_of(t, w, fmt, stage)
    w.only_presser[0] = w.table_mask[0]
    if t.protocol[fmt] == SHUTTLE:  # the parties never meet: only who carries the texts can press
        w.only_presser[0] &= (1 << w.drafter[0]) if w.drafter[0] >= 0 else 0


@kernel
def drafter_of(t: Tables, w: Work, fmt: int, stage: int) -> int:
    """Who puts a text that belongs to no principal: the mediator, else P for the chair; -1 where nobody does."""
    protocol = t.protocol[fmt]
    n_parties = t.view_row.shape[0]
    if protocol == BASKETS and stage == t.n_stages[fmt] - 1:
        return n_parties
    if protocol not in (SINGLE_TEXT, SHUTTLE):
        return NOBODY_DRAFTS
    for p in range(n_parties):
        if t.seated[fmt, p] == MEDIATOR or (t.seated[fmt, p] == INTERESTED and w.present[p] == 1):
            return p
    return n_parties


@kernel
def is_neutral(t: Tables, fmt: int, speaker: int) -> bool:
    """True for the chair and for a mediator without a vote."""
    return speaker >= t.view_row.shape[0] or t.seated[fmt, speaker] == MEDIATOR


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


@kernel
def stage_row(t: Tables, w: Work, fmt: int, stage: int) -> int:
    """Row of `stage_issue` for the stage that comes at place `stage`."""
    return w.stage_order[stage] if t.n_stages[fmt] > 1 else stage


@kernel
def on_agenda(t: Tables, w: Work, fmt: int, stage: int, issue: int) -> bool:
    """True if the issue may be moved in a stage, or with WHOLE in any stage."""
    if stage != WHOLE:
        return t.stage_issue[fmt, stage_row(t, w, fmt, stage), issue] == 1
    for z in range(t.n_stages[fmt]):  # noqa: SIM110 (kernels have no generators)
        if t.stage_issue[fmt, z, issue] == 1:
            return True
    return False


@unit("twiii>-")
def open_options(t: Tables, w: Work, lane: int, fmt: int, stage: int) -> None:
    """Which options texts of a lane may use, into `w.open[lane]`: issues off the agenda stand as in the text in hand.

    Under early harvest what the text in hand has moved is off the table. Texts that earlier legs of a track left in
    force may be negotiated again.
    """
    for c in range(t.n_options.shape[0]):
        base = w.base[lane, c]
        taken = t.early_harvest[fmt] == 1 and base != w.in_force[c]
        for o in range(t.n_options[c]):
            w.open[lane, c, o] = 1 if o == base or (t.allowed[fmt, c, o] == 1 and not taken) else 0
    for i in range(t.level.shape[0]):
        if on_agenda(t, w, fmt, stage, i):
            continue
        c = t.issue_composite[i]
        stands = t.issue_option[i, w.base[lane, c]]
        for o in range(t.n_options[c]):
            if t.issue_option[i, o] != stands:
                w.open[lane, c, o] = 0


@unit("twiiiii>-")
def open_lane(t: Tables, w: Work, lane: int, world: int, fmt: int, first_round: int, stage: int) -> None:
    """Start a lane at `first_round` with the base in `w.next_base`: tops, menus and reciprocity begin anew."""
    load_world(t, w, world)
    w.world[lane] = world
    w.stage[lane] = stage
    w.leg[lane] = w.state[LEG]
    w.carry[lane] = w.state[CARRIED]
    w.first_round[lane] = first_round
    w.n_built[lane] = first_round
    w.n_opened[0] += 1
    w.serial[lane] = w.n_opened[0]
    w.draft_state[lane] = UNDRAFTED
    for c in range(t.n_options.shape[0]):
        w.base[lane, c] = w.next_base[c]
        w.package[lane, c] = w.next_package[c]
    open_options(t, w, lane, fmt, stage)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        w.received[lane, p] = 0.0
        w.closed[lane, p] = 0.0
        for q in range(w.heard.shape[2]):
            w.heard[lane, p, q] = 0
        w.menu_stamp[lane, p] = -1
        find_top(t, w, lane, fmt, p, first_round)
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
    return value_of(t, world, party, w.sketch, month) - floor_of(t, world, party, w.base[lane], month)


@kernel
def keep_clock(t: Tables, w: Work, lane: int, parent: int, fmt: int, first_round: int, stage: int) -> None:
    """Aspirations fall over a stage: a lane inside the stage keeps its clock, a new stage starts one."""
    if parent >= 0 and w.stage[parent] == stage and w.leg[parent] == w.state[LEG]:
        w.clock_first[lane], w.clock_last[lane] = w.clock_first[parent], w.clock_last[parent]
        return
    w.clock_first[lane], w.clock_last[lane] = first_round, t.n_rounds[fmt] - 1
    if stage != WHOLE and t.n_stages[fmt] > 1:
        w.clock_last[lane] = t.stage_last[fmt, stage]


@unit("tw>-")
def forget(t: Tables, w: Work) -> None:
    """Nothing was agreed, learned or broken before."""
    w.coalition[0], w.outvoted[0], w.mandated[0] = 0, 0, 0
    for e in range(w.state.shape[0]):
        w.state[e] = 0
    for n in range(w.spent_before.shape[0]):
        w.spent_before[n] = 0.0
    for c in range(t.n_options.shape[0]):
        w.in_force[c] = t.status_quo[c]
        w.next_base[c] = t.status_quo[c]
        w.next_package[c] = t.status_quo[c]
    for p in range(t.view_row.shape[0]):
        w.distrust[p] = 0
        w.n_seen[ROOT, 0, p] = 0.0
        for c in range(t.n_options.shape[0]):
            w.kept[ROOT, 0, p, c] = 0.0


@unit("twii>i")
def open_shared(t: Tables, w: Work, world: int, fmt: int) -> int:
    """Convene a format in a draw: everything that its replications share starts here, on the whole agenda.

    Returns:
        Bit mask of those invited who stayed away.
    """
    forget(t, w)
    w.n_lanes[0] = 1
    load_world(t, w, world)
    seat_parties(t, w, fmt, WHOLE, 0)
    order_stages(t, w, world, fmt)
    keep_clock(t, w, ROOT, -1, fmt, 0, WHOLE)
    open_lane(t, w, ROOT, world, fmt, 0, WHOLE)
    away = who_stays_away(t, w, ROOT, world, fmt)
    if away != 0:
        seat_parties(t, w, fmt, WHOLE, away)
        if blocs_seated(t, w) >= 2:
            open_lane(t, w, ROOT, world, fmt, 0, WHOLE)
    return away


@kernel
def who_stays_away(t: Tables, w: Work, lane: int, world: int, fmt: int) -> int:
    """Bit mask of the invited for whom coming is not worth it, by their top deals in the opened `lane`."""
    away = 0
    n_blocs = blocs_seated(t, w)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        value, cost = t.meeting_value[world, fmt, p], t.talk_cost[world, fmt, p]
        if stays_away(w.top_gain[lane, p], n_blocs, value, cost):
            away |= 1 << p
    return away


@unit("twii>-")
def order_stages(t: Tables, w: Work, world: int, fmt: int) -> None:
    """Order of the stages into `w.stage_order`: as given, or by what the worst off could gain from each issue alone.

    Easy first: the stage with the most for the worst off at the table comes first; hard first the other way round.
    Ties keep file order.
    """
    n = t.n_stages[fmt]
    for z in range(n):
        w.stage_order[z] = z
    if t.order[fmt] == GIVEN:
        return
    sign = 1.0 if t.order[fmt] == EASY_FIRST else -1.0
    for z in range(1, n):
        place = z
        ease = sign * ease_of(t, w, world, fmt, z)
        while place > 0 and sign * ease_of(t, w, world, fmt, w.stage_order[place - 1]) < ease:
            w.stage_order[place] = w.stage_order[place - 1]
            place -= 1
        w.stage_order[place] = z


@kernel
def ease_of(t: Tables, w: Work, world: int, fmt: int, row: int) -> float:
    """How easy a stage of one composite is: the most that the worst off at the table can gain on it alone, stakes."""
    best = -math.inf
    for c in range(t.n_options.shape[0]):
        if not moves_composite(t, fmt, row, c):
            continue
        quo = t.status_quo[c]
        for o in range(t.n_options[c]):
            worst = math.inf
            for k in range(w.n_seats[0]):
                p = w.seats[k]
                price = t.price[world, p] * (float(t.ending[c, o]) - float(t.ending[c, quo]))
                worst = min(worst, t.contribution[world, p, c, o] - t.contribution[world, p, c, quo] - price)
            if o != quo:
                best = max(best, worst)
    return best


@kernel
def moves_composite(t: Tables, fmt: int, row: int, composite: int) -> bool:
    """True if an issue of the composite is on the agenda of a stage."""
    for i in range(t.level.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.issue_composite[i] == composite and t.stage_issue[fmt, row, i] == 1:
            return True
    return False


@unit("twii>i")
def no_talks(t: Tables, w: Work, fmt: int, away: int) -> int:
    """1 if a required seat or that of a mediator with a vote is empty, or fewer than two blocs came."""
    for p in range(t.view_row.shape[0]):
        if (away >> p) & 1 and (t.required[fmt, p] == 1 or t.seated[fmt, p] == INTERESTED):
            return 1
    return 1 if blocs_seated(t, w) < 2 else 0


@unit("twiiiii>i")
def change_ground(t: Tables, w: Work, lane: int, world: int, fmt: int, step: int, stage: int) -> int:
    """Go over to the course that starts at round `step` in `world` with the base in `w.next_base`; see `turn_to`."""
    return turn_to(t, w, lane, world, fmt, step, stage, step)


@unit("twiiiiii>i")
def turn_to(t: Tables, w: Work, lane: int, world: int, fmt: int, step: int, stage: int, learned: int) -> int:
    """Leave `lane` for the course of a stage that starts at round `step` in `world` with the base in `w.next_base`.

    The lane is found again if an earlier run took the same turn from `lane`; else a new one is opened, and what was
    learned before round `learned` of the lane left goes along. When all lanes are taken the scratch lane serves, and serves again.

    Returns:
        The lane to go on in.
    """
    last = w.parent.shape[0] - 1
    for k in range(1, w.n_lanes[0]):
        if w.parent[k] == lane and w.first_round[k] == step and w.world[k] == world and same_course(w, k, stage):
            load_world(t, w, world)
            return k
    found = last
    if w.n_lanes[0] < last and lane != last:
        found = w.n_lanes[0]
        w.n_lanes[0] += 1
    w.parent[found] = lane
    if w.learns[0] == 1:
        copy_memory(w, lane, learned, found, step)
    keep_clock(t, w, found, lane, fmt, step, stage)
    open_lane(t, w, found, world, fmt, step, stage)
    return found


@kernel
def same_course(w: Work, lane: int, stage: int) -> bool:
    """True if a lane stands in the stage and leg at hand, with the same text, package and burden of earlier legs."""
    if w.stage[lane] != stage or w.leg[lane] != w.state[LEG] or w.carry[lane] != w.state[CARRIED]:
        return False
    return same_deal(w.base[lane], w.next_base) and same_deal(w.package[lane], w.next_package)


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
    month = month_at(t, w, fmt, step)
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
    """Who refuses the offer that `speaker` made in round `step`, as a bit mask, if the table does not take it; else 0.

    First everyone answers with the support it has; then those who said yes, and the speaker, press those who said no.
    Guarantors answer only texts that name them, and ask no more than their reservation value. If the text carries
    against votes, those go to `w.outvoted`. With `speaker` -1 the question is the last-resort text of the lane, which
    nobody owns and for which the aspiration is the reservation value; its true gains and crossed lines are in
    `w.true_gain` and `w.crossed_now`.
    """
    world = w.world[lane]
    patrons, mask, abstained = 0, 0, 0
    final = speaker < 0
    deal, gains, crossed = w.draft[lane], w.true_gain, w.crossed_now
    if not final:
        patrons = speakers_bloc(t, w, speaker)
        deal, gains, crossed = w.offer[lane, step, speaker], w.gain[lane, step, speaker], w.crossed[lane, step, speaker]
    own = patrons
    for q in range(t.view_row.shape[0]):
        guard = (w.guards[0] >> q) & 1 == 1
        if (own >> q) & 1 or (w.present[q] == 0 and not (guard and is_named(t, q, deal))):
            continue
        shift = net_shift(t, w, world, q, deal, gains, 0)
        plain = final or guard
        if listener_accepts(t, w, lane, key, step, speaker, q, float(gains[q]), int(crossed[q]), shift, plain):
            patrons |= 1 << q
        elif t.abstains[w.at_table[0]] == 1 and abs(gains[q] - shift) <= ROUNDING and crossed[q] == 0:
            abstained |= 1 << q
        else:
            mask |= 1 << q
    patrons &= w.only_presser[0]
    still = 0
    for q in range(t.view_row.shape[0]):
        if (mask >> q) & 1 == 0:
            continue
        if w.pressers[q] & patrons != 0:
            shift = net_shift(t, w, world, q, deal, gains, patrons)
            plain = final or (w.guards[0] >> q) & 1 == 1
            if listener_accepts(t, w, lane, key, step, speaker, q, float(gains[q]), int(crossed[q]), shift, plain):
                continue
        still |= 1 << q
    if not carries(t, w, world, still, abstained):
        return still
    w.outvoted[0] = still
    w.mandated[0] = t.mandate[w.at_table[0]] if speaker >= 0 and speaker == w.drafter[0] else 0
    return 0


@kernel
def speakers_bloc(t: Tables, w: Work, speaker: int) -> int:
    """Bit mask of those at the table who speak with one voice with `speaker`; 0 for a neutral one."""
    if is_neutral(t, w.at_table[0], speaker):
        return 0
    mask = 1 << speaker
    for k in range(w.n_seats[0]):
        if t.bloc[w.seats[k]] == t.bloc[speaker]:
            mask |= 1 << w.seats[k]
    return mask


@kernel
def is_named(t: Tables, party: int, deal: Ints) -> bool:
    """True if an option of `deal` [C] names the party as a guarantor."""
    for c in range(deal.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.named[party, c, deal[c]] == 1:
            return True
    return False


@inlined
def follows_plan(t: Tables, party: int) -> bool:
    """True if the party plays the equilibrium that the tables hold for the format."""
    return t.strategy[party] == EQUILIBRIUM and t.plan_deal.shape[2] > 0


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
    """One listener's answer: never across a firm line, nothing while stalling, else `rules.acceptance.accepts`.

    Who plays an equilibrium accepts what is worth at least what it expects from refusing.
    """
    if crossed == 1:
        return False
    if not final and follows_plan(t, listener) and speaker < t.view_row.shape[0]:
        return gain - shift >= t.plan_value[w.world[lane], w.at_table[0], speaker, listener] - ROUNDING
    if final:
        return accepts(gain, 0.0, shift, 1.0, w.error[listener])
    if w.kind[lane, step, listener] == STALL:
        return False
    error = w.error[listener]
    if t.switch[FRESH_ERRORS] == 1:
        who = t.chance_key[speaker] if speaker < t.chance_key.shape[0] else NOBODY
        address = slot(FRESH, step + LEG_SLOTS * w.state[LEG], who, t.chance_key[listener])
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
