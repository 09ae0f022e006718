"""What may be moved at a table: the agenda, its stages and their order."""

from __future__ import annotations

import math

from sim.rules.kernel import kernel, unit
from sim.types.tables import EASY_FIRST, GIVEN, Tables
from sim.types.work import WHOLE, Work


@kernel
def on_agenda(t: Tables, w: Work, fmt: int, stage: int, issue: int) -> bool:
    """True if the issue may be moved in a stage, or with WHOLE in any stage."""
    if stage != WHOLE:
        row = w.stage_order[stage] if t.n_stages[fmt] > 1 else stage
        return t.stage_issue[fmt, row, issue] == 1
    for z in range(t.n_stages[fmt]):  # noqa: SIM110 (kernels have no generators)
        if t.stage_issue[fmt, z, issue] == 1:
            return True
    return False


@unit("twiii>-")
def open_options(t: Tables, w: Work, lane: int, fmt: int, stage: int) -> None:
    """Which options texts of a lane may use, into `w.open[lane]`: issues off the agenda stand as in the text in hand.

    Under early harvest what the text in hand has moved is off the table. Texts that earlier legs of a track left in
    force may be negotiated again. In a single undertaking core issues at hand are open at settling options alone.
    """
    for c in range(t.n_options.shape[0]):
        base = w.base[lane, c]
        taken = t.early_harvest[fmt] == 1 and base != w.in_force[c]
        for o in range(t.n_options[c]):
            w.open[lane, c, o] = 1 if o == base or (t.allowed[fmt, c, o] == 1 and not taken) else 0
    for i in range(t.level.shape[0]):
        if on_agenda(t, w, fmt, stage, i):
            continue
        c = t.issue_composite[i]
        stands = t.issue_option[i, w.base[lane, c]]
        for o in range(t.n_options[c]):
            if t.issue_option[i, o] != stands:
                w.open[lane, c, o] = 0
    if t.undertaking[fmt] == 1:
        close_unsettled(t, w, lane, fmt, stage)
    w.must_settle[lane] = 0
    for c in range(t.n_options.shape[0]):
        if w.open[lane, c, w.base[lane, c]] == 0:
            w.must_settle[lane] = 1


@kernel
def close_unsettled(t: Tables, w: Work, lane: int, fmt: int, stage: int) -> None:
    """Close every option at which a core issue of the stage would be left open: nothing is agreed until all of it is.

    A single undertaking (Putnam 1988 on package deals; the Uruguay Round's rule): `w.open[lane]` loses them.
    """
    for i in range(t.level.shape[0]):
        if t.undertaken[fmt, i] == 0 or not on_agenda(t, w, fmt, stage, i):
            continue
        c = t.issue_composite[i]
        for o in range(t.n_options[c]):
            if t.settles[i, o] == 0:
                w.open[lane, c, o] = 0


@unit("twii>-")
def order_stages(t: Tables, w: Work, world: int, fmt: int) -> None:
    """Order of the stages into `w.stage_order`: as given, or by what the worst off could gain from each issue alone.

    Easy first: the stage with the most for the worst off at the table comes first; hard first the other way round.
    Ties keep file order.
    """
    n = t.n_stages[fmt]
    for z in range(n):
        w.stage_order[z] = z
    if t.order[fmt] == GIVEN:
        return
    sign = 1.0 if t.order[fmt] == EASY_FIRST else -1.0
    for z in range(1, n):
        place = z
        ease = sign * ease_of(t, w, world, fmt, z)
        while place > 0 and sign * ease_of(t, w, world, fmt, w.stage_order[place - 1]) < ease:
            w.stage_order[place] = w.stage_order[place - 1]
            place -= 1
        w.stage_order[place] = z


@kernel
def ease_of(t: Tables, w: Work, world: int, fmt: int, row: int) -> float:
    """How easy a stage of one composite is: the most that the worst off at the table can gain on it alone, stakes."""
    best = -math.inf
    for c in range(t.n_options.shape[0]):
        if not moves_composite(t, fmt, row, c):
            continue
        quo = t.status_quo[c]
        for o in range(t.n_options[c]):
            worst = math.inf
            for k in range(w.n_seats[0]):
                p = w.seats[k]
                price = t.price[world, p] * (t.ending[c, o] - t.ending[c, quo])
                worst = min(worst, t.contribution[world, p, c, o] - t.contribution[world, p, c, quo] - price)
            if o != quo:
                best = max(best, worst)
    return best


@kernel
def moves_composite(t: Tables, fmt: int, row: int, composite: int) -> bool:
    """True if an issue of the composite is on the agenda of a stage."""
    for i in range(t.level.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if t.issue_composite[i] == composite and t.stage_issue[fmt, row, i] == 1:
            return True
    return False
