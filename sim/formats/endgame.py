"""From the end of a talk to its outcome, for every protocol: last-resort text, consent, hold, classification."""

from __future__ import annotations

from sim.formats.answers import follows_plan, refuse_draft, sorest_issue
from sim.formats.impasse import CLAIMS, CONDITION, FORESEEN, NO_ZONE, TIME_RAN_OUT, what_kept_apart
from sim.formats.lanes import UNASKED, indispensable
from sim.formats.plenary import vote_in_plenary
from sim.formats.table import principals_seated
from sim.rules.attendance import meets_again
from sim.rules.consent import note_dissent
from sim.rules.drafting import draft_partial
from sim.rules.durability import hold
from sim.rules.kernel import kernel, unit
from sim.rules.ratification import seek_consent
from sim.rules.signing import weigh_signing
from sim.rules.utility import (
    copy_row,
    crosses,
    floor_of,
    gains_of,
    highest_level,
    is_complete,
    month_at,
    price_at,
    same_deal,
    settles_core,
    value_of,
)
from sim.types import work as at
from sim.types.outcomes import HOME_BIT, PARTY_BITS, REMAINDER_BIT, Runs
from sim.types.tables import PROCESS, Ints, Tables
from sim.types.work import DRAFTED, NO_DRAFT, PASS, UNDRAFTED, Work

# Outcome and EndReason as plain numbers: kernels know no enums. A test holds them equal.
O_NO_TALKS, O_NO_AGREEMENT, O_BLOCKED, O_COLLAPSED, O_PROCESS, O_PARTIAL, O_SETTLEMENT = 0, 1, 2, 3, 4, 5, 6
R_STAYED_AWAY, R_ALL_PASSED, R_DEADLINE, R_ABSENT, R_HOME, R_REMAINDER, R_DEFECTED = 0, 1, 2, 3, 4, 5, 6
R_MEET_AGAIN, R_PROCESS_TEXT, R_PARTIAL, R_BANKED, R_STRUCK, R_SETTLED, R_VOTED_DOWN = 7, 8, 9, 10, 11, 12, 13
R_NO_ZONE, R_CLAIMS, R_FORESEEN, R_CONDITION = NO_ZONE, CLAIMS, FORESEEN, CONDITION
R_AGENDA_CLOSED, R_LAPSED = 18, 19
NOBODY, IN_HAND = -1, -2  # whose text came closest: nobody's, or the one in hand


@unit("twiiki>i")
def signs_partial(t: Tables, w: Work, lane: int, fmt: int, key: int, step: int) -> int:
    """1 if the table signs a last-resort text, which is then in `w.tabled`; drafted once per lane."""
    month = month_at(t, w, fmt, step)
    if w.draft_state[lane] == UNDRAFTED:
        w.draft_state[lane] = DRAFTED if draft_partial(t, w, lane, month) == 1 else NO_DRAFT
    if w.draft_state[lane] == NO_DRAFT:
        return 0
    if put_draft(t, w, lane, w.base[lane], month) != 0:
        return 0
    copy_row(w.draft[lane], w.tabled)
    note_dissent(w, w.base[lane], w.tabled)
    return 1


@kernel
def put_draft(t: Tables, w: Work, lane: int, base: Ints, month: float) -> int:
    """Put `w.draft[lane]` to a table that has `base` [C] without it: bit mask of who refuses, 0 if it carries."""
    world, draft = w.world[lane], w.draft[lane]
    gains_of(t, world, draft, base, month, w.true_gain)
    weigh_signing(t, w, lane, draft, w.true_gain, month, w.true_worth, w.true_claim)
    for q in range(t.view_row.shape[0]):
        w.crossed_now[q] = 1 if crosses(t, world, q, draft) else 0
    return refuse_draft(t, w, lane)


@unit("twiiki>i")
def drops_text_in_hand(t: Tables, w: Work, lane: int, fmt: int, key: int, step: int) -> int:
    """Who at the table will not sign the text in hand at the deadline, as a bit mask; 0 under early harvest.

    Until everything is agreed nothing is: prices have drifted since the text was agreed, so it is put to the table
    once more, with the aspiration at the reservation value, under the mandate under which it was written. An early
    harvest was banked when it was agreed.
    """
    if t.early_harvest[fmt] == 1:
        return 0
    mandated = w.mandated[0]
    copy_row(w.base[lane], w.draft[lane])
    refused = put_draft(t, w, lane, w.in_force, month_at(t, w, fmt, step))
    w.mandated[0] = mandated
    if refused == 0:
        note_dissent(w, w.in_force, w.draft[lane])
    return refused


@kernel
def all_meet_again(t: Tables, w: Work, lane: int, fmt: int, step: int) -> bool:
    """True if every party at the table finds another series of talks worth its cost."""
    world = w.world[lane]
    months = t.n_rounds[fmt] / t.rounds_per_month[fmt]
    n_blocs = principals_seated(t, w, fmt)
    month = month_at(t, w, fmt, step)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        top = value_of(t, world, p, w.top_deal[lane, p], month) - floor_of(t, world, p, w.fallback[lane], month)
        value, cost = t.meeting_value[world, fmt, p], t.talk_cost[world, fmt, p]
        patience = float(t.patience[world, p])
        if not meets_again(top, n_blocs, value, cost, patience, months):
            return False
    return True


@kernel
def stops_price(t: Tables, deal: Ints) -> bool:
    """True if `deal` [C] stops more of the price of no settlement than the status quo does."""
    for c in range(deal.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.ending[c, deal[c]] > t.ending[c, t.status_quo[c]]:
            return True
    return False


@kernel
def reopens(t: Tables, deal: Ints) -> bool:
    """True if the lapse of some part of `deal` [C] leads back to talks."""
    for i in range(t.level.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.resumes[i, deal[t.issue_composite[i]]] == 1:
            return True
    return False


@unit("twiif>-")
def mark_sore(t: Tables, w: Work, lane: int, mask: int, month: float) -> None:
    """For each party in `mask`, note in `w.refused` the issue on which `w.deal` falls furthest short for it."""
    for q in range(t.view_row.shape[0]):
        if (mask >> q) & 1:
            i = sorest_issue(t, w, lane, q, month)
            if i >= 0:
                w.refused[i] |= 1 << q


@unit("twoiifii>-")
def write_run(t: Tables, w: Work, out: Runs, row: int, world: int, month: float, outcome: int, reason: int) -> None:
    """Write what ended the run, the text in force (`w.text`), the text tabled (`w.tabled`) and everybody's value."""
    out.outcome[row] = outcome
    out.reason[row] = reason
    out.month[row] = int(month) + 1 if outcome != O_NO_TALKS else 0
    out.shock[row] = world % t.n_regimes[0]
    out.core[row] = 1 if settles_core(t, w.text) else 0
    out.halt[row] = 1 if stops_price(t, w.text) else 0
    out.agreed[row] = 1 if highest_level(t, w.tabled) > PROCESS else 0
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        out.deal[row, i] = t.issue_option[i, w.text[c]]
        out.tabled[row, i] = t.issue_option[i, w.tabled[c]]
        out.refused[row, i] = w.refused[i]
    for q in range(t.view_row.shape[0]):
        price = price_at(t, world, q, month)
        out.value[row, q] = value_of(t, world, q, w.text, month) + price
        alone = value_of(t, world, q, t.status_quo, month)
        out.reservation[row, q] = alone + max(float(t.outside[world, q]), 0.0) + price


@unit("twoiiii>-")
def end_without_text(t: Tables, w: Work, out: Runs, row: int, lane: int, fmt: int, step: int) -> None:
    """No text: meet again, or no agreement, decided by those who passed or refused what came closest.

    That is the refused offer of the last round with the fewest refusers, or the text in hand that was dropped.
    """
    world = w.world[lane]
    month = month_at(t, w, fmt, step)
    out.held[row] = -1
    outcome, reason, decided = O_NO_AGREEMENT, R_DEADLINE, w.closest[0]
    if w.closest[1] != NOBODY:
        for c in range(w.deal.shape[0]):
            w.deal[c] = w.base[lane, c] if w.closest[1] == IN_HAND else w.closest_text[c]
        mark_sore(t, w, lane, decided, month)
    elif w.first_round[lane] <= step < w.n_built[lane]:  # a lane opened by the last text has no round of its own
        reason = R_ALL_PASSED
        for k in range(w.n_seats[0]):
            p = w.seats[k]
            unheard = follows_plan(t, p) and (w.state[at.SPOKE] >> p) & 1 == 0  # what a plan says is drawn on the floor
            if w.kind[lane, step, p] == PASS and not unheard:
                decided |= 1 << p
    if all_meet_again(t, w, lane, fmt, step):
        outcome, reason = O_PROCESS, R_MEET_AGAIN
    if w.closest[1] != IN_HAND:
        reason = reason_apart(t, w, lane, month, reason)
    out.decided[row] = decided
    write_run(t, w, out, row, world, month, outcome, reason)


@kernel
def reason_apart(t: Tables, w: Work, lane: int, month: float, otherwise: int) -> int:
    """Why no text was signed by the talk of a lane, looked into once; `otherwise` where only time was wanting."""
    if w.why[lane] == UNASKED:
        w.why[lane] = what_kept_apart(t, w, lane, month)
    return otherwise if w.why[lane] == TIME_RAN_OUT else w.why[lane]  # pyright: ignore[reportReturnType]


@unit("twoiiiki>i")
def voted_down(t: Tables, w: Work, out: Runs, row: int, lane: int, fmt: int, key: int, step: int) -> int:
    """1 if a contact group's text in `w.tabled` does not carry before all: then the row is written."""
    world = w.world[lane]
    month = month_at(t, w, fmt, step)
    against = vote_in_plenary(t, w, world, fmt, key, month)
    if against == 0:
        return 0
    out.decided[row], out.held[row] = against, -1
    for c in range(w.text.shape[0]):
        w.text[c], w.deal[c] = w.in_force[c], w.tabled[c]
    mark_sore(t, w, lane, against, month)
    write_run(t, w, out, row, world, month, O_BLOCKED, R_VOTED_DOWN)
    return 1


@unit("twoiiikii>-")
def end_with_text(
    t: Tables, w: Work, out: Runs, row: int, lane: int, fmt: int, key: int, step: int, reason: int
) -> None:
    """The table agreed on `w.tabled`: consent, then hold, then what to call it.

    `reason` is R_SETTLED, R_AGENDA_CLOSED, R_PARTIAL or R_BANKED, as the table left it.
    """
    world = w.world[lane]
    month = month_at(t, w, fmt, step)
    copy_row(w.tabled, w.text)
    stopped = seek_consent(t, w, world, key, month)
    level = highest_level(t, w.text)
    out.decided[row] = stopped & PARTY_BITS
    out.held[row] = -1
    if same_deal(w.text, w.in_force):
        reason = R_ABSENT
        if (stopped >> HOME_BIT) & 1:
            reason = R_HOME
        if (stopped >> REMAINDER_BIT) & 1:
            reason = R_REMAINDER
        write_run(t, w, out, row, world, month, O_BLOCKED, reason)
        return
    if level == PROCESS:
        write_run(t, w, out, row, world, month, O_PROCESS, R_STRUCK if reason == R_SETTLED else R_PROCESS_TEXT)
        return
    outcome = O_PARTIAL
    if settles_core(t, w.text):
        outcome, reason = O_SETTLEMENT, R_SETTLED
    elif reason == R_SETTLED:
        reason = R_STRUCK
    write_signed(t, w, out, row, lane, world, key, month, outcome, reason)


@unit("twoiiikfii>-")
def write_signed(
    t: Tables, w: Work, out: Runs, row: int, lane: int, world: int, key: int, month: float, outcome: int, reason: int
) -> None:
    """Write a run whose signed text is in `w.text`: as `outcome` and `reason` if it lasts, else as collapsed or lapsed.

    A text of which nothing but process is left once its months are over has lapsed, into talks if an option says so.
    """
    left = hold(t, w, world, key, month)
    out.held[row] = w.held[0]
    if left != 0:
        outcome, reason = O_COLLAPSED, R_DEFECTED
        out.decided[row] = left
        copy_row(w.lasting, w.deal)
        mark_sore(t, w, lane, left, month + w.held[0])
    elif highest_level(t, w.lasting) <= PROCESS:
        outcome, reason = O_PROCESS if reopens(t, w.text) else O_PARTIAL, R_LAPSED
    write_run(t, w, out, row, world, month, outcome, reason)


@unit("twoiiikii>-")
def conclude(t: Tables, w: Work, out: Runs, row: int, lane: int, fmt: int, key: int, step: int, settled: int) -> None:
    """From the end of a talk to its row in `out`; `settled` says that the text in `w.tabled` ended the talks.

    A single undertaking has no text of last resort, and keeps nothing of a text in hand that leaves core open.
    """
    for i in range(t.level.shape[0]):
        w.refused[i] = 0
    reason = R_SETTLED if settles_core(t, w.tabled) else R_AGENDA_CLOSED
    if settled == 0:
        reason = R_BANKED
        copy_row(w.base[lane], w.tabled)
        copy_row(w.in_force, w.text)
        nothing = same_deal(w.tabled, w.in_force) or not is_complete(t, fmt, w.tabled)
        if t.undertaking[fmt] == 1 and nothing:
            copy_row(w.in_force, w.tabled)
            end_without_text(t, w, out, row, lane, fmt, step)
            return
        if same_deal(w.tabled, w.in_force):
            reason = R_PARTIAL
            if signs_partial(t, w, lane, fmt, key, step) == 0:
                end_without_text(t, w, out, row, lane, fmt, step)
                return
        else:
            unwilling = drops_text_in_hand(t, w, lane, fmt, key, step)
            if unwilling != 0:
                w.closest[0], w.closest[1] = unwilling, IN_HAND
                copy_row(w.in_force, w.tabled)
                end_without_text(t, w, out, row, lane, fmt, step)
                return
    if voted_down(t, w, out, row, lane, fmt, key, step) == 0:
        end_with_text(t, w, out, row, lane, fmt, key, step, reason)


@unit("twoiiii>-")
def record_no_talks(t: Tables, w: Work, out: Runs, row: int, world: int, fmt: int, away: int) -> None:
    """The row of a run in which too few came, decided by those of the `away` without whom there are no talks.

    Where nobody is indispensable all who stayed away have decided it.
    """
    missed = away & indispensable(t, fmt)
    for i in range(t.level.shape[0]):
        w.refused[i] = 0
    copy_row(w.in_force, w.text)
    copy_row(w.in_force, w.tabled)
    out.decided[row] = missed if missed != 0 else away
    out.held[row] = -1
    write_run(t, w, out, row, world, float(w.state[at.MONTHS]), O_NO_TALKS, R_STAYED_AWAY)
