"""Evidence: claims that a case cites become its references."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import load_scenario
from tests.scenario.preparation.case_folder import CASE, CLAIMS, problems


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
