"""Effects of functions whose effects are known, played with chance."""

import warnings

import numpy as np
import pytest

from sim.analysis.sweeps.elementary_effects import elementary_effects, one_at_a_time
from sim.types.records import to_data
from tests.analysis.sweeps.saltelli import played

NAMES = ("line", "left", "right", "inert")
RANGES = np.array([[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [-5.0, 5.0]])


def trajectories(n, *, seed):
    """[n, 5, 4] levels of a grid of four; steps of two thirds of the range."""
    random = np.random.default_rng(seed)
    levels = np.empty((n, 5, 4))
    for at in range(n):
        down = random.random(4) < 0.5
        point = random.integers(0, 2, 4) / 3.0 + np.where(down, 2.0 / 3.0, 0.0)
        levels[at, 0] = point
        for step, factor in enumerate(random.permutation(4), start=1):
            point = point.copy()
            point[factor] += -2.0 / 3.0 if down[factor] else 2.0 / 3.0
            levels[at, step] = point
    return levels


def chance(x):
    """Effect 0.3 of the first; -0.3 times the level of the other of the next two."""
    return 0.3 + 0.3 * x[..., 0] - 0.3 * x[..., 1] * x[..., 2]


MU = (0.3, -0.15, -0.15, 0.0)
MU_STAR = (0.3, 0.15, 0.15, 0.0)
SIGMA = (0.0, 0.3 * (5.0 / 36.0) ** 0.5, 0.3 * (5.0 / 36.0) ** 0.5, 0.0)


def effects(n=40, *, seed=1, draws=30, runs=2, common=False):
    levels = trajectories(n, seed=seed)
    y = played(chance(levels), draws=draws, runs=runs, seed=seed, common=common)
    return elementary_effects(y, RANGES[:, 0] + levels * (RANGES[:, 1] - RANGES[:, 0]), NAMES, RANGES)


@pytest.mark.parametrize(("n", "draws"), [(10, 20), (40, 30), (100, 4)])
def test_intervals_cover_the_effects_under_chance(n, draws):
    results = [effects(n, seed=seed, draws=draws) for seed in range(100)]
    for name, truths in (("mu", MU), ("mu_star", MU_STAR), ("sigma", SIGMA)):
        found = [[getattr(one, name) for one in result.factors] for result in results]
        held = [[e.low <= t + 1e-12 and t - 1e-12 <= e.high for e, t in zip(row, truths, strict=True)] for row in found]
        assert (np.mean(held, axis=0) >= 0.87).all(), (name, np.mean(held, axis=0))


def test_noise_does_not_leak_into_the_effect_of_a_factor_that_does_nothing():
    results = [effects(seed=seed) for seed in range(100)]
    star = np.array([result.factors[3].mu_star.value for result in results])
    assert abs(star.mean()) < 4.0 * star.std() / 10.0
    assert sum(result.factors[3].moves for result in results) <= 8
    assert np.mean([result.factors[0].moves for result in results]) > 0.95


def test_effects_are_per_range_and_exact_without_chance():
    levels = trajectories(20, seed=2)
    stretched = RANGES[:, 0] + levels * (RANGES[:, 1] - RANGES[:, 0])
    y = np.repeat((0.2 * levels[..., 0] - 0.4 * levels[..., 3])[..., None], 2, axis=2)
    one, _, _, other = elementary_effects(y, stretched, NAMES, RANGES).factors
    assert (one.mu.value, one.mu_star.value, one.sigma.value) == pytest.approx((0.2, 0.2, 0.0), abs=1e-7)
    assert (other.mu.value, other.mu_star.value) == pytest.approx((-0.4, 0.4))
    assert one.moves
    assert other.moves


def test_under_common_luck_a_factor_that_does_nothing_is_exactly_zero():
    inert = effects(common=True).factors[3]
    assert (inert.mu.value, inert.mu_star.value, inert.sigma.value, inert.moves) == (0.0, 0.0, 0.0, False)


def test_a_constant_answer_few_trajectories_and_missing_points_are_told():
    levels = trajectories(10, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        constant = elementary_effects(np.full((10, 5, 3), 0.5), levels, NAMES, np.array([[0.0, 1.0]] * 4))
    assert constant.factors == ()
    assert constant.sentence == "The answer is the same in all runs: no factor moves it."
    assert "None" not in str(to_data(constant))
    y = played(chance(levels), draws=5, runs=2, seed=1)
    y[:7, 2] = np.nan
    few = elementary_effects(y, levels, NAMES, np.array([[0.0, 1.0]] * 4))
    assert (few.trajectories, few.trajectories_left_out) == (3, 7)
    assert few.sentence == "Only 3 whole trajectories were played: too few for intervals."


def test_a_step_of_two_factors_is_refused():
    levels = trajectories(10, seed=1)
    levels[3, 2] += 0.1
    with pytest.raises(ValueError, match="moves one factor"):
        elementary_effects(np.zeros((10, 5, 3)), levels, NAMES, RANGES)


def test_the_sentence_names_what_moves_the_answer():
    found = effects(200)
    said = found.sentence
    largest = max(one.mu_star.value for one in found.factors)
    assert f"({round(100 * largest, 1):g})" in said, "in percentage points, as on the page"
    assert said.startswith("Of 4 factors 3 can be told to move the answer (mean absolute effect over the whole ")
    assert said.index("line") < said.index("left")
    assert "inert" not in said


# --- one at a time ---

BASE = np.array([0.5, 0.5, 0.5])
STEPS = np.array([BASE, *([*BASE[:k], level, *BASE[k + 1 :]] for k in range(3) for level in (1.0, 0.0))])


def steps(*, seed=1, draws=100, runs=4):
    chances = 0.4 + 0.3 * (STEPS[:, 0] - 0.5) - 0.3 * (STEPS[:, 1] - 0.5)
    luck = np.random.default_rng(seed).random((draws, runs))
    hits = (luck < chances[:, None, None]).sum(axis=2)
    return one_at_a_time(hits, np.full_like(hits, runs), STEPS, NAMES[:3])


def test_single_steps_are_paired_with_the_base():
    result = steps(draws=400)
    assert [(one.factor, one.level) for one in result.steps] == [
        (name, level) for name in NAMES[:3] for level in (0.0, 1.0)
    ]
    assert [one.side for one in result.steps] == [-1, 1, 1, -1, 0, 0]
    for one, truth in zip(result.steps, (-0.15, 0.15, 0.15, -0.15, 0.0, 0.0), strict=True):
        assert one.effect.low <= truth <= one.effect.high
        assert one.effect.value == pytest.approx(one.value.value - result.base.value)
    assert result.sentence.startswith("Of 3 factors, moved alone, 2 can be told to move the share: ")


def test_no_false_step_in_95_of_100_sweeps():
    luck = np.random.default_rng(2).random((100, len(STEPS), 50, 4))
    hits = (luck < 0.4).sum(axis=3)
    results = [one_at_a_time(one, np.full_like(one, 4), STEPS, NAMES[:3]) for one in hits]
    assert sum(any(step.side for step in one.steps) for one in results) <= 10


def test_steps_of_a_constant_share_are_a_sentence():
    hits = np.zeros((7, 20), dtype=np.int64)
    result = one_at_a_time(hits, np.full_like(hits, 4), STEPS, NAMES[:3])
    assert result.sentence == "No factor, moved alone, can be told to move the share."
    assert all(np.isfinite([one.effect.value, one.effect.low, one.effect.high]).all() for one in result.steps)
    alone = one_at_a_time(hits[:1], np.full((1, 20), 4), STEPS[:1], NAMES[:3])
    assert alone.steps == ()


def test_a_point_two_steps_from_the_base_is_refused():
    levels = STEPS.copy()
    levels[2, 1] = 0.0
    with pytest.raises(ValueError, match="at most one factor"):
        one_at_a_time(np.zeros((7, 20), dtype=np.int64), np.ones((7, 20), dtype=np.int64), levels, NAMES[:3])
