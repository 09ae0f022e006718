"""When a simulation has played enough: placeholder until the rule with its tested coverage is merged."""

from __future__ import annotations

import math


def next_draws(done: int, half_width: float, precision: float, *, most: int) -> int:
    """Draws in all after the next block; `done` when it is time to stop."""
    if half_width <= precision or done >= most:
        return done
    need = math.ceil(done * (half_width / precision) ** 2 * 1.05)
    return min(most, 2 * done, max(need, done + max(8, done // 10)))
