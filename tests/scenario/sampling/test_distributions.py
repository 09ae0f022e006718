"""Distributions against SciPy's, and streams that do not depend on each other or on blocks."""

from __future__ import annotations

import copy
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import betaincinv

from sim.scenario import Encoder, load_raw, warnings_of
from sim.scenario.sampling.distributions import Streams, describe, mean, quantile, support
from sim.scenario.sampling.pick_freeze import Hold, Switched
from sim.scenario.sampling.unknowns import NO_PARTY, PARTITIONS, Unknown, unknowns
from sim.scenario.schema.numbers import Number
from sim.scenario.schema.resolved import ResolvedScenario
from tests.scenario.generate import random_scenario
from tests.scenario.tiny import tables, tiny

U = np.array([1e-12, 1e-6, 0.001, 0.02, 0.25, 0.5, 0.731, 0.98, 0.9999, 1 - 1e-9])

CASES = [
    (Number(value=0.3), None),
    (Number(uniform=(0.2, 0.6)), stats.uniform(0.2, 0.4)),
    (Number(triangular=(0.0, 0.2, 1.0)), stats.triang(0.2, 0.0, 1.0)),
    (Number(triangular=(0.0, 0.0, 1.0)), stats.triang(0.0, 0.0, 1.0)),
    (Number(triangular=(0.0, 1.0, 1.0)), stats.triang(1.0, 0.0, 1.0)),
    (Number(pert=(1.0, 2.0, 5.0)), stats.beta(2.0, 4.0, 1.0, 4.0)),
    (Number(pert=(0.0, 0.0, 1.0)), stats.beta(1.0, 5.0)),
    (Number(pert=(0.0, 1.0, 1.0)), stats.beta(5.0, 1.0)),
    (Number.model_validate({"beta": {"a": 0.5, "b": 0.7, "low": -1, "high": 3}}), stats.beta(0.5, 0.7, -1, 4)),
    (Number.model_validate({"beta": {"a": 40, "b": 3}}), stats.beta(40, 3)),
    (Number.model_validate({"normal": {"mean": 1, "sd": 2}}), stats.norm(1, 2)),
    (Number.model_validate({"normal": {"mean": 0, "sd": 1, "low": -0.5, "high": 2}}), stats.truncnorm(-0.5, 2)),
    (Number.model_validate({"normal": {"mean": 0, "sd": 1, "low": 9, "high": 11}}), stats.truncnorm(9, 11)),
]


@pytest.mark.parametrize(("number", "reference"), CASES, ids=[describe(number) for number, _ in CASES])
def test_quantiles_and_means_agree_with_scipy(number: Number, reference):
    found = quantile(number, U)
    if reference is None:
        assert (found == number.form).all()
        assert mean(number) == number.form
        return
    np.testing.assert_allclose(found, reference.ppf(U), rtol=0, atol=2e-8)
    assert mean(number) == pytest.approx(reference.mean(), abs=1e-9)


def test_a_discrete_number_takes_each_value_with_its_probability():
    number = Number.model_validate({"discrete": {"values": [3, 1, 2], "probabilities": [0.5, 0.0, 0.5]}})
    assert quantile(number, np.array([0.0001, 0.4999, 0.5001, 0.9999])).tolist() == [3, 3, 2, 2]
    assert mean(number) == 2.5
    assert support(number) == (2, 3)


@pytest.mark.parametrize("form", [{"triangular": (0.4, 0.4, 0.4)}, {"pert": (0.4, 0.4, 0.4)}, {"uniform": (0.4, 0.4)}])
def test_a_distribution_without_width_is_a_constant(form):
    assert (quantile(Number(**form), U) == 0.4).all()
    assert mean(Number(**form)) == pytest.approx(0.4)


@pytest.mark.parametrize(("low", "high", "nearer"), [(50, 60, 50), (-60, -50, -50)])
def test_a_normal_cut_off_beyond_floating_point_lies_at_the_nearer_bound(low, high, nearer):
    number = Number.model_validate({"normal": {"mean": 0, "sd": 1, "low": low, "high": high}})
    assert (quantile(number, U) == nearer).all()
    assert mean(number) == nearer


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_interpolated_pert_is_close_to_the_exact_one_everywhere(mode, at):
    a, b = 1 + 4 * mode, 5 - 4 * mode
    u = np.clip(np.array([at, 1 / 64, 1 / 64 + 1e-9, 63 / 64 - 1e-9]), 1e-9, 1 - 1e-9)
    np.testing.assert_allclose(quantile(Number(pert=(0.0, mode, 1.0)), u), betaincinv(a, b, u), rtol=0, atol=1e-8)


@given(st.data())
def test_quantiles_stay_in_the_support_and_rise(data):
    number = data.draw(st.sampled_from([case[0] for case in CASES]))
    u = np.sort(np.array(data.draw(st.lists(st.floats(1e-15, 1 - 1e-15), min_size=2, max_size=20))))
    found = quantile(number, u)
    low, high = support(number)
    assert ((found >= low) & (found <= high)).all()
    assert (np.diff(found) >= -1e-9).all()


@given(st.integers(0, 2**70), st.integers(0, 10**7), st.integers(1, 40), st.integers(0, 39))
def test_a_stream_is_the_same_however_it_is_cut(seed, first, count, cut):
    cut = min(cut, count - 1)
    whole = Streams(seed, first_draw=first, n_draws=count).uniforms("a.b")
    tail = Streams(seed, first_draw=first + cut, n_draws=count - cut).uniforms("a.b")
    np.testing.assert_array_equal(whole[cut:], tail)
    assert ((whole > 0) & (whole < 1)).all()


def test_streams_are_uniform_and_do_not_move_together():
    streams = Streams(7, first_draw=0, n_draws=20_000)
    one, other = streams.uniforms("a"), streams.uniforms("b")
    assert stats.kstest(one, "uniform").pvalue > 1e-4
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / math.sqrt(20_000)
    assert not np.array_equal(one, Streams(8, first_draw=0, n_draws=20_000).uniforms("a"))


class Counted(Streams):
    """Streams that note how often each was asked for."""

    def __init__(self, n_draws: int) -> None:
        super().__init__(1, first_draw=0, n_draws=n_draws)
        self.asked: Counter[str] = Counter()

    def uniforms(self, path: str) -> np.ndarray:
        self.asked[path] += 1
        return super().uniforms(path)


def test_a_number_is_drawn_once_for_a_block_and_its_values_cannot_be_changed():
    data, streams = tiny(), Counted(4)
    path = "parties.a.behaviour.concession_aversion"
    data["parties"]["a"]["behaviour"] = {"concession_aversion": {"uniform": [1.0, 1.5]}}
    encoder = Encoder(load_raw(data), seed=1)
    encoder.tables(0, 4, streams=streams)
    assert len(data["parties"]["a"]["values"]) > 1  # each of them asks for it
    assert streams.asked[path] == 1
    with pytest.raises(ValueError, match="read-only"):
        encoder.drawn(0, 4).value(path)[0] = 0.0


PINNED = [0.8039881492749509, 0.6928069970185337, 0.831506507951942]


def test_first_words_are_pinned():
    """A change here changes every result: it needs a major version."""
    found = Streams(1, first_draw=0, n_draws=3).uniforms("parties.a.patience")
    assert found.tolist() == PINNED


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
