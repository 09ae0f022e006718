"""Arrays: their documented properties on random scenarios; cases by hand stand with the modules that fill them."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, load_raw
from sim.types.arrays import layout_of
from sim.types.tables import Tables
from tests.scenario.generate import random_scenario, scenarios
from tests.scenario.tiny import tables, tiny

STATIC = {name for name, spec in layout_of(Tables).items() if "W" not in spec.axes}


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
    if resolved.behaviour.line_price.value == math.inf:  # what a line costs comes on top of the stake
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


def test_an_empty_or_negative_block_is_refused():
    encoder = Encoder(load_raw(tiny()), seed=1)
    for block in ((0, 0), (-1, 2)):
        with pytest.raises(ValueError, match="block"):
            encoder.tables(*block)


@pytest.mark.parametrize("sizes", [(30, 6, 21), (4, 20, 5)])
def test_large_files_encode(sizes):
    found = tables(random_scenario(np.random.default_rng(0), *sizes), 2)
    assert found.contribution.shape[1] == sizes[0]
