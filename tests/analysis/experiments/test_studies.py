"""What variants do to the sign of a difference, and a lever that is none."""

from __future__ import annotations

from sim.analysis.experiments.cells import BASELINE
from sim.analysis.experiments.studies import judge
from sim.analysis.statistics.intervals import Estimate
from sim.report.study.findings_words import fate


def test_variants_hold_are_unclear_or_flip():
    above, below, zero = Estimate(0.2, 0.1, 0.3), Estimate(-0.2, -0.3, -0.1), Estimate(0.0, -0.1, 0.1)
    found = judge({BASELINE: above, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == (("a",), ("b",), ("c",))
    assert "flips under `c`" in fate(found)
    found = judge({BASELINE: zero, "a": above, "b": zero, "c": below})
    assert (found.holds, found.unclear, found.flips) == ((), ("b",), ("a", "c"))
    assert "differ under `a` and `c`" in fate(found)
