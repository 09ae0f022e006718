"""The counts behind a comparison, to which blocks of runs are added, and what they become: estimates with intervals.

How much of the spread of outcomes is chance within a draw, and how much is not knowing the numbers (`split`), and where
along a track it is decided (`track_results`) are told here, too.

Shape letters: D draws, F formats, K outcomes, E events, P parties, I issues, O options, B bins, M months.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.comparison.results import (
    FAILURES,
    IN_FORCE,
    PAIRED,
    PLACES,
    SIGNED,
    Comparison,
    Deciders,
    DeciderSet,
    FormatLikelihoods,
    FormatResult,
    LegResult,
    Likelihoods,
    PairDifference,
    PartyValue,
    Split,
    Spread,
    Survival,
    TrackResult,
)
from sim.analysis.comparison.unsigned import Unsigned, unsigned_results
from sim.analysis.statistics.intervals import (
    PRIOR_CLUSTERS,
    Estimate,
    Ratios,
    difference,
    holm,
    linearised,
    p_values,
    ratios,
    t_quantile,
    variance_of,
    wilson,
)
from sim.types import IMPASSES, EndReason, Outcome, Structure
from sim.types.arrays import Floats, Ints, layout_of
from sim.types.outcomes import NOT_PLAYED
from sim.types.tables import CORE

SETS_LISTED = 12  # decider sets kept per outcome class
NAN = float("nan")
Small = NDArray[np.uint16]
BIN_EDGES = np.linspace(-3.0, 3.0, 1201)
"""Edges of the histograms of values, in stakes; what lies outside counts in the end bins."""
MICRO = 1_000_000  # sums of stakes are kept in whole millionths, so that they do not depend on the order of adding
TOLERANCE = 1e-5  # stakes by which a value may lie below the reservation value by rounding (both are float32)
N_ENDS = len(Outcome) + 1
NOT_HELD = len(Outcome)  # position of legs that were not held
RANGE = (0.05, 0.95)  # quantiles over draws that are printed beside each likelihood
LARGEST_BETA = 1e8  # a beta distribution of a larger size is a point


def summarise(tally: Tally, structure: Structure, formats: Sequence[int], replications: int) -> Comparison:
    """Everything that a comparison reports, from its counts; formats are indices into `structure.formats`."""
    shares = _shares(tally, structure, replications)
    splits = split(tally.outcomes, replications)
    unsigned = unsigned_results(tally.unsigned, replications)
    ids = [structure.formats[f].id for f in formats]
    tracks = track_results(
        structure,
        formats,
        counts=tally.legs,
        inherited=tally.inherited,
        replications=replications,
        outcomes=shares["outcomes"],
    )
    results = (
        _format_result(tally, structure, slot=slot, index=index, shares=shares, parts=(splits[slot], unsigned[slot]))
        for slot, index in enumerate(formats)
    )
    return Comparison(
        scenario_id=structure.scenario_id,
        title=structure.title,
        n_draws=tally.outcomes.shape[0],
        replications=replications,
        formats=tuple(replace(result, track=tracks.get(slot)) for slot, result in enumerate(results)),
        pairs=_pairs(tally.outcomes, ids, shares),
    )


def likelihoods(tally: Tally, structure: Structure, formats: Sequence[int], replications: int) -> Likelihoods:
    """How likely every format is to end how, and how they differ; of `summarise` what variants are compared by."""
    shares, ids = _shares(tally, structure, replications), [structure.formats[f].id for f in formats]
    results = (FormatLikelihoods(id=name, **_estimates(shares, slot)) for slot, name in enumerate(ids))
    pairs = _pairs(tally.outcomes, ids, shares)
    return Likelihoods(n_draws=len(tally.outcomes), replications=replications, formats=tuple(results), pairs=pairs)


def _estimates(shares: dict[str, Ratios], slot: int) -> dict[str, Any]:
    """Outcomes and measures of one format."""
    measures = {name: shares[name].at(slot) for name in shares if name not in ("outcomes", "core_issues")}
    return {"outcomes": tuple(shares["outcomes"].at(slot, k) for k in range(len(Outcome))), "measures": measures}


def _shares(tally: Tally, structure: Structure, replications: int) -> dict[str, Ratios]:
    """Estimates with trailing axis F (or F, K and F, core issues): plain shares of runs, and `lasted` given signed."""
    return {name: ratios(*counts) for name, counts in _counted(tally, structure, replications).items()}


def _counted(tally: Tally, structure: Structure, replications: int) -> dict[str, tuple[Any, Any]]:
    """Hits [D, F] (or [D, F, K], [D, F, core issues]) and trials of every likelihood."""
    counts = tally.outcomes.astype(np.int64)
    signed, in_force = counts[:, :, SIGNED].sum(axis=-1), counts[:, :, IN_FORCE].sum(axis=-1)
    return {
        "outcomes": (counts, replications),
        "core_issues": (tally.core_issues, replications),
        "settlement": (counts[:, :, Outcome.SETTLEMENT], replications),
        "in_force": (in_force, replications),
        "signed": (signed, replications),
        **({"halt": (tally.halt, replications)} if structure.can_halt else {}),
        "agreed": (tally.agreed, replications),
        "core": (tally.core, replications),
        "lasted": (in_force, signed),
    }


def shares_by_draw(tally: Tally, structure: Structure, replications: int) -> dict[str, Floats]:
    """[D, F] share of each draw's runs, by the ids of measures and outcomes; NaN where there was none to count."""
    counted = _counted(tally, structure, replications)
    outcomes, _ = counted.pop("outcomes")
    counted.pop("core_issues")
    counted |= {k.label: (outcomes[:, :, k], replications) for k in Outcome}
    with np.errstate(invalid="ignore"):
        return {name: np.asarray(hits / trials, dtype=np.float64) for name, (hits, trials) in counted.items()}


def _pairs(outcomes: NDArray[Any], ids: Sequence[str], shares: dict[str, Ratios]) -> tuple[PairDifference, ...]:
    """Paired differences on every measure of `PAIRED`, in file order of the formats; outcomes are [D, F, K] counts."""
    counts = outcomes.astype(np.int64)
    per_draw = {"settlement": counts[:, :, Outcome.SETTLEMENT], "in_force": counts[:, :, IN_FORCE].sum(axis=-1)}
    first, second = np.triu_indices(len(ids), k=1)
    pairs: list[PairDifference] = []
    all_p = p_values([shares[measure] for measure in PAIRED], first, second).tolist()
    for measure, of_measure in zip(PAIRED, all_p, strict=True):
        for a, b, p_value in zip(first.tolist(), second.tolist(), of_measure, strict=True):
            leads = ties = behind = NAN
            if measure in per_draw:
                gap = per_draw[measure][:, a] - per_draw[measure][:, b]
                leads, ties, behind = (float(np.mean(where)) for where in (gap > 0, gap == 0, gap < 0))
            pairs.append(
                PairDifference(
                    measure=measure,
                    first=ids[a],
                    second=ids[b],
                    difference=difference(shares[measure], shares[measure], (a,), (b,)),
                    first_leads=leads,
                    second_leads=behind,
                    ties=ties,
                    p_value=p_value,
                    told_apart=False,
                )
            )
    apart = holm([pair.p_value for pair in pairs]).tolist()
    return tuple(replace(pair, told_apart=found) for pair, found in zip(pairs, apart, strict=True))


def _format_result(
    tally: Tally,
    structure: Structure,
    *,
    slot: int,
    index: int,
    shares: dict[str, Ratios],
    parts: tuple[Split, Unsigned],
) -> FormatResult:
    n_runs = int(tally.reasons[slot].sum())
    core = [issue.id for issue in structure.issues if issue.level == CORE]
    n_parties = len(structure.parties)
    return FormatResult(
        id=structure.formats[index].id,
        name=structure.formats[index].name,
        index=index,
        **_estimates(shares, slot),
        core_issues={name: shares["core_issues"].at(slot, c) for c, name in enumerate(core)},
        split=parts[0],
        reasons=tuple((tally.reasons[slot] / n_runs).tolist()),
        unsigned=parts[1],
        failures=_deciders(tally, slot, FAILURES),
        deciders={k: who for k in Outcome if (who := _deciders(tally, slot, (k,))).runs},
        refusals=_frozen(tally.refusals[slot] / n_runs),
        n_texts=int(tally.n_texts[slot]),
        deals=_option_shares(tally.deals[slot], tally.n_texts[slot], structure),
        n_tabled=int(tally.n_tabled[slot]),
        tabled=_option_shares(tally.tabled[slot], tally.n_tabled[slot], structure),
        values=tuple(_party_value(tally, slot, p) for p in range(n_parties)),
        survival=_survival(tally, slot, float(shares["lasted"].size[slot])),
        month=_spread_of_months(tally.months[slot]),
    )


def _deciders(tally: Tally, slot: int, outcomes: Sequence[Outcome]) -> Deciders:
    """Who decided the runs that ended in one of `outcomes`."""
    runs = int(tally.outcomes[:, slot, outcomes].sum(dtype=np.int64))
    sets = sum((tally.decider_sets[slot][k] for k in outcomes), Counter[int]())
    ranked = sorted(sets.items(), key=lambda item: (-item[1], item[0]))
    listed = tuple(DeciderSet(_members(mask), count, count / runs) for mask, count in ranked[:SETS_LISTED])
    by_party = tally.decided[slot, outcomes].sum(axis=0) / max(runs, 1)
    return Deciders(
        runs=runs,
        sets=listed,
        others=sum(count for _, count in ranked[SETS_LISTED:]),
        by_party=tuple(by_party.tolist()),
    )


def _members(mask: int) -> tuple[int, ...]:
    return tuple(p for p in range(mask.bit_length()) if mask >> p & 1)


def _option_shares(counts: Ints, total: Any, structure: Structure) -> Floats:
    """[I, O] shares of options; NaN in padding and where there are no texts."""
    shares = np.full(counts.shape, np.nan)
    for i, issue in enumerate(structure.issues):
        if total > 0:
            shares[i, : len(issue.options)] = counts[i, : len(issue.options)] / total
    return _frozen(shares)


def _party_value(tally: Tally, slot: int, party: int) -> PartyValue:
    """Value, reservation value and gain of one party over the signed texts of one format."""
    n_texts = int(tally.n_texts[slot])
    spreads = []
    for q in range(tally.sums.shape[0]):
        mean = float(tally.sums[q, slot, party]) / MICRO / n_texts if n_texts else NAN
        low, median, high = histogram_quantiles(tally.histogram[q, slot, party], (0.05, 0.5, 0.95))
        spreads.append(Spread(mean=mean, low=low, median=median, high=high))
    below = float(tally.below[slot, party]) / n_texts if n_texts else NAN
    return PartyValue(value=spreads[0], reservation=spreads[1], gain=spreads[2], below=below)


def histogram_quantiles(counts: Ints, levels: Sequence[float]) -> tuple[float, ...]:
    """Quantiles from counts [B] in the bins of `BIN_EDGES`, linear within a bin; NaN for an empty histogram."""
    total = int(counts.sum())
    if total == 0:
        return tuple(NAN for _ in levels)
    reached = np.concatenate([[0], np.cumsum(counts)])
    wanted = np.array(levels) * total
    b = np.clip(np.searchsorted(reached, wanted, side="left"), 1, len(counts))
    inside = np.clip((wanted - reached[b - 1]) / np.maximum(reached[b] - reached[b - 1], 1), 0.0, 1.0)
    return tuple((BIN_EDGES[b - 1] + inside * (BIN_EDGES[b] - BIN_EDGES[b - 1])).tolist())


def _survival(tally: Tally, slot: int, size: float) -> Survival:
    """Share of signed texts that had not been left by the end of each month.

    A text left in month h counts as in force up to h - 1; one that lasted counts to the horizon. The pointwise
    intervals are Wilson's at the effective sample size of "lasted to the horizon".
    """
    held, left = tally.held[slot], tally.left[slot]
    n_texts = int(tally.n_texts[slot])
    horizon = max(held, default=-1)
    months = np.arange(horizon + 1 if n_texts else 0, dtype=np.int64)
    gone = np.array([sum(count for month, count in left.items() if month <= m) for m in months], dtype=np.float64)
    share = 1.0 - gone / n_texts if n_texts else gone
    low, high = wilson(share, np.full(share.shape, size))
    return Survival(months=_frozen(months), share=_frozen(share), low=_frozen(low), high=_frozen(high))


def _spread_of_months(table: Counter[int]) -> Spread:
    """Mean and quantiles of whole months (smallest month that reaches the level)."""
    if not table:
        return Spread(NAN, NAN, NAN, NAN)
    months = np.array(sorted(table))
    counts = np.array([table[m] for m in months.tolist()])
    reached = np.cumsum(counts) / counts.sum()
    low, median, high = (float(months[np.searchsorted(reached, level)]) for level in (0.05, 0.5, 0.95))
    return Spread(mean=float((months * counts).sum() / counts.sum()), low=low, median=median, high=high)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    array.flags.writeable = False
    return array


@dataclass(frozen=True)
class TallyArrays:
    """Counts of runs.

    D draws, F formats of the comparison, K outcomes, U impasses, C core issues, E end reasons, W places of refusals
    (`PLACES`), P parties, I issues, O options of the longest, Q value, reservation value and gain, B bins; T tracks of
    the comparison, L legs of the longest, X outcomes and one more for a leg that was not held.
    """

    outcomes: Annotated[Small, "D F K"]
    agreed: Annotated[Small, "D F"]
    core: Annotated[Small, "D F"]
    halt: Annotated[Small, "D F"]
    unsigned: Annotated[Small, "D F U"]
    core_issues: Annotated[Small, "D F C"]
    reasons: Annotated[Ints, "F E"]
    decided: Annotated[Ints, "F K P"]
    refusals: Annotated[Ints, "F W P I"]
    n_texts: Annotated[Ints, "F"]
    n_tabled: Annotated[Ints, "F"]
    deals: Annotated[Ints, "F I O"]
    tabled: Annotated[Ints, "F I O"]
    sums: Annotated[Ints, "Q F P"]  # millionths of a stake
    histogram: Annotated[Ints, "Q F P B"]
    below: Annotated[Ints, "F P"]
    legs: Annotated[Small, "D T L X"]
    inherited: Annotated[Small, "D T"]


@dataclass(frozen=True)
class Tally(TallyArrays):
    """All counts; keys of `decider_sets[f][k]` are bit sets of parties, those of the other tables are months."""

    decider_sets: list[list[Counter[int]]]  # [F][K]
    months: list[Counter[int]]  # [F] month in which the text was closed
    held: list[Counter[int]]  # [F] months that signed texts held
    left: list[Counter[int]]  # [F] the same for those that did not last


def empty_tally(
    structure: Structure, n_draws: int, n_formats: int, n_core: int, *, tracks: tuple[int, int] = (0, 0)
) -> Tally:
    """A tally of nothing yet; `tracks` are the number of tracks in the comparison and the legs of the longest."""
    sizes = {"D": n_draws, "F": n_formats, "C": n_core, "T": tracks[0], "L": tracks[1], "X": N_ENDS}
    sizes |= {
        "K": len(Outcome),
        "U": len(IMPASSES),
        "E": len(EndReason),
        "W": len(PLACES),
        "Q": 3,
        "B": len(BIN_EDGES) - 1,
    }
    sizes |= {"P": len(structure.parties), "I": len(structure.issues)}
    sizes["O"] = max((len(issue.options) for issue in structure.issues), default=0)
    months, held, left = ([Counter[int]() for _ in range(n_formats)] for _ in range(3))
    return Tally(
        **{name: spec.zeros(sizes) for name, spec in layout_of(TallyArrays).items()},
        decider_sets=[[Counter() for _ in Outcome] for _ in range(n_formats)],
        months=months,
        held=held,
        left=left,
    )


def compared_tracks(structure: Structure, formats: Sequence[int]) -> list[int]:
    """[T] places of the tracks in the comparison."""
    return [slot for slot, f in enumerate(formats) if structure.formats[f].legs]


def count_legs(legs: NDArray[np.uint8]) -> Ints:
    """[D, T, K, O] how often each leg ended how, from outcomes [D, T, R, K], NOT_PLAYED for a leg that was not held."""
    ends = np.where(legs == NOT_PLAYED, NOT_HELD, legs)
    return np.stack([(ends == k).sum(axis=2) for k in range(N_ENDS)], axis=-1)


def count_inherited(outcome: NDArray[np.uint8], legs: NDArray[np.uint8]) -> Ints:
    """[D, T] runs that settled although no leg did, from outcomes [D, T, R] and those of their legs [D, T, R, K]."""
    own = (legs == Outcome.SETTLEMENT).any(axis=-1)
    return ((outcome == Outcome.SETTLEMENT) & ~own).sum(axis=-1)


def track_results(
    structure: Structure,
    formats: Sequence[int],
    *,
    counts: NDArray[np.uint16],
    inherited: NDArray[np.uint16],
    replications: int,
    outcomes: Ratios,
) -> dict[int, TrackResult]:
    """By place in the comparison, estimates of the tracks with intervals, the draw being the sampling unit.

    From runs as `count_legs` [D, T, K, O] and `count_inherited` [D, T] count them, and the outcomes [F, outcomes] of
    all formats, which are indices into `structure.formats`.
    """
    whole = counts.astype(np.int64)
    held = replications - whole[..., NOT_HELD]
    ends = whole[..., :NOT_HELD]
    of_all, if_held = ratios(ends, replications), ratios(ends, held[..., None])
    share_held, kept = ratios(held, replications), ratios(inherited, replications)
    results: dict[int, TrackResult] = {}
    for t, slot in enumerate(compared_tracks(structure, formats)):
        legs = tuple(
            LegResult(
                format=structure.formats[leg].id,
                name=structure.formats[leg].name,
                index=leg,
                held=share_held.at(t, k),
                decided=of_all.at(t, k, Outcome.SETTLEMENT),
                of_all=tuple(of_all.at(t, k, o) for o in range(len(Outcome))),
                if_held=tuple(if_held.at(t, k, o) for o in range(len(Outcome))),
                alone=tuple(outcomes.at(formats.index(leg), o) for o in Outcome) if leg in formats else None,
            )
            for k, leg in enumerate(structure.formats[formats[slot]].legs)
        )
        results[slot] = TrackResult(legs, kept.at(t))
    return results


def split(counts: NDArray[Any], replications: int) -> tuple[Split, ...]:
    """Splits the Gini index of the outcome of each format into chance and not knowing; counts are [D, F, K] runs.

    ``total = sum_k p_k (1 - p_k)``; ``chance = mean_d sum_k P_dk (1 - P_dk) R / (R - 1)``, R being the replications,
    which is unbiased for the mean Gini index within a draw; the rest is not knowing (a decomposition of variance summed
    over the indicators of the outcomes; Light & Margolin 1971).
    """
    share = np.asarray(counts, dtype=np.float64) / replications
    mean = share.mean(axis=0)
    total = (mean * (1.0 - mean)).sum(axis=-1)
    unbias = replications / (replications - 1) if replications > 1 else np.nan
    within = (share * (1.0 - share)).sum(axis=-1) * unbias
    between = ((share - mean) ** 2).sum(axis=-1)
    chance = within.mean(axis=0)
    spread = spread_of(share, replications)
    low, high = (beta_quantile(mean, spread, level) for level in RANGE)
    return tuple(
        Split(
            total=float(total[f]),
            chance=float(chance[f]),
            not_knowing=float(total[f] - chance[f]),
            chance_share=_chance_share(within[:, f], within[:, f] / unbias + between[:, f]),
            low=tuple(low[f].tolist()),
            high=tuple(high[f].tolist()),
            spread=tuple(spread[f].tolist()),
        )
        for f in range(share.shape[1])
    )


def spread_of(share: Floats, replications: int) -> Floats:
    """[...] standard deviation over draws of the true share, from the shares seen [D, ...]; NaN with one replication.

    The variance within a draw, estimated without bias and divided by the replications, is taken out.
    """
    noise = (share * (1.0 - share)).mean(axis=0) / (replications - 1) if replications > 1 else np.nan
    variance = share.var(axis=0, ddof=1) if len(share) > 1 else np.zeros(share.shape[1:])
    return np.sqrt(np.maximum(variance - noise, 0.0))


def beta_quantile(mean: Floats, deviation: Floats, level: float) -> Floats:
    """[...] quantiles of the beta distributions of given means and standard deviations; NaN where one is NaN.

    ``a + b = m (1 - m) / s^2 - 1``; without a spread all of it lies at the mean, with the largest there can be at 0 and
    1. It stands for the shares of draws whose noise cannot be taken out one by one.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        size = mean * (1.0 - mean) / deviation**2 - 1.0
        inside = betaincinv(mean * size, (1.0 - mean) * size, level)
    point = np.where(np.isnan(deviation), np.nan, mean)
    ends = np.where(size > 1.0 / LARGEST_BETA, inside, (level > 1.0 - mean).astype(np.float64))
    return np.where((deviation > 0.0) & (size < LARGEST_BETA), ends, point)


def beta_below(mean: Floats, deviation: Floats, at: Floats | float) -> Floats:
    """[...] share under a threshold inside (0, 1) of beta distributions given as in `beta_quantile`."""
    with np.errstate(invalid="ignore", divide="ignore"):
        size = mean * (1.0 - mean) / deviation**2 - 1.0
        inside = betainc(mean * size, (1.0 - mean) * size, at)
    point = np.where(np.isnan(deviation), np.nan, (mean < at).astype(np.float64))
    ends = np.where(size > 1.0 / LARGEST_BETA, inside, 1.0 - mean)
    return np.where((deviation > 0.0) & (size < LARGEST_BETA), ends, point)


def _chance_share(within: Floats, whole: Floats) -> Estimate:
    """Chance's part of the total with a 95% interval in [0, 1]; a total of 0 leaves nothing to split.

    A ratio of sums over draws, of the unbiased Gini index within each draw [D] to what the draw adds to the total [D].
    Its variance is worth little from few draws, and nothing where all are alike. So the interval is at least Wilson's
    at the effective number of draws (Kish 1965), averaged as in `ratios` with the effective size where that is larger.
    """
    if whole.sum() <= 0.0 or not np.isfinite(within).all():
        return Estimate(float("nan"), 0.0, 1.0)
    part, draws = linearised(within, whole), _draws_in(whole)
    value, half = float(np.clip(part.value, 0.0, 1.0)), float(part.half(draws - 1.0))
    bearing = min(_draws_in(within), _draws_in(np.maximum(whole - within, 0.0)))
    weight = bearing / (bearing + PRIOR_CLUSTERS)
    inverse = weight * float(variance_of(part.residual)) / max(value * (1.0 - value), 1e-12) + (1.0 - weight) / draws
    low, high = wilson(np.array(value), np.array(max(1.0 / inverse, draws)), t_quantile(draws - 1.0))
    ends = min(value - half, float(low)), max(value + half, float(high))
    return Estimate(value, *np.clip(ends, 0.0, 1.0).tolist())


def _draws_in(weights: Floats) -> float:
    """How many draws [D] of equal weight would say as much: ``(sum w)^2 / sum w^2``; 0 without any weight."""
    return float(weights.sum() ** 2 / max((weights**2).sum(), 1e-300))
