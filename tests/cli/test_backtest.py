"""`parley backtest`: forecasts of decided issues out of fold or by a stored fit; what is said where it cannot be."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from sim.analysis.positions.forecasters import FORECASTERS, SPREADS
from sim.app.backtest import BacktestResult
from sim.cli.main import app
from sim.types.records import json_schema
from tests.analysis.spatial import development_file

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
CANALS, RIVER, HARBOUR = (str(EXAMPLES / f"{name}.csv") for name in ("canals-decided", "river-ktab", "harbour-long"))
FEW = ["--draws", "50"]
PLAIN = [*FEW, "--no-linking", "--folds", "3"]
SMALL = ("towpath", "winter closure", "anglers", "mooring fees")
OTHER = ("speed", "reeds", "signs")


def part(name: str, proposals: tuple[str, ...], **changed) -> str:
    """Some proposals of the example as a file here; `changed` holds columns with a function of the row."""
    with open(CANALS, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["proposal"] in proposals]
    for row in rows:
        row.update({column: change(row) for column, change in changed.items()})
    with open(name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return name


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


@pytest.fixture
def small(workplace: Path) -> str:
    return part("small.csv", SMALL)


def run(cli: CliRunner, *arguments: str):
    made = cli.invoke(app, ["backtest", *arguments])
    assert made.exit_code == 0, f"{made.output}\n{made.exception!r}"
    return made


def read(cli: CliRunner, *arguments: str) -> dict:
    return json.loads(run(cli, *arguments, "--json", "-q").stdout)


def folders(workplace: Path) -> set[str]:
    return {one.parent.name for one in (workplace / "results").glob("*/*/manifest.json")} - {"latest"}


def test_the_example_is_fitted_scored_and_written(cli, workplace):
    made = run(cli, CANALS, *FEW)
    said = " ".join(made.stdout.split())
    assert "Out of fold: 46 issues of 24 proposals in 10 folds" in said
    assert "What linking is worth, over 40 issues" in said
    assert max(map(len, made.stdout.splitlines()[:-1])) <= 120
    folder = workplace / "results" / "backtest-canals-decided" / "latest"
    found = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert str(workplace) not in page
    assert str(EXAMPLES) not in page
    assert "parley backtest canals-decided.csv" in page or "canals-decided.csv" in page
    assert set(found["overall"]["scores"]) == set(FORECASTERS)
    for name, scores in found["overall"]["scores"].items():
        assert (scores["log"] is not None) == (name in SPREADS)
        assert scores["crps"]["low"] < scores["crps"]["value"] < scores["crps"]["high"]
    assert {one["by"] for one in found["parts"]} == {"voting_rule", "issues_in_proposal"}
    assert {(one["name"], one["measure"]) for one in found["linked"]} == {
        (name, score) for name in ("process", "process_prior") for score in ("crps", "mae", "log")
    }
    assert (found["how"], found["n_folds"], found["n_draws"], found["left_out"]) == ("out_of_fold", 10, 50, [])


def test_the_files_agree_with_each_other(cli, small, workplace):
    found = read(cli, small, *PLAIN)
    folder = workplace / "results" / "backtest-small" / "latest"
    assert json.loads((folder / "backtest.json").read_text(encoding="utf-8")) == found
    scores, issues = pd.read_csv(folder / "scores.csv"), pd.read_csv(folder / "issues.csv")
    assert list(scores) == ["by", "value", "forecaster", "reference", "score", "n", "estimate", "low", "high"]
    assert list(issues) == ["proposal", "issue", "fold", "forecaster", "median", "outcome", "crps", "log"]
    assert len(issues) == found["n_issues"] * len(FORECASTERS)
    for name, told in found["overall"]["scores"].items():
        own = issues[issues["forecaster"] == name]
        # The files keep six digits.
        assert own["crps"].mean() == pytest.approx(told["crps"]["value"], abs=1e-4)
        row = scores[(scores["by"] == "all") & (scores["forecaster"] == name) & scores["reference"].isna()]
        assert row.set_index("score")["estimate"]["crps"] == pytest.approx(told["crps"]["value"])
    with open(small, encoding="utf-8") as file:
        outcomes = {row["issue"]: float(row["outcome"]) for row in csv.DictReader(file)}
    assert dict(zip(issues["issue"], issues["outcome"], strict=True)) == outcomes
    assert issues.groupby("proposal")["fold"].nunique().max() == 1
    assert issues["fold"].nunique() == 3
    assert "argv" in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def test_the_json_has_its_keys_and_nothing_else_is_printed(cli, small):
    made = run(cli, small, *PLAIN, "--json")
    found = json.loads(made.stdout)
    Draft202012Validator(json_schema(BacktestResult)).validate(found)
    assert found["schema"] == "parley/backtest/2"
    assert list(found["constants"]) == ["loss", "price", "group"]
    assert all(one["constant"]["low"] < one["mean"] < one["constant"]["high"] for one in found["constants"].values())
    assert all(len(one["fold_tilts"]) == 3 for one in found["constants"].values())
    assert (found["n_issues"], found["n_proposals"], found["linked"]) == (7, 4, [])
    assert 0.9 < found["decided_share"] <= 1


def test_the_same_command_comes_back_to_the_same_place(cli, small, workplace):
    first = read(cli, small, *PLAIN, "--threads", "1")
    assert read(cli, small, *PLAIN, "--threads", "2") == first
    assert len(folders(workplace)) == 1
    for more in (["--seed", "2"], ["--folds", "2"], ["--draws", "51"], ["--replications", "3"], ["--linking"]):
        before = folders(workplace)
        assert read(cli, small, *PLAIN, *more) != first, more
        assert len(folders(workplace)) == len(before) + 1, more
    part("small.csv", SMALL, outcome=lambda row: "20")
    assert read(cli, small, *PLAIN) != first
    assert len(folders(workplace)) == 7


def test_the_fit_that_comes_with_the_program_is_applied_by_default(cli, small):
    found = read(cli, small, "--stored", *FEW, "--no-linking")
    assert (found["how"], found["seen_before"], found["n_folds"]) == ("stored", 0, 0)
    assert all(abs(one["tilt"]) < 3 for one in found["constants"].values())
    assert found["whole"]["gaussian_sd"] > 0


def test_a_stored_fit_is_in_sample_on_its_table_and_stored_on_another(cli, small, workplace):
    fitted = read(cli, small, *PLAIN, "--store", "fits/fit.yaml")
    stored = yaml.safe_load((workplace / "fits" / "fit.yaml").read_text(encoding="utf-8"))
    assert [one["tilt"] for one in stored["constants"]] == pytest.approx(
        [one["tilt"] for one in fitted["constants"].values()], abs=1e-4
    )
    apply = ["--stored", "--fit", "fits/fit.yaml", *FEW, "--no-linking"]
    same = read(cli, small, *apply)
    assert (same["how"], same["seen_before"], same["n_folds"]) == ("in_sample", 7, 0)
    assert same["whole"] == fitted["whole"]
    other = read(cli, part("other.csv", OTHER), *apply)
    assert (other["how"], other["seen_before"]) == ("stored", 0)
    assert [one["tilt"] for one in other["constants"].values()] == [one["tilt"] for one in same["constants"].values()]
    mixed = read(cli, part("mixed.csv", (*OTHER, "towpath")), *apply)
    assert (mixed["how"], mixed["seen_before"]) == ("stored", 3)
    assert "In-sample" in run(cli, small, *apply).stdout
    assert "nothing was fitted" in run(cli, "other.csv", *apply).stdout
    # A stored fit needs no folds, so one proposal is enough; with linking it scores both ways.
    alone = read(cli, part("alone.csv", ("towpath",)), "--stored", "--fit", "fits/fit.yaml", *FEW)
    assert len(alone["linked"]) == 6


def broken(change) -> None:
    data = yaml.safe_load(Path("fit.yaml").read_text(encoding="utf-8"))
    change(data)
    Path("broken.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")


def test_a_fit_that_does_not_fit_is_refused_before_anything_runs(cli, small, workplace, monkeypatch):
    run(cli, small, *PLAIN, "--store", "fit.yaml")

    def never(*_, **__):
        raise AssertionError("simulated for nothing")

    monkeypatch.setattr("sim.app.backtest.simulate", never)
    apply = [small, "--stored", *FEW, "--fit"]
    cases = {
        "is a fit of the process another-1; this version simulates": lambda data: data.update(process="another-1"),
        "constants.0.tilt": lambda data: data["constants"][0].update(tilt="much"),
        "weights sum to 1": lambda data: data["layered"].update(process=0.9, positions=0.9),
        "this is no stored fit": lambda data: data.pop("parley_fit"),
    }
    for words, change in cases.items():
        broken(change)
        refuse(cli, [*apply, "broken.yaml"], words)
    Path("broken.yaml").write_text("parley_fit: 1\nprocess: [", encoding="utf-8")
    refuse(cli, [*apply, "broken.yaml"], "broken.yaml:")
    refuse(cli, [*apply, str(EXAMPLES.parent / "minimal.yaml")], "this is no stored fit")
    refuse(cli, [*apply, "nowhere.yaml"], "there is no such file")


def refuse(cli: CliRunner, arguments: list[str], words: str) -> str:
    made = cli.invoke(app, ["backtest", *arguments])
    said = " ".join(made.stderr.split())
    assert made.exit_code == 2, f"{arguments}\n{made.output}\n{made.exception!r}"
    assert words in said, said
    assert "Traceback" not in said
    assert made.stdout == ""
    return said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fit", "fit.yaml"], "add --stored"),
        (["--stored", "--store", "fit.yaml"], "nothing to --store"),
        (["--folds", "5"], "5 folds need as many proposals; the table has 4. Name fewer by --folds"),
        (["--folds", "1"], "--folds"),
        (["--draws", "10"], "--draws"),
        (["--folds", "3", "--store", "."], "--store names a file"),
        (["--folds", "3", "--page", "."], "--page names a file"),
        (["--folds", "3", "--out", "small.csv"], "not the folder of an earlier result"),
    ],
)
def test_options_that_do_not_go_together_are_told(cli, small, workplace, arguments, words):
    refuse(cli, [small, *arguments], words)
    assert not (workplace / "results").exists()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("nowhere.csv", "there is no such file"),
        ("empty.csv", "the file is empty"),
        ("text.csv", "the header fits no known form"),
        (
            RIVER,
            "needs the outcome of every issue (column `outcome` of the long form); 2 of 2 have none: Opening, Levy",
        ),
        (HARBOUR, "3 folds need as many proposals; the table has 2"),
        ("missing.csv", "3 of 7 have none: width of the towpath, cycling on the towpath, lighting of the towpath"),
        ("outside.csv", "allowed: a number, 0 to 100"),
        ("lonely.csv", "No scenario can be made of proposal towpath: talks need two actors; towpath has 1"),
        ("crowd.csv", "proposal crowd: the program plays talks of at most 60 actors"),
    ],
)
def test_tables_that_cannot_be_scored_are_told(cli, workplace, table, words):
    Path("empty.csv").write_text("", encoding="utf-8")
    Path("text.csv").write_text("Dear all,\nhere is the table.\n", encoding="utf-8")
    part("missing.csv", SMALL, outcome=lambda row: "" if row["proposal"] == "towpath" else row["outcome"])
    part("outside.csv", SMALL, outcome=lambda row: "140")
    text = Path(part("lonely.csv", SMALL[1:])).read_text(encoding="utf-8")
    lone = "{0},{0},QMV,{1},50,50,1,0,50\n"
    Path("lonely.csv").write_text(text + lone.format("towpath", "a"), encoding="utf-8")
    crowd = "".join(lone.format("crowd", f"a{n}") for n in range(200))
    Path("crowd.csv").write_text(text + crowd, encoding="utf-8")
    refuse(cli, [table, *PLAIN], words)
    assert not (workplace / "results").exists()


def undecided(monkeypatch, *, apart_only: bool, every: bool = False) -> None:
    """As if no run decided the width of the towpath, or any issue."""
    import sim.app.backtest as module

    played = module.simulate

    def changed(table, size, *, apart: bool = False, **more):
        found = played(table, size, apart=apart, **more)
        for k, issue in enumerate(found.issues):
            if every or (issue.id == "width of the towpath" and (apart or not apart_only)):
                found.counts[k] = 0
        return found

    monkeypatch.setattr(module, "simulate", changed)


def test_an_issue_that_no_run_decides_is_left_out_and_told(cli, small, workplace, monkeypatch):
    undecided(monkeypatch, apart_only=False)
    made = run(cli, small, *FEW, "--folds", "3")
    assert "No run decides width of the towpath: left out for every forecast." in " ".join(made.stderr.split())
    assert "no run decided them: width of the towpath" in " ".join(made.stdout.split())
    folder = workplace / "results" / "backtest-small" / "latest"
    found = json.loads((folder / "backtest.json").read_text(encoding="utf-8"))
    assert (found["left_out"], found["n_issues"]) == (["width of the towpath"], 6)
    assert "width of the towpath" not in set(pd.read_csv(folder / "issues.csv")["issue"])
    assert found["linked"][0]["n"] == 4


def test_an_issue_undecided_one_by_one_is_left_out_of_linking_alone(cli, small, monkeypatch):
    undecided(monkeypatch, apart_only=True)
    made = run(cli, small, *FEW, "--folds", "3", "--json")
    assert "Too few runs decide width of the towpath: left out of what linking is worth" in " ".join(
        made.stderr.split()
    )
    found = json.loads(made.stdout)
    assert (found["left_out"], found["n_issues"], found["linked"][0]["n"]) == ([], 7, 4)


def test_linking_takes_the_first_half_of_the_very_same_draws(cli, small):
    """120 draws are one hypercube, 60 of their own would be another: `linking` refuses other constants."""
    assert len(read(cli, small, "--draws", "120", "--folds", "3")["linked"]) == 6


def test_without_any_decision_there_is_nothing_to_score(cli, small, monkeypatch):
    undecided(monkeypatch, apart_only=False, every=True)
    refuse(cli, [small, *PLAIN], "No run decides any issue")


def test_names_may_come_again_in_another_proposal(cli, workplace, monkeypatch):
    """One of two issues of the same name is undecided; the other is scored."""
    same = part("same.csv", SMALL, issue=lambda row: re.sub("weeks of closure", "width of the towpath", row["issue"]))
    import sim.app.backtest as module

    played = module.simulate

    def changed(table, size, **more):
        found = played(table, size, **more)
        found.counts[[one.proposal == "winter closure" for one in found.issues]] = 0
        return found

    monkeypatch.setattr(module, "simulate", changed)
    found = read(cli, same, *FEW, "--folds", "3")
    assert (found["n_issues"], found["left_out"]) == (6, ["width of the towpath"])
    assert found["linked"][0]["n"] == 5


def test_quiet_says_nothing_beside_the_answer(cli, small):
    assert run(cli, small, *PLAIN, "-q").stderr == ""
    loud = run(cli, small, *PLAIN, "--page", "docs/page.md", "--credit", "Made up")
    assert "Page: docs/page.md" in loud.stderr
    page = Path("docs/page.md").read_text(encoding="utf-8")
    assert page.startswith("# Back-test on small.csv")
    assert "Made up" in page


def test_help_has_examples(cli):
    made = cli.invoke(app, ["backtest", "--help"])
    assert made.exit_code == 0
    assert "Examples" in made.output
    assert "--stored --fit fit.yaml" in made.output


def test_the_very_same_run_gives_fit_and_page_without_computing(cli, small, workplace, monkeypatch):
    first = run(cli, small, *PLAIN)

    def never(*_, **__):
        raise AssertionError("simulated for nothing")

    monkeypatch.setattr("sim.app.backtest.simulate", never)
    again = run(cli, small, *PLAIN, "--store", "fit.yaml", "--page", "page.md")
    assert again.stdout == first.stdout
    assert yaml.safe_load(Path("fit.yaml").read_text(encoding="utf-8"))["parley_fit"] == 1
    assert Path("page.md").read_text(encoding="utf-8").startswith("# Back-test on small.csv")
    assert isinstance(cli.invoke(app, ["backtest", small, *PLAIN, "--again"]).exception, AssertionError)


def test_on_decisions_of_the_european_union_it_forecasts_better_than_positions(cli, workplace):
    """What the process was chosen for; needs the data set, which does not come with the program."""
    found = read(cli, str(development_file()), "--no-linking")
    pairs = {(one["name"], one["reference"], one["measure"]): one["difference"] for one in found["overall"]["paired"]}
    assert found["how"] == "out_of_fold"
    assert pairs["process", "positions", "crps"]["high"] < 0
    assert pairs["process", "compromise", "mae"]["high"] < 1.5
    assert np.isfinite(found["overall"]["scores"]["process"]["crps"]["value"])
