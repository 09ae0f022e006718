"""Folds: nothing leaks, sizes are even, the same seed gives the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.statistics.folds import grouped_folds

proposals = st.lists(st.sampled_from([f"p{k}" for k in range(12)]), min_size=4, max_size=60).filter(
    lambda names: len(set(names)) >= 4
)


@given(proposals, st.integers(2, 4), st.integers(0, 1000))
def test_no_proposal_is_in_two_folds_and_sizes_are_even(names, n_folds, seed):
    found = grouped_folds(names, n_folds, seed=seed)
    assert all(len({int(f) for f, own in zip(found, names, strict=True) if own == name}) == 1 for name in set(names))
    sizes = np.bincount(found, minlength=n_folds)
    assert sizes.min() > 0
    assert sizes.max() - sizes.min() <= max(names.count(name) for name in names)


@given(proposals, st.randoms(use_true_random=False))
def test_the_order_of_issues_makes_no_difference(names, shuffle):
    order = list(range(len(names)))
    shuffle.shuffle(order)
    found = grouped_folds(names, 3, seed=7)
    assert [found[k] for k in order] == list(grouped_folds([names[k] for k in order], 3, seed=7))


def test_seeds_give_other_folds_and_the_same_seed_the_same():
    names = [f"p{k // 2}" for k in range(40)]
    assert (grouped_folds(names, 5, seed=1) == grouped_folds(names, 5, seed=1)).all()
    assert (grouped_folds(names, 5, seed=1) != grouped_folds(names, 5, seed=2)).any()
    assert set(np.bincount(grouped_folds(names, 5, seed=1))) == {8}


@pytest.mark.parametrize("n_folds", [1, 3])
def test_folds_that_cannot_be_made_are_refused(n_folds):
    with pytest.raises(ValueError, match="2 to 2 folds"):
        grouped_folds(["a", "a", "b"], n_folds, seed=1)
