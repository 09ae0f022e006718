"""The counts behind a comparison, to which blocks of runs are added, and what they become: estimates with intervals.

How much of the spread of outcomes is chance within a draw, and how much is not knowing the numbers (`split`), and where
along a track it is decided (`track_results`) are told here, too.

Shape letters: D draws, F formats, K outcomes, E events, P parties, I issues, O options, B bins, M months.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.results import (
    FAILURES,
    IN_FORCE,
    PAIRED,
    PLACES,
    SIGNED,
    Comparison,
    Deciders,
    DeciderSet,
    FormatResult,
    LegResult,
    PairDifference,
    PartyValue,
    Split,
    Spread,
    Survival,
    TrackResult,
)
from sim.analysis.statistics.intervals import Estimate, Means, Ratios, difference, ratios, wilson
from sim.types import EndReason, Outcome, Structure
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


def summarise(tally: Tally, structure: Structure, formats: Sequence[int], replications: int) -> Comparison:
    """Everything that a comparison reports, from its counts; formats are indices into `structure.formats`."""
    shares = _shares(tally, replications)
    splits = split(tally.outcomes, replications)
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
        _format_result(tally, structure, slot=slot, index=index, shares=shares, split_of=splits[slot])
        for slot, index in enumerate(formats)
    )
    return Comparison(
        scenario_id=structure.scenario_id,
        title=structure.title,
        n_draws=tally.outcomes.shape[0],
        replications=replications,
        formats=tuple(replace(result, track=tracks.get(slot)) for slot, result in enumerate(results)),
        pairs=tuple(_pairs(tally, ids, shares)),
    )


def _shares(tally: Tally, replications: int) -> dict[str, Ratios]:
    """Estimates with trailing axis F (or F, K and F, core issues): plain shares of runs, and `lasted` given signed."""
    counts = tally.outcomes.astype(np.int64)
    signed, in_force = counts[:, :, SIGNED].sum(axis=-1), counts[:, :, IN_FORCE].sum(axis=-1)
    return {
        "outcomes": ratios(counts, replications),
        "core_issues": ratios(tally.core_issues, replications),
        "settlement": ratios(counts[:, :, Outcome.SETTLEMENT], replications),
        "in_force": ratios(in_force, replications),
        "signed": ratios(signed, replications),
        "agreed": ratios(tally.agreed, replications),
        "core": ratios(tally.core, replications),
        "lasted": ratios(in_force, signed),
    }


def _pairs(tally: Tally, ids: Sequence[str], shares: dict[str, Ratios]) -> list[PairDifference]:
    """Paired differences on every measure of `PAIRED`, in file order of the formats."""
    counts = tally.outcomes.astype(np.int64)
    per_draw = {"settlement": counts[:, :, Outcome.SETTLEMENT], "in_force": counts[:, :, IN_FORCE].sum(axis=-1)}
    pairs = []
    for measure in PAIRED:
        for a, b in combinations(range(len(ids)), 2):
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
                )
            )
    return pairs


def _format_result(
    tally: Tally, structure: Structure, *, slot: int, index: int, shares: dict[str, Ratios], split_of: Split
) -> FormatResult:
    n_runs = int(tally.reasons[slot].sum())
    measures = {name: shares[name].at(slot) for name in shares if name not in ("outcomes", "core_issues")}
    core = [issue.id for issue in structure.issues if issue.level == CORE]
    n_parties = len(structure.parties)
    return FormatResult(
        id=structure.formats[index].id,
        name=structure.formats[index].name,
        index=index,
        outcomes=tuple(shares["outcomes"].at(slot, k) for k in range(len(Outcome))),
        measures=measures,
        core_issues={name: shares["core_issues"].at(slot, c) for c, name in enumerate(core)},
        split=split_of,
        reasons=tuple((tally.reasons[slot] / n_runs).tolist()),
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
    quantiles = []
    for level in levels:
        b = int(np.clip(np.searchsorted(reached, level * total, side="left"), 1, len(counts)))
        inside = (level * total - reached[b - 1]) / max(int(reached[b] - reached[b - 1]), 1)
        quantiles.append(float(BIN_EDGES[b - 1] + min(max(inside, 0.0), 1.0) * (BIN_EDGES[b] - BIN_EDGES[b - 1])))
    return tuple(quantiles)


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

    D draws, F formats of the comparison, K outcomes, C core issues, E end reasons, W places of refusals (`PLACES`),
    P parties, I issues, O options of the longest, Q value, reservation value and gain, B bins; T tracks of the
    comparison, L legs of the longest, X outcomes and one more for a leg that was not held.
    """

    outcomes: Annotated[Small, "D F K"]
    agreed: Annotated[Small, "D F"]
    core: Annotated[Small, "D F"]
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
    sizes |= {"K": len(Outcome), "E": len(EndReason), "W": len(PLACES), "Q": 3, "B": len(BIN_EDGES) - 1}
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
    over the indicators of the outcomes; Light & Margolin 1971). Chance's share has an interval linearised over draws.
    """
    share = np.asarray(counts, dtype=np.float64) / replications
    mean = share.mean(axis=0)
    total = (mean * (1.0 - mean)).sum(axis=-1)
    unbias = replications / (replications - 1) if replications > 1 else np.nan
    within = (share * (1.0 - share)).sum(axis=-1) * unbias
    chance = within.mean(axis=0)
    variance = share.var(axis=0, ddof=1) if len(share) > 1 else np.zeros(share.shape[1:])
    spread = np.sqrt(np.maximum(variance - (share * (1 - share)).mean(axis=0) * unbias / replications, 0.0))
    low, high = np.quantile(share, RANGE, axis=0)
    return tuple(
        Split(
            total=float(total[f]),
            chance=float(chance[f]),
            not_knowing=float(total[f] - chance[f]),
            chance_share=_chance_share(share[:, f], within[:, f], float(total[f])),
            low=tuple(low[f].tolist()),
            high=tuple(high[f].tolist()),
            spread=tuple(spread[f].tolist()),
        )
        for f in range(share.shape[1])
    )


def _chance_share(share: Floats, within: Floats, total: float) -> Estimate:
    """Chance's part of the total with a linearised 95% interval, all clipped to [0, 1].

    From observed shares [D, K] and the unbiased Gini index within each draw [D]; a total of 0 leaves nothing to split.
    """
    if total <= 0.0 or not np.isfinite(within).all():
        return Estimate(float("nan"), 0.0, 1.0)
    mean, chance = share.mean(axis=0), float(within.mean())
    moved_total = ((1.0 - 2.0 * mean) * (share - mean)).sum(axis=-1)
    influence = (within - chance) / total - chance / total**2 * moved_total
    value, half = chance / total, float(Means(np.array(chance / total), influence).half())
    return Estimate(*np.clip([value, value - half, value + half], 0.0, 1.0).tolist())
