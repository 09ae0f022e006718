from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.app.scenarios import Scenario
from sim.sweep.design import Design, DesignPoints, DesignRuns
from sim.sweep.folders.part_plan import (
    ORDER_SECONDS,
    KeptPart,
    PartTable,
    PointIndex,
    cell_work,
    level_text,
    plan_parts,
    wanted,
)
from sim.sweep.folders.parts import Rectangle, part_columns
from tests.sweep.sweeps import PRICE, VILLAGE, grid, number_factor, two_sliders

FLAGSHIP = Path("scenarios/ukraine/anchorage-2025.yaml")


def many(n: int, runs: DesignRuns, **changes: object) -> Design:
    design = grid(number_factor("price", PRICE, (-0.3, 0.1)), runs=runs)
    levels, none = np.linspace(-0.3, 0.1, n)[:, None], np.zeros(n, dtype=np.int64)
    return Design(**{**vars(design), "points": DesignPoints(levels, none, none), **changes})


def seconds_of(design: Design, table: PartTable) -> np.ndarray:
    """Of each work order, by the measure of work."""
    work = cell_work(design.cells[0].scenario.resolved, design.formats)
    rows = np.bincount(table.columns["order"], weights=table.columns["rows"]) / len(design.formats)
    return rows * work.of(range(len(design.formats)), design.runs.replications)


@pytest.mark.parametrize(
    ("file", "replications", "micros"), [(VILLAGE, 2, 35), (VILLAGE, 8, 15), (FLAGSHIP, 2, 242), (FLAGSHIP, 8, 94)]
)
def test_the_measure_of_work_is_about_what_a_run_takes(file: Path, replications: int, micros: float):
    """Microseconds of one core that a run took in November 2026, over all formats and with its share of the draw."""
    resolved = Scenario(file).resolved
    formats = [key for key, talks in resolved.formats.items() if not talks.only_in_tracks]
    work = cell_work(resolved, formats).of(range(len(formats)), replications)
    assert work / replications / len(formats) == pytest.approx(micros * 1e-6, rel=0.4)


def test_orders_take_two_seconds_at_most_and_small_sweeps_keep_several_workers_busy():
    large, small = many(3000, DesignRuns(200, 8, 1)), many(400, DesignRuns(100, 8, 1))
    seconds = seconds_of(large, plan_parts(large, wanted(large)))
    assert seconds.max() < ORDER_SECONDS * 1.01
    assert seconds.min() > ORDER_SECONDS / 2
    shares = seconds_of(small, plan_parts(small, wanted(small)))
    assert len(shares) >= 16
    assert shares.max() < 1.5 * shares.min()


def test_a_point_that_takes_long_is_cut_by_its_draws():
    design = many(2, DesignRuns(60_000, 8, 1))
    table = plan_parts(design, wanted(design))
    assert seconds_of(design, table).max() < ORDER_SECONDS * 1.01
    first = [table.rectangle(part) for part in range(len(table)) if table.columns["slot"][part] == 0]
    assert sum(rectangle.n_draws for rectangle in first) == 2 * 60_000


def test_a_plan_is_the_same_each_time_and_comes_back_from_its_files(tmp_path: Path):
    design = two_sliders(structure={"firm": (None, "both-hold-out")})
    one, two = (plan_parts(design, wanted(design)) for _ in range(2))
    one.write(tmp_path)
    read = PartTable.read(tmp_path)
    for table in (two, read):
        assert table.key.tolist() == one.key.tolist()
        assert all((table.columns[name] == column).all() for name, column in one.columns.items())
        assert [block.tolist() for block in table.blocks] == [block.tolist() for block in one.blocks]
    assert [parts.tolist() for parts in read.orders()] == [[0, 1], [2, 3]]


def test_what_two_cells_play_alike_is_played_once():
    alike = two_sliders(structure={"firm": (None, "both-hold-out"), "again": (None, "both-hold-out")})
    table = plan_parts(alike, wanted(alike))
    assert table.columns["cell"].tolist() == [0, 0, 1, 1]


def test_what_is_there_is_left_out_whatever_its_cut():
    design = two_sliders()
    wants = wanted(design)
    keys = wants.index.keys
    there = [
        KeptPart("a", int(wants.played[0, 0]), keys[[1, 4]], wants.whole),
        KeptPart("b", int(wants.played[0, 0]), keys[[5]], Rectangle(0, 2, 0, 2)),
        KeptPart("c", 12345, keys, wants.whole),
    ]
    table = plan_parts(design, wants, there)
    assert table.key[:2].tolist() == ["a", "b"]
    missing = {
        (slot, tuple(wants.index.places(table.blocks[block]).tolist()), table.rectangle(part))
        for part, (slot, block) in enumerate(np.column_stack([table.columns[n] for n in ("slot", "block")]).tolist())
        if table.columns["order"][part] >= 0
    }
    assert missing == {
        (0, (0, 2, 3), wants.whole),
        (0, (5,), Rectangle(2, 4, 0, 2)),
        (1, (0, 1, 2, 3, 4, 5), wants.whole),
    }


@pytest.mark.parametrize("seed", range(20))
def test_what_is_left_of_a_rectangle_is_what_the_other_does_not_cover(seed: int):
    def cells(*rectangles: Rectangle) -> list[tuple[int, int]]:
        return sorted((d, r) for a, b, c, e in rectangles for d in range(a, b) for r in range(c, e))

    chance = np.random.default_rng(seed)
    one, other = (Rectangle(*np.sort(chance.integers(0, 7, 2)), *np.sort(chance.integers(0, 7, 2))) for _ in range(2))
    assert cells(*one.without(other)) == sorted(set(cells(one)) - set(cells(other)))


def test_points_by_key():
    index = PointIndex(np.array([7, 3, 7, 9], dtype=np.uint64))
    assert (index.keys.tolist(), index.first.tolist(), index.place.tolist()) == ([7, 3, 9], [0, 1, 3], [0, 1, 0, 2])
    assert index.places(np.array([9, 8, 3], dtype=np.uint64)).tolist() == [2, -1, 1]


def test_columns_are_names_that_pandas_keeps_and_no_two_alike():
    assert part_columns(["a", "b-c", "b.c", "b_c", "a", "a_2"]) == ["a", "b_c", "b_c_2", "b_c_3", "a_2", "a_2_2"]


def test_levels_as_texts():
    assert [level_text(level) for level in (None, "x", 0.5, 3, True, {"uniform": [0, 1]})] == [
        *("none", "x", "0.5", "3", "true", "{uniform: [0, 1]}"),
    ]
