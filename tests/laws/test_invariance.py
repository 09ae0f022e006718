"""Laws of what must not matter: learning without mistakes, threads, blocks, company of other formats, severance unused.

Cover `alternating_offers`, learning, the engine's blocks and threads, consent.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from sim.types.outcomes import Runs
from sim.types.tables import SEVERABLE, Tables
from tests.laws.common import Changed, Raw, differences, encode, play, play_changed
from tests.scenario.generate import random_scenario, scenarios

LONG = {"months": 6, "rounds_per_month": 3}


def learning(t: Tables) -> Tables:
    """Everybody learns quickly."""
    return t._replace(learning_prior=np.full_like(t.learning_prior, 1.0))


def check_learning(data: Raw, n_draws: int = 6) -> list[str]:
    """Violations: bytes that differ with learning on and off."""
    encoder = encode(data)
    return differences(play(encoder, n_draws=n_draws), play_changed(encoder, learning, n_draws=n_draws))


@settings(max_examples=12)
@given(scenarios(misperception=False))
def test_learning_changes_nothing_where_nothing_is_misperceived(data: Raw) -> None:
    assert check_learning(data) == []


def test_learning_where_something_is_misperceived_is_noticed() -> None:
    found: list[str] = []
    for seed in range(8):
        data = random_scenario(np.random.default_rng(seed), 3, 4, 4, misperception=True, uncertain=0.0, **LONG)
        found += check_learning(data, n_draws=20)
    assert found


class ByBlock(Changed):
    """Break the rule: numbers that depend on where a block starts."""

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        """Tables of the next draw for blocks that do not start at 0."""
        return self.source.tables(first_draw + (first_draw > 0), n_draws)


def check_blocks(encoder: Changed, n_draws: int = 9) -> list[str]:
    """Violations: bytes that differ for other numbers of threads or draws a block."""
    base = play(encoder, n_draws=n_draws, threads=1, block=n_draws)
    found: list[str] = []
    for threads, block in ((1, 1), (2, 4), (2, 1), (3, 2), (2, None)):
        found += differences(base, play(encoder, n_draws=n_draws, threads=threads, block=block))
    return found


@settings(max_examples=8)
@given(scenarios())
def test_equal_seeds_give_equal_bytes_for_any_threads_and_blocks(data: Raw) -> None:
    assert check_blocks(Changed(encode(data), lambda t: t)) == []


def test_numbers_that_depend_on_the_block_are_noticed() -> None:
    data = random_scenario(np.random.default_rng(1), 3, 3, 3, uncertain=1.0)
    assert check_blocks(Changed(encode(data), lambda t: t)) == []
    assert check_blocks(ByBlock(encode(data), lambda t: t))


def test_another_seed_gives_other_runs() -> None:
    encoder = encode(random_scenario(np.random.default_rng(1), 3, 3, 3, uncertain=0.0))
    assert differences(play(encoder), play(Changed(encoder, lambda t: t, key_seed=8)))


def only(runs: Runs, format_index: int, n_draws: int, n_formats: int, replications: int) -> Runs:
    """Rows of one format."""
    rows = np.arange(n_draws * n_formats * replications).reshape(n_draws, n_formats, replications)[:, format_index]
    return Runs(*(array[rows.ravel()] for array in runs))


def check_company(data: Raw, n_draws: int = 6, *, shift: int = 0) -> list[str]:
    """Violations: bytes of a format that differ when others are run beside it; `shift` compares the wrong one."""
    encoder = encode(data)
    both = play(encoder, n_draws=n_draws)
    backwards = play(encoder, n_draws=n_draws, formats=[1, 0])
    found: list[str] = []
    for f in (0, 1):
        alone = play(encoder, n_draws=n_draws, formats=[f])
        found += differences(alone, only(both, (f + shift) % 2, n_draws, 2, 4))
        found += differences(alone, only(backwards, (1 - f + shift) % 2, n_draws, 2, 4))
    return found


@settings(max_examples=8)
@given(scenarios())
def test_a_format_runs_the_same_alone_and_in_company(data: Raw) -> None:
    assert check_company(data) == []


def test_another_format_is_noticed() -> None:
    assert check_company(random_scenario(np.random.default_rng(1), 4, 3, 3), shift=1)


def whole_texts(t: Tables) -> Tables:
    """One refusal stops the whole text."""
    switch = t.switch.copy()
    switch[SEVERABLE] = 0
    return t._replace(switch=switch)


def check_severance(severable: Runs, whole: Runs) -> list[str]:
    """Violations: talks that differ, texts that nobody touched and that fare otherwise, parts left of whole texts."""
    skip = [name for name in Runs._fields if name not in ("tabled", "agreed", "month", "shock", "reservation")]
    found = differences(severable, whole, skip=skip)
    untouched = (severable.deal == severable.tabled).all(axis=1) & ~severable.refused.any(axis=1)
    rows = [Runs(*(array[untouched] for array in runs)) for runs in (severable, whole)]
    found += differences(*rows)
    kept = (whole.deal == whole.tabled).all(axis=1)
    partly = ~kept & (whole.deal != 0).any(axis=1)  # generated scenarios have their status quo first
    return found + ([f"{partly.sum()} whole texts are in force in parts"] if partly.any() else [])


@settings(max_examples=15)
@given(scenarios(max_parties=4, ratification=True))
def test_severance_matters_only_where_something_is_struck(data: Raw) -> None:
    encoder = encode(data)
    assert check_severance(play(encoder), play_changed(encoder, whole_texts)) == []


def parts_kept(runs: Runs) -> Runs:
    """Records in which every text has lost its last part."""
    deal = runs.deal.copy()
    deal[:, -1] = 0
    return runs._replace(deal=deal)


@pytest.mark.parametrize("wrong", ["parts kept", "another standing"])
def test_severance_where_it_should_not_be_is_noticed(wrong: str) -> None:
    found: list[str] = []
    for seed in range(6):
        encoder = encode(random_scenario(np.random.default_rng(seed), 4, 4, 3, uncertain=0.0, red_lines=False))
        severable = play(encoder, n_draws=30)
        if wrong == "parts kept":
            found += check_severance(severable, parts_kept(severable))
        else:
            easy = play_changed(encoder, lambda t: t._replace(standing=np.zeros_like(t.standing)), n_draws=30)
            found += check_severance(severable, easy)
    assert found
