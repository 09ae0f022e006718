"""A default spread for numbers that a file assumes without one: nobody knows them, though they are written as if.

A *bare* number is a constant that rests on an assumption, is given by the file (no default, no word of a codebook) and
read by something. Widened, it is uniform: a share within a quarter of its place, an ideal within a quarter of the
issue's scale, anything else within half of itself, all cut to what the number may be. A 0 that is no share stays, and
so do the best and the worst of option values, 1 and 0, which are a convention.
"""

from __future__ import annotations

from typing import Any

from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.schema.numbers import DEFAULT_NOTE
from sim.scenario.schema.priors import SHARE, SHARED_NOTE, limits_of
from sim.scenario.schema.resolved import ResolvedScenario

QUARTER, HALF = 0.25, 0.5


def spreads(resolved: ResolvedScenario) -> dict[str, tuple[float, float]]:
    """Dotted path -> ends of the default spread, of every bare number that has one, in file order."""
    unread = idle(resolved)
    found: dict[str, tuple[float, float]] = {}
    for path, number in resolved.numbers.items():
        given = number.note not in (DEFAULT_NOTE, SHARED_NOTE) and number.level is None
        if number.kind == "value" and number.basis == "assumed" and given and path not in unread:
            low, high = _ends(resolved, path.split("."), number.form)
            if low < high:
                found[path] = low, high
    return found


def _ends(resolved: ResolvedScenario, parts: list[str], value: float) -> tuple[float, float]:
    """Ends of the default spread of a number; equal where it stays."""
    limits, width = limits_of(tuple(parts)), HALF * abs(value)
    match parts:
        case ["formats", _, "contact_group"] | ["behaviour", "learning_prior"]:
            width = 0.0
        case ["parties", _, "values", _, "options", _] if value in (0.0, 1.0):
            width = 0.0
        case ["parties", _, "values", issue, "ideal"]:
            scale = resolved.issues[issue].scale
            places = scale.positions.values() if scale else (0.0,)
            width = QUARTER * (max(places) - min(places))
        case ["parties", _, "patience"]:
            width = HALF * (1.0 - value)
        case ["shocks", *_]:  # a chance a month
            pass
        case _ if limits == SHARE:
            width = QUARTER
        case _:
            pass
    low, high = limits.clip
    return max(value - width, low), min(value + width, high)


def widened(resolved: ResolvedScenario) -> ResolvedScenario:
    """The scenario with every bare number as uncertain as its default spread says."""
    data = resolved.to_data()
    for path, ends in spreads(resolved).items():
        *above, key = path.split(".")
        place: dict[str, Any] = data
        for part in above:
            place = place[part]
        rest = {name: part for name, part in place[key].items() if name != "value"}
        place[key] = rest | {"uniform": list(ends)}
    return ResolvedScenario.model_validate(data)
