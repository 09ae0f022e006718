"""A speaker's menu: efficient deals, sorted by falling own gain and rising chance of passing."""

from __future__ import annotations

from sim.rules.kernel import inlined, kernel, unit
from sim.rules.utility import copy_row
from sim.types.work import Work

SLACK = 1e-9  # an aspiration and the own gain of the deal it was set by may differ by rounding
ALIKE = 1e-10  # nats: scores this close are one score; of deals as likely the better for the speaker is kept


@inlined
def menu_find(w: Work, lane: int, speaker: int, aspiration: float) -> int:
    """Index of the likeliest menu entry that gives the speaker at least `aspiration`; -1 if there is none.

    Entries are sorted by falling own gain and rising score, so it is the last one at or above the aspiration.
    """
    low, high = 0, w.menu_size[lane, speaker]
    while low < high:
        middle = (low + high) // 2
        if w.menu_own[lane, speaker, middle] >= aspiration:
            low = middle + 1
        else:
            high = middle
    return low - 1


@unit("wiiff>i")
def menu_add(w: Work, lane: int, speaker: int, own: float, score: float) -> int:
    """Keep the deal in `w.deal` if no entry is as good for the speaker and as likely; drop the entries it beats.

    1 if it is kept; 0 if it is dominated, equal to an entry, or the store is full.
    """
    size = w.menu_size[lane, speaker]
    place = menu_find(w, lane, speaker, own) + 1
    if place > 0 and w.menu_score[lane, speaker, place - 1] >= score - ALIKE:
        return 0
    slot = w.menu_used[lane, speaker]
    if slot >= w.menu_slot.shape[2]:
        return 0
    start = place
    while start > 0 and w.menu_own[lane, speaker, start - 1] <= own:
        start -= 1
    stop = place
    while stop < size and w.menu_score[lane, speaker, stop] <= score + ALIKE:
        stop += 1
    move = start + 1 - stop
    if move > 0:
        for k in range(size - 1, stop - 1, -1):
            _copy_entry(w, lane, speaker, k, k + move)
    elif move < 0:
        for k in range(stop, size):
            _copy_entry(w, lane, speaker, k, k + move)
    w.menu_own[lane, speaker, start] = own
    w.menu_score[lane, speaker, start] = score
    w.menu_slot[lane, speaker, start] = slot
    copy_row(w.deal, w.menu_deal[lane, speaker, slot])
    w.menu_used[lane, speaker] = slot + 1
    w.menu_size[lane, speaker] = size + move
    return 1


@inlined
def menu_move(w: Work, lane: int, speaker: int, source: int, own: float, score: float, n: int) -> None:
    """Put entry `source` at its place by falling own gain among the first `n` (n at most `source`), with new numbers.

    For equal gains the higher score comes last, so that `menu_prune` keeps it.
    """
    slot = w.menu_slot[lane, speaker, source]
    place = n
    while place > 0 and (
        w.menu_own[lane, speaker, place - 1] < own
        or (w.menu_own[lane, speaker, place - 1] == own and w.menu_score[lane, speaker, place - 1] > score)
    ):
        _copy_entry(w, lane, speaker, place - 1, place)
        place -= 1
    w.menu_own[lane, speaker, place] = own
    w.menu_score[lane, speaker, place] = score
    w.menu_slot[lane, speaker, place] = slot


@kernel
def menu_prune(w: Work, lane: int, speaker: int, n: int) -> None:
    """Keep the efficient ones among the first `n` entries, which stand in the order of `menu_move`."""
    size = 0
    for k in range(n):
        own, score = w.menu_own[lane, speaker, k], w.menu_score[lane, speaker, k]
        if size > 0 and score <= w.menu_score[lane, speaker, size - 1] + ALIKE:
            continue
        if size > 0 and own == w.menu_own[lane, speaker, size - 1]:
            size -= 1
        _copy_entry(w, lane, speaker, k, size)
        size += 1
    w.menu_size[lane, speaker] = size


@inlined
def _copy_entry(w: Work, lane: int, speaker: int, source: int, target: int) -> None:
    w.menu_own[lane, speaker, target] = w.menu_own[lane, speaker, source]
    w.menu_score[lane, speaker, target] = w.menu_score[lane, speaker, source]
    w.menu_slot[lane, speaker, target] = w.menu_slot[lane, speaker, source]
