"""Rational benchmarks in a hundredth of a second, for samples of many worlds: climbing instead of proving.

Where there are at most `MOST_LISTED` deals everything is exact. Elsewhere every search climbs by single changes from
deals that maximise weighted sums of gains (Lin 1965, Computer solutions of the traveling salesman problem, for climbing
from many starts), so a value is a lower bound without a gap: `gap` is NaN.

Whether there is a ZOPA is never guessed: a deal that is found proves it, and where climbing finds none the programme of
`deal_search` decides, or leaves it open.

Shape letters: P parties, C composites, N deals.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from operator import itemgetter

import numpy as np

from sim.analysis.theory.solutions import Benchmarks, benchmarks, ideal_shares, is_rational, solution_of
from sim.analysis.theory.zopa import THRESHOLD, ZopaQuestion
from sim.bargaining.deal_choice import weighted_deals
from sim.bargaining.deal_search import EPSILON, BestDeal, climb, largest_minimum, log_product
from sim.bargaining.deal_space import NO_LOSS, DealSpace, list_deals
from sim.types.arrays import Floats, Ints

Score = Callable[[Floats], Floats]
MOST_LISTED = 1_000
STARTS = 6  # deals that each search climbs from: the best of those at hand


def is_small(space: DealSpace) -> bool:
    """Whether the deals are few enough to look at all of them."""
    return 0 < space.n_deals <= MOST_LISTED


def quick_marks(space: DealSpace) -> tuple[Benchmarks, Ints]:
    """Benchmarks of one space, exact where it is small, else by climbing; and deals [N, C] to start searches from."""
    if is_small(space):
        return benchmarks(space), list_deals(space)
    n = len(space.parties)
    if not space.usable.any(axis=1).all():
        return benchmarks(space), space.none()
    starts = np.concatenate((space.status_quo[None], weighted_deals(space)))
    starts = starts[space.usable[np.arange(starts.shape[1]), starts].all(axis=1)]
    least, least_deal = _best_of(space, starts, lambda gains: gains.min(axis=-1))
    starts = np.concatenate((starts, least_deal))

    def where_nobody_loses(score: Score) -> Score:
        return lambda gains: np.where(is_rational(gains), score(gains), -np.inf)

    own = [_best_of(space, starts, where_nobody_loses(itemgetter((..., p)))) for p in range(n)]
    ideal = np.array([best.value if best.value > -np.inf else np.nan for best, _ in own])
    starts = np.concatenate((starts, *(deal for _, deal in own)))
    counted = ideal > NO_LOSS
    total = np.where(space.usable, space.value.sum(axis=0), -np.inf).argmax(axis=1)
    nash, nash_deal = _best_of(space, starts, partial(log_product, counted=counted))
    of_ideal = partial(ideal_shares, ideal=np.nan_to_num(ideal))
    shares, shares_deal = _best_of(space, starts, where_nobody_loses(of_ideal))
    marks = Benchmarks(
        space=space,
        rational=bool(least.value >= -NO_LOSS) or None,
        ideal=ideal,
        ideal_gap=np.zeros(n),
        without_gain=~counted,
        nash=solution_of(space, nash),
        kalai_smorodinsky=solution_of(space, shares),
        egalitarian=solution_of(space, least),
        utilitarian=solution_of(space, BestDeal(total, float(space.gains_of(total[None]).sum()), np.nan)),
    )
    return marks, np.concatenate((starts, nash_deal, shares_deal))


def _best_of(space: DealSpace, starts: Ints, score: Score) -> tuple[BestDeal, Ints]:
    """The best deal that climbing from the `STARTS` best of `starts` [N, C] reaches, and it alone as [1, C]."""
    order = np.argsort(-score(space.gains_of(starts)), kind="stable")[:STARTS]
    deals, values = climb_all(space, starts[order], score)
    row = int(values.argmax())
    return BestDeal(deals[row], float(values[row]), np.nan), deals[row : row + 1]


def climb_all(space: DealSpace, deals: Ints, score: Score) -> tuple[Ints, Floats]:
    """Change the best single composite of deals [N, C] until no single change raises a score: where they end, and it.

    `score` takes gains [..., P] to [...]; with N deals it is called with [N, Y, P] and [N, 1, P].
    """
    place, option = np.nonzero(space.usable)
    offered = space.value[:, place, option].T  # [Y, P]
    at = deals.copy()
    gains = space.gains_of(at)
    best = score(gains[:, None])[:, 0]
    while True:
        given_up = space.value[:, place, at[:, place]].transpose(1, 2, 0)  # [N, Y, P]
        nearby = score(gains[:, None] + (offered - given_up))
        chosen = nearby.argmax(axis=1)
        better = nearby[np.arange(len(at)), chosen] > best + EPSILON
        if not better.any():
            return at, best
        at[better, place[chosen[better]]] = option[chosen[better]]
        gains = space.gains_of(at)
        best = score(gains[:, None])[:, 0]


def zone_exists(question: ZopaQuestion, starts: Ints) -> bool | None:
    """Whether the ZOPA of a question (`ask`) holds a deal; None where the search leaves it open.

    Starts [N, C] that the question rules out are passed over.
    """
    space = question.space
    if space.n_deals == 0.0:
        return False
    consent = question.consent(THRESHOLD)
    score = partial(question.smallest, consent=consent)
    if space.listable:
        return bool(score(list_deals(space)).max() >= -NO_LOSS)
    fitting = starts[space.usable[np.arange(starts.shape[1]), starts].all(axis=1)]
    if len(fitting):
        scores = score(fitting)
        if scores.max() >= -NO_LOSS or climb(space, fitting[int(scores.argmax())], score)[1] >= -NO_LOSS:
            return True
    search = largest_minimum(space, consent=consent, moved=True)
    if search.deal is not None and search.value >= -NO_LOSS:
        return True
    return None if search.gap > 0.0 and search.value + search.gap >= -NO_LOSS else False


def room_by_climbing(space: DealSpace, starts: Ints, deals: Ints) -> Floats:
    """[N] most that a deal found adds to everybody's gain at once over each of `deals` [N, C]; at least 0.

    A lower bound of the frontier distance `max_x min_p (gain_p(x) - gain_p(deal))`, the directional distance of
    Luenberger (1992, Benefit functions and duality, J. Math. Econ. 21) along equal stakes for all, which is 0 for every
    (weakly) efficient deal; exact in small spaces, where `starts` are all deals.
    """
    from_here = space.gains_of(deals)
    known = space.gains_of(starts)
    if is_small(space):
        return np.maximum([(known - gains).min(axis=1).max() for gains in from_here], 0.0)
    order = np.array([np.argsort(-(known - gains).min(axis=1), kind="stable")[:STARTS] for gains in from_here])
    base = np.repeat(from_here, order.shape[1], axis=0)[:, None]
    _, values = climb_all(space, starts[order.ravel()], lambda gains: (gains - base).min(axis=-1))
    return np.maximum(values.reshape(order.shape).max(axis=1), 0.0)
