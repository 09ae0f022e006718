"""Who sits at a table, and what of a world the table needs to know."""

from __future__ import annotations

import math

from sim.rules.belief import CERTAIN_REFUSAL
from sim.rules.kernel import kernel, unit
from sim.types import work as at
from sim.types.tables import (
    BASKETS,
    FORESEEN,
    GUARANTOR,
    INTERESTED,
    MEDIATOR,
    NO_CLAIMS,
    OPEN_RULE,
    SHUTTLE,
    SINGLE_TEXT,
    Tables,
)
from sim.types.work import LEG_ROUNDS, SESSIONS, WHOLE, Work

NOBODY_DRAFTS = -1
EXPECTED_PASS = 0.05  # how often an absent party consents, for a path that keeps away from what it owns


@unit("twi>-")
def load_world(t: Tables, w: Work, world: int) -> None:  # noqa: C901 (one pass over parties; each loop is plain)
    """Fill what depends on the world alone: standing per composite option, who can be moved by others, blocs."""
    if w.loaded[0] == world:
        return
    w.loaded[0] = world
    n_parties, n_composites = t.view_row.shape[0], t.n_options.shape[0]
    mistaken = t.contribution.shape[1] > n_parties
    w.learns[0] = 1 if mistaken and t.learning_prior[world] < 1e300 else 0
    w.blocs[0] = 0
    for p in range(n_parties):
        w.has_standing[p] = 0
        w.pressers[p] = 0
        w.supporters[p] = 0
        if t.bloc[p] != p:
            w.blocs[0] = 1
        for g in range(n_parties):
            if t.bloc[g] != t.bloc[p] and t.leverage[world, g, p] * t.motive[world, g, p] > 0.0:
                w.pressers[p] |= 1 << g
            if t.bloc[g] != t.bloc[p] and t.support[world, g, p] > 0.0:
                w.supporters[p] |= 1 << g
        for c in range(n_composites):
            for o in range(t.n_options[c]):
                w.standing_max[p, c, o] = 0.0
        for i in range(t.level.shape[0]):
            c = t.issue_composite[i]
            for o in range(t.n_options[c]):
                if t.standing[world, p, i, o] > w.standing_max[p, c, o]:
                    w.standing_max[p, c, o] = t.standing[world, p, i, o]
                    w.has_standing[p] = 1
        weigh_standing(t, w, p)
    w.plain[0] = 1 if sign_for_gains_alone(t, w, world) else 0


@kernel
def sign_for_gains_alone(t: Tables, w: Work, world: int) -> bool:
    """True if nobody claims anything of waiting, asks for its signature, or has absent parties to foresee."""
    for p in range(t.view_row.shape[0]):
        if t.optimism[world, p] > NO_CLAIMS or t.signing_cost[world, p] + t.commitment_premium[world, p] > 0.0:
            return False
        if t.switch[FORESEEN] == 1 and w.has_standing[p] == 1:
            return False
    return True


@kernel
def weigh_standing(t: Tables, w: Work, party: int) -> None:
    """What a party has standing on, and what that costs a text that it will hardly consent to.

    `log(1 - s + s * EXPECTED_PASS)` for an option with standing `s`; `log(1 - s + s * exp(CERTAIN_REFUSAL))` for the
    largest standing of all, into `w.keep_off` and `w.refusal`.
    """
    largest, n = 0.0, 0
    for c in range(t.n_options.shape[0]):
        before = largest
        largest = 0.0
        for o in range(t.n_options[c]):
            standing = w.standing_max[party, c, o]
            w.keep_off[party, c, o] = math.log(1.0 - standing + standing * EXPECTED_PASS) if standing > 0.0 else 0.0
            largest = max(largest, standing)
        if largest > 0.0:
            w.owns[party, n] = c
            n += 1
        largest = max(largest, before)
    w.n_owns[party] = n
    w.refusal[party] = math.log(1.0 - largest + largest * math.exp(CERTAIN_REFUSAL))


@unit("twiiiii>-")
def seat_parties(t: Tables, w: Work, world: int, fmt: int, stage: int, away: int, plenary: int) -> None:
    """Lay the table of a stage of format `fmt`: who answers, in speaking order, all but the bit mask `away`.

    Also who stands guarantor there, who drafts, who may press, and whether votes are counted. Where there is a contact
    group it alone sits, and none of it may refuse, until with `plenary` 1 everybody does and the format's rule counts.
    """
    everyone = stage == WHOLE or t.protocol[fmt] != BASKETS
    w.at_table[0] = fmt
    grouped = t.grouped[fmt] == 1 and plenary == 0
    w.by_count[0] = 0 if t.unanimous[fmt] == 1 or grouped else 1
    w.table_mask[0], w.guards[0] = 0, 0
    n = 0
    for p in range(t.view_row.shape[0]):
        w.present[p] = 0
        if t.seated[fmt, p] == GUARANTOR:
            w.guards[0] |= 1 << p
    for k in range(t.turn.shape[1]):
        p = t.turn[fmt, k]
        if p < 0 or (away >> p) & 1 or (grouped and t.talks[world, fmt, p] == 0):
            continue
        if everyone or t.stage_seat[fmt, stage, p] == 1:
            w.present[p] = 1
            w.seats[n] = p
            w.table_mask[0] |= 1 << p
            n += 1
    w.n_seats[0] = n
    w.drafter[0] = drafter_of(t, w, fmt, stage)
    w.only_presser[0] = w.table_mask[0]
    if t.protocol[fmt] == SHUTTLE:  # the parties never meet: only who carries the texts can press
        w.only_presser[0] &= (1 << w.drafter[0]) if w.drafter[0] >= 0 else 0


@kernel
def drafter_of(t: Tables, w: Work, fmt: int, stage: int) -> int:
    """Who puts a text that belongs to no principal: the mediator, else P for the chair; -1 where nobody does."""
    protocol = t.protocol[fmt]
    n_parties = t.view_row.shape[0]
    if protocol == BASKETS and stage == t.n_stages[fmt] - 1:
        return n_parties
    if protocol not in (SINGLE_TEXT, SHUTTLE):
        return NOBODY_DRAFTS
    for p in range(n_parties):
        if t.seated[fmt, p] == MEDIATOR or (t.seated[fmt, p] == INTERESTED and w.present[p] == 1):
            return p
    return n_parties


@kernel
def is_neutral(t: Tables, fmt: int, speaker: int) -> bool:
    """True for the chair and for a mediator without a vote."""
    return speaker >= t.view_row.shape[0] or t.seated[fmt, speaker] == MEDIATOR


@kernel
def author(t: Tables, w: Work, speaker: int) -> int:
    """Whose text it is that `speaker` puts: under the open rule the chair puts that of its owner."""
    if speaker == t.view_row.shape[0] and t.protocol[w.at_table[0]] == OPEN_RULE and w.state[at.OWNER] >= 0:
        return w.state[at.OWNER]  # pyright: ignore[reportReturnType]
    return speaker


@kernel
def session_of(w: Work) -> int:
    """Number of the turn at hand among all of a run, for chance that belongs to a turn."""
    return (w.state[at.LEG] * LEG_ROUNDS + w.state[at.STEP]) * SESSIONS + w.state[at.TURN]


@kernel
def stands_for_bloc(t: Tables, w: Work, k: int) -> bool:
    """True if seat `k` is the first of its bloc in speaking order."""
    for j in range(k):  # noqa: SIM110 (kernels have no generators)
        if t.bloc[w.seats[j]] == t.bloc[w.seats[k]]:
            return False
    return True


@kernel
def blocs_seated(t: Tables, w: Work) -> int:
    """Blocs at the table."""
    n = 0
    for k in range(w.n_seats[0]):
        if stands_for_bloc(t, w, k):
            n += 1
    return n


@kernel
def principals_seated(t: Tables, w: Work, fmt: int) -> int:
    """Blocs of the principals at the table: a mediator with a vote shares in no pie."""
    n = 0
    for k in range(w.n_seats[0]):
        if t.seated[fmt, w.seats[k]] == INTERESTED:
            continue
        first = True
        for j in range(k):
            same = t.bloc[w.seats[j]] == t.bloc[w.seats[k]]
            first = first and not (same and t.seated[fmt, w.seats[j]] != INTERESTED)
        if first:
            n += 1
    return n
