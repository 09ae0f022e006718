"""What an outcome teaches, and what chance of the draws adds to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.validation.fisher_information import taught
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(8, outcomes=False)


def test_what_an_outcome_teaches_does_not_hang_on_the_number_of_draws_but_what_it_seems_to_does():
    many, few = (taught(toy_ensemble(ISSUES, n_draws=n, runs=1)) for n in (20_000, 500))
    assert few.known == pytest.approx(many.known, abs=0.03)
    assert few.seeming[2] > 10 * many.seeming[2]
    assert many.chance[0] < 0.02
    assert few.chance[2] > 0.5


def test_a_constant_that_moves_nothing_teaches_nothing():
    assert taught(toy_ensemble(ISSUES, n_draws=20_000, runs=1)).known[2] == pytest.approx(0.0, abs=5e-4)


def test_two_bins_by_hand():
    """p = 1/2 each, one above the middle: slopes are E|z| / 2 = sqrt(3) / 4, information 2 (3 / 16) / (1 / 2)."""
    ensemble = toy_ensemble(ISSUES[:1], n_draws=4000, runs=1)
    counts = np.zeros_like(ensemble.counts)
    high = ensemble.uniforms[:, 0] > 0.5
    counts[0, high, 90], counts[0, ~high, 10] = 1, 1
    found = taught(replace(ensemble, counts=counts))
    assert found.known[0] == pytest.approx(0.75, abs=0.02)
    assert found.seeming[0] == pytest.approx(0.75, abs=0.02)


def test_runs_that_repeat_their_draw_add_nothing():
    ensemble = toy_ensemble(ISSUES, n_draws=500, runs=1)
    repeated = replace(ensemble, counts=4 * ensemble.counts, runs=4)
    assert taught(repeated).chance == pytest.approx(taught(ensemble).chance)
