"""When a listener says yes."""

from __future__ import annotations

import math

from sim.rules.kernel import inlined


@inlined
def error_needed(gain: float, gap: float, shift: float, conceded: float) -> float:
    """The least evaluation error with which `accepts` says yes; infinite below the shifted reservation value."""
    if gain - shift < 0.0:
        return math.inf
    return -(gain - gap - shift * conceded)


@inlined
def accepts(gain: float, gap: float, shift: float, conceded: float, error: float) -> bool:
    """True if a listener accepts an offer that crosses none of its firm lines.

    `U - a + e >= 0` and `U >= r`, with the reservation value moved by `shift` (support minus pressure); the aspiration
    moves with it by the share already conceded, as `a = r + (top - r) * share` says.

    Args:
        gain: `U - r` before any shift, stakes.
        gap: aspiration above the reservation value, before any shift; at least 0.
        shift: `rules.coercion.net_shift`.
        conceded: share of the way from top to reservation already given, in [0, 1]; 1 at the deadline.
        error: the party's evaluation error of this run (logit of a uniform over lambda); drawn once, because with a
            fresh draw each turn repetition wears parties down into deals without a bargaining zone.
    """
    return error >= error_needed(gain, gap, shift, conceded)
