"""A number of a scenario moved by a factor of a design: to a value, by a multiple, by a shift, to a quantile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SteeringKind = Literal["value", "scale", "shift", "quantile"]
"""`value`: the level stands in place of the number; `scale`: all that the file says of it, times the level; `shift`:
plus the level; `quantile`: the constant that the number falls below with the chance of the level."""


@dataclass(frozen=True)
class Steering:
    """What one factor does to the numbers that it moves, all alike."""

    kind: SteeringKind
    targets: tuple[str, ...]
    """Dotted paths in `ResolvedScenario.numbers`."""
