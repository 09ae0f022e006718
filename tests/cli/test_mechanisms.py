"""`parley mechanisms` on a made-up scenario, and what the file that ships promises."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from sim.app.mechanisms import MechanismFile, read_mechanisms
from sim.app.naming import read_file
from sim.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "scenarios" / "ukraine" / "mechanisms.yml"
SCENARIO = """
parley: 1
id: hills
title: "Hills"
references: {C1: {title: "A letter"}}
issues:
  quarrel:
    level: core
    ends_price: true
    status_quo: open
    options: {open: {}, closed: {settles: true}}
parties:
  hill:
    salience: {quarrel: 1}
    values: {quarrel: {options: {open: 1, closed: 0}}}
    price_of_no_settlement: {now: {uniform: [-3, -2]}}
    meeting_value: 0.01
    patience: 0.9
  dale: {salience: {quarrel: 1}, values: {quarrel: {options: {open: 0, closed: 1}}}}
formats:
  talks: {seats: {hill: principal, dale: principal}, calendar: {months: 2, rounds_per_month: 4}}
  longer: {seats: {hill: principal, dale: principal}, calendar: {months: 4, rounds_per_month: 4}}
overrides:
  calm: {set: {parties.hill.price_of_no_settlement.now: 0}}
  unpaid: {set: {parties.hill.meeting_value: 0.005}}
  patient: {set: {parties.hill.patience: 0.99}}
rivals:
  X1: {question: "Dear or not?", readings: [calm, patient], sources: [C1]}
"""
ASKED = """
mechanisms: 1
id: hill-mechanisms
title: "What each mechanism does among the hills"
scenarios: [hills.yaml]
entries:
  A1:
    name: "Trouble"
    statement: "Trouble brings hill to the table."
    claims: C1
    basis: asserted
    carried_by:
      fields: [parties.hill.price_of_no_settlement.now, formats.*.calendar.months]
      rules: sim/rules/utility.py
    observable: "With trouble there is a settlement."
    tests: tests/cli/test_mechanisms.py::test_what_switches_do_is_told
    ablations:
      - switch: "Trouble"
        with: {of: settlement}
        without: {of: settlement, override: calm}
        expected: more
      - switch: "Trouble, looked at the wrong way"
        with: {of: settlement}
        without: {of: settlement, override: calm}
        expected: less
      - switch: "Trouble; when it lasts"
        with: {of: lasted}
        without: {of: lasted, override: calm}
      - switch: "Trouble; what meeting brings"
        with: {of: net_gain, party: hill, override: calm}
        without: {of: net_gain, party: hill, override: [calm, unpaid]}
      - switch: "Trouble; when proposers look far"
        with: {of: settlement, variant: foresight=1}
        without: {of: settlement, override: calm, variant: foresight=1}
    finding: "As expected | and more."
  A2:
    name: "Patience"
    statement: "Patience brings nothing."
    claims: [C1]
    basis: inferred
    carried_by: {fields: parties.hill.patience, rules: sim/rules/attendance.py}
    observable: "Nothing changes."
    tests: tests/cli/test_mechanisms.py::test_what_switches_do_is_told
    ablations:
      - switch: "Patience"
        with: {of: settlement, override: patient}
        without: {of: settlement}
        expected: same_bytes
        input: true
      - switch: "Patience, hoped for"
        with: {of: settlement, override: patient}
        without: {of: settlement}
        expected: more
      - switch: "More time"
        with: {of: settlement, format: longer}
        without: {of: settlement, format: talks}
        expected: flat
    not_carried: "Boredom."
  A3:
    name: "Mood"
    statement: "Mood follows."
    claims: [C1]
    basis: inferred
    left_out: "Nothing stands for it."
contradictions:
  X1: {what: "Dear or not"}
  X2: {what: "A slip", no_number: "It is a slip."}
"""
SMALL = ["--draws", "20", "--replications", "4", "--quiet"]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hills.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "asked.yml").write_text(ASKED, encoding="utf-8")
    return tmp_path


def run(*words: str, ok: bool = True) -> str:
    found = CliRunner().invoke(app, ["mechanisms", "asked.yml", *words])
    assert (found.exit_code == 0) is ok, found.output
    return found.output


def findings(*words: str) -> dict:
    return json.loads(run(*SMALL, "--json", *words))


def test_what_switches_do_is_told(workplace: Path) -> None:
    found = findings()
    trouble, patience, mood = found["entries"]
    assert [row["seen"] for row in trouble["results"]] == [
        "as_expected", "other_way", "nothing_to_count", "more", "more",
    ]  # fmt: skip
    assert trouble["results"][3]["same_bytes"]  # what meeting brings is no record
    assert trouble["results"][0]["difference"]["value"] == 1.0
    assert trouble["results"][4]["ablation"]["with_it"]["cell"]["variant"] == "foresight=1"
    assert trouble["moves"]
    assert [row["seen"] for row in patience["results"]] == ["as_expected", "undecided", "as_expected"]
    assert [row["same_bytes"] for row in patience["results"]] == [True, True, False]
    assert not patience["moves"]
    assert found["still"] == ["A2"]
    assert {switch for _, switch in found["unexpected"]} == {"Trouble, looked at the wrong way", "Patience, hoped for"}
    assert (mood["left_out"], mood["results"]) == ("Nothing stands for it.", [])


def test_pages_hold_what_is_carried_what_is_left_out_and_what_contradicts(workplace: Path) -> None:
    words = " ".join(run(*SMALL, "--page", "docs/page.md").split())
    assert "Left out: Nothing stands for it." in words
    assert words.count("as expected (input)") == 1
    assert "No switch distinguishable from nothing: A2" in words
    page = (workplace / "docs" / "page.md").read_text(encoding="utf-8")
    assert "parley mechanisms" not in page or "--page" not in page
    for part in (
        "0, same bytes",
        "**the other way round**",
        "`formats.*.calendar.months`",
        "Boredom.",
        "It is a slip.",
        "| the same records, byte for byte | as expected (input) |",
        "*Input* marks what the rules or the file put in",
    ):
        assert part in page
    assert "Rival readings: `calm`, `patient`. Dear or not?" in page
    rows = [line for line in page.splitlines() if line.startswith("| [A1 ")]
    assert len(rows) == 1
    anchor = rows[0].split("(#")[1].split(")")[0]
    assert anchor == "a1-trouble"


def test_only_some_mechanisms(workplace: Path) -> None:
    assert [one["id"] for one in findings("--only", "A2,A3")["entries"]] == ["A2", "A3"]
    assert 'No mechanism is called "A9"' in run("--only", "A9", ok=False)


def test_without_a_file_the_first_one_here_is_taken(workplace: Path) -> None:
    found = CliRunner().invoke(app, ["mechanisms"])
    assert found.exit_code == 2
    assert "name a mechanism file" in " ".join(found.output.split())
    (workplace / "scenarios" / "hills").mkdir(parents=True)
    for old, new in (("hills.yaml", "hills.yaml"), ("asked.yml", "mechanisms.yml")):
        (workplace / old).rename(workplace / "scenarios" / "hills" / new)
    found = CliRunner().invoke(app, ["mechanisms", *SMALL, "--only", "A3", "--json"])
    assert json.loads(found.stdout)["id"] == "hill-mechanisms"


def test_the_same_seed_gives_the_same_findings(workplace: Path) -> None:
    assert findings("--threads", "1") == findings("--threads", "2")
    shares = [
        [row["with_it"]["value"] for row in findings("--seed", seed)["entries"][0]["results"]] for seed in ("1", "2")
    ]
    assert len(shares[0]) == 5


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("override: patient}", "override: patent}", 'Did you mean "patient"'),
        ("variant: foresight=1}", "variant: foresigt=1}", 'Did you mean "foresight=1"'),
        ("fields: parties.hill.patience", "fields: parties.hill.patence", 'Did you mean "patience"'),
        ("formats.*.calendar.months", "formats.*.calender.months", 'Did you mean "calendar"'),
        ('    left_out: "Nothing stands for it."', "", "or left_out"),
        ("without: {of: lasted, override: calm}", "without: {of: signed, override: calm}", "one quantity"),
        ('X2: {what: "A slip", no_number: "It is a slip."}', 'X2: {what: "A slip"}', "X2 needs rival readings"),
        ('X1: {what: "Dear or not"}', 'X1: {what: "Dear or not", no_number: "None."}', "X1 needs rival readings"),
        ("expected: flat", "expected: float", "entries.A2.ablations.2.expected"),
        ("basis: asserted", "basis: rumoured", "entries.A1.basis"),
    ],
)
def test_wrong_names_are_told(workplace: Path, old: str, new: str, said: str) -> None:
    assert old in ASKED
    (workplace / "asked.yml").write_text(ASKED.replace(old, new), encoding="utf-8")
    assert said in " ".join(run(ok=False).split())


# --- the file that ships ----------------------------------------------------------------------------------------------


def shipped() -> MechanismFile:
    return read_file(SHIPPED, MechanismFile)


def test_every_name_of_the_file_that_ships_leads_somewhere() -> None:
    assert len(read_mechanisms(SHIPPED, ()).mechanisms) == len(shipped().entries)


def test_every_mechanism_is_carried_and_seen_or_left_out() -> None:
    entries = shipped().entries
    assert list(entries) == [f"M{k:02d}" for k in range(1, 28)]
    carried = {key: one for key, one in entries.items() if not one.left_out}
    assert len(carried) > 20
    assert all(one.carried_by and one.carried_by.rules and one.carried_by.fields for one in carried.values())
    assert all(one.ablations and one.observable and one.tests for one in carried.values())


def test_every_contradiction_is_a_rival_or_bears_on_no_number() -> None:
    assert list(shipped().contradictions) == [f"X{k:02d}" for k in range(1, 18)]


def test_rules_that_carry_are_files_of_the_package() -> None:
    rules = {rule for one in shipped().entries.values() if one.carried_by for rule in one.carried_by.rules}
    assert [rule for rule in sorted(rules) if not (ROOT / rule).is_file()] == []


def named_tests() -> list[str]:
    return sorted({name for one in shipped().entries.values() for name in one.tests})


@pytest.mark.parametrize("name", named_tests())
def test_named_tests_exist(name: str) -> None:
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert function.startswith("test_")
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_claims_are_those_of_the_evidence_file() -> None:
    known = yaml.safe_load((ROOT / "scenarios" / "evidence" / "documents.yaml").read_text(encoding="utf-8"))["claims"]
    cited = {claim for one in shipped().entries.values() for claim in one.claims}
    assert sorted(cited - set(known)) == []


def test_both_statements_on_coercion_are_asked_for() -> None:
    """No ability or no motive gives the bytes of none, both high more; at foresight 0 and, beside it, at 1."""
    rows = shipped().entries["M01"].ablations
    for variant in ("foresight=0", "foresight=1"):
        expected = [row.expected for row in rows if row.with_it.variant == row.without.variant == variant]
        assert expected.count("same_bytes") == 2
        assert "more" in expected


def test_what_cannot_come_out_otherwise_is_marked() -> None:
    """Ability times motive is the lever, so that either at nought gives the same bytes by the rule itself."""
    rows = [row for entry in read_file(SHIPPED, MechanismFile).entries.values() for row in entry.ablations]
    assert all(row.input for row in rows if row.expected == "same_bytes")
    assert {"Worth of meeting; what meeting as such brings Russia", "Twice the contacts"} <= {
        row.switch for row in rows if row.input
    }
