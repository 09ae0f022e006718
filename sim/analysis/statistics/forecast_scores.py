"""Scores of forecasts: distributions of numeric outcomes on a unit grid against what was decided, and coarse classes.

Shape letters: N issues, 101 grid points 0 to 100. A forecast is [N, 101] probabilities that sum to 1 in each row;
outcomes are [N] on 0 to 100 and need not lie on the grid. Simulated distributions are scored against what is documented
of C cases, too: in the 3 coarse classes that documents can tell apart, in the order of `COARSE_CLASSES`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from sim.types import COARSE_CLASSES, CoarseClass
from sim.types.arrays import Floats, Ints
from sim.types.marks import HIDDEN, Axes

GRID: Floats = np.arange(101, dtype=np.float64)
GRID.flags.writeable = False
HIT = 10.0  # a point forecast hits if it is off by no more than this
FLOOR = 1e-3  # least probability in a log score: a forecast that rules out what happened is not punished without end
BIN_WIDTH = 10
N_CLASSES = 10  # classes of forecast probabilities, and of places of the outcome in its forecast
_TIE = 1e-9


def check(forecast: Floats) -> None:
    """Refuse what is no forecast: a ValueError where it is not [N, 101], or a row is no distribution."""
    if forecast.ndim != 2 or forecast.shape[1] != GRID.size:
        raise ValueError(f"a forecast is [issues, {GRID.size}], not {forecast.shape}")
    if not np.isfinite(forecast).all() or (forecast < -_TIE).any() or np.abs(forecast.sum(axis=1) - 1.0).max() > 1e-6:
        raise ValueError("every row of a forecast is a distribution: no negative numbers, sum 1")


def quantiles(forecast: Floats, share: float) -> Floats:
    """[N] the least grid points at which the cumulated probability reaches `share`."""
    cumulated = np.cumsum(forecast, axis=1)
    return np.argmax(cumulated >= share - _TIE, axis=1).astype(np.float64)


def medians(forecast: Floats) -> Floats:
    """[N] medians: the points with the least expected absolute error."""
    return quantiles(forecast, 0.5)


def crps(forecast: Floats, outcomes: Floats) -> Floats:
    """[N] continuous ranked probability score, in hundredths of the scale; 0 is best.

    ``integral over 0..100 of (F(x) - 1{x >= y})^2 dx`` (Matheson & Winkler 1976; Gneiting & Raftery 2007, eq. 20),
    exact: F is constant between grid points, and the interval that holds y is split at y. For all mass on one point
    it is the absolute error.
    """
    check(forecast)
    below = np.cumsum(forecast, axis=1)[:, :-1]
    before = np.clip(outcomes[:, None] - GRID[None, :-1], 0.0, 1.0)  # part of each interval that lies below y
    return (below**2 * before + (1.0 - below) ** 2 * (1.0 - before)).sum(axis=1)


def log_scores(forecast: Floats, outcomes: Floats, width: int = BIN_WIDTH) -> Floats:
    """[N] natural logarithm of the probability of the bin that holds the outcome, floored at `FLOOR`; 0 is best.

    Bins are `width` wide from 0, the last one closed: with 10, [0, 10), [10, 20), ..., [90, 100]. A ValueError where
    the width divides no 100.
    """
    check(forecast)
    if width < 1 or 100 % width:
        raise ValueError("a bin width that divides 100")
    n_bins = 100 // width
    bin_of = np.minimum(GRID.astype(np.int64) // width, n_bins - 1)
    held = np.minimum((outcomes // width).astype(np.int64), n_bins - 1)
    chance = np.where(bin_of[None] == held[:, None], forecast, 0.0).sum(axis=1)
    return np.log(np.maximum(chance, FLOOR))


@dataclass(frozen=True)
class Coverage:
    """How often central intervals held the outcome."""

    level: float
    share: float
    """Share of outcomes inside, ends included."""
    given: float
    """Mean probability of the intervals; above the level where single points hold much of it."""
    width: float
    """Mean length, in hundredths of the scale."""


def coverage(forecast: Floats, outcomes: Floats, level: float) -> Coverage:
    """Coverage of the central interval with at least `level`, from quantile ``(1 - level)/2`` to ``(1 + level)/2``."""
    check(forecast)
    low, high = quantiles(forecast, (1.0 - level) / 2.0), quantiles(forecast, (1.0 + level) / 2.0)
    inside = (outcomes >= low - _TIE) & (outcomes <= high + _TIE)
    chance = np.where((GRID[None] >= low[:, None]) & (GRID[None] <= high[:, None]), forecast, 0.0).sum(axis=1)
    return Coverage(level, float(inside.mean()), float(chance.mean()), float((high - low).mean()))


@dataclass(frozen=True)
class Reliability:
    """Forecast probabilities against frequencies; K classes of forecasts, nan where a class is empty."""

    forecast: Annotated[Floats, Axes(None)]
    """[K] mean probability."""
    observed: Annotated[Floats, Axes(None)]
    """[K] frequency."""
    count: Annotated[Ints, Axes(None)]
    """[K] events."""


def reliability(forecast: Floats, outcomes: Floats) -> Reliability:
    """Reliability diagram of the events *outcome at most 5, 15, ..., 95* (Murphy & Winkler 1977).

    Every issue gives ten events; the class of an event is by its forecast probability, equally wide. Events of one
    issue hang together, so the counts are no number of independent trials.
    """
    check(forecast)
    edges = np.arange(5, 100, 10)
    chance = np.clip(np.cumsum(forecast, axis=1)[:, edges], 0.0, 1.0).ravel()
    came = (outcomes[:, None] <= edges[None] + _TIE).ravel().astype(np.float64)
    member = np.minimum((chance * N_CLASSES + _TIE).astype(np.int64), N_CLASSES - 1)
    count = np.bincount(member, minlength=N_CLASSES)
    with np.errstate(invalid="ignore"):
        mean, share = (np.bincount(member, weights=column, minlength=N_CLASSES) / count for column in (chance, came))
    return Reliability(mean, share, count)


def rank_histogram(forecast: Floats, outcomes: Floats) -> Floats:
    """[10] share of outcomes by their place in the forecast; flat where forecasts are calibrated.

    The probability integral transform for discrete forecasts without randomisation (Czado, Gneiting & Held 2009,
    Predictive model assessment for count data, Biometrics 65, eq. 2): an outcome at a grid point with probability p is
    spread evenly over that p. Outcomes are taken at the nearest grid point.
    """
    check(forecast)
    above = np.cumsum(forecast, axis=1)
    at = np.rint(outcomes).astype(np.int64)
    rows = np.arange(len(outcomes))
    top = above[rows, at]
    bottom = top - forecast[rows, at]
    edges = np.linspace(0.0, 1.0, N_CLASSES + 1)
    size = np.maximum(top - bottom, _TIE)
    share = np.clip((edges[None] - bottom[:, None]) / size[:, None], 0.0, 1.0)
    share[:, -1] = 1.0
    return np.diff(share, axis=1).mean(axis=0)


@dataclass(frozen=True)
class PointScores:
    """How single numbers did; all but the hits in hundredths of the scale."""

    mae: Annotated[float, HIDDEN]  # is told with its interval
    rmse: float
    median_error: float
    """Median of the absolute errors."""
    hits: float
    """Share off by no more than `HIT`."""


def point_scores(points: Floats, outcomes: Floats) -> PointScores:
    """Scores of [N] points against [N] outcomes."""
    off = np.abs(points - outcomes)
    root = float(np.sqrt((off**2).mean()))
    return PointScores(float(off.mean()), root, float(np.median(off)), float((off <= HIT + _TIE).mean()))


@dataclass(frozen=True)
class Score:
    """How a forecast did on one case."""

    given: float
    """Probability given to what is documented."""
    log: float
    """Natural logarithm of that, floored at `FLOOR`; 0 is best."""
    brier: float
    """Sum of squared errors over what the documents tell apart; 0 is best, 2 worst."""


def score(forecast: Floats, documented: Sequence[CoarseClass]) -> Score:
    """Score a distribution [3] over the classes (Good 1952; Brier 1950).

    Documents that leave two classes possible are scored on what they rule out: the two count as one class.
    """
    possible = [COARSE_CLASSES.index(one) for one in documented]
    given = float(forecast[possible].sum())
    others = [float(forecast[k]) for k in range(len(COARSE_CLASSES)) if k not in possible]
    return Score(given, float(np.log(max(given, FLOOR))), (1.0 - given) ** 2 + sum(one**2 for one in others))


def base_rates(documented: Sequence[Sequence[CoarseClass]]) -> Floats:
    """[C, 3] frequency of the classes documented of the other cases, one added to each class (Laplace)."""
    rows = [[(one in classes) / len(classes) for one in COARSE_CLASSES] for classes in documented]
    weights = np.array(rows).reshape(-1, len(COARSE_CLASSES))  # where two classes are left possible, they share
    others = weights.sum(axis=0) - weights + 1.0
    return others / others.sum(axis=1, keepdims=True)


def never_settles(documented: Sequence[Sequence[CoarseClass]]) -> Floats:
    """[C, 3] a forecaster for whom nothing ever settles, and who splits the rest by the base rate of the others."""
    rates = base_rates(documented)
    rates[:, COARSE_CLASSES.index("settlement")] = 0.0
    return rates / rates.sum(axis=1, keepdims=True)
