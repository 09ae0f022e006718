"""Baskets: working groups, then a plenary on the package (the method of the Helsinki conference, 1973 to 1975).

Each group bargains by alternating offers on its own issues among its own members, all at the same time. What they agree
is put together into one package, which the chair puts to the plenary first in every round; the plenary may also find
another text by alternating offers on the whole agenda, and goes on from that alone if it leaves core open.
"""

from __future__ import annotations

from sim.formats.speech import everybody_proposes
from sim.rules.kernel import unit
from sim.types import work as at
from sim.types.tables import Tables
from sim.types.work import Work

build_texts = everybody_proposes


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Who speaks next in the round: in the plenary the chair first, then each seat once; -1 when all have."""
    turn, n = w.state[at.TURN], w.n_seats[0]
    w.state[at.TURN] = turn + 1
    if w.drafter[0] >= 0:
        if turn == 0:
            return w.drafter[0]  # pyright: ignore[reportReturnType]
        turn -= 1
    if turn >= n:
        return -1
    return w.seats[(w.state[at.START] + turn) % n]  # pyright: ignore[reportReturnType]
