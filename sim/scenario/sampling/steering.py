"""A number of a scenario moved by a factor of a design: to a value, by a multiple, by a shift, to a quantile.

What a level makes of a number is said twice: as it is written in a file, and as a column of values, a row a draw. Both
are the same to the last bit, so that a row of a column is what the scenario with the written number gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.scenario.sampling.distributions import quantile, value_at
from sim.scenario.schema.numbers import Number
from sim.scenario.source.yaml_text import is_row
from sim.types.arrays import Floats

SteeringKind = Literal["value", "scale", "shift", "quantile"]
"""`value`: the level stands in place of the number; `scale`: all that the file says of it, times the level; `shift`:
plus the level; `quantile`: the constant that the number falls below with the chance of the level."""
_PLACES = {"mean", "low", "high", "values"}
"""Parameters on the scale of the number; shapes, chances and widths are not moved by a shift."""
_TURNED = {"low": "high", "high": "low", "a": "b", "b": "a"}
"""Whose value a parameter takes when a distribution is turned round."""


@dataclass(frozen=True)
class Steering:
    """What one factor does to the numbers that it moves, all alike."""

    kind: SteeringKind
    targets: tuple[str, ...]
    """Dotted paths in `ResolvedScenario.numbers`."""


def written_number(number: Number, kind: SteeringKind, level: float) -> float | dict[str, Any]:
    """The number as a file, or `--set`, writes it at a level: a constant, or a distribution with all parameters moved.

    Numbers drawn `together` stay so. A multiple below 0 turns a distribution round; times 0 it is the constant 0. What
    is no number then (infinity times 0), or out of range, is the loader's to refuse. The level of a quantile is in
    (0, 1).
    """
    if kind == "value":
        return float(level)
    if kind == "quantile":
        return float(quantile(number, np.array([level], dtype=np.float64))[0])
    form = _moved(number, kind, float(level))
    if isinstance(form, float):
        return form
    together = {} if number.together is None else {"together": number.together}
    return {number.kind: list(form) if is_row(form) else form, **together}


def column(number: Number, kind: SteeringKind, levels: Floats, uniforms: Callable[[], Floats]) -> Floats:
    """[R] values of a number in rows of these levels [R], from the uniforms [R] of its stream if they are needed.

    To the last bit what the numbers that `written_number` writes give at the same uniforms.
    """
    if kind == "value":
        return levels
    if kind == "quantile":
        return quantile(number, levels)
    if number.kind == "value":
        return _moved(number, kind, levels)
    if number.kind in ("uniform", "triangular") and not (kind == "scale" and levels.min() <= 0.0):
        return value_at(number.kind, _moved(number, kind, levels), uniforms())
    values, u = np.empty_like(levels), uniforms()
    distinct, which = np.unique(levels, return_inverse=True)
    for place, level in enumerate(distinct.tolist()):
        rows = which == place
        values[rows] = quantile(Number.model_validate(written_number(number, kind, level)), u[rows])
    return values


def _moved(number: Number, kind: SteeringKind, level: Any) -> Any:
    """A number's content scaled or shifted: a constant, the row of its parameters, or a mapping of them.

    `level` may be an array [R] above 0, or any for a constant and for a shift of a row: then so are the parameters.
    """
    form, scale = number.form, kind == "scale"
    if number.kind == "value":
        return form * level + 0.0 if scale else form + level  # no -0.0
    single = isinstance(level, float)
    if scale and single and level == 0.0:
        return 0.0
    move, turned = level.__mul__ if scale else level.__add__, scale and single and level < 0.0
    if is_row(form):
        return tuple(map(move, reversed(form) if turned else form))
    parts: dict[str, Any] = {key: list(part) if is_row(part) else part for key, part in form if part is not None}
    if turned:
        parts = {_TURNED.get(key, key): part for key, part in parts.items()}
    for key in _PLACES & parts.keys():
        parts[key] = list(map(move, parts[key])) if isinstance(parts[key], list) else move(parts[key])
    return parts | {"sd": parts["sd"] * abs(level)} if scale and "sd" in parts else parts
