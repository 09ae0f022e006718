"""Levels as numbers, and ranges of them in words."""

import numpy as np
import pytest

from sim.analysis.sweeps.factor_levels import FactorRange, coded, sampling_units, where


def test_numbers_stay_and_words_become_positions():
    numbers, words = coded([3, 1, 2])
    assert (numbers.tolist(), words) == ([3.0, 1.0, 2.0], ())
    positions, words = coded(["none", "both", "none"])
    assert (positions.tolist(), words) == ([0.0, 1.0, 0.0], ("none", "both"))
    assert coded([None, "both"])[1] == ("None", "both")
    assert coded(np.array([True, False]))[1] == ("True", "False")


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        ({"low": 0.12345}, "price is above 0.123"),
        ({"high": -0.3}, "price is below -0.3"),
        ({"low": 0.0, "high": 1.0}, "price is between 0 and 1"),
        ({"high": 0.8, "most": 0.75}, "price is up to 0.75"),
        ({"low": 0.2, "least": 0.25}, "price is at least 0.25"),
        ({"low": 0.2, "high": 0.8, "least": 0.25, "most": 0.75}, "price is from 0.25 to 0.75"),
        ({"categories": ("both", "none")}, "price is both or none"),
        ({}, "price is anything"),
    ],
)
def test_a_range_in_words(ends, words):
    assert str(FactorRange("price", **ends).words) == words


def test_several_ranges_at_once():
    both = [FactorRange("price", low=1.0), FactorRange("firm", categories=("none",))]
    assert str(where(both)) == "price is above 1 and firm is none"


def test_points_of_a_group_are_one_unit_and_those_of_a_grid_are_not():
    assert sampling_units(None, 3).tolist() == [0, 1, 2]
    assert sampling_units(np.array([7, 7, 3, 3, 9]), 5).tolist() == [1, 1, 0, 0, 2]
    assert sampling_units(np.zeros(4, dtype=np.int64), 4).tolist() == [0, 1, 2, 3]
    mixed = sampling_units(np.array([0, 0, 0, 0, 5, 5]), 6)
    assert len(set(mixed[:4].tolist())) == 4
    assert mixed[4] == mixed[5]
    assert len(set(mixed.tolist())) == 5
    with pytest.raises(ValueError, match="each of 3 points"):
        sampling_units(np.zeros(4, dtype=np.int64), 3)
