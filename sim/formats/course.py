"""The course of one talk, for every protocol: rounds, turns, stages of the agenda, working groups, shocks.

Where a talk stands is in `Work.state`. Both drivers move it by the same steps: `open_talk`, then per round
`begin_round`, turn by turn the protocol's `next_turn` and `hear`, and `end_round`.
"""

from __future__ import annotations

import numpy as np

from sim.formats.alternating_offers import build_texts, next_turn
from sim.formats.answers import draw_errors, follows_plan, note_gains, note_needs, refusers
from sim.formats.lanes import change_ground, clear_floor
from sim.formats.open_rule import reply_row, take_floor
from sim.formats.speech import close_round
from sim.formats.table import blocs_seated, seat_parties, session_of, stands_for_bloc
from sim.rules.chance import MIX, NOBODY, SHOCK, slot, uniform
from sim.rules.chance import START as FIRST_SPEAKER
from sim.rules.consent import note_dissent
from sim.rules.kernel import kernel, unit
from sim.rules.utility import copy_row, is_complete, month_at, same_deal, settles_core
from sim.types import work as at
from sim.types.tables import BASKETS, OPEN_RULE, Ints, Tables
from sim.types.work import OFFER, PASS, PUT, STAGES, WHOLE, Work

GOES_ON, SPOKEN_FOR, TIME_IS_UP = 0, 1, 2
NOBODY_HEARD = -1
NOT_ON_FLOOR = -1


@unit("tiki>i")
def shock_in(t: Tables, world: int, key: int, month: int) -> int:
    """Regime of the first shock that occurs in `month`, in file order; 0 for none."""
    for g in range(1, t.n_regimes[0]):
        address = slot(SHOCK, month, np.uint64(g), NOBODY)
        if uniform(key, address) < t.hazard[world, g - 1]:
            return g
    return 0


@unit("twki>i")
def starting_seat(t: Tables, w: Work, key: int, place: int) -> int:
    """Seat that speaks first in every round of a stage: each bloc with equal chance, by its first seat.

    `place` numbers the stages and legs of a run, 0 for the first.
    """
    n_blocs = blocs_seated(t, w)
    drawn = min(int(uniform(key, slot(FIRST_SPEAKER, place, NOBODY, NOBODY)) * n_blocs), n_blocs - 1)
    for k in range(w.n_seats[0]):
        if stands_for_bloc(t, w, k):
            if drawn == 0:
                return k
            drawn -= 1
    return 0


@unit("twiiiik>-")
def open_talk(t: Tables, w: Work, lane: int, world: int, fmt: int, away: int, key: int) -> None:
    """Begin a talk at round 0 in an opened lane; `away` are the invited who stayed away."""
    w.state[at.OPENED_IN] = world - world % t.n_regimes[0]
    w.state[at.WORLD], w.state[at.REGIME] = world, world % t.n_regimes[0]
    w.state[at.LANE], w.state[at.FIRST_LANE], w.state[at.AWAY] = lane, lane, away
    w.state[at.STEP] = 0
    clear_floor(w)
    w.closest[0], w.closest[1] = 0, NOBODY_HEARD
    w.outvoted[0], w.mandated[0], w.left_out[0] = 0, 0, 0
    for c in range(w.dissent.shape[0]):
        w.dissent[c] = 0
    copy_row(w.in_force, w.gathered)
    if t.n_stages[fmt] > 1:
        enter_stage(t, w, fmt, key, 0, 0)
        return
    seat_parties(t, w, world, fmt, WHOLE, away, 0)
    w.state[at.STAGE] = WHOLE
    w.state[at.START] = starting_seat(t, w, key, STAGES * w.state[at.LEG])


@unit("twikii>-")
def enter_stage(t: Tables, w: Work, fmt: int, key: int, stage: int, step: int) -> None:
    """Go over to a stage of the agenda, or WHOLE, at round `step`; a working group starts from the first lane.

    The text in hand is in `w.next_base` but for working groups and their plenary, which start from what is in force.
    """
    lane, world = w.state[at.LANE], w.state[at.WORLD]
    if t.protocol[fmt] == BASKETS:
        lane, world = w.state[at.FIRST_LANE], regime_before(t, w, fmt, key, step)
        copy_row(w.in_force, w.next_base)
    elif step == 0:
        copy_row(w.in_force, w.next_base)
    seat_parties(t, w, world, fmt, stage, w.state[at.AWAY], 0)
    w.state[at.STAGE], w.state[at.STEP], w.state[at.WORLD] = stage, step, world
    w.state[at.START] = starting_seat(t, w, key, STAGES * w.state[at.LEG] + 1 + stage)
    w.state[at.LANE] = change_ground(t, w, lane, world, fmt, step, stage)
    draw_errors(t, w, world, key)


@kernel
def regime_before(t: Tables, w: Work, fmt: int, key: int, step: int) -> int:
    """World after the shocks of the months before round `step`: working groups and plenary live through the same."""
    first = w.state[at.OPENED_IN]
    if w.world[w.state[at.FIRST_LANE]] != first:
        return w.world[w.state[at.FIRST_LANE]]  # pyright: ignore[reportReturnType]
    for month in range(step // t.rounds_per_month[fmt]):
        regime = shock_in(t, first, key, w.state[at.MONTHS] + month)
        if regime > 0:
            return first + regime
    return first


@unit("twik>-")
def enter_round(t: Tables, w: Work, fmt: int, key: int) -> None:
    """Start a round: a shock perhaps, and nobody has spoken yet."""
    step, lane = w.state[at.STEP], w.state[at.LANE]
    w.state[at.REGIME] = w.state[at.WORLD] - w.state[at.OPENED_IN]
    if step % t.rounds_per_month[fmt] == 0 and w.state[at.REGIME] == 0:
        regime = shock_in(t, w.state[at.OPENED_IN], key, int(month_at(t, w, fmt, step)))
        if regime > 0:
            w.state[at.REGIME], w.state[at.WORLD] = regime, w.state[at.OPENED_IN] + regime
            copy_row(w.base[lane], w.next_base)
            lane = change_ground(t, w, lane, w.state[at.WORLD], fmt, step, w.state[at.STAGE])
            draw_errors(t, w, w.state[at.WORLD], key)
    w.state[at.LANE] = lane
    w.state[at.TURN], w.state[at.SPOKE], w.state[at.REFUSED] = 0, 0, w.table_mask[0]


@unit("twik>-")
def begin_round(t: Tables, w: Work, fmt: int, key: int) -> None:
    """Enter a round and build everything that may be said in it, once per lane."""
    enter_round(t, w, fmt, key)
    step, lane = w.state[at.STEP], w.state[at.LANE]
    if step >= w.n_built[lane]:
        build_texts(t, w, lane, fmt, step)
        close_round(t, w, lane, step)
        w.n_built[lane] = step + 1


@unit("twiki>i")
def hear(t: Tables, w: Work, fmt: int, key: int, speaker: int) -> int:
    """Put the speaker's text of the round to the table.

    0 if the table takes it, else the bit mask of those who refuse; -1 if the speaker has nothing to say, or does
    something else than put a text to the final vote. In the last round the refused text with the fewest refusers goes
    to `w.closest`.
    """
    step, lane = w.state[at.STEP], w.state[at.LANE]
    w.state[at.SPOKE] |= 1 << speaker
    seated = speaker < t.view_row.shape[0]
    row = reply_row(t, w, fmt, speaker) if seated and t.protocol[fmt] == OPEN_RULE else NOT_ON_FLOOR
    if seated and follows_plan(t, speaker):
        choose_from_plan(t, w, lane, fmt, key, step, speaker, row)
    if t.protocol[fmt] == OPEN_RULE:
        if seated:
            take_floor(t, w, fmt, key, speaker, row)
            return NOBODY_HEARD
        w.state[at.MOTION] = PUT
        w.state[at.TURN] += 1
    elif not seated and t.protocol[fmt] == BASKETS:
        put_package(t, w, lane, fmt, step)
    if w.kind[lane, step, speaker] == PASS:
        return NOBODY_HEARD
    w.n_heard[0] += 1
    mask = refusers(t, w, lane, key, step, speaker)  # pyright: ignore[reportArgumentType]
    w.state[at.REFUSED] = mask
    last = step == t.n_rounds[fmt] - 1
    if mask != 0 and last and (w.closest[1] == NOBODY_HEARD or bits_set(mask) < bits_set(w.closest[0])):
        w.closest[0], w.closest[1] = mask, speaker
        copy_row(w.offer[lane, step, speaker], w.closest_text)
    return mask  # pyright: ignore[reportReturnType]


@unit("twiii>-")
def put_package(t: Tables, w: Work, lane: int, fmt: int, step: int) -> None:
    """What working groups have put together, as the chair's text.

    Nothing once the table has a text in hand, or where it leaves open what a single undertaking must settle.
    """
    chair = t.view_row.shape[0]
    moot = same_deal(w.gathered, w.in_force) or not same_deal(w.base[lane], w.in_force)
    moot = moot or not is_complete(t, fmt, w.gathered)
    w.kind[lane, step, chair] = PASS if moot else OFFER
    copy_row(w.gathered, w.offer[lane, step, chair])
    note_gains(t, w, lane, fmt, step, chair)
    note_needs(t, w, lane, step, chair)


@kernel
def bits_set(mask: int) -> int:
    """Number of parties in a bit mask."""
    count = 0
    while mask != 0:
        mask &= mask - 1
        count += 1
    return count


@kernel
def chance_of(t: Tables, w: Work, world: int, fmt: int, speaker: int, row: int, m: int) -> float:
    """Chance of the plan's deal `m`: as a reply to deal `row` on the floor, or with -1 as a proposal."""
    if row < 0:
        return t.plan_chance[world, fmt, speaker, m]  # pyright: ignore[reportReturnType]
    if m >= t.plan_floor.shape[3]:
        return 0.0
    return t.plan_reply[world, fmt, w.state[at.OWNER], row, speaker, m]  # pyright: ignore[reportReturnType]


@unit("twiikiii>-")
def choose_from_plan(t: Tables, w: Work, lane: int, fmt: int, key: int, step: int, speaker: int, row: int) -> None:
    """What a party that plays an equilibrium proposes: one of the plan's deals by its chances, or it passes.

    In reply to deal `row` of the plan on the floor, not to propose is to move the question.
    """
    world = w.world[lane]
    left = uniform(key, slot(MIX, session_of(w), t.chance_key[speaker], NOBODY))
    w.kind[lane, step, speaker] = PASS
    for m in range(t.plan_deal.shape[2]):
        left -= chance_of(t, w, world, fmt, speaker, row, m)
        if left < 0.0:
            w.kind[lane, step, speaker] = OFFER
            copy_row(t.plan_deal[world, fmt, m], w.offer[lane, step, speaker])
            note_gains(t, w, lane, fmt, step, speaker)
            note_needs(t, w, lane, step, speaker)
            return


@unit("twiki>i")
def end_round(t: Tables, w: Work, fmt: int, key: int, agreed: int) -> int:
    """Close a round in which the table took the text of `agreed`, or none (-1), and go on to where talks stand next.

    A text that settles the core, or all that a single undertaking has of it on its agenda, ends the talks, unless
    stages of it are still to come; one that leaves core open becomes the text in hand, and talks go on.

    Returns:
        SPOKEN_FOR with the text that ended the talks in `w.tabled`, TIME_IS_UP with the text in hand in `w.base[lane]`,
        else GOES_ON. Round and lane of the end are in `w.ending`.
    """
    step, lane, stage = w.state[at.STEP], w.state[at.LANE], w.state[at.STAGE]
    if stage != WHOLE and t.protocol[fmt] == BASKETS and stage < t.n_stages[fmt] - 1:
        end_group_round(t, w, fmt, key, agreed)
        return GOES_ON
    last_stage = stage == WHOLE or stage == t.n_stages[fmt] - 1
    copy_row(w.base[lane], w.next_base)
    if agreed >= 0:
        w.ending[0], w.ending[1] = step, lane
        copy_row(w.offer[lane, step, agreed], w.tabled)
        copy_row(w.tabled, w.next_base)
        note_dissent(w, w.base[lane], w.tabled)
        whole = t.undertaking[fmt] == 1 and is_complete(t, fmt, w.tabled)
        if last_stage and (whole or settles_core(t, w.tabled)):
            return SPOKEN_FOR
    w.state[at.STEP] = step + 1
    if not last_stage and (agreed >= 0 or step >= t.stage_last[fmt, stage]):
        enter_stage(t, w, fmt, key, stage + 1, step + 1)
    elif agreed >= 0 and stage != WHOLE and t.protocol[fmt] != BASKETS:
        enter_stage(t, w, fmt, key, WHOLE, step + 1)  # what time is left goes to the whole
    elif agreed >= 0:
        w.state[at.LANE] = change_ground(t, w, lane, w.state[at.WORLD], fmt, step + 1, stage)
    if step + 1 >= t.n_rounds[fmt]:
        w.ending[0], w.ending[1] = t.n_rounds[fmt] - 1, w.state[at.LANE]
        return TIME_IS_UP
    return GOES_ON


@kernel
def end_group_round(t: Tables, w: Work, fmt: int, key: int, agreed: int) -> None:
    """A round of a working group: its text goes to the package; then, or when time is up, the next group begins."""
    step, lane, stage = w.state[at.STEP], w.state[at.LANE], w.state[at.STAGE]
    if agreed >= 0:
        gather(t, w, fmt, stage, w.offer[lane, step, agreed])
    elif step < t.stage_last[fmt, stage]:
        w.state[at.STEP] = step + 1
        return
    enter_stage(t, w, fmt, key, stage + 1, t.stage_first[fmt, stage + 1])


@kernel
def gather(t: Tables, w: Work, fmt: int, stage: int, text: Ints) -> None:
    """Put a group's `text` [C] into `w.gathered`; a part that does not go with what others have agreed is left out."""
    for c in range(t.n_options.shape[0]):
        for o in range(t.n_options[c]):
            fits = True
            for i in range(t.level.shape[0]):
                if t.issue_composite[i] != c:
                    continue
                source = text[c] if t.stage_issue[fmt, stage, i] == 1 else w.gathered[c]
                fits = fits and t.issue_option[i, o] == t.issue_option[i, source]
            if fits:
                w.gathered[c] = o
                break


@unit("twiiiik>i")
def play_talk(t: Tables, w: Work, lane: int, world: int, fmt: int, away: int, key: int) -> int:
    """One talk from the opened `lane` to its end; see `end_round` for what it leaves."""
    open_talk(t, w, lane, world, fmt, away, key)
    while True:
        begin_round(t, w, fmt, key)
        agreed = -1
        while True:
            speaker = next_turn(t, w, fmt, key)
            if speaker < 0:
                break
            if hear(t, w, fmt, key, speaker) == 0:
                agreed = speaker
                break
        status = end_round(t, w, fmt, key, agreed)
        if status != GOES_ON:
            return status
