"""Tables as scenarios and in other forms, from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sim.app.convert import TableFile, convert
from sim.app.errors import InputError
from sim.interop import read_table
from sim.scenario import load_raw

EXAMPLES = Path(__file__).resolve().parents[2] / "scenarios" / "examples"


def test_a_scenario_with_what_is_said_beside_the_table():
    table = TableFile(EXAMPLES / "delay-eu.csv", scale=(0.0, 20.0), unit="years", loss=2.0)
    converted = convert(table)
    resolved = load_raw(yaml.safe_load(converted.text))
    (issue,) = resolved.issues.values()
    assert issue.scale is not None
    assert issue.scale.unit == "years"
    assert max(issue.scale.positions.values()) == 20
    assert any("20 is assumed" in note or "0 is assumed" in note for note in converted.notes)


def test_a_proposal_in_another_form(tmp_path):
    converted = convert(TableFile(EXAMPLES / "harbour-long.csv", "pilots"), "eu")
    (tmp_path / "pilots.csv").write_text(converted.text, encoding="utf-8")
    harbour = read_table(EXAMPLES / "harbour-long.csv").table
    (issue,) = read_table(tmp_path / "pilots.csv").table.issues
    assert issue.stands == harbour.of("pilots").issues[0].stands
    assert "Not in this form: names of proposal and issue." in converted.notes


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TableFile(EXAMPLES / "delay-eu.csv", scale=(9.0, 1.0)), "lower end first"),
        (TableFile(EXAMPLES / "harbour-long.csv", "quai"), 'Did you mean "quay"'),
        (TableFile(EXAMPLES / "harbour-long.csv"), "name one by --proposal"),
    ],
)
def test_what_cannot_be_written_is_an_input_error(table, words):
    with pytest.raises(InputError, match=words):
        convert(table)
