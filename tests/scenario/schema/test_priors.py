"""The shared priors, and the range each number must stay in."""

from __future__ import annotations

import hashlib

import pytest

from sim.scenario.sampling.distributions import support
from sim.scenario.schema.priors import (
    GLOBAL_CONSTANTS,
    PARTY_CONSTANTS,
    SHARED_FILE,
    SHARED_NOTE,
    TINY,
    limits_of,
    shared_behaviour,
)


def test_every_constant_has_a_prior_within_its_range_with_source_and_reason() -> None:
    shared = shared_behaviour()
    assert set(shared.constants) >= {*PARTY_CONSTANTS, *GLOBAL_CONSTANTS}
    for key, constant in shared.constants.items():
        low, high = support(constant.prior)
        assert limits_of(("behaviour", key)).holds(low, high), key
        assert constant.low <= low <= high <= constant.high, key
        assert constant.prior.sources == (constant.source,), key
        assert constant.prior.note == SHARED_NOTE
        assert constant.note, key


def test_the_file_they_come_from_is_on_record() -> None:
    read = shared_behaviour().file
    assert read.path == SHARED_FILE
    assert read.sha256 == hashlib.sha256(SHARED_FILE.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("shocks.storm.hazard", "0 to 1"),
        ("issues.land.options.half.enforcement.a", "0 or more"),
        ("formats.both.seats.a.recognition", "0 or more"),
        ("formats.both.seats.a.meeting_value", "any finite number"),
        ("parties.a.patience", "above 0, at most 1"),
        ("parties.a.values.land.curve", "above 0"),
        ("parties.a.values.land.ideal", "any finite number"),
        ("parties.a.values.land.options.curve", "0 to 1"),
        ("parties.a.values.land.steepness.above", "0 or more"),
        ("parties.a.leverage.b.motive", "0 to 1"),
        ("parties.a.leverage.b.spent_by.land.half", "0 to 1"),
        ("parties.a.beliefs.b.salience.land", "0 or more"),
        ("parties.a.beliefs.b.firmness.line", "0 to 1"),
        ("parties.a.price_of_no_settlement.now", "any finite number"),
    ],
)
def test_ranges_by_what_a_number_is(path: str, words: str) -> None:
    assert str(limits_of(tuple(path.split(".")))) == words


def test_an_open_end_is_left_out_and_clipped_just_inside() -> None:
    patience = limits_of(("parties", "a", "patience"))
    assert patience.holds(0.1, 1.0)
    assert not patience.holds(0.0, 1.0)
    assert patience.clip == (TINY, 1.0)
