"""One negotiating text (Raiffa 1982, chapter 18; Klein, Faratin, Sayama & Bar-Yam 2003).

Only the drafter, a mediator or a chair without a name, writes. Each round it puts a revised draft, the parties say
yes or no, and what they ask at the time is what the next draft is measured by.
"""

from __future__ import annotations

from sim.formats.speech import draft_single_text, note_demands
from sim.rules.kernel import unit
from sim.types import work as at
from sim.types.tables import Tables
from sim.types.work import Work


@unit("twiii>-")
def build_texts(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """What everybody asks in round `step`, and the draft."""
    note_demands(t, w, lane, fmt, step)
    draft_single_text(t, w, lane, fmt, step)


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """The drafter, once; then -1."""
    if w.state[at.TURN] > 0:
        return -1
    w.state[at.TURN] = 1
    return w.drafter[0]  # pyright: ignore[reportReturnType]
