"""What is said of all points of a sweep together: which format gets furthest, and which factors move nothing.

Shape letters: P design points, D draws, F formats, L levels of a factor.
"""

from __future__ import annotations

from collections.abc import Collection
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
    holm,
    p_values,
    ratios,
)
from sim.sweep.design import Design
from sim.sweep.sweep_result import Measured
from sim.types.arrays import Floats


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


def still_factors(design: Design, main: Measured) -> tuple[StillFactor, ...]:
    """Factors of the first grid whose levels, averaged over the others, differ in no format beyond simulation error.

    Every level is held against the lowest and the highest, in every format, all of all factors looked at together
    (Holm). Dummies are left out.
    """
    sample = next((one for one in design.samples if one.kind == "grid"), None)
    if sample is None:
        return ()
    n, shape = len(design.points.luck), (*(len(one.levels) for one in design.structure), *sample.shape)
    rows = np.concatenate([np.arange(sample.first, sample.end) + cell * n for cell in range(len(design.cells))])
    hits, trials = (part[rows].reshape(*shape, *part.shape[1:]) for part in main)
    factors = [one.name for one in design.structure] + [one.name for one in design.numbers]
    dummies = {one.name for one in design.numbers if not one.steering.targets}
    swept = [axis for axis in range(len(shape)) if shape[axis] > 1 and factors[axis] not in dummies]
    same = [_same(hits, axis) and _same(trials, axis) for axis in swept]
    p = [_effects(hits, trials, axis) for axis in swept]
    moved = holm(np.concatenate(p)) if p else np.zeros(0, dtype=np.bool_)
    ends = np.cumsum([len(part) for part in p])[:-1]
    parts = np.split(moved, ends) if p else []
    found = zip(swept, same, parts, strict=True)
    return tuple(StillFactor(factors[axis], alike) for axis, alike, part in found if not part.any())


def _same(counts: NDArray[Any], axis: int) -> bool:
    return bool((counts == counts.take([0], axis=axis)).all())


def _effects(hits: NDArray[Any], trials: NDArray[Any], axis: int) -> Floats:
    """P-values of the differences between the levels of a factor and its two ends, in every format."""
    n_axes = hits.ndim - 2
    others = tuple(at for at in range(n_axes) if at != axis)
    sums = [part.sum(axis=others, dtype=np.int64).swapaxes(0, 1) for part in (hits, trials)]  # [D, L, F]
    n_draws, n_levels, n_formats = sums[0].shape
    flat = ratios(*(part.reshape(n_draws, -1) for part in sums))
    pairs = [(0, at) for at in range(1, n_levels)] + [(at, n_levels - 1) for at in range(1, n_levels - 1)]
    first, second = (np.array(pairs).T[:, :, None] * n_formats + np.arange(n_formats)).reshape(2, -1)
    return p_values([flat], first, second)[0]
