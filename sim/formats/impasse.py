"""Why a table signed nothing: what kept it apart, told from the course of the talk and once per lane.

Asked in this order of the best text for the worst off (`rules.drafting`), with everybody as they are: is there a text
by which nobody at the table loses; would there be one without conditional lines; is there one worth what each expects
of waiting; is that one worth signing, for what a signature costs and as far as they foresee the absent. Where all is
so, time ran out. Where votes are counted the question is not asked: no text need suit all.
"""

from __future__ import annotations

from sim.rules.claims import claim_on_core
from sim.rules.drafting import NOW, ask_nothing, draft_for_table
from sim.rules.kernel import kernel, unit
from sim.rules.signing import weigh_signing
from sim.rules.utility import gains_of
from sim.types.tables import Tables
from sim.types.work import Work

TIME_RAN_OUT, NO_ZONE, CLAIMS, FORESEEN, CONDITION = 0, 1, 2, 3, 4
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
    return FORESEEN if worth_too_little(t, w, lane, month) else TIME_RAN_OUT


@kernel
def ask_claims(t: Tables, w: Work, lane: int) -> None:
    """Let the next draft give everybody at the table its claim on the core."""
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        w.demand[p] = claim_on_core(t, w, lane, p)


@kernel
def worth_too_little(t: Tables, w: Work, lane: int, month: float) -> bool:
    """True if the text in `w.sketch` would be worth less to somebody at the table than its claim on not signing it."""
    gains_of(t, w.world[lane], w.sketch, w.fallback[lane], month, w.true_gain)
    weigh_signing(t, w, lane, w.sketch, w.true_gain, month, w.true_worth, w.true_claim)
    for k in range(w.n_seats[0]):
        p = w.seats[k]
        if w.true_worth[p] < w.true_claim[p] - NEAR:
            return True
    return False
