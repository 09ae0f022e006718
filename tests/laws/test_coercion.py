"""Laws of levers and support: ability times motive, and the right signs.

Cover `alternating_offers`, acceptance at the table, the offer rule's view of the absent, consent and hold.
"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.types import Outcome
from sim.types.outcomes import Runs
from sim.types.tables import SEVERABLE, Tables
from tests.laws.common import Change, Raw, bit, differences, encode, play, play_changed
from tests.scenario.generate import random_scenario, scenarios
from tests.shipped import GAINS_ALONE


def without_levers(data: Raw) -> Raw:
    """The scenario with no leverage written at all."""
    changed = copy.deepcopy(data)
    for party in changed["parties"].values():
        party.pop("leverage", None)
    return changed


SILENT: dict[str, Change] = {
    "no ability": lambda t: t._replace(leverage=np.zeros_like(t.leverage)),
    "no motive": lambda t: t._replace(motive=np.zeros_like(t.motive)),
    "endless cost": lambda t: t._replace(pressure_cost=np.full_like(t.pressure_cost, 1e9)),
    "infinite cost": lambda t: t._replace(pressure_cost=np.full_like(t.pressure_cost, np.inf)),
}


def with_foresight(change: Change, foresight: float) -> Change:
    """The change, and everybody's foresight at one value."""
    return lambda t: change(t)._replace(foresight=np.full_like(t.foresight, foresight))


def check_silent(data: Raw, change: Change, foresight: float, n_draws: int = 6) -> list[str]:
    """Violations: bytes that differ between levers made powerless by `change` and no levers at all."""
    bare = play_changed(encode(without_levers(data)), with_foresight(lambda t: t, foresight), n_draws=n_draws)
    return differences(play_changed(encode(data), with_foresight(change, foresight), n_draws=n_draws), bare)


@pytest.mark.parametrize("foresight", [0.0, 1.0])
@pytest.mark.parametrize("name", SILENT)
@settings(max_examples=4)
@given(data=scenarios(max_parties=4))
def test_a_lever_without_ability_motive_or_at_any_cost_is_no_lever(name: str, foresight: float, data: Raw) -> None:
    assert check_silent(data, SILENT[name], foresight) == []


@pytest.mark.parametrize("foresight", [0.0, 1.0])
def test_a_patron_that_presses_without_motive_is_noticed(foresight: float) -> None:
    data = random_scenario(np.random.default_rng(5), 3, 3, 3, uncertain=0.0) | {"behaviour": GAINS_ALONE}
    for number, party in enumerate(data["parties"].values()):
        party["leverage"] = {f"p{(number + 1) % 3}": {"ability": 0.4, "motive": 0, "cost": 0}}
    assert check_silent(data, SILENT["no motive"], foresight, n_draws=40) == []
    regardless: Change = lambda t: t._replace(motive=(t.leverage > 0.0).astype(float))  # noqa: E731
    assert check_silent(data, regardless, foresight, n_draws=40)


def absent_target(seed: int) -> Raw:
    """Two at the table; p2 outside has standing on everything; p3 outside would rather have no text at all."""
    data = random_scenario(np.random.default_rng(seed), 4, 3, 3, uncertain=0.0, leverage=False, red_lines=False)
    data["behaviour"] = GAINS_ALONE
    for party in data["parties"].values():
        party["standing"] = {}
    data["parties"]["p2"]["standing"] = {"i0": 1.0, "i1": 1.0, "i2": 1.0}
    worst = {"options": {"o0": 1.0, "o1": 0.0, "o2": 0.0}}
    data["parties"]["p3"] |= {"values": dict.fromkeys(data["issues"], worst), "price_of_no_settlement": {"now": 0}}
    return data


def moved_by(kind: str, amount: float) -> Change:
    """p0 at the table presses p2, or p3 supports it; whole texts only, and the table thinks of itself alone."""

    def change(t: Tables) -> Tables:
        switch = t.switch.copy()
        switch[SEVERABLE] = 0
        levers = {"leverage": np.zeros_like(t.leverage), "support": np.zeros_like(t.support)}
        levers[kind][:, 0 if kind == "leverage" else 3, 2] = amount
        return t._replace(
            switch=switch,
            foresight=np.zeros_like(t.foresight),
            pressure_cap=np.full_like(t.pressure_cap, 9.0),
            motive=np.ones_like(t.motive),
            **levers,
        )

    return change


def check_refusals(fewer: Runs, more: Runs, party: int) -> list[str]:
    """Violations: texts tabled otherwise, or refused by the party in `fewer` and not in `more`."""
    found = differences(fewer, more, skip=[name for name in Runs._fields if name not in ("tabled", "agreed", "month")])
    refused = [bit(each.decided, party) & (each.outcome == Outcome.BLOCKED) for each in (fewer, more)]
    wrong = int((refused[0] & ~refused[1]).sum())
    return [*found, f"{wrong} texts refused only where fewer should be"] if wrong else found


@settings(max_examples=8)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.3), st.floats(0.0, 0.3))
def test_pressure_never_adds_refusals_and_support_never_removes_one(seed: int, low: float, extra: float) -> None:
    encoder = encode(absent_target(seed))
    weak, strong = (play_changed(encoder, moved_by("leverage", each), formats=[0]) for each in (low, low + extra))
    assert check_refusals(strong, weak, 2) == []
    weak, strong = (play_changed(encoder, moved_by("support", each), formats=[0]) for each in (low, low + extra))
    assert check_refusals(weak, strong, 2) == []


def test_a_lever_with_the_wrong_sign_is_noticed() -> None:
    found: list[str] = []
    for seed in range(6):
        encoder = encode(absent_target(seed))
        calm, pressed, supported = (
            play_changed(encoder, moved_by(kind, amount), formats=[0], n_draws=40)
            for kind, amount in (("leverage", 0.0), ("leverage", 0.3), ("support", 0.3))
        )
        assert check_refusals(pressed, calm, 2) == []
        found += check_refusals(calm, pressed, 2) + check_refusals(supported, calm, 2)
    assert any("where fewer" in each for each in found)


def test_levers_are_used_at_all() -> None:
    """The laws above would hold of an engine without levers: some lever must move some run."""
    moved = 0
    for seed in range(8):
        data = random_scenario(np.random.default_rng(seed), 4, 3, 3, uncertain=0.0)
        moved += len(differences(play(encode(data), n_draws=40), play(encode(without_levers(data)), n_draws=40)))
    assert moved > 0
