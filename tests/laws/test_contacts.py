"""Law: twice the contacts at unchanged interests move the chance of a settlement by at most 0.02.

Covers `alternating_offers`: hazards, drifts, patience and costs are counted per month and errors drawn once per run, so
that more rounds a month are more words and not more time. Chance is common to both, run by run.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.types import Outcome
from sim.types.outcomes import Runs
from sim.types.tables import FRESH_ERRORS, Tables
from tests.laws.common import encode_file, play, play_changed
from tests.shipped import CAMP_DAVID, FLAGSHIP, GAINS_ALONE_SETS

N_DRAWS = 150
BOUND = 0.02
MARGIN = 2.6  # standard errors of a paired difference that sampling may add


def twice_the_contacts(t: Tables) -> Tables:
    """Rounds a month doubled; months as they were, and so are the months of stages."""
    last = np.where(t.stage_last >= 0, t.stage_last * 2 + 1, -1)
    first = np.where(t.stage_first >= 0, t.stage_first * 2, -1)
    rounds = {"rounds_per_month": t.rounds_per_month * 2, "n_rounds": t.n_rounds * 2}
    return t._replace(**rounds, stage_first=first, stage_last=last)


def fresh_errors(t: Tables) -> Tables:
    """Break the rule: a new evaluation error at every answer, so that repetition wears parties down."""
    switch = t.switch.copy()
    switch[FRESH_ERRORS] = 1
    return t._replace(switch=switch)


def settlements(runs: Runs, n_draws: int, n_formats: int, *, signed: bool = False) -> np.ndarray:
    """[D, F] share of runs that end in a settlement, or in which the table signs a text that settles the core."""
    hit = runs.core == 1 if signed else runs.outcome == Outcome.SETTLEMENT
    return hit.reshape(n_draws, n_formats, -1).mean(axis=2)


def check_shift(one: np.ndarray, two: np.ndarray, bound: float = BOUND) -> list[str]:
    """Violations: formats in which the likelihood moves by more than `bound`, beyond sampling error over draws."""
    moved = two - one
    error = moved.std(axis=0, ddof=1) / np.sqrt(len(moved))
    mean = moved.mean(axis=0)
    return [
        f"format {f}: {one[:, f].mean():.4f} -> {two[:, f].mean():.4f}, moved by {mean[f]:+.4f} (se {error[f]:.4f})"
        for f in range(len(mean))
        if abs(mean[f]) > bound + MARGIN * error[f]
    ]


@pytest.mark.parametrize("path", [FLAGSHIP, CAMP_DAVID], ids=lambda path: path.stem)
def test_twice_the_contacts_change_little(path: Path) -> None:
    encoder = encode_file(path)
    n_formats = len(encoder.structure.formats)
    one = settlements(play(encoder, n_draws=N_DRAWS), N_DRAWS, n_formats)
    two = settlements(play_changed(encoder, twice_the_contacts, n_draws=N_DRAWS), N_DRAWS, n_formats)
    assert check_shift(one, two) == []


def test_wearing_parties_down_is_noticed() -> None:
    """With fresh errors each answer is another throw of the dice, and four times the throws show."""
    encoder, n_draws = encode_file(FLAGSHIP, *GAINS_ALONE_SETS), 600
    runs = [
        play_changed(encoder, change, n_draws=n_draws, formats=[0])
        for change in (fresh_errors, lambda t: twice_the_contacts(twice_the_contacts(fresh_errors(t))))
    ]
    assert check_shift(*(settlements(each, n_draws, 1) for each in runs))
