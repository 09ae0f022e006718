import math

import numpy as np
import pytest
from scipy import stats

from sim.analysis.statistics.intervals import (
    Estimate,
    bootstrap_means,
    difference,
    holm,
    jeffreys,
    linearised,
    means,
    nested_sum,
    p_values,
    paired,
    prior_move,
    ratios,
    t_quantile,
    variance_of,
    wilson,
)


def beta_binomial(random, *, mean, concentration, n_draws, replications, times):
    """[D, times] counts whose share varies from draw to draw."""
    share = random.beta(mean * concentration, (1 - mean) * concentration, size=(n_draws, times))
    return random.binomial(replications, share)


def test_t_quantiles_are_those_of_print():
    """Student's t at 97.5% as tables have it, 12.706 at one degree of freedom; under one it is read as one."""
    assert t_quantile(np.array([1.0, 2.0, 4.0, 30.0, 1e6])) == pytest.approx(
        [12.706, 4.303, 2.776, 2.042, 1.960], abs=5e-4
    )
    assert float(t_quantile(0.0)) == float(t_quantile(1.0))


def test_wilson_by_hand():
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662.
    low, high = wilson(np.array(81 / 263), np.array(263.0))
    assert float(low) == pytest.approx(0.2553, abs=5e-5)
    assert float(high) == pytest.approx(0.3662, abs=5e-5)


@pytest.mark.parametrize("mean", [0.5, 0.2, 0.05])
@pytest.mark.parametrize("concentration", [0.5, 2.0, 50.0])
def test_interval_covers_the_truth_when_runs_are_clustered(mean, concentration):
    random = np.random.default_rng(7)
    counts = beta_binomial(random, mean=mean, concentration=concentration, n_draws=150, replications=8, times=1200)
    found = ratios(counts, 8)
    covered = np.mean((found.low <= mean) & (mean <= found.high))
    assert 0.935 <= covered <= 0.985
    # The interval that takes runs for independent must fail where the clusters matter: the test can tell.
    naive_low, naive_high = wilson(found.value, np.full(found.value.shape, 150.0 * 8))
    naive = np.mean((naive_low <= mean) & (mean <= naive_high))
    assert (naive < 0.85) == (concentration <= 2.0)


@pytest.mark.parametrize("concentration", [0.2, 5.0, 500.0])
def test_rare_outcomes_stay_covered(concentration):
    random = np.random.default_rng(8)
    counts = beta_binomial(random, mean=0.003, concentration=concentration, n_draws=300, replications=8, times=1200)
    found = ratios(counts, 8)
    assert np.mean((found.low <= 0.003) & (found.high >= 0.003)) >= 0.93


def test_no_event_gives_a_bound_in_draws_not_in_runs():
    found = ratios(np.zeros((1000, 1), int), 8).at(0)
    assert found.value == found.low == 0.0
    assert 3.0 / 1000 < found.high < 4.0 / 1000
    always = ratios(np.full((1000, 1), 8), 8).at(0)
    assert always.high == always.value == 1.0
    assert 1 - always.low == pytest.approx(found.high)


def test_one_event_does_not_narrow_the_interval_much():
    one = np.zeros((1000, 1), int)
    one[3] = 1
    nothing = ratios(np.zeros((1000, 1), int), 8).at(0).high
    assert ratios(one, 8).at(0).high > 0.75 * nothing


def test_runs_that_all_end_alike_count_once_per_draw():
    counts = np.repeat([8, 0], 50)[:, None]
    found = ratios(counts, 8)
    assert float(found.size[0]) == pytest.approx(100, rel=0.02)


def test_ratio_ignores_draws_without_trials():
    hits = np.array([[2], [0], [1], [0]])
    trials = np.array([[4], [0], [4], [0]])
    found = ratios(hits, trials).at(0)
    assert found.value == pytest.approx(3 / 8)
    assert 0 < found.low < 3 / 8 < found.high < 1


def test_ratio_of_nothing_is_unknown():
    found = ratios(np.zeros((5, 1), int), np.zeros((5, 1), int)).at(0)
    assert math.isnan(found.value)
    assert (found.low, found.high) == (0.0, 1.0)
    assert found.side == 0


def test_conditional_share_covers_the_truth_with_uneven_clusters():
    random = np.random.default_rng(9)
    trials = random.binomial(8, random.beta(0.5, 2.0, size=(200, 2000)))
    hits = random.binomial(trials, random.beta(3.0, 1.5, size=(200, 2000)))
    found = ratios(hits, trials)
    assert 0.93 <= np.mean((found.low <= 2 / 3) & (found.high >= 2 / 3)) <= 0.985


def test_paired_difference_by_hand():
    # Differences 1/8, 3/8, 0, 0 repeated: mean 1/8; far from the edges it is the paired t interval.
    first = np.tile([8, 6, 2, 0], 100)[:, None]
    second = np.tile([7, 3, 2, 0], 100)[:, None]
    found = difference(ratios(first, 8), ratios(second, 8), (0,), (0,))
    gaps = (first - second)[:, 0] / 8
    half = stats.t.ppf(0.975, 399) * gaps.std(ddof=1) / 20
    assert found.value == pytest.approx(gaps.mean())
    assert found.low == pytest.approx(gaps.mean() - half, abs=1.5e-3)
    assert found.high == pytest.approx(gaps.mean() + half, abs=1.5e-3)


def test_paired_difference_uses_the_common_draws():
    random = np.random.default_rng(10)
    share = random.beta(1, 1, size=(400, 1000))
    first = random.binomial(8, share)
    second = random.binomial(8, share * 0.9)
    one, two = ratios(first, 8), ratios(second, 8)
    found = [difference(one, two, (t,), (t,)) for t in range(1000)]
    covered = np.mean([e.low <= 0.05 <= e.high for e in found])
    assert 0.93 <= covered <= 0.975
    apart = np.mean([e.high - e.low for e in found])
    alone = np.mean(np.hypot(one.high - one.low, two.high - two.low))
    assert apart < 0.6 * alone


def test_no_difference_is_found_at_the_stated_rate():
    random = np.random.default_rng(11)
    share = random.beta(0.3, 3, size=(300, 2000))
    one, two = (ratios(random.binomial(8, share), 8) for _ in range(2))
    wrong = np.mean([difference(one, two, (t,), (t,)).side != 0 for t in range(2000)])
    assert 0.02 <= wrong <= 0.07


def test_two_empty_shares_differ_by_an_unknown_that_is_not_zero_width():
    none = ratios(np.zeros((500, 2), int), 8)
    found = difference(none, none, (0,), (1,))
    assert found.value == 0.0
    assert found.low == pytest.approx(-found.high)
    assert found.high > 3 / 500


def test_side():
    assert Estimate(0.1, 0.01, 0.2).side == 1
    assert Estimate(-0.1, -0.2, -0.01).side == -1
    assert Estimate(0.1, -0.01, 0.2).side == 0


def test_intervals_go_by_clusters():
    """Ten proposals of twenty equal issues say as much as ten issues, not two hundred."""
    values = np.repeat(np.arange(10.0), 20)[:, None]
    clusters = np.repeat([f"p{k}" for k in range(10)], 20)
    by_proposal = bootstrap_means(values, clusters, seed=1)[0]
    by_issue = bootstrap_means(values, np.array([f"p{k}" for k in range(200)]), seed=1)[0]
    assert by_proposal.value == by_issue.value == 4.5
    wide, narrow = by_proposal.high - by_proposal.low, by_issue.high - by_issue.low
    assert wide == pytest.approx(2 * 1.96 * np.sqrt(8.25 / 10), rel=0.1)
    assert narrow == pytest.approx(wide / np.sqrt(20), rel=0.15)
    assert bootstrap_means(values, clusters, seed=1)[0] == by_proposal


def test_paired_differences_take_out_what_is_common():
    chance = np.random.Generator(np.random.Philox(key=9))
    hard = 50 * chance.random(100)
    first, second = hard + 1 + 0.1 * chance.standard_normal(100), hard
    found = bootstrap_means((first - second)[:, None], np.array([f"p{k // 2}" for k in range(100)]), seed=2)[0]
    assert found.side == 1
    assert found.value == pytest.approx(1, abs=0.05)
    assert found.high - found.low < 0.1


def test_the_bootstrap_gives_no_interval_for_few_clusters():
    values = np.repeat(np.arange(9.0), 20)[:, None]
    few = bootstrap_means(values, np.repeat([f"p{k}" for k in range(9)], 20), seed=1)[0]
    assert few.value == 4.0
    assert math.isnan(few.low)
    assert math.isnan(bootstrap_means(np.zeros((0, 2)), np.zeros(0, dtype=np.str_), seed=1)[1].value)


def test_means_over_runs_and_over_sums_are_one_estimate():
    """Two draws of three runs and one: mean 3, residuals (1 + 2 + 3 - 9) / 2 and (6 - 3) / 2."""
    runs = means(np.array([1.0, 2.0, 3.0, 6.0]), np.array([0, 0, 0, 1]), 2)
    sums = linearised(np.array([6.0, 6.0]), np.array([3.0, 1.0]))
    assert runs.value == sums.value == 3.0
    assert runs.residual.tolist() == sums.residual.tolist() == [-1.5, 1.5]
    assert variance_of(runs.residual) == pytest.approx(1.5**2)
    estimate = sums.estimates()[0]
    assert estimate.high - 3.0 == pytest.approx(float(t_quantile(1.0)) * 1.5)
    assert linearised(np.zeros(3), np.zeros(3)).estimates()[0].known is False


def test_a_plain_mean_has_the_usual_t_interval():
    values = np.random.default_rng(3).standard_normal(30)
    estimate = linearised(values, np.ones(30)).estimates()[0]
    half = stats.t.ppf(0.975, 29) * values.std(ddof=1) / np.sqrt(30)
    assert estimate.high - estimate.value == pytest.approx(half, rel=1e-4)


def test_a_nested_sum_covers_the_truth_and_is_narrower_than_the_small_sample_alone():
    random = np.random.default_rng(12)
    covered, width, alone = [], [], []
    for _ in range(600):
        base = random.standard_normal(200)
        change = 0.5 + 0.3 * random.standard_normal(40) - 0.2 * base[:40]
        estimate = nested_sum(base, change)
        covered.append(estimate.low <= 0.5 <= estimate.high)
        width.append(estimate.high - estimate.low)
        alone.append(2 * float(linearised(base[:40] + change, np.ones(40)).half()))
    assert 0.92 <= np.mean(covered) <= 0.98
    assert np.mean(width) < 0.7 * np.mean(alone)


def test_a_paired_change_keeps_a_width_where_nothing_moved():
    """Half-width ``t z / sqrt(D (D - 1))``: about the 3.8 / D to which a share never seen may rise."""
    still = paired(np.full(50, 2), np.full(50, 2), 4)
    assert still.value == 0.0
    assert still.high == -still.low == pytest.approx(stats.t.ppf(0.975, 49) * 1.96 / np.sqrt(50 * 49), rel=1e-4)
    never = [ratios(np.zeros((n, 1), int), 4).at(0).high for n in (100, 400)]
    assert [paired(np.zeros(n), np.zeros(n), 4).high for n in (100, 400)] == pytest.approx(never, rel=0.05)


def test_moves_seen_take_the_place_of_those_that_might_be():
    """By hand: UNSEEN w (w^2 + (1 - w^2) s), w = 15 / (15 + k): 60 moves of a half are k = 60, s = 1/4, w = 1/5."""
    assert prior_move(np.zeros(50)) == pytest.approx(1.96**2, rel=1e-4)
    moved = np.repeat([0.5, 0.0], [60, 200])
    assert prior_move(moved) == pytest.approx(1.96**2 * 0.2 * (0.04 + 0.96 / 4), rel=1e-4)


@pytest.mark.parametrize("rate", [0.0135, 0.0165, 0.03])
def test_a_change_of_whole_draws_in_one_direction_is_covered(rate):
    """Of 150 draws some 2, 2.5 or 4.5 go wholly up: with 1 in place of the prior move 87, 92 and 94% are covered."""
    random = np.random.default_rng(5)
    found = [paired(np.zeros(150), moved, 1) for moved in random.random((3000, 150)) < rate]
    assert np.mean([change.low <= rate <= change.high for change in found]) >= 0.94


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("n_moved", [0.5, 2.0, 20.0])
def test_nearly_identical_formats_differ_by_an_interval_that_covers(n_moved, whole):
    """In a few draws of 400 one run (or every run) ends otherwise; without a prior move 35-95% are covered."""
    random = np.random.default_rng(21)
    n_draws, replications, times = 400, 8, 1000
    base = random.binomial(replications, random.beta(1, 1, size=(n_draws, times)))
    moves = random.random((n_draws, times)) < n_moved / n_draws
    changed = np.minimum(base + moves * (replications if whole else 1), replications)
    room = np.arange(replications + 1)[::-1]  # of a beta-binomial with uniform shares all counts are equally likely
    truth = n_moved / n_draws * np.minimum(room, replications if whole else 1).mean() / replications
    one, two = ratios(changed, replications), ratios(base, replications)
    found = [difference(one, two, (t,), (t,)) for t in range(times)]
    assert np.mean([gap.low <= truth <= gap.high for gap in found]) >= 0.93


def test_a_p_value_is_the_error_rate_at_which_the_interval_reaches_zero():
    random = np.random.default_rng(22)
    share = random.beta(0.6, 2, size=(40, 1)) * np.array([1.0, 1.0, 0.7, 0.5, 0.02])
    shares = ratios(random.binomial(8, share), 8)
    first, second = np.triu_indices(5, k=1)
    found = p_values([shares], first, second)[0]
    for p, a, b in zip(found.tolist(), first.tolist(), second.tolist(), strict=True):
        assert (p < 0.05) == (difference(shares, shares, (a,), (b,)).side != 0)
    assert found[0] > 0.05
    assert p_values([shares], second, first)[0] == pytest.approx(found)
    plain = stats.ttest_rel(*(stats.bernoulli.rvs(0.5, size=(2, 400), random_state=3))).pvalue
    pairs = ratios(stats.bernoulli.rvs(0.5, size=(2, 400), random_state=3).T, 1)
    assert float(p_values([pairs], np.array([0]), np.array([1]))[0][0]) == pytest.approx(plain, abs=0.01)


def test_what_is_unknown_or_equal_is_never_told_apart():
    shares = ratios(np.array([[2, 2, 0], [1, 1, 0]]), np.array([[4, 4, 0], [4, 4, 0]]))
    assert p_values([shares], np.array([0, 0]), np.array([1, 2]))[0].tolist() == [1.0, 1.0]


def test_jeffreys_by_hand():
    """6 of 42 at two levels; each side leaves out half of what is left; no case and every case reach the ends."""
    for level, low, high in ((0.95, 0.0619, 0.2710), (0.9, 0.0724, 0.2485)):
        found = jeffreys(6, 42, level)
        assert (found.value, found.low, found.high) == pytest.approx((1 / 7, low, high), abs=5e-5)
        assert stats.beta.cdf(found.low, 6.5, 36.5) == pytest.approx((1 - level) / 2)
    assert jeffreys(0, 10).low == 0.0
    assert jeffreys(0, 10).high == pytest.approx(0.2172, abs=5e-5)
    assert (jeffreys(10, 10).low, jeffreys(10, 10).high) == pytest.approx((1 - 0.2172, 1.0), abs=5e-5)


def test_holm_at_another_error():
    assert holm([0.04, 0.2], 0.1).tolist() == [True, False]
    assert holm([0.04, 0.2]).tolist() == [False, False]


def test_holm_by_hand():
    """0.01 < 0.05 / 4 and 0.015 < 0.05 / 3, but 0.03 > 0.05 / 2: there it stops, though 0.04 < 0.05."""
    assert holm([0.04, 0.01, 0.03, 0.015]).tolist() == [False, True, False, True]
    assert holm([]).tolist() == []


def test_holm_keeps_the_error_of_a_family():
    random = np.random.default_rng(23)
    p = random.random((4000, 20))
    p[:, :5] /= 1e4
    wrong = np.mean([holm(row)[5:].any() for row in p])
    assert 0.03 <= wrong <= 0.06
