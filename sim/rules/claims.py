"""What a party expects of not signing now: a claim on the talks to come.

Not to sign is another chance and not the end. Each of the n blocs at the table expects, after some months, its even
share of its best hope and a private bit more; if all are a little optimistic, together they expect more than there is
to share, and wait though there is a deal that is better for all (Blainey 1973, The Causes of War; Fearon 1995,
International Organization 49; Yildiz 2003, Econometrica 71; Ali 2006, Journal of Economic Theory 130; Slantchev & Tarar
2011, American Journal of Political Science 55). With common beliefs the shares add up to 1 and waiting gains nothing.
"""

from __future__ import annotations

from sim.rules.kernel import inlined, kernel
from sim.rules.utility import price_at
from sim.types.tables import CORE, NO_CLAIMS, Ints, Tables
from sim.types.work import Work


@inlined
def share_expected(n_blocs: int, optimism: float, patience: float, months: float) -> float:
    """`h * delta ** M` with `h = clip(1 / n + omega, 0, 1)`: share of its best hope that a party expects of later.

    `n_blocs` at the table, 1 or more; `patience` delta per month in (0, 1]; `months` M to the next chance.
    """
    return min(1.0, max(0.0, 1.0 / n_blocs + optimism)) * patience**months


@inlined
def claim_of(share: float, hope: float, drift: float, months: float) -> float:
    """`C = max(0, share * hope + drift * M)`, stakes: what a text must be worth to be signed now.

    `hope` is the gain hoped for, 0 or more; `drift` that of the party's price of no settlement, stakes a month.
    """
    return max(0.0, share * hope + drift * months)


@kernel
def moves_core(t: Tables, deal: Ints, base: Ints) -> bool:
    """True if `deal` [C] has a core issue elsewhere than the text in hand, `base` [C]."""
    for i in range(t.level.shape[0]):
        c = t.issue_composite[i]
        if t.level[i] == CORE and t.issue_option[i, deal[c]] != t.issue_option[i, base[c]]:
            return True
    return False


@kernel
def hope_of(t: Tables, w: Work, lane: int, party: int, deal: Ints, month: float) -> float:
    """What the party hopes for of what `deal` [C] is about, stakes.

    Its top gain; of a text that leaves the core alone, the gains of its top deal in the composites that the text moves.
    """
    base = w.base[lane]
    if w.must_settle[lane] == 1 or moves_core(t, deal, base):
        return max(0.0, float(w.top_now[lane, party]))
    world, hope = w.world[lane], 0.0
    price = price_at(t, world, party, month)
    for c in range(deal.shape[0]):
        if deal[c] != base[c]:
            top = w.top_deal[lane, party, c]
            rise = t.contribution[world, party, c, top] - t.contribution[world, party, c, base[c]]
            hope += max(0.0, rise - price * (t.ending[c, top] - t.ending[c, base[c]]))
    return hope


@kernel
def claim_on(t: Tables, w: Work, lane: int, party: int, deal: Ints, month: float) -> float:
    """The claim of a party at the table on a text, stakes; 0 where claims are off."""
    world = w.world[lane]
    if t.optimism[world, party] <= NO_CLAIMS:
        return 0.0
    hope = hope_of(t, w, lane, party, deal, month)
    return claim_of(w.claim_share[lane, party], hope, t.drift[world, party], float(t.next_chance[world]))


@kernel
def claim_on_core(t: Tables, w: Work, lane: int, party: int) -> float:
    """The claim on any text of a lane whose texts must settle the core; 0 in others, where it hangs on the text."""
    world = w.world[lane]
    if w.must_settle[lane] == 0 or t.optimism[world, party] <= NO_CLAIMS:
        return 0.0
    hope = max(0.0, float(w.top_now[lane, party]))
    return claim_of(w.claim_share[lane, party], hope, t.drift[world, party], float(t.next_chance[world]))


@kernel
def claims_by_text(t: Tables, w: Work, lane: int, party: int) -> bool:
    """True if the party's claim in the lane hangs on the text."""
    return bool(w.must_settle[lane] == 0 and t.optimism[w.world[lane], party] > NO_CLAIMS)
