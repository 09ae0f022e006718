"""Contours of known functions, and maps whose truth is known."""

import numpy as np
import pytest

from sim.analysis.statistics.intervals import t_quantile
from sim.analysis.sweeps.heat_map import heat_map
from sim.analysis.sweeps.tipping import largest_t, tipping, zero_lines
from sim.types.records import to_data
from tests.analysis.sweeps.grids import counts, grid, tipping_of

U, V = np.linspace(0.0, 1.0, 8), np.array([-1.0, -0.6, -0.3, -0.1, 0.0, 0.2, 0.5, 1.0])
FIRST, SECOND = 0.3 + 0.5 * grid(U, V)[0], 0.5 + 0.2 * grid(U, V)[1]
TRUTH = (FIRST - SECOND).reshape(8, 8)


def test_all_intervals_hold_at_once_and_none_names_the_wrong_leader():
    maps = [tipping_of(grid(U, V), FIRST, SECOND, draws=100, runs=4, seed=seed) for seed in range(60)]
    held = [((one.low <= TRUTH + 1e-12) & (one.high + 1e-12 >= TRUTH)).all() for one in maps]
    assert np.mean(held) >= 0.88  # 95% less two and a half standard errors
    assert not any((one.side * np.sign(TRUTH) < 0).any() for one in maps)
    assert np.mean([one.unclear for one in maps]) < 0.4


def test_formats_alike_are_told_apart_nowhere_in_95_of_100_maps():
    """On luck of their own, so that they differ by chance."""
    chance = np.full(64, 0.5)
    false = 0
    for seed in range(60):
        hits = np.concatenate([counts(chance, draws=60, runs=4, seed=(seed, f))[0] for f in (0, 1)], axis=2)
        levels = grid(U, V)
        heat = heat_map(("price", levels[0]), ("weight", levels[1]), hits, np.full_like(hits, 4))
        false += bool(tipping(heat, 0, 1, ("Council", "Market")).side.any())
    assert false <= 7  # 3 expected


def test_the_contour_is_where_the_values_cross_zero():
    one = tipping_of(grid(U, V), FIRST, SECOND, draws=4000, runs=8)
    ends = one.contour.reshape(-1, 2)
    assert len(ends) >= 10
    assert np.abs(0.3 + 0.5 * ends[:, 0] - 0.5 - 0.2 * ends[:, 1]).max() < 0.02
    first, second = (border.reshape(-1, 2) for border in (one.first_border, one.second_border))
    assert (0.5 * first[:, 0] - 0.2 - 0.2 * first[:, 1] > 0.0).all()
    assert (0.5 * second[:, 0] - 0.2 - 0.2 * second[:, 1] < 0.0).all()


def test_lines_of_a_plane_are_exact_at_uneven_levels():
    u, v = np.array([0.0, 1.0, 1.5, 4.0]), np.array([-2.0, 0.0, 3.0])
    field = 2.0 * u[:, None] - v[None, :] - 1.3
    lines = zero_lines(field, u, v)
    assert len(lines) == 4
    assert 2.0 * lines[..., 0] - lines[..., 1] == pytest.approx(1.3)
    ends = {tuple(end) for end in np.round(lines.reshape(-1, 2), 9).tolist()}
    assert ends == {(0.0, -1.3), (0.65, 0.0), (1.0, 0.7), (1.5, 1.7), (2.15, 3.0)}


def test_lines_around_a_peak_close():
    x = np.linspace(-1.0, 1.0, 9)
    lines = zero_lines(0.47 - x[:, None] ** 2 - x[None, :] ** 2, x, x)
    ends, times = np.unique(np.round(lines.reshape(-1, 2), 9), axis=0, return_counts=True)
    assert set(times.tolist()) == {2}
    assert np.hypot(*ends.T) == pytest.approx(0.47**0.5, abs=0.03)


@pytest.mark.parametrize(("middle", "near"), [(1.0, (0.0, 1.0)), (-1.0, (0.0, 0.0))])
def test_a_saddle_joins_the_corners_that_its_mean_is_with(middle, near):
    """Corners (0, 0) and (1, 1) are high; the mean says whether they are joined, or the other two."""
    low = -1.0 if middle > 0.0 else -3.0
    lines = zero_lines(np.array([[2.0, low], [low, 2.0]]), np.arange(2.0), np.arange(2.0))
    assert len(lines) == 2
    corner = np.array(near)
    assert min(np.abs(line - corner).max() for line in lines) < 1.0  # a line around this corner alone
    other = np.array([corner[0], 1.0 - corner[1]])
    assert min(np.abs(line - other).max() for line in lines) == pytest.approx(1.0)


def test_an_unknown_corner_has_no_line():
    field = np.array([[1.0, 1.0, 1.0], [-1.0, -1.0, np.nan]])
    assert len(zero_lines(field, np.arange(2.0), np.arange(3.0))) == 1
    assert zero_lines(np.ones((3, 3)), np.arange(3.0), np.arange(3.0)).shape == (0, 2, 2)


@pytest.mark.parametrize("slope", [0.5, -0.5])
def test_where_formats_do_the_same_there_is_no_line_around_the_plain(slope):
    u, v = grid(np.linspace(0.0, 1.0, 9), np.linspace(0.0, 1.0, 9))
    one = tipping_of((u, v), np.where(u < 0.5, 0.4, 0.4 + slope * (u - 0.5)), np.full(81, 0.4), draws=400)
    assert one.value[0].tolist() == [0.0] * 9
    assert len(one.contour) == 0
    assert one.sentence.endswith("Nowhere in what was swept can one tell that the order turns.")


def test_shares_are_of_the_points_however_far_apart_their_levels():
    u, v = grid(np.array([0.0, 1.0, 10.0]), np.array([0.0, 1.0]))
    one = tipping_of((u, v), np.where(u == 1.0, 0.9, 0.5), np.where(u == 10.0, 0.9, 0.5), draws=200)
    assert (one.first_leads, one.second_leads, one.unclear) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert one.sentence == "Council leads at 33% of the points swept, Market at 33%; at 34% one cannot tell."


@pytest.mark.parametrize("zeros", [[(3, 3)], [(3, 3), (2, 3), (4, 3), (3, 2), (3, 4)]])
def test_the_contour_goes_on_through_squares_of_exactly_zero(zeros):
    """Every end of a line is the start of the next, or lies on the rim of the map."""
    u, v = grid(np.arange(7.0), np.arange(7.0))
    gap = 0.1 * (u + v - 6.3)
    for i, j in zeros:
        gap[7 * i + j] = 0.0
    one = tipping_of((u, v), 0.5 + 0.4 * np.clip(gap, -1, 1), np.full(49, 0.5), draws=400)
    assert all(one.value[at] == 0.0 for at in zeros)
    ends, times = np.unique(np.round(one.contour.reshape(-1, 2), 6), axis=0, return_counts=True)
    loose = ends[times == 1]
    assert len(one.contour) > 6
    assert ((loose == 0.0) | (loose == 6.0)).any(axis=1).all(), loose


def test_levels_in_words_have_equal_shares_and_no_line():
    firm = np.array(["none", "both", "one", "none", "both", "one"])
    lead = np.where(firm == "both", 0.9, 0.3)
    one = tipping_of((firm, np.array([1, 1, 1, 2, 2, 2])), lead, np.full(6, 0.5), draws=200)
    assert one.first_leads == pytest.approx(1.0 / 3.0)
    assert one.second_leads == pytest.approx(2.0 / 3.0)
    assert len(one.contour) == len(one.first_border) == 0


def test_the_band_around_a_tipping_point_holds_it():
    levels = np.array([0.0, 0.1, 0.3, 0.4, 0.5, 0.7, 0.8, 1.0])
    chances = 0.2 + 0.6 * levels, np.full(8, 0.5)
    results = [tipping_of((levels,), *chances, draws=100, runs=4, seed=seed) for seed in range(100)]
    held = 0
    for one in results:
        lows = [point.low for point in one.points if point.low is not None]
        highs = [point.high for point in one.points if point.high is not None]
        held += bool(one.points) and min(lows) <= 0.5 <= max(highs)
    assert held >= 95
    assert np.mean([one.points[0].high - one.points[0].low for one in results]) < 0.4


def test_a_tipping_point_is_said_with_its_band():
    levels = np.linspace(0.0, 1.0, 11)
    one = tipping_of((levels,), 0.2 + 0.6 * levels, np.full(11, 0.5), draws=2000)
    (point,) = one.points
    assert point.level == pytest.approx(0.5, abs=0.03)
    assert point.low < 0.5 < point.high
    assert not point.first_below
    assert one.sentence.split(": ")[-1] == "below it Market leads, above it Council."


def test_a_band_that_leaves_the_sweep_has_no_end():
    levels = np.linspace(0.48, 1.0, 5)
    one = tipping_of((levels,), 0.2 + 0.6 * levels, np.full(5, 0.5), draws=100, runs=2, seed=4)
    assert [point.low for point in one.points] == [None]


def test_the_same_in_all_runs_is_a_sentence():
    one = tipping_of(grid(U, V), np.zeros(64), np.zeros(64))
    assert one.sentence == "Council and Market cannot be told apart anywhere."
    assert len(one.contour) == len(one.first_border) == 0
    assert one.unclear == 1.0
    assert "None" not in str(to_data(one))


def test_what_was_not_played_counts_for_nobody():
    hits, trials = counts(np.full(4, 0.9), np.full(4, 0.1), draws=100)
    trials[3, :, 1] = 0
    hits[3, :, 1] = 0
    u, v = grid(np.arange(2.0), np.arange(2.0))
    one = tipping(heat_map(("price", u), ("weight", v), hits, trials), 0, 1, ("Council", "Market"))
    assert one.side.tolist() == [[1, 1], [1, 0]]
    assert np.isnan(one.value[1, 1])
    assert one.first_leads == 1.0


def test_the_largest_t_lies_between_that_of_one_and_bonferronis():
    random = np.random.default_rng(1)
    alike = np.repeat(random.normal(size=(50, 1)), 40, axis=1)
    apart = random.normal(size=(50, 40))
    single = float(t_quantile(49.0))
    assert largest_t(alike) == pytest.approx(single, rel=0.05)
    assert 1.5 * single < largest_t(apart) < 3.6  # Bonferroni: t(1 - 0.025 / 40, 49) = 3.43
    assert largest_t(np.zeros((50, 3))) == single
