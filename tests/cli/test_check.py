"""Commands that read: check, schema, variants, help, version."""

from __future__ import annotations

import json
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

import parley
from sim import __version__
from sim.app.check import Checked
from sim.cli.main import app
from sim.types.records import json_schema

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numba", "matplotlib", "mesa", "pyarrow", "pandas")


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


def test_check_says_what_is_in_a_sound_file(cli, minimal):
    result = cli.invoke(app, ["check", str(minimal)])
    assert result.exit_code == 0, result.output
    assert "village-well" in result.stdout
    assert "3 parties, 3 issues" in result.stdout
    assert "No problem found" in result.stdout


def test_check_says_conditional_lines_back(cli, minimal):
    paid = "parties.lower.red_lines.paid={if: {share: by_land}, unless: {repair: together}, firmness: 0.6}"
    never = "parties.upper.red_lines.never={if: {share: even, repair: together}, firmness: 1}"
    narrow = "formats.farmers.agenda=[share, sluice]"
    told = " ".join(
        cli.invoke(app, ["check", str(minimal), "--set", paid, "--set", never, "--set", narrow]).stdout.split()
    )
    give, get = "Share of the water: By size of the land", "Repair of the wall: Repaired together"
    unpaid = "nothing on the agenda of farmers meets that"
    assert f"Lower farmer agrees to {give} only for {get} (paid, firmness 0.6); {unpaid}." in told
    assert f"Upper farmer never agrees to Share of the water: Half each and {get} together (never, firmness 1)." in told


def test_check_says_how_much_conflict_the_file_holds(cli, minimal):
    told = " ".join(cli.invoke(app, ["check", str(minimal)]).stdout.split())
    assert "farmers 0.85 (0.66-1.00); all-three 0.49 (0.33-0.81)" in told
    assert "the file holds little conflict in farmers" in told
    assert "--conflict" in told
    tables = cli.invoke(app, ["check", str(minimal), "--conflict"]).stdout
    for words in ("Best hope of each", "Where the status quo lies", "Core options", "What does nothing", "24 draws"):
        assert words in tables


def test_check_as_json_is_what_its_schema_says_and_what_python_has(cli, minimal):
    told = json.loads(cli.invoke(app, ["check", str(minimal), "--json"]).stdout)
    jsonschema.validate(told, json_schema(Checked))
    checked = parley.check(minimal)
    assert told == checked.data()
    assert told["conflict"]["formats"]["farmers"]["share"]["mean"] == pytest.approx(0.845, abs=0.001)
    measures = [row["measure"] for row in checked.rows()]
    assert list(dict.fromkeys(measures)) == ["share", "hope", "above", "below", "relief", "outside", "gain"]
    gain = next(row for row in checked.rows() if row["measure"] == "gain")
    numbers = told["conflict"]["options"][gain["party"]][gain["issue"]][gain["option"]]["gain"]
    assert {key: gain[key] for key in numbers} == pytest.approx(numbers, abs=1e-6)


def test_check_names_every_problem_at_once_and_stops_with_2(cli, minimal):
    wrong = ["--set", "horizon_month=3", "--set", "parties.upper.salience.share=much"]
    result = cli.invoke(app, ["check", str(minimal), *wrong])
    assert result.exit_code == 2
    assert result.stdout == ""
    for words in ("horizon_month", 'Did you mean "horizon_months"?', "parties.upper.salience.share", "2 problems"):
        assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_a_missing_file_is_said_in_one_message(cli, workplace):
    result = cli.invoke(app, ["check", "nowhere.yaml"])
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [("--variant", "foresigt=0", "foresight=0"), ("--override", "nothing", "nothing"), ("--scenario", "no", "no")],
)
def test_unknown_names_are_input_errors(cli, minimal, option, name, words):
    result = cli.invoke(app, ["check", str(minimal), option, name])
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_unknown_option_is_an_input_error_with_a_hint(cli, minimal):
    result = cli.invoke(app, ["compare", str(minimal), "--drows", "3"])
    assert result.exit_code == 2
    assert "--draws" in result.stderr


def test_schema_is_json_and_nothing_else(cli):
    result = cli.invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["properties"]["issues"]
    assert result.stderr == ""


def test_the_editors_schema_is_current(cli):
    shipped = (ROOT / "scenarios" / "schema.json").read_text(encoding="utf-8")
    assert cli.invoke(app, ["schema"]).stdout == shipped, "run `make docs`"
    shipped = (ROOT / "scenarios" / "design.schema.json").read_text(encoding="utf-8")
    assert cli.invoke(app, ["schema", "--design"]).stdout == shipped, "run `make docs`"


def test_variants_lists_rules_and_the_files_own_changes(cli, tmp_path, minimal):
    own = "\noverrides:\n  long-watch: {summary: Watched for longer, set: {horizon_months: 60}}\n"
    file = tmp_path / "own.yaml"
    file.write_text(minimal.read_text(encoding="utf-8") + own, encoding="utf-8")
    result = cli.invoke(app, ["variants", str(file)])
    assert result.exit_code == 0, result.output
    for words in ("foresight=0", "severable=no", "long-watch", "Watched for longer"):
        assert words in result.stdout


def test_version(cli):
    assert cli.invoke(app, ["--version"]).stdout.strip() == f"parley {__version__}"


@pytest.mark.parametrize("command", ["check", "schema", "variants", "compare", "trace"])
def test_every_command_explains_itself(cli, command):
    result = cli.invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["check", "FILE"], ["schema"], ["compare", "--help"]])
def test_quick_commands_load_nothing_heavy(minimal, arguments):
    arguments = [str(minimal) if part == "FILE" else part for part in arguments]
    code = (
        "import sys; sys.argv[1:] = " + repr(arguments) + "; from sim.cli.main import main; code = main();"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().endswith("[]"), done.stderr


@pytest.mark.slow
def test_a_comparison_loads_neither_compiler_nor_mesa_nor_pandas(tmp_path: Path):
    """What has been compiled before is run without the compiler; matplotlib is for the report's figures alone."""
    arguments = ["compare", str(ROOT / "scenarios" / "minimal.yaml"), "--draws", "2", "--replications", "2", "-q"]
    arguments += ["--again", "--out", str(tmp_path / "run")]
    for allowed, more in {("pyarrow", "matplotlib"): [], ("pyarrow",): ["--no-report"]}.items():
        code = (
            f"import sys; sys.argv[1:] = {arguments + more!r}; from sim.cli.main import main; code = main();"
            f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); sys.exit(code)"
        )
        for _ in range(2):  # the first time it may compile
            done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
        assert set(literal_eval(done.stderr.strip().splitlines()[-1])) == set(allowed)


def test_run_py_and_the_package_are_the_same_command_line():
    done = subprocess.run(
        [sys.executable, "run.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"parley {__version__}"
