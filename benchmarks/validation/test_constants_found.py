"""The simulator's own outcomes under known constants: the fit finds these, and is as sure as it says."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from benchmarks.made_up_positions import made_up_table
from benchmarks.validation.calibration import HALF_SD, MadeUp, rank_check, recovery
from benchmarks.validation.constant_shifts import tilts_for
from sim.interop.simulate import CONSTANTS, simulate
from sim.types import Ensemble
from sim.types.playing import Size

TABLE = made_up_table(6, seed=3)


@cache
def first() -> Ensemble:
    return simulate(TABLE, Size(draws=4000, replications=1, seed=1))


@cache
def fresh() -> Ensemble:
    return simulate(TABLE, Size(draws=2500, replications=1, seed=2))


def mirrored(ensemble: Ensemble, place: int) -> Ensemble:
    """Runs whose one constant is taken for as far on the other side of its prior."""
    uniforms = ensemble.uniforms.copy()
    uniforms[:, place] = 1.0 - uniforms[:, place]
    return replace(ensemble, uniforms=uniforms)


def won(ensemble: Ensemble, shifts: np.ndarray) -> tuple[int, int]:
    """Of 100 sets of 11,000 outcomes, half of them each way round, those in which the truth is preferred."""
    right, wrong = tilts_for(ensemble, shifts), tilts_for(ensemble, -shifts)
    sets = MadeUp(copies=1000, n_sets=50, together=True)
    found = [recovery(ensemble, fresh(), *pair, sets=sets) for pair in ((right, wrong), (wrong, right))]
    return sum(one.by_crps for one in found), sum(one.by_log for one in found)


SHIFTS = [HALF_SD / 2 * one for one in (*np.eye(3), np.ones(3) / np.sqrt(3))]


@pytest.mark.parametrize("shifts", SHIFTS, ids=[*(one.name for one in CONSTANTS), "jointly"])
def test_true_constants_are_preferred_to_others_half_a_deviation_away(shifts):
    by_crps, by_log = won(first(), shifts)
    assert by_crps >= 75
    assert by_log >= 90


@pytest.mark.parametrize("place", range(3), ids=[one.name for one in CONSTANTS])
def test_a_fit_that_takes_a_constant_the_wrong_way_round_prefers_the_others(place):
    by_crps, by_log = won(mirrored(first(), place), SHIFTS[place])
    assert by_crps <= 25
    assert by_log <= 10


def test_ranks_of_fitted_constants_are_even():
    found = rank_check(first(), fresh(), sets=MadeUp(copies=4, n_sets=300, together=True), n_samples=2000)
    assert found.can_be_read
    assert found.p_value > 1e-4
    assert (found.p_values > 1e-4).all()


@pytest.mark.parametrize("place", range(3), ids=[one.name for one in CONSTANTS])
def test_ranks_are_uneven_where_a_constant_is_taken_the_wrong_way_round(place):
    sets = MadeUp(copies=4, n_sets=300, together=True)
    found = rank_check(mirrored(first(), place), fresh(), sets=sets, n_samples=2000)
    assert found.p_values[place] < 1e-6
