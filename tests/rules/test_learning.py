"""What offers teach about saliences, by worked examples and a law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.rules.learning import belief_scales
from tests.rules.world import (
    lists,
    make_tables,
    make_world,
)


def believed(n0: float, seen: float, kept: list[float]) -> np.ndarray:
    """Weights per issue that p0 believes of p1, whose prior view has 0.5, 0.3 and 0.2."""
    values = lists(3, 3, 2)
    values[2, :, 1] = [0.5, 0.3, 0.2]
    t = make_tables(values[:2], learning_prior=[n0])
    view = np.array([[0, 2], [0, 1]])
    with_view = {"contribution": values, "barred": np.zeros((3, 3, 2), dtype=np.uint8), "view_row": view}
    world = make_world(values[:2], learning_prior=[n0], **with_view)
    world.w.n_seen[0, 1, 1] = seen
    world.w.kept[0, 1, 1] = kept
    belief_scales(world.tables, world.work, 0, 1, 2, 1)
    assert len(t.bloc) == 2
    return world.w.scale * [0.5, 0.3, 0.2]


def test_beliefs_move_from_the_prior_to_what_was_seen() -> None:
    observed = np.array([4.0, 1.0, 1.0]) / 6.0  # add-one counts of 3, 0, 0
    assert believed(4.0, 4.0, [3, 0, 0]) == pytest.approx(0.5 * np.array([0.5, 0.3, 0.2]) + 0.5 * observed)
    assert believed(1.0, 99.0, [3, 0, 0]) == pytest.approx(0.01 * np.array([0.5, 0.3, 0.2]) + 0.99 * observed)
    assert believed(4.0, 4.0, [3, 0, 0]).sum() == pytest.approx(1.0)  # weights keep their sum


@pytest.mark.parametrize(("n0", "seen"), [(np.inf, 9.0), (4.0, 0.0)])
def test_beliefs_stay_with_learning_off_or_nothing_seen(n0: float, seen: float) -> None:
    assert believed(n0, seen, [3, 0, 0]) == pytest.approx([0.5, 0.3, 0.2])


@settings(max_examples=30)
@given(st.lists(st.integers(0, 6), min_size=3, max_size=3), st.floats(1.0, 20.0), st.integers(1, 7))
def test_what_is_held_on_to_more_is_believed_to_weigh_more(kept: list[int], n0: float, seen: int) -> None:
    base = believed(n0, float(seen), [float(k) for k in kept])
    more = believed(n0, float(seen), [float(kept[0] + 1), float(kept[1]), float(kept[2])])
    assert more[0] > base[0]
