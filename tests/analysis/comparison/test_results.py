"""Records of a comparison: found by id, ranked by a measure, and words for every measure that is kept."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sim.analysis.comparison.results import FAILURES, IN_FORCE, MEASURES, PAIRED, SIGNED
from sim.analysis.statistics.intervals import Estimate
from sim.types import Outcome
from tests.analysis.comparison.test_accumulate import compare
from tests.analysis.comparison.test_verdict import made

RESULT = compare(n_draws=20)


def test_a_format_is_found_by_its_id():
    assert RESULT.format("all-four") is RESULT.formats[3]
    assert RESULT.runs_per_format == 20 * 8
    with pytest.raises(KeyError, match="nowhere"):
        RESULT.format("nowhere")


def test_the_top_is_the_highest_share_and_of_equals_the_first():
    for measure in MEASURES:
        best = max(result.measures[measure].value for result in RESULT.formats)
        assert RESULT.format(RESULT.top(measure)).measures[measure].value == best
    assert made(gap=0.0).top("settlement") == "a"
    assert made(gap=-0.1).top("settlement") == "b"


def test_a_share_that_is_unknown_is_not_on_top():
    first, second = made(gap=0.1).formats
    unknown = replace(first, measures={"settlement": Estimate(math.nan, 0.0, 1.0)})
    assert replace(made(gap=0.1), formats=(unknown, second)).top("settlement") == "b"


def test_classes_of_outcomes_fit_together():
    assert set(IN_FORCE) < set(SIGNED)
    assert set(FAILURES) | set(IN_FORCE) | {Outcome.PROCESS} == set(Outcome)
    assert set(PAIRED) <= set(MEASURES) == set(RESULT.formats[0].measures)
