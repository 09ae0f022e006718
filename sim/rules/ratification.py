"""Consent after the table: absent parties with standing, and homes that must ratify; refusal is severable."""

from __future__ import annotations

from sim.rules.chance import ERROR, HOME, OBSTRUCT, logistic, slot, uniform
from sim.rules.coercion import net_shift
from sim.rules.consent import carries
from sim.rules.kernel import inlined, kernel, unit
from sim.rules.lines import freed_by
from sim.rules.utility import copy_row, crosses, gains_of, is_complete, price_at, same_deal
from sim.types.outcomes import HOME_BIT, REMAINDER_BIT
from sim.types.tables import SEVERABLE, Ints, Tables
from sim.types.work import Work

PART_BY_PART, AS_A_WHOLE = 0, 1


@kernel
def part_change(t: Tables, world: int, party: int, issue: int, deal: Ints, price: float) -> float:
    """What the move on `issue` is worth to `party`: value with it minus value with the issue back at its status quo."""
    c = t.issue_composite[issue]
    here = deal[c]
    back = t.strike_to[issue, here]
    change = t.contribution[world, party, c, here] - t.contribution[world, party, c, back]
    return float(change - price * (t.ending[c, here] - t.ending[c, back]))


@kernel
def objects_to(t: Tables, world: int, party: int, issue: int, deal: Ints, month: float) -> bool:
    """True if the party would rather have the issue back at its status quo, or the move crosses its firm line."""
    c = t.issue_composite[issue]
    back = t.strike_to[issue, deal[c]]
    if t.barred[world, party, c, deal[c]] == 1 and t.barred[world, party, c, back] == 0:
        return True
    if freed_by(t, world, party, deal, int(c), int(back)):
        return True
    return part_change(t, world, party, issue, deal, price_at(t, world, party, month)) < 0.0


@kernel
def refuses(t: Tables, w: Work, world: int, key: int, party: int, deal: Ints, home: bool) -> bool:
    """True if an absent party, or the home of a signatory, refuses `deal` [C]; reads `w.true_gain`.

    The ordinary acceptance rule with the aspiration at the reservation value: gain after support and pressure at least
    0, and at least minus the evaluation error. Home asks for its margin on top and errs on its own.
    """
    margin = w.true_gain[party] - net_shift(t, w, world, party, deal, w.true_gain, w.table_mask[0])
    purpose = ERROR
    if home:
        margin -= t.home_margin[world, party]
        purpose = HOME
    elif crosses(t, world, party, deal):
        return True
    error = logistic(key, slot(purpose, 0, t.chance_key[party], t.chance_key[party]), t.precision[world])
    return margin < 0.0 or margin + error < 0.0


@inlined
def stood_before(t: Tables, w: Work, issue: int, option: int) -> bool:
    """True if earlier legs of a track have left the issue in force where the composite option puts it."""
    before = w.in_force[t.issue_composite[issue]]
    return t.issue_option[issue, before] == t.issue_option[issue, option]


@kernel
def mark_strikes(t: Tables, w: Work, world: int, key: int, party: int, deal: Ints, month: float, home: bool) -> bool:
    """Mark in `w.strike` [I] the parts of `deal` that a refusing party stops; its bit goes into `w.refused` [I].

    A party stops the moves that it objects to, each with its standing on it against one uniform per party and run. Home
    stops every part that its government put its name to and that it objects to; if it objects to none singly, all. True
    if anything is stopped.
    """
    obstruct = uniform(key, slot(OBSTRUCT, 0, t.chance_key[party], t.chance_key[party]))
    stopped = False
    for way in (PART_BY_PART, AS_A_WHOLE):
        for i in range(t.level.shape[0]):
            option = deal[t.issue_composite[i]]
            if t.moved[i, option] == 0 or stood_before(t, w, i, int(option)):
                continue
            power = 1.0 if home else t.standing[world, party, i, option]
            if obstruct < power and ((home and way == AS_A_WHOLE) or objects_to(t, world, party, i, deal, month)):
                w.strike[i] = 1
                w.refused[i] |= 1 << party
                stopped = True
        if stopped or not home:
            break
    return stopped


@unit("tw>-")
def strike_out(t: Tables, w: Work) -> None:
    """Put every issue of `w.text` that `w.strike` marks back at its status quo; a composite left infeasible goes whole.

    Where earlier legs of a track have left something in force, the composite goes back to that.
    """
    deal = w.text
    for i in range(t.level.shape[0]):
        if w.strike[i] == 1:
            c = t.issue_composite[i]
            deal[c] = w.in_force[c] if w.in_force[c] != t.status_quo[c] else t.strike_to[i, deal[c]]


@unit("tw>-")
def count_dissent(t: Tables, w: Work) -> None:
    """Who is outvoted on any part of `w.text` [C] that is new, into `w.outvoted`; nobody yet on what remains of it."""
    w.outvoted[0], w.left_out[0] = 0, 0
    for c in range(w.text.shape[0]):
        if w.text[c] != w.in_force[c]:
            w.outvoted[0] |= w.dissent[c] & w.table_mask[0]


@kernel
def has_signed(w: Work, party: int) -> bool:
    """True for who sits at the table and has been outvoted neither there nor on what remained of the text."""
    return w.present[party] == 1 and ((w.outvoted[0] | w.left_out[0]) >> party) & 1 == 0


@unit("twif>i")
def table_refuses(t: Tables, w: Work, world: int, month: float) -> int:
    """Bit mask of the signatories for whom what remains in `w.text` is no longer worth signing; 0 if it carries.

    Who votes against a remainder that carries is outvoted on it, and joins `w.left_out`.
    """
    gains_of(t, world, w.text, w.in_force, month, w.true_gain)
    unwilling = 0
    for k in range(w.n_seats[0]):
        q = w.seats[k]
        if not has_signed(w, q):
            continue
        margin = w.true_gain[q] - net_shift(t, w, world, q, w.text, w.true_gain, w.table_mask[0])
        if margin < 0.0 or margin + w.error[q] < 0.0 or crosses(t, world, q, w.text):
            unwilling |= 1 << q
    if not carries(t, w, world, w.outvoted[0] | w.left_out[0] | unwilling, 0):
        return unwilling
    w.left_out[0] |= unwilling
    return 0


@unit("twikf>i")
def one_pass(t: Tables, w: Work, world: int, key: int, month: float) -> int:
    """Everybody whose consent is needed decides on the text in `w.text` [C] at once; marks what is struck.

    Those are the absent and the outvoted with standing, and homes, unless the text binds without them. Returns the bit
    mask of the parties that stop something; HOME_BIT: one of them is a home.
    """
    mask = 0
    deal = w.text
    gains_of(t, world, deal, w.in_force, month, w.true_gain)
    for i in range(t.level.shape[0]):
        w.strike[i] = 0
    for q in range(t.view_row.shape[0]):
        outside = not has_signed(w, q)
        if outside and w.has_standing[q] == 1:
            if refuses(t, w, world, key, q, deal, False) and mark_strikes(t, w, world, key, q, deal, month, False):
                mask |= 1 << q
        elif not outside and t.ratifies[q] == 1 and w.mandated[0] == 0:  # noqa: SIM102 (reads like the branch above)
            if refuses(t, w, world, key, q, deal, True) and mark_strikes(t, w, world, key, q, deal, month, True):
                mask |= (1 << q) | (1 << HOME_BIT)
    return mask


@kernel
def falls_whole(t: Tables, w: Work) -> bool:
    """True if what is left in `w.text` after strikes cannot stand alone: see `strike_all`."""
    return bool(t.switch[SEVERABLE] == 0 or not is_complete(t, w.at_table[0], w.text))  # pyright: ignore[reportArgumentType]


@unit("twikf>i")
def strike_all(t: Tables, w: Work, world: int, key: int, month: float) -> int:
    """Passes until nobody strikes anything: a party may refuse what is left of a text that it accepted whole.

    Without the `severable` rule the first refusal stops everything, and in a single undertaking one that leaves core
    open does. Returns the bit mask of the parties that stopped something; HOME_BIT: a home did.
    """
    everyone = 0
    for _ in range(t.level.shape[0] + 1):
        mask = one_pass(t, w, world, key, month)
        if mask == 0:
            break
        everyone |= mask
        strike_out(t, w)
        if falls_whole(t, w):
            copy_row(w.in_force, w.text)
            break
    return everyone


@unit("twikf>i")
def seek_consent(t: Tables, w: Work, world: int, key: int, month: float) -> int:
    """Consent to the text in `w.text` [C], changed in place to what remains of it.

    What remains after strikes must still be worth signing to the table. Whoever that outvotes has signed nothing from
    then on and, with standing, is asked for consent once more like an absent party. The text stands at the status quo
    (or what earlier legs left in force) if nothing remains. Returns the bit mask of the parties that stopped something;
    HOME_BIT: a home did; REMAINDER_BIT: the table refused the rest.
    """
    count_dissent(t, w)
    everyone = 0
    for _ in range(w.n_seats[0] + 1):
        struck = strike_all(t, w, world, key, month)
        everyone |= struck
        if struck == 0 or same_deal(w.text, w.in_force):
            break
        before = w.left_out[0]
        unwilling = table_refuses(t, w, world, month)
        if unwilling != 0:
            everyone |= unwilling | (1 << REMAINDER_BIT)
            copy_row(w.in_force, w.text)
            break
        if w.left_out[0] == before:
            break
    return everyone
