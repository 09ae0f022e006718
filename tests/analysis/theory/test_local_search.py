"""Benchmarks by climbing, against proofs."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.theory.local_search import quick_marks, room_by_climbing, zone_exists
from sim.analysis.theory.rational import ZONES
from sim.analysis.theory.solutions import benchmarks
from sim.analysis.theory.zopa import ZopaQuestion, answer, ask
from sim.bargaining.deal_space import deal_space
from sim.scenario import Encoder, load_scenario
from tests.analysis.spaces import random_space, room_above

ROOT = Path(__file__).resolve().parents[3]


FLAGSHIP = ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml"


CAMP_DAVID = ROOT / "scenarios" / "camp-david-1978.yaml"


CONCEPTS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")


seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=40)
def test_climbing_never_claims_more_than_there_is(seed):
    """In small spaces: at most the proved value, with the gains of the deal it names."""
    space = random_space(seed, sizes=((2, 5), (3, 6), (2, 5)), reservation=(0.0, 0.4))
    exact = benchmarks(space)
    with patch("sim.analysis.theory.local_search.MOST_LISTED", 0):
        quick, _ = quick_marks(space)
    for concept in CONCEPTS:
        proved, found = getattr(exact, concept), getattr(quick, concept)
        assert found.value <= proved.value + 1e-9 or concept in ("nash", "kalai_smorodinsky")
        if found.deal is not None:
            np.testing.assert_allclose(space.gains_of(found.deal[None])[0], found.gains)
    assert quick.utilitarian.value == pytest.approx(exact.utilitarian.value)
    assert quick.rational in (True, None)
    assert not (quick.rational and not exact.rational)


def test_on_the_flagship_climbing_falls_short_by_next_to_nothing():
    """The proved optimum lies in [value, value + gap]; climbing is compared with its value, concept by concept."""
    encoder = Encoder(load_scenario(FLAGSHIP), seed=1)
    tables = encoder.tables(0, 3)
    regimes = int(tables.n_regimes[0])
    missed = {concept: [] for concept in CONCEPTS}
    for draw in range(3):
        for f in range(5):
            space = deal_space(tables, draw * regimes, format_index=f)
            exact, (quick, _) = benchmarks(space), quick_marks(space)
            for concept in CONCEPTS:
                missed[concept].append(getattr(exact, concept).value - getattr(quick, concept).value)
    assert max(missed["egalitarian"]) < 0.01
    assert max(missed["utilitarian"]) < 1e-9
    assert np.median(missed["nash"]) < 1e-6
    assert max(missed["kalai_smorodinsky"]) < 0.03


@pytest.mark.parametrize("file", [FLAGSHIP, CAMP_DAVID])
def test_whether_a_zone_exists_is_never_guessed(file):
    """The same answers as the proofs of `zopa`, in every sense and scope."""
    tables = Encoder(load_scenario(file), seed=2).tables(0, 6)
    regimes = int(tables.n_regimes[0])
    seen = set()
    for draw in range(6):
        _, starts = quick_marks(deal_space(tables, draw * regimes, format_index=1))
        for scope, sense in ZONES:
            question = ask(tables, draw * regimes, scope, sense, format_index=1)
            expected = answer(question, scope, sense, samples=10).exists
            assert zone_exists(question, starts) == expected
            seen.add(expected)
    assert True in seen


@given(seeds)
@settings(max_examples=40)
def test_an_empty_zone_is_found_empty(seed):
    """High reservation values: often nothing is left. The same answer with and without looking at all deals."""
    space = random_space(seed, sizes=((2, 4), (2, 5), (2, 4)), reservation=(0.3, 0.9))
    question = ZopaQuestion(
        space=space,
        n_table=len(space.parties),
        standing=np.zeros((0, *space.usable.shape)),
        crosses=np.zeros((0, *space.usable.shape), dtype=bool),
        n_all=space.n_deals,
    )
    starts = np.array([space.status_quo])
    listed = zone_exists(question, starts)
    with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
        assert zone_exists(question, starts) == listed


def test_room_above_texts_is_at_most_what_is_proved():
    tables = Encoder(load_scenario(FLAGSHIP), seed=1).tables(0, 1)
    space = deal_space(tables, 0, format_index=1)
    _, starts = quick_marks(space)
    deals = np.stack((space.status_quo, starts[3], starts[9]))
    for found, deal in zip(room_by_climbing(space, starts, deals), deals, strict=True):
        proved = room_above(space, deal)
        assert found <= proved.value + proved.gap + 1e-9
        assert found >= proved.value - 0.01
