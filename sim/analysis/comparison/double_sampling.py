"""Likelihoods and differences under a variant that is played on a part of the draws, by what the file has on all.

Variants share draws and chance with the file's own rules, so what these show on all draws says something of what the
variant would show there: the regression estimate of double sampling (Cochran 1977, 12.6),

    d = mean_n(v) + b (mean_N(f) - mean_n(f)),    b = cov_n(v, f) / var_n(f) in [0, 1],

v and f being a draw's share, or difference, under the variant and under the file. A variant that moves little is known
nearly as well as the file; one that has nothing in common with it as well as its own draws tell, and no worse.

Shape letters: N all draws, D draws of the variant, F formats, M means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    first D are the same draws, both by ids of outcomes and measures. A format has one slope for all its likelihoods, so
    that its outcomes add up to 1. Conditional shares stay as they are: what the draws of the variant tell alone.
    """
    slope = _slope(*(np.stack([of[k.label] for k in Outcome], axis=1) for of in (own, file)))
    levels = {name: _levels(own[name], file[name], slope) for name in own if name not in CONDITIONED}
    formats = tuple(
        replace(
            result,
            outcomes=tuple(levels[k.label][slot] for k in Outcome),
            measures={name: levels[name][slot] if name in levels else one for name, one in result.measures.items()},
        )
        for slot, result in enumerate(found.formats)
    )
    gaps = iter(regressed_differences(found, [pair for pair in found.pairs if _plain(pair)], own, file))
    judged = [
        replace(pair, **dict(zip(("difference", "p_value"), next(gaps), strict=True))) if _plain(pair) else pair
        for pair in found.pairs
    ]
    apart = holm([pair.p_value for pair in judged]).tolist()
    pairs = tuple(replace(pair, told_apart=told) for pair, told in zip(judged, apart, strict=True))
    return replace(found, formats=formats, pairs=pairs)


def _plain(pair: PairDifference) -> bool:
    return pair.measure not in CONDITIONED


def _slope(changed: Floats, file: Floats) -> Floats:
    """[M] slope of what changed [D, ..., M] on the file's [N, ..., M], same draws first, over all axes but the last.

    It is 1 where nothing changed, even where nothing varies in these draws, but in the file's later ones.
    """
    same, rest = file[: len(changed)], tuple(range(changed.ndim - 1))
    own, beside = changed - changed.mean(axis=0), same - same.mean(axis=0)
    slope = np.clip((own * beside).sum(axis=rest) / np.maximum((beside**2).sum(axis=rest), 1e-12), 0.0, 1.0)
    return np.where((changed == same).all(axis=rest), 1.0, slope)


def _levels(own: Floats, file: Floats, slope: Floats) -> list[Estimate]:
    """Likelihoods of all formats on one measure or outcome."""
    limited = ((max(one.low, 0.0), min(one.high, 1.0), one.value) for one, _ in regressed(own, file, slope))
    return [Estimate(min(max(value, 0.0), 1.0), low, high) for low, high, value in limited]


def regressed_differences(
    found: Likelihoods, pairs: Sequence[PairDifference], own: Mapping[str, Floats], file: Mapping[str, Floats]
) -> list[tuple[Estimate, float]]:
    """Differences of pairs under a variant, with p-values; the shares of draws are as in `regressed_likelihoods`."""
    if not pairs:
        return []
    slots = {result.id: slot for slot, result in enumerate(found.formats)}
    both = (
        np.stack([of[p.measure][:, slots[p.first]] - of[p.measure][:, slots[p.second]] for p in pairs], axis=1)
        for of in (own, file)
    )
    return regressed(*both)


def regressed(changed: Floats, file: Floats, slope: Floats | None = None) -> list[tuple[Estimate, float]]:
    """Means over draws of what changed [D, M], with 95% intervals and p-values, by the file's [N, M], same draws first.

    The variance is that of what each draw adds to all three means, with a prior move as in `intervals.difference`; the
    slope [M], each mean's own unless it is given, takes a degree of freedom.
    """
    n, same = len(changed), file[: len(changed)]
    own, beside = changed - changed.mean(axis=0), same - same.mean(axis=0)
    slope = _slope(changed, file) if slope is None else slope
    value = changed.mean(axis=0) + slope * (file.mean(axis=0) - same.mean(axis=0))
    each = slope * (file - file.mean(axis=0)) / len(file)
    rest = own - slope * beside
    each[:n] += rest / n
    few = max(n - 2, 1)
    error = np.sqrt((each**2).sum(axis=0) * n / few + prior_move(rest) / (n * few))
    half = t_quantile(few) * error
    ends = np.stack([value, np.maximum(value - half, -1.0), np.minimum(value + half, 1.0)], axis=1).tolist()
    p_values = (2.0 * stdtr(few, -np.abs(value) / error)).tolist()
    return [(Estimate(*of), p_value) for of, p_value in zip(ends, p_values, strict=True)]
