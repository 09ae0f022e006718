"""Numbers of a block of draws: each its own stream, shifts by shocks, and numbers that are drawn together."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, load_raw, warnings_of
from sim.scenario.sampling.distributions import quantile
from sim.scenario.sampling.pick_freeze import Hold, Switched
from sim.scenario.sampling.unknowns import NO_PARTY, PARTITIONS, Unknown, unknowns
from sim.scenario.schema.numbers import Number
from sim.scenario.schema.resolved import ResolvedScenario
from tests.scenario.generate import random_scenario
from tests.scenario.tiny import tables, tiny


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


DRAWS = 400
NOW, THEN = "parties.a.price_of_no_settlement.now", "parties.b.price_of_no_settlement.now"


LOST, PATIENT = "parties.a.outside_option", "parties.b.patience"


def written(word: str | None = "tide", *, bloc: str = "") -> dict[str, Any]:
    """Prices of both parties on other ranges, and drawn together unless `word` is None."""
    data = tiny()
    more = {} if word is None else {"together": word}
    data["parties"]["a"]["price_of_no_settlement"] = {"now": {"uniform": [-0.4, -0.2]} | more}
    data["parties"]["b"]["price_of_no_settlement"] = {"now": {"triangular": [-0.1, -0.05, 0]} | more}
    data["parties"]["a"]["outside_option"] = {"uniform": [0, 0.1]}
    if bloc:
        for party in "ab":
            data["parties"][party]["bloc"] = bloc
    return data


def resolved(word: str | None = "tide", **more: Any) -> ResolvedScenario:
    return load_raw(written(word, **more))


def values(scenario: ResolvedScenario, path: str) -> np.ndarray:
    return Encoder(scenario, seed=3).drawn(0, DRAWS).value(path)


def known(scenario: ResolvedScenario) -> dict[str, Unknown]:
    return {one.path: one for one in unknowns(Encoder(scenario, seed=1))}


def test_they_stand_at_the_same_quantile_in_every_draw():
    found = resolved()
    u = (values(found, NOW) + 0.4) / 0.2
    triangle = Number.model_validate({"triangular": [-0.1, -0.05, 0]})
    np.testing.assert_allclose(values(found, THEN), quantile(triangle, u))
    assert np.abs(np.corrcoef(u, values(found, LOST))[0, 1]) < 0.2  # another number is drawn by itself


def test_without_the_word_they_are_drawn_apart():
    found = resolved(None)
    rank = np.corrcoef(values(found, NOW), values(found, THEN))[0, 1]
    assert abs(rank) < 0.2
    assert np.corrcoef(values(resolved(), NOW), values(resolved(), THEN))[0, 1] > 0.9


def test_another_word_is_another_draw():
    assert (values(resolved("tide"), NOW) != values(resolved("moon"), NOW)).all()


def test_numbers_beside_them_are_not_moved():
    np.testing.assert_array_equal(values(resolved(), LOST), values(resolved(None), LOST))


@pytest.mark.parametrize(("bloc", "party"), [("", NO_PARTY), ("a", "a")])
def test_they_are_one_unknown_of_no_party_unless_they_are_of_one_bloc(bloc: str, party: str):
    assert {NOW, THEN, LOST} <= set(known(resolved(None)))
    together = known(resolved(bloc=bloc))
    assert set(together) == set(known(resolved(None, bloc=bloc))) - {THEN}
    one = together[NOW]
    assert (one.party, one.streams) == (party, ("together.tide",))
    assert PARTITIONS["party"](one) == party


def test_they_count_with_the_weakest_basis_and_all_sources():
    data = written()
    data["references"] = {key: {"title": key} for key in ("C1", "C2")}
    for party, basis, source in (("a", "stated", "C1"), ("b", "reported", "C2")):
        data["parties"][party]["price_of_no_settlement"]["now"] |= {"basis": basis, "sources": [source]}
    one = known(load_raw(data))[NOW]
    assert (one.basis, one.sources) == ("reported", ("C1", "C2"))


def test_held_at_a_quantile_they_are_all_held():
    encoder = Encoder(resolved(), seed=3)
    tables = Switched(encoder, Hold("together.tide", 0.5)).tables(0, 20)
    assert np.ptp(tables.price, axis=0).tolist() == [0.0, 0.0]
    assert tables.price[0].tolist() == pytest.approx([-0.3, -0.05])


def test_a_line_drawn_together_is_meant_by_chance_of_its_own():
    data = written()
    line = {"issue": "land", "options": "ceded", "firmness": {"uniform": [0, 1], "together": "tide"}}
    data["parties"]["b"]["red_lines"] = {"never": line}
    found = known(load_raw(data))["parties.b.red_lines.never.firmness"]
    assert found.streams == ("parties.b.red_lines.never", "together.tide")


def test_written_out_they_are_read_again():
    found = resolved()
    again = load_raw(found.to_data())
    assert again == found
    assert again.digest == found.digest != resolved(None).digest
    assert again.numbers[THEN].together == "tide"
    assert "together: tide" in found.to_yaml()


def test_an_option_may_be_called_so():
    """`together` alone makes no number of a mapping by option."""
    data = tiny()
    data["issues"]["land"]["options"]["together"] = {}
    data["parties"]["a"]["standing"] = {"land": {"together": 0.5}}
    for party in ("a", "b"):
        given = data["parties"][party]["values"]
        given["land"] = {"options": dict.fromkeys(data["issues"]["land"]["options"], 0.5)}
    data["issues"]["land"].pop("scale", None)
    assert load_raw(data).numbers["parties.a.standing.land.together"].form == 0.5


def test_the_word_is_no_difference_between_members_of_a_bloc():
    """A bloc is warned of where its members want other things; a word beside a number is none of them."""
    data = written(bloc="a")
    data["parties"]["b"] = {**data["parties"]["a"]}
    data["parties"]["b"]["price_of_no_settlement"] = {"now": {"uniform": [-0.4, -0.2]}}
    assert [one.message for one in warnings_of(load_raw(data), file="f") if "bloc" in one.message] == []
