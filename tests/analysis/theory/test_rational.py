"""Rational benchmarks over samples of draws: climbing against proofs, distances by hand, texts kept in order."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis.statistics.intervals import t_quantile
from sim.analysis.theory.rational import TabledTexts, clustered_mean, composite_deals, rational_benchmarks
from sim.types.tables import CORE
from tests.analysis.made_up_tables import table_of
from tests.shipped import CAMP_DAVID, FLAGSHIP, SCENARIOS, encoder_of


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
            assert kept.agreed[draw, slot].tolist() == [[draw, 10 * slot], [draw, 10 * slot + 2]]
    with pytest.raises(KeyError):
        kept.agreed[3, 0]


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


def test_who_is_short_of_a_settlement_by_hand():
    """Settling gives (0.5, -0.1) or (-0.2, 0.4): the first comes closest, and the second party is short of it by 0.1.

    A format in which a settlement costs nobody anything has no shortfall.
    """
    structure = SimpleNamespace(
        issue_composite=np.zeros(1, dtype=np.int64),
        issue_option=np.arange(3)[None],
        formats=(SimpleNamespace(id="table"),),
    )
    texts = TabledTexts(1, 1, 1)
    texts.add(0, SimpleNamespace(agreed=np.zeros(1, np.uint8), tabled=np.zeros((1, 1))))
    missed, met = (
        rational_benchmarks(settling(table_of(values)), structure, (0,), texts).formats[0]
        for values in ([[0, 0], [0.5, -0.1], [-0.2, 0.4]], [[0, 0], [0.5, 0.1], [-0.2, 0.4]])
    )
    (short,) = missed.shortfalls
    assert (short.party, short.draws, short.issue, missed.barred) == (1, 1, 0, 0)
    assert short.stakes == pytest.approx(0.1)
    assert (met.shortfalls, met.barred) == ((), 0)


def settling(tables):
    """The same with the one issue a core issue that every option but the status quo settles."""
    tables.level = np.array([CORE])
    tables.settles = np.array([[0, 1, 1]], dtype=np.uint8)
    tables.strike_to = np.zeros((1, 3), dtype=np.int64)
    return tables


def test_where_nothing_is_to_be_had_without_the_core_a_settlement_is_any_package_that_holds_it():
    """On the river power pays for water under a single undertaking, and cannot where power may be had alone."""
    found = {}
    for harvest in ("all_or_nothing", "early"):
        encoder = encoder_of(SCENARIOS / "river-dam.yaml", sets=(f"formats.water-and-power.harvest={harvest}",))
        texts = TabledTexts(8, 2, 1)
        texts.add(0, SimpleNamespace(agreed=np.zeros(16, np.uint8), tabled=np.zeros((16, 2))))
        found[harvest] = rational_benchmarks(encoder.tables(0, 8), encoder.structure, (0, 1), texts).formats
    short = {name: [sum(one.draws for one in row.shortfalls) for row in rows] for name, rows in found.items()}
    assert {name: [row.scope for row in rows] for name, rows in found.items()} == {
        "all_or_nothing": ["package", "package"],
        "early": ["package", "core"],
    }
    assert short["all_or_nothing"][0] == short["early"][0] == 8
    assert short["all_or_nothing"][1] < 4
    assert short["early"][1] == 8
