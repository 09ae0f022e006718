"""The vote of everybody on what a contact group brings.

A contact group is drawn by lot and talks for all (friends of the chair, a trilogue). Its text needs every member of the
group, and then the format's consent rule among all who are seated. Who was not in the group has asked for nothing: it
takes what is worth at least its reservation value to it, as an absent party does.
"""

from __future__ import annotations

from sim.formats.answers import may_abstain
from sim.formats.table import seat_parties
from sim.rules.consent import carries, note_dissent
from sim.rules.kernel import kernel, unit
from sim.rules.ratification import refuses
from sim.rules.utility import crosses, gains_of
from sim.types import work as at
from sim.types.tables import Tables
from sim.types.work import WHOLE, Work


@kernel
def is_behind(t: Tables, w: Work, world: int, fmt: int, party: int) -> bool:
    """True for a party that votes in the plenary without having been in the contact group."""
    if (w.state[at.AWAY] >> party) & 1:
        return False
    for k in range(t.turn.shape[1]):
        if t.turn[fmt, k] == party:
            return bool(t.talks[world, fmt, party] == 0)
    return False


@unit("twiikf>i")
def vote_in_plenary(t: Tables, w: Work, world: int, fmt: int, key: int, month: float) -> int:
    """Put the text in `w.tabled` [C] to everybody seated in a format with a contact group.

    Afterwards everybody sits at the table: all are bound by the text and asked for later consent like signatories. True
    gains are in `w.true_gain`, those who voted against a text that carries in `w.outvoted`, abstentions nowhere. 0 if
    the text carries, or there is no contact group; else the bit mask of those who voted it down.
    """
    if t.grouped[fmt] == 0:
        return 0
    gains_of(t, world, w.tabled, w.in_force, month, w.true_gain)
    mask, abstained = 0, 0
    for q in range(t.view_row.shape[0]):
        if not is_behind(t, w, world, fmt, q):
            continue
        crossed = 1 if crosses(t, world, q, w.tabled) else 0
        if may_abstain(t, w, world, q, w.tabled, w.true_gain, crossed):
            abstained |= 1 << q
        elif refuses(t, w, world, key, q, w.tabled, False):
            mask |= 1 << q
    seat_parties(t, w, world, fmt, WHOLE, w.state[at.AWAY], 1)
    if carries(t, w, world, mask, abstained):
        w.outvoted[0] = mask
        note_dissent(w, w.in_force, w.tabled)
        return 0
    return mask
