"""Likelihoods and differences under a variant that is played on a part of the draws, by what the file has on all.

Variants share draws and chance with the file's own rules, so what these show on all draws says something of what the
variant would show there: the regression estimate of double sampling (Cochran 1977, 12.6),

    d = mean_n(v) + b (mean_N(f) - mean_n(f)),    b = cov_n(v, f) / var_n(f) in [0, 1],

v and f being a draw's share, or difference, under the variant and under the file. A variant that moves little is known
nearly as well as the file; one that has nothing in common with it as well as its own draws tell, and no worse.

Shape letters: N all draws, D draws of the variant, F formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.comparison.results import CONDITIONED, Likelihoods, PairDifference
from sim.analysis.statistics.intervals import Estimate, holm, prior_move, t_quantile
from sim.types import Outcome
from sim.types.arrays import Floats


def regressed_likelihoods(found: Likelihoods, own: Mapping[str, Floats], file: Mapping[str, Floats]) -> Likelihoods:
    """The likelihoods of a variant, and the differences of its pairs, by the file's own on all draws.

    `own` [D, F] are shares of each draw's runs under the variant, `file` [N, F] those under the file, of which the
    first D are the same draws, both by ids of outcomes and measures. Conditional shares stay as they are: what the
    draws of the variant tell alone.
    """

    def level(name: str, slot: int, alone: Estimate) -> Estimate:
        if name in CONDITIONED:
            return alone
        found, _ = regressed(own[name][:, slot], file[name][:, slot])
        return Estimate(*(min(max(end, 0.0), 1.0) for end in (found.value, found.low, found.high)))

    formats = tuple(
        replace(
            result,
            outcomes=tuple(level(k.label, slot, result.outcomes[k]) for k in Outcome),
            measures={name: level(name, slot, estimate) for name, estimate in result.measures.items()},
        )
        for slot, result in enumerate(found.formats)
    )
    slots = {result.id: slot for slot, result in enumerate(found.formats)}
    judged: list[PairDifference] = []
    for pair in found.pairs:
        if pair.measure not in CONDITIONED:
            first, second = slots[pair.first], slots[pair.second]
            gaps = (shares[pair.measure][:, first] - shares[pair.measure][:, second] for shares in (own, file))
            gap, p_value = regressed(*gaps)
            pair = replace(pair, difference=gap, p_value=p_value)
        judged.append(pair)
    apart = holm([pair.p_value for pair in judged]).tolist()
    pairs = tuple(replace(pair, told_apart=told) for pair, told in zip(judged, apart, strict=True))
    return replace(found, formats=formats, pairs=pairs)


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
