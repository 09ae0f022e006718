"""The stationary equilibrium solver: examples from print, an independent oracle, laws, and many random games.

`python -m tests.bargaining.test_equilibrium 1000` counts the random games that converge; the suite does it for a few.
"""

from __future__ import annotations

import dataclasses
import itertools
import sys
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.consent_rules import ConsentRule, Quota, at_least, unanimity, with_vetoes
from sim.bargaining.equilibrium import BargainingGame, StationaryEquilibrium, stationary_equilibrium
from tests.bargaining.rules_in_print import double_majority, simple_majority, weighted_quota

pytestmark = pytest.mark.slow

FIVE_IDEALS = np.array([0.0, 0.2, 0.5, 0.7, 1.0])
LINE = np.linspace(0, 1, 101)


def even(utilities, rule, *, discount, status_quo=0.0, order="random") -> BargainingGame:
    """A game whose parties are equal in recognition, patience and status quo, unless given one by one."""
    n_parties = utilities.shape[1]
    full = [np.broadcast_to(np.asarray(x, dtype=float), n_parties) for x in (1 / n_parties, discount, status_quo)]
    return BargainingGame(utilities, *full, rule, order)


# ---- examples from print


@pytest.mark.parametrize(("d1", "d2"), [(0.9, 0.8), (0.5, 0.7), (0.95, 0.95)])
def test_rubinstein_alternating_offers(d1, d2):
    """Rubinstein (1982), Econometrica 50: the first proposer gets (1 - d2) / (1 - d1 d2), at once."""
    x = np.linspace(0, 1, 401)
    game = BargainingGame(np.c_[x, 1 - x], [1, 0], [d1, d2], [0, 0], unanimity(2), "alternating")
    found = stationary_equilibrium(game)
    assert found.converged
    assert found.values[0] == pytest.approx((1 - d2) / (1 - d1 * d2), abs=2 / 400)
    assert found.by_proposer[1, 1] == pytest.approx((1 - d1) / (1 - d1 * d2), abs=2 / 400)
    assert found.expected_rounds == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("patience", "share"), [((1, 1), 1 / 3), ((1, 2), 1 / 2), ((2, 1), 1 / 5)])
def test_nash_limit_of_alternating_offers(patience, share):
    """Binmore, Rubinstein & Wolinsky (1986): as rounds shorten, the split maximises u1^a1 u2^a2, a_i = 1 / rate_i.

    With u1 = sqrt(x), u2 = 1 - x and discount rates (r1, r2): a1 / 2 / x = a2 / (1 - x), so x = a1 / (a1 + 2 a2).
    """
    x = np.linspace(0, 1, 501)
    discount = np.exp(-0.04 * np.asarray(patience))
    split = []
    for first in ([1, 0], [0, 1]):
        game = BargainingGame(np.c_[np.sqrt(x), 1 - x], first, discount, [0, 0], unanimity(2), "alternating")
        found = stationary_equilibrium(game)
        assert found.converged
        split.append(found.outcome @ x)
    assert split[1] < share < split[0]  # whoever opens gains a little
    assert split == pytest.approx([share, share], abs=0.03)


@pytest.mark.parametrize(("chance", "d1", "d2"), [(0.5, 0.9, 0.8), (0.5, 0.9, 0.9), (0.3, 0.8, 0.8)])
def test_two_parties_with_random_proposers(chance, d1, d2):
    """Binmore (1987, in Binmore & Dasgupta, The Economics of Bargaining): p1 (1 - d2) / (p1 (1 - d2) + p2 (1 - d1))."""
    x = np.linspace(0, 1, 401)
    found = stationary_equilibrium(
        BargainingGame(np.c_[x, 1 - x], [chance, 1 - chance], [d1, d2], [0, 0], unanimity(2))
    )
    expected = chance * (1 - d2) / (chance * (1 - d2) + (1 - chance) * (1 - d1))
    assert found.converged
    assert found.values == pytest.approx([expected, 1 - expected], abs=2 / 400)


def splits(n_parties: int, needed: int, discount: float) -> np.ndarray:
    """Divisions of a dollar, [N, P]: for every proposer and coalition of `needed`, several prices for the partners.

    The full grid is too large for seven parties. A proposer never pays an outsider, so these hold what matters: the
    equilibrium price d / n, prices below and above it, one dear partner among cheap ones, and the equal division.
    """
    price = discount / n_parties
    deals = {(1 / n_parties,) * n_parties}
    for proposer in range(n_parties):
        others = [i for i in range(n_parties) if i != proposer]
        for partners in itertools.combinations(others, needed - 1):
            for first, rest in ((0.5, 0.5), (1, 1), (1.2, 1.2), (1.2, 1)):
                row = np.zeros(n_parties)
                row[list(partners)] = rest * price
                row[partners[0]] = first * price
                row[proposer] = 1 - row.sum()
                deals.add(tuple(row.round(12)))
    return np.array(sorted(deals))


def shares_differ(found: StationaryEquilibrium, needed: int, discount: float) -> float:
    """Largest distance from the proposer's 1 - d (k - 1) / n, the value 1 / n and the price d / n."""
    n_parties = len(found.values)
    proposer = np.abs(np.diag(found.by_proposer) - (1 - discount * (needed - 1) / n_parties)).max()
    value = np.abs(found.values - 1 / n_parties).max()
    price = np.abs(found.thresholds - discount / n_parties).max()
    return float(max(proposer, value, price))


@pytest.mark.parametrize(("n_parties", "needed"), [(n, k) for n in (3, 5, 7) for k in range(n // 2 + 1, n + 1)])
def test_baron_ferejohn_closed_rule(n_parties, needed):
    """Baron & Ferejohn (1989), APSR 83, Proposition 3, and for quotas Eraslan (2002), J. of Economic Theory 103."""
    discount = 0.9
    game = even(splits(n_parties, needed, discount), at_least(needed, n_parties), discount=discount)
    found = stationary_equilibrium(game)
    assert found.converged
    assert shares_differ(found, needed, discount) < 0.005
    assert found.expected_rounds == pytest.approx(1.0, abs=0.02)
    partners = (game.utilities > 0.01) @ np.ones(n_parties)
    assert found.outcome[partners == needed].sum() > 0.99


def test_a_wrong_quota_gives_other_shares():
    deals = np.vstack((splits(5, 3, 0.9), splits(5, 2, 0.9)))
    right, wrong = (stationary_equilibrium(even(deals, at_least(k, 5), discount=0.9)) for k in (3, 2))
    assert shares_differ(right, 3, 0.9) < 0.005
    assert shares_differ(wrong, 3, 0.9) > 0.1


@pytest.mark.parametrize(("n_parties", "steps", "discount"), [(3, 30, 0.9), (5, 10, 0.5)])
def test_baron_ferejohn_on_the_full_grid(n_parties, steps, discount):
    """All divisions in `steps` parts, where d / n is a whole number of parts: 496 and 1,001 deals."""
    deals = [x for x in itertools.product(range(steps + 1), repeat=n_parties - 1) if sum(x) <= steps]
    parts = np.array([(*x, steps - sum(x)) for x in deals]) / steps
    needed = n_parties // 2 + 1
    found = stationary_equilibrium(even(parts, simple_majority(n_parties), discount=discount))
    assert found.converged
    assert shares_differ(found, needed, discount) < 1 / steps


def median_band(discount: float) -> float:
    """Half width b of the deals that pass: b = (1 - d) + d E|x - m|, the proposers beyond it going to its edge.

    Ideals 0, .2, .5, .7, 1, losses |x - ideal|, disagreement worth -1 to all; for 0.2 <= b <= 0.3 three are at the
    edge, one at its ideal, 0.2 off, the median at home; for b <= 0.2 four are at the edge.
    """
    wide = (1 - discount + discount * 0.2 / 5) / (1 - 3 * discount / 5)
    return wide if wide > 0.2 else (1 - discount) / (1 - 4 * discount / 5)


@pytest.mark.parametrize("discount", [0.9, 0.95, 0.98])
def test_the_median_under_majority(discount):
    """Banks & Duggan (2000), APSR 94: in one dimension the deals close in on the median's ideal as d goes to 1."""
    game = even(-abs(LINE[:, None] - FIVE_IDEALS), simple_majority(5), discount=discount, status_quo=-1.0)
    found = stationary_equilibrium(game)
    band = median_band(discount)
    made = LINE[found.outcome > 1e-3]
    assert found.converged
    assert (made.min(), made.max()) == pytest.approx((0.5 - band, 0.5 + band), abs=0.03)
    assert -found.thresholds[0, 2] == pytest.approx(band, abs=0.03)


@pytest.mark.parametrize("at", [0.2, 0.3, 0.5, 0.7])
def test_gridlock_between_veto_players(at):
    """Krehbiel (1998), Pivotal Politics; Tsebelis (2002), Veto Players: between the veto players nothing moves."""
    rule = with_vetoes(simple_majority(5), {1, 3})  # ideals .2 and .7
    distance = -abs(at - FIVE_IDEALS)
    moves = LINE[~np.isclose(LINE, at)]
    game = even(-abs(moves[:, None] - FIVE_IDEALS), rule, discount=0.9, status_quo=distance)
    found = stationary_equilibrium(game)
    assert found.converged
    assert found.settles == 0.0
    assert found.expected_rounds == np.inf
    assert found.values == pytest.approx(distance, abs=1e-6)


@pytest.mark.parametrize(("at", "low", "high"), [(0.0, 0.2, 0.4), (0.1, 0.2, 0.3), (0.9, 0.5, 0.7)])
def test_outside_the_gridlock_interval_the_status_quo_moves(at, low, high):
    """The deal lies between the nearer veto player and the reflection of the status quo in its ideal point."""
    rule = with_vetoes(simple_majority(5), {1, 3})
    distance = -abs(at - FIVE_IDEALS)
    found = stationary_equilibrium(even(-abs(LINE[:, None] - FIVE_IDEALS), rule, discount=0.9, status_quo=distance))
    made = LINE[found.outcome > 1e-3]
    assert found.converged
    assert found.settles == 1.0
    assert low - 0.011 <= made.min() <= made.max() <= high + 0.011


def test_the_dictator():
    """A party whose consent is needed and enough, and who proposes, has its ideal; the rest do not matter."""
    utilities = -abs(LINE[:, None] - FIVE_IDEALS)
    for at in range(5):
        seats = np.eye(5)[at]
        game = BargainingGame(utilities, seats, np.full(5, 0.9), np.full(5, -1.0), weighted_quota(seats, 1))
        found = stationary_equilibrium(game)
        assert found.converged
        assert found.outcome @ LINE == pytest.approx(FIVE_IDEALS[at], abs=1e-3)
        assert found.values[at] == pytest.approx(0.0, abs=1e-3)


def test_no_pure_equilibrium_yet_a_mixed_one():
    """A Condorcet cycle of three deals: by symmetry every party has the mean, and each proposes its own best."""
    cycle = np.array([[1.0, 0.6, 0.0], [0.0, 1.0, 0.6], [0.6, 0.0, 1.0]])
    found = stationary_equilibrium(even(cycle, simple_majority(3), discount=0.95))
    assert found.converged
    assert np.ptp(found.values) < 1e-9
    assert found.regret < 1e-4


def test_the_proposer_counts_as_accepting():
    """With one consent needed whatever is proposed is made; with two, what one other accepts."""
    deals = np.vstack((np.eye(3), np.full((1, 3), -1.0)))
    alone, pair = (stationary_equilibrium(even(deals, at_least(k, 3), discount=0.9)) for k in (1, 2))
    assert alone.passage == pytest.approx(np.ones((3, 4)))
    assert pair.acceptance[[0, 1, 2], :, [0, 1, 2]].min() == 1.0
    assert pair.passage[0, 1] == pytest.approx(1.0)  # bad for party 0, good for party 1
    assert pair.passage[0, 3] == pytest.approx(0.0, abs=1e-9)


# ---- the numbers themselves


def random_game(seed: int, *, order="random", most_deals=200) -> BargainingGame:
    """3 to 7 parties, 5 to 200 deals: uniform, spatial or with many ties; any rule; patience from 0.5 to 0.99."""
    rng = np.random.default_rng(seed)
    n_parties, n_deals = int(rng.integers(3, 8)), int(rng.integers(5, most_deals + 1))
    kind = int(rng.integers(3))
    utilities = rng.random((n_deals, n_parties))
    if kind == 1:
        deals, ideals = rng.random((n_deals, 1, 2)), rng.random((1, n_parties, 2))
        utilities = -np.sqrt(((deals - ideals) ** 2).sum(axis=2))
    elif kind == 2:
        utilities = rng.integers(0, 6, (n_deals, n_parties)).astype(float)
    level = rng.random()
    status_quo = utilities.min(axis=0) + level * rng.random(n_parties) * np.ptp(utilities, axis=0)
    recognition = rng.dirichlet(np.ones(n_parties))
    return BargainingGame(
        utilities, recognition, rng.uniform(0.5, 0.99, n_parties), status_quo, random_rule(rng, n_parties), order
    )


def random_rule(rng: np.random.Generator, n_parties: int) -> ConsentRule:
    weights = rng.integers(1, 10, n_parties).astype(float).tolist()
    rule = (
        unanimity(n_parties),
        simple_majority(n_parties),
        at_least(int(rng.integers(1, n_parties + 1)), n_parties),
        weighted_quota(weights, sum(weights) * rng.uniform(0.4, 1)),
        double_majority(weights, share_of_members=rng.uniform(0.4, 1), share_of_weight=rng.uniform(0.4, 1)),
    )[int(rng.integers(5))]
    return with_vetoes(rule, {int(rng.integers(n_parties))}) if rng.random() < 0.3 else rule


def replayed(game: BargainingGame, found: StationaryEquilibrium) -> np.ndarray:
    """Values from the reported strategies by plain loops over deals and coalitions: [P], random order only."""
    n_deals, n_parties = game.utilities.shape
    values = np.zeros(n_parties)
    coalitions = [set(c) for k in range(n_parties + 1) for c in itertools.combinations(range(n_parties), k)]
    makes = [bool(game.rule.passes(np.isin(np.arange(n_parties), list(c)))) for c in coalitions]
    for j, x in itertools.product(range(n_parties), range(n_deals)):
        made = 0.0
        for coalition, enough in zip(coalitions, makes, strict=True):
            if enough:
                chance = [
                    found.acceptance[j, x, i] if i in coalition else 1 - found.acceptance[j, x, i]
                    for i in range(n_parties)
                ]
                made += float(np.prod(chance))
        worth = made * game.utilities[x] + (1 - made) * found.thresholds[j]
        values += game.recognition[j] * found.proposals[j, x] * worth
    return values + (game.recognition * found.passing) @ found.thresholds


@pytest.mark.parametrize("seed", range(3))
def test_strategies_played_by_plain_loops_give_the_values(seed):
    game = random_game(seed, most_deals=12)
    found = stationary_equilibrium(game)
    assert found.converged
    assert replayed(game, found) == pytest.approx(found.values, abs=1e-9)
    expected = (1 - game.discount) * game.status_quo + game.discount * found.values
    assert found.thresholds == pytest.approx(np.tile(expected, (len(expected), 1)), abs=1e-7)
    scale = np.ptp(np.vstack((game.utilities, game.status_quo)), axis=0)
    logit = 1 / (1 + np.exp(-np.clip(found.precision * (game.utilities - expected) / scale, -700, 700)))
    assert found.acceptance[0][:, 1:] == pytest.approx(logit[:, 1:], abs=1e-3)
    assert found.outcome.sum() == pytest.approx(found.settles)


def test_no_decision_costs_more_than_the_regret_of_logit():
    for seed in range(20, 30):
        game = random_game(seed, most_deals=40)
        found = stationary_equilibrium(game)
        assert found.regret <= np.log((len(game.utilities) + 1) * found.precision) / found.precision


def converged_share(n_games: int, *, order="random", most_deals=200) -> tuple[float, int]:
    """Share of random games that converge to 1e-8, and how many of the rest are not flagged."""
    converged = unflagged = 0
    for seed in range(n_games):
        found = stationary_equilibrium(random_game(seed, order=order, most_deals=most_deals))
        converged += found.residual <= 1e-8
        unflagged += found.residual > 1e-8 and found.converged
    return converged / n_games, unflagged


def test_random_games_converge():
    share, unflagged = converged_share(30, most_deals=60)
    assert share >= 0.95
    assert unflagged == 0


def test_a_search_cut_short_is_flagged():
    x = np.linspace(0, 1, 401)
    found = stationary_equilibrium(even(np.c_[x, 1 - x], unanimity(2), discount=[0.9, 0.8]), max_evaluations=5)
    assert not found.converged
    assert found.residual > 1e-8


def test_equal_games_give_equal_bytes():
    first, second = (stationary_equilibrium(random_game(4, most_deals=40)) for _ in range(2))
    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


# ---- laws: random and alternating order


@settings(max_examples=12)
@given(
    seed=st.integers(0, 30),
    party=st.integers(0, 2),
    stretch=st.floats(0.01, 100),
    shift=st.floats(-50, 50),
    order=st.sampled_from(["random", "alternating"]),
)
def test_affine_change_of_one_party_changes_its_values_alone(seed, party, stretch, shift, order):
    game = random_game(seed, order=order, most_deals=12)
    a, b = np.ones(game.utilities.shape[1]), np.zeros(game.utilities.shape[1])
    a[party], b[party] = stretch, shift
    moved = dataclasses.replace(game, utilities=a * game.utilities + b, status_quo=a * game.status_quo + b)
    before, after = stationary_equilibrium(game), stationary_equilibrium(moved)
    assert before.converged == after.converged
    assert (after.values - b) / a == pytest.approx(before.values, abs=1e-6)
    assert after.outcome == pytest.approx(before.outcome, abs=1e-5)


@settings(max_examples=12)
@given(seed=st.integers(0, 30), shuffle=st.randoms(use_true_random=False))
def test_relabelling_parties_and_deals_changes_nothing(seed, shuffle):
    game = random_game(seed, most_deals=12)
    n_deals, n_parties = game.utilities.shape
    deals, parties = list(range(n_deals)), list(range(n_parties))
    shuffle.shuffle(deals)
    shuffle.shuffle(parties)
    quotas = tuple(Quota(tuple(q.weights[i] for i in parties), q.least) for q in game.rule.quotas)
    renamed = BargainingGame(
        game.utilities[np.ix_(deals, parties)],
        game.recognition[parties],
        game.discount[parties],
        game.status_quo[parties],
        ConsentRule(quotas, frozenset(parties.index(i) for i in game.rule.vetoes)),
    )
    before, after = stationary_equilibrium(game), stationary_equilibrium(renamed)
    assert after.values == pytest.approx(before.values[parties], abs=1e-6)
    assert after.outcome == pytest.approx(before.outcome[deals], abs=1e-5)


def test_the_callers_arrays_are_copied():
    utilities = np.eye(3)
    game = even(utilities, unanimity(3), discount=0.5)
    utilities[:] = 9
    assert game.utilities.max() == 1.0
    assert not game.utilities.flags.writeable


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"discount": [0.5, 0.5, 1.0]}, r"discount must be in \[0, 1\)"),
        ({"recognition": [0.5, 0.5, 0.5]}, "sum to 1"),
        ({"recognition": [1.0]}, "recognition must hold 3 parties"),
        ({"status_quo": [0, np.nan, 0]}, "status_quo must be finite"),
        ({"rule": unanimity(4)}, "the rule is for 4 parties, the game has 3"),
        ({"order": "alternate"}, "order must be"),
        ({"utilities": np.zeros((0, 3))}, "deals x parties"),
    ],
)
def test_what_is_no_game_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        dataclasses.replace(even(np.eye(3), unanimity(3), discount=0.5), **change)


def test_a_precision_below_the_first_is_refused():
    with pytest.raises(ValueError, match="precision must be above 1"):
        stationary_equilibrium(even(np.eye(3), unanimity(3), discount=0.5), precision=0.5)


if __name__ == "__main__":
    begun = perf_counter()
    n = int(sys.argv[1])
    print(
        n, *converged_share(n, order=sys.argv[2] if len(sys.argv) > 2 else "random"), f"{perf_counter() - begun:.0f} s"
    )
