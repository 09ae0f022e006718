"""Exact Pareto frontier of two additive criteria, for spaces far too large to list.

The dynamic programme of Nemhauser & Ullmann (1969) adds one composite at a time and keeps only the deals that nothing
beats in both criteria; the rest can never become efficient again, since whatever is added to both stays added. The
number of efficient deals is exponential at worst, and small for numbers that are not made on purpose: its expectation
is polynomial in the number of issues (Beier & Voecking 2004).

Shape letters: C composites, O options, K efficient deals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.types.arrays import Floats, Ints, Mask

MAX_DEALS = 5_000_000


@dataclass(frozen=True)
class Frontier:
    """Efficient deals by falling `own` and rising `others`; equal pairs are kept once."""

    own: Floats  # [K] first criterion, strictly falling
    others: Floats  # [K] second criterion, strictly rising
    deals: Ints  # [K, C] option of each composite

    def best_for_others(self, least_own: float) -> int:
        """Index of the deal that is best for the others among those with `own >= least_own`; -1 if there is none."""
        return int(np.searchsorted(-self.own, -least_own, side="right")) - 1


def exact_frontier(own: Floats, others: Floats, *, usable: Mask | None = None, limit: int = MAX_DEALS) -> Frontier:
    """Every Pareto-efficient deal for `(sum_c own[c, x_c], sum_c others[c, x_c])`, both to be maximised.

    Nemhauser & Ullmann (1969), Discrete dynamic programming and capital allocation, Management Science 15, with one
    choice out of O options a stage, where the option is `usable` (by default everywhere); all [C, O]. Sums are formed
    in the order of the composites, in float64. Of deals equal in both criteria one is kept, with the lowest option of
    the last composite. At most `limit` candidates are held at a stage, about 24 bytes each.

    Raises:
        ValueError: if the shapes differ, a composite has no usable option, or a stage would pass `limit`.
    """
    n_composites, n_options = own.shape
    mask = np.ones(own.shape, dtype=np.bool_) if usable is None else np.asarray(usable, dtype=np.bool_)
    if others.shape != own.shape or mask.shape != own.shape:
        raise ValueError(f"shapes differ: own {own.shape}, others {others.shape}, usable {mask.shape}")
    if not mask.any(axis=1).all():
        raise ValueError(f"no usable option in composite {int(np.argmin(mask.any(axis=1)))} of {n_composites}")
    first, second = np.zeros(1), np.zeros(1)
    parents: list[Ints] = []
    choices: list[Ints] = []
    for c in range(n_composites):
        options = np.flatnonzero(mask[c])
        if len(options) * len(first) > limit:
            raise ValueError(f"more than {limit} candidates at composite {c} of {n_composites} ({n_options} options)")
        a = (own[c, options][:, None] + first).ravel()
        b = (others[c, options][:, None] + second).ravel()
        kept = efficient(a, b)
        choices.append(options[kept // len(first)])
        parents.append(kept % len(first))
        first, second = a[kept], b[kept]
    return Frontier(first, second, _trace(parents, choices))


def efficient(own: Floats, others: Floats) -> Ints:
    """[K] indices of the points that no other point beats in both criteria, by falling `own`.

    Both are [N], to be maximised. Of equal points the first only, of points equal in one the better in the other.
    """
    order = np.lexsort((-others, -own))
    ranked = others[order]
    best_before = np.concatenate(([-np.inf], np.maximum.accumulate(ranked)[:-1]))
    return order[ranked > best_before]


def _trace(parents: Sequence[Ints], choices: Sequence[Ints]) -> Ints:
    """Follow the choices of every final deal back to the first composite: [K, C]."""
    at = np.arange(len(choices[-1]))
    columns: list[Ints] = []
    for parent, choice in zip(reversed(parents), reversed(choices), strict=True):
        columns.append(choice[at])
        at = parent[at]
    return np.stack(columns[::-1], axis=1)
