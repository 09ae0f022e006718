"""Every invalid file breaks one rule, and says where and what; every valid file resolves to its twin."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from sim.scenario import ScenarioError, load_scenario
from tests.corpus import Fault, faults

ROOT = Path(__file__).parent.parent / "scenarios"
INVALID = sorted((ROOT / "invalid").glob("*.yaml"))
VALID = sorted(path for path in (ROOT / "valid").glob("*.yaml") if not path.name.endswith(".resolved.yaml"))
BASE = ROOT / "base.yaml"
MOST_LINES_CHANGED = 8


FAULTS = tuple(faults(BASE, ROOT / "faults.yaml", ROOT / "invalid"))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_invalid_file_gives_one_problem_with_path_and_words(fault: Fault, tmp_path: Path):
    file = tmp_path / f"{fault.name}.yaml"
    file.write_bytes(fault.content)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(file, tried=True)
    problems = caught.value.problems
    assert [problem.path for problem in problems] == [fault.path], str(caught.value)
    assert problems[0].line is not None
    text = str(caught.value)
    assert f"{file}:{problems[0].line}: " in text
    for word in fault.words:
        assert word in text


def test_the_corpus_is_large_enough():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 400


def test_the_base_is_sound():
    load_scenario(BASE)


def mended(text: str) -> Iterator[str]:
    """The text with ever more of its differences from the sound base undone: one of them, then two, at last all."""
    old, new = BASE.read_text(encoding="utf-8").splitlines(), text.splitlines()
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    changes = [code for code in codes if code[0] != "equal"]
    assert changes
    assert sum(i2 - i1 for _, i1, i2, _, _ in changes) <= MOST_LINES_CHANGED
    for n in range(1, len(changes) + 1):
        for undone in combinations(changes, n):
            parts = [old[i1:i2] if (kind, i1, i2, j1, j2) in undone else new[j1:j2] for kind, i1, i2, j1, j2 in codes]
            yield "\n".join(line for part in parts for line in part) + "\n"


def is_sound(file: Path) -> bool:
    try:
        load_scenario(file, tried=True)
    except ScenarioError:
        return False
    return True


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_removing_the_fault_makes_it_valid(fault: Fault, tmp_path: Path):
    """Each file is the sound base with a few lines changed; without the change at fault it loads, written out anew."""
    text = fault.content.decode("latin-1")
    if len(text.splitlines()) < 5:
        pytest.skip("a file that holds next to nothing has nothing to mend")
    for number, repaired in enumerate(mended(text)):
        copy = tmp_path / f"{number}.yaml"
        copy.write_bytes(repaired.encode("latin-1"))
        if is_sound(copy):
            return
    pytest.fail("no way to mend it")


def test_a_fault_that_is_left_in_is_noticed(tmp_path: Path):
    """Of a file with two faults none is sound before both are gone."""
    text = (
        BASE.read_text(encoding="utf-8")
        .replace("patience: 0.97", "patiance: 0.97")
        .replace("hazard: 0.02", "hazard: 2")
    )
    tries = list(mended(text))
    for number, repaired in enumerate(tries):
        (tmp_path / f"{number}.yaml").write_text(repaired, encoding="utf-8")
    assert [is_sound(tmp_path / f"{number}.yaml") for number in range(len(tries))] == [False, False, True]


@pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
def test_valid_file_resolves_to_its_twin(file: Path, tmp_path: Path):
    twin = file.with_suffix(".resolved.yaml")
    resolved = load_scenario(file)
    assert resolved.to_yaml() == twin.read_text(encoding="utf-8"), "regenerate with python -m tests.scenario.retwin"
    again = load_scenario(twin)
    assert again == resolved
    assert again.digest == resolved.digest


def test_all_problems_of_a_file_are_told_at_once(tmp_path: Path):
    text = BASE.read_text(encoding="utf-8")
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
        load_scenario(file, tried=True)
    assert {problem.path for problem in caught.value.problems} == {
        "parties.north.patiance",
        "issues.talks.status_quo",
        "formats.pair.seats.sout",
        "shocks.flood.hazard",
        "parties.south.red_lines.no-cession.firmness",
    }
    assert "Traceback" not in str(caught.value)
