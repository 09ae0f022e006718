"""Proposal and vote under an open rule (Baron & Ferejohn 1989, the open rule).

A seat is given the floor by lot and lays its text there. Then a seat of another bloc is recognised by lot: it moves the
previous question, so that the table votes on the text at once, or it offers its own text as an amendment, and the table
votes between the two. Of an amendment that carries its mover is the owner; the winner is on the floor in the next
session. A session is a turn, and there are as many in a round as seats. A text on which the question has failed leaves
the floor. In each round its owner brings the text on the floor up to what it would propose now.
"""

from __future__ import annotations

from sim.formats.answers import error_for, follows_plan, note_needs, true_gains
from sim.formats.lanes import clear_floor
from sim.formats.proposal_and_vote import build_texts, recognised
from sim.rules.coercion import ROUNDING
from sim.rules.consent import carries
from sim.rules.kernel import kernel, unit
from sim.rules.utility import copy_row, same_deal
from sim.types import work as at
from sim.types.tables import Ints, Tables
from sim.types.work import AMENDED, BY_THE_RULES, LAID, OFFER, PASS, PUT, SECONDED, SECONDS, Work

__all__ = ["build_texts", "next_turn"]
UNKNOWN = -1
FOR, AGAINST, ABSTAINS = 0, 1, 2


@kernel
def show_text(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """Write the text on the floor, its gains and what it needs, where the chair's text of the round stands."""
    owner, chair = w.state[at.OWNER], t.view_row.shape[0]
    current = not follows_plan(t, owner) and w.kind[lane, step, owner] != PASS
    for c in range(t.n_options.shape[0]):
        if current:
            w.on_floor[c] = w.offer[lane, step, owner, c]
        w.offer[lane, step, chair, c] = w.on_floor[c]
    w.kind[lane, step, chair] = OFFER
    true_gains(t, w, lane, fmt, step, chair)
    note_needs(t, w, lane, step, chair)


@unit("twik>i")
def next_turn(t: Tables, w: Work, fmt: int, key: int) -> int:
    """Who is heard next; the chair when the question is put on the text on the floor; -1 when the round is over.

    Where nobody else may be recognised, and when time is up, the question is put without a motion.
    """
    lane, step, chair = w.state[at.LANE], w.state[at.STEP], t.view_row.shape[0]
    if w.state[at.MOTION] == SECONDED:
        return chair
    if w.state[at.MOTION] == PUT:
        clear_floor(w)
    w.state[at.WILL] = BY_THE_RULES
    owned = w.state[at.OWNER] >= 0
    if owned:
        show_text(t, w, lane, fmt, step)
    if w.state[at.TURN] >= w.n_seats[0]:
        if not owned or step < t.n_rounds[fmt] - 1:
            return -1
        return chair
    seat = recognised(t, w, fmt, key, w.state[at.OWNER])
    if owned and seat < 0:
        return chair
    return seat


@unit("twikii>-")
def take_floor(t: Tables, w: Work, fmt: int, key: int, speaker: int, row: int) -> None:
    """What a recognised seat does: lays its text on an empty floor, moves the previous question, or amends.

    Whoever would offer the very text that is on the floor moves the question. `row` is the place of the text on the
    floor in the plan of an equilibrium, by which `w.kind` was set; -1 for none. Who votes against an amendment goes to
    `w.state[at.REFUSED]`.
    """
    lane, step = w.state[at.LANE], w.state[at.STEP]
    text = w.offer[lane, step, speaker]
    passes = w.kind[lane, step, speaker] == PASS
    if w.state[at.OWNER] < 0:
        if passes:
            w.state[at.TURN] += 1
        else:
            own_floor(w, speaker, text)
            w.state[at.MOTION] = LAID
        return
    alike = not passes and same_deal(text, w.on_floor)
    if alike or moves_question(t, w, lane, key, step, speaker, row):
        w.state[at.MOTION] = SECONDED
        return
    w.state[at.TURN] += 1
    w.state[at.MOTION] = LAID
    if not passes:
        w.n_heard[0] += 1
        amend(t, w, lane, fmt, step, speaker)


@kernel
def own_floor(w: Work, speaker: int, text: Ints) -> None:
    """Put the speaker's `text` [C] on the floor."""
    w.state[at.OWNER] = speaker
    copy_row(text, w.on_floor)


@kernel
def moves_question(t: Tables, w: Work, lane: int, key: int, step: int, speaker: int, row: int) -> bool:
    """True if a recognised seat wants the vote on the text on the floor: by its plan, or if it would accept it."""
    if w.state[at.WILL] != BY_THE_RULES:
        return w.state[at.WILL] == SECONDS
    if row >= 0:
        return w.kind[lane, step, speaker] == PASS
    chair = t.view_row.shape[0]
    return error_for(t, w, lane, key, step, chair, speaker) >= w.need[lane, step, chair, speaker]


@kernel
def amend(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int) -> None:
    """Vote between the text on the floor and the speaker's: its owner is the speaker if the table takes it."""
    against, abstained = 0, 0
    for k in range(w.n_seats[0]):
        vote = vote_between(t, w, lane, fmt, step, speaker, w.seats[k])
        if vote == AGAINST:
            against |= 1 << w.seats[k]
        elif vote == ABSTAINS:
            abstained |= 1 << w.seats[k]
    w.state[at.REFUSED], w.state[at.ABSTAINED], w.state[at.MOTION] = against, abstained, AMENDED
    if carries(t, w, w.state[at.WORLD], against, abstained):
        own_floor(w, speaker, w.offer[lane, step, speaker])


@kernel
def vote_between(t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int, voter: int) -> int:
    """How a seat votes between the speaker's amendment and the text on the floor: for what it values more.

    The mover's bloc is for its text, nobody for a text across its firm line, and who values both alike is for the
    amendment (Baron & Ferejohn 1989), or abstains where the consent rule knows that. Who plays an equilibrium compares
    what it expects with the one or the other on the floor.
    """
    chair = t.view_row.shape[0]
    if t.bloc[voter] == t.bloc[speaker]:
        return FOR
    if w.crossed[lane, step, speaker, voter] == 1:
        return AGAINST
    if w.crossed[lane, step, chair, voter] == 1:
        return FOR
    more = w.gain[lane, step, speaker, voter] - w.gain[lane, step, chair, voter]
    if follows_plan(t, voter):
        more = more_by_plan(t, w, lane, fmt, step, speaker, voter, more)
    if abs(more) <= ROUNDING and t.abstains[fmt] == 1:
        return ABSTAINS
    return FOR if more >= -ROUNDING else AGAINST


@kernel
def more_by_plan(
    t: Tables, w: Work, lane: int, fmt: int, step: int, speaker: int, voter: int, otherwise: float
) -> float:
    """What a voter's plan expects more with the amendment on the floor; `otherwise` where it lacks one of the texts."""
    old = plan_row(t, w, fmt, w.on_floor)
    new = plan_row(t, w, fmt, w.offer[lane, step, speaker])
    if old < 0 or new < 0:
        return otherwise
    world = w.world[lane]
    expected = t.plan_floor[world, fmt, speaker, new, voter] - t.plan_floor[world, fmt, w.state[at.OWNER], old, voter]
    return expected + t.plan_slack[world, fmt, voter]  # pyright: ignore[reportReturnType]


@kernel
def plan_row(t: Tables, w: Work, fmt: int, text: Ints) -> int:
    """Place of a text [C] in the plan of an equilibrium of the open rule; -1 if it is none of the plan's."""
    world = w.state[at.WORLD]
    if same_deal(text, t.status_quo):
        return UNKNOWN
    for m in range(t.plan_floor.shape[3]):
        if same_deal(text, t.plan_deal[world, fmt, m]):
            return m
    return UNKNOWN


@kernel
def reply_row(t: Tables, w: Work, fmt: int, speaker: int) -> int:
    """`plan_row` of the text on the floor for a recognised seat that plays an equilibrium; -1 for others."""
    if w.state[at.OWNER] < 0 or not follows_plan(t, speaker):
        return UNKNOWN
    return plan_row(t, w, fmt, w.on_floor)
