"""What may be moved at a table, and in which order."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engines.steps import Ground
from sim.engines.talk import ground_of
from sim.formats.agenda import open_options
from sim.formats.lanes import open_shared
from sim.types.work import WHOLE
from tests.formats.cases import case, told
from tests.laws.common import Raw, encode
from tests.laws.made_up import worth

# The easy side gives both something, the hard one takes from the second what it gives to the first.
EASY, HARD = {"a": worth(no=0, yes=1), "b": worth(no=0, yes=1)}, {"a": worth(no=0, yes=1), "b": worth(no=1, yes=0)}


def staged(order: str, *, first: str = "left") -> Raw:
    """Two sides, of which `first` is the easy one, in stages of their own after the border is left out."""
    data = case("ab", agenda={"issues": ["left", "right"], "order": order})
    for name in "ab":
        other = "right" if first == "left" else "left"
        data["parties"][name]["values"] |= {first: EASY[name], other: HARD[name]}
    return data


def opened(data: Raw) -> Ground:
    ground = ground_of(encode(data), format_index=0, draw=0, replication=0)
    ground.w.loaded[0] = -1
    ground.call(open_shared, 0, 0)
    return ground


@pytest.mark.parametrize(
    ("order", "first", "stages"),
    [
        ("easy_first", "left", [0, 1]),
        ("easy_first", "right", [1, 0]),
        ("hard_first", "left", [1, 0]),
        ("hard_first", "right", [0, 1]),
    ],
)
def test_stages_are_ordered_by_what_the_worst_off_could_gain(order: str, first: str, stages: list[int]) -> None:
    ground = opened(staged(order, first=first))
    assert ground.w.stage_order[:2].tolist() == stages
    turns = told(staged(order, first=first)).turns
    assert list(dict.fromkeys(turn.stage for turn in turns if turn.stage is not None)) == stages


def test_a_given_order_is_kept() -> None:
    assert opened(staged("easy_first")).w.stage_order[:2].tolist() == [0, 1]
    data = case("ab", agenda={"order": ["right", ["left", "border"]]})
    assert opened(data).w.stage_order[:2].tolist() == [0, 1]


def test_off_the_agenda_issues_stand_as_in_the_text_in_hand() -> None:
    ground = opened(case("ab", agenda=["left"]))
    may = ground.w.open[0] == 1
    assert [np.flatnonzero(row).tolist() for row in may] == [[0], [0, 1], [0]]
    ground.w.base[0, 0] = 1  # the wall stands already
    ground.call(open_options, 0, 0, WHOLE)
    assert np.flatnonzero(ground.w.open[0, 0]).tolist() == [1]


@pytest.mark.parametrize(("harvest", "options"), [("early", [1]), ("all_or_nothing", [0, 1])])
def test_what_was_harvested_is_off_the_table(harvest: str, options: list[int]) -> None:
    ground = opened(case("ab", harvest=harvest))
    ground.w.base[0, 1] = 1
    ground.call(open_options, 0, 0, WHOLE)
    assert np.flatnonzero(ground.w.open[0, 1]).tolist() == options
    assert np.flatnonzero(ground.w.open[0, 2]).tolist() == [0, 1]
