"""Several issues that end the price of no settlement: each its equal share, also of linked issues."""

from __future__ import annotations

import numpy as np
import pytest

from tests.laws.common import Raw, encode, play
from tests.laws.made_up import issue, party, talks, world, worth
from tests.scenario.generate import random_scenario


def two(*ending: str, level: str = "substance") -> Raw:
    """Two issues of which those named end the price; both settle at their last option."""
    issues = {key: issue("no", "yes", settles="yes", ends_price=key in ending) for key in ("one", "other")}
    issues["other"]["level"] = level if "other" in ending else "core"
    wants = {"one": worth(no=0, yes=0.4), "other": worth(no=0, yes=0.6)}
    price = {"now": -0.2, "drift": -0.01}
    parties = {name: party({"one": 1, "other": 1}, wants, price_of_no_settlement=price) for name in "ab"}
    return world(issues, parties, {"pair": talks("a", "b")})


def test_each_of_two_ends_half():
    assert encode(two("one", "other")).tables(0, 1).ending.tolist() == [[0, 0.5], [0, 0.5]]


@pytest.mark.parametrize(("named", "expected"), [("one", [[0, 1], [0, 0]]), ("other", [[0, 0], [0, 1]])])
def test_one_ends_all(named: str, expected: list[list[float]]):
    assert encode(two(named)).tables(0, 1).ending.tolist() == expected


def test_linked_issues_add_their_shares():
    data = two("one", "other")
    data["parties"]["a"]["linkages"] = {"both": {"when": {"one": "yes", "other": "yes"}, "bonus": 0.1}}
    tables = encode(data).tables(0, 1)
    assert tables.issue_option.T.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert tables.ending.tolist() == [[0, 0.5, 0.5, 1]]


def test_a_text_with_half_of_it_is_half_relieved():
    """Values in the records: the text that moves one issue is worth its part and half of the price."""
    data = two("one", "other")
    data["formats"]["pair"] |= {"agenda": ["one"]}
    encoder = encode(data)
    runs = play(encoder, n_draws=2, replications=2)
    assert (runs.deal == [1, 0]).all()
    price = -0.2 - 0.01 * (runs.month - 1)
    np.testing.assert_allclose(runs.value[:, 0], 0.4 + price / 2, atol=1e-6)
    np.testing.assert_allclose(runs.reservation[:, 0], price, atol=1e-6)


def test_naming_one_issue_is_as_before():
    """The share of a single issue is the whole, so nothing that was computed from a flag is another number."""
    plain = encode(random_scenario(np.random.default_rng(3), 3, 3, 3, uncertain=0.0)).tables(0, 2)
    assert set(np.unique(plain.ending)) == {0.0, 1.0}
