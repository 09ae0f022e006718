"""Proposal and vote under a closed rule (Baron & Ferejohn 1989; Banks & Duggan 2000).

As often in a round as there are seats, one of them is given the floor by lot and its proposal is put to the vote as it
stands; the rest of the round's proposals are not heard once one has carried. A seat given the floor again in the same
round has nothing new to propose, and the turn lapses.
"""

from __future__ import annotations

from sim.formats.lanes import NOBODY_OWNS
from sim.formats.speech import everybody_proposes
from sim.formats.table import session_of
from sim.rules.chance import FLOOR, NOBODY, REPLY, slot, uniform
from sim.rules.drafting import seats_of_bloc
from sim.rules.kernel import kernel, unit
from sim.types import work as at
from sim.types.tables import Tables
from sim.types.work import Work

build_texts = everybody_proposes


@kernel
def claim(t: Tables, w: Work, fmt: int, party: int) -> float:
    """Relative chance of a seat to be given the floor: its recognition, shared within its bloc."""
    return t.recognition[w.state[at.WORLD], fmt, party] / seats_of_bloc(t, w, party)


@kernel
def recognised(t: Tables, w: Work, fmt: int, key: int, owner: int) -> int:
    """Seat that is given the floor by lot, of another bloc than the owner of the text on it; -1 where there is none."""
    total, seat = 0.0, -1
    for k in range(w.n_seats[0]):
        if owner < 0 or t.bloc[w.seats[k]] != t.bloc[owner]:
            total += claim(t, w, fmt, w.seats[k])
    purpose = FLOOR if owner < 0 else REPLY
    left = uniform(key, slot(purpose, session_of(w), NOBODY, NOBODY)) * total
    for k in range(w.n_seats[0]):
        chance = claim(t, w, fmt, w.seats[k])
        if chance > 0.0 and (owner < 0 or t.bloc[w.seats[k]] != t.bloc[owner]):
            seat = w.seats[k]
            left -= chance
            if left < 0.0:
                break
    return seat


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Who is given the floor next, by lot; -1 when the round is over."""
    while w.state[at.TURN] < w.n_seats[0]:
        chosen = recognised(t, w, fmt, key, NOBODY_OWNS)
        w.state[at.TURN] += 1
        if chosen < 0:  # everybody's chance is nil
            chosen = int(w.seats[w.n_seats[0] - 1])
        if (w.state[at.SPOKE] >> chosen) & 1 == 0:
            return chosen
    return -1
