"""What a text is worth to a party that is to sign it: less where the absent may stop it, and where signing costs.

A signatory at a two-level table discounts a text by the chance that it comes into force (Putnam 1988 and Iida 1993,
Journal of Conflict Resolution 37), as far as it foresees that, and answers for its signature at home (Fearon 1994,
American Political Science Review 88).
"""

from __future__ import annotations

import math

from sim.rules.belief import log_sigmoid, standing_at
from sim.rules.claims import claim_on
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.durability import enforcement_of
from sim.rules.kernel import inlined, kernel
from sim.rules.utility import crosses, is_named, price_at
from sim.types.tables import FORESEEN, Floats, Ints, Tables
from sim.types.work import Work


@inlined
def worth_signing(gain: float, chance: float, cost: float) -> float:
    """`pi * gain - c` of a gain, `gain - c` of a loss: what signing is worth, stakes.

    `chance` pi that the text is not stopped, in [0, 1]; `cost` c of the signature, stakes, 0 or more.
    """
    return (chance * gain if gain > 0.0 else gain) - cost


@inlined
def kept_by(foresight: float, standing: float, consents: float) -> float:
    """`1 - phi * s * (1 - P)`: believed chance that an absent party does not stop a text; all in [0, 1]."""
    return 1.0 - foresight * standing * (1.0 - consents)


@kernel
def believed_gain(t: Tables, w: Work, lane: int, view: int, party: int, deal: Ints, month: float) -> float:
    """Gain of a party from `deal` [C] over what it falls back to, with the saliences of row `view`, stakes."""
    world, gain, in_force = w.world[lane], -t.outside[w.world[lane], party], 0.0
    price = price_at(t, world, party, month)
    for c in range(deal.shape[0]):
        worth, quo, stands = t.contribution[world, view, c], t.status_quo[c], w.fallback[lane, c]
        gain += worth[deal[c]] - worth[quo] - price * (t.ending[c, deal[c]] - t.ending[c, quo])
        in_force += worth[stands] - worth[quo] - price * (t.ending[c, stands] - t.ending[c, quo])
    return gain - max(0.0, in_force - t.outside[world, party])


@kernel
def consents_to(t: Tables, w: Work, lane: int, view: int, party: int, deal: Ints, gains: Floats, month: float) -> float:
    """Chance that an absent party, seen as `view`, consents to `deal` [C] after the pressure of the table.

    `sigma(lambda * (gain - shift))`, 0 across a firm line. `gains` [P] are true; they are what is believed of who is
    seen as it is.
    """
    world = w.world[lane]
    if crosses(t, world, view, deal):
        return 0.0
    gain = gains[party] if view == party else believed_gain(t, w, lane, view, party, deal, month)
    margin = gain - net_shift(t, w, world, party, deal, gains, w.table_mask[0])
    return math.exp(log_sigmoid(float(t.precision[world] * margin)))


@kernel
def is_asked_later(t: Tables, w: Work, party: int, deal: Ints) -> bool:
    """True if the party is asked only after the table has spoken: it is absent, and no guarantor of the text there."""
    if w.present[party] == 1 or w.has_standing[party] == 0:
        return False
    return (w.guards[0] >> party) & 1 == 0 or not is_named(t, party, deal)


@kernel
def note_absent(t: Tables, w: Work, lane: int, deal: Ints, gains: Floats, month: float) -> bool:
    """Standing of each absent party on a text and the chance that it consents, into `w.stake_in` and `w.consents` [P].

    False if no absent party has standing on what the text moves.
    """
    anybody = False
    for q in range(t.view_row.shape[0]):
        w.stake_in[q], w.consents[q] = 0.0, 1.0
        if is_asked_later(t, w, q, deal):
            w.stake_in[q] = standing_at(w, q, deal)
            if w.stake_in[q] > 0.0:
                anybody = True
                w.consents[q] = consents_to(t, w, lane, q, q, deal, gains, month)
    return anybody


@kernel
def chance_of_force(t: Tables, w: Work, lane: int, party: int, deal: Ints, gains: Floats, month: float) -> float:
    """`pi_p(x) = prod (1 - phi_p s_q (1 - P_q))` over absent blocs with standing, each by its most reluctant member."""
    foresight, chance = t.foresight[w.world[lane], party], 1.0
    for q in range(t.view_row.shape[0]):
        w.kept_now[q] = 1.0
        if w.stake_in[q] == 0.0 or t.bloc[q] == t.bloc[party]:
            continue
        consents, view = w.consents[q], t.view_row[party, q]
        if view != q:
            consents = consents_to(t, w, lane, view, q, deal, gains, month)
        w.kept_now[q] = kept_by(foresight, w.stake_in[q], consents)
        doubt = 1.0  # of those of its bloc before it
        for e in range(q):
            if t.bloc[e] == t.bloc[q]:
                doubt = min(doubt, w.kept_now[e])
        if w.kept_now[q] < doubt:
            chance *= w.kept_now[q] / doubt
    return chance


@kernel
def cost_of_signing(t: Tables, world: int, party: int, deal: Ints) -> float:
    """What a party asks for its name under `deal` [C], stakes: its cost, and a premium where nothing binds the others.

    The premium stands for a commitment that nobody enforces (Fearon 1995); 0 unless that variant is on.
    """
    premium = t.commitment_premium[world, party]
    if premium > 0.0:
        for q in range(t.bloc.shape[0]):
            if t.bloc[q] != t.bloc[party] and enforcement_of(t, world, q, deal) > 0.0:
                premium = 0.0
    return t.signing_cost[world, party] + premium


@kernel
def is_touched(t: Tables, w: Work, lane: int, party: int, deal: Ints, month: float) -> bool:
    """True if a text moves anything that is worth more or less than nothing to the party.

    Who signs what changes nothing for it has nothing to answer for at home.
    """
    world, price = w.world[lane], price_at(t, w.world[lane], party, month)
    for c in range(deal.shape[0]):
        stands = w.fallback[lane, c]
        change = t.contribution[world, party, c, deal[c]] - t.contribution[world, party, c, stands]
        if abs(change - price * (t.ending[c, deal[c]] - t.ending[c, stands])) > ROUNDING:
            return True
    return False


@kernel
def weigh_signing(
    t: Tables, w: Work, lane: int, deal: Ints, gains: Floats, month: float, worth: Floats, claims: Floats
) -> None:
    """What signing `deal` [C] is worth to each party at the table, and what it claims, into `worth` and `claims` [P].

    `gains` [P] are true gains from the text, `month` is that of prices.
    """
    if w.plain[0] == 1:
        for q in range(worth.shape[0]):
            worth[q], claims[q] = gains[q], 0.0
        return
    world = w.world[lane]
    foreseen = t.switch[FORESEEN] == 1 and note_absent(t, w, lane, deal, gains, month)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        chance = chance_of_force(t, w, lane, p, deal, gains, month) if foreseen else 1.0
        cost = cost_of_signing(t, world, p, deal)
        if cost > 0.0 and not is_touched(t, w, lane, p, deal, month):
            cost = 0.0
        worth[p] = worth_signing(float(gains[p]), chance, cost)
        claims[p] = claim_on(t, w, lane, p, deal, month)
