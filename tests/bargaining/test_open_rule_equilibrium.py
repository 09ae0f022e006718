"""The open rule: the formulas for three, the equations for more, and the general solver against both."""

from __future__ import annotations

import itertools
from math import sqrt

import numpy as np
import pytest

from sim.bargaining.equilibrium import BargainingGame
from sim.bargaining.open_rule_equilibrium import OpenEquilibrium, open_equilibrium
from tests.bargaining.open_dollar import Courted, open_dollar
from tests.bargaining.rules_in_print import simple_majority

pytestmark = pytest.mark.slow

BORDER = sqrt(3) - 1


def divisions(n: int, shares: list[float], *, partners: tuple[int, ...]) -> np.ndarray:
    """[N, P] divisions of a dollar in which one keeps each of `shares` and so many others split the rest evenly."""
    rows: set[tuple[float, ...]] = set()
    for share, m, owner in itertools.product(shares, partners, range(n)):
        for part in itertools.combinations([i for i in range(n) if i != owner], m):
            row = np.zeros(n)
            row[owner] = share
            row[list(part)] = (1 - share) / m
            rows.add(tuple(row.round(9)))
    return np.array(sorted(rows))


def near(share: float) -> list[float]:
    """Shares of a proposer close by and farther off."""
    return [0.35, 0.55, 0.85, *(share + np.array([-0.06, -0.02, -0.005, 0.005, 0.02, 0.06]))]


def dollar_game(discount: float) -> BargainingGame:
    deals = divisions(3, near(open_dollar(3, discount).share), partners=(1, 2))
    third = np.full(3, 1 / 3)
    return BargainingGame(deals, third, np.full(3, discount), np.zeros(3), simple_majority(3))


@pytest.mark.parametrize(
    ("d", "partners", "share"),
    [
        (0.2, 2, 1 / 1.4),
        (0.5, 2, 1 / 2),
        (BORDER - 1e-9, 2, 1 / (2 * sqrt(3) - 1)),
        (BORDER + 1e-9, 1, sqrt(3) / (2 * sqrt(3) - 1)),
        (0.9, 1, 3.19 / 4.99),
        (1.0, 1, 3 / 5),
    ],
)
def test_three_divide_as_in_print(d: float, partners: int, share: float) -> None:
    """Baron & Ferejohn (1989), Proposition 4 for n = 3: 1 / (1 + 2 d), or (4 - d^2) / (4 - d^2 + 2 d) with one."""
    found = open_dollar(3, d)
    assert found.partners == partners
    assert found.share == pytest.approx(share, abs=5e-5)
    assert found.at_once == partners / 2
    assert found.sessions == 2 / partners
    assert found.offer == pytest.approx(d * found.proposer)  # a partner gains nothing by amending
    assert found.share + partners * found.offer == pytest.approx(1.0)


@pytest.mark.parametrize("courted", ["outsiders", "alike"])
@pytest.mark.parametrize("n", [3, 5, 7])
def test_values_are_those_of_the_process(n: int, courted: Courted) -> None:
    """What all expect is the dollar discounted by the sessions it takes, for any n: (1 / n) sum of d^t p (1 - p)^t."""
    for d in (0.3, 0.6, 0.9, 1.0):
        found = open_dollar(n, d, courted=courted)
        p = found.at_once
        assert found.value == pytest.approx(p / (1 - (1 - p) * d) / n)
        assert found.outsider < found.partner <= found.offer + 1e-12
        assert found.offer == pytest.approx(d * found.proposer)


@pytest.mark.parametrize("n", [3, 5, 7])
def test_no_proposer_gains_by_another_number_of_partners(n: int) -> None:
    """One-shot deviations; for three between 0.618 and the border amenders have to mix, as the docstring says."""
    for d in np.arange(0.05, 1.001, 0.05):
        if n == 3 and (sqrt(5) - 1) / 2 < d < BORDER:
            assert open_dollar(n, float(d)).best_deviation() > 0.005
            continue
        for courted in ("outsiders", "alike"):
            assert open_dollar(n, float(d), courted=courted).best_deviation() <= 1e-12


def test_patient_proposers_seek_bare_majorities_and_impatient_ones_everybody() -> None:
    for n in (3, 5, 7):
        sought = [open_dollar(n, d).partners for d in (0.05, 0.3, 0.5, 0.7, 1.0)]
        assert sought == sorted(sought, reverse=True)
        assert sought[0] == n - 1
        assert sought[-1] == (n - 1) // 2
        assert open_dollar(n, 1.0).share < 1 - (n - 1) / 2 / n  # less than under the closed rule


@pytest.mark.parametrize(("n", "d"), [(4, 0.5), (1, 0.5), (3, 0.0), (3, 1.1)])
def test_what_is_no_dollar_game_is_refused(n: int, d: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        open_dollar(n, d)


def first_proposal(game: BargainingGame, found: OpenEquilibrium) -> np.ndarray:
    """The division that party 0 most often lays on the floor."""
    return game.utilities[int(found.proposals[0].argmax())]


@pytest.mark.parametrize("d", [0.3, 0.5, 0.8, 0.9])
def test_the_general_solver_finds_the_published_division(d: float) -> None:
    """It knows nothing of the formulas: deals with one and two partners, at prices below and above theirs."""
    game, exact = dollar_game(d), open_dollar(3, d)
    found = open_equilibrium(game)
    assert found.converged
    assert found.regret < 0.01
    assert found.values == pytest.approx(np.full(3, exact.value), abs=0.005)
    laid = first_proposal(game, found)
    assert laid[0] == pytest.approx(exact.share, abs=0.021)
    assert int(np.sum(laid[1:] > 0)) == exact.partners
    row = int(found.proposals[0].argmax())
    assert found.floor[0, row, 0] == pytest.approx(exact.proposer, abs=0.01)
    seconds = 1 - found.replies[0, row].sum(axis=1)
    assert seconds[1:] == pytest.approx((laid[1:] > 0).astype(float), abs=0.15)


def test_expectations_are_those_of_the_play_that_is_told() -> None:
    """Proposals, replies and votes of the solution, played by hand, give the values of the solution."""
    d = 0.8
    game = dollar_game(d)
    found = open_equilibrium(game)
    rng = np.random.default_rng(5)
    total, plays = np.zeros(3), 4000
    for _ in range(plays):
        owner, x, worth = -1, -1, 1.0
        while True:
            if owner < 0:
                owner = int(rng.integers(3))
                x = int(rng.choice(len(game.utilities), p=found.proposals[owner] / found.proposals[owner].sum()))
            k = int(rng.choice([i for i in range(3) if i != owner]))
            reply = found.replies[owner, x, k]
            z = int(np.searchsorted(np.cumsum(reply), rng.random()))
            if z >= len(reply):
                yes = (game.utilities[x] >= found.thresholds - found.slack) | (np.arange(3) == owner)
                if yes.sum() >= 2:
                    total += worth * game.utilities[x]
                    break
                owner = -1
            else:
                for_it = (found.later[k, z] >= found.later[owner, x] - found.slack) | (np.arange(3) == k)
                if for_it.sum() >= 2:
                    owner, x = k, z
            worth *= d
    assert total / plays == pytest.approx(found.values, abs=0.02)


def test_a_party_without_others_to_recognise_has_its_way() -> None:
    """Nobody else may be recognised, and a majority of one is not enough: the question is put on its text."""
    deals = divisions(3, [0.5, 0.7, 0.9, 1.0], partners=(1,))
    game = BargainingGame(deals, np.array([1.0, 0, 0]), np.full(3, 0.9), np.zeros(3), simple_majority(3))
    found = open_equilibrium(game)
    assert found.converged
    assert first_proposal(game, found)[0] == 1.0  # the others get nothing by refusing


def test_the_solver_says_what_it_cannot_take() -> None:
    deals = divisions(8, [0.5], partners=(1,))
    eighth = np.full(8, 1 / 8)
    with pytest.raises(ValueError, match="at most 7 parties, got 8"):
        open_equilibrium(BargainingGame(deals, eighth, np.full(8, 0.9), np.zeros(8), simple_majority(8)))
    third = np.full(3, 1 / 3)
    turns = BargainingGame(deals[:, :3], third, np.full(3, 0.9), np.zeros(3), simple_majority(3), "alternating")
    with pytest.raises(ValueError, match="order must be 'random'"):
        open_equilibrium(turns)
