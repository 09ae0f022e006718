"""Arrays: their documented properties on random scenarios, and small cases worked by hand."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, load_raw
from sim.types.tables import CORE, SUBSTANCE, Tables
from tests.scenario.generate import random_scenario, scenarios

STATIC = set(Tables._fields) - {
    "contribution", "barred", "standing", "enforcement", "price", "drift", "outside", "patience", "exponent",
    "foresight", "reciprocity", "meeting_value", "talk_cost", "leverage", "motive", "pressure_cost", "support",
    "home_margin", "spent", "hazard", "precision", "volatility", "learning_prior", "pressure_cap", "trust_premium",
    "misremembering", "coalition_support", "capability", "recognition", "plan_deal", "plan_chance", "plan_value",
    "plan_reply", "plan_floor", "plan_slack", "talks",
}  # fmt: skip


def tiny(**changes: Any) -> dict[str, Any]:
    """Two parties, two issues; every number a constant."""
    data: dict[str, Any] = {
        "parley": 1,
        "id": "tiny",
        "title": "Tiny",
        "issues": {
            "peace": {
                "level": "core",
                "ends_price": True,
                "status_quo": "war",
                "options": {"war": {}, "truce": {}, "treaty": {"settles": True, "enforcement": {"a": 0.1}}},
            },
            "land": {
                "level": "substance",
                "status_quo": "kept",
                "scale": {"positions": {"kept": 0.0, "half": 50.0, "ceded": 100.0}},
                "options": {"kept": {}, "half": {}, "ceded": {}},
            },
        },
        "parties": {
            "a": {
                "salience": {"peace": 3, "land": 1},
                "values": {
                    "peace": {"options": {"war": 0.2, "truce": 0.4, "treaty": 0.8}},
                    "land": {"ideal": 100, "loss": 2},
                },
            },
            "b": {
                "salience": {"peace": 1, "land": 1},
                "values": {
                    "peace": {"ranking": ["treaty", ["war", "truce"]]},
                    "land": {"ranking": ["kept", "half", "ceded"], "curve": 2},
                },
            },
        },
        "formats": {
            "both": {"seats": {"a": "principal", "b": "principal"}, "calendar": {"months": 2, "rounds_per_month": 3}}
        },
    }
    for path, value in changes.items():
        part = data
        *way, last = path.split("__")
        for key in way:
            part = part.setdefault(key, {})
        part[last] = value
    return data


def tables(data: dict[str, Any], n_draws: int = 1, seed: int = 1) -> Tables:
    return Encoder(load_raw(data), seed=seed).tables(0, n_draws)


@given(scenarios(), st.integers(0, 50), st.integers(1, 6), st.integers(1, 6))
@settings(max_examples=40)
def test_blocks_do_not_matter(data, first, one, two):
    encoder = Encoder(load_raw(data), seed=3)
    whole, parts = encoder.tables(first, one + two), (encoder.tables(first, one), encoder.tables(first + one, two))
    for name in Tables._fields:
        if name in STATIC:
            np.testing.assert_array_equal(getattr(whole, name), getattr(parts[0], name), err_msg=name)
        else:
            joined = np.concatenate([getattr(part, name) for part in parts])
            np.testing.assert_array_equal(getattr(whole, name), joined, err_msg=name)


@given(scenarios())
@settings(max_examples=60)
def test_arrays_are_as_documented(data):
    resolved = load_raw(data)
    found = Encoder(resolved, seed=2).tables(0, 5)
    n_worlds = 5 * (1 + len(resolved.shocks))
    for name, array in found._asdict().items():
        assert array.flags.c_contiguous, name
        assert not array.flags.writeable, name
        assert not np.isnan(array.astype(float)).any(), name
        assert name in STATIC or len(array) == n_worlds, name
    real = np.arange(found.contribution.shape[-1]) < found.n_options[:, None]
    assert (found.contribution >= 0).all()
    assert (found.contribution[..., ~real] == 0).all()
    stakes = found.contribution.max(axis=-1).sum(axis=-1)
    assert (np.isclose(stakes, 1) | (stakes == 0)).all()
    for composite, option in enumerate(found.status_quo):
        assert not found.barred[:, :, composite, option].any()
    assert (found.strike_to[:, 0] >= 0).all()
    for issue, composite in enumerate(found.issue_composite):
        options = found.issue_option[issue, : found.n_options[composite]]
        struck = found.strike_to[issue, : found.n_options[composite]]
        quo = found.issue_option[issue, found.status_quo[composite]]
        assert (options[struck] == quo).all()
        assert ((options != quo) == found.moved[issue, : found.n_options[composite]]).all()
        assert (found.standing[:, :, issue][:, :, found.moved[issue] == 0] == 0).all()


@given(scenarios())
@settings(max_examples=30)
def test_resolved_files_make_the_same_arrays(data):
    resolved = load_raw(data)
    again = load_raw(resolved.to_data())
    assert again == resolved
    assert again.digest == resolved.digest
    one, two = (Encoder(each, seed=5).tables(3, 4) for each in (resolved, again))
    for name in Tables._fields:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


@given(st.integers(0, 10_000))
@settings(max_examples=20)
def test_adding_a_number_a_format_or_a_shock_moves_no_other(seed):
    data = random_scenario(np.random.default_rng(seed), 3, 3, 3, uncertain=1.0)
    more = copy.deepcopy(data)
    more["parties"]["p0"].setdefault("support", {})["p2"] = {"uniform": [0.1, 0.2]}
    more["parties"]["p1"]["patience"] = {"uniform": [0.5, 0.6]}
    more["formats"] = {"new": more["formats"]["two"], **more["formats"]}
    one, two = tables(data, 6), tables(more, 6)
    for name in ("contribution", "barred", "standing", "price", "drift", "exponent", "precision", "leverage", "spent"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name), err_msg=name)
    np.testing.assert_array_equal(one.meeting_value[:, 0], two.meeting_value[:, 1])
    np.testing.assert_array_equal(one.patience[:, [0, 2]], two.patience[:, [0, 2]])


def test_utilities_by_hand():
    found = tables(tiny()).contribution[0]
    # a: weights 3/4, 1/4; peace spans 0.6, land 1 (1 - (d/100)^2: 0, 0.75, 1), so the stake is 0.45 + 0.25 = 0.7.
    np.testing.assert_allclose(found[0, 0], np.array([0, 0.15, 0.45]) / 0.7)
    np.testing.assert_allclose(found[0, 1], np.array([0, 0.1875, 0.25]) / 0.7)
    # b: weights 1/2; land by rank 1, 1/2, 0, squared.
    np.testing.assert_allclose(found[1, 0], [0, 0, 0.5])
    np.testing.assert_allclose(found[1, 1], [0.5, 0.125, 0])


def test_a_linkage_ties_issues_and_counts_before_the_stakes():
    link = {"when": {"peace": ["treaty"], "land": ["kept"]}, "bonus": 0.3}
    found = tables(tiny(parties__a__linkages={"tie": link}))
    assert found.n_options.tolist() == [9]
    raw = np.add.outer([0, 0.15, 0.45], [0, 0.1875, 0.25]).ravel()
    raw[6] += 0.3
    np.testing.assert_allclose(found.contribution[0, 0, 0], raw / raw.max())
    assert found.issue_option[:, 5].tolist() == [1, 2]
    assert found.strike_to[:, 5].tolist() == [2, 3]


def test_rules_leave_out_combinations_and_striking_falls_back_to_the_status_quo():
    rules = {"in-order": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}
    found = tables(tiny(rules=rules))
    combos = [tuple(column) for column in found.issue_option.T.tolist()]
    assert combos == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    last = combos.index((2, 2))
    assert found.strike_to[0, last] == combos.index((0, 0))  # (war, ceded) is not feasible
    assert found.strike_to[1, last] == combos.index((2, 0))
    assert found.settles[0].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.ending[0].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.enforcement[0, 0, 0].tolist() == [0, 0, 0, 0, 0.1, 0.1, 0.1]
    assert not found.settles[1].any()


def test_striking_falls_back_to_the_status_quo_wherever_it_stands():
    rules = {"in-order": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}
    found = tables(tiny(rules=rules, issues__peace__status_quo="truce", issues__land__status_quo="half"))
    combos = [tuple(column) for column in found.issue_option.T.tolist()]
    assert found.status_quo.tolist() == [combos.index((1, 1))]
    assert found.strike_to[0, combos.index((2, 2))] == combos.index((1, 1))
    assert found.strike_to[0, combos.index((2, 0))] == combos.index((1, 0))


@pytest.mark.parametrize(
    ("line", "bars"),
    [
        ({"issue": "land", "options": "half", "firmness": 1}, [0, 1, 1]),  # ranked: worse is barred too
        ({"issue": "land", "options": "half", "firmness": 1, "and_worse": False}, [0, 1, 0]),
        ({"issue": "land", "options": "half", "firmness": 0}, [0, 0, 0]),
        ({"issue": "land", "options": ["kept", "ceded"], "firmness": 1}, [0, 0, 1]),  # never the status quo
    ],
)
def test_red_lines_by_hand(line, bars):
    found = tables(tiny(parties__b__red_lines={"line": line}), 3)
    assert (found.barred[:, 1, 1] == bars).all()
    assert not found.barred[:, 0].any()


def test_values_by_option_bar_worse_only_when_asked():
    line = {"issue": "peace", "options": ["treaty"], "firmness": 1}
    assert tables(tiny(parties__a__red_lines={"line": line})).barred[0, 0, 0].tolist() == [0, 0, 1]
    asked = {**line, "and_worse": True}
    assert tables(tiny(parties__a__red_lines={"line": asked})).barred[0, 0, 0].tolist() == [0, 1, 1]


def test_firmness_is_coupled_over_levels_and_beliefs():
    line = {"issue": "land", "options": "ceded"}
    half, most = (tables(tiny(parties__b__red_lines={"l": {**line, "firmness": f}}), 400) for f in (0.5, 0.8))
    assert (half.barred <= most.barred).all()
    share = half.barred[:, 1, 1, 2].mean()
    assert 0.4 < share < 0.6
    data = tiny(parties__b__red_lines={"l": {**line, "firmness": 0.5}})
    data["parties"]["a"]["beliefs"] = {"b": {"firmness": {"l": 0.8}}}
    believed = tables(data, 400)
    assert believed.view_row.tolist() == [[0, 2], [0, 1]]
    np.testing.assert_array_equal(believed.barred[:, 1], half.barred[:, 1])
    np.testing.assert_array_equal(believed.barred[:, 2], most.barred[:, 1])
    np.testing.assert_array_equal(believed.contribution[:, 2], believed.contribution[:, 1])


def test_believed_saliences_weigh_the_others_values():
    found = tables(tiny(parties__a__beliefs={"b": {"salience": {"peace": 3}}})).contribution[0, 2]
    np.testing.assert_allclose(found[0], [0, 0, 0.75])
    np.testing.assert_allclose(found[1], [0.25, 0.0625, 0])


def test_standing_for_a_whole_issue_and_for_one_option():
    found = tables(tiny(parties__a__standing={"land": 0.4, "peace": {"treaty": 1, "war": 1}})).standing[0, 0]
    assert found.tolist() == [[0, 0, 1], [0, 0.4, 0.4]]


def test_shocks_shift_numbers_in_their_regime_only_and_stay_in_range():
    shifts = {
        "parties.a.salience.land": {"add": 2},
        "parties.b.values.land.curve": {"to": 1},
        "parties.b.patience": {"times": 2},
    }
    data = tiny(shocks={"quiet": {"hazard": 0.1, "set": {"parties.a.outside_option": {"add": 0.2}}}})
    data["shocks"]["storm"] = {"hazard": {"uniform": [0.1, 0.3]}, "set": shifts}
    found = tables(data, 2)
    assert found.n_regimes.tolist() == [3]
    assert found.outside[:, 0].tolist() == [0, 0.2, 0] * 2
    assert found.patience[:, 1].tolist() == [0.97, 0.97, 1.0] * 2
    np.testing.assert_allclose(found.contribution[2, 0, 0], np.array([0, 0.1, 0.3]) / 0.8)
    np.testing.assert_allclose(found.contribution[2, 1, 1], [0.5, 0.25, 0])
    np.testing.assert_array_equal(found.contribution[0], found.contribution[1])
    assert (found.hazard[:, 0] == 0.1).all()
    assert (found.hazard[0:3, 1] == found.hazard[0, 1]).all()
    assert found.hazard[0, 1] != found.hazard[3, 1]


def test_a_party_that_cares_for_nothing_has_zeros():
    flat = {"peace": {"options": {"war": 0.5, "truce": 0.5, "treaty": 0.5}}}
    data = tiny()
    data["parties"]["a"] = {"salience": {"peace": 1}, "values": flat}
    assert (tables(data).contribution[0, 0] == 0).all()


def test_the_core_switch_makes_the_other_core_issue_substance():
    data = tiny(behaviour={"rules": {"core": "peace"}})
    data["issues"]["land"]["level"] = "core"
    data["issues"]["land"]["options"]["ceded"] = {"settles": True}
    found = tables(data)
    assert found.level.tolist() == [CORE, SUBSTANCE]
    assert found.settles.tolist() == [[0, 0, 1], [0, 0, 0]]


def test_agenda_and_seats():
    data = tiny()
    data["parties"]["c"] = copy.deepcopy(data["parties"]["b"])
    data["formats"]["short"] = {
        "seats": {"b": {"required": True, "meeting_value": 0.2}, "a": "principal", "c": "observer"},
        "agenda": ["land"],
        "calendar": {"months": 1, "rounds_per_month": 1},
    }
    found = tables(data)
    assert found.seated.tolist() == [[1, 1, 0], [1, 1, 2]]
    assert found.required.tolist() == [[0, 0, 0], [0, 1, 0]]
    assert found.turn.tolist() == [[0, 1], [1, 0]]
    assert found.allowed[1].tolist() == [[1, 0, 0], [1, 1, 1]]
    assert found.n_rounds.tolist() == [6, 1]
    assert found.meeting_value[0].tolist() == [[0, 0, 0], [0, 0.2, 0]]


def test_members_of_a_bloc_share_chance_and_draws():
    data = tiny()
    data["parties"]["a"]["patience"] = {"uniform": [0.9, 1.0]}
    data["parties"]["a2"] = {**copy.deepcopy(data["parties"]["a"]), "bloc": "a"}
    found = tables(data, 4)
    assert found.bloc.tolist() == [0, 1, 0]
    assert found.chance_key[0] == found.chance_key[2] != found.chance_key[1]
    np.testing.assert_array_equal(found.patience[:, 0], found.patience[:, 2])


def test_spent_levers():
    data = tiny()
    data["parties"]["a"]["leverage"] = {
        "b": {"ability": 0.3, "motive": 0.5, "spent_by": {"peace": {"treaty": 0.5}, "land": {"half": 1}}}
    }
    found = tables(data)
    assert found.leverage[0].tolist() == [[0, 0.3], [0, 0]]
    assert (found.spent_patron.tolist(), found.spent_target.tolist()) == ([0, 0], [1, 1])
    assert found.spent_composite.tolist() == [0, 1]
    assert found.spent_option.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert found.spent.tolist() == [[0.5, 1]]


def test_an_empty_or_negative_block_is_refused():
    encoder = Encoder(load_raw(tiny()), seed=1)
    for block in ((0, 0), (-1, 2)):
        with pytest.raises(ValueError, match="block"):
            encoder.tables(*block)


@pytest.mark.parametrize("sizes", [(30, 6, 21), (4, 20, 5)])
def test_large_files_encode(sizes):
    found = tables(random_scenario(np.random.default_rng(0), *sizes), 2)
    assert found.contribution.shape[1] == sizes[0]
