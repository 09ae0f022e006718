"""Conditional red lines: what a party refuses to give unless it gets something for it.

A line bars every deal that meets all of its `if` and not all of its `unless`. Whoever searches for texts keeps it in
one of a few *ways*: one part of the `if` is not met, or all of the `unless` is. In each way a deal is again a free
choice per composite, so the search goes through the ways one by one.
"""

from __future__ import annotations

from sim.rules.kernel import inlined, kernel, unit
from sim.types.tables import BASKETS, NO_CLAIMS, Ints, Tables
from sim.types.work import WHOLE, Work

MOST_WAYS = 32
NOWHERE = -1


@kernel
def breaks_line(t: Tables, line: int, deal: Ints, composite: int, option: int) -> bool:
    """True if `deal` [C], with one `composite` at `option` instead (NOWHERE for none), meets `if` and not `unless`."""
    for c in range(deal.shape[0]):
        o = option if c == composite else deal[c]
        if t.line_if_in[line, c] == 1 and t.line_if[line, c, o] == 0:
            return False
    asked = False
    for c in range(deal.shape[0]):
        o = option if c == composite else deal[c]
        if t.line_unless_in[line, c] == 1:
            asked = True
            if t.line_unless[line, c, o] == 0:
                return True
    return not asked


@kernel
def crosses_condition(t: Tables, world: int, view: int, deal: Ints, composite: int, option: int) -> bool:
    """True if a firm conditional line of the profile in row `view` bars the deal; arguments as in `breaks_line`."""
    for b in range(t.line_if.shape[0]):
        if t.line_firm[world, view, b] == 1 and breaks_line(t, b, deal, composite, option):
            return True
    return False


@kernel
def freed_by(t: Tables, world: int, view: int, deal: Ints, composite: int, option: int) -> bool:
    """True if `deal` [C] crosses a firm conditional line of `view`, and none with one composite at `option` instead."""
    if not crosses_condition(t, world, view, deal, NOWHERE, NOWHERE):
        return False
    return not crosses_condition(t, world, view, deal, composite, option)


@kernel
def wait_for_later(t: Tables, w: Work, lane: int, fmt: int, stage: int) -> None:
    """Which lines say nothing yet in a lane, into `w.line_waits` [B]: their `unless` belongs to a later stage.

    Only where nothing is agreed until all is, and in working groups, whose texts are parts of a package.
    """
    early = t.undertaking[fmt] == 0 and t.protocol[fmt] != BASKETS
    last = stage == WHOLE or stage == t.n_stages[fmt] - 1
    for b in range(t.line_if.shape[0]):
        w.line_waits[lane, b] = 0
        if early or last:
            continue
        for c in range(t.n_options.shape[0]):
            met = t.line_unless_in[b, c] == 0
            for o in range(t.n_options[c]):
                met = met or (w.open[lane, c, o] == 1 and t.line_unless[b, c, o] == 1)
            if not met:
                w.line_waits[lane, b] = 1


@kernel
def crosses_now(t: Tables, w: Work, lane: int, view: int, deal: Ints) -> bool:
    """As `crosses_condition`, of the lines that do not wait for a later stage."""
    for b in range(t.line_if.shape[0]):
        if t.line_firm[w.world[lane], view, b] == 1 and w.line_waits[lane, b] == 0:  # noqa: SIM102
            if breaks_line(t, b, deal, NOWHERE, NOWHERE):
                return True
    return False


@kernel
def can_be_met(t: Tables, w: Work, lane: int, line: int) -> bool:
    """True if texts of the lane can meet all of the line's `if`."""
    for c in range(t.n_options.shape[0]):
        if t.line_if_in[line, c] == 0:
            continue
        met = False
        for o in range(t.n_options[c]):
            met = met or (w.open[lane, c, o] == 1 and t.line_if[line, c, o] == 1)
        if not met:
            return False
    return True


@kernel
def ways_of(t: Tables, line: int) -> int:
    """Ways to keep a line: each part of `if` not met, and all of `unless` met, which leads nowhere without one."""
    n = 1
    for c in range(t.n_options.shape[0]):
        n += t.line_if_in[line, c]
    return n


@kernel
def add_line(t: Tables, w: Work, lane: int, line: int) -> None:
    """Put a line among those that texts of the lane have to keep."""
    if w.line_waits[lane, line] == 0 and can_be_met(t, w, lane, line):
        w.lines[w.n_lines[0]] = line
        w.n_lines[0] += 1
        if w.n_ways[0] * ways_of(t, line) <= MOST_WAYS:
            w.n_ways[0] *= ways_of(t, line)
            w.n_wayed[0] = w.n_lines[0]


@unit("twii>-")
def list_lines(t: Tables, w: Work, lane: int, speaker: int) -> None:
    """Lines that offers of the speaker keep: its own, and where all must agree, what it believes of the table's.

    Into `w.lines` and `w.n_lines`; `w.n_ways` counts the ways of keeping the first `w.n_wayed` of them, 1 if none.
    """
    w.n_lines[0], w.n_ways[0], w.n_wayed[0] = 0, 1, 0
    world = w.world[lane]
    for b in range(t.line_if.shape[0]):
        kept = t.line_firm[world, speaker, b] == 1
        if w.by_count[0] == 0:
            for k in range(w.n_seats[0]):
                kept = kept or t.line_firm[world, t.view_row[speaker, w.seats[k]], b] == 1
        if kept:
            add_line(t, w, lane, b)
    asks = t.signing_cost[world, speaker] + t.commitment_premium[world, speaker]
    w.free[0] = 1 if w.n_lines[0] == 0 and asks == 0.0 and t.optimism[world, speaker] <= NO_CLAIMS else 0


@unit("twi>-")
def list_lines_of_table(t: Tables, w: Work, lane: int) -> None:
    """As `list_lines`, for whoever drafts and sees the parties as `w.seen_as` says."""
    w.n_lines[0], w.n_ways[0], w.n_wayed[0] = 0, 1, 0
    if w.by_count[0] == 1:
        return
    for b in range(t.line_if.shape[0]):
        kept = False
        for k in range(w.n_seats[0]):
            kept = kept or t.line_firm[w.world[lane], w.seen_as[w.seats[k]], b] == 1
        if kept:
            add_line(t, w, lane, b)


@inlined
def keeps_lines(t: Tables, w: Work) -> bool:
    """True if `w.deal` crosses none of the lines in `w.lines`."""
    for k in range(w.n_lines[0]):  # noqa: SIM110 (kernels have no generators)
        if breaks_line(t, w.lines[k], w.deal, NOWHERE, NOWHERE):
            return False
    return True


@unit("twi>i")
def lay_way(t: Tables, w: Work, way: int) -> int:
    """Options left in one way of keeping the lines, into `w.within` [C, O]; 0 if the way leads nowhere."""
    for c in range(t.n_options.shape[0]):
        for o in range(t.n_options[c]):
            w.within[c, o] = 1
    for k in range(w.n_wayed[0]):
        line = w.lines[k]
        part = way % ways_of(t, line)
        way //= ways_of(t, line)
        if not (give_in_return(t, w, line) if part == 0 else leave_out(t, w, line, part)):
            return 0
    return 1


@kernel
def give_in_return(t: Tables, w: Work, line: int) -> bool:
    """Leave in `w.within` only what meets the line's `unless`; False if it has none."""
    asked = False
    for c in range(t.n_options.shape[0]):
        if t.line_unless_in[line, c] == 1:
            asked = True
            for o in range(t.n_options[c]):
                w.within[c, o] = min(w.within[c, o], t.line_unless[line, c, o])
    return asked


@kernel
def leave_out(t: Tables, w: Work, line: int, part: int) -> bool:
    """Leave in `w.within` only what does not meet part number `part`, from 1, of the line's `if`."""
    for c in range(t.n_options.shape[0]):
        part -= t.line_if_in[line, c]
        if part == 0 and t.line_if_in[line, c] == 1:
            for o in range(t.n_options[c]):
                w.within[c, o] = min(w.within[c, o], 1 - t.line_if[line, c, o])
    return True


@kernel
def keep_lists(t: Tables, w: Work, speaker: int) -> None:
    """Note the speaker's usable options before they are narrowed to a way."""
    for c in range(t.n_options.shape[0]):
        w.n_full[c] = w.n_ranked[speaker, c]
        for k in range(w.n_full[c]):
            w.full[c, k] = w.ranked[speaker, c, k]


@kernel
def restore_lists(t: Tables, w: Work, speaker: int) -> None:
    """Give the speaker all its usable options back."""
    for c in range(t.n_options.shape[0]):
        w.n_ranked[speaker, c] = w.n_full[c]
        for k in range(w.n_full[c]):
            w.ranked[speaker, c, k] = w.full[c, k]


@kernel
def narrow_lists(t: Tables, w: Work, speaker: int, way: int) -> bool:
    """Narrow the speaker's usable options to one way of keeping the lines; False if the way leads nowhere."""
    if w.n_ways[0] == 1:
        return True
    if lay_way(t, w, way) == 0:
        return False
    for c in range(t.n_options.shape[0]):
        n = 0
        for k in range(w.n_full[c]):
            if w.within[c, w.full[c, k]] == 1:
                w.ranked[speaker, c, n] = w.full[c, k]
                n += 1
        w.n_ranked[speaker, c] = n
    return True


@kernel
def is_stuck(t: Tables, w: Work, speaker: int) -> bool:
    """True if some composite has no option that the speaker may use: it knows no text at all."""
    for c in range(t.n_options.shape[0]):  # noqa: SIM110 (kernels have no generators)
        if w.n_ranked[speaker, c] == 0:
            return True
    return False
