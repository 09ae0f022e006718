"""`parley history`, and `parley compare` with past cases beside its likelihoods."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

import parley
from sim.analysis.comparison.result_document import ComparisonResult
from sim.cli.main import app
from sim.types.records import json_schema

ROOT = Path(__file__).parents[2]
CLASSES = "reference_class={settlement: crisis-war-formal, halt: interstate-year-3plus-halt}"
SMALL = ("--draws", "8", "--replications", "2", "--no-variants", "--no-benchmarks", "--no-report", "-q")


def run(*words: object, code: int = 0) -> str:
    found = CliRunner().invoke(app, [*map(str, words)])
    assert found.exit_code == code, found.output
    return found.output


def test_all_classes_with_their_sources() -> None:
    text = run("history")
    for words in ("interstate-year-3plus-halt", "6 of 42", "Kreutz", "Brecher", "Gibler", "Does not know", "Jeffreys"):
        assert words in text


def test_words_filter_in_any_case() -> None:
    rows = json.loads(run("history", "KREUTZ", "3plus", "--json"))
    assert {row["n"] for row in rows} == {42, 1619, 475}
    (one,) = json.loads(run("history", "interstate third", "ceasefire", "--json"))
    assert (one["id"], one["k"], one["n"], one["months"]) == ("interstate-year-3plus-halt", 6, 42, 12)
    assert (one["low"], one["high"]) == pytest.approx((0.0619, 0.2710), abs=5e-5)
    assert (one["low_90"], one["high_90"]) == pytest.approx((0.0724, 0.2485), abs=5e-5)


def test_the_table_for_other_programs() -> None:
    rows = list(csv.DictReader(io.StringIO(run("history", "--csv"))))
    assert len(rows) == 42
    assert all(float(row["low"]) < float(row["share"]) < float(row["high"]) for row in rows)
    assert all(row["source"] and row["coding"] and row["unknown"] for row in rows)


def test_what_is_not_there() -> None:
    text = run("history", "hallt", code=2)
    assert 'No reference class holds "hallt". Did you mean "halt"?' in text
    assert "exclude each other" in run("history", "--json", "--csv", code=2)


def test_python_has_the_same() -> None:
    frame = parley.history("interstate", "third").frame()
    assert frame.id.tolist() == [f"interstate-year-3plus-{event}" for event in ("ended", "halt", "peace")]
    assert "6 of 42" in str(parley.history("3plus", "ceasefire"))
    with pytest.raises(parley.InputError, match="hallt"):
        parley.history("hallt")


def test_a_comparison_with_history(workplace: Path, minimal: Path) -> None:
    plain = json.loads(run("compare", minimal, *SMALL, "--json"))
    content = json.loads(run("compare", minimal, *SMALL, "--json", "--set", CLASSES, "--outside-view"))
    Draft202012Validator(json_schema(ComparisonResult)).validate(content)
    assert plain["history"] is None
    assert content["digest"] == plain["digest"]  # history changes nothing that is played
    assert content["formats"] == plain["formats"]
    halt, settlement = (content["history"]["measures"][measure] for measure in ("halt", "settlement"))
    farmers = settlement["formats"]["farmers"]
    assert (settlement["reference"]["k"], settlement["reference"]["n"]) == (27, 103)
    assert farmers["likelihood"] == content["formats"]["farmers"]["measures"]["settlement"]
    assert farmers["position"] in ("above", "in_line", "below")
    assert farmers["factor"] == pytest.approx(farmers["likelihood"]["value"] * 103 / 27, abs=1e-5)
    assert list(farmers["pooled"]) == ["0", "0.25", "0.5", "0.75", "1"]
    assert farmers["pooled"]["1"]["value"] == pytest.approx(27 / 103, abs=1e-6)
    assert halt["formats"]["farmers"]["position"] is None  # six months of talks
    again = json.loads(run("compare", minimal, *SMALL, "--json", "--set", CLASSES))
    assert again["history"]["measures"]["settlement"]["formats"]["farmers"]["pooled"] == {}


def test_results_with_other_classes_are_other_results(workplace: Path, minimal: Path) -> None:
    for sets in ((), ("--set", CLASSES), ("--set", CLASSES, "--outside-view")):
        run("compare", minimal, *SMALL, *sets)
    folders = [path for path in (workplace / "results" / "village-well").iterdir() if path.name != "latest"]
    assert len(folders) == 3


def test_without_a_class_there_is_nothing_to_pool(workplace: Path, minimal: Path) -> None:
    found = CliRunner().invoke(app, ["compare", str(minimal), *SMALL[:-1], "--outside-view"])
    assert "names no reference_class" in found.output


def test_the_frame_has_history_beside_each_likelihood(minimal: Path) -> None:
    scenario = parley.load(minimal).set(
        {"reference_class": {"settlement": "crisis-war-formal", "no_talks": "crisis-formal"}}
    )
    frame = parley.compare(scenario, draws=8, replications=2, variants=False, benchmarks=False).frame()
    beside = frame[frame.reference_class.notna()]
    assert set(beside.measure) == {"settlement", "no_talks"}
    row = beside[(beside.kind == "measure") & (beside.format == "farmers")].iloc[0]
    assert (row.k, row.n) == (27, 103)
    assert row.beside_history in ("above", "in_line", "below")
    assert row.factor == pytest.approx(row.value / row.history)
    assert row.history_low < row.history < row.history_high


def test_a_wrong_class_is_told_with_its_place(minimal: Path) -> None:
    text = run("check", minimal, "--set", "reference_class.halt=interstate-year-3plus-hlat", code=2)
    assert "reference_class.halt" in text
    assert 'Did you mean "interstate-year-3plus-halt"?' in text
