"""Packs: kernels read and write the arrays of a record by name, and a record of another make is refused."""

from __future__ import annotations

import numpy as np
import pytest

from sim.rules.compiler import PackType
from sim.rules.kernel import unit
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.types.arrays import layout_of
from sim.types.outcomes import Runs, empty_runs
from sim.types.tables import Tables
from sim.types.work import Work
from tests.rules.world import lists, make_world


@unit("twi>f")
def copy_probe(t: Tables, w: Work, party: int) -> float:
    """Writes the last option of every composite into the workspace; the contribution of the first."""
    for c in range(t.contribution.shape[2]):
        w.deal[c] = t.contribution.shape[3] - 1
    return t.contribution[0, party, 0, w.deal[0]]


def test_a_kernel_sees_the_very_arrays_with_their_shapes() -> None:
    world = make_world(lists(3, 2, 4, p1c0o3=0.25))
    assert copy_probe(world.tables, world.work, 1) == 0.25
    assert copy_probe(world.tables, world.work, 0) == 0.0
    assert world.w.deal.tolist() == [3, 3]


@pytest.mark.parametrize(("kind", "record"), [(TABLES, Tables), (WORK, Work), (RUNS, Runs)])
def test_the_types_of_packs_are_those_of_the_fields(kind, record) -> None:
    layout = layout_of(record)
    assert tuple(name for name, _, _ in kind.fields) == record._fields == tuple(layout)
    numbas = PackType(kind)
    for name, spec in layout.items():
        array = numbas.array_type(name)
        assert (str(array.dtype), array.ndim) == (spec.dtype.name, len(spec.axes)), name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"month": np.zeros(3, dtype=np.int64)}, "Runs.month: need C-contiguous <i2 of rank 1, got <i8 of rank 1"),
        ({"deal": np.zeros((2, 3), dtype=np.int16).T}, "Runs.deal: need C-contiguous"),
        ({"value": np.zeros(3, dtype=np.float32)}, "Runs.value: .* of rank 2, got <f4 of rank 1"),
    ],
)
def test_arrays_of_another_make_are_refused(change: dict[str, np.ndarray], words: str) -> None:
    runs = empty_runs(3, 2, 2)
    Pack(runs, RUNS)
    with pytest.raises(ValueError, match=words):
        Pack(runs._replace(**change), RUNS)


def test_a_record_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="fields and layout differ"):
        Pack(empty_runs(1, 1, 2), TABLES)
