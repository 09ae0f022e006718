"""Numbers as the JSON documents have them: rounded far below simulation error, null where nothing is known."""

from __future__ import annotations

import math
from typing import Any

from sim.analysis.statistics.intervals import Estimate

DIGITS = 6


def number(value: float) -> float | None:
    """Rounded, or None where there is nothing to say."""
    return round(float(value), DIGITS) + 0.0 if math.isfinite(value) else None


def estimate(found: Estimate) -> dict[str, Any]:
    """A value with the ends of its interval."""
    return {"estimate": number(found.value), "low": number(found.low), "high": number(found.high)}
