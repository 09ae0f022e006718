"""One round by logit: chances by plain loops, derivatives by finite differences, limits by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sim.bargaining.consent_rules import at_least, coalition_table
from sim.bargaining.logit_bargaining import RoundSystem, chance_of_passing, residual_and_slopes, respond


def system(*, n_deals=4, needed=2, seed=3) -> RoundSystem:
    """Three parties, each recognised with its own chance; one state."""
    random = np.random.default_rng(seed)
    return RoundSystem(
        utilities=random.random((n_deals, 3)),
        discount=np.array([0.9, 0.8, 0.7]),
        winning=coalition_table(at_least(needed, 3)).astype(float),
        proposer=np.arange(3),
        weight=np.array([0.5, 0.3, 0.2]),
        state=np.zeros(3, dtype=np.int64),
        next_state=np.zeros(3, dtype=np.int64),
        n_states=1,
    )


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_the_chance_of_passing_is_the_sum_over_winning_coalitions(needed):
    acceptance = np.random.default_rng(needed).random((5, 3))
    rule = at_least(needed, 3)
    by_hand = np.zeros(5)
    for answers in product((False, True), repeat=3):
        chance = np.where(answers, acceptance, 1 - acceptance).prod(axis=1)
        by_hand += chance * rule.passes(np.array(answers))
    found = chance_of_passing(acceptance, coalition_table(rule).astype(float))
    assert found == pytest.approx(by_hand)


def test_a_response_follows_the_formulas():
    game, values, precision = system(), np.array([[0.1, 0.2, 0.3]]), 7.0
    play = respond(game, values, precision)
    j, x, i = 0, 2, 1
    threshold = 0.8 * 0.2
    odds = precision * np.exp(precision * (game.utilities[x, i] - threshold))
    assert play.thresholds[j, i] == pytest.approx(threshold)
    assert play.acceptance[j, x, i] == pytest.approx(odds / (1 + odds))
    assert play.acceptance[j, x, j] == 1.0
    worth = play.passage[j] * (game.utilities[:, j] - play.thresholds[j, j])
    weights = np.exp(precision * np.append(worth, 0.0))
    assert play.proposals[j] == pytest.approx(weights[:-1] / weights.sum())
    passed = (play.proposals[j] * play.passage[j])[:, None] * (game.utilities - play.thresholds[j])
    assert play.by_event[j] == pytest.approx(play.thresholds[j] + passed.sum(axis=0))


def test_slopes_are_those_of_finite_differences():
    game, at, step = system(), np.array([0.1, 0.25, 0.4]), 1e-6
    log_precision = np.log(20.0)
    gap, slopes = residual_and_slopes(game, at, log_precision)
    for k in range(3):
        moved = at + step * (np.arange(3) == k)
        rise = (residual_and_slopes(game, moved, log_precision)[0] - gap) / step
        assert slopes[:, k] == pytest.approx(rise, abs=1e-4)
    rise = (residual_and_slopes(game, at, log_precision + step)[0] - gap) / step
    assert slopes[:, 3] == pytest.approx(rise, abs=1e-4)


def test_at_high_precision_the_proposer_takes_the_best_that_passes():
    """Under unanimity only the second deal is worth more than 0.5, what refusing is worth, to everybody."""
    utilities = np.array([[0.9, 0.1, 0.9], [0.6, 0.6, 0.6], [0.4, 0.9, 0.9]])
    sharp = replace(system(n_deals=3, needed=3), utilities=utilities, discount=np.full(3, 0.5))
    play = respond(sharp, np.ones((1, 3)), 2000.0)
    assert play.passage[0] == pytest.approx([0.0, 1.0, 1.0], abs=1e-6)  # the proposer counts as accepting
    assert play.proposals[:, 1] == pytest.approx(np.ones(3), abs=1e-6)
