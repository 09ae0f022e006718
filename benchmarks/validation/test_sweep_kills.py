"""A slice of the sweeps that are killed at random moments."""

from __future__ import annotations

import pytest

from benchmarks.validation.sweep_kills import kill_sweeps


@pytest.mark.slow
def test_three_kills_leave_the_same_bytes():
    assert kill_sweeps(3, 1, points=10) == []
