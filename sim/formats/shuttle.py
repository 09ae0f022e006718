"""Shuttle: the mediator meets the principals one by one and carries texts between them.

Communication runs through the mediator alone (filtered communication: Jarque, Ponsati & Sakovics 2003, Journal of
Mathematical Economics 39). Each round it sets out with its own draft. Whoever refuses the text that the mediator brings
may give it an offer of its own, once a round; the mediator carries that on instead. A text on which all have said yes
is agreed. The parties see nothing of each other: no pressing but by the mediator, nothing learned, and only the
mediator's drafts count as concessions.
"""

from __future__ import annotations

from sim.formats.speech import draft_single_text, propose
from sim.rules.kernel import unit
from sim.types import work as at
from sim.types.tables import Tables
from sim.types.work import Work


@unit("twiii>-")
def build_texts(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """What each principal would give the mediator in round `step`, and the mediator's own draft."""
    for k in range(w.n_seats[0]):
        if w.seats[k] != w.drafter[0]:
            propose(t, w, lane, fmt, step, w.seats[k])
    draft_single_text(t, w, lane, fmt, step)


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Whose text is carried next: the draft, then that of the first on the way who refused the last; -1 for none."""
    w.state[at.TURN] += 1
    if w.state[at.TURN] == 1:
        return w.drafter[0]  # pyright: ignore[reportReturnType]
    n = w.n_seats[0]
    for k in range(n):
        p = w.seats[(w.state[at.START] + k) % n]
        if (w.state[at.REFUSED] >> p) & 1 and (w.state[at.SPOKE] >> p) & 1 == 0:
            return p  # pyright: ignore[reportReturnType]
    return -1
