"""The options of a numeric issue: the positions that actors hold, the reference point, and a grid between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from sim.types import SpatialIssue

MOST = 21
"""Most options of an issue, the status quo written into a text not counted."""
_GRID_STEPS = 10


@dataclass(frozen=True)
class ScaleOption:
    """One option."""

    position: float
    held_by: tuple[str, ...]
    """Actors whose position it stands for; none for a point of the grid."""
    merged: tuple[float, ...]
    """Positions that it stands for beside its own."""


def step_of(issue: SpatialIssue) -> float:
    """To what options are rounded: the power of ten just under a hundredth of the scale."""
    return 10.0 ** math.floor(math.log10(issue.range / 100.0) + 1e-9)


def rounded(value: float, issue: SpatialIssue) -> float:
    """A point of the scale, rounded to its step, within its ends."""
    step = step_of(issue)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return min(max(round(round(value / step) * step, digits), issue.low), issue.high)


def scale_options(issue: SpatialIssue, status_quo: float) -> tuple[ScaleOption, ...]:
    """Options in ascending order, at most `MOST`.

    Positions held come first; while there are too many, the two nearest become one, at the place of the one with more
    salience times capability (the status quo is never moved). Then points of a tenth of the scale are added, those in
    the widest gaps first, as long as there is room and they are at least a twentieth of the scale from the next. The
    status quo is a point of the scale.
    """
    home = rounded(status_quo, issue)
    weight: dict[float, float] = {home: math.inf}
    stands_for: dict[float, set[float]] = {home: set()}
    for stand, share in zip(issue.stands, issue.weights, strict=True):
        place = rounded(stand.position, issue)
        weight[place] = weight.get(place, 0.0) + float(share)
        stands_for.setdefault(place, set()).add(stand.position)
    while len(weight) > MOST:
        _merge_nearest(weight, stands_for)
    _add_grid(issue, weight, stands_for)
    return tuple(
        ScaleOption(
            place,
            tuple(stand.actor for stand in issue.stands if stand.position in stands_for[place]),
            tuple(sorted(one for one in stands_for[place] if rounded(one, issue) != place)),
        )
        for place in sorted(weight)
    )


def _merge_nearest(weight: dict[float, float], stands_for: dict[float, set[float]]) -> None:
    places = sorted(weight)
    left, right = min(pairwise(places), key=lambda pair: (pair[1] - pair[0], pair[0]))
    kept, gone = (left, right) if weight[left] >= weight[right] else (right, left)
    weight[kept] += weight.pop(gone)
    stands_for[kept] |= stands_for.pop(gone)


def _add_grid(issue: SpatialIssue, weight: dict[float, float], stands_for: dict[float, set[float]]) -> None:
    points = [rounded(issue.low + issue.range * k / _GRID_STEPS, issue) for k in range(_GRID_STEPS + 1)]
    while len(weight) < MOST:
        distance = {point: min(abs(point - place) for place in weight) for point in points}
        point = max(points, key=lambda one: (distance[one], -one))
        if distance[point] < issue.range / (2 * _GRID_STEPS) - 1e-9 * issue.range:
            return
        weight[point] = 0.0
        stands_for[point] = set()
