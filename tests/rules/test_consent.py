"""Votes that are counted: the kernel against the plain rule, and the likeliest coalition against all coalitions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.bargaining.consent_rules import ConsentRule, Quota, with_vetoes
from sim.rules.consent import best_coalition, carries
from sim.rules.kernel import unit
from sim.types.tables import Tables
from sim.types.work import Work
from tests.rules.world import World, lists, make_world


@unit("twii>i")
def carries_probe(t: Tables, w: Work, refused: int, abstained: int) -> int:
    return 1 if carries(t, w, 0, refused, abstained) else 0


@unit("twi>f")
def coalition_probe(t: Tables, w: Work, n_needed: int) -> float:
    return best_coalition(t, w, 0, n_needed)


def table(n: int, heads: float, weight: float, *, strict: bool = False, vetoes: tuple[int, ...] = (), **more) -> World:
    """A table of `n` seats whose votes are counted."""
    marks = np.isin(np.arange(n), vetoes).astype(np.uint8)[None]
    rules = {"unanimous": [0], "quota": [[heads, weight]], "strict": [int(strict)], "vetoes": marks}
    return make_world(lists(n, 1, 2), **rules, **more)


def plain(n: int, heads: float, weight: float, capability: np.ndarray, vetoes: tuple[int, ...]) -> ConsentRule:
    """The same rule as `sim.bargaining.consent_rules` has it."""
    parts = ((np.ones(n), heads), (capability, weight))
    rule = ConsentRule(tuple(Quota(tuple(of), share * float(of.sum())) for of, share in parts if share > 0))
    return with_vetoes(rule, vetoes)


shares = st.sampled_from([0.0, 0.3, 0.5, 0.55, 2 / 3, 1.0])


@settings(max_examples=40)
@given(st.integers(2, 6), shares, shares, st.integers(0, 2**32 - 1), st.booleans())
def test_the_kernel_counts_as_the_plain_rule(n: int, heads: float, weight: float, seed: int, veto: bool) -> None:
    if heads == weight == 0.0:
        heads = 0.5
    capability = np.random.default_rng(seed).uniform(0.1, 1.0, n)
    vetoes = (seed % n,) if veto else ()
    world = table(n, heads, weight, vetoes=vetoes, capability=capability[None])
    rule = plain(n, heads, weight, capability, vetoes)
    for answers in product((False, True), repeat=n):
        refused = sum(1 << p for p, yes in enumerate(answers) if not yes)
        assert carries_probe(world.tables, world.work, refused, 0) == rule.passes(np.array(answers))


@pytest.mark.parametrize(("strict", "yes", "carried"), [(False, 2, True), (True, 2, False), (True, 3, True)])
def test_more_than_half_is_not_half(strict: bool, yes: int, carried: bool) -> None:
    world = table(4, 0.5, 0.0, strict=strict)
    refused = sum(1 << p for p in range(yes, 4))
    assert carries_probe(world.tables, world.work, refused, 0) == carried


def test_who_abstains_is_neither_for_nor_against() -> None:
    world = table(5, 0.5, 0.0, strict=True)
    assert not carries_probe(world.tables, world.work, 0b00111, 0)
    assert carries_probe(world.tables, world.work, 0b00001, 0b00110)  # two of three that vote
    assert not carries_probe(world.tables, world.work, 0b00001, 0b11110)  # nobody is for it


@settings(max_examples=40)
@given(st.integers(2, 6), shares, st.integers(0, 2**32 - 1), st.booleans())
def test_the_coalition_counted_on_is_the_likeliest_that_wins(n: int, heads: float, seed: int, veto: bool) -> None:
    heads = heads or 0.5
    rng = np.random.default_rng(seed)
    vetoes = (1,) if veto else ()
    world = table(n, heads, 0.0, vetoes=vetoes)
    world.w.needed[: n - 1] = np.arange(1, n)
    world.w.term[: n - 1] = -rng.exponential(1.0, n - 1)
    terms = world.w.term[: n - 1].copy()
    found = coalition_probe(world.tables, world.work, n - 1)
    rule = plain(n, heads, 0.0, np.ones(n), vetoes)
    best = max(
        float(terms[list(inside)].sum())
        for inside in (np.flatnonzero(mask) for mask in product((False, True), repeat=n - 1))
        if rule.passes(np.array([True, *(k in inside for k in range(n - 1))]))
    )
    assert found == pytest.approx(best)
    counted = world.w.counted[: n - 1] == 1
    assert rule.passes(np.array([True, *counted]))
    assert terms[counted].sum() == pytest.approx(found)
