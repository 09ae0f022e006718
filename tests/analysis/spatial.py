"""Spatial issues for tests: the example from print, and small ones."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from sim.types import SpatialIssue, Stand

# Bueno de Mesquita (1994), p. 78, as given by Scholz, Calbert & Smith (2011), table 1: years of delay.
EMISSIONS = SpatialIssue(
    "emissions",
    "delay",
    (
        Stand("Netherlands", 4, 80, 0.08),
        Stand("Belgium", 7, 40, 0.08),
        Stand("Luxembourg", 4, 20, 0.03),
        Stand("Germany", 4, 80, 0.16),
        Stand("France", 10, 60, 0.16),
        Stand("Italy", 10, 60, 0.16),
        Stand("UK", 10, 90, 0.16),
        Stand("Ireland", 7, 10, 0.05),
        Stand("Denmark", 4, 100, 0.05),
        Stand("Greece", 7, 70, 0.08),
    ),
    low=4.0,
    high=10.0,
)


def issue(*stands: tuple[float, float, float], **more) -> SpatialIssue:
    """An issue from (position, salience, capability); actors are a, b, c, ..."""
    named = tuple(Stand(chr(ord("a") + k), *one) for k, one in enumerate(stands))
    return SpatialIssue(more.pop("proposal", "p"), more.pop("id", "i"), named, **more)


def development_file() -> Path:
    """The data set with known outcomes, which users bring themselves."""
    named = os.environ.get("PARLEY_DEU3")
    if not named:
        pytest.skip("PARLEY_DEU3 does not name a copy of the data set with known outcomes (docs/how-to)")
    file = Path(named)
    if not file.is_file():
        pytest.skip(f"PARLEY_DEU3 names {file.name}, which is not there")
    return file


def point_at(at: int) -> np.ndarray:
    """[1, 101] everything at one point."""
    found = np.zeros((1, 101))
    found[0, at] = 1.0
    return found
