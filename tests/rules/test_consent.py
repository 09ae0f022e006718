"""Consent, hold, the last-resort text and learning, by worked examples and by brute force."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.drafting import draft_partial
from sim.rules.durability import hold
from sim.rules.learning import belief_scales
from sim.rules.ratification import seek_consent
from sim.types.tables import HOLD_ONCE, SEVERABLE
from tests.rules.world import (
    World,
    can_break_probe,
    enforcement_probe,
    lists,
    make_tables,
    make_world,
    signatories_probe,
    strike_probe,
)

KEY = 20250815
HOME, REMAINDER = 1 << 62, 1 << 61
CERTAIN = {"precision": [np.inf]}  # no evaluation errors: the threshold rule


def owner(standing: list[float], likes: list[float], **changes) -> World:
    """p0 and p1 like every move; p2 outside owns one issue each and likes each move by `likes`."""
    n = len(likes)
    values = lists(3, n, 2)
    values[:2, :, 1] = 0.3
    values[2, :, 1] = likes
    owns = np.zeros((3, n, 2))
    owns[2, :, 1] = standing
    return make_world(values, seated=[0, 1], standing=owns, **{**CERTAIN, **changes})


def consent(world: World, text: list[int], key: int = KEY) -> tuple[int, list[int]]:
    world.w.refused[:] = 0
    world.w.error[:] = 0.0
    world.w.text[:] = text
    mask = seek_consent(world.tables, world.work, 0, key, 0.0)
    return mask, world.w.text.tolist()


def test_an_owner_strikes_what_it_dislikes_and_the_rest_stands() -> None:
    world = owner([1.0, 1.0], [0.1, -0.4])
    assert consent(world, [1, 1]) == (4, [1, 0])
    assert world.w.refused.tolist() == [0, 4]


def test_an_owner_that_gains_on_the_whole_lets_all_stand() -> None:
    assert consent(owner([1.0, 1.0], [0.5, -0.4]), [1, 1]) == (0, [1, 1])


def test_nobody_stops_what_it_has_no_standing_on() -> None:
    assert consent(owner([1.0, 0.0], [0.1, -0.4]), [1, 1]) == (0, [1, 1])


def test_without_severance_one_refusal_stops_all() -> None:
    assert consent(owner([1.0, 1.0], [0.1, -0.4], switch={SEVERABLE: 0}), [1, 1]) == (4, [0, 0])


def test_a_firm_line_is_struck_however_good_the_text() -> None:
    barred = np.zeros((3, 2, 2), dtype=np.uint8)
    barred[2, 1, 1] = 1
    assert consent(owner([1.0, 1.0], [0.9, 0.9], barred=barred), [1, 1]) == (4, [1, 0])


def test_standing_of_a_fraction_stops_with_that_chance() -> None:
    world = owner([0.3], [-0.4])
    stopped = np.array([consent(world, [1], key)[0] == 4 for key in range(1, 4001)])
    assert stopped.mean() == pytest.approx(0.3, abs=0.03)


def test_what_remains_must_still_be_worth_signing() -> None:
    """p1 came for the part that p2 strikes."""
    values = lists(3, 2, 2, p0c0o1=0.3, p0c1o1=0.3, p1c0o1=-0.2, p1c1o1=0.5, p2c1o1=-0.4)
    owns = np.zeros((3, 2, 2))
    owns[2, 1, 1] = 1.0
    world = make_world(values, seated=[0, 1], standing=owns, **CERTAIN)
    mask, text = consent(world, [1, 1])
    assert text == [0, 0]
    assert mask == 4 | 2 | REMAINDER


def test_parties_may_refuse_what_others_left() -> None:
    """p3 accepts the whole and refuses the rest, once p2 has struck what p3 wanted."""
    values = lists(4, 2, 2)
    values[:2, :, 1] = 0.3
    values[2, 1, 1], values[3, 0, 1], values[3, 1, 1] = -0.4, -0.1, 0.5
    owns = np.zeros((4, 2, 2))
    owns[2:, :, 1] = 1.0
    world = make_world(values, seated=[0, 1], standing=owns, **CERTAIN)
    assert consent(world, [1, 1]) == (4 | 8, [0, 0])


def test_home_strikes_what_falls_short_of_its_margin() -> None:
    values = lists(2, 2, 2, p0c0o1=0.3, p0c1o1=0.3, p1c0o1=0.3, p1c1o1=-0.1)
    fields = {"ratifies": [0, 1], **CERTAIN}
    assert consent(make_world(values, home_margin=[0.0, 0.19], **fields), [1, 1]) == (0, [1, 1])
    assert consent(make_world(values, home_margin=[0.0, 0.25], **fields), [1, 1]) == (2 | HOME, [1, 0])
    assert consent(make_world(values, home_margin=[0.0, 0.5], **fields), [1, 1]) == (
        2 | HOME,
        [0, 0],
    )  # objects to none


def test_a_composite_left_infeasible_goes_back_whole() -> None:
    """Issues 0 and 1 share a composite of three options: both moved, only issue 0 moved, status quo."""
    values = lists(2, 1, 3)
    world = make_world(values, seated=[0, 1], **composite())
    for struck, expected in ((1, 1), (0, 0)):  # issue 1 back: option 1; issue 0 back alone is not feasible: all back
        world.w.text[:] = [2]
        world.w.strike[:] = 0
        world.w.strike[struck] = 1
        strike_probe(world.tables, world.work)
        assert world.w.text.tolist() == [expected]


def composite() -> dict:
    """Options of one composite: (0, 0), (1, 0), (1, 1); (0, 1) is infeasible."""
    return {
        "issue_composite": [0, 0],
        "issue_option": [[0, 1, 1], [0, 0, 1]],
        "strike_to": [[0, 0, 0], [0, 1, 1]],
        "moved": [[0, 1, 1], [0, 0, 1]],
        "settles": np.zeros((2, 3)),
        "level": [1, 1],
        "standing": np.zeros((2, 2, 3)),
    }


def test_signatories_count_pressure_errors_and_lines() -> None:
    world = make_world(lists(2, 1, 2))
    for gains, errors, mask in (([0.0, -0.1], [0, 0], 2), ([0.1, 0.1], [-0.2, 0], 1), ([0.0, 0.0], [0, 0], 0)):
        world.put([1], gains)
        world.w.error[:] = errors
        assert signatories_probe(world.tables, world.work, 0) == mask


# --- does it last ---------------------------------------------------------------------------------------------------


def lasting(gain: float, **changes) -> World:
    """Two signatories; p1 gains `gain`."""
    fields = {"volatility": [0.0], "hold_months": [24], **changes}
    world = make_world(lists(2, 1, 2, p0c0o1=0.5, p1c0o1=gain), **fields)
    world.w.text[:] = [1]
    return world


def held(world: World, key: int = KEY) -> tuple[int, int]:
    mask = hold(world.tables, world.work, 0, key, 0.0)
    return mask, int(world.w.held[0])


def test_without_shocks_a_good_text_lasts_and_a_bad_one_ends_in_its_first_month() -> None:
    assert held(lasting(0.1)) == (0, 24)
    assert held(lasting(0.0)) == (0, 24)
    assert held(lasting(-0.1)) == (2, 1)


def test_a_drift_on_ones_side_ends_a_text_on_time() -> None:
    """Once the ending option stands, a price that turns into a gain of 0.01 a month eats 0.1 in ten months."""
    world = lasting(0.105, drift=[0.0, 0.01], ending=[[0, 1]])
    assert held(world) == (2, 11)


def test_a_share_of_the_price_drifts_by_its_share() -> None:
    """Half of the drift of 0.01 a month eats 0.105 in 21 months."""
    assert held(lasting(0.105, drift=[0.0, 0.01], ending=[[0.0, 0.5]])) == (2, 22)
    assert held(lasting(0.105, drift=[0.0, 0.01], ending=[[0.0, 0.0]])) == (0, 24)


def test_enforcement_keeps_a_text_together() -> None:
    world = lasting(-0.1, enforcement=lists(2, 1, 2, p1c0o1=0.15))
    world.put([1])
    assert enforcement_probe(world.tables, world.work, 0, 1) == pytest.approx(0.15)
    assert held(world) == (0, 24)


def test_survival_of_the_walk_is_that_of_a_random_walk() -> None:
    """P(lasting) against a plain simulation of the same walk."""
    world = lasting(0.1, volatility=[0.04])
    lasted = np.mean([held(world, key)[0] == 0 for key in range(1, 3001)])
    walks = np.cumsum(np.random.default_rng(1).normal(0.0, 0.04, (40_000, 2, 24)), axis=2)
    expected = np.mean((walks[:, 0].max(axis=1) <= 0.5) & (walks[:, 1].max(axis=1) <= 0.1))
    assert lasted == pytest.approx(expected, abs=0.03)


def test_one_look_at_the_horizon() -> None:
    world = lasting(0.1, volatility=[0.04], switch={HOLD_ONCE: 1})
    lasted = np.mean([held(world, key)[0] == 0 for key in range(1, 3001)])
    assert lasted == pytest.approx(0.5 * (1 + math.erf(0.1 / (0.04 * math.sqrt(24)) / math.sqrt(2))), abs=0.03)


def test_an_absent_party_breaks_by_its_standing_on_what_it_dislikes() -> None:
    world = owner([0.4, 1.0], [-0.2, 0.1])
    for deal, chance in (([1, 0], 0.4), ([0, 1], 0.0), ([1, 1], 0.4)):
        world.put(deal)
        able = [can_break_probe(world.tables, world.work, 0, key, 2, 0.0) for key in range(1, 2001)]
        assert np.mean(able) == pytest.approx(chance, abs=0.035)
        assert can_break_probe(world.tables, world.work, 0, KEY, 0, 0.0) == 1  # a signatory always can


# --- the last-resort text -------------------------------------------------------------------------------------------


def smallest(values: np.ndarray, deal: tuple[int, ...]) -> float:
    place = np.arange(values.shape[1])
    return float(values[:, place, deal].sum(axis=1).min())


def draft(values: np.ndarray) -> tuple[int, list[int]]:
    """Draft over a core issue (the first composite, last option settles) and others."""
    n_composites, n_options = values.shape[1:]
    settles = np.zeros((n_composites, n_options), dtype=np.uint8)
    settles[0, -1] = 1
    world = make_world(values, settles=settles, level=[2] + [1] * (n_composites - 1))
    found = draft_partial(world.tables, world.work, 0, 0.0)
    return found, world.w.draft[0].tolist()


def drafted_loss(seed: int) -> float:
    """Smallest gain lost against brute force, stakes."""
    rng = np.random.default_rng(seed)
    n_parties, n_composites, n_options = int(rng.integers(2, 5)), int(rng.integers(2, 5)), int(rng.integers(2, 5))
    values = rng.normal(0.0, 1.0, (n_parties, n_composites, n_options)) / n_composites
    values[:, :, 0] = 0.0
    found, deal = draft(values)
    options = [range(n_options - 1), *[range(n_options)] * (n_composites - 1)]
    best = max(smallest(values, each) for each in product(*options))
    assert deal[0] != n_options - 1  # the core stays open
    if found == 0:
        return max(best, 0.0)
    assert smallest(values, tuple(deal)) > 0.0
    return best - smallest(values, tuple(deal))


def test_the_partial_text_has_nearly_the_largest_smallest_gain() -> None:
    losses = np.array([drafted_loss(seed) for seed in range(400)])
    assert losses.min() > -1e-9
    assert (losses < 1e-9).mean() >= 0.80
    assert losses.mean() <= 0.02


def test_no_partial_text_where_nothing_helps_everybody() -> None:
    assert draft(lists(2, 2, 2, p0c1o1=0.5, p1c1o1=-0.1))[0] == 0
    assert draft(lists(2, 2, 2, p0c0o1=0.5, p1c0o1=0.5))[0] == 0  # only the core would help, and it stays open
    assert draft(lists(2, 2, 2, p0c1o1=0.5, p1c1o1=0.1)) == (1, [0, 1])


# --- learning -------------------------------------------------------------------------------------------------------


def believed(n0: float, seen: float, kept: list[float]) -> np.ndarray:
    """Weights per issue that p0 believes of p1, whose prior view has 0.5, 0.3 and 0.2."""
    values = lists(3, 3, 2)
    values[2, :, 1] = [0.5, 0.3, 0.2]
    t = make_tables(values[:2], learning_prior=[n0])
    view = np.array([[0, 2], [0, 1]])
    with_view = {"contribution": values, "barred": np.zeros((3, 3, 2), dtype=np.uint8), "view_row": view}
    world = make_world(values[:2], learning_prior=[n0], **with_view)
    world.w.n_seen[0, 1, 1] = seen
    world.w.kept[0, 1, 1] = kept
    belief_scales(world.tables, world.work, 0, 1, 2, 1)
    assert len(t.bloc) == 2
    return world.w.scale * [0.5, 0.3, 0.2]


def test_beliefs_move_from_the_prior_to_what_was_seen() -> None:
    observed = np.array([4.0, 1.0, 1.0]) / 6.0  # add-one counts of 3, 0, 0
    assert believed(4.0, 4.0, [3, 0, 0]) == pytest.approx(0.5 * np.array([0.5, 0.3, 0.2]) + 0.5 * observed)
    assert believed(1.0, 99.0, [3, 0, 0]) == pytest.approx(0.01 * np.array([0.5, 0.3, 0.2]) + 0.99 * observed)
    assert believed(4.0, 4.0, [3, 0, 0]).sum() == pytest.approx(1.0)  # weights keep their sum


@pytest.mark.parametrize(("n0", "seen"), [(np.inf, 9.0), (4.0, 0.0)])
def test_beliefs_stay_with_learning_off_or_nothing_seen(n0: float, seen: float) -> None:
    assert believed(n0, seen, [3, 0, 0]) == pytest.approx([0.5, 0.3, 0.2])


@settings(max_examples=30)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.floats(1.0, 20.0), st.integers(1, 7))
def test_what_is_held_on_to_more_is_believed_to_weigh_more(kept: list[int], n0: float, seen: int) -> None:
    base = believed(n0, float(seen), [float(k) for k in kept])
    more = believed(n0, float(seen), [float(kept[0] + 1), float(kept[1]), float(kept[2])])
    assert more[0] > base[0]
