"""Every invalid file breaks one rule, and says where and what; every valid file resolves to its twin."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario

ROOT = Path(__file__).parent.parent / "scenarios"
INVALID = sorted((ROOT / "invalid").glob("*.yaml"))
VALID = sorted(path for path in (ROOT / "valid").glob("*.yaml") if not path.name.endswith(".resolved.yaml"))
MOST_LINES_CHANGED = 8


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_invalid_file_gives_one_problem_with_path_and_words(file: Path):
    path, *words = file.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    problems = caught.value.problems
    assert [problem.path for problem in problems] == [path], str(caught.value)
    assert problems[0].line is not None
    text = str(caught.value)
    assert str(file) in text
    for word in words:
        assert word in text


def test_the_corpus_is_large_enough():
    assert len(INVALID) >= 65


def test_the_base_is_sound():
    load_scenario(ROOT / "base.yaml")


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem)
def test_removing_the_fault_makes_it_valid(file: Path):
    """Each file is the sound base with one thing changed, so undoing that change gives a sound file."""
    text = file.read_bytes().decode("latin-1")
    if len(text.splitlines()) < 5:
        pytest.skip("a file that holds next to nothing has nothing to mend")
    base = (ROOT / "base.yaml").read_text(encoding="utf-8")
    changes = difflib.SequenceMatcher(None, base.splitlines(), text.splitlines(), autojunk=False).get_opcodes()
    lost = sum(j - i for kind, i, j, _, _ in changes if kind in ("delete", "replace"))
    assert sum(kind != "equal" for kind, *_ in changes) > 0
    assert lost <= MOST_LINES_CHANGED


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_valid_file_resolves_to_its_twin(file: Path, tmp_path: Path):
    twin = file.with_suffix(".resolved.yaml")
    resolved = load_scenario(file)
    assert resolved.to_yaml() == twin.read_text(encoding="utf-8"), "regenerate with python -m tests.scenario.retwin"
    again = load_scenario(twin)
    assert again == resolved
    assert again.digest == resolved.digest


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path):
    text = (ROOT / "base.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("patience: 0.97", "patiance: 0.97"),
        ("status_quo: none", "status_quo: non"),
        ("south: principal}", "sout: principal}"),
        ("hazard: 0.02", "hazard: 2"),
        ("firmness: 0.7", "firmness: seven"),
    ):
        text = text.replace(old, new)
    file = tmp_path / "many.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file)
    assert {problem.path for problem in caught.value.problems} == {
        "parties.north.patiance",
        "issues.talks.status_quo",
        "formats.pair.seats.sout",
        "shocks.flood.hazard",
        "parties.south.red_lines.no-cession.firmness",
    }
    assert "Traceback" not in str(caught.value)
