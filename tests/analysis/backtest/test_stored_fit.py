"""A stored fit: comes back as written, is refused where wrong, and knows what it was learnt from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from sim.analysis.backtest.cross_validation import backtest
from sim.analysis.backtest.stored_fit import (
    apply_stored,
    fingerprint,
    proposal_digests,
    read_stored,
    store,
    stored_text,
)
from sim.scenario.source.problems import ScenarioError
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(40)
TOY = toy_ensemble(ISSUES, n_draws=20, runs=10)
TEST = backtest(TOY, n_folds=3)
STORED = store(TEST, TOY, process="toy 1", seed=5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "fit.yml"
    found.write_text(stored_text(STORED), encoding="utf-8")
    return found


def test_it_comes_back_as_written(file: Path):
    back = read_stored(file)
    assert back == STORED
    assert back.fitted == TEST.whole
    assert back.learnt_from.issues == 40
    assert back.draws == 20


def test_on_its_own_table_it_is_in_sample():
    found = apply_stored(TOY, STORED, process="toy 1")
    assert found.how == "in_sample"
    assert found.seen_before == 40
    turned = replace(TOY, issues=TOY.issues[::-1], counts=TOY.counts[::-1])
    assert apply_stored(turned, STORED, process="toy 1").how == "in_sample"


def test_on_another_table_it_is_not_and_counts_what_it_has_seen():
    other = toy_ensemble(toy_issues(30, seed=77), n_draws=20, runs=10)
    found = apply_stored(other, STORED, process="toy 1")
    assert (found.how, found.seen_before) == ("stored", 0)
    assert found.whole == TEST.whole
    edited = (replace(ISSUES[0], outcome=50.0 if ISSUES[0].outcome != 50.0 else 51.0), *ISSUES[1:])
    part = apply_stored(replace(TOY, issues=edited), STORED, process="toy 1")
    own = sum(one.proposal == ISSUES[0].proposal for one in ISSUES)
    assert (part.how, part.seen_before) == ("stored", 40 - own)


def test_fingerprints_see_outcomes_and_not_order():
    assert fingerprint(ISSUES) == fingerprint(ISSUES[::-1])
    assert fingerprint(ISSUES) != fingerprint((replace(ISSUES[0], outcome=None), *ISSUES[1:]))
    assert fingerprint((replace(ISSUES[0], low=-1.0),)) != fingerprint(ISSUES[:1])
    assert len(set(proposal_digests(ISSUES).values())) == len({one.proposal for one in ISSUES})


def test_other_processes_and_constants_are_refused():
    with pytest.raises(ValueError, match="fit again"):
        apply_stored(TOY, STORED, process="toy 2")
    wider = replace(TOY, constants=(replace(TOY.constants[0], high=3.0), *TOY.constants[1:]))
    with pytest.raises(ValueError, match="constants"):
        apply_stored(wider, STORED, process="toy 1")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("layered", "process"), 0.99, "sum to 1"),
        (("constants", 0, "tilt"), 4.0, "constants.0.tilt"),
        (("baselines", "gaussian_sd"), "wide", "baselines.gaussian_sd"),
        (("draws",), 10.5, "draws"),
        (("marginal",), [1.0], "marginal"),
        (("marginal",), [0.02] * 101, "marginal sums to 1"),
        (("learnt_from", "fingerprint"), "abc", "learnt_from.fingerprint"),
        (("unknown",), 1, "unknown"),
        (("parley_fit",), 2, "parley_fit"),
    ],
)
def test_what_is_wrong_is_named(file: Path, path: tuple, value, words: str):
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    file.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(ScenarioError, match=words):
        read_stored(file)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(ScenarioError, match="gone"):
        read_stored(tmp_path / "gone.yml")


def test_forecasts_of_a_stored_fit_are_those_of_the_fit():
    found = apply_stored(TOY, STORED, process="toy 1").named("process").spread
    assert found is not None
    assert found.sum(axis=1) == pytest.approx(np.ones(40))
