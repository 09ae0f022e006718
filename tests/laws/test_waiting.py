"""Law: nothing is signed more often where parties expect more of waiting, and less often where waiting costs more.

Covers claims (`rules.claims`) in every protocol. Failure is that the table signs nothing. It rises with optimism, and
falls as no settlement gets dearer, dearer by the month, or as the next chance is further off; of a single run this need
not be true, as other texts are put. The same draws and the same chance are played along each grid.

Tolerance, chosen before any run was looked at: a step may go the wrong way by at most `MARGIN` standard errors of the
paired difference, clustered by draw. Some 550 steps of a format are looked at: if no rule moved anything, chance alone
would bring fewer than one of them over that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest

from sim.formats.protocols import PROTOCOL
from sim.scenario import Encoder
from sim.types import Outcome
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from tests.laws.common import Change, Raw, encode, encode_file, play_changed
from tests.laws.test_signing import everybody_comes
from tests.scenario.generate import random_scenario
from tests.shipped import FLAGSHIP

MARGIN = 3.0  # standard errors
DEARER = (0.0, 0.1, 0.3, 0.6)  # stakes
OPTIMISM = (-1.0, -0.25, 0.0, 0.1, 0.25, 0.5)
MONTHS = (0.0, 1.0, 3.0, 6.0, 12.0)


def optimistic(omega: float) -> Change:
    """Everybody expects the same share more than an even one."""
    return lambda t: t._replace(optimism=np.full_like(t.optimism, omega))


def next_chance(months: float) -> Change:
    """Months until the next chance; nobody's position gets better by itself meanwhile."""
    return lambda t: t._replace(next_chance=np.full_like(t.next_chance, months), drift=np.minimum(t.drift, 0.0))


def dearer(stakes: float) -> Change:
    """No settlement costs everybody more."""
    return lambda t: t._replace(price=t.price - stakes)


def dearer_by_month(stakes: float) -> Change:
    """No settlement costs everybody more with each month."""
    return lambda t: t._replace(drift=t.drift - 0.1 * stakes)


LADDERS: dict[str, list[Change]] = {  # from much failure to little
    "optimism": [optimistic(omega) for omega in reversed(OPTIMISM)],
    "next chance": [next_chance(months) for months in MONTHS],
    "price": [dearer(stakes) for stakes in DEARER],
    "drift": [dearer_by_month(stakes) for stakes in DEARER],
}


def unsigned(t: Tables, runs: Runs, shape: tuple[int, int]) -> np.ndarray:
    """[D, F] share of a draw's runs in which those who met signed nothing; `shape` is (D, F)."""
    quo = t.issue_option[np.arange(len(t.issue_composite)), t.status_quo[t.issue_composite]]
    failed = (runs.tabled == quo).all(axis=1) & (runs.outcome != Outcome.NO_TALKS)
    return failed.reshape(*shape, -1).mean(axis=2)


def check_falls(rates: Sequence[np.ndarray]) -> list[str]:
    """Violations: steps of the grid and formats in which failure [D, F] rises beyond sampling error over draws."""
    found: list[str] = []
    for step, (before, after) in enumerate(pairwise(rates)):
        moved = after - before
        mean, error = moved.mean(axis=0), moved.std(axis=0, ddof=1) / np.sqrt(len(moved))
        found += [
            f"step {step}, format {f}: failure {before[:, f].mean():.3f} rises by {mean[f]:.3f} (se {error[f]:.3f})"
            for f in np.flatnonzero(mean > MARGIN * error)
        ]
    return found


def rates(encoder: Encoder, ladder: Sequence[Change], n_draws: int, replications: int = 4) -> list[np.ndarray]:
    """Failure [D, F] at each rung of a ladder, with talks that cost nothing, so that everybody comes."""
    quo, shape = encoder.tables(0, 1), (n_draws, len(encoder.structure.formats))
    how = {"n_draws": n_draws, "replications": replications}
    return [
        unsigned(quo, play_changed(encoder, lambda t, change=change: change(everybody_comes(t)), **how), shape)
        for change in ladder
    ]


def disputed(seed: int, protocol: str) -> Raw:
    """Three parties, six months, every number a distribution."""
    return random_scenario(np.random.default_rng(seed), 3, 3, 3, uncertain=1.0, months=6, protocol=protocol)


@pytest.mark.parametrize("ladder", LADDERS)
@pytest.mark.parametrize("protocol", sorted(PROTOCOL))
def test_failure_falls_as_waiting_is_worth_less(protocol: str, ladder: str) -> None:
    courses = [rates(encode(disputed(seed, protocol)), LADDERS[ladder], 40, 2) for seed in (2, 3)]
    assert [violation for course in courses for violation in check_falls(course)] == []
    assert all((course[-1] - course[0]).mean() < 0.0 for course in courses)


@pytest.mark.parametrize("ladder", LADDERS)
def test_failure_of_the_flagship_falls_as_waiting_is_worth_less(ladder: str) -> None:
    course = rates(encode_file(FLAGSHIP), LADDERS[ladder], 25, 2)
    assert check_falls(course) == []
    assert (course[-1] - course[0]).mean() < -0.1  # talks whose agenda stops no price are not moved by it


def other_sign(t: Tables) -> Tables:
    """Break the rule: who is optimistic claims little."""
    return t._replace(optimism=-0.5 - t.optimism)


def hopeful(t: Tables) -> Tables:
    """Break the rule: the costs of waiting are paid by those who sign."""
    return t._replace(price=-t.price, drift=-t.drift)


@pytest.mark.parametrize(("ladder", "wrong"), [("optimism", other_sign), ("price", hopeful), ("drift", hopeful)])
def test_waiting_counted_the_wrong_way_is_noticed(ladder: str, wrong: Change) -> None:
    turned = [lambda t, change=change: wrong(change(t)) for change in LADDERS[ladder]]
    assert check_falls(rates(encode(disputed(3, "alternating_offers")), turned, 40))


def test_a_next_chance_that_costs_nothing_to_wait_for_is_noticed() -> None:
    """Break the rule: patience above 1, so that what is further off is worth more."""
    eager = [
        lambda t, change=change: change(t)._replace(patience=1.0 / t.patience) for change in LADDERS["next chance"]
    ]
    assert check_falls(rates(encode(disputed(3, "alternating_offers")), eager, 40))
