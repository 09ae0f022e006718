"""The study file, its cells, and the page that `parley study` writes."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from typer.testing import CliRunner

from sim.analysis.experiments.cells import read_case
from sim.analysis.statistics.intervals import Estimate
from sim.app.errors import InputError
from sim.app.study import StudyFile, StudyPlan, check_names, read_study, without_lever
from sim.cli.main import app
from sim.report.study.findings_changes import within_words
from sim.scenario import ScenarioError, load_scenario
from sim.types.playing import Size

ROOT = Path(__file__).resolve().parents[2]

ASKED = {
    "study": 1,
    "scenario": "minimal.yaml",
    "formats": {"narrow": "farmers", "wide": ["all-three"]},
    "lines": "all",
    "contacts": 2,
}


def written(folder: Path, **changes: object) -> Path:
    (folder / "minimal.yaml").write_text((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    file = folder / "studies.yml"
    file.write_text(yaml.safe_dump({**ASKED, **changes}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"study": 2}, "study"),
        ({"narow": "x"}, "narow"),
        ({"contacts": 1}, "contacts"),
        ({"pressure": {"patron": "a", "target": "b", "ability": [0, 0.1], "motive": [0, 2]}}, "motive"),
    ],
)
def test_a_wrong_study_file_says_where(tmp_path: Path, changes: dict[str, object], words: str):
    with pytest.raises(ScenarioError, match=rf"studies.yml:\d+: [a-z.]*{words}"):
        read_study(written(tmp_path, **changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"formats": {"narrow": "farmer", "wide": ["all-three"]}}, 'No format .*"farmer".*Did you mean "farmers"'),
        ({"split": ["nobody"]}, 'No party .*"nobody"'),
        ({"lines": ["nobody.none"]}, "No red line"),
        ({"without_standing": ["none"]}, "No override"),
    ],
)
def test_names_that_are_not_in_the_scenario(tmp_path: Path, changes: dict[str, object], words: str):
    asked = read_study(written(tmp_path, **changes))
    with pytest.raises(InputError, match=words):
        check_names(asked, load_scenario(tmp_path / "minimal.yaml"))


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").rglob("*studies.yml")), ids=lambda f: f.as_posix()[-30:])
def test_the_studies_that_ship_ask_what_is_there(file: Path):
    asked = read_study(file)
    resolved = load_scenario(file.parent / asked.scenario)
    check_names(asked, resolved)
    n_lines = sum(len(party.red_lines) for party in resolved.parties.values())
    lever, without = asked.pressure, without_lever(asked, read_case(file.parent / asked.scenario))
    assert lever is None or lever.target not in without.base.parties[lever.patron].leverage
    cells = StudyPlan(asked, resolved, Size(10, 2)).sizes
    assert sum(any("red_lines" in change for change in cell.sets) for cell in cells if cell.variant is None) == n_lines


def test_every_cell_of_a_grid_is_asked_at_three_kinds_of_foresight():
    asked = read_study(ROOT / "scenarios" / "ukraine" / "studies.yml")
    resolved = load_scenario(ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml")
    assert asked.pressure is not None
    size = len(asked.pressure.ability) * len(asked.pressure.motive)
    cells = [cell for cell in StudyPlan(asked, resolved, Size(10, 2)).sizes if any(".motive=" in s for s in cell.sets)]
    assert len(cells) == 3 * size * (1 + bool(asked.pressure.again_with))
    assert {len(cell.formats) for cell in cells} == {1}


def test_variants_get_half_the_draws_but_not_on_the_grid():
    asked = read_study(ROOT / "scenarios" / "ukraine" / "studies.yml")
    plan = StudyPlan(asked, load_scenario(ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml"), Size(10, 2))
    assert plan.sizes[plan.base].draws == 10
    assert plan.sizes[plan.base.under("foresight=0")].draws == 5
    assert {plan.sizes[cell].draws for _, pressed in plan.grids for cell in pressed.values()} == {10}


def test_the_page_says_what_it_rests_on_and_comes_out_the_same_twice(tmp_path: Path):
    raw = yaml.safe_load((ROOT / "scenarios" / "minimal.yaml").read_text(encoding="utf-8"))
    patron, target = next(((p, q) for p, one in raw["parties"].items() for q in one.get("leverage", {})), (None, None))
    grid = {"patron": patron, "target": target, "format": "all-three", "ability": [0, 0.3], "motive": [0, 1]}
    changes = {"split": [next(iter(raw["parties"]))], **({"pressure": grid} if patron else {})}
    file = written(tmp_path, **changes)
    pages = []
    for name in ("one", "two"):
        page = tmp_path / name / "findings.md"
        arguments = ["study", str(file), "--draws", "6", "--replications", "2", "--out", str(page), "--quiet"]
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
        pages.append(page.read_text(encoding="utf-8"))
    assert pages[0] == pages[1]
    text = pages[0]
    assert "It is not a forecast" in text
    assert "are assumed" in text
    assert load_scenario(tmp_path / "minimal.yaml").digest in text
    assert str(tmp_path) not in text
    assert re.search(r"\| Seed \| 1 \|", text)
    assert "nan" not in text
    if patron:
        assert "byte for byte" in text
        assert (tmp_path / "one" / "images" / "findings-pressure.svg").exists()


def test_a_study_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        StudyFile.model_validate(ASKED).scenario = "other.yaml"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.01, 0.015, "within 2.0 points"),
        (-0.01, 0.03, "whether within 2.0 points cannot be told"),
        (-0.05, -0.03, "beyond 2.0 points"),
    ],
)
def test_a_change_is_within_the_bound_by_its_whole_interval(low: float, high: float, words: str):
    assert within_words(Estimate((low + high) / 2, low, high), SimpleNamespace(bound=0.02)) == words


def test_rules_are_put_in_place_one_after_another_and_the_file_as_written_comes_last():
    rules = {"order": ["undertaking=off", "optimism=off"], "overrides": ["line-off"]}
    asked = StudyFile.model_validate({**ASKED, "rules": rules})
    plan = StudyPlan(asked, load_scenario(ROOT / "scenarios" / "minimal.yaml"), Size(4, 2))
    assert [(label, cell.variant, cell.overrides) for label, cell in plan.steps.items()] == [
        ("none of them", "undertaking=off+optimism=off", ("line-off",)),
        ("undertaking=off", "optimism=off", ("line-off",)),
        ("optimism=off", None, ("line-off",)),
        ("the file as written", None, ()),
    ]
    assert {plan.sizes[cell].draws for cell in plan.steps.values()} == {4}
