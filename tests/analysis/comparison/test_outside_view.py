"""History beside likelihoods: where one lies, over which time, all looks together, and pools."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.analysis.comparison.outside_view import (
    WEIGHTS,
    HistoryLook,
    OutsideView,
    outside_view,
    past_share,
    pool,
    pool_estimates,
)
from sim.analysis.comparison.results import MEASURES, Comparison, FormatResult
from sim.analysis.statistics.intervals import UNKNOWN, Estimate, jeffreys
from sim.scenario.schema.reference_classes import reference_classes
from sim.types import Outcome
from sim.types.endings import LIKELIHOODS
from sim.types.records import to_data

HALT = "interstate-year-3plus-halt"
UPPER = jeffreys(6, 42, 0.9).high
"""0.248, where history's 90% interval ends."""


def compared(shares: Sequence[Estimate], measure: str = "halt") -> Comparison:
    """Formats f0, f1, ... of which one measure is known."""
    blank: dict[str, Any] = dict.fromkeys(FormatResult.__dataclass_fields__)
    outcomes = tuple(Estimate(0.1 * k, 0.0, 1.0) for k in range(len(Outcome)))
    formats = tuple(
        FormatResult(**{**blank, "id": f"f{i}", "outcomes": outcomes, "measures": {measure: share}})
        for i, share in enumerate(shares)
    )
    return Comparison(scenario_id="s", title="S", n_draws=4, replications=8, formats=formats, pairs=())


def looks(
    *shares: Estimate,
    months: int = 12,
    classes: Mapping[str, str] | None = None,
    draws: Sequence[float] = (0.0, 0.25, 0.5, 0.75),
    **options: bool,
) -> tuple[HistoryLook, ...]:
    classes = classes or {"halt": HALT}
    (measure,) = classes
    by_draw = {measure: np.tile(np.array(draws)[:, None], len(shares))}
    view = outside_view(classes, compared(shares, measure), months=[months] * len(shares), by_draw=by_draw, **options)
    assert view is not None
    return view.measures[0].formats


def test_a_file_without_classes_has_no_view():
    assert outside_view({}, compared([]), months=[], by_draw={}) is None


def test_every_likelihood_that_a_file_may_name_is_one_of_a_comparison():
    assert set(LIKELIHOODS) == {*MEASURES, *(k.label for k in Outcome)}
    view = outside_view(
        {"no_agreement": HALT}, compared([UNKNOWN]), months=[12], by_draw={"no_agreement": np.full((4, 1), 0.1)}
    )
    assert view is not None
    assert view.measures[0].formats[0].likelihood.value == 0.1 * Outcome.NO_AGREEMENT


@pytest.mark.parametrize(
    ("share", "position"),
    [
        (Estimate(0.5, UPPER + 1e-6, 0.9), "above"),
        (Estimate(0.5, UPPER - 1e-6, 0.9), "in_line"),  # the value is not enough
        (Estimate(0.01, 0.0, 0.07), "below"),
        (Estimate(0.01, 0.0, 0.08), "in_line"),
        (Estimate(6 / 42, 0.1, 0.2), "in_line"),
    ],
)
def test_one_look_is_judged_by_the_ninety_percent_interval(share: Estimate, position: str):
    (look,) = looks(share)
    assert look.position == position
    assert look.factor == pytest.approx(share.value * 7)
    assert look.history == past_share(reference_classes()[HALT]).history_90


def test_many_looks_together_need_more():
    """Beyond the 90% interval alone, inside the wider one that ten looks ask for; one that is far beyond stays."""
    near, far = Estimate(0.5, UPPER + 0.01, 0.9), Estimate(0.9, 0.8, 1.0)
    assert looks(near)[0].position == "above"
    found = looks(far, *[near] * 9)
    assert [look.position for look in found] == ["above", *["in_line"] * 9]
    assert near.low < jeffreys(6, 42, 0.99).high


def test_the_p_value_is_the_level_at_which_history_reaches_the_interval():
    (look,) = looks(Estimate(0.5, 0.3, 0.7))
    assert jeffreys(6, 42, 1 - look.p_value).high == pytest.approx(0.3)
    assert looks(Estimate(0.5, 0.1, 0.7))[0].p_value == 1.0
    assert 0.0 < looks(Estimate(0.01, 0.0, 0.1))[0].p_value < 0.5


def test_history_alone_is_seldom_taken_for_a_difference():
    """A file that is right about the class is called above or below in at most 10% of histories."""
    rate, counts = 0.15, np.random.default_rng(1).binomial(42, 0.15, size=4000)
    bounds = {k: jeffreys(k, 42, 0.9) for k in set(counts.tolist())}
    wrong = np.mean([not bounds[k].low <= rate <= bounds[k].high for k in counts.tolist()])
    assert wrong < 0.115


def test_a_longer_time_meets_the_chance_again():
    """Two years of 6 in 42 each: 1 - (36/42)^2; ends go the same way, and the p-value is that of one year."""
    (look,) = looks(Estimate(0.5, 0.3, 0.7), months=24, pool=True)
    assert look.history is not None
    assert look.history.value == pytest.approx(1 - (36 / 42) ** 2)
    assert look.history.high == pytest.approx(1 - (1 - UPPER) ** 2)
    assert look.pooled["1"].value == look.history.value
    assert jeffreys(6, 42, 1 - look.p_value).high == pytest.approx(1 - math.sqrt(0.7))


def test_what_cannot_be_compared_is_not():
    (short,) = looks(Estimate(0.9, 0.8, 1.0), months=6, pool=True)
    assert (short.history, short.position, short.pooled) == (None, None, {})
    assert math.isnan(short.factor)
    (unknown,) = looks(Estimate(math.nan, 0.0, 1.0))
    assert unknown.position is None
    assert unknown.history is not None
    assert to_data(short)["p_value"] is None


def test_draws_outside_the_interval():
    """Shares of draws uniform on 0 to 1, the noise of replications taken out: history's interval is 0.072 to 0.248."""
    shares = np.linspace(0, 1, 2001)
    (look,) = looks(Estimate(0.5, 0.4, 0.6), draws=shares)
    noise = np.mean(shares * (1 - shares)) / 7
    a = 0.5 * (0.25 / (np.var(shares, ddof=1) - noise) - 1)
    assert look.draws_above == pytest.approx(stats.beta.sf(UPPER, a, a))
    assert look.draws_below == pytest.approx(stats.beta.cdf(jeffreys(6, 42, 0.9).low, a, a))
    (lasted,) = looks(Estimate(0.5, 0.4, 0.6), classes={"lasted": "interstate-truce-held"})
    assert math.isnan(lasted.draws_above)  # texts are few in some draws and many in others


def test_a_view_is_found_by_measure_and_format():
    view = outside_view(
        {"halt": HALT}, compared([Estimate(0.5, 0.4, 0.6)]), months=[12], by_draw={"halt": np.full((4, 1), 0.5)}
    )
    assert isinstance(view, OutsideView)
    assert not view.pooled
    past, look = view.look("halt", "f0") or (None, None)
    assert past is view.measures[0]
    assert look is view.measures[0].formats[0]
    assert view.look("halt", "f1") is None
    assert view.look("settlement", "f0") is None


def test_pools_by_hand():
    """Odds 4 and 1/9: half of each is their geometric mean, 2/3, so 2/5."""
    assert pool(0.8, 0.1, 0.5) == pytest.approx(0.4)
    assert pool(0.8, 0.1, 0.0) == 0.8
    assert pool(0.8, 0.1, 1.0) == 0.1
    assert pool(0.8, 0.1, 0.25) == pytest.approx(1 / (1 + 1 / (4**0.75 * (1 / 9) ** 0.25)))
    assert pool(1.0, 0.1, 0.75) == 1.0


def test_a_likelihood_of_all_runs_enters_by_the_middle_of_its_interval():
    pools = pool_estimates(Estimate(1.0, 0.9, 1.0), Estimate(0.2, 0.1, 0.3))
    assert list(pools) == [f"{weight:g}" for weight in WEIGHTS]
    assert pools["0"] == Estimate(1.0, 0.9, 1.0)
    assert pools["0.5"].value == pytest.approx(pool(0.95, 0.2, 0.5))
    assert pools["1"] == Estimate(0.2, 0.1, 0.3)
    rare = pool_estimates(Estimate(0.0, 0.0, 0.1), Estimate(0.01, 0.005, 0.02))
    assert rare["0.5"].value == pytest.approx(0.01)  # not beyond history


shares = st.floats(0.0, 1.0).map(lambda value: round(value, 6))
inside = st.floats(0.001, 0.999)


@given(shares, inside, st.floats(0.0, 0.2), st.floats(0.0, 0.2))
def test_pools_lie_between_and_go_from_one_end_to_the_other(own: float, past: float, below: float, above: float):
    likelihood = Estimate(own, max(own - below, 0.0), min(own + above, 1.0))
    history = Estimate(past, past * 0.5, (1 + past) / 2)
    pools = list(pool_estimates(likelihood, history).values())
    values = [one.value for one in pools]
    assert values[0] == own
    assert values[-1] == past
    steps = np.diff(values) * (1 if past >= own else -1)
    assert (steps >= -1e-9).all()
    assert all(one.low - 1e-9 <= one.value <= one.high + 1e-9 for one in pools)
