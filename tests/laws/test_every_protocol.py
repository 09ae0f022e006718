"""The laws for every protocol of the register, with every role, agenda order, strategy and consent rule they cover.

| law | covers |
|---|---|
| affine change, relabelling, silent levers, learning without mistakes | all protocols, consent rules, roles, tracks |
| nobody signs below its reservation value or across a line | all protocols under unanimity |
| a party in two seats | all protocols under unanimity: a count of heads counts the second seat |
| twice the contacts | all protocols |

Threads, blocks, company and both drivers: `tests.formats.test_protocols`.
"""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.formats.protocols import PROTOCOL
from sim.types.tables import INTERESTED, PRINCIPAL, Tables
from tests.laws.common import Raw, encode, encode_file, play, play_changed
from tests.laws.test_affine import affine, check_affine, with_values
from tests.laws.test_clone import N_DRAWS, check_clone, split
from tests.laws.test_coercion import SILENT, check_silent
from tests.laws.test_contacts import check_shift, settlements, twice_the_contacts
from tests.laws.test_invariance import check_learning
from tests.laws.test_relabelling import check_relabelling
from tests.laws.test_signing import check_reservations, everybody_comes
from tests.scenario.generate import random_scenario, talk_scenarios
from tests.shipped import FLAGSHIP

every_protocol = pytest.mark.parametrize("protocol", sorted(PROTOCOL))
FEW = settings(max_examples=6)


def talks(data: st.DataObject, protocol: str, **fixed: Any) -> Raw:
    """A scenario of talks by the protocol, in hypothesis's hands."""
    return data.draw(talk_scenarios(protocol=protocol, **fixed))


@every_protocol
@FEW
@given(st.data(), st.integers(0, 2**32 - 1), st.sampled_from([(0.5, 0.25), (0.9, 0.0)]))
def test_an_affine_change_of_one_party_changes_nothing(
    protocol: str, data: st.DataObject, seed: int, change: tuple[float, float]
) -> None:
    raw = with_values(talks(data, protocol, shocks=0), np.random.default_rng(seed))
    assert check_affine(raw, affine(raw, "p1", *change)) == []


@every_protocol
@FEW
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_parties_changes_nothing(protocol: str, data: st.DataObject, random: Random) -> None:
    raw = talks(data, protocol)
    order = list(range(len(raw["parties"])))
    random.shuffle(order)
    assert check_relabelling(raw, order) == []


@every_protocol
@FEW
@given(st.data(), st.sampled_from(sorted(SILENT)), st.sampled_from([0.0, 1.0]))
def test_a_lever_without_ability_motive_or_at_any_cost_is_no_lever(
    protocol: str, data: st.DataObject, name: str, foresight: float
) -> None:
    assert check_silent(talks(data, protocol), SILENT[name], foresight) == []


@every_protocol
@FEW
@given(st.data())
def test_learning_changes_nothing_where_nothing_is_misperceived(protocol: str, data: st.DataObject) -> None:
    assert check_learning(talks(data, protocol, misperception=False)) == []


def with_votes_seated(t: Tables) -> Tables:
    """Seats as the checker reads them: a mediator with a vote counts as a principal."""
    seated = np.where(t.seated == INTERESTED, PRINCIPAL, t.seated).astype(t.seated.dtype)
    return t._replace(seated=seated)


@every_protocol
@FEW
@given(st.data())
def test_nobody_signs_below_its_reservation_value_or_across_a_line(protocol: str, data: st.DataObject) -> None:
    encoder = encode(talks(data, protocol, consent=None, track=False))
    runs = play_changed(encoder, everybody_comes, n_draws=10)
    assert check_reservations(with_votes_seated(encoder.tables(0, 10)), runs, 2, 4) == []


@every_protocol
def test_a_seat_more_changes_little(protocol: str) -> None:
    found: list[str] = []
    for seed in range(3):
        raw = random_scenario(np.random.default_rng(seed), 3, 3, 3, uncertain=1.0, months=6, protocol=protocol)
        encoder = encode(raw)
        one = play(encoder, n_draws=N_DRAWS)
        two = play_changed(encoder, lambda t, seed=seed: split(t, seed % 3), n_draws=N_DRAWS)
        found += check_clone(one, two, N_DRAWS, 2)
    assert found == []


@pytest.mark.parametrize("protocol", sorted(set(PROTOCOL) - {"baskets"}))
def test_twice_the_contacts_change_little(protocol: str) -> None:
    formats = ("russia-us-ukraine", "russia-us-ukraine-europe")
    encoder = encode_file(FLAGSHIP, *(f"formats.{one}.protocol={protocol}" for one in formats))
    ids = [one.id for one in encoder.structure.formats]
    chosen = [ids.index(one) for one in formats]
    one = settlements(play(encoder, n_draws=100, formats=chosen), 100, 2)
    two = settlements(play_changed(encoder, twice_the_contacts, n_draws=100, formats=chosen), 100, 2)
    assert check_shift(one, two) == []


def test_working_groups_that_meet_twice_as_often_change_little() -> None:
    found: list[str] = []
    for seed in range(3):
        raw = random_scenario(np.random.default_rng(seed), 3, 4, 3, uncertain=1.0, months=6, protocol="baskets")
        encoder = encode(raw)
        one = settlements(play(encoder, n_draws=150), 150, 2)
        two = settlements(play_changed(encoder, twice_the_contacts, n_draws=150), 150, 2)
        found += check_shift(one, two)
    assert found == []
