"""Shifts of the means of constants, and the tilts that make them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.validation.constant_shifts import mean_shifts, tilts_for
from tests.analysis.ensembles import toy_ensemble, toy_issues

FINE = toy_ensemble(toy_issues(1, outcomes=False), n_draws=4000, runs=1)


@pytest.mark.parametrize("tilt", [0.25, 0.5, 1.0, -1.0])
def test_a_tilt_moves_the_mean_as_the_langevin_function_says(tilt):
    expected = np.sqrt(3) / np.tanh(np.sqrt(3) * tilt) - 1 / tilt
    assert mean_shifts(FINE, [tilt, 0, 0]) == pytest.approx([expected, 0, 0], abs=0.06)


def test_tilts_found_move_the_means_as_wanted():
    for wanted in ([0.25, 0, 0], [-0.5, 0.3, 1.0], [0, 0, 0]):
        assert mean_shifts(FINE, tilts_for(FINE, wanted)) == pytest.approx(wanted, abs=1e-8)


def test_shifts_beyond_the_prior_are_refused():
    with pytest.raises(ValueError, match="no tilts"):
        tilts_for(FINE, [1.8, 0, 0])
