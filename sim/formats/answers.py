"""How a table answers a text, and where a text is sorest for who refuses it."""

from __future__ import annotations

import math

import numpy as np

from sim.formats.table import author, is_neutral
from sim.rules.acceptance import error_needed
from sim.rules.chance import ERROR, FRESH, NOBODY, Key, logistic, slot
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.consent import carries
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.lines import crosses_now, freed_by
from sim.rules.ratification import part_change
from sim.rules.signing import weigh_signing
from sim.rules.utility import copy_row, floor_of, holds_barred, is_named, month_at, price_at, same_deal, value_of
from sim.types import work as at
from sim.types.tables import EQUILIBRIUM, FRESH_ERRORS, Flags, Floats, Ints, Tables
from sim.types.work import LEG_ROUNDS, PASS, STALL, Work

NOBODYS_TEXT = -1
NO_KEY = np.uint64(0)
"""Of a text whose answers hang on no further chance."""


@inlined
def same_as_before(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> bool:
    """True if the speaker's deal of round `step` is that of the round before, in the same lane and month."""
    if step <= w.first_round[lane] or not same_deal(w.offer[lane, step, speaker], w.offer[lane, step - 1, speaker]):
        return False
    return step % t.rounds_per_month[fmt] != 0


@unit("twiiii>-")
def note_gains(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> None:
    """True gains of all parties from the speaker's offer of round `step`, and whose firm lines it crosses."""
    if same_as_before(t, w, lane, fmt, step, speaker):
        copy_row(w.gain[lane, step - 1, speaker], w.gain[lane, step, speaker])
        copy_row(w.crossed[lane, step - 1, speaker], w.crossed[lane, step, speaker])
        return
    true_gains(t, w, lane, fmt, step, speaker)


@unit("twiiii>-")
def true_gains(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> None:
    """`note_gains` for a text that need not be the speaker's of the round before."""
    world = w.world[lane]
    month = month_at(t, w, fmt, step)
    deal = w.offer[lane, step, speaker]
    for q in range(t.view_row.shape[0]):
        gain = value_of(t, world, q, deal, month) - floor_of(t, world, q, w.fallback[lane], month)
        w.gain[lane, step, speaker, q] = gain
        barred = holds_barred(t, world, q, deal) or crosses_now(t, w, lane, q, deal)
        w.crossed[lane, step, speaker, q] = 1 if barred else 0


@unit("twiii>-")
def note_needs(t: Tables, w: Work, lane: int, step: int, speaker: int) -> None:
    """The least evaluation error with which each party would take the speaker's text before anybody presses it.

    Into `w.need` [P]: `max(gap, claim) + shift * conceded - worth`, or infinite where no error helps. It is the same in
    all runs of the lane, so that a run only has to compare.
    """
    deal, gains = w.offer[lane, step, speaker], w.gain[lane, step, speaker]
    worth, claims = w.worth[lane, step, speaker], w.claims[lane, step, speaker]
    fmt, party = w.at_table[0], speaker < t.view_row.shape[0]
    if party and same_as_before(t, w, lane, fmt, step, speaker) and w.kind[lane, step - 1, speaker] != PASS:
        copy_row(w.worth[lane, step - 1, speaker], worth)
        copy_row(w.claims[lane, step - 1, speaker], claims)
    else:
        weigh_signing(t, w, lane, deal, gains, month_at(t, w, fmt, step), worth, claims)
    own = speakers_bloc(t, w, speaker)
    for q in range(t.view_row.shape[0]):
        if (own >> q) & 1 or not is_asked(t, w, q, deal):
            continue
        shift = net_shift(t, w, w.world[lane], q, deal, gains, 0)
        w.need[lane, step, speaker, q] = need_of(t, w, lane, step, speaker, q, shift)


@inlined
def need_of(t: Tables, w: Work, lane: int, step: int, speaker: int, listener: int, shift: float) -> float:
    """The least evaluation error with which a listener takes a text of the table, with its reservation value shifted.

    Never across a firm line, nothing while stalling. It asks for its aspiration, or its claim on not signing if that is
    more; of a text of last resort for the claim alone. A guarantor asks no more than its reservation value; who plays
    an equilibrium takes what is worth at least what it expects from refusing, and does not err.
    """
    guards = (w.guards[0] >> listener) & 1
    if speaker == NOBODYS_TEXT:
        if w.crossed_now[listener] == 1:
            return math.inf
        if guards:
            return error_needed(w.true_gain[listener], 0.0, shift, 1.0)
        return error_needed(w.true_worth[listener], w.true_claim[listener], shift, 1.0)
    gain = w.gain[lane, step, speaker, listener]
    if w.crossed[lane, step, speaker, listener] == 1:
        return math.inf
    if guards:
        return error_needed(gain, 0.0, shift, 1.0)
    whose = author(t, w, speaker)
    if follows_plan(t, listener) and whose < t.view_row.shape[0]:
        least = t.plan_value[w.world[lane], w.at_table[0], whose, listener]
        return -math.inf if gain - shift >= least - ROUNDING else math.inf
    if w.kind[lane, step, listener] == STALL:
        return math.inf
    asked = max(w.gap[lane, step, listener], w.claims[lane, step, speaker, listener])
    return error_needed(w.worth[lane, step, speaker, listener], asked, shift, w.conceded[lane, step, listener])


@inlined
def error_for(t: Tables, w: Work, lane: int, key: Key, step: int, speaker: int, listener: int) -> float:
    """The listener's evaluation error for a text: that of the run, or with that variant a fresh one."""
    if t.switch[FRESH_ERRORS] == 0 or speaker == NOBODYS_TEXT:
        return w.error[listener]
    whose = author(t, w, speaker)
    who = t.chance_key[whose] if whose < t.chance_key.shape[0] else NOBODY
    address = slot(FRESH, step + LEG_ROUNDS * w.state[at.LEG], who, t.chance_key[listener])
    return logistic(key, address, float(t.precision[w.world[lane]]))


@unit("twikii>i")
def refusers(t: Tables, w: Work, lane: int, key: int, step: int, speaker: int) -> int:
    """Who refuses the text that `speaker` put in round `step`, as a bit mask, if the table does not take it; else 0."""
    text, gains, crossed = w.offer[lane, step, speaker], w.gain[lane, step, speaker], w.crossed[lane, step, speaker]
    return opposed(t, w, lane, key, step, speaker, text, gains, crossed)


@unit("twi>i")
def refuse_draft(t: Tables, w: Work, lane: int) -> int:
    """Who refuses the text of last resort in `w.draft[lane]`, as `refusers`.

    Nobody owns it, and the aspiration is the reservation value. Its true gains and crossed lines are in `w.true_gain`
    and `w.crossed_now`.
    """
    return opposed(t, w, lane, NO_KEY, 0, NOBODYS_TEXT, w.draft[lane], w.true_gain, w.crossed_now)


@kernel
def opposed(
    t: Tables, w: Work, lane: int, key: Key, step: int, speaker: int, text: Ints, gains: Floats, crossed: Flags
) -> int:
    """Who refuses a `text` [C] with these `gains` [P] and `crossed` lines [P], as a bit mask; 0 if it carries.

    First everyone answers with the support it has; then those who said yes, and the speaker, press those who said no.
    Guarantors answer only texts that name them. If the text carries against votes, those go to `w.outvoted`.
    """
    world, drafted = w.world[lane], speaker == NOBODYS_TEXT
    own = 0 if drafted else speakers_bloc(t, w, speaker)
    patrons, mask, abstained = own, 0, 0
    for q in range(t.view_row.shape[0]):
        if (own >> q) & 1 or not is_asked(t, w, q, text):
            continue
        if drafted:
            need = need_of(t, w, lane, step, speaker, q, net_shift(t, w, world, q, text, gains, 0))
        else:
            need = w.need[lane, step, speaker, q]
        if error_for(t, w, lane, key, step, speaker, q) >= need:
            patrons |= 1 << q
        elif may_abstain(t, w, world, q, text, gains, int(crossed[q])):
            abstained |= 1 << q
        else:
            mask |= 1 << q
    patrons &= w.only_presser[0]
    still = mask
    for q in range(t.view_row.shape[0]):
        if (mask >> q) & 1 == 1 and w.pressers[q] & patrons != 0:
            need = need_of(t, w, lane, step, speaker, q, net_shift(t, w, world, q, text, gains, patrons))
            if error_for(t, w, lane, key, step, speaker, q) >= need:
                still &= ~(1 << q)
    return unless_carried(t, w, world, speaker, still, abstained)


@inlined
def may_abstain(t: Tables, w: Work, world: int, party: int, deal: Ints, gains: Floats, crossed: int) -> bool:
    """True if the consent rule knows abstention and the text changes nothing for the party."""
    if t.abstains[w.at_table[0]] == 0 or crossed == 1:
        return False
    return abs(gains[party] - net_shift(t, w, world, party, deal, gains, 0)) <= ROUNDING


@unit("twiiii>i")
def unless_carried(t: Tables, w: Work, world: int, speaker: int, refused: int, abstained: int) -> int:
    """The mask of those who refuse, or 0 if the text carries: then they are outvoted, and a mandate may bind."""
    if not carries(t, w, world, refused, abstained):
        return refused
    w.outvoted[0] = refused
    w.mandated[0] = t.mandate[w.at_table[0]] if speaker >= 0 and speaker == w.drafter[0] else 0
    return 0


@unit("twi>i")
def speakers_bloc(t: Tables, w: Work, speaker: int) -> int:
    """Bit mask of those at the table who speak with one voice with `speaker`; 0 for a neutral one."""
    speaker = author(t, w, speaker)
    if is_neutral(t, w.at_table[0], speaker):
        return 0
    mask = 1 << speaker
    if w.blocs[0] == 0:
        return mask
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


@inlined
def follows_plan(t: Tables, party: int) -> bool:
    """True if the party plays the equilibrium that the tables hold for the format."""
    return t.strategy[party] == EQUILIBRIUM and t.plan_deal.shape[2] > 0


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
        if freed_by(t, world, party, deal, c, back):
            return i
        if change < depth:
            sorest, depth = i, change
    if sorest >= 0 or w.present[party] == 0 or t.talks[world, w.at_table[0], party] == 0:
        return sorest  # who has not talked has no top deal
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        top = w.top_deal[lane, party, c]
        if t.issue_option[i, top] != t.issue_option[i, deal[c]]:
            short = t.contribution[world, party, c, deal[c]] - t.contribution[world, party, c, top]
            if short < depth:
                sorest, depth = i, short
    return sorest
