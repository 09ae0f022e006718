"""History beside likelihoods: how often something came about in a class of past cases, and what that says of a file.

The outside view (Kahneman & Lovallo 1993): before one asks how this case will go, one asks how such cases went. A class
is k of n past cases; its interval is Jeffreys'. A likelihood of the file is above history where even the low end of its
own 95% interval (simulation error) lies above history's 90% interval, below where the high end lies below it, and in
line otherwise. So that many looks give no false alarm, each has a p-value, the level at which history's interval
reaches that end, and Holm's rule is applied to all looks of a comparison at 10%. What is not known in the file stands
beside it: the share of draws whose own likelihood lies outside history's 90% interval.

On request a likelihood and history are pooled in log-odds (Genest & Zidek 1986), at several weights, of which none is
right by default. Differences between formats are never pooled: the classes know nothing of seats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from scipy.special import betainc, expit, logit  # pyright: ignore[reportMissingTypeStubs]

from sim.analysis.comparison.results import Comparison, FormatResult
from sim.analysis.comparison.summarise import beta_below, spread_of
from sim.analysis.statistics.intervals import Estimate, holm, jeffreys
from sim.scenario.schema.reference_classes import ReferenceClass, reference_classes
from sim.types import Outcome
from sim.types.arrays import Floats
from sim.types.marks import By

BESIDE_LEVEL = 0.9
"""Level of the interval of history that a likelihood is held against; the rest is the error of all looks together."""
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of history, in a pool."""
HISTORY_NOTE = (
    "Above (below) history: even the near end of the likelihood's 95% interval lies beyond history's 90% interval "
    "(Jeffreys), with all likelihoods of this table looked at together (Holm: 10% for any false one); else in line."
)
SEATS_NOTE = "The past cases know nothing of who sat at the table, so they say nothing of which format does better."
Position = Literal["above", "in_line", "below"]


@dataclass(frozen=True, kw_only=True)
class PastShare:
    """A reference class with its share of cases."""

    reference: ReferenceClass
    history: Estimate
    """k / n with Jeffreys' 95% interval."""
    history_90: Estimate
    """The same with the 90% interval."""


@dataclass(frozen=True, kw_only=True)
class HistoryLook:
    """A likelihood of one format beside its reference class."""

    format: str
    months: int
    """Length of the talks."""
    likelihood: Estimate
    history: Estimate | None
    """History's share with the 90% interval, over a time as long as the talks; null where the class says none."""
    position: Position | None
    """Where the likelihood lies; null where it or history is unknown."""
    factor: float
    """Likelihood divided by history's share."""
    p_value: float
    """Level at which history's interval reaches the near end of the likelihood's own; 1 where they overlap."""
    draws_above: float
    """Share of the draws of uncertain numbers whose own likelihood lies above history's 90% interval."""
    draws_below: float
    pooled: Mapping[str, Estimate]
    """Weight of history -> pool in log-odds, ends of the 95% intervals with ends; empty unless asked for."""


@dataclass(frozen=True, kw_only=True)
class MeasureHistory(PastShare):
    """One likelihood of all formats beside its reference class."""

    measure: str
    formats: Annotated[tuple[HistoryLook, ...], By("format")]


@dataclass(frozen=True, kw_only=True)
class OutsideView:
    """The likelihoods for which the file names a reference class, beside history."""

    measures: Annotated[tuple[MeasureHistory, ...], By("measure")]
    note: str = HISTORY_NOTE
    seats: str = SEATS_NOTE

    @property
    def pooled(self) -> bool:
        """Whether pools were asked for."""
        return any(look.pooled for measure in self.measures for look in measure.formats)

    def look(self, measure: str, format_id: str) -> tuple[PastShare, HistoryLook] | None:
        """What stands beside a likelihood; None where the file names no class for it."""
        sought = ((one, look) for one in self.measures for look in one.formats if one.measure == measure)
        return next((pair for pair in sought if pair[1].format == format_id), None)


def past_share(reference: ReferenceClass) -> PastShare:
    """A class with its intervals."""
    at_95, at_90 = (jeffreys(reference.k, reference.n, level) for level in (0.95, BESIDE_LEVEL))
    return PastShare(reference=reference, history=at_95, history_90=at_90)


def outside_view(
    classes: Mapping[str, str],
    compared: Comparison,
    *,
    months: Sequence[int],
    by_draw: Mapping[str, Floats],
    pool: bool = False,
) -> OutsideView | None:
    """Every likelihood for which the file names a class, beside it; None where it names none.

    Args:
        classes: measure or outcome -> id of its class, as in the file.
        compared: the comparison.
        months: [F] length of the talks of each of its formats.
        by_draw: measure or outcome -> [D, F] share of each draw's runs.
        pool: whether to pool at `WEIGHTS`.
    """
    if not classes:
        return None
    known, found = reference_classes(), list[MeasureHistory]()
    for measure, key in classes.items():
        past = past_share(known[key])
        shares = by_draw[measure]
        spread = spread_of(shares, compared.replications)
        # texts are few in some draws and many in others: their shares are not all equally good
        spread = np.full_like(spread, np.nan) if measure == "lasted" else spread
        looks = [
            _look(past, result, measure, months=months[f], draws=(shares[:, f].mean(), spread[f]), pool=pool)
            for f, result in enumerate(compared.formats)
        ]
        found.append(MeasureHistory(**vars(past), measure=measure, formats=tuple(looks)))
    return OutsideView(measures=_judged(found))


def _judged(measures: Sequence[MeasureHistory]) -> tuple[MeasureHistory, ...]:
    """With every look taken together: those that are no finding are in line."""
    looks = [look for measure in measures for look in measure.formats if look.position is not None]
    findings = iter(holm([look.p_value for look in looks], 1.0 - BESIDE_LEVEL).tolist())

    def judged(look: HistoryLook) -> HistoryLook:
        return look if look.position is None or next(findings) else replace(look, position="in_line")

    return tuple(replace(measure, formats=tuple(map(judged, measure.formats))) for measure in measures)


def _look(
    past: PastShare, result: FormatResult, measure: str, *, months: int, draws: tuple[Floats, Floats], pool: bool
) -> HistoryLook:
    """A look by itself; `draws` are mean and spread of the shares of draws."""
    likelihood = result.measures[measure] if measure in result.measures else result.outcomes[Outcome[measure.upper()]]
    periods = past.reference.periods(months)
    history = None if periods is None else over_time(past.history_90, periods)
    look = HistoryLook(
        format=result.id,
        months=months,
        likelihood=likelihood,
        history=history,
        position=None,
        factor=np.nan,
        p_value=np.nan,
        draws_above=np.nan,
        draws_below=np.nan,
        pooled={},
    )
    if history is None or periods is None or not likelihood.known:
        return look
    return replace(
        look,
        position="above" if likelihood.value > history.value else "below",
        factor=likelihood.value / history.value,
        p_value=_p_value(past.reference, likelihood, history.value, periods),
        draws_above=1.0 - float(beta_below(*draws, history.high)),
        draws_below=float(beta_below(*draws, history.low)),
        pooled=pool_estimates(likelihood, over_time(past.history, periods)) if pool else {},
    )


def over_time(share: Estimate, periods: float) -> Estimate:
    """A share within one period, as one within several with the same chance in each."""
    if periods == 1.0:
        return share
    return Estimate(*(1.0 - (1.0 - end) ** periods for end in (share.value, share.low, share.high)))


def _p_value(reference: ReferenceClass, likelihood: Estimate, share: float, periods: float) -> float:
    """Twice the chance, after Jeffreys' prior, that history's share lies beyond the near end of the likelihood's."""
    near = likelihood.low if likelihood.value > share else likelihood.high
    if (near - share) * (likelihood.value - share) <= 0.0:
        return 1.0
    below = float(betainc(reference.k + 0.5, reference.n - reference.k + 0.5, 1.0 - (1.0 - near) ** (1.0 / periods)))
    return min(1.0, 2.0 * (1.0 - below if near > share else below))


def pool_estimates(likelihood: Estimate, history: Estimate) -> dict[str, Estimate]:
    """Weight of history -> pool of values, and of the ends of 95% intervals: at least as wide as a 95% interval.

    A likelihood that no run (or every run) bears out has no log-odds: it enters by the middle of its interval (Agresti
    & Coull 1998), or by history's share where that is nearer, but for weight 0.
    """
    value = likelihood.value
    if value in (0.0, 1.0):
        middle = (likelihood.low + likelihood.high) / 2.0
        value = min(middle, history.value) if value == 0.0 else max(middle, history.value)
    values = Estimate(value, likelihood.low, likelihood.high)
    pools = {f"{weight:g}": _pooled(values, history, weight) for weight in WEIGHTS}
    return pools | {"0": likelihood}


def _pooled(first: Estimate, second: Estimate, weight: float) -> Estimate:
    ends = zip((first.value, first.low, first.high), (second.value, second.low, second.high), strict=True)
    return Estimate(*(pool(one, other, weight) for one, other in ends))


def pool(first: float, second: float, weight: float) -> float:
    """Two shares pooled: log-odds ``(1 - w) logit(first) + w logit(second)``; a share of 0 or 1 stays unless w is 1."""
    if weight in (0.0, 1.0):
        return second if weight else first
    return float(expit((1.0 - weight) * logit(first) + weight * logit(second)))
