"""Proposal and vote under a closed rule (Baron & Ferejohn 1989; Banks & Duggan 2000).

As often in a round as there are seats, one of them is given the floor by lot and its proposal is put to the vote as it
stands; the rest of the round's proposals are not heard once one has carried. A seat given the floor again in the same
round has nothing new to propose, and the turn lapses.
"""

from __future__ import annotations

from sim.formats.speech import everybody_proposes
from sim.formats.table import session_of
from sim.rules.chance import FLOOR, NOBODY, slot, uniform
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


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Who is given the floor next, by lot; -1 when the round is over."""
    n = w.n_seats[0]
    total = 0.0
    for k in range(n):
        total += claim(t, w, fmt, w.seats[k])
    while w.state[at.TURN] < n:
        session = session_of(w)
        w.state[at.TURN] += 1
        left = uniform(key, slot(FLOOR, session, NOBODY, NOBODY)) * total
        chosen = w.seats[n - 1]
        for k in range(n):
            left -= claim(t, w, fmt, w.seats[k])
            if left < 0.0:
                chosen = w.seats[k]
                break
        if (w.state[at.SPOKE] >> chosen) & 1 == 0:
            return chosen  # pyright: ignore[reportReturnType]
    return -1
