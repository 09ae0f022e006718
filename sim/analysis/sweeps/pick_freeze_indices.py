"""Variance-based indices of a Saltelli sample: first order, total, pairs; chance is taken out by products of draws.

Rows of the sample come in a base row's A, B, and A with one column after the other taken from B (AB_i). With m the
expectation of the answer at a point over luck, mu its mean and V its variance over points,

    V_i = E[(m(B) - mu) (m(AB_i) - m(A))]            (Saltelli et al. 2010, Comput. Phys. Commun. 181, table 2 b)
    T_i = E[(m(A) - m(AB_i))^2] / 2                  (Jansen 1999; table 2 f)
    V_ij = E[(m(BA_i) - mu) (m(AB_j) - mu)] - V_i - V_j      (Saltelli 2002; of this and of i and j exchanged, the mean)

and with columns BA the mean of the first two and their mirror images. What is seen is no m but shares in D draws, whose
noise would enter every square: inert factors would have totals above 0 and V would be too large. So each product is of
*different* draws d != d' of the two factors, whose luck is independent, averaged over all ordered pairs: an unbiased
estimate of the product of the two expectations, whether or not the points of a base row have their luck in common.

With the row's luck an inert factor is exactly 0: its points are the same runs again. A dummy, which is known to move
nothing, is therefore played with other luck (`sim.sweep.designs.samples`): its true indices are 0, its estimates float
as chance makes them float, and an index is told only above what it shows.

Indices are ratios of means over base rows, which are the sampling unit. So intervals cover both the points that were
not in the sample and the luck that was not played. They are Fieller's (1954, J. R. Statist. Soc. B 16): all ratios S
for which numerator - S V is not told from 0. Where V is barely told from 0, linearised ones hold a total in 81 to 86%
of samples, percentiles of a bootstrap of rows in 92 to 96, these in 97 to 98 (Ishigami's function as a chance, 256 base
rows, 4 draws of 2 runs). The rows of a Sobol sequence are more even than independent ones, which makes intervals rather
too wide.

Shape letters: N base rows, S columns (A, B, AB_1 .. AB_K, then perhaps BA_1 .. BA_K), K factors, D draws.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, compress
from typing import Annotated, ClassVar

import numpy as np

from sim.analysis.statistics.intervals import Estimate, holm, linearised, t_quantile
from sim.types.arrays import Floats
from sim.types.marks import HIDDEN
from sim.types.message import Message, message

LEAST_ROWS = 16
"""Base rows under which no interval can be trusted."""


@dataclass(frozen=True)
class FactorIndices:
    """What one factor does, as shares of the variance between points."""

    factor: str
    first: Estimate
    """What it does by itself."""
    total: Estimate
    """With all its interactions."""
    moves: bool
    """Whether the total lies above 0 beyond chance, all factors taken together (Holm), and above the floor."""
    dummy: bool
    """Whether it is known to move nothing and was played with other luck, so that it shows the floor."""


@dataclass(frozen=True)
class PairIndex:
    """What two factors do together beyond what each does by itself, as a share of the variance between points."""

    first: str
    second: str
    index: Estimate


@dataclass(frozen=True)
class PickFreezeIndices:
    """Variance-based indices of one answer."""

    variance: Estimate
    """Between points, of the answer's expectation over luck."""
    chance: float
    """Mean variance of the answer in one draw at a point: what no factor of the design explains."""
    rows: int
    """Base rows read."""
    rows_left_out: int
    """Of which some point is missing."""
    draws: int
    factors: tuple[FactorIndices, ...]
    """In the order of the columns; empty where there is nothing to divide."""
    pairs: tuple[PairIndex, ...]
    """Where the sample has columns BA."""
    said: Annotated[tuple[Message, ...], HIDDEN]

    COMPUTED: ClassVar = ("sentence", "floor")

    @property
    def sentence(self) -> str:
        """What there is to say, in English."""
        return " ".join(map(str, self.said))

    @property
    def floor(self) -> float:
        """The highest end of a dummy's interval, at least 0: a total below it is not told; 0 without a dummy."""
        return _floor(of_one.total for of_one in self.factors if of_one.dummy)


def pick_freeze_indices(y: Floats, factors: Sequence[str], *, dummies: Collection[str] = ()) -> PickFreezeIndices:
    """Indices of an answer at the points of a Saltelli sample.

    Args:
        y: [N, S, D] the answer in each draw: the share of a draw's runs in which something happened, or such a share
            minus that of another format on the same luck. Draws are independent of each other; D at least 2. Where a
            point of a base row was not played (NaN), the row is left out. A share of a varying number of runs (lasted
            among signed) is no such answer: its expectation is a ratio.
        factors: [K] their names, in the order of the columns.
        dummies: those of them that are known to move nothing, whose columns have luck of their own.

    Raises:
        ValueError: S is neither K + 2 nor 2 K + 2, or D is 1.
    """
    n_factors, n_columns = len(factors), y.shape[1]
    if n_columns not in (n_factors + 2, 2 * n_factors + 2) or y.shape[2] < 2:
        raise ValueError(f"{n_columns} columns of {y.shape[2]} draws are no Saltelli sample of {n_factors} factors")
    known = np.isfinite(y).all(axis=(1, 2))
    played = y[known]
    rows, draws = len(played), y.shape[2]
    nothing = _nothing_to_divide(played)
    columns = played - (played[:, :2].mean() if rows else 0.0)
    v = _variance_by_row(columns)
    variance = linearised(v, np.ones(len(v))).estimates()[0] if rows else Estimate(0.0, 0.0, 0.0)
    if nothing is None and variance.low <= 0.0:
        nothing = message(
            "That the answer varies from point to point cannot be told from chance: there is nothing to divide."
        )
    of_factors = () if nothing else _of_factors(columns, v, factors, dummies)
    return PickFreezeIndices(
        variance=variance,
        chance=float(played.var(axis=2, ddof=1).mean()) if rows else 0.0,
        rows=rows,
        rows_left_out=len(y) - rows,
        draws=draws,
        factors=of_factors,
        pairs=_of_pairs(columns, v, factors) if of_factors and n_columns > n_factors + 2 else (),
        said=(nothing,) if nothing else _sentences(of_factors),
    )


def crossed(first: Floats, second: Floats) -> Floats:
    """Products of two expectations from [..., D] values each: the mean over pairs of different draws."""
    draws = first.shape[-1]
    both = first.sum(axis=-1) * second.sum(axis=-1) - (first * second).sum(axis=-1)
    return np.asarray(both / (draws * (draws - 1)))


def _nothing_to_divide(y: Floats) -> Message | None:
    """Why no index can be told, before any is computed."""
    if len(y) < LEAST_ROWS:
        return message("Only {rows} whole rows of the sample were played: too few to divide a variance.", rows=len(y))
    if np.ptp(y) == 0.0:
        return message("The answer is the same in all runs: there is nothing to divide.")
    return None


def _variance_by_row(columns: Floats) -> Floats:
    """[N] what each base row adds to the variance between points, from [N, S, D] deviations from the mean."""
    if not len(columns):
        return np.zeros(0)
    ends = columns[:, :2]
    return crossed(ends, ends).mean(axis=1) * (2 * len(columns) / (2 * len(columns) - 1))


def _first_and_total(columns: Floats, n_factors: int) -> tuple[Floats, Floats]:
    """[N, K] what each base row adds to the variance by each factor, alone and with its interactions."""
    sides = [(columns[:, :1], columns[:, 1:2], columns[:, 2 : n_factors + 2])]
    if columns.shape[1] > n_factors + 2:
        sides.append((columns[:, 1:2], columns[:, :1], columns[:, n_factors + 2 :]))
    first = np.mean([crossed(other, mixed - own) for own, other, mixed in sides], axis=0)
    total = np.mean([crossed(own - mixed, own - mixed) / 2.0 for own, _, mixed in sides], axis=0)
    return first, total


def _of_factors(
    columns: Floats, v: Floats, factors: Sequence[str], dummies: Collection[str]
) -> tuple[FactorIndices, ...]:
    from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

    first, total = _first_and_total(columns, len(factors))
    mean, deviation = total.mean(axis=0), np.sqrt(_covariance(total, total))
    t = np.divide(mean, deviation, out=np.zeros_like(deviation), where=deviation > 0.0)
    asked = np.array([name not in dummies for name in factors])
    moves, totals = np.zeros(len(factors), dtype=np.bool_), fieller(total, v)
    moves[asked] = holm(np.asarray(stdtr(len(v) - 1.0, -t[asked])))
    floor = _floor(compress(totals, ~asked))
    rows = zip(factors, fieller(first, v), totals, moves.tolist(), strict=True)
    return tuple(
        FactorIndices(name, one, whole, moved and whole.value > floor, name in dummies)
        for name, one, whole, moved in rows
    )


def _floor(totals: Iterable[Estimate]) -> float:
    """Of the total indices of dummies."""
    return max((0.0, *(total.high for total in totals)))


def _of_pairs(columns: Floats, v: Floats, factors: Sequence[str]) -> tuple[PairIndex, ...]:
    n_factors = len(factors)
    ab, ba = columns[:, 2 : n_factors + 2], columns[:, n_factors + 2 :]
    first, _ = _first_and_total(columns, n_factors)
    pairs = list(combinations(range(n_factors), 2))
    together = [
        (crossed(ba[:, i], ab[:, j]) + crossed(ba[:, j], ab[:, i])) / 2.0 - first[:, i] - first[:, j] for i, j in pairs
    ]
    indices = fieller(np.stack(together, axis=1), v) if pairs else []
    return tuple(PairIndex(factors[i], factors[j], index) for (i, j), index in zip(pairs, indices, strict=True))


def fieller(numerator: Floats, denominator: Floats) -> list[Estimate]:
    """Ratios of means [K] of numerators [N, K] to the mean of denominators [N], with Fieller's 95% intervals.

    The ends S solve ``(a - S v)^2 = t^2 (s_aa - 2 S s_av + S^2 s_vv)``. The mean of the denominators is told from 0.
    """
    a, v = numerator.mean(axis=0), float(denominator.mean())
    t2 = float(t_quantile(len(denominator) - 1.0)) ** 2
    denominators = denominator[:, None]
    square = v**2 - t2 * float(_covariance(denominators, denominators)[0])
    linear = a * v - t2 * _covariance(numerator, denominators)
    root = np.sqrt(np.maximum(linear**2 - square * (a**2 - t2 * _covariance(numerator, numerator)), 0.0))
    ends = zip((a / v).tolist(), ((linear - root) / square).tolist(), ((linear + root) / square).tolist(), strict=True)
    return [Estimate(value, min(low, value), max(high, value)) for value, low, high in ends]


def _covariance(first: Floats, second: Floats) -> Floats:
    """[K] of two means over rows [N, K]."""
    n = len(first)
    return np.asarray(((first - first.mean(axis=0)) * (second - second.mean(axis=0))).sum(axis=0) / (n * (n - 1)))


def _sentences(factors: Sequence[FactorIndices]) -> tuple[Message, ...]:
    """Which factors move the answer, the largest total first."""
    moving = sorted((one for one in factors if one.moves), key=lambda one: -one.total.value)
    if not moving:
        return (message("No factor can be told to move the answer beyond chance."),)
    names = tuple(
        message("{factor} ({percent}%)", factor=one.factor, percent=round(100.0 * one.total.value)) for one in moving
    )
    return (
        message(
            "Of {factors} factors {moving} can be told to move the answer (share of the variance between points, with "
            "interactions): {names}.",
            joint=", ",
            factors=sum(not one.dummy for one in factors),
            moving=len(moving),
            names=names,
        ),
    )
