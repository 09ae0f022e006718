"""Small inputs that once failed, were taken for something else or passed in silence: what each does now, and says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from sim.cli.main import app

INPUTS = Path(__file__).parent / "inputs"
PLAYED = "--draws 2 --replications 2 --no-variants --no-benchmarks --out out"
GOOD, REFUSED = 0, 2

CASES: dict[str, list[tuple[str, int, tuple[str, ...]]]] = {
    "tiny-weights.yaml": [("check", REFUSED, ("parties.upper.salience.share", "too small", "e-320"))],
    "huge-weights.yaml": [("check", REFUSED, ("parties.upper.salience.share", "too large", "1e+308"))],
    "equal-values.yaml": [("check", GOOD, ("parties.upper.values", "values every deal alike", "Worth a second look"))],
    "same-names.yaml": [
        ("check", GOOD, ("parties.lower.name", "'Upper farmer', also parties.upper", "issues.repair.name"))
    ],
    "space-name.yaml": [("check", REFUSED, ("space-name.yaml:47", "parties.lower.name", "the name is blank"))],
    "newline-name.yaml": [("check", REFUSED, ("parties.lower.name", "a line break or a tab", "one line"))],
    "control-name.yaml": [("check", REFUSED, ("parties.lower.name", "cannot be shown", "U+0007"))],
    "long-name.yaml": [("check", REFUSED, ("parties.lower.name", "too long", "at most 120 characters"))],
    "overrides.yaml": [
        ("check", REFUSED, ("overrides.overlap", "overrides.nothing")),
        (
            "check --override overlap",
            REFUSED,
            ("overrides.yaml:77", "two paths of one override overlap", "parties.lower.red_lines.not-by-land.firmness"),
        ),
        ("check --override nothing", REFUSED, ("the path matches nothing", "parties.*.leverage.*.ability")),
        ("check --set parties.*.leverage.*.cost=1", REFUSED, ("the path matches nothing",)),
    ],
    "shock-to-zero.yaml": [("check", GOOD, ("shocks.flood", "no weight left on any issue", "lower"))],
    "status-quo-best.yaml": [
        ("check", GOOD, ("parties.upper.price_of_no_settlement.now", "no settlement is worth something", "0.5")),
        ("check", GOOD, ("parties.upper", "no settling option is better for it than the status quo")),
    ],
    "hyphen-ids.yaml": [("check", GOOD, ("No problem found",)), (f"compare {PLAYED}", GOOD, ("farmers",))],
    "class-id.yaml": [("check", GOOD, ("No problem found",)), (f"compare {PLAYED}", GOOD, ("farmers",))],
    "crash-check-1.yaml": [("check", REFUSED, ("crash-check-1.yaml:2 codebook", "unknown codebook", "allowed: a"))],
    "crash-check-2.yaml": [
        ("check", REFUSED, ("parties.p.salience.x.spread", "no such spread", "allowed: narrow, wide"))
    ],
    "crash-check-3.yaml": [("check", REFUSED, ("issues.share.status_quo", "the wrong kind of value", "seen: {}"))],
    "crash-forecast.yaml": [
        ("check", GOOD, ("No problem found",)),
        ("forecast --draws 2", REFUSED, ("No issue on the agenda of talk is numeric", "an ideal on it")),
    ],
    "actors-61.csv": [("import", REFUSED, ("at most 60 actors", "actors-61 has 61"))],
    "control.csv": [("import", REFUSED, ("control.csv:2", "cannot be shown", "U+0007"))],
    "ktab-heading-5.csv": [("import", GOOD, ("Line 1: the fifth cell, '0', is not read", "Combined"))],
    "semicolon.csv": [("import", GOOD, ("Cells are read as separated by semicolons", 'name: "B"'))],
    "semicolon-comma-decimal.csv": [
        ("import --to eu", GOOD, ("separated by semicolons", "10,5 is read as 10.5", "A,10.5,0,50", "B,20,50.5,60"))
    ],
    "comma-decimal-quoted.csv": [
        ("import --to eu", GOOD, ("10,5 is read as 10.5", "A,10.5,0,50", "B,20,50.5,60")),
        ("forecast --draws 2 --replications 2 --out out", GOOD, ("10,5 is read as 10.5",)),
    ],
    "tab.csv": [("import --to eu", GOOD, ("separated by tabs", "A,10,0,50"))],
    "sep-line.csv": [("import --to eu", GOOD, ("Line 1, 'sep=,'", "C,10,100,70"))],
    "utf16.csv": [("import --to eu", GOOD, ("not UTF-8: it is read as UTF-16", "C,10,100,70"))],
    "cp1252.csv": [("import --to eu", GOOD, ("not UTF-8: it is read as Windows-1252", "Königreich,10,0,50"))],
    "underscore-number.csv": [("import", REFUSED, ("underscore-number.csv:2 capability", "not a number", "'1_000'"))],
    "formula.csv": [
        ("import --to eu", GOOD, ("'=HYPERLINK(1),10,0,50", "An apostrophe before =HYPERLINK(1)")),
        ("import", GOOD, ('name: "=HYPERLINK(1)"',)),
    ],
    "cyrillic.csv": [("import", GOOD, ("rossiya: Россия", "ukraina: Украина"))],
    "same-id.csv": [("import", GOOD, ("u-k: U.K.", "u-k-2: U K", "u-k-3: u-k"))],
    "zero-salience.csv": [("import", GOOD, ("Fewer than two actors have any salience: 1% is ASSUMED",))],
    "nile-saliences-sum1.yaml": [("check", GOOD, ("No problem found",))],
    "nile-saliences-sum100.yaml": [("check", GOOD, ("No problem found",))],
}
ROWS = [(file, *row) for file, rows in CASES.items() for row in rows]


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


def run(cli: CliRunner, words: str) -> Result:
    """The command with its words apart; what it says has single spaces, wherever a terminal would break it."""
    return cli.invoke(app, words.split())


def said(result: Result) -> str:
    return " ".join(result.output.split())


@pytest.mark.parametrize(("file", "command", "code", "words"), ROWS, ids=[f"{row[0]}-{row[1]}" for row in ROWS])
def test_an_input_that_once_failed(cli, workplace, file: str, command: str, code: int, words: tuple[str, ...]):
    name, *options = command.split()
    result = cli.invoke(app, [name, str(INPUTS / file), *options])
    assert result.exit_code == code, result.output
    assert [word for word in words if word not in said(result)] == [], result.output


def test_every_input_is_tried():
    assert {path.name for path in INPUTS.iterdir()} == set(CASES)


@pytest.mark.parametrize("file", ["hyphen-ids.yaml", "class-id.yaml"])
def test_columns_of_runs_have_names_that_pandas_keeps(cli, workplace, file: str):
    assert run(cli, f"compare {INPUTS / file} {PLAYED} -q").exit_code == GOOD
    columns = list(pd.read_parquet("out/runs.parquet").columns)
    assert all(name.isidentifier() for name in columns)
    row = next(pd.read_parquet("out/runs.parquet").itertuples(index=False))
    assert list(row._fields) == columns
