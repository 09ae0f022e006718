"""Regret over points whose best format is known, played with chance."""

import warnings

import numpy as np
import pytest

from sim.analysis.sweeps.regret import regret, regret_by_draw
from sim.types.records import to_data

NAMES = ("council", "market", "chair")


def shares(n=500, *, seed=1):
    """[P, 3] true shares: two formats that vary, and one that is 0.5 everywhere."""
    random = np.random.default_rng(seed)
    return np.stack([0.2 + 0.5 * random.random(n), 0.3 + 0.45 * random.random(n), np.full(n, 0.5)], axis=1)


def counts(truth, *, draws=100, runs=2, seed=1, common=True):
    """Hits and trials [P, D, F]; luck of each draw is common to all points and formats, or of each."""
    shape = (1, draws, 1, runs) if common else (len(truth), draws, truth.shape[1], runs)
    hits = (np.random.default_rng((seed, 3)).random(shape) < truth[:, None, :, None]).sum(axis=3)
    return hits, np.full_like(hits, runs)


def behind(truth):
    return truth.max(axis=1, keepdims=True) - truth


def by_name(result):
    return [next(one for one in result.formats if one.format == name) for name in NAMES]


@pytest.mark.parametrize("common", [True, False])
def test_mean_regret_is_covered_where_that_of_the_same_runs_is_too_large(common):
    truth = shares(200)
    expected = behind(truth).mean(axis=0)
    held, naive, value = [], [], []
    for seed in range(60):
        hits, trials = counts(truth, draws=100, seed=seed, common=common)
        found = by_name(regret(hits, trials, NAMES))
        held.append([one.mean.low <= e <= one.mean.high for one, e in zip(found, expected, strict=True)])
        value.append([one.mean.value for one in found])
        naive.append(behind(hits.mean(axis=1) / 2.0).mean(axis=0))
    if not common:
        assert (np.mean(naive, axis=0) - expected > 0.002).all()
        assert (np.mean(value, axis=0) < expected).all(), "the best format is chosen by chance now and then"
    assert (np.mean(value, axis=0) - expected < 0.003).all()
    assert (np.mean(held, axis=0) >= 0.87).all(), np.mean(held, axis=0)


def test_of_equal_formats_no_regret_is_found():
    """Chosen and scored on the same runs, the regret of each would be 0.03."""
    truth = np.full((300, 3), 0.5)
    naive, value, told = [], [], 0
    for seed in range(40):
        hits, trials = counts(truth, draws=100, seed=seed, common=False)
        result = regret(hits, trials, NAMES)
        naive.append(behind(hits.mean(axis=1) / 2.0).mean())
        value.append(regret_by_draw(hits / trials, np.full(300, 1 / 300), crossed=True).mean(axis=1))
        told += result.told_apart
    assert np.mean(naive) > 0.025
    assert np.abs(np.mean(value, axis=(0, 2))).max() < 0.01
    assert told <= 5


def test_the_tail_is_that_of_the_points():
    truth = shares(400)
    found = by_name(regret(*counts(truth, draws=1500, runs=8), NAMES))
    expected = behind(truth)
    ninety = [np.sort(expected[:, f])[340:380].mean() for f in range(3)]
    assert [one.ninety.value for one in found] == pytest.approx(ninety, abs=0.02)
    assert [one.worst.value for one in found] == pytest.approx(expected.max(axis=0), abs=0.03)
    assert all(one.mean.value < one.ninety.value < one.worst.value for one in found)


@pytest.mark.parametrize(("common", "draws"), [(False, 40), (True, 100)])
def test_the_intervals_of_the_tail_hold_it_although_its_points_are_hard_to_find(common, draws):
    truth = shares(200)
    expected = behind(truth)
    ninety = [np.sort(expected[:, f])[170:190].mean() for f in range(3)]
    held = []
    for seed in range(40):
        found = by_name(regret(*counts(truth, draws=draws, seed=seed, common=common), NAMES))
        held.append(
            [one.worst.low <= at <= one.worst.high for one, at in zip(found, expected.max(axis=0), strict=True)]
        )
        held[-1] += [one.ninety.low <= at <= one.ninety.high for one, at in zip(found, ninety, strict=True)]
    assert (np.mean(held, axis=0) >= 0.85).all(), np.mean(held, axis=0)


def test_the_format_of_least_regret_is_told_with_its_lead():
    truth = np.array([[0.6, 0.3, 0.5], [0.5, 0.8, 0.7], [0.4, 0.1, 0.5]] * 20)
    result = regret(*counts(truth, draws=400, runs=4), NAMES)
    assert [one.format for one in result.formats] == ["chair", "council", "market"]
    assert result.formats[0].mean.value == pytest.approx(0.2 / 3.0, abs=0.02)
    assert result.lead.low <= 0.2 / 3.0 <= result.lead.high
    assert result.told_apart
    assert [one.best_at for one in result.formats] == pytest.approx([1.0 / 3.0] * 3)
    assert result.sentence.startswith("chair has the least regret, in percentage points behind the best")
    assert f"{100 * result.formats[0].mean.value:.1f} in the mean" in result.sentence


@pytest.mark.parametrize("draws", [6, 10, 30])
def test_no_regret_is_below_zero_and_the_worst_is_the_worst(draws):
    """The best format and the worst points are chosen on other draws than they are scored on."""
    truth = np.array([[0.6, 0.55, 0.2]] * 40) + np.linspace(-0.05, 0.05, 40)[:, None]
    said = []
    for seed in range(20):
        result = regret(*counts(truth, draws=draws, seed=seed, common=False), NAMES)
        for one in result.formats:
            assert 0.0 <= one.mean.value <= one.ninety.value <= one.worst.value, (seed, one)
            assert all(0.0 <= part.low <= part.value <= part.high for part in (one.mean, one.ninety, one.worst))
        said.append(result.sentence)
    assert "-" not in "".join(said)
    assert draws == 6 or any("about 0 (at most " in sentence for sentence in said)


def test_few_bad_points_leave_the_regret_at_90_percent_below_the_mean():
    truth = np.tile([0.8, 0.8, 0.1], (50, 1))
    truth[:2, 0] = 0.0
    council = by_name(regret(*counts(truth, draws=400, runs=8), NAMES))[0]
    assert council.ninety.value == pytest.approx(0.0, abs=0.005)
    assert council.mean.value == pytest.approx(0.032, abs=0.005)


def test_what_cannot_be_told_is_not():
    truth = np.array([[0.6, 0.4, 0.2], [0.4, 0.6, 0.2]] * 20)
    result = regret(*counts(truth, draws=50), NAMES)
    assert not result.told_apart
    assert {one.format for one in result.formats[:2]} == {"council", "market"}
    assert result.sentence.startswith("Which format has the least regret cannot be told: ")


def test_points_weigh_what_they_are_given():
    truth = np.array([[0.6, 0.3, 0.1], [0.2, 0.9, 0.1]])
    result = regret(*counts(truth, draws=400, runs=8), NAMES, weights=np.array([3.0, 1.0]))
    council = by_name(result)[0]
    assert council.mean.value == pytest.approx(0.25 * 0.7, abs=0.02)
    assert council.best_at == 0.75


def test_less_may_be_better():
    truth = np.array([[0.6, 0.3, 0.5]] * 5)
    result = regret(*counts(truth, draws=400, runs=8), NAMES, more_is_better=False)
    assert [one.format for one in result.formats] == ["market", "chair", "council"]
    assert by_name(result)[0].mean.value == pytest.approx(0.3, abs=0.03)


def test_formats_that_do_the_same_and_a_single_one_are_sentences():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hits = np.zeros((5, 4, 3), dtype=np.int64)
        same = regret(hits, np.full_like(hits, 2), NAMES)
        alone = regret(hits[..., :1], np.full((5, 4, 1), 2), NAMES[:1])
    assert same.sentence == "The formats do the same at every point: no regret."
    assert not same.told_apart
    assert "None" not in str(to_data(same))
    assert alone.sentence == "There is one format alone: no regret."
    assert alone.lead is None


def test_points_that_some_format_was_not_played_at_are_left_out():
    truth = shares(20)
    hits, trials = counts(truth)
    hits[3, :, 1] = trials[3, :, 1] = 0
    hits[7, 5, 0] = trials[7, 5, 0] = 0
    result = regret(hits, trials, NAMES)
    assert (result.points, result.points_left_out) == (18, 2)
    others = np.delete(np.arange(20), [3, 7])
    assert result.formats == regret(hits[others], trials[others], NAMES).formats
    nothing = regret(hits * 0, trials * 0, NAMES)
    assert nothing.sentence == "No point was played in every format."


def test_other_shapes_are_refused():
    for shape in ((4, 1, 3), (4, 5, 2)):
        with pytest.raises(ValueError, match="are no draws of 3 formats"):
            regret(np.zeros(shape, dtype=np.int64), np.ones(shape, dtype=np.int64), NAMES)
