"""Sweeps from Python: the same numbers as the command line, names that are checked, answers that show themselves."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import parley
from sim.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
MINIMAL = ROOT / "scenarios" / "minimal.yaml"
FACTORS = {
    "line": {"path": "parties.lower.red_lines.not-by-land.firmness", "range": [0, 1]},
    "even": {"path": "parties.upper.values.share.options.even", "range": [0, 1]},
    "horizon_months": [24, 36],
}
SAMPLES = (
    parley.samples.grid(4),
    parley.samples.lhs(60),
    parley.samples.sobol(16),
    parley.samples.morris(6),
    parley.samples.oat(3),
)


@pytest.fixture(scope="module")
def sweep() -> parley.Sweep:
    return parley.sweep(parley.design(MINIMAL, FACTORS, SAMPLES, draws=10))


@pytest.fixture(scope="module")
def grid() -> parley.Sweep:
    return parley.sweep(parley.design(MINIMAL, FACTORS, parley.samples.grid(4), draws=10))


def test_three_lines_to_a_frame_whose_columns_are_names(grid: parley.Sweep):
    frame = grid.frame()
    assert len(frame) == 4 * 4 * 2 * 2
    assert all(name.isidentifier() for name in frame.columns)
    assert set(frame.query("even == 1").format) == {"farmers", "all-three"}
    assert ((frame.settlement_low <= frame.settlement) & (frame.settlement <= frame.settlement_high)).all()
    short = grid.frame(["in_force"])
    assert "settlement" not in short
    assert short.equals(frame[short.columns])
    assert grid.rows(["in_force"])[0].keys() == set(short.columns)


def test_python_and_the_command_line_play_the_same(grid: parley.Sweep, workplace: Path):
    (workplace / "well.yaml").write_text(
        f"design: 1\nscenario: {MINIMAL}\nfactors:\n  line: {{path: parties.lower.red_lines.not-by-land.firmness, "
        "range: [0, 1]}\n  even: {path: parties.upper.values.share.options.even, range: [0, 1]}\n  horizon_months: "
        "{path: horizon_months, levels: [24, 36]}\nsample: {grid: {points: 4}}\nruns: {draws: 10}\n",
        encoding="utf-8",
    )
    made = CliRunner().invoke(app, ["sweep", "well.yaml", "--no-report", "-q"])
    assert made.exit_code == 0, made.output
    opened = parley.Sweep.open("results/sweeps/well")
    assert opened.frame().equals(grid.frame())
    assert opened.record.folder.digest() == grid.record.folder.digest()
    assert parley.sweep(parley.design("well.yaml"), "again", threads=1).frame().equals(grid.frame())


def test_a_point_is_a_scenario_and_a_line(grid: parley.Sweep):
    point = grid.design.n_points - 1
    scenario = grid.scenario(point)
    assert scenario.resolved.horizon_months == 36
    assert grid.command(point).startswith(f"parley compare {MINIMAL} --formats farmers,all-three --draws 10")
    result = parley.compare(scenario, draws=10, variants=False, benchmarks=False)
    row = grid.frame(["settlement"]).query("point == @point and format == 'farmers'").iloc[0]
    assert result.formats[0].measures["settlement"].value == pytest.approx(row.settlement)
    with pytest.raises(IndexError, match="point 32 of 32"):
        grid.command(point + 1)


def test_a_heat_map_is_a_matrix_and_a_picture(grid: parley.Sweep):
    shown = grid.heatmap("line", "even", format="all-three")
    matrix = shown.frame()
    assert matrix.shape == (4, 4)
    assert matrix.columns.name == "line"
    assert matrix.index.name == "even"
    corner = grid.frame(["settlement"]).query("line == 0 and even == 1 and format == 'all-three'")
    assert matrix.loc[1.0, 0.0] == pytest.approx(corner.settlement.mean())  # both horizons, as many runs each
    assert "<svg" in shown._repr_html_()
    assert grid.heatmap("line", "even").frame().shape == (4, 8)
    words = grid.heatmap("horizon_months", "even", measure="stopped_by_mill")
    assert "<table" in words._repr_html_()
    assert grid.heatmap("line").frame().shape == (4, 2)


def test_the_order_of_two_formats_over_two_factors(grid: parley.Sweep):
    turn = grid.tipping("all-three", "farmers", "line", "even")
    assert len(turn.rows()) == 16
    assert turn.sentence
    assert turn.sentence in turn._repr_html_().replace("&#39;", "'")
    assert "<svg" in turn._repr_html_()
    heat = grid.heatmap("line", "even").frame()
    first = turn.rows()[0]
    gap = heat.loc[first["even"], ("all-three", first["line"])] - heat.loc[first["even"], ("farmers", first["line"])]
    assert first["value"] == pytest.approx(gap)


def test_a_grid_is_a_dataset(grid: parley.Sweep, sweep: parley.Sweep):
    data = grid.xarray(["settlement"])
    assert dict(data.sizes) == {"horizon_months": 2, "line": 4, "even": 4, "format": 2}
    row = grid.frame(["settlement"]).iloc[7]
    at = data.sel(horizon_months=row.horizon_months, line=row.line, even=row.even, format=row.format)
    assert float(at.settlement) == row.settlement
    with pytest.raises(parley.InputError, match="one grid"):
        sweep.xarray()


def test_every_question_has_an_answer_with_rows_and_a_sentence(sweep: parley.Sweep):
    names = ["line", "even"]
    assert [row["factor"] for row in sweep.morris("farmers", minus="all-three").rows()] == names
    assert {row["factor"] for row in sweep.steps("farmers").rows()} <= set(names)
    assert {row["format"] for row in sweep.regret().rows()} == {"farmers", "all-three"}
    answers = (
        sweep.sobol("farmers"),
        sweep.morris("farmers", cell=1),
        sweep.steps("all-three", measure="in_force"),
        sweep.box("settlement < 0.7", format="farmers"),
        sweep.box("farmers ahead of all-three"),
        sweep.tree("farmers", minus="all-three"),
        sweep.regret(),
    )
    for answer in answers:
        assert answer.sentence
        assert str(answer) == answer.sentence
        assert answer._repr_html_().startswith("<p>")
    found = sweep.tree("farmers").rows()[0]
    assert found["points"] == sweep.design.n_points


def test_estimates_are_three_columns(sweep: parley.Sweep):
    row = sweep.morris("farmers").rows()[0]
    assert {"factor", "mu_star", "mu_star_low", "mu_star_high"} <= row.keys()
    assert row["mu_star_low"] <= row["mu_star"] <= row["mu_star_high"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda one: one.heatmap("lne"), 'No factor is called "lne". Did you mean "line"'),
        (lambda one: one.heatmap("line", "line"), "two different factors"),
        (lambda one: one.heatmap("line", measure="settlment"), 'No measure is called "settlment"'),
        (lambda one: one.heatmap("line", format="farmer"), 'No format is called "farmer"'),
        (lambda one: one.tipping("farmers", "farmers", "line"), "no difference from itself"),
        (lambda one: one.sobol(), "no sobol sample. Add one"),
        (lambda one: one.morris(), "no morris sample. Add one"),
        (lambda one: one.steps(), "no oat sample. Add one"),
        (lambda one: one.steps("farmers"), "no oat sample. Add one"),
        (lambda one: one.tree(), "Which format"),
        (lambda one: one.box("settlement <"), "is no condition"),
        (lambda one: one.frame(["nothing"]), 'No measure is called "nothing"'),
    ],
)
def test_names_that_are_not_there_are_met_with_those_that_are(grid: parley.Sweep, asked, words: str):
    with pytest.raises(parley.InputError, match=words):
        asked(grid)


def test_what_is_wrong_with_a_design_is_said_before_anything_is_played(tmp_path: Path):
    with pytest.raises(parley.ScenarioError, match="slice"):
        parley.design(MINIMAL, {"parties.mill.salience.slice": (0.1, 0.9)})
    with pytest.raises(parley.InputError, match="needs factors"):
        parley.design(parley.load(MINIMAL))
    with pytest.raises(parley.InputError, match="says itself what is played"):
        parley.design("well.yaml", draws=10)
    with pytest.raises(parley.ScenarioError, match="nowhere"):
        parley.design(tmp_path / "nowhere.yaml")
    with pytest.raises(parley.InputError, match=r"no sweep\.json"):
        parley.Sweep.open(tmp_path)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (lambda: parley.design(MINIMAL, {"a": None}), "Factor a is None: give"),  # type: ignore[dict-item]
        (lambda: parley.design(MINIMAL, {"a": 3}), "Factor a is 3: give"),  # type: ignore[dict-item]
        (lambda: parley.design(MINIMAL, {"a": "low"}), "Factor a is 'low': give"),
        (lambda: parley.design(MINIMAL, {1: {}}), "a mapping of names"),  # type: ignore[dict-item]
        (lambda: parley.design(MINIMAL, FACTORS, formats=3), "Formats are a list of ids, not 3"),  # type: ignore[arg-type]
        (lambda: parley.design(None, FACTORS), "None is no scenario"),  # type: ignore[arg-type]
        (lambda: parley.samples.listed([{"a": "x"}]), "Row 0 of a list of points: a is 'x'"),  # type: ignore[dict-item]
        (lambda: parley.samples.listed(["a"]), "of a frame take frame.to_dict"),  # type: ignore[list-item]
        (lambda: parley.samples.listed(3), "takes rows, not 3"),  # type: ignore[arg-type]
        (lambda: parley.sweep(parley.design(MINIMAL, {"horizon_months": [24, 36]}), __file__ + "/x"), "is no folder"),
    ],
)
def test_what_is_no_design_at_all_is_told_in_a_sentence(asked, words: str):
    with pytest.raises(parley.InputError, match=f"(?i){words}"):
        asked()


def test_short_factors_are_paths():
    factors = {"parties.mill.salience.sluice": (0.1, 0.9), "horizon_months": [24, 36]}
    design = parley.design(MINIMAL, factors, parley.samples.grid(3), formats="farmers", draws=4)
    assert [factor.name for factor in design.numbers] == ["parties_mill_salience_sluice"]
    assert [factor.name for factor in design.structure] == ["horizon_months"]
    assert design.formats == ("farmers",)
    rows = [{"parties_mill_salience_sluice": level} for level in (0.2, np.float64(0.4))]
    listed = parley.design(MINIMAL, factors, parley.samples.listed(rows), draws=4)
    assert listed.points.levels[:, 0].tolist() == [0.2, 0.4]


def test_without_a_folder_it_lives_as_long_as_the_result():
    made = parley.sweep(parley.design(MINIMAL, {"horizon_months": [24, 36]}, draws=2))
    folder = made.folder
    assert folder.is_dir()
    del made
    gc.collect()
    assert not folder.exists()


def test_a_client_of_a_scheduler_is_taken(grid: parley.Sweep):
    distributed = pytest.importorskip("distributed")
    with distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as client:
        design = parley.design(MINIMAL, {"horizon_months": [24, 36]}, draws=2)
        assert len(parley.sweep(design, scheduler=client).frame(["settlement"])) == 4


def test_it_shows_itself_and_its_page(grid: parley.Sweep, tmp_path: Path):
    assert repr(grid) == "<Sweep of design: 32 points x 2 formats>"
    assert "32 points" in grid._repr_html_()
    page = grid.report(tmp_path / "page.html")
    assert page.read_text(encoding="utf-8").startswith("<!")
    assert grid.failures() == []
    assert grid.duckdb().sql("SELECT count(*) FROM shares").fetchall() == [(64,)]


def test_without_pandas_rows_still_work(grid: parley.Sweep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises((ImportError, parley.InputError), match="pip install pandas"):
        grid.frame()
    assert len(grid.rows(["settlement"])) == 64
    assert "<table" in grid.heatmap("horizon_months", "even")._repr_html_()
    assert "<table" in grid.regret()._repr_html_()


@pytest.mark.parametrize("who", [{"threads": -1}, {"workers": 0}, {"threads": 2, "workers": 2}])
def test_nobody_or_two_at_once_cannot_play(who: dict[str, int]):
    with pytest.raises(parley.InputError, match=r"At least one must play|name one of"):
        parley.sweep(ROOT / "scenarios/designs/village-sliders.yml", **who)
