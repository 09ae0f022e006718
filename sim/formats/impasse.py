"""Why a table signed nothing: what kept it apart, told from the course of the talk and once per lane.

Asked in this order of the best text for the worst off (`rules.drafting`), with everybody as they are: is there a text
by which nobody at the table loses; would there be one without conditional lines; is there one worth what each expects
of waiting and what a signature costs; is that one worth signing as far as they foresee the absent. Where all is so,
time ran out. Where votes are counted the question is not asked: no text need suit all.
"""

from __future__ import annotations

from sim.rules.claims import claim_on_core
from sim.rules.drafting import NOW, ask_nothing, draft_for_table
from sim.rules.kernel import kernel, unit
from sim.rules.signing import cost_of_signing, is_touched, weigh_signing, worth_signing
from sim.rules.utility import gains_of
from sim.types.tables import Tables
from sim.types.work import Work

TIME_RAN_OUT, NO_ZONE, CLAIMS, FORESEEN, CONDITION = 0, 14, 15, 16, 17  # as `EndReason` has them, but for the first
NEAR = 1e-9  # stakes


@unit("twif>i")
def what_kept_apart(t: Tables, w: Work, lane: int, month: float) -> int:
    """What kept the table of a lane from signing a text, at the prices of `month`: NO_ZONE and the following."""
    if w.by_count[0] == 1:
        return TIME_RAN_OUT
    ask_nothing(w)
    if draft_for_table(t, w, lane, month, NOW, 1) < -NEAR:
        lines = w.n_lines[0] > 0 and draft_for_table(t, w, lane, month, NOW, 0) >= -NEAR
        return CONDITION if lines else NO_ZONE
    ask_claims(t, w, lane)
    if draft_for_table(t, w, lane, month, NOW, 1) < -NEAR:
        return CLAIMS
    return what_falls_short(t, w, lane, month)


@kernel
def ask_claims(t: Tables, w: Work, lane: int) -> None:
    """Let the next draft give everybody at the table its claim on the core."""
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        w.demand[p] = claim_on_core(t, w, lane, p)


@kernel
def what_falls_short(t: Tables, w: Work, lane: int, month: float) -> int:
    """What makes the text in `w.sketch` too poor for somebody at the table; TIME_RAN_OUT if nothing does.

    CLAIMS if it is worth a signature and less than a claim on waiting, else NO_ZONE if it is not worth a signature,
    else FORESEEN if only what the absent may stop makes it so.
    """
    world = w.world[lane]
    claims, costs, foreseen = False, False, False
    gains_of(t, world, w.sketch, w.fallback[lane], month, w.true_gain)
    weigh_signing(t, w, lane, w.sketch, w.true_gain, month, w.true_worth, w.true_claim)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        cost = cost_of_signing(t, world, p, w.sketch) if is_touched(t, w, lane, p, w.sketch, month) else 0.0
        worth = worth_signing(float(w.true_gain[p]), 1.0, cost)
        if worth < -NEAR:
            costs = True
        elif worth < w.true_claim[p] - NEAR:
            claims = True
        elif w.true_worth[p] < w.true_claim[p] - NEAR:
            foreseen = True
    if claims:
        return CLAIMS
    if costs:
        return NO_ZONE
    return FORESEEN if foreseen else TIME_RAN_OUT
