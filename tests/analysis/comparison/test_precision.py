"""Which widths decide whether more draws are played."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sim.analysis.comparison.precision import half_width
from tests.report.conftest import compare


def narrow(estimate):
    return replace(estimate, low=estimate.value - 0.001, high=estimate.value + 0.001)


def narrowed(found, *, but_pair=frozenset(), but_level=""):
    """The comparison with all intervals narrow, but the differences of two formats, or the settlement of one."""
    formats = tuple(
        one
        if one.id == but_level
        else replace(one, measures={**one.measures, "settlement": narrow(one.measures["settlement"])})
        for one in found.formats
    )
    pairs = tuple(
        pair if {pair.first, pair.second} == but_pair else replace(pair, difference=narrow(pair.difference))
        for pair in found.pairs
    )
    return replace(found, formats=formats, pairs=pairs)


@pytest.fixture(scope="module")
def found():
    return compare(n_draws=20)


def ranked(found, measure):
    return sorted((one.id for one in found.formats), key=lambda id_: -found.format(id_).measures[measure].value)


def test_settlement_of_every_format_counts(found):
    last = ranked(found, "settlement")[-1]
    settled = found.format(last).measures["settlement"]
    widest = max(settled.high - settled.value, settled.value - settled.low)
    assert half_width(narrowed(found, but_level=last)) == pytest.approx(widest)


def test_so_does_the_lead_over_the_runner_up_on_each_measure_and_no_other_difference(found):
    leads = [set(ranked(found, measure)[:2]) for measure in ("settlement", "in_force")]
    ids = [one.id for one in found.formats]
    for pair in ({a, b} for a in ids for b in ids if a < b):
        width = half_width(narrowed(found, but_pair=pair))
        assert width > 0.02 if pair in leads else width == pytest.approx(0.001)


def test_a_format_alone_has_nobody_to_lead():
    alone = compare(formats=(0,), n_draws=20)
    assert half_width(alone) > 0.0
