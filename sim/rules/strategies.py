"""How much a party demands, by its strategy: one idea each, with its source.

| strategy | idea |
|---|---|
| `standard` | time and tit for tat blended by the party's uncertain constants (`rules.aspiration`) |
| `boulware`, `linear`, `conceder` | time alone, exponent 0.2, 1 and 5 (Faratin, Sierra & Jennings 1998) |
| `tit_for_tat` | gives back what others' offers have improved, in stakes (Faratin et al. 1998, absolute) |
| `relative_tit_for_tat` | gives the share of its way that others have come of theirs (Faratin et al. 1998, relative) |
| `staller` | plays for time in every month but the last (negotiating for side effects: Ikle 1964) |
| `hard_liner` | never moves from its best deal (the hardliner of the ANAC competitions: Baarslag et al. 2013) |
| `fair_split` | asks for what the deal that is best for the worst off would bring it (egalitarian: Kalai 1977) |
| `equilibrium` | thresholds and proposals of the stationary equilibrium (`Tables.plan_value`, `Tables.plan_deal`) |
"""

from __future__ import annotations

from sim.rules.aspiration import blended_gap, conceded_share, time_share
from sim.rules.kernel import kernel
from sim.types.tables import (
    BOULWARE,
    CONCEDER,
    FAIR_SPLIT,
    HARD_LINER,
    LINEAR,
    RELATIVE_TIT_FOR_TAT,
    STANDARD,
    TIT_FOR_TAT,
    Tables,
)
from sim.types.work import Work

EARLY, EVEN, LATE = 5.0, 1.0, 0.2  # exponents of conceder, linear and boulware


@kernel
def exponent_of(t: Tables, world: int, party: int) -> float:
    """Concession exponent of the party's strategy; the party's own where the strategy has none."""
    strategy = t.strategy[party]
    if strategy == BOULWARE:
        return LATE
    if strategy == LINEAR:
        return EVEN
    if strategy == CONCEDER:
        return EARLY
    return t.exponent[world, party]


@kernel
def reciprocity_of(t: Tables, world: int, party: int) -> float:
    """Weight of answering in kind: the party's own where its strategy is standard, 1 for tit for tat, else 0."""
    if t.strategy[party] == STANDARD:
        return t.reciprocity[world, party]
    return 1.0 if t.strategy[party] == TIT_FOR_TAT else 0.0


@kernel
def share_left(t: Tables, w: Work, lane: int, step: int, party: int) -> float:
    """Share of the way from reservation to top still demanded in round `step` for the clock's sake, in [0, 1]."""
    first, last = w.clock_first[lane], w.clock_last[lane]
    return time_share(step - first, last - first + 1, exponent_of(t, w.world[lane], party))


@kernel
def gap_at(t: Tables, w: Work, lane: int, share: float, party: int) -> float:
    """Aspiration above the reservation value, for the party's present top and a `share_left` of `share`, stakes."""
    top = max(w.top_now[lane, party], 0.0)
    strategy = t.strategy[party]
    if strategy == HARD_LINER:
        return top
    if strategy == FAIR_SPLIT:
        return min(max(w.fair_gain[lane, party], 0.0), top)
    if strategy == RELATIVE_TIT_FOR_TAT:
        return top * (1.0 - w.closed[lane, party])
    return blended_gap(top, share, w.received[lane, party], reciprocity_of(t, w.world[lane], party))


@kernel
def conceded_at(t: Tables, w: Work, lane: int, share: float, party: int) -> float:
    """How far the aspiration follows a moved reservation value: `rules.aspiration.conceded_share` by strategy."""
    strategy = t.strategy[party]
    if strategy == HARD_LINER:
        return 0.0
    if strategy == FAIR_SPLIT:
        return 1.0
    if strategy == RELATIVE_TIT_FOR_TAT:
        return w.closed[lane, party]
    rho = reciprocity_of(t, w.world[lane], party)
    return conceded_share(w.top_now[lane, party], share, w.received[lane, party], rho)
