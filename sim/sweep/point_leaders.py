"""Which format leads at each design point, beyond simulation error: one test for the page, for boxes and for maps.

Points that share their draws (a grid) are judged by the intervals of a tipping map, which hold at once for all points
and all pairs of formats. Points of other luck are independent, and judged by Holm's method.

Shape letters: P design points, N points judged together, D draws, F formats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.statistics.intervals import holm, p_values, ratios
from sim.analysis.sweeps.tipping import Simultaneous, simultaneous
from sim.sweep.design import Design, SampleRows
from sim.types.arrays import Floats, Ints, Mask

FEWEST_DRAWS = 10
"""Draws of a point from which it is told who leads there; below, a t interval holds all."""
MOST_PAIRS = 20_000
"""Pairs whose residuals are held at once."""


@dataclass(frozen=True)
class Standing:
    """Who leads at each point, beyond simulation error."""

    leader: Ints
    """[N] the format that is ahead of every other one; -1 where one cannot tell."""
    behind: Mask
    """[N, F] formats that are told to be behind another."""
    widest: float = 0.0
    """Of points that share their draws, the quantile of the largest |t| by which they were judged; else 0."""

    def part(self, at: slice) -> Standing:
        """Of some of the points, as judged together with the others."""
        return Standing(self.leader[at], self.behind[at], self.widest)


def panel_places(design: Design) -> list[tuple[int, SampleRows, slice]]:
    """Cell, sample and points of each panel."""
    n = len(design.points.luck)
    return [
        (cell, sample, slice(cell * n + sample.first, cell * n + sample.end))
        for cell in range(len(design.cells))
        for sample in design.samples
    ]


def families(design: Design) -> list[tuple[Ints, bool]]:
    """Points that are looked at together, those of a sample in all cells, and whether they share their draws."""
    places = panel_places(design)
    return [
        (
            np.concatenate([np.arange(at.start, at.stop) for _, of, at in places if of == sample]),
            bool(np.ptp(design.points.luck[sample.first : sample.end]) == 0),
        )
        for sample in design.samples
    ]


def standings(design: Design, hits: NDArray[Any], trials: NDArray[Any]) -> Standing:
    """Of all points, from counts [P, D, F]."""
    leader = np.full(len(hits), -1)
    behind = np.zeros((len(hits), hits.shape[-1]), dtype=np.bool_)
    widest = 0.0
    for at, shared in families(design):
        one = leading(hits[at], trials[at], shared=shared)
        leader[at], behind[at], widest = one.leader, one.behind, max(widest, one.widest)
    return Standing(leader, behind, widest)


def told_ahead(design: Design, hits: NDArray[Any], trials: NDArray[Any], pair: tuple[int, int]) -> Mask:
    """[P] where the first of two formats is told to be ahead of the second, by the test of `standings`."""
    ahead = np.zeros(len(hits), dtype=np.bool_)
    for at, shared in families(design):
        if hits.shape[1] < FEWEST_DRAWS:
            continue
        if shared:
            ahead[at] = _at_once(hits[at], trials[at]).low[:, pair[0], pair[1]] > 0.0
        else:
            ahead[at] = _one_by_one(hits[at][..., list(pair)], trials[at][..., list(pair)]).leader == 0
    return ahead


def leading(hits: NDArray[Any], trials: NDArray[Any], *, shared: bool) -> Standing:
    """Who leads and who is behind at each point, from counts [N, D, F] of points that share their draws or do not."""
    n_points, n_draws, n_formats = hits.shape
    if n_formats < 2 or n_draws < FEWEST_DRAWS:
        return Standing(np.full(n_points, -1), np.zeros((n_points, n_formats), dtype=np.bool_))
    if not shared:
        return _one_by_one(hits, trials)
    gaps = _at_once(hits, trials)
    first: Mask = np.all((gaps.low > 0.0) | np.eye(n_formats, dtype=np.bool_), axis=2)
    leader = np.where(first.any(axis=1), first.argmax(axis=1), -1)
    behind: Mask = np.any(gaps.high < 0.0, axis=2)
    return Standing(leader, behind, gaps.largest)


def _at_once(hits: NDArray[Any], trials: NDArray[Any]) -> Simultaneous:
    return simultaneous(ratios(*(counts.swapaxes(0, 1) for counts in (hits, trials))))


def _one_by_one(hits: NDArray[Any], trials: NDArray[Any]) -> Standing:
    """By p-values: a format leads by the largest one over the others; one is behind if it is told from the highest.

    Of F - 1 formats that may wrongly be the highest, each is with half the two-sided error, hence the factor (F - 1) /
    2 from three formats on. Over points (and formats behind): Holm (1979).
    """
    n_points, _, n_formats = hits.shape
    top, p = np.empty(n_points, dtype=np.int64), np.ones((n_points, n_formats))
    step = max(1, MOST_PAIRS // n_formats)
    for start in range(0, n_points, step):
        block = slice(start, min(start + step, n_points))
        top[block], p[block] = _top(hits[block], trials[block])
    others = np.arange(n_formats) != top[:, None]
    p = np.minimum(p * max(1.0, (n_formats - 1) / 2), 1.0)
    behind = np.zeros((n_points, n_formats), dtype=np.bool_)
    behind[others] = holm(p[others])
    return Standing(np.where(holm(np.where(others, p, 0.0).max(axis=1)), top, -1), behind)


def _top(hits: NDArray[Any], trials: NDArray[Any]) -> tuple[Ints, Floats]:
    """[N] the format with the highest share at each point, and [N, F] p-values of its being ahead; 1 for itself."""
    n_points, n_draws, n_formats = hits.shape
    flat = ratios(*(counts.transpose(1, 0, 2).reshape(n_draws, -1) for counts in (hits, trials)))
    share = np.where(np.isfinite(flat.value), flat.value, -1.0).reshape(n_points, n_formats)
    top = share.argmax(axis=1)
    first = (np.arange(n_points) * n_formats + top)[:, None]
    others = np.arange(n_points)[:, None] * n_formats + np.arange(n_formats)
    pairs, p = others != first, np.ones((n_points, n_formats))
    p[pairs] = p_values([flat], np.broadcast_to(first, others.shape)[pairs], others[pairs])[0]
    return top, p
