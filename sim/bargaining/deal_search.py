"""Search with a stated gap in deal spaces far too large to list: mixed-integer programmes over the options.

A space is a programme with one 0-1 variable per usable option and one option chosen per composite (a conditional red
line that joins composites is a row or a few), so the best sum, the best smallest gain and the best product of gains can
be bounded without listing anything. HiGHS (Huangfu &
Hall 2018, Parallelizing the dual revised simplex method, Mathematical Programming Computation 10) gives a deal and a
bound; the deal is then improved by single changes and valued again in float64, and the gap is the bound minus that
value. Work is limited by a number of nodes and not by a clock, so that equal input gives equal output.

Shape letters: P parties, C composites, O options, Y usable options over all composites, Q parties with consent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.bargaining.deal_space import NO_LOSS, DealSpace, FirmLines, JoiningLine, any_option
from sim.types.arrays import Floats, Ints, Mask

NODES = 300
SLACK = 5e-6
"""Added to every bound: what HiGHS may miss by its own tolerances (1e-6 on rows, on whole numbers and on the gap)."""
EPSILON = 1e-9  # stakes added to each gain under the logarithm of the Nash product; see `log_product`
_TANGENTS = np.geomspace(1e-4, 1.0, 24)
_ROUNDS = 6

Score = Callable[[Ints], Floats]


@dataclass(frozen=True)
class BestDeal:
    """A deal and how far it can be from the best: the optimum lies in `[value, value + gap]`."""

    deal: Ints | None  # [C]; None if no deal was found
    value: float  # -inf if no deal was found
    gap: float  # 0 if there is proved to be no deal

    @property
    def bound(self) -> float:
        """Upper bound of the optimum."""
        return self.value if self.gap == 0.0 else self.value + self.gap


NO_DEAL = BestDeal(None, -np.inf, 0.0)  # the answer where there is proved to be none


@dataclass(frozen=True)
class TouchedConsent:
    """Parties whose consent is needed only where a deal touches them, and who never consent across a firm line."""

    rows: Ints  # [Q] rows of the space
    touches: Mask  # [Q, C, O]
    lines: FirmLines


@dataclass(frozen=True)
class _Programme:
    """Maximise `cost @ v` under `low <= matrix @ v <= high`; the first Y variables are options, the next Q consents."""

    cost: Floats  # [V]
    matrix: Floats  # [R, V]
    low: Floats  # [R]
    high: Floats  # [R]
    free: int  # number of continuous variables at the end
    floor: float  # lower bound of the continuous variables
    top: float  # their upper bound


def largest_sum(space: DealSpace, weights: Floats, *, rational: bool = True, nodes: int = NODES) -> BestDeal:
    """Deal with the largest `sum_p weights[p] * gain_p`, by default among the individually rational ones.

    If it need not be `rational`, the answer is exact, piece by piece and composite by composite. The search looks at
    most at so many `nodes`.
    """

    def score(deals: Ints) -> Floats:
        gains = space.gains_of(deals)
        lost = rational & (gains < -NO_LOSS).any(axis=1)
        return np.where(lost, -np.inf, gains @ weights)

    total = np.tensordot(weights, space.value, axes=1)
    if space.n_deals == 0.0:
        return NO_DEAL
    if not rational:
        deals = np.array([np.where(piece.usable, total, -np.inf).argmax(axis=1) for piece in space.pieces])
        values = score(deals)
        return BestDeal(deals[values.argmax()], float(values.max()), 0.0)
    rows = [*_deal_rows(space), _rational_rows(space)]
    programme = _programme(total[space.usable], rows, free=0)
    return _search(space, programme, score, constant=-float(weights @ space.floor), nodes=nodes)


def largest_minimum(
    space: DealSpace,
    *,
    scale: Floats | None = None,
    held: Mask | None = None,
    consent: TouchedConsent | None = None,
    moved: bool = False,
    nodes: int = NODES,
) -> BestDeal:
    """Deal with the largest smallest `scale[p] * gain_p` over the parties whose consent it needs.

    The scale [P], above 0, is by default 1: the egalitarian measure. Parties that are `held` [P] must lose nothing
    (`-NO_LOSS`) but do not count in the minimum; those of `consent` count, and must be content, only where a deal
    touches them. `moved` leaves the status quo itself out; `nodes` is the most that the search looks at.
    """
    if space.n_deals == 0.0:
        return NO_DEAL
    scale = np.ones(len(space.parties)) if scale is None else scale
    held = np.zeros(len(space.parties), dtype=np.bool_) if held is None else held

    def score(deals: Ints) -> Floats:
        return smallest(space, deals, scale=scale, held=held, consent=consent, moved=moved)

    consents = [] if consent is None else consent.rows.tolist()
    counted = np.flatnonzero(~held)
    top, low = float((scale * space.highest())[counted].max()), float((scale * space.lowest())[counted].min())
    rows = _deal_rows(space)
    if moved:
        rows.append(_moved_row(space))
    if held.any():
        rows.append(_rational_rows(space.of(np.flatnonzero(held))))
    if consent is not None:
        rows.append(_consent_rows(space, consent))
    rows.append(_minimum_rows(space, scale, counted, consents=consents, big=top - low))
    cost = np.zeros(int(space.usable.sum()) + len(consents) + 1)
    cost[-1] = 1.0
    return _search(space, _programme(cost, rows, free=1, floor=low, top=top), score, constant=0.0, nodes=nodes)


def largest_product(space: DealSpace, counted: Mask, *, nodes: int = NODES) -> BestDeal:
    """Individually rational deal with the largest `log_product` over the parties in `counted` [P].

    Outer approximation (Duran & Grossmann 1986, Mathematical Programming 36): the logarithm lies below its tangents, so
    a programme with tangents at fixed gains and at the deals met so far gives an upper bound; it is solved again with
    new tangents, a few times, until bound and value meet.
    """
    best, bound = NO_DEAL, np.inf
    if space.n_deals == 0.0:
        return best
    highest = space.highest()[counted]
    at = np.maximum(highest, 0.01) * _TANGENTS[:, None]  # [T, counted]
    n = int(counted.sum())
    cost = np.concatenate((np.zeros(int(space.usable.sum())), np.ones(n)))

    def score(deals: Ints) -> Floats:
        return log_product(space.gains_of(deals), counted)

    for _ in range(_ROUNDS):
        rows = [*_deal_rows(space), _rational_rows(space), _tangent_rows(space, np.flatnonzero(counted), at)]
        top = float(np.log(np.max(highest, initial=1.0) + 1.0))
        programme = _programme(cost, rows, free=n, floor=float(np.log(EPSILON)) - 1.0, top=top)
        result = _search(space, programme, score, constant=0.0, nodes=nodes)
        if result.deal is None:
            if best.deal is None:
                return result
            break
        bound = min(bound, result.bound)
        best = result if result.value > best.value else best
        if bound - best.value <= 2.0 * SLACK:
            break
        met = space.gains_of(result.deal[None])[0, counted]
        at = np.concatenate((at, np.maximum(met, at[0])[None]))
    return BestDeal(best.deal, best.value, max(0.0, bound - best.value))


def log_product(gains: Floats, counted: Mask) -> Floats:
    """[...] `sum_p log(max(gain_p, 0) + EPSILON)` over the parties `counted` [P], of gains [..., P]; -inf for a loss.

    The small number decides what a product of 0 leaves open: deals that give more parties a gain come first, then the
    product of the gains there are (the maximum Nash welfare of Caragiannis et al. 2019, The unreasonable fairness of
    maximum Nash welfare, ACM TEAC 7, as EPSILON goes to 0). Two losses never make a product.
    """
    logs = np.log(np.maximum(gains[..., counted], 0.0) + EPSILON).sum(axis=-1)
    return np.where((gains < -NO_LOSS).any(axis=-1), -np.inf, logs)


def smallest(
    space: DealSpace,
    deals: Ints,
    *,
    scale: Floats,
    held: Mask,
    consent: TouchedConsent | None = None,
    moved: bool = False,
) -> Floats:
    """[N] smallest `scale[p] * gain_p` over the parties whose consent each deal needs; -inf where it is ruled out."""
    gains = space.gains_of(deals)
    counts = np.tile(~held, (len(deals), 1))
    out = (gains[:, held] < -NO_LOSS).any(axis=1)
    if consent is not None:
        needed = any_option(consent.touches, deals)
        counts[:, consent.rows] &= needed
        out |= (needed & consent.lines.crossed(deals)).any(axis=1)
    if moved:
        out |= (deals == space.status_quo).all(axis=1)
    return np.where(out, -np.inf, np.where(counts, scale * gains, np.inf).min(axis=1))


# --- programmes -----------------------------------------------------------------------------------------------------

_Rows = tuple[Floats, Floats, Floats]  # coefficients [R, any width up to V], lowest, highest


def _deal_rows(space: DealSpace) -> list[_Rows]:
    """One option per composite, and no line of the space crossed."""
    place = np.nonzero(space.usable)[0]
    matrix = (np.arange(len(space.usable))[:, None] == place).astype(np.float64)
    return [(matrix, np.ones(len(matrix)), np.ones(len(matrix))), *(_line_rows(space, line) for line in space.lines)]


def _line_rows(space: DealSpace, line: JoiningLine) -> _Rows:
    """One row for each composite of `unless`: it stands as asked there, or some part of `when` does not."""
    place = np.nonzero(space.usable)[0]
    when = ~np.all(line.when, axis=1)  # [C] where something is asked
    asked = np.flatnonzero(~np.all(line.unless, axis=1))
    met = (line.when[space.usable] & when[place]).astype(np.float64)
    matrix = met - (line.unless[space.usable] & (place == asked[:, None]))
    return matrix, np.full(len(asked), -np.inf), np.full(len(asked), when.sum() - 1.0)


def _rational_rows(space: DealSpace) -> _Rows:
    """Nobody of the space loses."""
    matrix = space.value[:, space.usable]
    return matrix, space.floor - NO_LOSS, np.full(len(matrix), np.inf)


def _moved_row(space: DealSpace) -> _Rows:
    """Not every composite at the status quo."""
    place, option = np.nonzero(space.usable)
    still = (option == space.status_quo[place]).astype(np.float64)
    return still[None], np.array([-np.inf]), np.array([len(space.usable) - 1.0])


def _consent_rows(space: DealSpace, consent: TouchedConsent) -> _Rows:
    """Consent is needed where an option touches, and cannot be had across a line: one row per party, composite."""
    place = np.nonzero(space.usable)[0]
    n_options, n_consents = len(place), len(consent.rows)
    rows, high = [], []
    for q in range(n_consents):
        for flags, sign in ((consent.touches[q][space.usable], -1.0), (consent.lines.barred[q][space.usable], 1.0)):
            for c in np.unique(place[flags]):
                row = np.zeros(n_options + n_consents)
                row[:n_options] = flags & (place == c)
                row[n_options + q] = sign
                rows.append(row)
                high.append(0.0 if sign < 0.0 else 1.0)
    for line in consent.lines.joining:
        matrix, _, most = _line_rows(space, line)
        rows.extend(np.concatenate((matrix, np.tile(np.eye(n_consents)[line.owner], (len(matrix), 1))), axis=1))
        high.extend(most + 1.0)
    matrix = np.array(rows).reshape(len(rows), n_options + n_consents)
    return matrix, np.full(len(rows), -np.inf), np.array(high)


def _minimum_rows(space: DealSpace, scale: Floats, counted: Ints, *, consents: list[int], big: float) -> _Rows:
    """The last variable is at most the scaled gain of each counted party whose consent is needed."""
    n_options = int(space.usable.sum())
    matrix = np.zeros((len(counted), n_options + len(consents) + 1))
    low = scale[counted] * space.floor[counted]
    matrix[:, :n_options] = scale[counted, None] * space.value[counted][:, space.usable]
    matrix[:, -1] = -1.0
    for row, p in enumerate(counted.tolist()):
        if p in consents:
            matrix[row, n_options + consents.index(p)] = -big
            low[row] -= big
    return matrix, low, np.full(len(counted), np.inf)


def _tangent_rows(space: DealSpace, counted: Ints, at: Floats) -> _Rows:
    """`s_p <= log(g0 + EPSILON) + (gain_p - g0) / (g0 + EPSILON)` at every gain in `at` [T, counted]."""
    n_options, n = int(space.usable.sum()), len(counted)
    slope = 1.0 / (at + EPSILON)
    matrix = np.zeros((len(at), n, n_options + n))
    matrix[:, :, :n_options] = -slope[:, :, None] * space.value[counted][:, space.usable]
    matrix[:, np.arange(n), n_options + np.arange(n)] = 1.0
    high = np.log(at + EPSILON) - slope * (at + space.floor[counted])
    return matrix.reshape(-1, n_options + n), np.full(at.size, -np.inf), high.ravel()


def _programme(cost: Floats, rows: list[_Rows], *, free: int, floor: float = 0.0, top: float = 0.0) -> _Programme:
    """Put rows of different widths below each other; what a row does not name is 0."""
    matrix = np.concatenate([np.pad(part, ((0, 0), (0, len(cost) - part.shape[1]))) for part, _, _ in rows])
    low, high = np.concatenate([low for _, low, _ in rows]), np.concatenate([high for _, _, high in rows])
    return _Programme(cost, matrix, low, high, free, floor, top)


def _search(space: DealSpace, programme: _Programme, score: Score, *, constant: float, nodes: int) -> BestDeal:
    """Solve, improve the deal by single changes, and state the gap; the relaxed programme helps out where it must."""
    result = _solve(programme, nodes)
    if result.status == 2:
        return NO_DEAL
    bound = _finite(result.mip_dual_bound)
    points = [result.x]
    if bound is None or result.x is None:
        relaxed = _solve(programme, None)
        if relaxed.status == 2:
            return NO_DEAL
        bound = _finite(relaxed.fun) if bound is None else bound
        points.append(relaxed.x)
    starts = [_read(space, np.asarray(x)) for x in points if x is not None]
    if space.holds(space.status_quo[None])[0]:
        starts.append(space.status_quo)
    climbed = [_improve(space, start, score) for start in starts]
    if not climbed or max(value for _, value in climbed) == -np.inf:
        return BestDeal(None, -np.inf, np.inf)
    deal, value = max(climbed, key=lambda end: end[1])
    return BestDeal(deal, value, np.inf if bound is None else max(SLACK, constant - bound + SLACK - value))


def _solve(programme: _Programme, nodes: int | None) -> Any:
    """SciPy's result for the programme turned into a minimum; without `nodes`, that of its linear relaxation."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # pyright: ignore[reportMissingTypeStubs] (0.3 s)

    n = len(programme.cost)
    whole, low, high = np.ones(n), np.zeros(n), np.ones(n)
    if programme.free:
        whole[-programme.free :] = 0
        low[-programme.free :], high[-programme.free :] = programme.floor - 1.0, programme.top + 1.0
    limits = Bounds(low, high)  # pyright: ignore[reportArgumentType] (arrays are meant)
    rows = LinearConstraint(programme.matrix, programme.low, programme.high)  # pyright: ignore[reportArgumentType]
    options = {} if nodes is None else {"node_limit": nodes, "mip_rel_gap": 0.0}
    whole = np.zeros(n) if nodes is None else whole
    return milp(-programme.cost, integrality=whole, bounds=limits, constraints=rows, options=options)


def _finite(number: float | None) -> float | None:
    return None if number is None or not np.isfinite(number) else float(number)


def _improve(space: DealSpace, deal: Ints, score: Score) -> tuple[Ints, float]:
    """Climb from `deal`; where it is ruled out, towards a larger smallest gain first."""
    if score(deal[None])[0] == -np.inf:
        deal, _ = climb(space, deal, lambda deals: space.gains_of(deals).min(axis=1))
    return climb(space, deal, score)


def climb(space: DealSpace, deal: Ints, score: Score) -> tuple[Ints, float]:
    """Change the best single composite until no single change raises the score; the deal and its score.

    A deal that crosses a line of the space scores -inf.
    """
    place, option = np.nonzero(space.usable)
    value = float(score(deal[None])[0]) if space.kept(deal[None])[0] else -np.inf
    while True:
        nearby = np.tile(deal, (len(place), 1))
        nearby[np.arange(len(place)), place] = option
        scores = np.where(space.kept(nearby), score(nearby), -np.inf)
        best = int(np.argmax(scores))
        if not scores[best] > value + EPSILON:
            return deal, value
        deal, value = nearby[best], float(scores[best])


def _read(space: DealSpace, variables: Floats) -> Ints:
    """[C] the option with the largest variable in each composite."""
    chosen = np.full(space.usable.shape, -1.0)
    chosen[space.usable] = variables[: int(space.usable.sum())]
    return chosen.argmax(axis=1).astype(np.int64)
