"""Law: what `idle` says that nothing reads moves no run, whatever it is.

Covers every protocol, role, consent rule, strategy, shock and track of generated scenarios, at equal bytes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, ResolvedScenario, load_raw
from sim.scenario.sampling import idle_numbers
from sim.scenario.sampling.distributions import mean
from sim.scenario.sampling.idle_numbers import idle
from sim.scenario.schema.priors import limits_of
from tests.laws.common import Raw, differences, play
from tests.scenario.generate import random_scenario, talk_scenarios

FAR = 0.37  # the least distance by which a number is moved
WORDS = {"transparency": "public", "vetoes": [], "mandate": False, "required": False, "strategy": "hard_liner"}


@st.composite
def with_bystanders(draw: st.DrawFn) -> Raw:
    """Scenarios in which much is idle: a party at no table, levers at 0, one table only, no standing."""
    data = draw(talk_scenarios(standing=draw(st.booleans()), ratification=draw(st.booleans())))
    first = data["parties"]["p0"]
    bystander = {key: first[key] for key in ("salience", "values", "patience", "talk_cost")}
    lever = {"ability": 0.3, "motive": 0.5, "cost": 0.01}
    data["parties"]["x"] = {**bystander, "leverage": {"p0": lever}, "beliefs": {"p0": {"salience": {"i0": 0.9}}}}
    data["parties"]["p1"]["leverage"] = {"x": lever, "p0": {**lever, draw(st.sampled_from(["ability", "motive"])): 0}}
    data["parties"]["p1"]["standing"] = {"i0": {"o0": 0.4, "o1": 0.6}}
    if not {"tracks", "g", "w"} & {*data, *data["parties"]} and draw(st.booleans()):
        data["formats"].pop("all")
    return data


def moved(resolved: ResolvedScenario, path: str) -> Any:
    """Another value for what stands at a path: far from its mean and within its range, or the default of a word."""
    number = resolved.numbers.get(path)
    if number is None:
        return WORDS[path.rsplit(".", 1)[-1]]
    low, high = limits_of(tuple(path.split("."))).clip
    middle = mean(number) if np.isfinite(mean(number)) else 1.0
    up, down = (float(np.clip(middle + step, low, high)) for step in (FAR, -FAR))
    return up if up - middle > middle - down else max(down, 1e-3 * (low >= 0) * (middle > 0))


def changed(data: Raw, resolved: ResolvedScenario, paths: list[str]) -> ResolvedScenario:
    return load_raw(data, sets=[f"{path}={moved(resolved, path)!r}" for path in paths])


def violations(data: Raw) -> list[str]:
    """Fields of runs that differ once idle numbers are others: all but levers at once, those one at a time."""
    resolved = load_raw(data)
    paths = list(idle(resolved))
    apart = [path for path in paths if ".leverage." in path]
    groups = [[path for path in paths if path not in apart], *([path] for path in apart)]
    before = play(Encoder(resolved, seed=3), n_draws=6, replications=2)
    found: list[str] = []
    for group in groups:
        after = play(Encoder(changed(data, resolved, group), seed=3), n_draws=6, replications=2)
        found += [f"{group}: {line}" for line in differences(before, after)]
    return found


@settings(max_examples=20)
@given(with_bystanders())
def test_idle_numbers_move_nothing(data: Raw) -> None:
    assert violations(data) == []


def test_a_number_wrongly_called_idle_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_scenario(np.random.default_rng(3), 3, 2, 3)
    monkeypatch.setitem(idle_numbers._OF_PARTY, "price_of_no_settlement", lambda *_: "wrong")
    assert violations(data)
