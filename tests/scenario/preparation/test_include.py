"""Files that build on others: merging, places in problems, evidence, levels read by a codebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_raw, load_scenario, read_raw

PROFILE = """
codebooks:
  steps:
    levels:
      salience:
        low: {narrow: {uniform: [1, 2]}, wide: {uniform: [0, 3]}}
        high: {narrow: {uniform: [4, 5]}, wide: {uniform: [3, 6]}}
      patience:
        high: {value: 0.99}
  other:
    levels:
      salience:
        low: {narrow: {value: 1}, wide: {value: 1}}
        high: {narrow: {value: 9}, wide: {value: 8}}
      patience:
        high: {value: 0.9}
issues:
  price:
    level: core
    status_quo: old
    options:
      old: {}
      new: {settles: true}
      newer: {settles: true}
parties:
  buyer:
    salience: {price: {level: high, spread: wide, basis: stated, sources: [C1]}}
    values: {price: {options: {old: 0, new: 1, newer: 0.5}}}
    patience: {level: high}
    price_of_no_settlement: {now: {triangular: [-0.2, -0.1, 0]}}
  seller:
    salience: {price: 1}
    values: {price: {ranking: [newer, new, old]}}
"""
CASE = """
parley: 1
id: case
title: A case
include: profile.yml
evidence: claims.yaml
parties:
  buyer:
    price_of_no_settlement: {now: {uniform: [-0.1, 0], basis: analyst, sources: [C2]}}
  seller:
    values: {price: {options: {old: 0, new: 0.4, newer: 1}}}
formats:
  talks:
    seats: {buyer: {}, seller: {}}
    calendar: {months: 2, rounds_per_month: 2}
"""
CLAIMS = """
evidence: 1
documents:
  letter: {title: "A letter", date: "1990"}
claims:
  C1: {document: letter, paragraphs: "2, 3", voice: "the buyer", confidence: stated, paraphrase: "Price comes first."}
  C2: {document: letter, confidence: analyst, paraphrase: "Waiting is dear."}
  C3: {document: letter, confidence: reported, paraphrase: "Nobody cites this."}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profile.yml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path


def problems(file: Path, **more: object) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_file_lies_over_what_it_includes(folder: Path) -> None:
    numbers = load_scenario(folder / "case.yaml").numbers
    assert numbers["parties.buyer.price_of_no_settlement.now"].kind == "uniform"
    assert numbers["parties.buyer.salience.price"].form == (3, 6)
    assert numbers["parties.seller.values.price.options.new"].form == 0.4
    assert "parties.seller.values.price.curve" not in numbers


def test_null_takes_an_entry_away(folder: Path) -> None:
    text = CASE.replace("include: profile.yml", "include: [profile.yml, shorter.yml]").replace(", newer: 1}", "}")
    shorter = (
        "issues: {price: {options: {newer: null}}}\nparties: {buyer: {values: {price: {options: {newer: null}}}}}\n"
    )
    (folder / "shorter.yml").write_text(shorter, encoding="utf-8")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    assert list(load_scenario(folder / "case.yaml").issues["price"].options) == ["old", "new"]


def test_only_cited_claims_become_references(folder: Path) -> None:
    found = load_scenario(folder / "case.yaml").references
    assert found is not None
    assert list(found) == ["C1", "C2"]
    assert found["C1"].title == "A letter, paragraphs 2, 3"
    assert found["C1"].note == "Price comes first. [the buyer, stated]"


def test_an_unknown_claim_is_an_error(folder: Path) -> None:
    (folder / "case.yaml").write_text(CASE.replace("C2", "C9"), encoding="utf-8")
    assert "unknown source" in problems(folder / "case.yaml")


def test_a_problem_names_the_file_it_is_in(folder: Path) -> None:
    (folder / "profile.yml").write_text(PROFILE.replace("price: 1}", "prize: 1}"), encoding="utf-8")
    line = PROFILE.splitlines().index("    salience: {price: 1}") + 1
    assert f"profile.yml:{line}: parties.seller.salience.prize" in problems(folder / "case.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("profile.yml", "case.yaml", "files include each other"),
        ("profile.yml", "profil.yml", "cannot be read"),
        ("claims.yaml", "nothing.yaml", "cannot be read"),
        ("include: profile.yml", "include: {a: b}", "the path of a file"),
    ],
)
def test_wrong_files(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "case.yaml").write_text(CASE.replace(old, new), encoding="utf-8")
    assert said in problems(folder / "case.yaml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("document: letter, confidence: analyst", "document: lettr, confidence: analyst", "did you mean 'letter'"),
        ("confidence: analyst", "confidence: rumour", "C2.confidence"),
        ("evidence: 1", "evidence: 2", "evidence"),
    ],
)
def test_wrong_evidence(folder: Path, old: str, new: str, said: str) -> None:
    (folder / "claims.yaml").write_text(CLAIMS.replace(old, new), encoding="utf-8")
    assert said in problems(folder / "case.yaml")


def test_the_same_claim_in_two_files_is_an_error(folder: Path) -> None:
    (folder / "more.yaml").write_text(CLAIMS, encoding="utf-8")
    (folder / "case.yaml").write_text(CASE.replace("claims.yaml", "[claims.yaml, more.yaml]"), encoding="utf-8")
    assert "in two evidence files" in problems(folder / "case.yaml")


def test_data_without_a_file_names_no_files() -> None:
    with pytest.raises(ScenarioError, match="only a file can name other files"):
        load_raw({"parley": 1, "id": "a", "title": "b", "include": "c"})


def test_another_codebook_reads_the_same_levels(folder: Path) -> None:
    plain = load_scenario(folder / "case.yaml")
    other = load_scenario(folder / "case.yaml", variant="coding=other")
    assert (plain.codebook, other.codebook) == ("steps", "other")
    assert plain.numbers["parties.buyer.patience"].form == 0.99
    assert other.numbers["parties.buyer.patience"].form == 0.9
    assert other.numbers["parties.buyer.salience.price"].form == 8
    assert other.numbers["parties.buyer.salience.price"].sources == ("C1",)
    assert plain.digest != other.digest


def test_a_resolved_file_can_change_its_coding(folder: Path) -> None:
    (folder / "resolved.yaml").write_text(load_scenario(folder / "case.yaml").to_yaml(), encoding="utf-8")
    for variant in (None, "coding=other"):
        whole = load_scenario(folder / "case.yaml", variant=variant)
        assert load_scenario(folder / "resolved.yaml", variant=variant).digest == whole.digest


def test_levels_in_changes_are_read_too(folder: Path) -> None:
    sets = ["parties.seller.salience.price={level: low, spread: narrow}"]
    assert load_scenario(folder / "case.yaml", sets=sets).numbers["parties.seller.salience.price"].form == (1, 2)


@pytest.mark.parametrize("entry", ["{exact: 7, narrow: 6}", "{exact: {value: 7}}", "7", "{value: 7}"])
def test_a_bare_number_in_a_codebook_is_a_constant(folder: Path, entry: str) -> None:
    found = PROFILE.replace("high: {narrow: {uniform: [4, 5]}, wide: {uniform: [3, 6]}}", f"high: {entry}", 1)
    assert found != PROFILE
    (folder / "profile.yml").write_text(found, encoding="utf-8")
    level = {"level": "high"} | ({"spread": "exact"} if "exact" in entry else {})
    data = read_raw(folder / "case.yaml")
    data["parties"]["buyer"]["salience"]["price"] = level
    assert load_raw(data).numbers["parties.buyer.salience.price"].form == 7


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{level: hihg}", "did you mean 'high'"),
        ("{level: high, spread: wider}", "no such spread of salience high"),
        ("{level: high, value: 3}", "a level or a distribution, not both"),
    ],
)
def test_wrong_levels(folder: Path, value: str, said: str) -> None:
    assert said in problems(folder / "case.yaml", sets=[f"parties.seller.salience.price={value}"])


def test_a_quantity_without_levels_takes_none(folder: Path) -> None:
    assert "no such level of talk_cost" in problems(folder / "case.yaml", sets=["parties.buyer.talk_cost={level: low}"])


def test_an_unknown_codebook_is_an_error(folder: Path) -> None:
    said = problems(folder / "case.yaml", variant="coding=othr")
    assert "1 problem" in said
    assert "unknown codebook" in said
    assert "did you mean 'other'" in said


def test_a_level_without_a_codebook_is_an_error(folder: Path) -> None:
    data = read_raw(folder / "case.yaml")
    del data["codebooks"]
    with pytest.raises(ScenarioError, match="no such level"):
        load_raw(data)
