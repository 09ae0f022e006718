"""First-order shares from given data against closed forms."""

import numpy as np
import pytest

from sim.analysis.sensitivity.screening import MOST_BINS, AnswerByDraw, answer_of, equal_bins, first_order

LINEAR_LOSS = 1.0 - 1.0 / MOST_BINS**2
"""Part of a linear effect of a uniform number that shows between equal bins."""


def made(seed=1, n_draws=4000, noise=0.0, replications=4):
    """0.6 u0 + 0.8 u1 with u of variance 1, chance of a run besides; u2 does nothing."""
    random = np.random.default_rng(seed)
    u = random.random((n_draws, 3))
    x = (u - 0.5) * np.sqrt(12.0)
    runs = 0.6 * x[:, :1] + 0.8 * x[:, 1:2] + noise * random.normal(size=(n_draws, replications))
    return u, answer_of(runs)


def test_linear_numbers_take_away_their_part():
    u, answer = made()
    for column, share in ((0, 0.36), (1, 0.64), (2, 0.0)):
        found = first_order(answer, equal_bins(u[:, column]))
        assert found.value == pytest.approx(share * LINEAR_LOSS, abs=0.03)


def test_chance_is_no_part_of_what_could_be_known():
    u, answer = made(
        noise=2.0, n_draws=20_000
    )  # variance of chance in the mean of four runs: as large as that of the numbers
    assert answer.variance == pytest.approx(1.0, abs=0.1)
    assert first_order(answer, equal_bins(u[:, 1])).value == pytest.approx(0.64 * LINEAR_LOSS, abs=0.04)


def test_intervals_cover_and_a_number_that_does_nothing_is_rarely_told():
    covered, told = [], 0
    for seed in range(200):
        u, answer = made(seed, n_draws=200)
        found = first_order(answer, equal_bins(u[:, 0]))
        covered.append(found.low <= 0.36 * LINEAR_LOSS <= found.high)
        told += first_order(answer, equal_bins(u[:, 2])).side != 0
    assert 0.9 <= np.mean(covered) <= 1.0
    assert told <= 12  # 2.5% expected: 5


def test_intervals_for_many_numbers_at_once_are_wider_and_hold_for_all():
    random = np.random.default_rng(3)
    answer = answer_of((random.random((500, 2)) < 0.1).astype(float) + random.normal(size=(500, 1)))
    idle = [equal_bins(random.random(500)) for _ in range(300)]
    alone, together = ([first_order(answer, one, n_numbers=n) for one in idle] for n in (1, 300))
    assert sum(one.side != 0 for one in alone) > 0
    assert sum(one.side != 0 for one in together) == 0
    assert all(a.high < b.high for a, b in zip(alone, together, strict=True))


def test_yes_or_no_bins_of_any_size():
    """A fact that is true in one draw of ten and moves the answer by 1: variance 0.09 of 0.09 + 0.25."""
    random = np.random.default_rng(4)
    true = (random.random(20_000) < 0.1).astype(np.int64)
    answer = answer_of(np.repeat((true + 0.5 * random.normal(size=20_000))[:, None], 2, axis=1))
    assert first_order(answer, true).value == pytest.approx(0.09 / 0.34, abs=0.02)
    assert first_order(answer, np.zeros(20_000, dtype=np.int64)).value == 0.0


def test_an_answer_that_never_varies_tells_nothing():
    assert not first_order(AnswerByDraw(np.ones(20), np.zeros(20)), equal_bins(np.arange(20) / 20)).known


def test_bins_have_equal_counts():
    assert np.bincount(equal_bins(np.random.default_rng(1).random(103))).tolist() == [26, 26, 26, 25]
    assert np.bincount(equal_bins(np.array([0.3, 0.1, 0.2, 0.9]))).tolist() == [2, 2]


def test_idle_numbers_have_a_share_of_zero_on_average():
    random = np.random.default_rng(6)
    answer = answer_of(random.normal(size=(100, 1)) + np.zeros((100, 2)))
    found = [first_order(answer, equal_bins(random.random(100))).value for _ in range(400)]
    assert np.mean(found) == pytest.approx(0.0, abs=0.006)  # without the correction 3 / 100
