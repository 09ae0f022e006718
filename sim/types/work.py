"""Scratch arrays of one thread: allocated in Python, written by the rules, never shared between threads.

A *lane* is the course of a talk while its ground stays the same: who offers what in each round, and what everybody
gains from it. It depends on the draw, not on chance, so all replications of a draw and format that stand on the same
ground read the same lane, built only as far as the longest of them needs. Lane 0 starts from the status quo; an interim
text or a shock leads to another lane, found again by (lane left, round, world, base). The last lane is scratch, for
runs that find no free one. Shape letters as in `tables`, and L lanes, T rounds, U = T + 1, Q = P + 1 (the parties and
the chair, who speaks for nobody), M menu entries, K path vertices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.types.arrays import ArraySpec, Flags, Floats, Ints, layout_of
from sim.types.tables import Tables

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

    formats: Annotated[Ints, "F"]  # formats to run
    loaded: Annotated[Ints, "1"]  # world that the arrays of the next group were filled for; -1 for none
    # Who is here (per format and draw).
    present: Annotated[Flags, "P"]  # 1 for those who answer at the table: principals and interested mediators who came
    seats: Annotated[Ints, "P"]  # their indices in speaking order
    n_seats: Annotated[Ints, "1"]
    table_mask: Annotated[Ints, "1"]  # bit mask of those present
    at_table: Annotated[Ints, "1"]  # format that the table belongs to
    by_count: Annotated[Flags, "1"]  # 1 where the count decides, not unanimity
    guards: Annotated[Ints, "1"]  # bit mask of the guarantors at the table, asked only about texts that name them
    drafter: Annotated[Ints, "1"]  # who drafts a single text: a mediator, or P for the chair; -1 where nobody does
    only_presser: Annotated[Ints, "1"]  # bit mask of those who may press: a mediator that meets them one by one, alone
    pressers: Annotated[Ints, "P"]  # bit mask of the parties with a lever on the party and a motive to use it
    supporters: Annotated[Ints, "P"]  # bit mask of the parties that would support the party
    blocs: Annotated[Flags, "1"]  # 1 if any two parties share a bloc
    standing_max: Annotated[Floats, "P C O"]  # largest standing over the issues inside a composite option
    has_standing: Annotated[Flags, "P"]
    plain: Annotated[Flags, "1"]  # 1 if everybody in the world signs for its gain alone: no claims, costs, foresight
    owns: Annotated[Ints, "P C"]  # composites in which the party has standing on some option
    n_owns: Annotated[Ints, "P"]
    keep_off: Annotated[Floats, "P C O"]  # log chance that an option passes it if it consents rarely; 0 if no standing
    refusal: Annotated[Floats, "P"]  # log chance that a text passes the party though it refuses for certain

    # The course of a talk, per lane.
    n_lanes: Annotated[Ints, "1"]  # lanes in use for the draw and format at hand
    parent: Annotated[Ints, "L"]  # lane left for this one
    world: Annotated[Ints, "L"]  # world index the lane lives in
    next_base: Annotated[Ints, "C"]  # base of the lane to be opened
    gathered: Annotated[Ints, "C"]  # what the working groups have agreed so far
    state: Annotated[Ints, "E"]  # where the talk stands, see STEP and the following
    stage: Annotated[Ints, "L"]  # stage of the agenda, or working group; WHOLE before
    stage_order: Annotated[Ints, "Z"]  # row of `Tables.stage_issue` for each stage in order
    clock_first: Annotated[Ints, "L"]  # round from which aspirations fall
    clock_last: Annotated[Ints, "L"]  # round in which they reach the reservation value
    leg: Annotated[Ints, "L"]  # leg of a track
    carry: Annotated[Ints, "L"]  # number of what a track carried into the leg
    must_settle: Annotated[Flags, "L"]  # 1 where a text must settle core that the text in hand leaves open
    fallback: Annotated[Ints, "L C"]  # what stands if nothing more is signed: base, or what earlier legs left in force
    line_waits: Annotated[Flags, "L B"]  # 1 where a conditional line's `unless` belongs to a later stage
    claim_share: Annotated[Floats, "L P"]  # share of its best hope that a party expects of not signing
    why: Annotated[Ints, "L"]  # reason why no text was signed; -1 where nobody has looked
    open: Annotated[Flags, "L C O"]  # 1 where an option may stand in a text of the lane
    learns: Annotated[Flags, "1"]  # 1 if any view is mistaken and learning is on
    base: Annotated[Ints, "L C"]  # text in hand: status quo, or the interim text
    n_built: Annotated[Ints, "L"]  # rounds built so far
    serial: Annotated[Ints, "L"]  # number of the opening of the lane, unique in the workspace
    n_opened: Annotated[Ints, "1"]  # lanes opened so far
    n_heard: Annotated[Ints, "1"]  # texts put to the table so far, over all runs
    first_round: Annotated[Ints, "L"]  # round at which the lane starts
    top_deal: Annotated[Ints, "L P C"]  # best deal the party believes it could get
    top_gain: Annotated[Floats, "L P"]  # its gain at the lane's first month
    offer: Annotated[Ints, "L T Q C"]
    kind: Annotated[Flags, "L T Q"]  # PASS, OFFER or STALL
    price_month: Annotated[Floats, "L"]  # month of the prices that parties of the lane look at now
    top_now: Annotated[Floats, "L P"]  # gain of the top deal in the month at hand
    gap: Annotated[Floats, "L T P"]  # aspiration above the reservation value
    conceded: Annotated[Floats, "L T P"]  # share of the way from top to reservation already given, for pressure
    gain: Annotated[Floats, "L T Q P"]  # gain over reservation of each party (last axis) from the offer of each speaker
    crossed: Annotated[Flags, "L T Q P"]  # 1 where the offer crosses a firm line of the listener
    need: Annotated[Floats, "L T Q P"]  # least evaluation error with which the last takes the speaker's text unpressed
    worth: Annotated[Floats, "L T Q P"]  # what signing the speaker's text is worth to the listener, stakes
    claims: Annotated[Floats, "L T Q P"]  # what the listener expects of not signing it
    heard: Annotated[Flags, "L P Q"]  # 1 once the first has heard an offer of the second in the lane
    first_gain: Annotated[Floats, "L P Q"]  # gain to the first from the second's first offer in the lane
    best_gain: Annotated[Floats, "L P Q"]  # best so far
    received: Annotated[Floats, "L P"]  # mean concession received, for reciprocity
    closed: Annotated[Floats, "L P"]  # mean share of its way to the top that others have come, relative tit for tat
    fair_gain: Annotated[Floats, "L P"]  # what the party believes a fair split would bring it, stakes
    kept: Annotated[Floats, "L U P C"]  # before each round: its distinct offers that kept the composite as it was
    n_seen: Annotated[Floats, "L U P"]  # before each round: distinct offers of the party
    last_offer: Annotated[Ints, "L U P C"]  # before each round: the party's last offer

    # Menus of offers, per lane and party.
    menu_stamp: Annotated[Ints, "L P"]  # what the menu was made for; -1 for none
    menu_until: Annotated[Ints, "L P"]  # last round for which it may be renewed; from then on it is built again
    menu_low: Annotated[Floats, "L P"]  # lowest aspiration it covers
    menu_high: Annotated[Floats, "L P"]  # highest aspiration it covers
    menu_size: Annotated[Ints, "L P"]
    menu_own: Annotated[Floats, "L P M"]  # falling
    menu_score: Annotated[Floats, "L P M"]  # rising
    menu_slot: Annotated[Ints, "L P M"]
    menu_used: Annotated[Ints, "L P"]  # slots taken
    menu_deal: Annotated[Ints, "L P M C"]
    second: Annotated[Ints, "M"]  # slots to be improved once more
    second_own: Annotated[Floats, "M"]
    second_score: Annotated[Floats, "M"]

    # Scratch of the offer rule.
    view_value: Annotated[Floats, "P C O"]  # contribution as the speaker believes it, price included
    scale: Annotated[Floats, "C"]  # belief factors
    floor: Annotated[Floats, "P"]  # value each party gives up by agreeing
    ranked: Annotated[Ints, "P C O"]  # options usable for each speaker, by falling own value
    n_ranked: Annotated[Ints, "P C"]
    ranked_for: Annotated[Ints, "P"]  # what the ranking was made for: `serial` of a lane
    ranked_price: Annotated[Floats, "P"]  # and at what price of no settlement
    hull: Annotated[Ints, "C O"]
    n_hull: Annotated[Ints, "C"]
    others: Annotated[Floats, "C O"]
    position: Annotated[Ints, "C"]
    edge_rise: Annotated[Floats, "C"]  # value to others gained by the next edge of each hull; -1 at its end
    edge_cost: Annotated[Floats, "C"]  # own value given by it
    deal: Annotated[Ints, "C"]
    gains: Annotated[Floats, "P"]
    needed: Annotated[Ints, "P"]
    needed_weight: Annotated[Floats, "P"]
    most_pressure: Annotated[Floats, "P"]  # no pressure of the table can move the party by more, stakes
    path_weight: Annotated[Floats, "P"]
    gradient: Annotated[Floats, "P"]
    term: Annotated[Floats, "P"]
    counted: Annotated[Flags, "P"]  # 1 where the needed party is in the coalition that is counted on
    shift: Annotated[Floats, "P"]
    vertex_deal: Annotated[Ints, "K C"]
    vertex_gain: Annotated[Floats, "K P"]
    vertex_score: Annotated[Floats, "K"]
    free: Annotated[Flags, "1"]  # 1 if nothing holds the speaker back from a text: no lines, claims or cost of signing
    lines: Annotated[Ints, "B"]  # conditional lines that texts of the speaker keep
    n_lines: Annotated[Ints, "1"]
    n_wayed: Annotated[Ints, "1"]  # so many of them are kept by going through the ways
    n_ways: Annotated[Ints, "1"]
    within: Annotated[Flags, "C O"]  # 1 for the options of one way
    full: Annotated[Ints, "C O"]  # the speaker's usable options in any way
    n_full: Annotated[Ints, "C"]

    # Scratch of the other rules.
    seen_as: Annotated[Ints, "P"]  # row of `Tables.contribution` in which whoever drafts sees each party
    demand: Annotated[Floats, "P"]  # gain that a draft is to give each party at least
    true_gain: Annotated[Floats, "P"]
    crossed_now: Annotated[Flags, "P"]
    true_worth: Annotated[Floats, "P"]
    true_claim: Annotated[Floats, "P"]
    stake_in: Annotated[Floats, "P"]  # largest standing of an absent party on a text
    consents: Annotated[Floats, "P"]  # chance that it consents
    kept_now: Annotated[Floats, "P"]  # chance, as one party foresees it, that it does not stop the text
    signed_gain: Annotated[Floats, "P"]
    signed_fade: Annotated[Floats, "P"]
    walk: Annotated[Floats, "P"]
    error: Annotated[Floats, "P"]
    text: Annotated[Ints, "C"]
    tabled: Annotated[Ints, "C"]
    best_sketch: Annotated[Ints, "C"]  # best of the ways of keeping conditional lines
    weight_first: Annotated[Floats, "P"]  # weights from which each of them starts
    weight_best: Annotated[Floats, "P"]
    sketch: Annotated[Ints, "C"]  # text being drafted
    may: Annotated[Flags, "C O"]  # 1 where it may use an option
    drafted_in: Annotated[Ints, "L"]  # round of the last single text; -1 before the first
    drafted_month: Annotated[Floats, "L"]  # month of prices it was drafted for
    drafted_gain: Annotated[Floats, "L"]  # its smallest gain beyond the demands
    asked_then: Annotated[Floats, "L P"]  # demands it was drafted for
    weight_then: Annotated[Floats, "L P"]  # weights it was found with
    draft: Annotated[Ints, "L C"]  # partial text of the lane
    draft_state: Annotated[Ints, "L"]  # UNDRAFTED, NO_DRAFT or DRAFTED
    held: Annotated[Ints, "1"]  # months the last text held
    ending: Annotated[Ints, "2"]  # round and lane in which the last talk ended
    strike: Annotated[Flags, "I"]
    refused: Annotated[Ints, "I"]  # bit mask of parties
    outvoted: Annotated[Ints, "1"]  # bit mask of those at the table who voted against the last text that carried
    dissent: Annotated[Ints, "C"]  # bit mask of who voted against the text by which a part stands in the one in hand
    left_out: Annotated[Ints, "1"]  # bit mask of those outvoted on what remains of a text after strikes
    mandated: Annotated[Flags, "1"]  # 1 if the last text that carried binds without ratification
    in_force: Annotated[Ints, "C"]  # text that earlier legs of a track left in force; the status quo in a single format
    since: Annotated[Ints, "I"]  # months gone when an issue came to stand where it stands in it
    lasting: Annotated[Ints, "C"]  # what is left of the signed text when it is no longer watched: what lapses is gone
    signed: Annotated[Ints, "C"]  # bit mask of those who signed a part of it
    distrust: Annotated[Ints, "P"]  # texts of earlier legs that were not kept to the party
    coalition: Annotated[Ints, "1"]  # bit mask of those whom texts of earlier legs passed over
    spent_before: Annotated[Floats, "N"]  # share of a lever that texts of earlier legs have spent
    closest: Annotated[Ints, "2"]  # refused offer of the last round with the fewest refusers: their bit mask, speaker
    closest_text: Annotated[Ints, "C"]  # that offer
    on_floor: Annotated[Ints, "C"]  # the text on the floor under the open rule


def make_work(tables: Tables, *, formats: Sequence[int] | None = None) -> Work:
    """A workspace for one thread, to run `formats` (default all) of any block of the scenario with these shapes."""
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
        "B": tables.line_if.shape[0],
    }
    sizes["L"] = _lanes(sizes, _MAX_LANES_OF_TRACKS if np.max(tables.n_legs[chosen]) > 1 else _MAX_LANES)
    work = Work(**{name: _aligned(spec, sizes) for name, spec in layout_of(Work).items()})
    work.formats[:] = chosen
    return work


def _lanes(sizes: Mapping[str, int], most: int) -> int:
    """Lanes that fit into the memory set aside for them: at least the first and the scratch lane."""
    words = sum(int(np.prod(spec.shape(sizes))) for spec in layout_of(Work).values() if "L" in spec.axes)
    return max(2, min(most, _LANE_BYTES // (8 * words)))


def _aligned(spec: ArraySpec, sizes: Mapping[str, int]) -> NDArray[Any]:
    """A zeroed array that shares no cache line with another: two threads writing neighbours would slow each other."""
    shape = spec.shape(sizes)
    n_bytes = int(np.prod(shape)) * spec.dtype.itemsize
    buffer = np.zeros(n_bytes + 2 * _LINE, dtype=np.uint8)
    start = -buffer.ctypes.data % _LINE
    return buffer[start : start + n_bytes].view(spec.dtype).reshape(shape)
