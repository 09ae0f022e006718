"""The public face: what it names, that its examples run, that its numbers are those of the command line."""

from __future__ import annotations

import doctest
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import parley
from sim.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"draws": 12, "replications": 2, "seed": 5}
SCRIPT = """
from pathlib import Path

import parley


def likelihoods(path: str, months: int) -> dict[str, float]:
    scenario = parley.load(path).set({"horizon_months": months})
    result: parley.Comparison = parley.compare(scenario, ["farmers"], draws=8, variants=False, benchmarks=False)
    for format_result in result.formats:
        print(format_result.id, format_result.measures["settlement"].low)
    verdict = result.verdict
    print(verdict.sentence if verdict is not None else "no verdict")
    talk = parley.trace(scenario, "farmers", draw=2)
    print(talk.outcome, len(talk.lines))
    sweep: parley.Sweep = parley.sweep(parley.design(path, {"horizon_months": [24, 36]}, draws=2))
    print(sweep.regret().sentence, len(sweep.rows(["settlement"])), sweep.heatmap("horizon_months").rows())
    page: Path = result.report("out.html")
    print(page, parley.check(scenario))
    return {str(row["measure"]): float(row["value"]) for row in result.rows() if row["kind"] == "measure"}


print(likelihoods("scenarios/minimal.yaml", 36))
"""


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(ROOT)
    return ROOT


@pytest.fixture(scope="module")
def result() -> parley.Comparison:
    return parley.compare(ROOT / "scenarios" / "minimal.yaml", **SMALL)


def test_it_names_what_it_offers_and_nothing_else():
    assert dir(parley) == parley.__all__
    assert 12 <= len(parley.__all__) <= 24
    for name in parley.__all__:
        assert inspect.getdoc(getattr(parley, name)), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["Sweep", *(name for name in parley.__all__ if inspect.isfunction(getattr(parley, name)))]
)
def test_the_examples_in_docstrings_run(name: str, checkout: Path):
    (found,) = doctest.DocTestFinder(recurse=False).find(getattr(parley, name), name)
    assert found.examples, f"{name} has no example"
    failures = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(found)
    assert failures.failed == 0


def test_three_lines_to_shares_with_intervals(checkout: Path):
    frame = parley.compare("scenarios/minimal.yaml", draws=8, variants=False, benchmarks=False).frame()
    outcomes = frame[frame.kind == "outcome"]
    assert outcomes.groupby("format")["value"].sum().round(9).eq(1).all()
    assert (frame.low <= frame.value).all()
    assert (frame.value <= frame.high).all()
    assert set(frame.columns) == {"format", "kind", "measure", "value", "low", "high"}


def test_python_and_the_command_line_find_the_same(result: parley.Comparison, workplace: Path, minimal: Path):
    sizes = ["--draws", "12", "--replications", "2", "--seed", "5"]
    printed = CliRunner().invoke(app, ["compare", str(minimal), *sizes, "--json", "-q", "--out", "c", "--no-report"])
    assert json.loads(printed.stdout) == json.loads(json.dumps(result.data()))
    assert result.save("saved") == Path("saved")
    for name in ("runs.parquet", "inputs.parquet", "comparison.json", "scenario.resolved.yaml"):
        assert (workplace / "saved" / name).read_bytes() == (workplace / "c" / name).read_bytes(), name
    assert (workplace / "saved" / "report.html").exists()
    (workplace / "thesis").mkdir()
    (workplace / "thesis" / "chapter").write_text("words")
    with pytest.raises(parley.InputError, match="thesis"):
        result.save("thesis")


def test_python_and_json_use_the_same_words(result: parley.Comparison):
    content = result.data()
    first = result.formats[0]
    assert content["formats"]["farmers"]["measures"]["settlement"].keys() == {"value", "low", "high"}
    assert content["verdict"]["sentence"] == result.verdict.sentence
    assert content["formats"]["farmers"]["measures"]["settlement"]["value"] == pytest.approx(
        first.measures["settlement"].value
    )


def test_runs_come_with_the_numbers_they_were_played_with(result: parley.Comparison):
    runs = result.runs(inputs=True)
    assert len(runs) == 2 * 12 * 2
    assert all(name.isidentifier() for name in runs.columns)
    row = next(runs.itertuples())
    assert row.format == "farmers"
    meant = runs.query("format == 'farmers' and parties_lower_red_lines_not_by_land")
    assert set(meant.draw) < set(runs.draw)
    assert not (meant.deal_share == "by_land").any()
    pairs = result.pairs()
    assert set(pairs.measure) >= {"settlement", "in_force"}
    assert np.isclose(pairs.first_leads + pairs.second_leads + pairs.ties, 1.0)[pairs.first_leads.notna()].all()


def test_changes_make_new_scenarios_and_are_checked():
    scenario = parley.load(ROOT / "scenarios" / "minimal.yaml")
    changed = scenario.set({"parties.mill.salience.sluice": {"uniform": [0.1, 0.4]}, "horizon_months": 36})
    assert (scenario.resolved.horizon_months, changed.resolved.horizon_months) == (24, 36)
    with pytest.raises(parley.ScenarioError, match="horizon"):
        scenario.set({"horizon_month": 36}).resolved  # noqa: B018
    with pytest.raises(parley.ScenarioError, match="override"):
        scenario.override("nothing").resolved  # noqa: B018
    assert scenario.under("foresight=0").resolved.digest != scenario.resolved.digest


@pytest.mark.parametrize("value", [1e-05, "yes", "1_000", None, [0.1, 0.2], {"uniform": [0, 1]}, True, 12, "a: b"])
def test_values_come_through_as_they_are(value: object):
    from sim.scenario.source.yaml_text import parse_value

    (text,) = parley.Scenario(None, {}).set({"x": value}).sets
    assert parse_value(text.removeprefix("x=")) == value


def test_what_is_wrong_is_said_at_once(tmp_path: Path):
    with pytest.raises(parley.ScenarioError, match="minimal"):
        parley.load(tmp_path / "minimal.yaml")
    with pytest.raises(parley.ScenarioError):
        parley.load({"parley": 1})
    with pytest.raises(parley.InputError, match='Did you mean "farmers"'):
        parley.compare(ROOT / "scenarios" / "minimal.yaml", ["farmer"])
    with pytest.raises(parley.InputError, match="No language"):
        parley.compare(ROOT / "scenarios" / "minimal.yaml", language="xx")
    with pytest.raises(ValueError, match="two draws"):
        parley.compare(ROOT / "scenarios" / "minimal.yaml", draws=1)
    with pytest.raises(parley.InputError, match="Which talk format"):
        parley.solve(ROOT / "scenarios" / "minimal.yaml")


@pytest.mark.parametrize(
    "wrong",
    [
        {"draws": 2.5},
        {"draws": "10"},
        {"draws": 1},
        {"replications": 70_000},
        {"precision": float("nan")},
        {"precision": 0},
        {"budget": float("inf")},
        {"budget": "10s"},
        {"threads": 0},
        {"seed": -1},
        {"seed": 1.5},
        {"theory_draws": 1.5},
    ],
)
def test_a_size_that_is_none_is_named_before_anything_is_played(wrong: dict[str, Any]):
    with pytest.raises((TypeError, ValueError), match="|".join(wrong)):
        parley.compare(ROOT / "scenarios" / "minimal.yaml", **{"draws": 4, **wrong})


def test_whole_numbers_of_numpy_and_a_single_format_are_taken():
    small = {"variants": False, "benchmarks": False}
    one = parley.compare(
        ROOT / "scenarios" / "minimal.yaml",
        "farmers",
        draws=np.int64(4),
        seed=np.int64(3),
        threads=np.int64(1),
        **small,
    )
    assert (
        one.rows() == parley.compare(ROOT / "scenarios" / "minimal.yaml", ["farmers"], draws=4, seed=3, **small).rows()
    )


def test_nothing_is_written_unless_asked(workplace: Path):
    parley.compare(ROOT / "scenarios" / "minimal.yaml", draws=2, replications=2, variants=False, benchmarks=False)
    parley.trace(ROOT / "scenarios" / "minimal.yaml", "farmers")
    assert list(workplace.iterdir()) == []


def test_without_pandas_rows_still_work(result: parley.Comparison, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        result.frame()
    assert len(result.rows()) > 20


def test_a_talk_and_a_solution_say_what_they_are():
    minimal = ROOT / "scenarios" / "minimal.yaml"
    talk = parley.trace(minimal, "farmers", draw=1)
    assert talk.frame().speaker.isin(["upper", "lower"]).all()
    assert talk.lines[0] in talk._repr_html_()
    assert str(talk).count("\n") == len(talk.lines) - 1
    solution = parley.solve(minimal, "farmers")
    assert set(solution.frame().solution) == {"nash", "kalai_smorodinsky", "egalitarian", "utilitarian"}
    assert (solution.frame()["gain_upper"] >= 0).all()
    assert "Nash" in str(solution)


def test_strict_type_checking_finds_nothing_in_a_users_script(tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    settings = {"typeCheckingMode": "strict", "include": ["script.py"], "extraPaths": [str(ROOT)]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({**settings, "pythonVersion": "3.11"}))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_the_users_script_runs(workplace: Path):
    (workplace / "scenarios").symlink_to(ROOT / "scenarios")
    exec(compile(SCRIPT, "script.py", "exec"), {"__name__": "script"})
    assert (workplace / "out.html").read_text(encoding="utf-8").startswith("<!")
