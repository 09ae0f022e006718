"""What talks agree on a numeric issue: quantiles by hand, forecasts from the ideals, the JSON document."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import yaml

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.numeric_issues import agreed_positions, numeric_findings
from sim.analysis.comparison.runs_table import runs_schema
from sim.analysis.positions.baselines import compromise
from sim.analysis.positions.issue_positions import spatial_issue
from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_raw
from sim.types import IssueInfo
from tests.analysis.positions.test_issue_positions import LEVY

from .test_result_document import result_of, valid

YES_NO = """
parley: 1
id: yes-no
title: A bridge
issues:
  bridge:
    level: core
    status_quo: none
    scale: {positions: {none: 0, built: 100}}
    options: {none: {}, built: {settles: true}}
parties:
  a: {capability: 2, salience: {bridge: 0.9}, values: {bridge: {ideal: 100}}}
  b: {salience: {bridge: 0.5}, values: {bridge: {ideal: 80}}}
formats:
  pair: {seats: {a: principal, b: principal}, calendar: {months: 3, rounds_per_month: 1}}
"""


def compared(text: str, *, draws: int = 8):
    """The resolved scenario, its structure and a small comparison of all its formats."""
    resolved = load_raw(yaml.safe_load(text))
    encoder = Encoder(resolved, seed=1)
    formats = range(len(encoder.structure.formats))
    found = Accumulator(encoder.structure, formats, draws, 4)
    for first, runs in run_blocks(encoder, n_draws=draws, replications=4, formats=formats, threads=1):
        found.add(first, runs)
    return resolved, encoder.structure, found.result()


@pytest.fixture(scope="module")
def levy():
    return compared(LEVY)


@dataclasses.dataclass(frozen=True)
class Texts:
    """As much of a format's result as the positions take."""

    n_texts: int
    deals: np.ndarray


def issue(positions, quo=0) -> IssueInfo:
    options = tuple(f"o{k}" for k in range(len(positions)))
    return IssueInfo("i", "I", 2, options, options, quo, (), "years", tuple(map(float, positions)))


def test_quantiles_by_hand():
    # ten texts: 1 at 0, 2 at 5, 4 at 10, 3 at 20; options are not in the order of their positions
    texts = Texts(10, np.array([[0.4, 0.1, 0.3, 0.2, np.nan]]))
    found = agreed_positions(texts, 0, issue([10, 0, 20, 5], quo=3))
    assert found.shares == ((0.0, 0.1), (5.0, 0.2), (10.0, 0.4), (20.0, 0.3))
    assert found.mean == pytest.approx(11.0)
    assert found.median == 10.0
    assert found.interval_50 == (5.0, 20.0)
    assert found.interval_80 == (0.0, 20.0)
    assert found.at_status_quo == pytest.approx(0.2)


def test_options_of_one_position_count_together():
    found = agreed_positions(Texts(4, np.array([[0.5, 0.25, 0.25]])), 0, issue([3, 8, 3]))
    assert found.shares == ((3.0, 0.75), (8.0, 0.25))
    assert found.at_status_quo == 0.75


def test_without_texts_nothing_is_known():
    found = agreed_positions(Texts(0, np.full((1, 2), np.nan)), 0, issue([0, 1]))
    assert found.shares == ()
    assert np.isnan([found.mean, found.median, *found.interval_50, *found.interval_80, found.at_status_quo]).all()


def test_forecasts_come_from_the_principals_with_an_ideal(levy):
    resolved, _, _ = levy
    (found,) = numeric_findings(*levy)
    assert (found.id, found.unit, found.status_quo) == ("levy", "% of the fare", 0.0)
    assert dict(found.ideals) == {"town": 18.0, "ferry": -4.0}
    two, alone, both = found.formats
    assert two.forecasts is not None
    assert two.forecasts["compromise"] == compromise(spatial_issue(resolved, "levy", "two"))
    assert two.forecasts["expected_utility"] is not None
    assert two.left_out == ("guests",)
    assert alone.forecasts is None
    assert both.forecasts == two.forecasts


def test_the_document_follows_the_schema(levy):
    _, structure, comparison = levy
    document = result_of(comparison, structure, numeric_issues=numeric_findings(*levy)).to_data()
    assert valid(document)
    found = document["numeric_issues"]["levy"]
    assert found["positions"] == {"none": 0.0, "low": 5.0, "high": 20.0}
    assert set(found["formats"]) == {"two", "alone", "both"}
    json.dumps(document, allow_nan=False)


def test_runs_carry_unit_and_positions(levy):
    _, structure, _ = levy
    about = runs_schema(structure).field("deal_levy").metadata
    assert about[b"unit"].decode() == "% of the fare"
    assert json.loads(about[b"positions"]) == {"none": 0.0, "low": 5.0, "high": 20.0}
    assert runs_schema(structure).field("deal_name").metadata is None


def test_labels_that_do_not_tell_the_number_get_it(levy):
    _, structure, _ = levy
    assert structure.issues[0].option_names == (
        "none (0 % of the fare)",
        "low (5 % of the fare)",
        "high (20 % of the fare)",
    )
    assert structure.issues[1].option_names == ("old", "new")


def test_a_yes_no_issue_is_like_any_other():
    resolved, structure, comparison = compared(YES_NO)
    (found,) = numeric_findings(resolved, structure, comparison)
    (pair,) = found.formats
    assert structure.issues[0].option_names == ("none", "built")
    assert pair.agreed.n_texts > 0
    assert pair.agreed.median == 100.0
    assert pair.forecasts is not None
    assert pair.forecasts["compromise"] == pytest.approx((2 * 100 + 80) / 3)  # either has no other issue
