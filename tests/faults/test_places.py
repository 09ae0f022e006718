"""Where results and pages go: what would destroy something is refused before anything is computed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.app.errors import InputError
from sim.app.harness import Keeping, point_latest
from sim.cli.main import app
from tests.faults.test_inputs import INPUTS, said

TABLE = INPUTS / "semicolon.csv"


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


@pytest.fixture
def kept(workplace: Path) -> Path:
    """A result of the scenario `well` in `results/well/one`, to which `latest` leads."""
    folder = Path("results/well/one")
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"scenario": "well", "draws": 2, "formats": ["talk"]}))
    point_latest(folder)
    return folder


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("results/well/latest", "is or lies in a link"),
        ("results/well/latest/mine", "is or lies in a link"),
        ("results/other/latest", "is or lies in a link"),
        (".", "is the folder you are in"),
        ("..", "is the folder you are in"),
        ("results/well", "is not the folder of an earlier result"),
        ("results/well/one/manifest.json", "is a file"),
    ],
)
def test_places_that_a_result_cannot_take(kept: Path, place: str, words: str):
    with pytest.raises(InputError, match=words):
        Keeping("well", {"draws": 2}, Path(place))
    assert Path("results/well/latest").is_symlink()


def test_a_result_takes_the_place_of_one_of_its_own_kind_only(kept: Path):
    Keeping("well", {"draws": 4, "formats": ["talk"]}, kept)
    Keeping("well", {"draws": 4, "formats": ["talk"], "language": "vi"}, kept)
    with pytest.raises(InputError, match="holds a result of well, and this is one of mill"):
        Keeping("mill", {"draws": 4, "formats": ["talk"]}, kept)
    with pytest.raises(InputError, match="holds the result of another command"):
        Keeping("well", {"draws": 4, "format": "talk"}, kept)


def test_a_folder_in_the_place_of_the_link_is_told_before_the_run(workplace: Path):
    Path("results/well/latest").mkdir(parents=True)
    with pytest.raises(InputError, match="latest is a folder where a link"):
        Keeping("well", {})
    Keeping("well", {}, Path("elsewhere"))


@pytest.mark.parametrize(
    "command",
    [
        f"compare {INPUTS / 'class-id.yaml'}",
        f"forecast {TABLE}",
        "retrodict RETRODICTION --cases malta-1989",
    ],
)
def test_an_occupied_folder_is_refused_before_anything_is_played(cli, workplace, monkeypatch, command: str):
    def never(*_: object, **__: object) -> None:
        raise AssertionError("something was played")

    for module in ("sim.app.compare", "sim.analysis.forecast.issue_forecasts", "sim.analysis.experiments.cells"):
        monkeypatch.setattr(f"{module}.play", never)
    Path("mine").mkdir()
    Path("mine/letter.txt").write_text("dear")
    file = Path(__file__).parents[2] / "scenarios" / "cases" / "retrodiction.yml"
    result = cli.invoke(app, [*command.replace("RETRODICTION", str(file)).split(), "--out", "mine"])
    assert result.exit_code == 2, result.output
    assert "mine exists and is not the folder of an earlier result" in said(result)
    assert os.listdir("mine") == ["letter.txt"]


@pytest.mark.parametrize(
    "command",
    [
        "import table.csv -o table.csv --replace",
        "import table.csv -o link.csv --replace",
        "backtest table.csv --page table.csv",
        "backtest table.csv --store table.csv",
        "study table.csv --out table.csv",
        "retrodict table.csv --page table.csv",
        "mechanisms table.csv --page table.csv",
    ],
)
def test_nothing_is_written_over_the_file_that_is_read(cli, workplace, command: str):
    Path("table.csv").write_bytes(TABLE.read_bytes())
    Path("link.csv").symlink_to("table.csv")
    result = cli.invoke(app, command.split())
    assert result.exit_code == 2, result.output
    assert "would write over the file that is read" in said(result)
    assert Path("table.csv").read_bytes() == TABLE.read_bytes()


@pytest.mark.parametrize(
    "command",
    [f"compare {INPUTS / 'class-id.yaml'}", f"forecast {TABLE}"],
)
def test_a_run_of_days_needs_a_yes(cli, workplace, command: str):
    result = cli.invoke(app, [*command.split(), "--draws", "99999999"])
    assert result.exit_code == 2, result.output
    for words in ("runs", "hours of work", "GB of memory", "add --yes"):
        assert words in said(result)
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--loss nan", "10"),
        ("--scale nan,100", "two numbers"),
        ("--scale 0,inf", "two numbers"),
        ("--scale 0,1e999", "both finite"),
        ("--scale 0,1_000", "two numbers"),
    ],
)
def test_numbers_of_options_are_numbers(cli, workplace, options: str, words: str):
    result = cli.invoke(app, ["import", str(TABLE), *options.split()])
    assert result.exit_code == 2, result.output
    assert words in said(result)
