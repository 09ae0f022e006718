"""Folds for cross-validation that keep what hangs together in one fold.

Issues of one proposal are decided together, so an issue forecast from another of its own proposal would not be new
(Roberts et al. 2017, Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic
structure, Ecography 40).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def grouped_folds(proposals: Sequence[str], n_folds: int, *, seed: int) -> NDArray[np.int64]:
    """[N] fold of each issue, 0 to `n_folds` - 1; all issues of a proposal are in one.

    Proposals are shuffled, then put one by one, the largest first, into the fold with the fewest issues. So no two
    folds differ by more issues than the largest proposal has. The order of the issues makes no difference.

    Args:
        proposals: [N] the proposal of each issue.
        n_folds: 2 to the number of proposals.
        seed: key of the Philox stream.

    Raises:
        ValueError: a number of folds that cannot be made.
    """
    names, member, sizes = np.unique(np.asarray(proposals, dtype=np.str_), return_inverse=True, return_counts=True)
    if not 2 <= n_folds <= len(names):
        raise ValueError(f"2 to {len(names)} folds, as many as there are proposals at most; not {n_folds}")
    shuffled = np.random.Generator(np.random.Philox(key=seed)).permutation(len(names))
    fold_of, filled = np.zeros(len(names), dtype=np.int64), np.zeros(n_folds, dtype=np.int64)
    for one in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        fold_of[one] = int(np.argmin(filled))
        filled[fold_of[one]] += sizes[one]
    return fold_of[member]
