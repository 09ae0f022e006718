"""`parley forecast`: tables and scenario files in, a result that can be read by people and programs out."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sim.analysis.statistics.forecast_scores import crps
from sim.app.forecast import ForecastResult
from sim.cli.main import app
from sim.scenario import load_scenario
from sim.types.records import json_schema

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
HARBOUR, RIVER, DELAY = (str(EXAMPLES / name) for name in ("harbour-long.csv", "river-ktab.csv", "delay-eu.csv"))
FEW = ["--draws", "6", "--replications", "4"]

YES_OR_NO = """
parley: 1
id: bridge
title: "A bridge"
issues:
  bridge:
    level: core
    status_quo: none
    options: {none: {}, built: {settles: true}, never: {settles: true}}
    scale: {unit: bridges, positions: {none: 0, built: 1, never: 0}}
parties:
  hill: {salience: {bridge: 1}, values: {bridge: {ideal: 1}}}
  dale: {salience: {bridge: 1}, values: {bridge: {ideal: 1}}}
  glen: {salience: {bridge: 1}, values: {bridge: {ideal: 0}}}
formats:
  talks:
    protocol: proposal_and_vote
    consent: majority
    seats: {hill: {}, dale: {}, glen: {}}
    calendar: {months: 6, rounds_per_month: 2}
  unanimous:
    seats: {hill: {}, dale: {}, glen: {}}
    calendar: {months: 2, rounds_per_month: 2}
tracks:
  both: {legs: [unanimous, talks]}
"""


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


@pytest.fixture
def bridge(workplace: Path) -> Path:
    (workplace / "bridge.yaml").write_text(YES_OR_NO, encoding="utf-8")
    return workplace / "bridge.yaml"


def read(cli: CliRunner, *arguments: str) -> dict:
    made = cli.invoke(app, ["forecast", *arguments, "--json", "-q"])
    assert made.exit_code == 0, made.output
    content = json.loads(made.stdout)
    jsonschema.validate(content, json_schema(ForecastResult))
    return content


def test_a_table_is_imported_and_forecast(cli, workplace):
    made = cli.invoke(app, ["forecast", HARBOUR, "--proposal", "quay", *FEW])
    assert made.exit_code == 0, made.output
    said = " ".join(made.stderr.split())
    assert "is a table: it is imported as by `parley import`" in said
    assert "share of the dues: no reference point; 100 is assumed: the end of the scale" in said
    assert "Compromise model" in made.stdout
    assert "Negotiated together" in made.stdout
    folder = workplace / "results" / "quay" / "latest"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.count("<figure>") == 2
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "ASSUMED" in page or "assumed" in page
    assert str(workplace) not in page
    assert (folder / "figures" / "forecast-2.png").is_file()
    assert load_scenario(folder / "scenario.resolved.yaml").id == "quay"


def test_the_files_agree_with_each_other(cli, workplace):
    found = read(cli, HARBOUR, "--proposal", "quay", *FEW)
    folder = workplace / "results" / "quay" / "latest"
    runs, positions = pd.read_parquet(folder / "runs.parquet"), pd.read_csv(folder / "positions.csv")
    trades = pd.read_csv(folder / "trades.csv")
    assert len(runs) == 24
    assert found["decided"]["value"] == pytest.approx(runs["decided"].mean())
    package = found["package"]
    assert len(trades) == len(package["by_side"]) + len(package["by_party"])
    assert sum(package["sides"].values()) == len(package["parties"]) == 7
    for id_, issue in found["issues"].items():
        decided, told = runs.loc[runs["decided"], id_], issue["distribution"]
        assert runs.loc[~runs["decided"], id_].isna().all()
        assert told["mean"]["value"] == pytest.approx(decided.mean())
        assert told["median"]["value"] == decided.quantile(0.5, interpolation="lower")
        rows = positions[positions["issue"] == id_]
        assert rows["probability"].sum() == pytest.approx(1.0)
        for place, share in zip(rows["position"], rows["probability"], strict=True):
            assert share == pytest.approx((decided == place).mean(), abs=1e-6)
        held = {actor for each in issue["positions"] for actor in each["actors"]}
        assert held == set(" ".join(rows["nearest_actors"].dropna()).split())
        for grid in (issue["grid"], issue["weighted"]):
            assert crps(np.array([grid]) / sum(grid), np.array([50.0])).shape == (1,)
        assert set(issue["baselines"]) > {"compromise", "expected_utility", "nash"}
        assert issue["alone"]["median_moved"] == told["median"]["value"] - issue["alone"]["reference"]


def test_twenty_six_actors(cli, workplace):
    found = read(cli, RIVER, "--draws", "4", "--replications", "2")
    assert [one["name"] for one in found["issues"].values()] == ["Opening", "Levy"]
    assert sum(len(one["actors"]) for one in next(iter(found["issues"].values()))["positions"]) == 26
    assert found["origin"]["kind"] == "table"


def test_units_and_scale_are_those_given(cli, workplace):
    made = cli.invoke(app, ["forecast", DELAY, "--unit", "years", *FEW, "--out", "here"])
    assert made.exit_code == 0, made.output
    assert "delay-eu (years)" in made.stdout
    assert "one numeric issue, so nothing is traded" in made.stdout
    found = json.loads((workplace / "here" / "forecast.json").read_text(encoding="utf-8"))
    (issue,) = found["issues"].values()
    assert (issue["low"], issue["high"]) == (2, 10)
    assert found["package"] is None


def test_a_yes_or_no_issue_runs_like_any_other(cli, bridge):
    found = read(cli, str(bridge), *FEW)
    (issue,) = found["issues"].values()
    assert issue["distribution"]["positions"] == [0, 1]
    assert issue["distribution"]["shares"][1]["value"] == 1.0  # two of three want it
    assert issue["status_quo_share"]["value"] == 0.0
    assert [one["actors"] for one in issue["positions"]] == [["glen"], ["hill", "dale"]]
    assert found["origin"] == {"kind": "scenario", "file": "bridge.yaml", "notes": [], "sets": []}


def test_what_is_set_changes_the_forecast_and_its_place(cli, bridge, workplace):
    read(cli, str(bridge), *FEW)
    found = read(cli, str(bridge), *FEW, "--set", "parties.glen.values.bridge.ideal=1")
    assert [one["actors"] for one in next(iter(found["issues"].values()))["positions"]] == [["hill", "dale", "glen"]]
    assert found["origin"]["sets"] == ["parties.glen.values.bridge.ideal=1"]
    assert len([one for one in (workplace / "results" / "bridge").iterdir() if one.name != "latest"]) == 2


def test_the_same_command_writes_the_same(cli, bridge, workplace):
    first = read(cli, str(bridge), *FEW, "--threads", "1")
    page = (workplace / "results" / "bridge" / "latest" / "forecast.json").read_bytes()
    assert read(cli, str(bridge), *FEW, "--threads", "2") == first
    assert (workplace / "results" / "bridge" / "latest" / "forecast.json").read_bytes() == page


def changed(workplace: Path, name: str, change) -> str:
    data = yaml.safe_load(YES_OR_NO)
    change(data)
    (workplace / name).write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return name


def without_scale(data: dict) -> None:
    del data["issues"]["bridge"]["scale"]
    for party in data["parties"].values():
        party["values"]["bridge"] = {"ranking": ["built", "never", "none"]}


def never_built(data: dict) -> None:
    del data["issues"]["bridge"]["options"]["never"], data["issues"]["bridge"]["scale"]["positions"]["never"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plain.yaml"], "needs an issue with a scale"),
        (["bridge.yaml", "--format", "talk"], 'Did you mean "talks"?'),
        (["bridge.yaml", "--format", "both"], "is a track"),
        (["never.yaml", "--format", "unanimous"], "there is nothing to forecast"),
        (["bridge.yaml", "--unit", "years"], "are for tables"),
        (["bridge.yaml", "--form", "eu"], "are for tables"),
        (["bridge.yaml", "--set", "formats.talks.calendar.months=0"], "formats.talks.calendar.months"),
        ([HARBOUR], "name one by --proposal: quay, pilots"),
        ([HARBOUR, "--proposal", "quai"], 'Did you mean "quay"?'),
        ([RIVER, "--scale", "50,60"], "a number out of range"),
        (["nowhere.csv"], "there is no such file"),
        (["nowhere.yaml"], "No such file"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(cli, bridge, workplace, arguments, words):
    changed(workplace, "plain.yaml", without_scale)
    changed(workplace, "never.yaml", never_built)
    made = cli.invoke(app, ["forecast", *arguments, *FEW])
    assert made.exit_code == 2, made.output
    assert words in " ".join(made.stderr.split())
    assert "Traceback" not in made.stderr
    assert made.stdout == ""
    assert not (workplace / "results").exists()


def test_help_has_examples(cli):
    made = cli.invoke(app, ["forecast", "--help"])
    assert made.exit_code == 0
    assert "Examples" in made.output
    assert "river-ktab.csv" in made.output


def test_the_very_same_run_is_shown_and_not_computed_again(cli, bridge, workplace, monkeypatch):
    first = cli.invoke(app, ["forecast", str(bridge), *FEW])
    folder = workplace / "results" / "bridge" / "latest"
    assert (folder / "summary.txt").read_text(encoding="utf-8") == first.stdout

    def never(*_, **__):
        raise AssertionError("simulated for nothing")

    monkeypatch.setattr("sim.app.forecast.forecast_issues", never)
    again = cli.invoke(app, ["forecast", str(bridge), *FEW])
    assert again.exit_code == 0, again.output
    assert again.stdout == first.stdout
    assert "nothing was computed" in again.stderr
    anew = cli.invoke(app, ["forecast", str(bridge), *FEW, "--again"])
    assert isinstance(anew.exception, AssertionError)


def test_without_a_page_the_numbers_are_there(cli, bridge, workplace):
    made = cli.invoke(app, ["forecast", str(bridge), *FEW, "--no-report"])
    assert made.exit_code == 0, made.output
    assert "Report:" not in made.stdout
    folder = workplace / "results" / "bridge" / "latest"
    assert (folder / "forecast.json").is_file()
    assert not (folder / "report.html").exists()
    assert cli.invoke(app, ["forecast", str(bridge), *FEW]).exit_code == 0
    assert (folder / "report.html").is_file()
