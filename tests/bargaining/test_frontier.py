"""The exact frontier against brute force."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.bargaining.frontier import efficient, exact_frontier

seeds = st.integers(0, 2**32 - 1)


def brute(own: np.ndarray, others: np.ndarray, usable: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All deals of usable options, with both sums."""
    deals = np.array(list(product(*(np.flatnonzero(row) for row in usable))))
    place = np.arange(len(own))
    return deals, own[place, deals].sum(axis=1), others[place, deals].sum(axis=1)


@given(seeds, st.integers(1, 5), st.integers(1, 4), st.booleans())
def test_frontier_is_what_nothing_beats(seed: int, n: int, options: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    own, others = rng.random((2, n, options))
    if ties:  # multiples of 1/4 have exact sums
        own, others = np.floor(own * 4) / 4, np.floor(others * 4) / 4
    usable = rng.random((n, options)) < 0.8
    usable[:, 0] = True
    found = exact_frontier(own, others, usable=usable)
    _, a, b = brute(own, others, usable)
    beaten = ((a >= a[:, None]) & (b >= b[:, None]) & ((a > a[:, None]) | (b > b[:, None]))).any(axis=1)
    best = {(round(x, 9), round(y, 9)) for x, y in zip(a[~beaten], b[~beaten], strict=True)}
    assert {(round(x, 9), round(y, 9)) for x, y in zip(found.own, found.others, strict=True)} == best
    place = np.arange(n)
    assert found.own == pytest.approx(own[place, found.deals].sum(axis=1))
    assert usable[place, found.deals].all()
    for least in np.linspace(a.min() - 0.1, a.max() + 0.1, 7):
        index = found.best_for_others(least)
        if (a >= least).any():
            assert found.others[index] == pytest.approx(b[a >= least].max())
        else:
            assert index == -1


def test_frontier_runs_strictly() -> None:
    rng = np.random.default_rng(1)
    found = exact_frontier(*rng.random((2, 20, 5)))
    assert (np.diff(found.own) < 0).all()
    assert (np.diff(found.others) > 0).all()


def test_worked_example() -> None:
    """Two issues: concede the one that the other weighs more first."""
    own = np.array([[0.4, 0.0], [0.6, 0.0]])
    others = np.array([[0.0, 0.7], [0.0, 0.3]])
    found = exact_frontier(own, others)
    assert found.deals.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert found.own == pytest.approx([1.0, 0.6, 0.0])


def test_points_equal_in_both_are_kept_once() -> None:
    assert efficient(np.array([1.0, 1.0, 0.5]), np.array([0.5, 0.5, 0.4])).tolist() == [0]


def test_what_cannot_be_done_is_said() -> None:
    ones = np.ones((2, 2))
    with pytest.raises(ValueError, match="shapes differ"):
        exact_frontier(ones, np.ones((2, 3)))
    with pytest.raises(ValueError, match="no usable option in composite 1"):
        exact_frontier(ones, ones, usable=np.array([[True, True], [False, False]]))
    with pytest.raises(ValueError, match="more than 3 candidates"):
        exact_frontier(np.array([[0.0, 1.0]] * 2), np.array([[1.0, 0.0]] * 2), limit=3)
