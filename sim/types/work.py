"""Scratch arrays of one thread: allocated in Python, written by the rules, never shared between threads.

A *lane* is the course of a talk while its ground stays the same: who offers what in each round, and what everybody
gains from it. It depends on the draw, not on chance, so all replications of a draw and format that stand on the same
ground read the same lane, built only as far as the longest of them needs. Lane 0 starts from the status quo; an interim
text or a shock leads to another lane, found again by (lane left, round, world, base). The last lane is scratch, for
runs that find no free one. Shape letters as in `tables`, and L lanes, T rounds, U = T + 1, Q = P + 1 (the parties and
the chair, who speaks for nobody), M menu entries, K path vertices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sim.types.tables import Flags, Floats, Ints, Tables

ROOT = 0
_MAX_LANES = 24
_MAX_LANES_OF_TRACKS = 96  # what a track carries into a leg differs from run to run
_LANE_BYTES = 32_000_000
PASS, OFFER, STALL = 0, 1, 2
UNDRAFTED, NO_DRAFT, DRAFTED = 0, 1, 2
WHOLE = -1  # a lane on the whole agenda, before its first stage
N_STATE = 20
# Positions in `Work.state`: where one talk stands. LEG and MONTHS count the legs and months of a track before it;
# LAPSES is the month by which a text in force will have been left, 0 if it lasts. Of the open rule alone: OWNER whose
# text is on the floor, MOTION what was moved last, ABSTAINED who did not vote on an amendment, WILL what a strategy of
# the user's own does.
STEP, LANE, WORLD, REGIME, START, TURN, STAGE, SPOKE, REFUSED = 0, 1, 2, 3, 4, 5, 6, 7, 8
LEG_ROUNDS, SESSIONS, STAGES = 4096, 64, 64  # rounds of a leg, turns of a round, stages of a format: never that many
CARRIED, LEG, MONTHS, AWAY, OPENED_IN, FIRST_LANE, LAPSES = 9, 10, 11, 12, 13, 14, 15
OWNER, MOTION, WILL, ABSTAINED = 16, 17, 18, 19
NOTHING_MOVED, LAID, SECONDED, AMENDED, PUT = 0, 1, 2, 3, 4
BY_THE_RULES, SECONDS, AMENDS = 0, 1, 2
N_PATHS = 4
_LINE = 64


class Work(NamedTuple):
    """Writable workspace; meanings by group below."""

    formats: Ints  # [F] formats to run
    loaded: Ints  # [1] world that the arrays of the next group were filled for; -1 for none
    # Who is here (per format and draw).
    present: Flags  # [P] 1 for those who answer at the table: principals and interested mediators who came
    seats: Ints  # [P] their indices in speaking order
    n_seats: Ints  # [1]
    table_mask: Ints  # [1] bit mask of those present
    at_table: Ints  # [1] format that the table belongs to
    by_count: Flags  # [1] 1 where the count decides, not unanimity
    guards: Ints  # [1] bit mask of the guarantors at the table, asked only about texts that name them
    drafter: Ints  # [1] who drafts a single text: a mediator, or P for the chair; -1 where nobody does
    only_presser: Ints  # [1] bit mask of those who may press: the mediator alone where it meets the parties one by one
    pressers: Ints  # [P] bit mask of the parties with a lever on the party and a motive to use it
    supporters: Ints  # [P] bit mask of the parties that would support the party
    blocs: Flags  # [1] 1 if any two parties share a bloc
    standing_max: Floats  # [P, C, O] largest standing over the issues inside a composite option
    has_standing: Flags  # [P]
    owns: Ints  # [P, C] composites in which the party has standing on some option
    n_owns: Ints  # [P]
    keep_off: Floats  # [P, C, O] log chance that an option passes the party if it rarely consents; 0 without standing
    refusal: Floats  # [P] log chance that a text passes the party though it refuses for certain

    # The course of a talk, per lane.
    n_lanes: Ints  # [1] lanes in use for the draw and format at hand
    parent: Ints  # [L] lane left for this one
    world: Ints  # [L] world index the lane lives in
    next_base: Ints  # [C] base of the lane to be opened
    gathered: Ints  # [C] what the working groups have agreed so far
    state: Ints  # [E] where the talk stands, see STEP and the following
    stage: Ints  # [L] stage of the agenda, or working group; WHOLE before
    stage_order: Ints  # [Z] row of `Tables.stage_issue` for each stage in order
    clock_first: Ints  # [L] round from which aspirations fall
    clock_last: Ints  # [L] round in which they reach the reservation value
    leg: Ints  # [L] leg of a track
    carry: Ints  # [L] number of what a track carried into the leg
    open: Flags  # [L, C, O] 1 where an option may stand in a text of the lane
    learns: Flags  # [1] 1 if any view is mistaken and learning is on
    base: Ints  # [L, C] text in hand: status quo, or the interim text
    n_built: Ints  # [L] rounds built so far
    serial: Ints  # [L] number of the opening of the lane, unique in the workspace
    n_opened: Ints  # [1] lanes opened so far
    n_heard: Ints  # [1] texts put to the table so far, over all runs
    first_round: Ints  # [L] round at which the lane starts
    top_deal: Ints  # [L, P, C] best deal the party believes it could get
    top_gain: Floats  # [L, P] its gain at the lane's first month
    offer: Ints  # [L, T, Q, C]
    kind: Flags  # [L, T, Q] PASS, OFFER or STALL
    top_now: Floats  # [L, P] gain of the top deal in the month at hand
    gap: Floats  # [L, T, P] aspiration above the reservation value
    conceded: Floats  # [L, T, P] share of the way from top to reservation already given, for pressure
    gain: Floats  # [L, T, Q, P] gain over reservation of each party (last axis) from the offer of each speaker
    crossed: Flags  # [L, T, Q, P] 1 where the offer crosses a firm line of the listener
    need: Floats  # [L, T, Q, P] least evaluation error with which the last takes the text of the speaker unpressed
    heard: Flags  # [L, P, Q] 1 once the first has heard an offer of the second in the lane
    first_gain: Floats  # [L, P, Q] gain to the first from the second's first offer in the lane
    best_gain: Floats  # [L, P, Q] best so far
    received: Floats  # [L, P] mean concession received, for reciprocity
    closed: Floats  # [L, P] mean share of the way to its top deal that others have come, for relative tit for tat
    fair_gain: Floats  # [L, P] what the party believes a fair split would bring it, stakes
    kept: Floats  # [L, U, P, C] before each round: distinct offers of the party in which the composite stayed as it was
    n_seen: Floats  # [L, U, P] before each round: distinct offers of the party
    last_offer: Ints  # [L, U, P, C] before each round: the party's last offer

    # Menus of offers, per lane and party.
    menu_stamp: Ints  # [L, P] what the menu was made for; -1 for none
    menu_until: Ints  # [L, P] last round for which it may be renewed; from then on it is built again
    menu_low: Floats  # [L, P] lowest aspiration it covers
    menu_high: Floats  # [L, P] highest aspiration it covers
    menu_size: Ints  # [L, P]
    menu_own: Floats  # [L, P, M] falling
    menu_score: Floats  # [L, P, M] rising
    menu_slot: Ints  # [L, P, M]
    menu_used: Ints  # [L, P] slots taken
    menu_deal: Ints  # [L, P, M, C]
    second: Ints  # [M] slots to be improved once more
    second_own: Floats  # [M]
    second_score: Floats  # [M]

    # Scratch of the offer rule.
    view_value: Floats  # [P, C, O] contribution as the speaker believes it, price included
    scale: Floats  # [C] belief factors
    floor: Floats  # [P] value each party gives up by agreeing
    ranked: Ints  # [P, C, O] options usable for each speaker, by falling own value
    n_ranked: Ints  # [P, C]
    ranked_for: Ints  # [P] what the ranking was made for: `serial` of a lane
    ranked_price: Floats  # [P] and at what price of no settlement
    hull: Ints  # [C, O]
    n_hull: Ints  # [C]
    others: Floats  # [C, O]
    position: Ints  # [C]
    edge_rise: Floats  # [C] value to others gained by the next edge of each hull; -1 at its end
    edge_cost: Floats  # [C] own value given by it
    deal: Ints  # [C]
    gains: Floats  # [P]
    needed: Ints  # [P]
    needed_weight: Floats  # [P]
    most_pressure: Floats  # [P] no pressure of the table can move the party by more, stakes
    path_weight: Floats  # [P]
    gradient: Floats  # [P]
    term: Floats  # [P]
    counted: Flags  # [P] 1 where the needed party is in the coalition that is counted on
    shift: Floats  # [P]
    vertex_deal: Ints  # [K, C]
    vertex_gain: Floats  # [K, P]
    vertex_score: Floats  # [K]

    # Scratch of the other rules.
    seen_as: Ints  # [P] row of `Tables.contribution` in which whoever drafts sees each party
    demand: Floats  # [P] gain that a draft is to give each party at least
    true_gain: Floats  # [P]
    crossed_now: Flags  # [P]
    signed_gain: Floats  # [P]
    signed_fade: Floats  # [P]
    walk: Floats  # [P]
    error: Floats  # [P]
    text: Ints  # [C]
    tabled: Ints  # [C]
    sketch: Ints  # [C] text being drafted
    may: Flags  # [C, O] 1 where it may use an option
    drafted_in: Ints  # [L] round of the last single text; -1 before the first
    drafted_month: Floats  # [L] month of prices it was drafted for
    drafted_gain: Floats  # [L] its smallest gain beyond the demands
    asked_then: Floats  # [L, P] demands it was drafted for
    weight_then: Floats  # [L, P] weights it was found with
    draft: Ints  # [L, C] partial text of the lane
    draft_state: Ints  # [L] UNDRAFTED, NO_DRAFT or DRAFTED
    held: Ints  # [1] months the last text held
    ending: Ints  # [2] round and lane in which the last talk ended
    strike: Flags  # [I]
    refused: Ints  # [I] bit mask of parties
    outvoted: Ints  # [1] bit mask of those at the table who voted against the last text that carried
    mandated: Flags  # [1] 1 if the last text that carried binds without ratification
    in_force: Ints  # [C] text that earlier legs of a track have left in force; the status quo in a single format
    distrust: Ints  # [P] texts of earlier legs that were not kept to the party
    coalition: Ints  # [1] bit mask of those whom texts of earlier legs passed over
    spent_before: Floats  # [N] share of a lever that texts of earlier legs have spent
    closest: Ints  # [2] the refused offer of the last round with the fewest refusers: their bit mask, its speaker
    closest_text: Ints  # [C] that offer
    on_floor: Ints  # [C] the text on the floor under the open rule


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
    n_vertices = N_PATHS * (edges + 2) + 1
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
        "L": 1,
        "U": int(np.max(tables.n_rounds)) + 1,
        "Q": n_parties + 1,
        "Z": tables.stage_issue.shape[1],
        "N": tables.spent_patron.shape[0],
        "E": N_STATE,
        "1": 1,
        "2": 2,
    }
    sizes["L"] = _lanes(sizes, _MAX_LANES_OF_TRACKS if np.max(tables.n_legs[chosen]) > 1 else _MAX_LANES)
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
    "table_mask": "i 1",
    "at_table": "i 1",
    "by_count": "b 1",
    "guards": "i 1",
    "drafter": "i 1",
    "only_presser": "i 1",
    "pressers": "i P",
    "supporters": "i P",
    "blocs": "b 1",
    "standing_max": "f P C O",
    "has_standing": "b P",
    "owns": "i P C",
    "n_owns": "i P",
    "keep_off": "f P C O",
    "refusal": "f P",
    "n_lanes": "i 1",
    "parent": "i L",
    "world": "i L",
    "next_base": "i C",
    "gathered": "i C",
    "state": "i E",
    "stage": "i L",
    "stage_order": "i Z",
    "clock_first": "i L",
    "clock_last": "i L",
    "leg": "i L",
    "carry": "i L",
    "open": "b L C O",
    "learns": "b 1",
    "base": "i L C",
    "n_built": "i L",
    "serial": "i L",
    "n_opened": "i 1",
    "n_heard": "i 1",
    "first_round": "i L",
    "top_deal": "i L P C",
    "top_gain": "f L P",
    "offer": "i L T Q C",
    "kind": "b L T Q",
    "top_now": "f L P",
    "gap": "f L T P",
    "conceded": "f L T P",
    "gain": "f L T Q P",
    "crossed": "b L T Q P",
    "need": "f L T Q P",
    "heard": "b L P Q",
    "first_gain": "f L P Q",
    "best_gain": "f L P Q",
    "received": "f L P",
    "closed": "f L P",
    "fair_gain": "f L P",
    "kept": "f L U P C",
    "n_seen": "f L U P",
    "last_offer": "i L U P C",
    "menu_stamp": "i L P",
    "menu_until": "i L P",
    "menu_low": "f L P",
    "menu_high": "f L P",
    "menu_size": "i L P",
    "menu_own": "f L P M",
    "menu_score": "f L P M",
    "menu_slot": "i L P M",
    "menu_used": "i L P",
    "menu_deal": "i L P M C",
    "second": "i M",
    "second_own": "f M",
    "second_score": "f M",
    "view_value": "f P C O",
    "scale": "f C",
    "floor": "f P",
    "ranked": "i P C O",
    "n_ranked": "i P C",
    "ranked_for": "i P",
    "ranked_price": "f P",
    "hull": "i C O",
    "n_hull": "i C",
    "others": "f C O",
    "position": "i C",
    "edge_rise": "f C",
    "edge_cost": "f C",
    "deal": "i C",
    "gains": "f P",
    "needed": "i P",
    "needed_weight": "f P",
    "most_pressure": "f P",
    "path_weight": "f P",
    "gradient": "f P",
    "term": "f P",
    "counted": "b P",
    "shift": "f P",
    "vertex_deal": "i K C",
    "vertex_gain": "f K P",
    "vertex_score": "f K",
    "seen_as": "i P",
    "demand": "f P",
    "true_gain": "f P",
    "crossed_now": "b P",
    "signed_gain": "f P",
    "signed_fade": "f P",
    "walk": "f P",
    "error": "f P",
    "text": "i C",
    "tabled": "i C",
    "sketch": "i C",
    "may": "b C O",
    "drafted_in": "i L",
    "drafted_month": "f L",
    "drafted_gain": "f L",
    "asked_then": "f L P",
    "weight_then": "f L P",
    "draft": "i L C",
    "draft_state": "i L",
    "held": "i 1",
    "ending": "i 2",
    "strike": "b I",
    "refused": "i I",
    "outvoted": "i 1",
    "mandated": "b 1",
    "in_force": "i C",
    "distrust": "i P",
    "coalition": "i 1",
    "spent_before": "f N",
    "closest": "i 2",
    "closest_text": "i C",
    "on_floor": "i C",
}


def _lanes(sizes: dict[str, int], most: int) -> int:
    """Lanes that fit into the memory set aside for them: at least the first and the scratch lane."""
    words = sum(int(np.prod([sizes[s] for s in spec.split()[1:]])) for spec in WORK_LAYOUT.values() if " L" in spec)
    return max(2, min(most, _LANE_BYTES // (8 * words)))


def _aligned(spec: str, sizes: dict[str, int]) -> np.ndarray:
    """A zeroed array that shares no cache line with another: two threads writing neighbours would slow each other."""
    code, *letters = spec.split()
    shape = tuple(sizes[letter] for letter in letters)
    kind = np.dtype(_KINDS[code])
    n_bytes = int(np.prod(shape)) * kind.itemsize
    buffer = np.zeros(n_bytes + 2 * _LINE, dtype=np.uint8)
    start = -buffer.ctypes.data % _LINE
    return buffer[start : start + n_bytes].view(kind).reshape(shape)
