"""Indices of functions whose indices are known, played with chance."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import sobol_indices

from sim.analysis.sweeps.pick_freeze_indices import LEAST_ROWS, crossed, fieller, pick_freeze_indices
from sim.types.records import to_data
from tests.analysis.sweeps.saltelli import ishigami, ishigami_indices, played, saltelli

NAMES = ("x1", "x2", "x3", "inert")


def covers(estimates, truths):
    return [one.low <= truth <= one.high for one, truth in zip(estimates, truths, strict=True)]


def ishigami_played(seed, *, n=256, draws=10, runs=2, second_order=False):
    points = saltelli(n, 4, seed=seed, second_order=second_order)
    return pick_freeze_indices(played(ishigami(points), draws=draws, runs=runs, seed=seed), NAMES)


def test_intervals_cover_the_indices_of_ishigami_under_chance():
    first, total, _ = ishigami_indices()
    results = [ishigami_played(seed) for seed in range(200)]
    held = np.array(
        [
            [*covers([one.first for one in r.factors], first), *covers([one.total for one in r.factors], total)]
            for r in results
        ]
    )
    assert (held.mean(axis=0) >= 0.90).all(), held.mean(axis=0)  # 95% less three and a half standard errors
    assert held.mean() >= 0.94
    assert held.mean() <= 0.99, "intervals are far too wide"


def test_noise_does_not_leak_into_the_indices():
    """Each column has a luck of its own, so a plain total of the inert factor is all noise."""
    y = np.stack([played(ishigami(saltelli(256, 4, seed=s)), draws=10, runs=2, seed=s) for s in range(100)])
    naive = [((one[:, 0].mean(-1) - one[:, 5].mean(-1)) ** 2).mean() / 2.0 / one[:, :2].mean(-1).var() for one in y]
    found = [pick_freeze_indices(one, NAMES).factors[3] for one in y]
    assert np.mean(naive) > 0.1
    totals = np.array([one.total.value for one in found])
    assert abs(totals.mean()) < 4.0 * totals.std() / 10.0
    assert sum(one.moves for one in found) <= 12  # 5 expected at most


def test_variance_is_that_of_the_expectation_and_chance_is_told_apart():
    y = played(ishigami(saltelli(4096, 4, seed=3)), draws=4, runs=1, seed=3)
    result = pick_freeze_indices(y, NAMES)
    chance = ishigami(np.random.default_rng(1).random((200_000, 3)))
    assert result.variance.low <= chance.var() <= result.variance.high
    assert result.variance.high < 1.3 * chance.var()
    assert result.chance == pytest.approx((chance * (1.0 - chance)).mean(), rel=0.02)


def test_pairs_of_ishigami():
    _, _, pairs = ishigami_indices()
    held = []
    for seed in range(100):
        result = ishigami_played(seed, second_order=True)
        assert [(one.first, one.second) for one in result.pairs[:2]] == [("x1", "x2"), ("x1", "x3")]
        index = {(one.first, one.second): one.index for one in result.pairs}
        held.append(covers([index["x1", "x2"], index["x1", "x3"], index["x2", "x3"]], pairs))
    assert (np.mean(held, axis=0) >= 0.88).all(), np.mean(held, axis=0)


def test_a_linear_case_with_an_interaction():
    """p = 0.5 + a (u1 - 1/2) + b (u2 - 1/2)(u3 - 1/2): variances a^2 / 12 and b^2 / 144."""
    a, b = 0.3, 1.0
    points = saltelli(2048, 4, seed=5, second_order=True)
    chance = 0.5 + a * (points[..., 0] - 0.5) + b * (points[..., 1] - 0.5) * (points[..., 2] - 0.5)
    result = pick_freeze_indices(played(chance, draws=20, runs=2, seed=5), NAMES)
    whole = a**2 / 12.0 + b**2 / 144.0
    linear, product = a**2 / 12.0 / whole, b**2 / 144.0 / whole
    assert all(covers([one.first for one in result.factors], [linear, 0.0, 0.0, 0.0]))
    assert all(covers([one.total for one in result.factors], [linear, product, product, 0.0]))
    assert all(one.total.high - one.total.low < 0.2 for one in result.factors)
    assert [one.moves for one in result.factors] == [True, True, True, False]


def test_without_chance_it_agrees_with_scipy_on_the_same_rows():
    answer = ishigami(saltelli(1024, 4, seed=2))
    result = pick_freeze_indices(np.repeat(answer[..., None], 2, axis=2), NAMES)
    rows = {"f_A": answer[None, :, 0], "f_B": answer[None, :, 1], "f_AB": answer[:, None, 2:].T.reshape(4, 1, -1)}
    reference = sobol_indices(func=rows, n=1024)
    assert [one.first.value for one in result.factors] == pytest.approx(reference.first_order, rel=1e-3, abs=1e-12)
    assert [one.total.value for one in result.factors] == pytest.approx(reference.total_order, rel=1e-3, abs=1e-12)
    assert result.chance == 0.0


def test_under_common_luck_a_factor_that_does_nothing_is_exactly_zero():
    y = played(ishigami(saltelli(256, 4, seed=1)), draws=4, runs=2, seed=1, common=True)
    result = pick_freeze_indices(y, NAMES)
    inert = result.factors[3]
    assert (inert.first.value, inert.total.value, inert.total.low, inert.total.high) == (0.0, 0.0, 0.0, 0.0)
    assert not inert.moves


WITH_DUMMY = (*NAMES, "dummy")


def test_a_dummy_with_luck_of_its_own_is_a_noise_floor():
    """Its true indices are 0: its interval holds 0 at its rate and is wide; an inert factor is 0 and is not told."""
    chances = (ishigami(saltelli(256, 5, seed=seed)) for seed in range(200))
    played_out = (played(one, draws=10, runs=2, seed=s, common=True, dummy=True) for s, one in enumerate(chances))
    results = [pick_freeze_indices(y, WITH_DUMMY, dummies=("dummy",)) for y in played_out]
    told = [result for result in results if result.factors]
    assert len(told) > 150
    dummies = [result.factors[4] for result in told]
    for index in ([one.first for one in dummies], [one.total for one in dummies]):
        held = np.mean(covers(index, [0.0] * len(index)))
        assert 0.90 <= held < 1.0, held  # 95% less three and a half standard errors
        assert 0.3 < np.mean([one.value > 0.0 for one in index]) < 0.7
        assert min(one.high - one.low for one in index) > 0.02
    assert all(result.floor == max(one.total.high, 0.0) for result, one in zip(told, dummies, strict=True))
    assert not any(one.moves for one in dummies)
    assert not any(result.factors[3].moves for result in told)


def test_an_index_is_told_only_above_the_floor_and_a_dummy_is_no_factor():
    y = played(ishigami(saltelli(1024, 5, seed=1)), draws=10, runs=2, seed=1, common=True, dummy=True)
    y[:, 6] = y[::-1, 0]  # a floor over everything
    high = pick_freeze_indices(y, WITH_DUMMY, dummies=("dummy",))
    assert high.floor > max(one.total.value for one in high.factors[:4])
    assert high.factors[1].total.low > 0.0
    assert not any(one.moves for one in high.factors)
    y = played(ishigami(saltelli(1024, 5, seed=1)), draws=10, runs=2, seed=1, common=True, dummy=True)
    result = pick_freeze_indices(y, WITH_DUMMY, dummies=("dummy",))
    assert [one.moves for one in result.factors] == [True, True, True, False, False]
    assert result.sentence.startswith("Of 4 factors 3 can be told")
    assert pick_freeze_indices(y, WITH_DUMMY).floor == 0.0


def test_the_difference_of_two_formats_has_indices_of_its_own():
    points = saltelli(1024, 2, seed=4)
    one = played(0.3 + 0.4 * points[..., 0], draws=10, runs=4, seed=4, common=True)
    other = played(0.3 + 0.4 * points[..., 0] + 0.2 * points[..., 1], draws=10, runs=4, seed=4, common=True)
    result = pick_freeze_indices(other - one, ("both", "one"))
    assert covers([result.factors[1].total], [1.0]) == [True]
    assert result.factors[0].total.value < 0.1


def test_a_constant_answer_is_a_sentence():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = pick_freeze_indices(np.full((64, 6, 3), 0.25), NAMES)
    assert result.factors == ()
    assert result.sentence == "The answer is the same in all runs: there is nothing to divide."
    assert "None" not in str(to_data(result))
    assert "nan" not in repr(result)


def test_noise_alone_is_a_sentence():
    results = [
        pick_freeze_indices(played(np.full((128, 6), 0.4), draws=5, runs=2, seed=s), NAMES).sentence for s in range(100)
    ]
    silent = "That the answer varies from point to point cannot be told from chance: there is nothing to divide."
    assert results.count(silent) >= 94  # 97.5 expected


def test_rows_with_a_point_missing_are_left_out_and_too_few_are_a_sentence():
    y = played(ishigami(saltelli(64, 4, seed=1)), draws=10, runs=4, seed=1)
    y[5, 3] = np.nan
    y[9, 0, 1] = np.nan
    result = pick_freeze_indices(y, NAMES)
    assert (result.rows, result.rows_left_out) == (62, 2)
    assert replace(result, rows_left_out=0) == pick_freeze_indices(np.delete(y, [5, 9], axis=0), NAMES)
    few = pick_freeze_indices(y[: LEAST_ROWS + 1], NAMES)
    assert few.sentence == "Only 15 whole rows of the sample were played: too few to divide a variance."
    none = pick_freeze_indices(np.full((4, 6, 2), np.nan), NAMES)
    assert (none.rows, none.factors, none.variance.value) == (0, (), 0.0)


def test_other_shapes_are_refused():
    for shape in ((64, 5, 3), (64, 6, 1)):
        with pytest.raises(ValueError, match="no Saltelli sample of 4 factors"):
            pick_freeze_indices(np.zeros(shape), NAMES)


def test_products_of_different_draws():
    first, second = np.array([1.0, 2.0, 4.0]), np.array([3.0, 5.0, 7.0])
    by_hand = sum(first[i] * second[j] for i in range(3) for j in range(3) if i != j) / 6.0
    assert crossed(first, second) == pytest.approx(by_hand)


def test_ends_by_fieller_solve_his_equation():
    random = np.random.default_rng(1)
    v = 1.0 + random.random(20)
    a = 0.5 * v + random.normal(size=20)
    (ratio,) = fieller(a[:, None], v)
    for end in (ratio.low, ratio.high):
        gap = a - end * v
        assert abs(gap.mean()) / (gap.std(ddof=1) / 20**0.5) == pytest.approx(2.093024, abs=1e-5)  # t(0.975, 19)


def test_the_sentence_names_what_moves_the_answer():
    result = ishigami_played(1, n=2048)
    assert result.sentence.startswith("Of 4 factors 3 can be told to move the answer (share of the variance ")
    assert result.sentence.index("x1") < result.sentence.index("x2") < result.sentence.index("x3")
    assert "inert" not in result.sentence
