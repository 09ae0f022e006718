"""Scratch arrays of one thread: allocated in Python, written by the rules, never shared between threads.

Two *lanes* hold the course of a talk. Lane 0 is what happens while nothing is agreed: it depends on the draw but not on
chance, so all replications of a draw and format read it, and it is built only as far as the longest of them needs.
Lane 1 belongs to the current run once that run has left the common course (an interim text or a shock changed the
ground). Shape letters as in `tables`, and T rounds, M menu entries, K path vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.types.tables import Flags, Floats, Ints, Tables

SHARED, PRIVATE, N_LANES = 0, 1, 2
PASS, OFFER, STALL = 0, 1, 2
UNDRAFTED, NO_DRAFT, DRAFTED = 0, 1, 2
N_PATHS = 3
_LINE = 64


class Work(NamedTuple):
    """Writable workspace; meanings by group below."""

    formats: Ints  # [F] formats to run
    loaded: Ints  # [1] world that the arrays of the next group were filled for; -1 for none
    # Who is here (per format and draw).
    present: Flags  # [P] principals who came
    seats: Ints  # [P] their indices in speaking order
    n_seats: Ints  # [1]
    any_shift: Flags  # [P] 1 where the party has any lever or support on it
    blocs: Flags  # [1] 1 if any two parties share a bloc
    standing_max: Floats  # [P, C, O] largest standing over the issues inside a composite option
    has_standing: Flags  # [P]

    # The course of a talk, per lane.
    world: Ints  # [2] world index the lane lives in
    base: Ints  # [2, C] text in hand: status quo, or the interim text
    frozen: Flags  # [2, C] 1 where an early harvest has taken the composite off the table
    n_built: Ints  # [2] rounds built so far
    first_round: Ints  # [2] round at which the lane starts
    top_deal: Ints  # [2, P, C] best deal the party believes it could get
    top_gain: Floats  # [2, P] its gain at the lane's first month
    offer: Ints  # [2, T, P, C]
    kind: Flags  # [2, T, P] PASS, OFFER or STALL
    gap: Floats  # [2, T, P] aspiration above the reservation value
    conceded: Floats  # [2, T, P] share of the way from top to reservation already given, for pressure
    gain: Floats  # [2, T, P, P] gain over reservation of each party (last axis) from the offer of each speaker
    crossed: Flags  # [2, T, P, P] 1 where the offer crosses a firm line of the listener
    heard: Flags  # [2, P, P] 1 once the first has heard an offer of the second in the lane
    first_gain: Floats  # [2, P, P] gain to the first from the second's first offer in the lane
    best_gain: Floats  # [2, P, P] best so far
    received: Floats  # [2, P] mean concession received, for reciprocity
    kept: Floats  # [2, P, C] distinct offers of the party in which the composite stayed as it was
    n_seen: Floats  # [2, P] distinct offers of the party
    last_offer: Ints  # [2, P, C]

    # Menus of offers, per lane and party.
    menu_stamp: Ints  # [2, P] what the menu was built for; -1 for none
    menu_low: Floats  # [2, P] lowest aspiration it covers
    menu_size: Ints  # [2, P]
    menu_own: Floats  # [2, P, M] falling
    menu_score: Floats  # [2, P, M] rising
    menu_slot: Ints  # [2, P, M]
    menu_used: Ints  # [2, P] slots taken
    menu_deal: Ints  # [2, P, M, C]

    # Scratch of the offer rule.
    view_value: Floats  # [P, C, O] contribution as the speaker believes it, price included
    scale: Floats  # [C] belief factors
    floor: Floats  # [P] value each party gives up by agreeing
    ranked: Ints  # [C, O] usable options by falling own value
    n_ranked: Ints  # [C]
    hull: Ints  # [C, O]
    n_hull: Ints  # [C]
    others: Floats  # [C, O]
    position: Ints  # [C]
    deal: Ints  # [C]
    gains: Floats  # [P]
    needed: Ints  # [P]
    needed_weight: Floats  # [P]
    path_weight: Floats  # [P]
    gradient: Floats  # [P]
    shift: Floats  # [P]
    vertex_deal: Ints  # [K, C]
    vertex_gain: Floats  # [K, P]
    vertex_score: Floats  # [K]

    # Scratch of the other rules.
    true_gain: Floats  # [P]
    crossed_now: Flags  # [P]
    walk: Floats  # [P]
    error: Floats  # [P]
    text: Ints  # [C]
    tabled: Ints  # [C]
    draft: Ints  # [2, C] partial text of the lane
    draft_state: Ints  # [2] UNDRAFTED, NO_DRAFT or DRAFTED
    held: Ints  # [1] months the last text held
    ending: Ints  # [2] round and lane in which the last talk ended
    strike: Flags  # [I]
    refused: Ints  # [I] bit mask of parties
    closest: Ints  # [2] the refused offer of the last round with the fewest refusers: their bit mask, its speaker


def make_work(tables: Tables, *, formats: Sequence[int] | None = None) -> Work:
    """A workspace for one thread.

    Args:
        tables: any block of the scenario; only shapes are read.
        formats: format indices to run, default all.
    """
    n_parties = tables.seated.shape[1]
    n_composites, n_options = tables.ending.shape
    n_issues = tables.issue_composite.shape[0]
    chosen = list(range(tables.seated.shape[0])) if formats is None else list(formats)
    edges = int(np.sum(tables.n_options))
    n_vertices = N_PATHS * (edges + 2)
    n_menu = 4 * edges + 64
    sizes = {
        "P": n_parties,
        "C": n_composites,
        "O": n_options,
        "I": n_issues,
        "T": int(np.max(tables.n_rounds)),
        "F": len(chosen),
        "M": n_menu,
        "K": n_vertices,
        "2": N_LANES,
        "1": 1,
    }
    arrays = {name: _aligned(spec, sizes) for name, spec in WORK_LAYOUT.items()}
    arrays["formats"][:] = chosen
    return Work(**arrays)


_KINDS: dict[str, type[np.generic]] = {"f": np.float64, "i": np.int64, "b": np.uint8}

WORK_LAYOUT = {
    "formats": "i F",
    "loaded": "i 1",
    "present": "b P",
    "seats": "i P",
    "n_seats": "i 1",
    "any_shift": "b P",
    "blocs": "b 1",
    "standing_max": "f P C O",
    "has_standing": "b P",
    "world": "i 2",
    "base": "i 2 C",
    "frozen": "b 2 C",
    "n_built": "i 2",
    "first_round": "i 2",
    "top_deal": "i 2 P C",
    "top_gain": "f 2 P",
    "offer": "i 2 T P C",
    "kind": "b 2 T P",
    "gap": "f 2 T P",
    "conceded": "f 2 T P",
    "gain": "f 2 T P P",
    "crossed": "b 2 T P P",
    "heard": "b 2 P P",
    "first_gain": "f 2 P P",
    "best_gain": "f 2 P P",
    "received": "f 2 P",
    "kept": "f 2 P C",
    "n_seen": "f 2 P",
    "last_offer": "i 2 P C",
    "menu_stamp": "i 2 P",
    "menu_low": "f 2 P",
    "menu_size": "i 2 P",
    "menu_own": "f 2 P M",
    "menu_score": "f 2 P M",
    "menu_slot": "i 2 P M",
    "menu_used": "i 2 P",
    "menu_deal": "i 2 P M C",
    "view_value": "f P C O",
    "scale": "f C",
    "floor": "f P",
    "ranked": "i C O",
    "n_ranked": "i C",
    "hull": "i C O",
    "n_hull": "i C",
    "others": "f C O",
    "position": "i C",
    "deal": "i C",
    "gains": "f P",
    "needed": "i P",
    "needed_weight": "f P",
    "path_weight": "f P",
    "gradient": "f P",
    "shift": "f P",
    "vertex_deal": "i K C",
    "vertex_gain": "f K P",
    "vertex_score": "f K",
    "true_gain": "f P",
    "crossed_now": "b P",
    "walk": "f P",
    "error": "f P",
    "text": "i C",
    "tabled": "i C",
    "draft": "i 2 C",
    "draft_state": "i 2",
    "held": "i 1",
    "ending": "i 2",
    "strike": "b I",
    "refused": "i I",
    "closest": "i 2",
}


def _aligned(spec: str, sizes: dict[str, int]) -> np.ndarray:
    """A zeroed array that shares no cache line with another: two threads writing neighbours would slow each other."""
    code, *letters = spec.split()
    shape = tuple(sizes[letter] for letter in letters)
    kind = np.dtype(_KINDS[code])
    n_bytes = int(np.prod(shape)) * kind.itemsize
    buffer = np.zeros(n_bytes + 2 * _LINE, dtype=np.uint8)
    start = -buffer.ctypes.data % _LINE
    return buffer[start : start + n_bytes].view(kind).reshape(shape)
