"""What of a scenario is the same in every draw: strikes, the core, blocs, shares of the price."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from sim.types.tables import CORE, SUBSTANCE
from tests.laws.common import Raw, encode, play
from tests.laws.made_up import issue, party, talks, world, worth
from tests.scenario.generate import random_scenario
from tests.scenario.tiny import tables, tiny


def test_striking_falls_back_to_the_status_quo_wherever_it_stands():
    rules = {"in-order": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}
    found = tables(tiny(rules=rules, issues__peace__status_quo="truce", issues__land__status_quo="half"))
    combos = [tuple(column) for column in found.issue_option.T.tolist()]
    assert found.status_quo.tolist() == [combos.index((1, 1))]
    assert found.strike_to[0, combos.index((2, 2))] == combos.index((1, 1))
    assert found.strike_to[0, combos.index((2, 0))] == combos.index((1, 0))


def test_rows_of_conditional_lines_say_what_each_composite_is_asked():
    paid = {"if": {"peace": ["truce", "treaty"]}, "unless": {"land": "ceded"}, "firmness": 1}
    never = {"if": {"peace": "treaty", "land": "half"}, "firmness": 1}
    found = tables(tiny(parties__a__red_lines={"paid": paid}, parties__b__red_lines={"never": never}))
    assert found.line_if.tolist() == [[[0, 1, 1], [1, 1, 1]], [[0, 0, 1], [0, 1, 0]]]
    assert found.line_unless.tolist() == [
        [[1, 1, 1], [0, 0, 1]],
        [[0, 0, 0], [0, 0, 0]],
    ]  # the second: nothing
    assert found.line_if_in.tolist() == [[1, 0], [1, 1]]
    assert found.line_unless_in.tolist() == [[0, 1], [0, 0]]


def test_the_core_switch_makes_the_other_core_issue_substance():
    data = tiny(behaviour={"rules": {"core": "peace"}})
    data["issues"]["land"]["level"] = "core"
    data["issues"]["land"]["options"]["ceded"] = {"settles": True}
    found = tables(data)
    assert found.level.tolist() == [CORE, SUBSTANCE]
    assert found.settles.tolist() == [[0, 0, 1], [0, 0, 0]]


def test_members_of_a_bloc_share_chance_and_draws():
    data = tiny()
    data["parties"]["a"]["patience"] = {"uniform": [0.9, 1.0]}
    data["parties"]["a2"] = {**copy.deepcopy(data["parties"]["a"]), "bloc": "a"}
    found = tables(data, 4)
    assert found.bloc.tolist() == [0, 1, 0]
    assert found.chance_key[0] == found.chance_key[2] != found.chance_key[1]
    np.testing.assert_array_equal(found.patience[:, 0], found.patience[:, 2])


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


def test_what_halts_the_price_for_a_time_counts_by_its_share_of_the_horizon():
    data = two("one", "other")
    data["horizon_months"] = 24
    data["issues"]["one"]["options"] |= {
        "freeze": {"lasts": 6, "halts": True, "then": "talks"},
        "still": {"halts": True},
    }
    data["issues"]["other"]["options"]["long"] = {"lasts": 30, "halts": True}
    for name in "ab":
        data["parties"][name]["values"]["one"]["options"] |= {"freeze": 0.1, "still": 0.2}
        data["parties"][name]["values"]["other"]["options"]["long"] = 0.1
    tables = encode(data).tables(0, 1)
    assert tables.ending.tolist() == [[0, 0.5, 0.5 * 6 / 24, 0.5], [0, 0.5, 0.5, 0]]
    assert tables.lasts.tolist() == [[0, 0, 6, 0], [0, 0, 0, 0]]  # 30 months are longer than anybody looks
    assert tables.resumes.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]


def test_naming_one_issue_is_as_before():
    """The share of a single issue is the whole, so nothing that was computed from a flag is another number."""
    plain = encode(random_scenario(np.random.default_rng(3), 3, 3, 3, uncertain=0.0)).tables(0, 2)
    assert set(np.unique(plain.ending)) == {0.0, 1.0}
