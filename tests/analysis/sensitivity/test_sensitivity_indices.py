"""Estimates of Shapley effects against closed forms of made-up answers."""

import numpy as np
import pytest

from sim.analysis.sensitivity.sensitivity_indices import (
    LEAST_BEARING,
    MOST_BINS,
    AnswerByDraw,
    answer_of,
    equal_bins,
    first_order,
    shapley_effects,
    shares,
)

D = 4000


def walked(answer, *, n_groups, seed=1, n_draws=D, replications=2):
    """Walks of `answer(x, e)`: x [.., N] standard normal inputs, e [.., R] standard normal chance of a replication."""
    random = np.random.default_rng(seed)
    first, second = random.normal(size=(2, n_draws, n_groups))
    chance = random.normal(size=(n_draws, replications))
    ranks = np.argsort(np.argsort(random.random((n_draws, n_groups)), axis=1), axis=1)
    stations = []
    for taken in range(n_groups + 1):
        x = np.where(ranks < taken, second, first)
        stations.append(answer(x[:, None, :], chance))
    return np.stack(stations, axis=1), ranks


def found(answer, *, usual=None, **options):
    return shares(shapley_effects(*walked(answer, **options), usual=usual))


def assert_near(estimates, expected):
    for one, wanted in zip(estimates, expected, strict=True):
        wider = 2.0 * (one.high - one.value)  # four standard errors: these are many checks on one seed
        assert abs(one.value - wanted) <= wider + 1e-12, (estimates, expected)
        assert wider < 0.15


def test_a_sum_of_independent_inputs_has_their_variances():
    estimates, variance = found(lambda x, e: 1.0 * x[..., 0] + 2.0 * x[..., 1] + 2.0 * e, n_groups=2)
    assert_near(estimates, [1 / 9, 4 / 9, 4 / 9])
    assert variance == pytest.approx(9.0, rel=0.1)


def test_a_product_is_shared_equally():
    estimates, variance = found(lambda x, e: x[..., 0] * x[..., 1] + 0.0 * e, n_groups=3)
    assert_near(estimates, [1 / 2, 1 / 2, 0, 0])
    assert variance == pytest.approx(1.0, rel=0.2)


def test_what_a_number_does_together_with_chance_is_shared_with_chance():
    estimates, _ = found(lambda x, e: x[..., 0] * e, n_groups=2)
    assert_near(estimates, [1 / 2, 0, 1 / 2])


def test_three_inputs_and_chance_that_only_count_together():
    """Each of four factors with mean 0 gets a quarter; x0 alone its own variance on top."""
    estimates, _ = found(
        lambda x, e: x[..., 0] * x[..., 1] * x[..., 2] * e + 2.0 * x[..., 0], n_groups=3, n_draws=20_000
    )
    assert_near(estimates, [(4 + 1 / 4) / 5, 1 / 20, 1 / 20, 1 / 20])


def test_an_indicator():
    """1 where both of two even coins show heads: variance 3/16, main effects 1/16 each, together 1/16."""
    estimates, variance = found(lambda x, e: ((x[..., 0] > 0) & (x[..., 1] > 0)) + 0.0 * e, n_groups=2)
    assert_near(estimates, [1 / 2, 1 / 2, 0])
    assert variance == pytest.approx(3 / 16, rel=0.1)
    lopsided, _ = found(lambda x, e: ((x[..., 0] > 0) & (e > 0.6744897501960817)) * 1.0, n_groups=1)
    p, q = 1 / 2, 1 / 4  # variance pq(1 - pq); main effects q^2 p(1-p) and p^2 q(1-q)
    both = p * q * (1 - p * q) - q * q * p * (1 - p) - p * p * q * (1 - q)
    alone = np.array([q * q * p * (1 - p), p * p * q * (1 - q)])
    assert_near(lopsided, (alone + both / 2) / (p * q * (1 - p * q)))


@pytest.mark.parametrize("replications", [2, 3, 5])
def test_more_replications_estimate_the_same_with_less_error(replications):
    estimates, _ = found(lambda x, e: x[..., 0] + x[..., 1] * e, n_groups=2, replications=replications)
    assert_near(estimates, [1 / 2, 1 / 4, 1 / 4])


def test_credits_of_a_walk_add_up_to_half_the_squared_way_between_its_ends():
    walks, ranks = walked(lambda x, e: x[..., 0] * (1.0 + e) + x[..., 2], n_groups=3, n_draws=50)
    credits = shapley_effects(walks, ranks)
    way = walks[:, -1, ::-1] - walks[:, 0]  # from either replication to the other
    np.testing.assert_allclose(credits.sum(axis=1), (way**2).mean(axis=1) / 2.0, atol=1e-12)
    estimates, _ = shares(credits)
    assert sum(one.value for one in estimates) == pytest.approx(1.0, abs=1e-12)


def test_without_groups_all_is_chance():
    walks, ranks = walked(lambda x, e: e, n_groups=0, n_draws=200)
    (only,), variance = shares(shapley_effects(walks, ranks))
    assert (only.value, only.low, only.high) == (1.0, 1.0, 1.0)
    assert variance == pytest.approx(1.0, rel=0.3)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    truths = [1 / 3, 1 / 3, 1 / 3]
    hits = [
        low_high.low <= truth <= low_high.high
        for seed in range(150)
        for low_high, truth in zip(
            found(lambda x, e: x[..., 0] + x[..., 1] + e, n_groups=2, seed=seed, n_draws=120)[0], truths, strict=True
        )
    ]
    assert 0.91 <= np.mean(hits) <= 0.985


def rare(x, e):
    """1 in about one run of twenty: a fact of the file, an accident, and both weigh."""
    return ((x[..., 0] + 0.5 * x[..., 1] > 1.6) & (e > 0.0)) * 1.0


def test_walks_from_what_is_unusual_share_the_same_variance():
    """Both kinds of credits estimate the same effects, of a rare answer and of one that is not; also with a shift."""
    both, variance = found(rare, n_groups=2, n_draws=60_000)
    one, same = found(rare, n_groups=2, n_draws=60_000, usual=0.0)
    assert same == pytest.approx(variance, rel=0.05)
    assert_near(one, [share.value for share in both])
    linear, variance = found(lambda x, e: 3.0 + x[..., 0] + 2.0 * x[..., 1] + 2.0 * e, n_groups=2, usual=3.0)
    assert_near(linear, [1 / 9, 4 / 9, 4 / 9])
    assert variance == pytest.approx(9.0, rel=0.1)


def test_of_a_rare_answer_the_usual_draws_add_nothing_and_the_others_tell_nearly_all():
    walks, ranks = walked(rare, n_groups=2, n_draws=6000)
    credits = shapley_effects(walks, ranks, usual=0.0)
    unusual = (walks[:, 0] != 0.0).any(axis=1)
    assert not credits[~unusual].any()
    assert unusual.mean() < 0.12
    half_of_all, half = (
        max(one.high - one.low for one in shares(c)[0]) for c in (shapley_effects(walks, ranks), credits)
    )
    assert half < 1.6 * half_of_all  # from an eighth of the walks


def test_too_few_walks_that_vary_tell_nothing():
    credits = np.zeros((100, 2))
    credits[: LEAST_BEARING - 1] = [0.4, 0.1]
    assert not shares(credits)[0][0].known
    credits[LEAST_BEARING - 1] = [0.4, 0.1]
    assert shares(credits)[0][0].value == pytest.approx(0.8)
    assert not shares(np.zeros((100, 2)))[0][0].known


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
