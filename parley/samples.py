"""Samples of a design's number factors: which points of what is swept are played. `sample=` takes one, or a list.

Each is written as in a design file, so `grid(20)` and `{"grid": {"points": 20}}` are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.app.errors import InputError

__all__ = ["grid", "lhs", "listed", "morris", "oat", "sobol"]

Sample = dict[str, Any]


def grid(points: int | None = None) -> Sample:
    """Every combination of levels; `points` levels, ends included, of each factor that has a range."""
    return {"grid": {} if points is None else {"points": points}}


def lhs(n: int, *, seed: int = 1) -> Sample:
    """A Latin hypercube of `n` points, each with its own luck: for boxes, trees and regret over many factors."""
    return {"lhs": {"n": n, "seed": seed}}


def sobol(n: int, *, second_order: bool = False, seed: int = 1) -> Sample:
    """Saltelli's sample for Sobol indices: `n` base rows, a power of two, make n (K + 2) points of K factors.

    With second order n (2 K + 2). K counts a dummy factor, which is added unless the design has one: it moves
    nothing and has luck of its own, so that it shows the floor of noise.
    """
    return {"sobol": {"n": n, "second_order": second_order, "seed": seed}}


def oat(steps: int = 5) -> Sample:
    """One factor at a time, in so many levels of each that has a range, all others in the middle."""
    return {"oat": {"steps": steps}}


def morris(trajectories: int, *, levels: int = 4, seed: int = 1) -> Sample:
    """Morris' trajectories for elementary effects: trajectories (K + 1) points; `levels` is even."""
    return {"morris": {"trajectories": trajectories, "levels": levels, "seed": seed}}


def listed(rows: Iterable[Mapping[str, float]]) -> Sample:
    """Points as they are given: mappings of every number factor to its level, or rows of a frame as such.

    Raises:
        InputError: a row is no mapping, or a level is no number.
    """
    if not isinstance(rows, Iterable):
        raise InputError(f"A list of points takes rows, not {rows!r}.")
    return {"list": [_row(index, row) for index, row in enumerate(rows)]}


def _row(index: int, row: Mapping[str, float]) -> dict[str, float]:
    if not isinstance(row, Mapping):
        raise InputError(
            f"Row {index} of a list of points is no mapping of factors to levels: {row!r}. "
            'Of a frame take frame.to_dict("records").'
        )
    levels = dict[str, float]()
    for name, level in row.items():
        try:
            levels[str(name)] = float(level)
        except (TypeError, ValueError):
            raise InputError(f"Row {index} of a list of points: {name} is {level!r}, which is no number.") from None
    return levels
