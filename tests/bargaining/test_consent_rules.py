"""Consent rules: by masks, as in a treaty, and those that are none."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sim.bargaining.consent_rules import ConsentRule, Quota, at_least, coalition_table, unanimity, with_vetoes
from tests.bargaining.rules_in_print import double_majority, simple_majority, weighted_quota


def test_rules_decide_on_masks():
    masks = np.array(list(itertools.product((False, True), repeat=5)))
    counts = masks.sum(axis=1)
    np.testing.assert_array_equal(unanimity(5).passes(masks), counts == 5)
    np.testing.assert_array_equal(simple_majority(5).passes(masks), counts >= 3)
    np.testing.assert_array_equal(simple_majority(4).passes(masks[:, :4]), masks[:, :4].sum(axis=1) >= 3)
    np.testing.assert_array_equal(at_least(2, 5).passes(masks), counts >= 2)
    np.testing.assert_array_equal(weighted_quota([3, 2, 2, 1, 1], 5).passes(masks), masks @ [3, 2, 2, 1, 1] >= 5)
    np.testing.assert_array_equal(
        with_vetoes(at_least(2, 5), {0, 3}).passes(masks), (counts >= 2) & masks[:, 0] & masks[:, 3]
    )
    assert unanimity(5).passes(masks.reshape(4, 8, 5)).shape == (4, 8)
    assert coalition_table(weighted_quota([1, 0, 0], 1)).tolist() == [False] * 4 + [True] * 4


def test_double_majority_as_in_the_treaty():
    """Article 16(4) TEU: 55% of the members that hold 65% of the population."""
    rule = double_majority([40, 30, 20, 10], share_of_members=0.55, share_of_weight=0.65)
    assert not rule.passes(np.array([True, True, False, False]))  # 70% of the people, two of four members
    assert rule.passes(np.array([True, False, True, True]))
    assert not rule.passes(np.array([False, True, True, True]))  # three members, 60%


def test_a_quota_of_shares_is_not_missed_by_rounding():
    assert weighted_quota([0.1] * 10, 0.3).passes(np.arange(10) < 3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: at_least(4, 3), "quota 4 must be above 0 and at most the total weight 3"),
        (lambda: at_least(0, 3), "quota 0 must be above 0"),
        (lambda: weighted_quota([1, -1, 1], 1), "not negative"),
        (lambda: with_vetoes(unanimity(3), {3}), "veto of party 3, but parties run from 0 to 2"),
        (lambda: ConsentRule((Quota((1.0, 1.0), 1.0), Quota((1.0,), 1.0))), "different numbers of parties"),
        (lambda: ConsentRule(()), "at least one quota"),
        (lambda: unanimity(3).passes(np.ones(2, dtype=bool)), "last axis must hold 3 parties"),
    ],
)
def test_rules_that_are_none_are_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
