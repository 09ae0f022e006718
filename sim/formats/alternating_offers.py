"""Stacked alternating offers for any number of seats (Rubinstein 1982; Aydogan et al. 2017).

In a round every seat proposes once, in speaking order from a seat chosen by chance; the others answer each offer; the
first offer that the table takes closes the round.
"""

from __future__ import annotations

from sim.formats.speech import propose
from sim.rules.kernel import unit
from sim.types.tables import Tables
from sim.types.work import START, TURN, Work


@unit("twiii>-")
def build_texts(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """Everybody's offer of round `step`."""
    for k in range(w.n_seats[0]):
        propose(t, w, lane, fmt, step, w.seats[k])


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Who speaks next in the round: each seat once, in turn; -1 when all have."""
    turn, n = w.state[TURN], w.n_seats[0]
    if turn >= n:
        return -1
    w.state[TURN] = turn + 1
    return w.seats[(w.state[START] + turn) % n]  # pyright: ignore[reportReturnType]
