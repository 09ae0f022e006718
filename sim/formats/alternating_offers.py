"""Stacked alternating offers for any number of seats (Rubinstein 1982; Aydogan et al. 2017).

In a round every seat proposes once, in speaking order from a seat chosen by chance; the others answer each offer; the
first offer that the table takes closes the round.
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
    """Who speaks next in the round: each seat once, in turn; -1 when all have."""
    turn, n = w.state[at.TURN], w.n_seats[0]
    if turn >= n:
        return -1
    w.state[at.TURN] = turn + 1
    return w.seats[(w.state[at.START] + turn) % n]  # pyright: ignore[reportReturnType]
