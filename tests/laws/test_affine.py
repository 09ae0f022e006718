"""Law: a positive affine change of one party's utilities changes no behaviour.

Covers `alternating_offers` and all rules: utilities are divided by the party's own stakes, and levers, prices, outside
options and support are counted in those stakes and so go along by themselves.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.common import Raw, differences, encode, play
from tests.scenario.generate import random_scenario, scenarios


def with_values(data: Raw, rng: np.random.Generator) -> Raw:
    """The scenario with a number for every option, so that values can be changed one and all."""
    data = copy.deepcopy(data)
    for party in data["parties"].values():
        for issue in party.get("values", {}):
            options = data["issues"][issue]["options"]
            party["values"][issue] = {"options": {name: float(rng.uniform()) for name in options}}
    return data


def affine(data: Raw, party: str, scale: float, shift: float, *, linkages: bool = True) -> Raw:
    """The party's values times `scale` plus `shift`; bonuses, which are differences of utility, times `scale`."""
    data = copy.deepcopy(data)
    record = data["parties"][party]
    for form in record["values"].values():
        form["options"] = {name: value * scale + shift for name, value in form["options"].items()}
    for link in record.get("linkages", {}).values() if linkages else ():
        link["bonus"] = times(link["bonus"], scale)
    return data


def times(number: Any, scale: float) -> Any:
    """A number, constant or distribution, times a positive factor."""
    if isinstance(number, int | float):
        return number * scale
    if isinstance(number, list):
        return [times(each, scale) for each in number]
    kept = {"basis", "sources", "note", "a", "b", "probabilities"}
    return {key: each if key in kept else times(each, scale) for key, each in number.items()}


def check_affine(data: Raw, changed: Raw, n_draws: int = 6) -> list[str]:
    """Violations: runs that differ, but for rounding of values."""
    return differences(play(encode(data), n_draws=n_draws), play(encode(changed), n_draws=n_draws), tolerance=1e-5)


@settings(max_examples=15)
@given(scenarios(shocks=0), st.integers(0, 2**32 - 1), st.sampled_from([(0.5, 0.25), (0.3, 0.1), (0.9, 0.0)]))
def test_an_affine_change_of_one_party_changes_nothing(data: Raw, seed: int, change: tuple[float, float]) -> None:
    data = with_values(data, np.random.default_rng(seed))
    assert check_affine(data, affine(data, "p1", *change)) == []


def broken(**recipe: Any) -> tuple[Raw, Raw]:
    rng = np.random.default_rng(3)
    data = with_values(random_scenario(rng, 3, 3, 3, uncertain=0.0, **recipe), rng)
    return data, affine(data, "p1", 0.4, 0.1, linkages=False)


def test_values_of_one_issue_alone_are_noticed() -> None:
    data, _ = broken()
    changed = copy.deepcopy(data)
    form = changed["parties"]["p1"]["values"]["i0"]
    form["options"] = {name: value * 0.3 + 0.1 for name, value in form["options"].items()}
    assert check_affine(data, changed, n_draws=40)


def test_a_bonus_left_behind_is_noticed() -> None:
    data, changed = broken(linked=True)
    for each in (data, changed):
        for name in ("p0", "p1", "p2"):
            each["parties"][name]["linkages"][f"link-{name}"]["bonus"] = 0.3
    assert check_affine(data, changed, n_draws=40)
