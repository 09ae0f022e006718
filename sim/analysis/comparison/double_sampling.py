"""Differences between formats under a variant that is played on a part of the draws, by what the file has on all.

Variants share draws and chance with the file's own rules, so what these show on all draws says something of what the
variant would show there: the regression estimate of double sampling (Cochran 1977, 12.6),

    d = mean_n(v) + b (mean_N(f) - mean_n(f)),    b = cov_n(v, f) / var_n(f) in [0, 1],

v and f being a draw's difference under the variant and under the file. A variant that moves little is known nearly as
well as the file; one that has nothing in common with it as well as its own draws tell, and no worse.

Shape letters: N all draws, D draws of the variant, F formats, K outcomes, M pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.comparison.results import IN_FORCE, PairDifference
from sim.analysis.statistics.intervals import Estimate, holm, prior_move, t_quantile
from sim.types import Outcome
from sim.types.arrays import Floats

COUNTED = {"settlement": (Outcome.SETTLEMENT,), "in_force": IN_FORCE}  # plain shares of runs, as outcomes


def regressed_pairs(
    pairs: Sequence[PairDifference],
    ids: Sequence[str],
    *,
    outcomes: NDArray[Any],
    whole: NDArray[Any],
    replications: int,
) -> tuple[PairDifference, ...]:
    """The pairs of a variant with differences by the file's own on all draws; a pair of conditional shares stays.

    Outcomes are [D, F, K] counts of the variant, whole [N, F, K] those of the file, of which the first D are the same
    draws; ids those of the formats [F].
    """
    slot = {name: place for place, name in enumerate(ids)}
    judged: list[PairDifference] = []
    for pair in pairs:
        if pair.measure in COUNTED:
            own, file = (
                counts[:, :, COUNTED[pair.measure]].sum(axis=-1, dtype=np.int64) / replications
                for counts in (outcomes, whole)
            )
            gaps = (shares[:, slot[pair.first]] - shares[:, slot[pair.second]] for shares in (own, file))
            gap, p_value = regressed(*gaps)
            pair = replace(pair, difference=gap, p_value=p_value)
        judged.append(pair)
    apart = holm([pair.p_value for pair in judged]).tolist()
    return tuple(replace(pair, told_apart=found) for pair, found in zip(judged, apart, strict=True))


def regressed(changed: Floats, file: Floats) -> tuple[Estimate, float]:
    """Mean over draws of what changed [D], with its 95% interval and p-value, by the file's [N], the same draws first.

    The variance is that of what each draw adds to all three means, with a prior move as in `intervals.difference`; the
    slope takes a degree of freedom.
    """
    n, same = len(changed), file[: len(changed)]
    own, beside = changed - changed.mean(), same - same.mean()
    slope = float(np.clip((own * beside).sum() / max((beside**2).sum(), 1e-12), 0.0, 1.0))
    value = float(changed.mean() + slope * (file.mean() - same.mean()))
    each = slope * (file - file.mean()) / len(file)
    rest = own - slope * beside
    each[:n] += rest / n
    few = max(n - 2, 1)
    error = float(np.sqrt((each**2).sum() * n / few + float(prior_move(rest)) / (n * few)))
    half = float(t_quantile(few)) * error
    gap = Estimate(value, max(value - half, -1.0), min(value + half, 1.0))
    return gap, float(2.0 * stdtr(few, -abs(value) / error))
