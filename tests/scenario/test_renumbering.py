"""A number changed in a scenario that is kept: the same as loading the file with it, problems included."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.app.scenarios import Scenario
from sim.scenario import Encoder, ResolvedScenario, ScenarioError, load_raw, load_scenario, standard_variants
from sim.scenario import load as loading
from sim.scenario.load import Loaded, load_kept, load_raw_kept, reload
from sim.scenario.source.yaml_text import parse_value
from tests.scenario.tiny import tiny
from tests.shipped import SCENARIOS

BASE = Path(__file__).parent.parent / "scenarios" / "base.yaml"
FILES = (
    *sorted(path for path in (BASE.parent / "valid").glob("*.yaml") if ".resolved" not in path.name),
    *(SCENARIOS / name for name in ("minimal.yaml", "river-dam.yaml", "camp-david-1978.yaml")),
    SCENARIOS / "ukraine" / "anchorage-2025.yaml",
    BASE,
)
GOOD: tuple[Any, ...] = (
    0.25,
    1,
    0.0,
    {"uniform": [0.2, 0.6]},
    {"value": 0.5, "note": "why"},
    {"pert": [0.1, 0.2, 0.9]},
)
ODD: tuple[Any, ...] = (
    *(-0.5, 1.5, 3, 1e16, 1e-20, math.inf, math.nan, True, None, "word", [], {}, [0.5], {"uniform": [0.6, 0.2]}),
    *(
        {"level": "high"},
        {"level": "unheard-of"},
        {"value": 0.5, "level": "high"},
        {"value": 0.5, "sources": ["nobody"]},
    ),
    *({"value": 0.5, "basis": "stated"}, {"discrete": {"values": [0, 1], "probabilities": [0.5, 0.5]}}, {"typo": 1}),
)


@cache
def kept(file: Path) -> Loaded:
    return load_kept(file)


@st.composite
def changes(draw: st.DrawFn) -> tuple[Path, dict[str, Any]]:
    """A file with one to three of its numbers put elsewhere; values as they are at other places of the file, too."""
    file = draw(st.sampled_from(FILES))
    numbers = kept(file).resolved.numbers
    chosen = draw(st.lists(st.sampled_from(sorted(numbers)), min_size=1, max_size=3, unique=True))
    values = st.one_of(st.sampled_from(GOOD), st.sampled_from(ODD), st.floats(0.0, 1.0))
    return file, {path: draw(values) for path in chosen}


def told(error: ScenarioError) -> list[str]:
    return [str(problem) for problem in error.problems]


def outcome(load: Any) -> ResolvedScenario | list[str]:
    """What was loaded, or what is wrong with it."""
    try:
        return load()
    except ScenarioError as error:
        return told(error)


def assert_same(one: ResolvedScenario | list[str], other: ResolvedScenario | list[str]) -> None:
    if isinstance(one, list) or isinstance(other, list):
        assert one == other
        return
    assert one == other
    assert one.to_yaml() == other.to_yaml()
    assert one.digest == other.digest
    assert [*one.numbers] == [*other.numbers]
    tables = [Encoder(resolved, seed=3).tables(2, 5) for resolved in (one, other)]
    assert [a.tobytes() for a in tables[0]] == [a.tobytes() for a in tables[1]]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes())
def test_numbers_changed_in_a_kept_scenario_are_as_if_loaded_with_them(case: tuple[Path, dict[str, Any]]):
    file, wanted = case
    scenario = Scenario(file).set(wanted)
    again = Scenario(file, sets=scenario.sets)
    near = outcome(lambda: reload(kept(file), sets=scenario.sets).resolved)
    assert_same(near, outcome(lambda: again.resolved))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_kind_of_number_is_reached_without_reading_all(file: Path, monkeypatch: pytest.MonkeyPatch):
    base = kept(file)
    monkeypatch.setattr(loading, "_finish", lambda *_, **__: pytest.fail("all was read again"))
    paths = [
        path for path in base.resolved.numbers if path.startswith("parties") and not path.endswith(".ideal")
    ]  # a grid makes options of ideals
    for path in paths[:: max(1, len(paths) // 12)]:
        form = base.resolved.numbers[path]
        (text,) = Scenario(None).set({path: {**form.model_dump(), "note": "again"}}).sets
        assert reload(base, sets=[text]).resolved.numbers[path].note == "again"


@pytest.mark.parametrize(
    "file", [SCENARIOS / "river-dam.yaml", SCENARIOS / "well-formats.yaml"], ids=lambda file: file.stem
)
def test_variants_of_a_kept_scenario_are_as_if_loaded(file: Path):
    for variant in standard_variants(kept(file).resolved):
        assert_same(reload(kept(file), variant=variant).resolved, load_scenario(file, variant=variant))


def test_parts_without_a_change_are_the_same_objects():
    base, path = kept(BASE), "parties.north.patience"
    near = reload(base, sets=[f"{path}=0.5"]).resolved
    assert near.parties["north"].patience.form == 0.5
    assert near.parties["south"] is base.resolved.parties["south"]
    assert base.resolved.numbers[path].form != 0.5


def test_what_others_believe_of_a_number_is_checked_with_it():
    """Of each of two weights somebody holds that it may be 0, which only matters once both may be."""
    maybe = "{discrete: {values: [0, 1], probabilities: [0.5, 0.5]}}"
    issues = [*tiny()["issues"]]
    believed = {"salience": {issues[0]: parse_value(maybe)}}
    data = tiny(parties__b__salience=dict.fromkeys(issues, 1), parties__a__beliefs={"b": believed})
    sets = [f"parties.b.salience.{issue}={maybe}" for issue in issues[1:]]
    base = load_raw_kept(data)
    problems = outcome(lambda: load_raw(data, sets=sets))
    assert "the believed weights cannot be normalised" in str(problems)
    assert outcome(lambda: reload(base, sets=sets).resolved) == problems
