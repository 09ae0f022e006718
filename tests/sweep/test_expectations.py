"""What a design takes, by the plan that it will have."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.app.scenarios import Scenario
from sim.sweep.design import Design
from sim.sweep.expectations import expect
from sim.sweep.read_design import make_design


def designed(minimal: Path, **changes: object) -> Design:
    factors = {"sluice": {"path": "parties.mill.salience.sluice", "range": [0.1, 0.9]}}
    content = {"factors": factors, "sample": {"grid": {"points": 8}}, "runs": {"draws": 10}, **changes}
    return make_design(content, Scenario(minimal), name="sluice")


def test_it_counts_what_there_is_and_grows_with_the_work(minimal: Path):
    small = expect(designed(minimal))
    assert (small.cells, small.points, small.formats, small.runs) == (1, 8, 2, 8 * 2 * 10 * 2)
    assert small.parts >= 2
    assert small.megabytes == pytest.approx(8 * 10 * 2 * 16e-6)
    twice = expect(designed(minimal, runs={"draws": 20}))
    assert twice.seconds == pytest.approx(2 * small.seconds)
    assert twice.megabytes == pytest.approx(2 * small.megabytes)
    one = expect(designed(minimal, formats=["farmers"]))
    assert one.seconds < small.seconds
    assert one.megabytes == pytest.approx(small.megabytes / 2)
