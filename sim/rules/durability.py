"""Does a signed text last? Reservation values walk; the first to find the text no longer worth it leaves."""

from __future__ import annotations

import math

from sim.rules.chance import OBSTRUCT, WALK, normal, slot, uniform
from sim.rules.coercion import ROUNDING, net_shift
from sim.rules.consent import signatories
from sim.rules.kernel import kernel, unit
from sim.rules.lines import NOWHERE, crosses_condition
from sim.rules.ratification import objects_to, part_change
from sim.rules.utility import copy_row, gains_of, highest_level, price_at, same_deal
from sim.types.tables import HOLD_ONCE, PROCESS, Ints, Tables
from sim.types.work import Work


@kernel
def enforcement_of(t: Tables, world: int, party: int, deal: Ints) -> float:
    """Stakes that leaving `deal` [C] costs the party beyond the deal itself (guarantees, monitoring: Walter 1997)."""
    total = 0.0
    for c in range(deal.shape[0]):
        total += t.enforcement[world, party, c, deal[c]]
    return total


@kernel
def has_stake(t: Tables, world: int, party: int, issue: int, deal: Ints, month: float) -> bool:
    """True if a part is worth anything to the party, more or less than nothing."""
    change = part_change(t, world, party, issue, deal, price_at(t, world, party, month))
    return abs(change) > ROUNDING


@kernel
def is_needed(t: Tables, world: int, party: int, issue: int, deal: Ints, month: float, signed: int) -> bool:
    """True if a part cannot be carried out without one of those who have `signed` it (a bit mask).

    It costs the party something, is its own (standing), or ends a price of no settlement that it has; or it has a stake
    in it and fewer than two other blocs have: what two sides agree takes both.
    """
    c = t.issue_composite[issue]
    option = deal[c]
    if t.standing[world, party, issue, option] > 0.0 or objects_to(t, world, party, issue, deal, month):
        return True
    ends = t.ending[c, option] - t.ending[c, t.strike_to[issue, option]]
    if ends != 0.0 and price_at(t, world, party, month) != 0.0:
        return True
    if not has_stake(t, world, party, issue, deal, month):
        return False
    others, first = 0, -1
    for q in range(t.view_row.shape[0]):
        if (signed >> q) & 1 == 0 or t.bloc[q] == t.bloc[party] or t.bloc[q] == first:
            continue
        if has_stake(t, world, q, issue, deal, month):
            first = t.bloc[q]
            others += 1
    return others < 2


@kernel
def can_break(t: Tables, w: Work, world: int, key: int, party: int, deal: Ints, month: float) -> bool:
    """True if the party's defection would end the text.

    A signatory can break a part that it is needed for: who signs at no gain what does not touch it has nothing to
    leave. Of what it has not signed, any party breaks with its largest standing over the parts that it objects to,
    as at consent; standing over parts it likes gives it nothing to break. The same uniform decides both: who could not
    stop a part then cannot now.
    """
    power = 0.0
    for i in range(t.level.shape[0]):
        option = deal[t.issue_composite[i]]
        if t.moved[i, option] == 0:
            continue
        signed = signatories(t, w, int(t.issue_composite[i]), int(option))
        if (signed >> party) & 1:
            if is_needed(t, world, party, i, deal, month, signed):
                return True
        elif t.standing[world, party, i, option] > power and objects_to(t, world, party, i, deal, month):
            power = t.standing[world, party, i, option]
    return bool(uniform(key, slot(OBSTRUCT, 0, t.chance_key[party], t.chance_key[party])) < power)


@kernel
def bound_by(t: Tables, w: Work, deal: Ints) -> int:
    """Bit mask of those who have signed some part of `deal` [C]."""
    mask = 0
    for c in range(deal.shape[0]):
        mask |= signatories(t, w, c, deal[c])
    return mask


@unit("tw>i")
def standing_by(t: Tables, w: Work) -> int:
    """Bit mask of those who press for `w.text` [C]: the table for what is new, for the rest who signed it then."""
    mask = 0
    for c in range(w.text.shape[0]):
        mask |= w.table_mask[0] if w.text[c] != w.in_force[c] else signatories(t, w, c, w.text[c])
    return mask


@kernel
def sign(t: Tables, w: Work, world: int, deal: Ints, month: float) -> None:
    """Gains from the signed text and how fast they fade: prices drift by the month, and so gains are straight lines.

    `gain(m) = signed_gain - signed_fade * m`, with a fade of `drift * (ending(x) - ending(q))` stakes a month.
    """
    gains_of(t, world, deal, t.status_quo, month, w.signed_gain)
    ends = 0.0
    for c in range(deal.shape[0]):
        ends += t.ending[c, deal[c]] - t.ending[c, t.status_quo[c]]
    for q in range(w.signed_fade.shape[0]):
        w.signed_fade[q] = t.drift[world, q] * ends


@kernel
def defectors(t: Tables, w: Work, world: int, key: int, deal: Ints, months: int, month: float) -> int:
    """Bit mask of the parties that leave `deal` after `months`, given the walks in `w.walk` [P].

    A party leaves when `r(t) > U(x) + enforcement`, or when what it asked for in return has lapsed, with support and
    pressure as they stand: a patron presses only while the text is still worth it to the patron.
    """
    for q in range(w.walk.shape[0]):
        w.true_gain[q] = w.signed_gain[q] - w.signed_fade[q] * months - w.walk[q]
    mask = 0
    patrons, bound = standing_by(t, w), bound_by(t, w, deal)
    lapsed = not same_deal(deal, w.lasting)
    for q in range(w.walk.shape[0]):
        if (bound >> q) & 1 == 0 and w.has_standing[q] == 0:
            continue
        shift = net_shift(t, w, world, q, deal, w.true_gain, patrons)
        leaves = w.true_gain[q] - shift + enforcement_of(t, world, q, deal) < 0.0
        leaves = leaves or (lapsed and crosses_condition(t, world, q, deal, NOWHERE, NOWHERE))
        if leaves and can_break(t, w, world, key, q, deal, month + months):
            mask |= 1 << q
    return mask


@kernel
def months_left(t: Tables, w: Work, issue: int, month: float) -> int:
    """Months from the signature in `month` until an issue of `w.text` [C] lapses; 0 where it is there for good.

    What an earlier leg of a track has left in force began then.
    """
    c = t.issue_composite[issue]
    lasts = t.lasts[issue, w.text[c]]
    if lasts > 0 and t.issue_option[issue, w.text[c]] == t.issue_option[issue, w.in_force[c]]:
        return max(1, lasts - (int(month) + 1 - w.since[issue]))
    return lasts


@kernel
def lapse(t: Tables, w: Work, month: float, months: int) -> int:
    """Put back what of `w.text` [C] has lapsed `months` after signature; the longest it was in force, 0 if nothing has.

    A composite left infeasible goes whole, as in consent.
    """
    longest = 0
    for i in range(t.level.shape[0]):
        left = months_left(t, w, i, month)
        if 0 < left <= months:
            c = t.issue_composite[i]
            w.text[c] = t.strike_to[i, w.text[c]]
            longest = max(longest, left)
    return longest


@unit("twikf>i")
def hold(t: Tables, w: Work, world: int, key: int, month: float) -> int:
    """How long the signed text in `w.text` [C] lasts, and who leaves it.

    Each month every reservation value moves by `sigma * eps` on top of the drift of the price of no settlement;
    commitment problems are this walk (Fearon 1995). With the `hold: once` variant the walk is looked at once, at the
    horizon. `month` is the month of the talks in which the text was signed. Returns the bit mask of those who left in
    the month of the first defection, 0 if it lasted; the month, or the horizon, is in `w.held[0]`. What lapses is left
    out of later months; where nothing but process is left, the month of the last lapse is in `w.held[0]`. What is left
    in the end is in `w.lasting` [C].
    """
    copy_row(w.text, w.lasting)
    mask = watch(t, w, world, key, month)
    for c in range(w.text.shape[0]):
        w.text[c], w.lasting[c] = w.lasting[c], w.text[c]
    return mask


@kernel
def watch(t: Tables, w: Work, world: int, key: int, month: float) -> int:
    """Who leaves `w.text` [C], and when, into `w.held[0]`; of the text what lapses is taken out."""
    horizon = t.hold_months[0]
    once = t.switch[HOLD_ONCE] == 1
    sigma = t.volatility[world]
    sign(t, w, world, w.text, month)
    for q in range(w.walk.shape[0]):
        w.walk[q] = 0.0
    step = horizon if once else 1
    for m in range(step, horizon + 1, step):
        lapsed = lapse(t, w, month, m - 1)
        if lapsed > 0:
            if highest_level(t, w.text) <= PROCESS:
                w.held[0] = lapsed
                return 0
            sign(t, w, world, w.text, month)
        for q in range(w.walk.shape[0]):
            w.walk[q] += sigma * math.sqrt(step) * normal(key, slot(WALK, m, t.chance_key[q], t.chance_key[q]))
        mask = defectors(t, w, world, key, w.text, m, month)
        if mask != 0:
            w.held[0] = m
            return mask
    w.held[0] = horizon
    return 0
