"""`parley import`: tables in, scenarios and tables out, and what is said on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.interop import read_table

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"
HARBOUR, RIVER = str(EXAMPLES / "harbour-long.csv"), str(EXAMPLES / "river-ktab.csv")


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


def test_a_table_becomes_a_scenario_that_passes_check_and_runs(cli, workplace):
    made = cli.invoke(app, ["import", HARBOUR, "--proposal", "quay", "-o", "made/quay.yaml"])
    assert made.exit_code == 0, made.output
    assert "no reference point; 100 is assumed" in made.stderr
    assert "Written: made/quay.yaml" in made.stderr
    checked = cli.invoke(app, ["check", "made/quay.yaml"])
    assert checked.exit_code == 0, checked.output
    assert "7 parties, 2 issues" in checked.stdout
    run = cli.invoke(app, ["compare", "made/quay.yaml", "--draws", "4", "--no-variants", "--no-benchmarks", "-q"])
    assert run.exit_code == 0, run.output
    assert (workplace / "results" / "quay" / "latest" / "report.html").is_file()


def test_twenty_six_actors_run(cli, workplace):
    made = cli.invoke(app, ["import", RIVER, "-o", "river.yaml", "-q"])
    assert made.exit_code == 0, made.output
    run = cli.invoke(app, ["compare", "river.yaml", "--draws", "4", "--no-variants", "--no-benchmarks", "-q"])
    assert run.exit_code == 0, run.output


def test_without_an_output_it_goes_to_standard_output(cli, workplace):
    found = cli.invoke(app, ["import", RIVER, "--quiet"])
    assert found.exit_code == 0
    assert found.stdout.startswith("# yaml-language-server")
    assert found.stderr == ""


def test_another_form_can_be_written(cli, workplace):
    found = cli.invoke(app, ["import", RIVER, "--to", "long", "-o", "river.csv"])
    assert found.exit_code == 0, found.output
    assert "Not in this form: descriptions of actors." in found.stderr
    assert len(read_table(workplace / "river.csv").table.actors) == 26


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([HARBOUR], "name one by --proposal: quay, pilots"),
        ([HARBOUR, "--proposal", "quai"], 'Did you mean "quay"?'),
        ([RIVER, "--form", "eu"], "not one column of this name"),
        ([HARBOUR, "--proposal", "quay", "--to", "eu"], "one issue"),
        ([RIVER, "--scale", "10"], "two numbers"),
        ([RIVER, "--scale", "9,1"], "lower end first"),
        ([RIVER, "--scale", "50,60"], "a number out of range"),
        (["nowhere.csv"], "there is no such file"),
    ],
)
def test_what_is_wrong_is_said_in_one_message(cli, workplace, options, words):
    found = cli.invoke(app, ["import", *options])
    assert found.exit_code == 2
    assert words in " ".join(found.stderr.split())
    assert "Traceback" not in found.stderr
    assert found.stdout == ""


def test_a_file_that_is_there_is_not_written_over(cli, workplace):
    (workplace / "mine.yaml").write_text("mine")
    assert cli.invoke(app, ["import", RIVER, "-o", "mine.yaml"]).exit_code == 2
    assert (workplace / "mine.yaml").read_text() == "mine"
    assert cli.invoke(app, ["import", RIVER, "-o", "mine.yaml", "--replace"]).exit_code == 0


def test_a_bad_line_is_named(cli, workplace):
    (workplace / "bad.csv").write_text("Actor,Capability,Position,Salience\na,1,2,0.5\nb,1,x,0.5\n")
    found = cli.invoke(app, ["import", "bad.csv"])
    assert found.exit_code == 2
    assert "bad.csv:3" in found.stderr
    assert "allowed: a number" in found.stderr
