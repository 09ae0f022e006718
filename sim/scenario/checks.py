"""Sense checks of a scenario whose shape is sound."""

from __future__ import annotations

from sim.scenario.errors import Report
from sim.scenario.shape import Draft


def check(draft: Draft, report: Report) -> None:
    """Notes every problem of sense."""
