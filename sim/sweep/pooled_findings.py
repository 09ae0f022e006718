"""What is said of all points of a sweep together: which format gets furthest, and which factors move nothing.

Shape letters: P design points, D draws, F formats, L levels of a factor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import (
    FAMILY_ERROR,
    UNKNOWN,
    Estimate,
    Ratios,
    difference,
    p_values,
    ratios,
    t_quantile,
)
from sim.analysis.sweeps.tipping import largest_t
from sim.sweep.design import Design
from sim.sweep.sweep_result import Measured


@dataclass(frozen=True)
class PooledTop:
    """The format with the highest share over all points."""

    highest: tuple[int, ...]
    """It, and the next highest that is not passed over; of one format only that."""
    lead: Estimate
    """Paired difference of the two."""
    told: bool
    """Whether it is ahead of every format that is not passed over, beyond simulation error, all looked at."""


def pooled_top(shares: Ratios, passed: Collection[int] = ()) -> PooledTop:
    """The format that gets furthest, from shares [F] over all points; twins of it are passed over where others are.

    Of F - 1 formats that may wrongly be the highest, each is with half the two-sided error, as in `leading`.
    """
    order = np.argsort(-np.where(np.isfinite(shares.value), shares.value, -1.0), kind="stable").tolist()
    first, others = order[0], [slot for slot in order[1:] if slot not in passed] or order[1:]
    if not others:
        return PooledTop((first,), UNKNOWN, told=False)
    p = p_values([shares], np.full(len(others), first), np.array(others))[0].max()
    told = bool(p * max(1.0, (len(order) - 1) / 2) <= FAMILY_ERROR)
    return PooledTop((first, others[0]), difference(shares, shares, (first,), (others[0],)), told)


def draws_needed(main: Measured, top: PooledTop) -> int | None:
    """About how many draws a point would tell its lead at a typical point, with all points looked at (Bonferroni).

    The half-width of an interval falls with the root of the draws. None where the lead is not told, or nothing varies.
    """
    if not top.told:
        return None
    first, second = (main.hits[..., at] / np.maximum(main.trials[..., at], 1) for at in top.highest)
    known = (main.trials[..., list(top.highest)] > 0).all(axis=(1, 2))
    spread = float((first - second)[known].var(axis=1, ddof=1).mean()) if known.any() else 0.0
    if spread == 0.0:
        return None
    z = NormalDist().inv_cdf(1.0 - FAMILY_ERROR / 2.0 / max(int(known.sum()), 1))
    needed = z**2 * spread / top.lead.value**2
    size = 10.0 ** (len(str(int(needed))) - 2)
    return int(np.ceil(needed / size) * size)


@dataclass(frozen=True)
class StillFactor:
    """A factor of a grid that moves nothing that can be told."""

    factor: str
    same: bool
    """Whether the counts of all formats are the same at all of its levels, whatever the others'."""
    most: float
    """The largest of those differences as seen."""


def still_factors(design: Design, main: Measured) -> tuple[StillFactor, ...]:
    """Factors of the first grid whose levels, averaged over the others, differ in no format beyond simulation error.

    Every level is held against the lowest and the highest, in every format, by intervals that hold for all of
    them at once (`tipping`). Dummies are left out.
    """
    sample = next((one for one in design.samples if one.kind == "grid"), None)
    if sample is None:
        return ()
    n, shape = len(design.points.luck), (*(len(one.levels) for one in design.structure), *sample.shape)
    rows = np.concatenate([np.arange(sample.first, sample.end) + cell * n for cell in range(len(design.cells))])
    hits, trials = (part[rows].reshape(*shape, *part.shape[1:]) for part in main)
    factors = [one.name for one in design.structure] + [one.name for one in design.numbers]
    dummies = {one.name for one in design.numbers if one.dummy}
    swept = [axis for axis in range(len(shape)) if shape[axis] > 1 and factors[axis] not in dummies]
    same = [_same(hits, axis) and _same(trials, axis) for axis in swept]
    looks = [_ends(hits, trials, axis) for axis in swept]
    most = [float(np.nanmax(np.abs(np.diff(one.value[pairs])), initial=0.0)) for one, pairs in looks]
    found = zip(swept, same, most, _told(looks), strict=True)
    return tuple(StillFactor(factors[axis], alike, largest) for axis, alike, largest, moves in found if not moves)


def _same(counts: NDArray[Any], axis: int) -> bool:
    return bool((counts == counts.take([0], axis=axis)).all())


def _ends(hits: NDArray[Any], trials: NDArray[Any], axis: int) -> tuple[Ratios, NDArray[Any]]:
    """Shares [L * F] over the levels of a factor, and the pairs [M, 2] of them: each level and its two ends."""
    others = tuple(at for at in range(hits.ndim - 2) if at != axis)
    sums = [part.sum(axis=others, dtype=np.int64).swapaxes(0, 1) for part in (hits, trials)]  # [D, L, F]
    n_draws, n_levels, n_formats = sums[0].shape
    pairs = [(0, at) for at in range(1, n_levels)] + [(at, n_levels - 1) for at in range(1, n_levels - 1)]
    places = np.array(pairs)[:, :, None] * n_formats + np.arange(n_formats)
    return ratios(*(part.reshape(n_draws, -1) for part in sums)), places.swapaxes(1, 2).reshape(-1, 2)


def _told(looks: Sequence[tuple[Ratios, NDArray[Any]]]) -> list[bool]:
    """Of each look whether one of its differences is told from 0, by intervals that hold for all of them at once."""
    if not looks:
        return []
    moved = [shares.residual[:, pairs[:, 1]] - shares.residual[:, pairs[:, 0]] for shares, pairs in looks]
    residual = np.concatenate(moved, axis=1)
    wider = largest_t(residual) / float(t_quantile(len(residual) - 1.0))
    return [any(_apart(difference(one, one, (b,), (a,)), wider) for a, b in pairs.tolist()) for one, pairs in looks]


def _apart(gap: Estimate, wider: float) -> bool:
    """Whether 0 lies outside an interval made wider."""
    return gap.known and (gap.value > wider * (gap.value - gap.low) or -gap.value > wider * (gap.high - gap.value))
