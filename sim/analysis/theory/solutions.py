"""Rational benchmarks of one world: Nash, Kalai-Smorodinsky, egalitarian and utilitarian deals, Pareto frontier.

What a deal could be, beside what the talks produce; none of them predicts anything. All are defined on gains over the
disagreement point (`deal_space`). Spaces of up to `MAX_LISTED` deals are listed and solved exactly, larger
ones are searched with a stated gap (`sim.bargaining.deal_search`): the optimum lies in `[value, value + gap]`. A gap is
infinite where the search was stopped before it knew which parties can gain at all.

A deal is *individually rational* if no party at the table loses more than `NO_LOSS` (1e-6 stakes). A party *without
gain* has no individually rational deal that gives it more than that; it is left out of the Nash product and of the
Kalai-Smorodinsky ratio, and must only lose nothing.

Ties (within `TIE`) in listed spaces: the larger sum of gains, in the units of the concept (shares of the ideal for Nash
and Kalai-Smorodinsky, stakes for the egalitarian deal), for the utilitarian deal the larger smallest gain; then the
first deal in lexicographic order of its options. So each of these deals is Pareto efficient, but for parties without
gain. A search leaves ties as HiGHS meets them.

Shape letters: P parties, C composites, N deals, K efficient deals, M simulated deals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from operator import itemgetter
from typing import Annotated

import numpy as np

from sim.analysis.theory.zopa import THRESHOLD, ZopaQuestion
from sim.bargaining.deal_choice import weighted_deals
from sim.bargaining.deal_search import (
    EPSILON,
    NODES,
    SLACK,
    BestDeal,
    climb,
    largest_minimum,
    largest_product,
    largest_sum,
    log_product,
)
from sim.bargaining.deal_space import NO_LOSS, TIE, DealSpace, list_deals, pareto_rows
from sim.types.arrays import Floats, Ints, Mask
from sim.types.marks import DEAL, Axes


@dataclass(frozen=True)
class BargainingSolution:
    """One benchmark deal; the optimum lies in `[value, value + gap]`."""

    deal: Annotated[Ints | None, DEAL]
    """[C]; None if there is no deal that may be chosen."""
    gains: Annotated[Floats, Axes("seat")]
    """[P] stakes; NaN without a deal."""
    value: float
    """In the units of the concept; -inf without a deal."""
    gap: float
    """0 if exact."""


@dataclass(frozen=True)
class Benchmarks:
    """Every benchmark of one space; `frontier` is None where the space is too large to list."""

    space: DealSpace
    rational: bool | None  # whether an individually rational deal exists; None if the search left it open
    ideal: Floats  # [P] best individually rational gain found, stakes; nan where there is no such deal
    ideal_gap: Floats  # [P] stakes
    without_gain: Mask  # [P]
    nash: BargainingSolution  # value: `log_product`, nats
    kalai_smorodinsky: BargainingSolution  # value: smallest gain as a share of the ideal gain
    egalitarian: BargainingSolution  # value: smallest gain, stakes
    utilitarian: BargainingSolution  # value: sum of gains, stakes
    frontier: Ints | None = None  # [K, C] Pareto-efficient deals, individually rational or not

    @property
    def counted(self) -> Mask:
        """[P] parties that the Nash and Kalai-Smorodinsky solutions count."""
        return ~self.without_gain


def benchmarks(space: DealSpace, *, nodes: int = NODES) -> Benchmarks:
    """Solve one space: exactly if it can be listed, else by search.

    - Nash (1950, The bargaining problem, Econometrica 18): largest product of gains among individually rational deals,
      as the sum of logarithms of `log_product`; in a space of single deals, without lotteries, a product of 0 is
      settled as written there.
    - Kalai & Smorodinsky (1975, Other solutions to Nash's bargaining problem, Econometrica 43): largest smallest ratio
      `gain_p / ideal_p`, with the ideal over individually rational deals only; on a convex space the best point with
      equal ratios.
    - Egalitarian (Kalai 1977, Proportional solutions to bargaining situations, Econometrica 45): largest smallest gain,
      in stakes. Defined over all usable deals, hence negative where there is no individually rational one.
    - Utilitarian (Harsanyi 1955, Cardinal welfare, individualistic ethics, and interpersonal comparisons of utility,
      JPE 63): largest sum of gains in stakes over all usable deals, individually rational or not.

    The first two do not depend on the units of anybody's utility; the last two do, and take the stake for the unit.
    """
    return _by_list(space) if space.listable else _by_search(space, nodes)


def ideal_point(gains: Floats) -> Floats:
    """[P] best gain of each party over the individually rational rows of `gains` [N, P]; nan if there is none."""
    fair = gains[is_rational(gains)]
    return fair.max(axis=0) if len(fair) else np.full(gains.shape[1], np.nan)


def is_rational(gains: Floats) -> Mask:
    """[...] True where nobody loses more than `NO_LOSS`, of gains [..., P]."""
    return np.asarray((gains >= -NO_LOSS).all(axis=-1))


def ideal_shares(gains: Floats, ideal: Floats) -> Floats:
    """[...] smallest `gain_p / ideal_p` over parties with a gain to be had, of gains [..., P]; -inf where others lose.

    0 where there is nothing to be had for anybody and nobody loses.
    """
    counted = ideal > NO_LOSS
    if not counted.any():
        return np.where(is_rational(gains), 0.0, -np.inf)
    least = (gains[..., counted] / ideal[counted]).min(axis=-1)
    return np.where(is_rational(gains[..., ~counted]), least, -np.inf)


def distances(marks: Benchmarks, deals: Ints) -> dict[str, Floats]:
    """How far `deals` [M, C] are from each benchmark [M], in its units, to the value found; 0 is at it (shares: 1).

    Told are the Nash product over that of the Nash deal, 0 where somebody loses and nan without a Nash deal; and what
    is missing of the smallest share of the ideal (in ideals), of the smallest gain, and of the sum of gains (stakes).
    """
    gains = marks.space.gains_of(deals)
    nash = shares = np.full(len(deals), np.nan)
    if marks.nash.deal is not None:
        nash = np.exp(log_product(gains, marks.counted) - marks.nash.value)
    if marks.kalai_smorodinsky.deal is not None:
        # the ideal gains by which its value was formed; 0 for parties without gain
        divisor = np.where(marks.counted, marks.ideal + marks.ideal_gap, 0.0)
        shares = np.maximum(marks.kalai_smorodinsky.value - ideal_shares(gains, divisor), 0.0)

    return {
        "nash_share": np.minimum(nash, 1.0),
        "kalai_smorodinsky": shares,
        "egalitarian": np.maximum(marks.egalitarian.value - gains.min(axis=1), 0.0),
        "utilitarian": np.maximum(marks.utilitarian.value - gains.sum(axis=1), 0.0),
    }


# --- exactly --------------------------------------------------------------------------------------------------------


def _by_list(space: DealSpace) -> Benchmarks:
    deals = list_deals(space)
    gains = space.gains_of(deals)
    ideal = ideal_point(gains)
    counted = ideal > NO_LOSS
    shares = gains[:, counted] / ideal[counted]
    fair = is_rational(gains)
    ratio = np.where(fair, ideal_shares(gains, ideal), -np.inf)
    rows = pareto_rows(gains)
    return Benchmarks(
        space=space,
        rational=bool(fair.any()),
        ideal=ideal,
        ideal_gap=np.where(np.isnan(ideal), np.nan, 0.0),
        without_gain=~counted,
        nash=_pick(deals, gains, log_product(gains, counted), second=shares.sum(axis=1)),
        kalai_smorodinsky=_pick(deals, gains, ratio, second=shares.sum(axis=1)),
        egalitarian=_pick(deals, gains, gains.min(axis=1), second=gains.sum(axis=1)),
        utilitarian=_pick(deals, gains, gains.sum(axis=1), second=gains.min(axis=1)),
        frontier=deals[rows],
    )


def _pick(deals: Ints, gains: Floats, score: Floats, *, second: Floats) -> BargainingSolution:
    """Best score, then best second, then first."""
    best = score.max()
    if best == -np.inf:
        return _no_solution(gains.shape[1])
    near = np.flatnonzero(score >= best - TIE)
    row = near[np.flatnonzero(second[near] >= second[near].max() - TIE)[0]]
    return BargainingSolution(deals[row], gains[row], float(score[row]), 0.0)


def _no_solution(n_parties: int, gap: float = 0.0) -> BargainingSolution:
    return BargainingSolution(None, np.full(n_parties, np.nan), -np.inf, gap)


def solution_of(space: DealSpace, best: BestDeal) -> BargainingSolution:
    """A deal that a search came up with, and its gains."""
    if best.deal is None or best.value == -np.inf:
        return _no_solution(len(space.parties), best.gap)
    return BargainingSolution(best.deal, space.gains_of(best.deal[None])[0], best.value, best.gap)


# --- by search ------------------------------------------------------------------------------------------------------


def _by_search(space: DealSpace, nodes: int) -> Benchmarks:
    n = len(space.parties)
    tops = [largest_sum(space, row, nodes=nodes) for row in np.eye(n)]
    ideal, gap = np.array([(top.value, top.gap) if top.deal is not None else (np.nan, np.nan) for top in tops]).T
    rational = all(top.deal is not None for top in tops)
    proved_none = any(top.deal is None and top.gap == 0.0 for top in tops)
    # SLACK is what every gap contains, so a party without gain has a bound of no more than that and NO_LOSS.
    counted = np.nan_to_num(ideal + gap, nan=0.0) > NO_LOSS + SLACK
    nash = kalai_smorodinsky = _no_solution(n, 0.0 if proved_none else np.inf)
    if rational:
        nash = solution_of(space, largest_product(space, counted, nodes=nodes))
        kalai_smorodinsky = nash  # the same question where nobody has a gain to be had: who loses nothing
        if counted.any():
            kalai_smorodinsky = _ideal_search(space, ideal, gap, counted=counted, nodes=nodes)
        if (counted & (ideal <= NO_LOSS)).any():  # who counts is open, and so is what the best would be
            nash, kalai_smorodinsky = replace(nash, gap=np.inf), replace(kalai_smorodinsky, gap=np.inf)
    return Benchmarks(
        space=space,
        rational=True if rational else False if proved_none else None,
        ideal=ideal,
        ideal_gap=gap,
        without_gain=~counted,
        nash=nash,
        kalai_smorodinsky=kalai_smorodinsky,
        egalitarian=solution_of(space, largest_minimum(space, nodes=nodes)),
        utilitarian=solution_of(space, largest_sum(space, np.ones(n), rational=False)),
    )


def _ideal_search(space: DealSpace, ideal: Floats, gap: Floats, *, counted: Mask, nodes: int) -> BargainingSolution:
    """Kalai-Smorodinsky by search, where somebody has a gain to be had.

    The true ideal lies in `[ideal, ideal + gap]`, so ratios to the lower end bound the optimum from above, and ratios
    to the upper end value the deal from below.
    """
    scale = np.where(counted, 1.0 / np.where(counted, np.maximum(ideal, NO_LOSS), 1.0), 1.0)
    best = largest_minimum(space, scale=scale, held=~counted, nodes=nodes)
    if best.deal is None:
        return solution_of(space, best)
    gains = space.gains_of(best.deal[None])
    value = float(ideal_shares(gains, np.where(counted, ideal + gap, 0.0))[0])
    return BargainingSolution(best.deal, gains[0], value, max(0.0, best.bound - value))


# --- by climbing ----------------------------------------------------------------------------------------------------
# In a hundredth of a second, for samples of many worlds: climbing instead of proving. Where there are at most
# `MOST_LISTED` deals everything is exact. Elsewhere every search climbs by single changes from deals that maximise
# weighted sums of gains (Lin 1965, Computer solutions of the traveling salesman problem, for climbing from many
# starts), so a value is a lower bound without a gap: `gap` is NaN. Whether there is a ZOPA is never guessed: a deal
# that is found proves it, and where climbing finds none the programme of `deal_search` decides, or leaves it open.

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
    if space.n_deals == 0.0:
        return benchmarks(space), space.none()
    starts = deals_at_hand(space)
    least, least_deal = _best_of(space, starts, lambda gains: gains.min(axis=-1))
    starts = np.concatenate((starts, least_deal))

    def where_nobody_loses(score: Score) -> Score:
        return lambda gains: np.where(is_rational(gains), score(gains), -np.inf)

    own = [_best_of(space, starts, where_nobody_loses(itemgetter((..., p)))) for p in range(n)]
    ideal = np.array([best.value if best.value > -np.inf else np.nan for best, _ in own])
    starts = np.concatenate((starts, *(deal for _, deal in own)))
    counted = ideal > NO_LOSS
    total = largest_sum(space, np.ones(n), rational=False)
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
        utilitarian=solution_of(space, replace(total, gap=np.nan)),
    )
    return marks, np.concatenate((starts, nash_deal, shares_deal))


def deals_at_hand(space: DealSpace) -> Ints:
    """[N, C] all deals of a small space, else the status quo and those that maximise weighted sums of gains."""
    if is_small(space) or space.n_deals == 0.0:
        return list_deals(space)
    deals = np.concatenate((space.status_quo[None], weighted_deals(space)))
    return deals[space.holds(deals)]


def largest_share(space: DealSpace, deals: Ints) -> tuple[float, Ints]:
    """`max_x min_p gain_p(x) / top_p`, and `deals` [N, C] at hand with that which climbing from them ended at.

    `top_p` is the best gain of each party over all usable deals, whoever loses. Who cannot gain is left out of the
    ratio and must only lose nothing. Exact in small spaces, else a lower bound; -inf where there is no such deal.
    """
    score = partial(ideal_shares, ideal=space.highest())
    if is_small(space) or len(deals) == 0:
        return float(score(space.gains_of(deals)).max(initial=-np.inf)), deals
    best, end = _best_of(space, deals, score)
    return best.value, np.concatenate((deals, end))


def _best_of(space: DealSpace, starts: Ints, score: Score) -> tuple[BestDeal, Ints]:
    """The best deal that climbing from the `STARTS` best of `starts` [N, C] reaches, and it alone as [1, C].

    In a space with lines that of the best piece, each climbed from its own starts.
    """
    ends: list[tuple[float, Ints]] = []
    for piece, own in _by_piece(space, starts):
        order = np.argsort(-score(space.gains_of(own)), kind="stable")[:STARTS]
        deals, values = climb_all(piece, own[order], score)
        ends.append((float(values.max()), deals[values.argmax()]))
    value, deal = max(ends, key=itemgetter(0))
    return BestDeal(deal, value, np.nan), deal[None]


def _by_piece(space: DealSpace, deals: Ints) -> Iterator[tuple[DealSpace, Ints]]:
    """Each piece of a space that holds some of the deals [N, C], and these."""
    for piece in space.pieces:
        own = deals[piece.holds(deals)] if space.lines else deals
        if len(own):
            yield piece, own


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
    """Whether the ZOPA of a question (`ask`) holds a deal; None where the search leaves it open."""
    return closest_deal(question, starts)[0]


def closest_deal(question: ZopaQuestion, starts: Ints) -> tuple[bool | None, Ints | None]:
    """`zone_exists`, and a deal [C] of the zone, or the one that comes closest; no deal where red lines bar them all.

    The closest has the largest smallest gain of those asked that the search found, exact in small spaces. Starts [N, C]
    that the question rules out are passed over.
    """
    space = question.space
    if space.n_deals == 0.0:
        return False, None
    consent = question.consent(THRESHOLD)
    score = partial(question.smallest, consent=consent)
    if space.listable:
        deals = list_deals(space)
        scores = score(deals)
        best = int(scores.argmax())
        return bool(scores[best] >= -NO_LOSS), deals[best] if np.isfinite(scores[best]) else None
    fitting = starts[space.holds(starts)]
    if len(fitting):
        scores = score(fitting)
        deal, value = climb(space, fitting[int(scores.argmax())], score)
        if value >= -NO_LOSS:
            return True, deal
    search = largest_minimum(space, consent=consent, moved=True)
    if search.deal is not None and search.value >= -NO_LOSS:
        return True, search.deal
    return None if search.gap > 0.0 and search.value + search.gap >= -NO_LOSS else False, search.deal


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
    most = np.zeros(len(deals))
    for piece, own in _by_piece(space, starts):
        known = space.gains_of(own)
        order = np.array([np.argsort(-(known - gains).min(axis=1), kind="stable")[:STARTS] for gains in from_here])
        base = np.repeat(from_here, order.shape[1], axis=0)[:, None]
        _, values = climb_all(piece, own[order.ravel()], partial(_smallest_over, base=base))
        most = np.maximum(most, values.reshape(order.shape).max(axis=1))
    return most


def _smallest_over(gains: Floats, base: Floats) -> Floats:
    """[...] smallest gain over that of `base`."""
    return (gains - base).min(axis=-1)
