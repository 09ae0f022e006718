"""Law: splitting a party into two identical seats of one bloc, with joint standing, moves no likelihood by over 0.02.

Covers `alternating_offers` (seats of a bloc speak one after the other) and all rules that count parties: the believed
score, pressure, support, consent and hold. Errors, obstruction and walks are one for the bloc, keyed by its name.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.types import Outcome
from sim.types.arrays import layout_of
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from tests.laws.common import Raw, encode, encode_file, play, play_changed
from tests.laws.test_contacts import BOUND, MARGIN
from tests.scenario.generate import random_scenario
from tests.shipped import CAMP_DAVID, FLAGSHIP, GAINS_ALONE_SETS

N_DRAWS = 120


def split(t: Tables, party: int, *, joint: bool = True) -> Tables:
    """The tables with a twin of `party` as the last party, in the same bloc, speaking right after it.

    Args:
        t: tables.
        party: index of the party to be split.
        joint: False breaks the rule: the twin is a bloc of its own, with chance of its own.
    """
    twin = len(t.bloc)
    arrays = {
        name: _doubled(array, layout_of(Tables)[name].axes, party) for name, array in zip(t._fields, t, strict=True)
    }
    rows = t.view_row + (t.view_row >= twin)
    view = np.empty((twin + 1, twin + 1), dtype=np.int64)
    view[:twin, :twin] = rows
    view[twin, :twin], view[:twin, twin] = rows[party], rows[:, party]
    view[:twin, twin] = np.where(rows[:, party] == party, twin, rows[:, party])
    view[twin, party], view[party, twin], view[twin, twin] = party, twin, twin
    arrays["view_row"] = view
    arrays["turn"] = np.array([_with_twin(row, party, twin) for row in t.turn])
    for name in ("contribution", "barred", "line_firm"):
        arrays[name] = np.insert(getattr(t, name), twin, getattr(t, name)[:, party], axis=1)
    arrays |= _doubled_entries(t, party, twin)
    if not joint:
        arrays["bloc"][twin] = twin
        arrays["chance_key"][twin] += np.uint64(12345)
    return Tables(**arrays)


def _doubled(array: np.ndarray, axes: tuple[str, ...], party: int) -> np.ndarray:
    """The array with the party's slice once more at the end of every axis of parties."""
    for axis, letter in enumerate(axes):
        if letter == "P":
            array = np.concatenate([array, np.take(array, [party], axis=axis)], axis=axis)
    return array


def _with_twin(turn: np.ndarray, party: int, twin: int) -> list[int]:
    """A speaking order, one longer, with the twin after the party."""
    order = turn.tolist()
    if party in order:
        order.insert(order.index(party) + 1, twin)
    return [*order, -1][: len(turn) + 1]


def _doubled_entries(t: Tables, party: int, twin: int) -> dict[str, np.ndarray]:
    """Entries of `spent_by` for the twin as patron and as target."""
    patron, target, which = list(t.spent_patron), list(t.spent_target), list(range(len(t.spent_patron)))
    for n in range(len(t.spent_patron)):
        if t.spent_patron[n] == party:
            patron, target, which = [*patron, twin], [*target, t.spent_target[n]], [*which, n]
        if t.spent_target[n] == party:
            patron, target, which = [*patron, t.spent_patron[n]], [*target, twin], [*which, n]
    return {
        "spent_patron": np.array(patron, dtype=np.int64),
        "spent_target": np.array(target, dtype=np.int64),
        "spent_composite": t.spent_composite[which],
        "spent_option": t.spent_option[which],
        "spent": t.spent[:, which],
    }


def likelihoods(runs: Runs, n_draws: int, n_formats: int) -> np.ndarray:
    """[D, F, outcomes] share of a draw's runs that end in each outcome."""
    by_draw = runs.outcome.reshape(n_draws, n_formats, -1)
    return np.stack([(by_draw == outcome).mean(axis=2) for outcome in Outcome], axis=2)


def check_clone(one: Runs, two: Runs, n_draws: int, n_formats: int) -> list[str]:
    """Violations: outcomes of a format whose likelihood moves by more than the bound, beyond sampling error."""
    moved = likelihoods(two, n_draws, n_formats) - likelihoods(one, n_draws, n_formats)
    mean, error = moved.mean(axis=0), moved.std(axis=0, ddof=1) / np.sqrt(n_draws)
    return [
        f"format {f}: {Outcome(k).label} moves by {mean[f, k]:+.4f} (se {error[f, k]:.4f})"
        for f, k in np.argwhere(np.abs(mean) > BOUND + MARGIN * error)
    ]


@pytest.mark.parametrize("party", range(4))
def test_a_seat_more_for_a_party_of_the_flagship_changes_little(party: int) -> None:
    assert _moved(FLAGSHIP, party) == []


@pytest.mark.parametrize("party", range(3))
def test_a_seat_more_for_a_party_of_the_second_scenario_changes_little(party: int) -> None:
    assert _moved(CAMP_DAVID, party) == []


def _moved(path: Path, party: int) -> list[str]:
    encoder = encode_file(path)
    two = play_changed(encoder, lambda t: split(t, party), n_draws=N_DRAWS)
    return check_clone(unsplit(path), two, N_DRAWS, len(encoder.structure.formats))


@cache
def unsplit(path: Path) -> Runs:
    """Runs of the scenario as it is."""
    return play(encode_file(path), n_draws=N_DRAWS)


def wide(seed: int) -> Raw:
    """A scenario whose every number is a distribution."""
    return random_scenario(np.random.default_rng(seed), 3, 3, 3, uncertain=1.0, months=6)


def test_a_seat_more_changes_little_in_generated_scenarios() -> None:
    found = []
    for seed in range(6):
        encoder = encode(wide(seed))
        one = play(encoder, n_draws=N_DRAWS)
        two = play_changed(encoder, lambda t, seed=seed: split(t, seed % 3), n_draws=N_DRAWS)
        found += check_clone(one, two, N_DRAWS, 2)
    assert found == []


def test_a_twin_outside_the_bloc_is_noticed() -> None:
    """Two seats that err and refuse each on its own make it harder to agree: Israel's, with Egypt."""
    encoder, n_draws = encode_file(CAMP_DAVID, *GAINS_ALONE_SETS), 200
    one = play(encoder, n_draws=n_draws, formats=[0])
    two = play_changed(encoder, lambda t: split(t, 1, joint=False), n_draws=n_draws, formats=[0])
    assert check_clone(one, two, n_draws, 1)
