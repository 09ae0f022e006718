"""How a table answers a text, and where a text is sorest for who refuses it."""

from __future__ import annotations

from sim.formats.table import is_neutral
from sim.rules.acceptance import accepts
from sim.rules.chance import ERROR, FRESH, NOBODY, logistic, slot
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.consent import carries
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.ratification import part_change
from sim.rules.utility import crosses, floor_of, month_at, price_at, same_deal, value_of
from sim.types.tables import EQUILIBRIUM, FRESH_ERRORS, Ints, Tables
from sim.types.work import LEG, STALL, Work

LEG_SLOTS = 4096  # rounds of one leg never reach this far: chance of another leg has slots of its own


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
        if (own >> q) & 1 or not is_asked(t, w, q, deal):
            continue
        shift = net_shift(t, w, world, q, deal, gains, 0)
        plain = final or (w.guards[0] >> q) & 1 == 1
        if listener_accepts(t, w, lane, key, step, speaker, q, float(gains[q]), int(crossed[q]), shift, plain):
            patrons |= 1 << q
        elif t.abstains[w.at_table[0]] == 1 and abs(gains[q] - shift) <= ROUNDING and crossed[q] == 0:
            abstained |= 1 << q
        else:
            mask |= 1 << q
    patrons &= w.only_presser[0]
    still = 0
    for q in range(t.view_row.shape[0]):
        pressed = (mask >> q) & 1 == 1 and w.pressers[q] & patrons != 0
        if pressed:
            shift = net_shift(t, w, world, q, deal, gains, patrons)
            plain = final or (w.guards[0] >> q) & 1 == 1
            gain, line = float(gains[q]), int(crossed[q])
            pressed = listener_accepts(t, w, lane, key, step, speaker, q, gain, line, shift, plain)
        if not pressed:
            still |= mask & (1 << q)
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
def is_asked(t: Tables, w: Work, party: int, deal: Ints) -> bool:
    """True for who answers at the table, and for a guarantor of the table that `deal` [C] names."""
    if w.present[party] == 1:
        return True
    return (w.guards[0] >> party) & 1 == 1 and is_named(t, party, deal)


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
