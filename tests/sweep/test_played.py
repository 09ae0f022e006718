"""Which edit of a scenario or design is played again, and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from sim.app.scenarios import Scenario
from sim.scenario import read_raw
from sim.sweep.design import Design
from sim.sweep.folders import played as played_module
from sim.sweep.folders.played import played_words, point_keys
from tests.sweep.sweeps import PRICE, SLUICE, VILLAGE, grid, number_factor

FORMATS = ("farmers", "all-three", "council", "one-step-then-all")
STRUCTURE = {"firm": (None, "both-hold-out", "both-give-early")}


def design_of(content: dict[str, Any], prices: Sequence[float] = (-0.3, 0.1)) -> Design:
    numbers = number_factor("price", PRICE, prices), number_factor("weight", SLUICE, (0.5, 1.0), "scale")
    return grid(*numbers, scenario=Scenario(None, content), structure=STRUCTURE, formats=FORMATS)


def other_words(edit: Callable[[dict[str, Any]], object]) -> list[list[int]]:
    """[cells][formats] 1 where an edit of the file changes what the runs hang on."""
    content = read_raw(VILLAGE)
    before = played_words(design_of(content))
    changed = copy.deepcopy(content)
    edit(changed)
    assert changed != content
    return (played_words(design_of(changed)) != before).astype(int).tolist()


def put(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    def edit(content: dict[str, Any]) -> None:
        *parts, last = path.split(".")
        for part in parts:
            content = content[part]
        content[last] = value

    return edit


def test_a_number_that_one_format_reads_reruns_that_format():
    assert (
        other_words(put("formats.council.seats.mill", {"role": "principal", "recognition": 0.7})) == [[0, 0, 1, 0]] * 3
    )


def test_what_a_shock_does_to_a_format_reruns_that_format():
    def flood(times: float) -> dict[str, Any]:
        sets = {
            "formats.council.seats.mill.recognition": {"times": times},
            "parties.mill.salience.sluice": {"add": 0.1},
        }
        return {"flood": {"hazard": 0.02, "set": sets}}

    content = read_raw(VILLAGE) | {"shocks": flood(2.0)}
    before, after = (played_words(design_of({**content, "shocks": flood(times)})) for times in (2.0, 3.0))
    assert (before != after).astype(int).tolist() == [[0, 0, 1, 0]] * 3
    without = played_words(design_of(read_raw(VILLAGE)))
    assert (before != without).all()


def test_a_leg_reruns_its_tracks():
    assert other_words(put("formats.first-meeting.calendar.months", 2)) == [[0, 0, 0, 1]] * 3
    assert other_words(put("formats.all-three.calendar.months", 5)) == [[0, 1, 0, 1]] * 3


def test_what_an_override_alone_has_reruns_its_cells():
    def edit(content: dict[str, Any]) -> None:
        content["overrides"]["both-hold-out"]["set"]["parties.upper.behaviour.strategy"] = "boulware"

    assert other_words(edit) == [[0] * 4, [1] * 4, [0] * 4]


def test_a_number_of_all_reruns_all():
    assert other_words(put("parties.lower.price_of_no_settlement.now", -0.2)) == [[1] * 4] * 3
    assert other_words(put("parties.mill.salience.sluice", 0.6)) == [[1] * 4] * 3  # its multiples are swept


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (PRICE, -0.05),  # a `value` factor stands in its place
        ("title", "Another"),
        ("parties.upper.name", "Another"),
        ("formats.farmers.summary", "Another"),
        ("formats.easy-first.calendar.months", 3),  # not compared
        ("overrides.all-standard.summary", "Another"),  # nor applied
        ("issues.share.options.even.name", "Another"),
        ("parties.lower.salience.sluice", {"uniform": [0.1, 0.3], "note": "why"}),
        ("notes", "Another"),
    ],
)
def test_what_no_run_reads_reruns_nothing(path: str, value: Any):
    assert other_words(put(path, value)) == [[0] * 4] * 3


def test_other_code_or_versions_rerun_all(monkeypatch: pytest.MonkeyPatch):
    design = design_of(read_raw(VILLAGE))
    before = played_words(design)
    for name, other in (("playing_code", lambda: "other"), ("playing_versions", lambda: {"numba": "0"})):
        with monkeypatch.context() as patch:
            patch.setattr(played_module, name, other)
            assert (played_words(design) != before).all()


def test_a_level_is_its_points():
    before, after = (point_keys(design_of(read_raw(VILLAGE), prices)) for prices in ((-0.3, 0.1), (-0.3, 0.2)))
    assert (before != after).tolist() == [False, False, True, True]
    assert len(set(before.tolist())) == 4


def test_levels_that_move_nothing_count_for_nothing():
    price = number_factor("price", PRICE, (-0.3, 0.1))
    one = number_factor("weight", SLUICE, (1.0,), "scale")
    nought = number_factor("shift", SLUICE, (0.0, -0.0), "shift")
    alone, more = point_keys(grid(price)), point_keys(grid(one, price, nought))
    assert more.tolist() == np.repeat(alone, 2).tolist()
    assert point_keys(grid(number_factor("other_name", PRICE, (-0.3, 0.1)))).tolist() == alone.tolist()


def test_points_of_other_luck_are_others():
    design = grid(number_factor("price", PRICE, (-0.3, 0.1)))
    lucky = copy.deepcopy(design.points)
    other = point_keys(Design(**{**vars(design), "points": type(lucky)(lucky.levels, np.array([1, 2]), lucky.sample)}))
    assert set(other.tolist()).isdisjoint(point_keys(design).tolist())
