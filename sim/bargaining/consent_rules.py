"""Consent rules as data: which sets of accepting parties make a deal.

A rule is a list of quotas that must all be met, with vetoes on top. That covers every simple game: each is an
intersection of weighted games (Taylor & Zwicker 1999, Simple Games, Theorem 1.7.2), of which unanimity, simple majority
and k of n have equal weights and the double majority has two lists of them.

Shape letters: P parties, `...` any leading axes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from itertools import product
from math import isfinite

import numpy as np

from sim.types.arrays import Mask

ROUNDING = 1e-9  # of the total weight: a sum of shares that misses its quota by rounding alone meets it


@dataclass(frozen=True)
class Quota:
    """Least weight that the accepting parties must bring together."""

    weights: tuple[float, ...]  # [P] weight of each party, >= 0
    least: float  # in the unit of the weights, above 0

    def __post_init__(self) -> None:
        if not self.weights or any(not isfinite(w) or w < 0 for w in self.weights):
            raise ValueError(f"weights must be finite and not negative, got {self.weights}")
        total = sum(self.weights)
        if not 0 < self.least <= total * (1 + ROUNDING):
            raise ValueError(f"quota {self.least:g} must be above 0 and at most the total weight {total:g}")


@dataclass(frozen=True)
class ConsentRule:
    """A deal is made when the accepting parties meet every quota and each veto player is among them."""

    quotas: tuple[Quota, ...]  # all over the same P parties
    vetoes: frozenset[int] = frozenset()  # indices of the parties without whom there is no deal

    def __post_init__(self) -> None:
        if not self.quotas:
            raise ValueError("a consent rule needs at least one quota")
        sizes = sorted({len(quota.weights) for quota in self.quotas})
        if len(sizes) > 1:
            raise ValueError(f"quotas over different numbers of parties: {sizes}")
        unknown = sorted(i for i in self.vetoes if not 0 <= i < sizes[0])
        if unknown:
            raise ValueError(f"veto of party {unknown[0]}, but parties run from 0 to {sizes[0] - 1}")

    @property
    def n_parties(self) -> int:
        """Number of parties P that the rule is written for."""
        return len(self.quotas[0].weights)

    def passes(self, accepting: Mask) -> Mask:
        """Whether each set of accepting parties makes a deal: `[..., P]` -> `[...]`."""
        accepting = np.asarray(accepting, dtype=np.bool_)
        if accepting.shape[-1:] != (self.n_parties,):
            raise ValueError(f"last axis must hold {self.n_parties} parties, got shape {accepting.shape}")
        passing = np.ones(accepting.shape[:-1], dtype=np.bool_)
        for quota in self.quotas:
            passing &= accepting @ np.asarray(quota.weights) >= quota.least - ROUNDING * sum(quota.weights)
        return passing & accepting[..., sorted(self.vetoes)].all(axis=-1)


def at_least(needed: int, n_parties: int) -> ConsentRule:
    """K of n: `needed` of `n_parties` equal parties must accept."""
    return ConsentRule((Quota((1.0,) * n_parties, float(needed)),))


def unanimity(n_parties: int) -> ConsentRule:
    """Every party must accept."""
    return at_least(n_parties, n_parties)


def with_vetoes(rule: ConsentRule, parties: Collection[int]) -> ConsentRule:
    """The same rule, where in addition each of `parties` must accept."""
    return replace(rule, vetoes=rule.vetoes | frozenset(parties))


def coalition_table(rule: ConsentRule) -> Mask:
    """Whether each of the 2^P coalitions makes a deal; party 0 is the highest bit of the index."""
    return rule.passes(np.array(list(product((False, True), repeat=rule.n_parties)), dtype=np.bool_))
