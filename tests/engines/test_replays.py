"""After a change of a number only the draws that it touches are played, and nobody can tell by the runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import parley
from sim.engines import batch
from sim.engines.batch import run_blocks
from sim.scenario import Encoder
from sim.types.replays import Replays, of_draws, spans
from tests.engines.cases import SHIPPED, shipped
from tests.shipped import SCENARIOS

FILE = SCENARIOS / "camp-david-1978.yaml"
LINE = "parties.israel.red_lines.one-jerusalem.firmness"
SCENARIO = parley.load(FILE)
NUMBERS = sorted(path for path in SCENARIO.resolved.numbers if path.startswith("parties") and "behaviour" not in path)


def runs_of(encoder: Encoder, **how: Any) -> bytes:
    size = {"n_draws": 24, "replications": 2, "block": 8, "formats": [0, 1], "threads": 2, **how}
    return b"".join(array.tobytes() for _, runs in run_blocks(encoder, **size) for array in runs)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """First draw and number of draws of every call of the engine."""
    calls: list[tuple[int, int]] = []
    before = batch.play_block

    def counted(*packs: Any, first: int, count: int, **how: Any) -> None:
        calls.append((first, count))
        before(*packs, first=first, count=count, **how)

    monkeypatch.setattr(batch, "play_block", counted)
    return calls


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(NUMBERS), st.floats(0.05, 0.95)), min_size=1, max_size=4))
def test_runs_after_changes_are_those_of_a_scenario_of_its_own(steps: list[tuple[str, float]]):
    scenario = SCENARIO.set({LINE: 0.5})
    for path, value in steps:
        scenario = scenario.set({path: value})
        alone = Encoder(scenario.resolved, seed=1)
        assert runs_of(scenario.encoder(seed=1)) == runs_of(alone)


def test_only_draws_in_which_a_line_is_meant_otherwise_are_played(played: list[tuple[int, int]]):
    low, high = (SCENARIO.set({LINE: firmness}) for firmness in (0.4, 0.6))
    runs_of(low.encoder(seed=1))
    u = high.encoder(seed=1).drawn(0, 24).uniforms(LINE.removesuffix(".firmness"))
    touched = np.flatnonzero((u >= 0.4) & (u < 0.6)).tolist()
    assert 0 < len(touched) < 24
    played.clear()
    runs_of(high.encoder(seed=1))
    assert sorted(draw for first, count in played for draw in range(first, first + count)) == touched
    played.clear()
    runs_of(high.encoder(seed=1))
    assert played == []


@pytest.mark.parametrize("how", [{"formats": [1, 0]}, {"formats": [0]}, {"replications": 3}, {"block": 6}])
def test_runs_of_another_kind_are_not_taken_over(how: dict[str, Any]):
    encoder = SCENARIO.set({LINE: 0.5}).encoder(seed=1)
    runs_of(encoder)
    assert runs_of(encoder, **how) == runs_of(replace(encoder, replays=None), **how)
    other = replace(encoder, seed=2)
    assert runs_of(other, **how) == runs_of(replace(other, replays=None), **how)


@pytest.mark.parametrize("variant", ["severable=no", "hold=once", "foresight=0"])
def test_another_rule_is_played_anew(variant: str):
    base = SCENARIO.set({LINE: 0.5})
    runs_of(base.encoder(seed=1))
    other = base.under(variant)
    assert runs_of(other.encoder(seed=1)) == runs_of(Encoder(other.resolved, seed=1))


def test_nothing_is_kept_of_a_scenario_that_nobody_changed(played: list[tuple[int, int]]):
    for _ in range(2):
        runs_of(SCENARIO.encoder(seed=1))
    assert sum(count for _, count in played) == 2 * 24


def test_what_is_kept_is_bounded():
    encoder, store = shipped(SHIPPED[0]), Replays()
    runs_of(replace(encoder, replays=store), n_draws=8)
    size = store.n_bytes
    assert size > 0
    small = Replays(most_bytes=2 * size)
    runs_of(replace(encoder, replays=small), n_draws=48)
    assert 0 < small.n_bytes <= 2 * size


def test_draws_are_cut_out_whole():
    encoder = shipped(SHIPPED[1])
    whole, part = encoder.tables(0, 6), encoder.tables(2, 3)
    cut = of_draws(whole, 2, 5)
    assert [array.tobytes() for array in cut] == [array.tobytes() for array in part]
    assert spans(np.array([True, True, False, True, False, False, True])) == [(0, 2), (3, 4), (6, 7)]
    assert spans(np.zeros(3, dtype=np.bool_)) == []
