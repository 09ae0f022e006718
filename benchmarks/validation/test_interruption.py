"""A slice of the runs that are stopped at random moments."""

from __future__ import annotations

import pytest

from benchmarks.validation.interruption import SHORT, Bench, stop_runs


@pytest.mark.slow
def test_six_runs_that_are_stopped_leave_nothing_half_written():
    assert stop_runs(6, 0, 1, size=SHORT[:-1]) == []


def test_a_result_that_is_not_whole_and_a_link_to_nothing_are_told(tmp_path):
    (tmp_path / "results" / "s" / "x").mkdir(parents=True)
    (tmp_path / "results" / "s" / "latest").symlink_to("y")
    assert len(list(Bench(tmp_path).broken())) == 2
