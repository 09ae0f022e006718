"""Simple forecasts of a numeric issue: what a simulation has to be better than.

Those of one number take an issue of a position table and answer in its units; those that are distributions are on a
unit grid, a hundredth of the issue's scale apart, for which the Gaussian is fitted here.

Shape letters: A actors of an issue, N issues, 101 grid points: 0 to 100.

Sources: van den Bos (1991), Dutch EC Policy Making, and Achen (2006), Institutional realism and bargaining models, in
Thomson, Stokman, Achen & Koenig (eds), The European Union Decides, ch. 4, for the compromise model; Black (1948), On
the rationale of group decision-making, Journal of Political Economy 56, for the medians; Nash (1950), The bargaining
problem, Econometrica 18, with Achen (2006) and Schneider, Finke & Bailer (2010), Bargaining power in the European
Union, Political Studies 58, for the bargaining solution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.statistics.forecast_scores import GRID, crps
from sim.types import SpatialIssue
from sim.types.arrays import Floats, Mask

_TIE = 1e-12
SD_BOUNDS = (1.0, 100.0)  # standard deviations of a Gaussian that a fit may choose


def compromise(issue: SpatialIssue) -> float:
    """Mean of the positions weighted by salience times capability, ``sum s c x / sum s c``.

    Van den Bos (1991); Achen (2006) derives it as the limit of the Nash bargaining solution where failing to decide is
    bad for all (see `nash`).
    """
    return float(issue.weights @ issue.positions)


def mean(issue: SpatialIssue) -> float:
    """Plain mean of the positions."""
    return float(issue.positions.mean())


def median(issue: SpatialIssue) -> float:
    """Plain median of the positions; the middle of the two central ones where the number of actors is even."""
    return float(np.median(issue.positions))


def weighted_median(issue: SpatialIssue) -> float:
    """Position that no other beats when actors vote by salience times capability (Black 1948).

    The least position at which the cumulated weight reaches one half; where it reaches it exactly, the middle of that
    position and the next one held by somebody with weight.
    """
    return median_by(issue.positions, issue.weights)


def median_by(positions: Floats, weights: Floats) -> float:
    """Weighted median of [A] positions with [A] weights, ties in the middle as in `weighted_median`."""
    order = np.argsort(positions, kind="stable")
    order = order[weights[order] > 0]
    share = np.cumsum(weights[order]) / weights[order].sum()
    at = int(np.searchsorted(share, 0.5 - _TIE))
    if share[at] <= 0.5 + _TIE and at + 1 < len(order):
        return float((positions[order[at]] + positions[order[at + 1]]) / 2.0)
    return float(positions[order[at]])


@dataclass(frozen=True)
class Nash:
    """Which Nash bargaining solution is meant."""

    loss: float = 2.0  # exponent of the loss, 1 or more: 1 linear, 2 quadratic
    breakdown: float | None = 1.0
    """Loss of no decision, the same for all, in losses of a fully salient actor over the whole scale; 1 or more. None:
    no decision leaves the reference point."""
    powers: bool = False  # weigh the gains by capability (the asymmetric solution, Kalai 1977) rather than equally

    def __post_init__(self) -> None:
        if self.loss < 1.0 or (self.breakdown is not None and self.breakdown < 1.0):
            raise ValueError("a loss exponent and a breakdown of 1 or more")


def nash(issue: SpatialIssue, form: Nash | None = None) -> float | None:
    """Nash bargaining solution on the scale: the point with the largest product of gains over breakdown.

    ``max_x sum_i p_i log(g_i(x))`` with ``g_i = B - s_i (|x - x_i| / range)^k``, ``s_i`` the share of full salience,
    ``k`` the loss. As breakdown ``B`` gets worse for all alike, the solution with quadratic loss goes to the mean
    weighted by ``p s``: with powers, the compromise model (Achen 2006). With the reference point ``q`` as breakdown,
    ``g_i = s_i ((|q - x_i| / range)^k - (|x - x_i| / range)^k)``: where no point is better than ``q`` for all with
    salience, nothing is decided and the answer is ``q``; None where it is not known.
    """
    from scipy.optimize import minimize_scalar

    chosen = form or Nash()
    gains = _gains(issue, chosen)
    if gains is None:
        return None
    power = issue.capabilities / issue.capabilities.sum() if chosen.powers else np.ones(len(issue.stands))
    counted = (power > 0) & (issue.saliences > 0)
    if not counted.any():
        return mean(issue)
    low, high = float(issue.positions[counted].min()), float(issue.positions[counted].max())
    if chosen.breakdown is None:
        better = _better_than_reference(issue, counted)
        if better is None:
            return issue.reference_point
        low, high = better
    if high - low < _TIE:
        return low

    def product(x: float) -> float:
        gained = gains(x)[counted]
        return -float(power[counted] @ np.log(np.maximum(gained, 1e-300)))

    result = minimize_scalar(product, bounds=(low, high), method="bounded", options={"xatol": 1e-9})
    return float(result.x)  # pyright: ignore[reportAttributeAccessIssue]


def _gains(issue: SpatialIssue, form: Nash) -> Callable[[float], Floats] | None:
    """Gains over breakdown as a function of the point, [A]."""
    positions, saliences, scale, loss = issue.positions, issue.saliences, issue.range, form.loss

    def lost(x: float) -> Floats:
        return saliences * (np.abs(x - positions) / scale) ** loss

    if form.breakdown is not None:
        bad = form.breakdown
        return lambda x: bad - lost(x)
    if issue.reference_point is None:
        return None
    at_reference = lost(issue.reference_point)
    return lambda x: at_reference - lost(x)


def _better_than_reference(issue: SpatialIssue, counted: Mask) -> tuple[float, float] | None:
    """Points that every counted actor likes better than the reference point: nearer to it than that point is."""
    reference = issue.reference_point
    assert reference is not None
    reach = np.abs(issue.positions[counted] - reference)
    low = float((issue.positions[counted] - reach).max())
    high = float((issue.positions[counted] + reach).min())
    return (low, high) if high - low > _TIE * max(issue.range, 1.0) else None


def middle(issue: SpatialIssue) -> float:
    """Middle of the scale."""
    return (issue.low + issue.high) / 2.0


def spread(points: Floats, weights: Floats) -> Floats:
    """[101] probabilities of weighted points on 0 to 100; a point between two grid points is shared, nearer gets more.

    Sharing in proportion to nearness keeps the mean of the points.
    """
    below = np.clip(np.floor(points), 0, 99).astype(np.int64)
    part = points - below
    mass = np.zeros(GRID.size)
    np.add.at(mass, below, weights * (1.0 - part))
    np.add.at(mass, below + 1, weights * part)
    return mass / mass.sum()


def weighted_positions(issues: Sequence[SpatialIssue]) -> Floats:
    """[N, 101] the actors' positions as a distribution, each with its share of salience times capability."""
    rows = [spread(np.array([issue.on_grid(x) for x in issue.positions]), issue.weights) for issue in issues]
    return np.array(rows, dtype=np.float64).reshape(-1, GRID.size)


def gaussians(centres: Floats, sd: float) -> Floats:
    """[N, 101] normal distributions round [N] centres, cut to the grid: mass of ``x - 1/2`` to ``x + 1/2``, rescaled.

    `sd` is the standard deviation before the cut, above 0.
    """
    from scipy.special import ndtr

    edges = np.arange(GRID.size + 1) - 0.5
    mass = np.diff(ndtr((edges - centres[:, None]) / sd), axis=1)
    return mass / mass.sum(axis=1, keepdims=True)


def centres_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] compromise means on 0 to 100."""
    return np.array([issue.on_grid(compromise(issue)) for issue in issues], dtype=np.float64)


def outcomes_of(issues: Sequence[SpatialIssue]) -> Floats:
    """[N] outcomes on 0 to 100; a ValueError where an issue has none."""
    missing = [issue.id for issue in issues if issue.outcome is None]
    if missing:
        raise ValueError(f"no outcome: {', '.join(missing)}")
    return np.array([issue.on_grid(float(issue.outcome or 0.0)) for issue in issues], dtype=np.float64)


def fit_gaussian(issues: Sequence[SpatialIssue]) -> float:
    """Standard deviation of one Gaussian round the compromise means: the one with the least mean CRPS."""
    from scipy.optimize import minimize_scalar

    centres, outcomes = centres_of(issues), outcomes_of(issues)

    def score(sd: float) -> float:
        return float(crps(gaussians(centres, sd), outcomes).mean())

    result = minimize_scalar(score, bounds=SD_BOUNDS, method="bounded", options={"xatol": 1e-4})
    return float(result.x)  # pyright: ignore[reportAttributeAccessIssue]
