"""Levels in words, read by a codebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_raw, load_scenario, read_raw
from tests.scenario.preparation.case_folder import PROFILE, problems


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
    with pytest.raises(ScenarioError, match="the file has no codebook") as caught:
        load_raw(data)
    assert all(problem.path.endswith("level") for problem in caught.value.problems)
