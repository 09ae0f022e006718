"""What outcomes teach, fitted at once."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.backtest.cross_validation import backtest
from sim.analysis.backtest.model_fit import fit, points, prepare, spreads
from sim.analysis.backtest.tilting import forecast
from sim.analysis.positions.baselines import fit_gaussian
from sim.analysis.positions.forecasters import POINTS, SPREADS, point_forecasts
from tests.analysis.ensembles import toy_ensemble, toy_issues

ISSUES = toy_issues(60)
TOY = toy_ensemble(ISSUES, n_draws=30, runs=20)
FOUND = backtest(TOY, n_folds=4, seed=3)


def test_folds_are_fitted_as_said():
    rows = np.flatnonzero(FOUND.folds != 1)
    again = fit(prepare(TOY), rows)
    assert again == FOUND.fits[1]
    assert again.gaussian_sd == fit_gaussian([ISSUES[k] for k in rows])
    at = int(np.flatnonzero(FOUND.folds == 1)[0])
    process, prior = FOUND.named("process").spread, FOUND.named("process_prior").spread
    assert process is not None
    assert prior is not None
    assert process[at] == pytest.approx(forecast(TOY, again.tilted.tilts, np.array([at]))[0])
    assert prior[at] == pytest.approx(forecast(TOY, [0, 0, 0], np.array([at]))[0])


def test_distributions_come_in_the_order_of_reports_and_sum_to_one():
    rows = np.array([3, 7])
    by_name = spreads(prepare(TOY), FOUND.whole, rows)
    assert tuple(by_name) == SPREADS
    for forecasts in by_name.values():
        assert forecasts.shape == (2, 101)
        assert forecasts.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert by_name["marginal"][0] == pytest.approx(FOUND.whole.mixture.marginal)
    layer, mixed = FOUND.whole.layered, by_name["layered"]
    assert layer.process + layer.positions + layer.gaussian + layer.marginal == pytest.approx(1.0)
    assert mixed == pytest.approx(
        layer.process * by_name["process"]
        + layer.positions * by_name["positions"]
        + layer.marginal * by_name["marginal"]
        if layer.width == 0
        else mixed
    )


def test_points_are_those_of_the_table_on_the_grid_and_nan_where_there_is_none():
    by_name = points(ISSUES[:4])
    assert tuple(by_name) == POINTS
    for k, issue in enumerate(ISSUES[:4]):
        for name, value in point_forecasts(issue).items():
            at = by_name[name][k]
            assert np.isnan(at) if value is None else at == pytest.approx(issue.on_grid(value))


def test_only_the_rows_learnt_from_matter():
    rows, prepared = np.arange(0, 40), prepare(TOY)
    changed = prepare(toy_ensemble([*ISSUES[:40], *toy_issues(20, seed=9)], n_draws=30, runs=20))
    assert fit(prepared, rows).gaussian_sd == fit(changed, rows).gaussian_sd
    assert fit(prepared, rows).mixture == fit(changed, rows).mixture
