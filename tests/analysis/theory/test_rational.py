"""Rational benchmarks over samples of draws: climbing against proofs, distances by hand, texts kept in order."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.statistics.intervals import t_quantile
from sim.analysis.theory.local_search import quick_marks, room_by_climbing, zone_exists
from sim.analysis.theory.rational import ZONES, TabledTexts, clustered_mean, composite_deals, rational_benchmarks
from sim.analysis.theory.solutions import benchmarks, room_above
from sim.analysis.theory.zopa import answer, ask
from sim.bargaining.deal_space import deal_space
from tests.analysis.made_up_tables import table_of
from tests.analysis.spaces import random_space
from tests.shipped import CAMP_DAVID, FLAGSHIP, encoder_of

pytestmark = pytest.mark.slow

CONCEPTS = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
seeds = st.integers(0, 2**32 - 1)


@given(seeds)
@settings(max_examples=40)
def test_climbing_never_claims_more_than_there_is(seed):
    """In small spaces: at most the proved value, with the gains of the deal it names."""
    space = random_space(seed, sizes=((2, 5), (3, 6), (2, 5)), reservation=(0.0, 0.4))
    exact = benchmarks(space)
    with patch("sim.analysis.theory.local_search.MOST_LISTED", 0):
        quick = quick_marks(space).marks
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
    encoder = encoder_of(FLAGSHIP)
    tables = encoder.tables(0, 3)
    regimes = int(tables.n_regimes[0])
    missed = {concept: [] for concept in CONCEPTS}
    for draw in range(3):
        for f in range(5):
            space = deal_space(tables, draw * regimes, format_index=f)
            exact, quick = benchmarks(space), quick_marks(space).marks
            for concept in CONCEPTS:
                missed[concept].append(getattr(exact, concept).value - getattr(quick, concept).value)
    assert max(missed["egalitarian"]) < 0.01
    assert max(missed["utilitarian"]) < 1e-9
    assert np.median(missed["nash"]) < 1e-6
    assert max(missed["kalai_smorodinsky"]) < 0.03


@pytest.mark.parametrize("file", [FLAGSHIP, CAMP_DAVID])
def test_whether_a_zone_exists_is_never_guessed(file):
    """The same answers as the proofs of `zopa`, in every sense and scope."""
    tables = encoder_of(file, seed=2).tables(0, 6)
    regimes = int(tables.n_regimes[0])
    seen = set()
    for draw in range(6):
        quick = quick_marks(deal_space(tables, draw * regimes, format_index=1))
        for scope, sense in ZONES:
            question = ask(tables, draw * regimes, scope, sense, format_index=1)
            expected = answer(question, scope, sense, samples=10).exists
            assert zone_exists(question, quick.starts) == expected
            seen.add(expected)
    assert True in seen


@given(seeds)
@settings(max_examples=40)
def test_an_empty_zone_is_found_empty(seed):
    """High reservation values: often nothing is left. The same answer with and without looking at all deals."""
    space = random_space(seed, sizes=((2, 4), (2, 5), (2, 4)), reservation=(0.3, 0.9))
    question = SimpleNamespace(
        space=space,
        n_table=len(space.parties),
        standing=np.zeros((0, *space.usable.shape)),
        crosses=np.zeros((0, *space.usable.shape), dtype=bool),
    )
    starts = np.array([space.status_quo])
    listed = zone_exists(question, starts)
    with patch("sim.bargaining.deal_space.MAX_LISTED", 0):
        assert zone_exists(question, starts) == listed


def test_room_above_texts_is_at_most_what_is_proved():
    tables = encoder_of(FLAGSHIP).tables(0, 1)
    space = deal_space(tables, 0, format_index=1)
    quick = quick_marks(space)
    deals = np.stack((space.status_quo, quick.starts[3], quick.starts[9]))
    for found, deal in zip(room_by_climbing(space, quick.starts, deals), deals, strict=True):
        proved = room_above(space, deal)
        assert found <= proved.value + proved.gap + 1e-9
        assert found >= proved.value - 0.01


@pytest.mark.parametrize("file", [FLAGSHIP, CAMP_DAVID])
def test_texts_find_back_to_their_composites(file):
    encoder = encoder_of(file)
    n_options = encoder.tables(0, 1).n_options
    random = np.random.default_rng(1)
    deals = np.stack([random.integers(0, n, 200) for n in n_options], axis=1)
    np.testing.assert_array_equal(composite_deals(encoder.structure, encoder.structure.issue_options_of(deals)), deals)


def block(first_draw: int, n_draws: int, n_formats: int, replications: int):
    """Runs that carry their own address: text [draw, format * 10 + replication]; odd replications agree on nothing."""
    rows = [(d, f, r) for d in range(n_draws) for f in range(n_formats) for r in range(replications)]
    return SimpleNamespace(
        agreed=np.array([r % 2 == 0 for _, _, r in rows], dtype=np.uint8),
        tabled=np.array([(first_draw + d, 10 * f + r) for d, f, r in rows], dtype=np.int16),
    )


def test_texts_are_kept_by_draw_and_format_whatever_the_blocks():
    kept = TabledTexts(3, 2, 4)
    for first, n in ((0, 2), (2, 2), (4, 3)):
        kept.add(first, block(first, n, 2, 4))
    for draw in range(3):
        for slot in range(2):
            assert kept.of(draw, slot).tolist() == [[draw, 10 * slot], [draw, 10 * slot + 2]]
    with pytest.raises(KeyError):
        kept.of(3, 0)


def test_a_mean_by_hand_with_the_draw_as_unit():
    """Draws (1, 3), (2), (): 6 / 3 = 2. Residuals (4 - 4) / 1.5 = 0 and (2 - 2) / 1.5 = 0: no width at all."""
    found = clustered_mean([np.array([1.0, 3.0]), np.array([2.0, np.nan]), np.array([])])
    assert (found.value, found.low, found.high) == (2.0, 2.0, 2.0)
    # (1, 1) and (4): 6 / 3 = 2; residuals (2 - 4) / 1.5 and (4 - 2) / 1.5; sum of squares 32 / 9, over n (n - 1) = 2.
    wide = clustered_mean([np.array([1.0, 1.0]), np.array([4.0])])
    assert wide.value == 2.0
    assert wide.high - 2.0 == pytest.approx(float(t_quantile(1.0)) * (16 / 9) ** 0.5)
    assert wide.low - 2.0 == pytest.approx(2.0 - wide.high)
    assert np.isnan(clustered_mean([np.array([])]).value)
    assert np.isnan(clustered_mean([np.array([1.0])]).low)


def test_distances_of_texts_by_hand():
    """Four deals: nothing, (0.2, 0.6), (0.5, 0.5) and (0.1, 0.1). Nash 0.25; ideals 0.5 and 0.6; frontier 0.4 above."""
    tables = table_of([[0, 0], [0.2, 0.6], [0.5, 0.5], [0.1, 0.1]])
    structure = SimpleNamespace(
        issue_composite=np.zeros(1, dtype=np.int64),
        issue_option=np.arange(4)[None],
        formats=(SimpleNamespace(id="table"),),
    )
    texts = TabledTexts(1, 1, 2)
    texts.add(0, SimpleNamespace(agreed=np.ones(2, np.uint8), tabled=np.array([[2], [3]])))
    found = rational_benchmarks(tables, structure, (0,), texts)
    (one,) = found.formats
    assert found.listed
    assert one.n_texts == 2
    values = {name: estimate.value for name, estimate in one.distances.items()}
    assert values["nash_share"] == pytest.approx((1.0 + 0.01 / 0.25) / 2, abs=1e-6)
    # Kalai-Smorodinsky: the larger smallest share of the ideals, min(0.5 / 0.5, 0.5 / 0.6) = 5 / 6; (0.1, 0.1): 1 / 6.
    assert values["kalai_smorodinsky"] == pytest.approx((0.0 + 5 / 6 - 1 / 6) / 2)
    assert values["egalitarian"] == pytest.approx((0.0 + 0.4) / 2)
    assert values["utilitarian"] == pytest.approx((0.0 + 0.8) / 2)
    assert values["frontier"] == pytest.approx((0.0 + 0.4) / 2)
    assert one.zones["package", "table"].value == 1.0


def test_no_zone_no_share():
    tables = table_of([[0, 0], [0.5, -0.1], [-0.2, 0.4]])
    structure = SimpleNamespace(
        issue_composite=np.zeros(1, dtype=np.int64),
        issue_option=np.arange(3)[None],
        formats=(SimpleNamespace(id="table"),),
    )
    texts = TabledTexts(1, 1, 1)
    texts.add(0, SimpleNamespace(agreed=np.zeros(1, np.uint8), tabled=np.zeros((1, 1))))
    (one,) = rational_benchmarks(tables, structure, (0,), texts).formats
    assert all(estimate.value == 0.0 for estimate in one.zones.values())
    assert one.n_texts == 0
    assert not any(estimate.known for estimate in one.distances.values())
