"""Law: listing the parties in another order, with turn order and keys of chance carried along, changes nothing.

Covers `alternating_offers` and all rules. Chance is keyed by the names of blocs, so the names are carried along by the
file itself; a change of names alone is tried on the tables.
"""

from __future__ import annotations

import copy
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.types.outcomes import Runs
from tests.laws.common import Changed, Raw, differences, encode, play
from tests.scenario.generate import random_scenario, scenarios


def reorder(data: Raw, order: list[int]) -> Raw:
    """The scenario with its parties listed in another order; seats keep their speaking order."""
    changed = copy.deepcopy(data)
    names = list(data["parties"])
    changed["parties"] = {names[k]: changed["parties"][names[k]] for k in order}
    return changed


def relabelled(runs: Runs, order: list[int]) -> Runs:
    """Runs as they would read if party `order[k]` were listed at place k."""

    def bits(mask: np.ndarray) -> np.ndarray:
        return sum(((mask >> old) & 1) << new for new, old in enumerate(order)) + np.zeros_like(mask)

    return runs._replace(
        decided=bits(runs.decided),
        refused=bits(runs.refused),
        value=runs.value[:, order],
        reservation=runs.reservation[:, order],
    )


def check_relabelling(data: Raw, order: list[int], *, keys_by_place: bool = False, n_draws: int = 6) -> list[str]:
    """Violations: runs that differ after the labels are carried back.

    Args:
        data: written scenario.
        order: new order of the parties.
        keys_by_place: break the rule: key chance by a party's place in the list.
        n_draws: draws.
    """
    one, two = encode(data), encode(reorder(data, order))
    if keys_by_place:
        places = np.arange(1, len(order) + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        runs = [play(Changed(each, lambda t: t._replace(chance_key=places)), n_draws=n_draws) for each in (one, two)]
    else:
        runs = [play(each, n_draws=n_draws) for each in (one, two)]
    return differences(relabelled(runs[0], order), runs[1], tolerance=1e-5)


@settings(max_examples=15)
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_parties_changes_nothing(data: Raw, random: Random) -> None:
    order = list(range(len(data["parties"])))
    random.shuffle(order)
    assert check_relabelling(data, order) == []


def in_blocs(seed: int) -> Raw:
    """Five parties in two blocs and one alone, with strong levers of different size."""
    data = random_scenario(np.random.default_rng(seed), 5, 2, 3, uncertain=0.0, red_lines=False)
    blocs = ("one", "one", "two", "two", "three")
    for place, party in enumerate(data["parties"].values()):
        party["bloc"] = blocs[place]
        others = [name for name, bloc in zip(data["parties"], blocs, strict=True) if bloc != blocs[place]]
        strength = (0.02, 0.3)[place % 2]
        party["leverage"] = {name: {"ability": strength, "motive": 1.0, "cost": 0.0} for name in others}
        party["support"] = dict.fromkeys(others, strength)
    return data


@pytest.mark.parametrize("seed", range(12))
def test_the_order_within_a_bloc_changes_nothing(seed: int) -> None:
    """Which lever a bloc pulls, and whose support it gives, is no matter of who is listed first."""
    assert check_relabelling(in_blocs(seed), [1, 0, 3, 2, 4]) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_parties_changes_nothing_in_contact_groups(seed: int) -> None:
    recipe: Raw = {"contact_group": True, "recognition": True, "consent": "majority", "ratification": True}
    data = random_scenario(np.random.default_rng(seed), 4, 3, 3, **recipe)
    assert check_relabelling(data, [2, 0, 3, 1]) == []


def test_chance_by_place_is_noticed() -> None:
    data = random_scenario(np.random.default_rng(4), 3, 3, 3, uncertain=0.0)
    assert check_relabelling(data, [2, 0, 1], n_draws=40) == []
    assert check_relabelling(data, [2, 0, 1], keys_by_place=True, n_draws=40)
