"""`parley evidence`: numbers by the claim they rest on."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from typer.testing import CliRunner

from sim.cli.main import app
from tests.shipped import FLAGSHIP, encoder_of

ROOT = Path(__file__).parents[2]
BASE = ROOT / "tests" / "scenarios" / "base.yaml"


def evidence(*words: object, code: int = 0) -> str:
    found = CliRunner().invoke(app, ["evidence", *map(str, words)])
    assert found.exit_code == code, found.output
    return found.output


def test_numbers_stand_under_the_claim_they_cite() -> None:
    text = evidence(BASE)
    cited = text[text.index("C01") : text.index("No claim")]
    assert "A document" in cited
    assert "parties.south.values.peace.options.treaty  triangular(0.5, 0.7, 0.9)  stated" in cited
    assert "parties.south.red_lines.no-cession.firmness" not in cited
    assert "parties.south.red_lines.no-cession.firmness  0.7  assumed" in text


def test_the_table_holds_every_number_once_for_each_claim() -> None:
    rows = list(csv.DictReader(io.StringIO(evidence(FLAGSHIP, "--csv"))))
    numbers = [row for row in encoder_of(FLAGSHIP).numbers() if row.given]
    assert len(rows) == sum(max(1, len(row.sources)) for row in numbers)
    for row in rows:
        assert bool(row["claim"]) == bool(row["title"])
        assert row["claim"] or row["basis"] == "assumed"


def test_only_some_claims() -> None:
    text = evidence(FLAGSHIP, "--claims", "E024")
    assert "substantial capacity to obstruct" in text
    assert "No claim" not in text
    assert 'No claim is called "E999"' in evidence(BASE, "--claims", "E999", code=2)


def test_changes_show() -> None:
    text = evidence(FLAGSHIP, "--claims", "E018", "--variant", "coding=even_steps")
    assert "parties.russia.salience.territory  high wide: uniform(2.5, 5.5)" in text
