"""Files that build on others: merging, and places in problems."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_raw, load_scenario
from tests.scenario.preparation.case_folder import CASE, CLAIMS, PROFILE, problems


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


def test_data_without_a_file_names_no_files() -> None:
    with pytest.raises(ScenarioError, match="only a file can name other files"):
        load_raw({"parley": 1, "id": "a", "title": "b", "include": "c"})


def test_only_cited_claims_become_references(folder: Path) -> None:
    found = load_scenario(folder / "case.yaml").references
    assert found is not None
    assert list(found) == ["C1", "C2"]
    assert found["C1"].title == "A letter, paragraphs 2, 3"
    assert found["C1"].note == "Price comes first. [the buyer, stated]"


def test_an_unknown_claim_is_an_error(folder: Path) -> None:
    (folder / "case.yaml").write_text(CASE.replace("C2", "C9"), encoding="utf-8")
    assert "unknown source" in problems(folder / "case.yaml")


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
