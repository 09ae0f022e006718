"""The points of a design: levels of the number factors by grid, Latin hypercube, Sobol, one at a time, Morris, list.

A factor with a range takes levels evenly over it, ends included; a quantile over all of (0, 1), which has no ends, in
the middles of as many equal parts. A factor with levels of its own takes those, each for an equal part of (0, 1).

Shape letters: N points, K number factors.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from sim.sweep.design import OTHER_LUCK, DesignPoints, NumberFactor, SampleKind, SampleRows
from sim.sweep.designs.written_design import GridSample, LhsSample, MorrisSample, OatSample, Sample, SobolSample
from sim.types.arrays import Floats, Ints

MIDDLE = 0.5
"""Where a dummy stands in all samples but Sobol's."""
EDGE = 2.0**-32
"""No sample stands nearer to the ends of (0, 1), where a quantile may be infinite; Sobol has multiples of 2^-30."""


@dataclass(frozen=True)
class _Rows:
    """One sample: levels [N, K], luck [N], and its shape."""

    kind: SampleKind
    levels: Floats
    luck: Ints
    shape: tuple[int, ...] = ()


def is_open(factor: NumberFactor) -> bool:
    """Whether a factor is swept over all of (0, 1), without its ends: a quantile, or a dummy."""
    free = factor.steering.kind == "quantile" or factor.dummy
    return free and not factor.levels and (factor.low, factor.high) == (0.0, 1.0)


def even_levels(factor: NumberFactor, n: int) -> Floats:
    """Levels of a factor, in order: its own, or `n` evenly over its range; the middle alone of a dummy."""
    if factor.levels:
        return np.array(factor.levels)
    if factor.dummy:
        return np.array([MIDDLE])
    if is_open(factor):
        return (np.arange(n) + 0.5) / n
    # decimals as people write them: 0.3, not 0.30000000000000004, and 0 where rounding left 5e-17
    decimals = 14 - math.floor(math.log10(max(abs(factor.low), abs(factor.high))))
    inner = np.linspace(factor.low, factor.high, n)[1:-1]
    return np.array([factor.low, *(round(level, decimals) for level in inner.tolist()), factor.high])


def placed(factor: NumberFactor, u: Floats) -> Floats:
    """Levels of a factor at places u in (0, 1) of what is swept."""
    if factor.levels:
        own = np.array(factor.levels)
        return own[np.minimum((u * len(own)).astype(np.int64), len(own) - 1)]
    return factor.low + (factor.high - factor.low) * u


def middle(factor: NumberFactor) -> float:
    """The level at which a factor stands while others are moved one at a time: the middle of its range or levels."""
    if factor.levels:
        return sorted(factor.levels)[(len(factor.levels) - 1) // 2]
    return MIDDLE if factor.dummy else float(even_levels(factor, 3)[1])


def _grid(written: GridSample, factors: Sequence[NumberFactor], own: Mapping[str, int]) -> _Rows:
    axes = [even_levels(factor, own.get(factor.name, written.points or 1)) for factor in factors]
    sizes = list(map(len, axes))
    n, levels, repeats = math.prod(sizes), np.empty((math.prod(sizes), len(axes))), 1
    for k in reversed(range(len(axes))):  # the last factor moves fastest
        levels[:, k] = np.resize(np.repeat(axes[k], repeats), n)
        repeats *= sizes[k]
    shape = tuple(size for size, factor in zip(sizes, factors, strict=True) if not factor.dummy)
    return _Rows("grid", levels, np.zeros(n, dtype=np.int64), shape)


def grid_size(factors: Sequence[NumberFactor], points: int | None, own: Mapping[str, int]) -> int:
    """Points of a grid, before it is made."""
    free = (1 if factor.dummy else own.get(factor.name, points or 1) for factor in factors)
    return math.prod(len(factor.levels) or n for factor, n in zip(factors, free, strict=True))


def _across(factors: Sequence[NumberFactor], places: Floats) -> Floats:
    """[N, K] levels at places [N, K]."""
    inside = np.clip(places, EDGE, 1.0 - EDGE)
    columns = [placed(factor, inside[:, k]) for k, factor in enumerate(factors)]
    return np.stack(columns, axis=1) if columns else np.empty((len(places), 0))


def _lhs(written: LhsSample, factors: Sequence[NumberFactor]) -> _Rows:
    from scipy.stats import qmc

    moving = _movers(factors)
    places = np.full((written.n, len(factors)), MIDDLE)
    places[:, moving] = qmc.LatinHypercube(len(moving), rng=_generator(written.seed)).random(written.n)
    return _Rows("lhs", _across(factors, places), np.arange(written.n, dtype=np.int64))


def _sobol(written: SobolSample, factors: Sequence[NumberFactor]) -> _Rows:
    """A and B are halves of one scrambled Sobol sequence in 2 K dimensions; AB_k is A with column k of B (Saltelli).

    All points of a base row share their luck, but those that differ from A or B in a dummy alone: with the row's luck
    they would be the same runs again, with other luck they show what a difference by chance looks like.
    """
    from scipy.stats import qmc

    n, k = written.n, len(factors)
    both = qmc.Sobol(2 * k, rng=_generator(written.seed)).random(n)
    a, b = _across(factors, both[:, :k]), _across(factors, both[:, k:])
    columns = 2 + k * (2 if written.second_order else 1)
    levels = np.empty((n, columns, k))
    levels[:, 0], levels[:, 1] = a, b
    for j in range(k):
        levels[:, 2 + j] = a
        levels[:, 2 + j, j] = b[:, j]
        if written.second_order:
            levels[:, 2 + k + j] = b
            levels[:, 2 + k + j, j] = a[:, j]
    luck = np.repeat(np.arange(n, dtype=np.int64)[:, np.newaxis], columns, axis=1)
    for j in (j for j, factor in enumerate(factors) if factor.dummy):
        for column in range(2 + j, columns, k):
            luck[:, column] += column * OTHER_LUCK
    return _Rows("sobol", levels.reshape(-1, k), luck.ravel(), (n, columns))


def _oat(written: OatSample, factors: Sequence[NumberFactor]) -> _Rows:
    """The middle of all, then every other level of the first factor, of the second, and so on."""
    centre = np.array([middle(factor) for factor in factors])
    rows = [centre]
    for k, factor in enumerate(factors):
        for level in even_levels(factor, written.steps).tolist():
            if level != centre[k]:
                rows.append(centre.copy())
                rows[-1][k] = level
    return _Rows("oat", np.array(rows).reshape(len(rows), len(factors)), np.zeros(len(rows), dtype=np.int64))


def _morris(written: MorrisSample, factors: Sequence[NumberFactor]) -> _Rows:
    """Trajectories over an even grid of p levels; each factor moves once, by p / 2 levels (Morris 1991).

    Dummies do not move: their steps would be exactly 0, with the trajectory's luck.
    """
    moving = _movers(factors)
    r, k, p = written.trajectories, len(moving), written.levels
    chance = _generator(written.seed)
    low = chance.integers(0, p // 2, size=(r, k))
    down = chance.integers(0, 2, size=(r, k))
    order = chance.permuted(np.tile(np.arange(k), (r, 1)), axis=1)
    turn = np.empty_like(order)  # after how many steps each factor has moved
    np.put_along_axis(turn, order, np.arange(1, k + 1)[np.newaxis], axis=1)
    moved = np.arange(k + 1)[np.newaxis, :, np.newaxis] >= turn[:, np.newaxis, :]
    steps = (low[:, np.newaxis] + (p // 2) * (moved ^ (down[:, np.newaxis] == 1))).reshape(-1, k)
    levels = np.full((r * (k + 1), len(factors)), MIDDLE)
    for j, place in enumerate(moving):
        levels[:, place] = _stepped(factors[place], steps[:, j], p)
    luck = np.repeat(np.arange(r, dtype=np.int64), k + 1)
    return _Rows("morris", levels, luck, (r, k + 1))


def _movers(factors: Sequence[NumberFactor]) -> list[int]:
    return [k for k, factor in enumerate(factors) if not factor.dummy]


def _stepped(factor: NumberFactor, step: Ints, n: int) -> Floats:
    """Levels at steps 0 to n - 1 of what is swept."""
    if factor.levels:
        return placed(factor, (step + 0.5) / n)
    return even_levels(factor, n)[step]


def _generator(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def _listed(rows: Sequence[dict[str, float]], factors: Sequence[NumberFactor]) -> _Rows:
    """Rows as they are given; what a row does not name (a dummy) stands in its middle."""
    levels = [[row.get(factor.name, middle(factor)) for factor in factors] for row in rows]
    array = np.array(levels, dtype=np.float64).reshape(len(rows), len(factors))
    return _Rows("list", array, np.zeros(len(rows), dtype=np.int64))


def n_rows(sample: Sample, factors: Sequence[NumberFactor], own: Mapping[str, int]) -> int:
    """Points of a sample, at most, before it is made."""
    k, moving = len(factors), [factors[place] for place in _movers(factors)]
    if sample.grid is not None:
        return grid_size(factors, sample.grid.points, own)
    if sample.lhs is not None:
        return sample.lhs.n
    if sample.sobol is not None:
        return sample.sobol.n * (2 + k * (2 if sample.sobol.second_order else 1))
    if sample.oat is not None:
        return 1 + sum(len(factor.levels) or sample.oat.steps for factor in moving)
    return sample.morris.trajectories * (len(moving) + 1) if sample.morris is not None else len(sample.listed or ())


def _rows_of(sample: Sample, factors: Sequence[NumberFactor], own: Mapping[str, int]) -> _Rows:
    makers: dict[str, Callable[[Any], _Rows]] = {
        "grid": lambda part: _grid(part, factors, own),
        "lhs": lambda part: _lhs(part, factors),
        "sobol": lambda part: _sobol(part, factors),
        "oat": lambda part: _oat(part, factors),
        "morris": lambda part: _morris(part, factors),
        "listed": lambda part: _listed(part, factors),
    }
    name, part = next((name, part) for name, part in sample if part is not None)
    return makers[name](part)


def sampled(
    samples: Sequence[Sample], factors: Sequence[NumberFactor], own: Mapping[str, int]
) -> tuple[DesignPoints, tuple[SampleRows, ...]]:
    """The points of all samples, one after the other.

    `own` has the points of a grid that factors ask for themselves, by name. The rows of a list are there already.
    """
    parts = [_rows_of(sample, factors, own) for sample in samples]
    ends = [0, *accumulate(len(part.luck) for part in parts)]
    rows = tuple(
        SampleRows(part.kind, first, end, part.shape) for part, (first, end) in zip(parts, pairwise(ends), strict=True)
    )
    sample = np.repeat(np.arange(len(parts), dtype=np.int64), [len(part.luck) for part in parts])
    levels, luck = np.concatenate([part.levels for part in parts]), np.concatenate([part.luck for part in parts])
    for array in (levels, luck, sample):
        array.flags.writeable = False
    return DesignPoints(levels, luck, sample), rows
