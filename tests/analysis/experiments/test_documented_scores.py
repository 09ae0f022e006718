"""Scores against what is documented, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.experiments.documented_scores import base_rates, never_settles, score


def test_scores_by_hand() -> None:
    forecast = np.array([0.2, 0.5, 0.3])
    one = score(forecast, ["process_or_partial"])
    assert (one.given, one.log) == (0.5, pytest.approx(np.log(0.5)))
    assert one.brier == pytest.approx(0.5**2 + 0.2**2 + 0.3**2)
    two = score(forecast, ["process_or_partial", "nothing"])
    assert two.given == pytest.approx(0.8)
    assert two.brier == pytest.approx(0.2**2 + 0.2**2)
    assert score(np.array([1.0, 0.0, 0.0]), ["nothing"]).log == pytest.approx(np.log(1e-3))


def test_base_rates_leave_the_case_out() -> None:
    documented = [["settlement"], ["settlement"], ["nothing"], ["nothing", "process_or_partial"]]
    rates = base_rates(documented)  # type: ignore[arg-type]
    np.testing.assert_allclose(rates[0], np.array([2, 1.5, 2.5]) / 6)
    np.testing.assert_allclose(rates[3], np.array([3, 1, 2]) / 6)
    np.testing.assert_allclose(never_settles(documented)[0], [0, 1.5 / 4, 2.5 / 4])  # type: ignore[arg-type]
