"""Whatever is in a file, loading it gives a scenario or a `ScenarioError`, never anything else."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.scenario import Encoder, ScenarioError, load_raw, load_scenario
from sim.scenario.source.problems import Report
from sim.scenario.source.yaml_text import parse_text

BASE_FILE = Path(__file__).parent.parent / "scenarios" / "base.yaml"
BASE_TEXT = BASE_FILE.read_text(encoding="utf-8")
BASE = parse_text(BASE_TEXT, Report("base"))
JUNK: list[Any] = [
    None, True, -1, 0, 3, 1e400, "", "all", "x", "peace", [], ["peace"], [[]], [{}], {}, {"peace": "war"}, {"a": 1},
    {"value": 1}, {"value": "x"}, {"set": {}}, {"options": {}}, {"ranking": []}, {"ideal": 3}, {"uniform": [1]},
    {"excludes": []}, {"parties.north": 3}, {"x.y": {"add": 1}}, "1" * 50,
]  # fmt: skip


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, child in children:
        found += places(child, (*path, key))
    return found


PLACES = places(BASE)
VALID = BASE_FILE.parent / "valid"
TALKS = {
    name: parse_text((VALID / f"{name}.yaml").read_text(encoding="utf-8"), Report(name))
    for name in ("protocols", "agenda-forms", "consent-forms", "tracks")
}
TALK_PLACES = [
    (name, place) for name, data in TALKS.items() for place in places(data) if place[0] not in ("parley", "title")
]
TALK_JUNK: list[Any] = [
    *JUNK, "a", "m", ["a"], ["a", "b"], ["a", "a"], ["deal"], [["deal"]], {"a": "mediator"}, {"deal": {}},
    {"issues": ["deal"]}, {"order": [[]]}, {"order": ["deal"]}, {"rule": "majority"}, {"members": 2},
    {"role": "mediator"}, {"legs": []}, {"format": "all"}, "mediator", "guarantor", "given", "easy_first", "baskets",
    "majority", 0.5, False,
]  # fmt: skip


def changed(place: tuple[Any, ...], junk: Any, action: str, base: dict[str, Any] = BASE) -> dict[str, Any]:
    data = copy.deepcopy(base)
    part: Any = data
    for key in place[:-1]:
        part = part[key]
    if action == "drop":
        del part[place[-1]]
    elif action == "add" and isinstance(part, dict):
        part["added"] = junk
    else:
        part[place[-1]] = junk
    return data


def try_it(data: dict[str, Any]) -> None:
    try:
        resolved = load_raw(data)
    except ScenarioError as error:
        problems = error.problems
        resolved = None
    if resolved is None:
        assert problems
        assert all(problem.message for problem in problems)
        return
    Encoder(resolved, seed=1).tables(0, 2)
    again = load_raw(resolved.to_data())
    assert again == resolved


@settings(max_examples=300)
@given(st.sampled_from(PLACES), st.sampled_from(JUNK), st.sampled_from(["put", "drop", "add"]))
def test_junk_in_any_place(place, junk, action):
    try_it(changed(place, junk, action))


@settings(max_examples=300)
@given(st.sampled_from(TALK_PLACES), st.sampled_from(TALK_JUNK), st.sampled_from(["put", "drop", "add"]))
def test_junk_in_any_place_of_talks(where, junk, action):
    name, place = where
    try_it(changed(place, junk, action, TALKS[name]))


@settings(max_examples=100)
@given(st.sampled_from(PLACES), st.text(max_size=12))
@example(("id",), "a.b")
def test_text_in_any_place(place, text):
    try_it(changed(place, text, "put"))


@settings(max_examples=100)
@given(st.integers(0, len(BASE_TEXT)), st.text(alphabet="[]{}:,&*!|>-#'\"\t\n %@`?x0", max_size=3))
def test_noise_in_the_text(tmp_path_factory, position, noise):
    file = tmp_path_factory.mktemp("noise") / "noise.yaml"
    file.write_text(BASE_TEXT[:position] + noise + BASE_TEXT[position:], encoding="utf-8")
    problems = ()
    try:
        load_scenario(file)
    except ScenarioError as error:
        problems = error.problems
    assert all(problem.file == str(file) for problem in problems)


@pytest.mark.parametrize("count", [1, 7])
def test_bytes_that_are_not_text(tmp_path, count):
    file = tmp_path / "bytes.yaml"
    file.write_bytes(bytes(range(128, 128 + count)))
    with pytest.raises(ScenarioError, match="UTF-8"):
        load_scenario(file)


def test_a_file_over_the_limit(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_text("#" * (2 * 1024 * 1024 + 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match="too large"):
        load_scenario(file)


def test_a_folder_and_a_missing_file(tmp_path):
    for file in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(ScenarioError, match="cannot be read"):
            load_scenario(file)


def test_nesting_deeper_than_the_stack(tmp_path):
    file = tmp_path / "deep.yaml"
    file.write_text("a: " + "[" * 100_000, encoding="utf-8")
    with pytest.raises(ScenarioError, match="nested too deeply"):
        load_scenario(file)
