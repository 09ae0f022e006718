"""Parts as the engine fills them: the same bytes however they are played, and the counts of a comparison."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.app.scenarios import Scenario
from sim.engines.batch import play
from sim.scenario import read_raw
from sim.sweep.design import Design
from sim.sweep.folders.parts import RUNS, WorkOrder, carry_out
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.point_counts import EVENTS
from sim.sweep.sweep_result import SweepResult
from sim.types import Runs
from sim.types.playing import Size
from tests.sweep.sweeps import PRICE, SLUICE, VILLAGE, grid, number_factor, two_sliders


def sole_order(design: Design, place: Path) -> WorkOrder:
    (order,) = SweepFolder.create(design, place).missing()
    return order


@pytest.fixture
def order(tmp_path: Path) -> WorkOrder:
    return sole_order(two_sliders(keep_runs=True), tmp_path / "s")


def test_the_bytes_are_the_same_on_any_threads_and_with_any_other_formats(order: WorkOrder):
    one = carry_out(order, 1)
    assert one == carry_out(pickle.loads(pickle.dumps(order)), 2)
    alone = replace(order, block=replace(order.block, formats=order.block.formats[1:]), parts=order.parts[1:])
    (file, runs) = carry_out(alone, 1).items()
    assert dict([file, runs]).items() <= one.items()


def test_single_runs_are_those_behind_the_counts(order: WorkOrder):
    files = carry_out(order, 2)
    for part in order.parts:
        rows = pq.read_table(io.BytesIO(files[part.key]))
        runs = pq.read_table(io.BytesIO(files[RUNS + part.key]))
        assert set(runs["format"].to_pylist()) == {part.format}
        outcome = np.array(runs["outcome"].to_pylist()).reshape(rows.num_rows, -1)
        assert outcome.shape[1] == order.block.replications
        for event in EVENTS[:7]:
            assert ((outcome == event).sum(axis=1) == rows[event].to_numpy()).all()
        assert (np.unique(runs["draw"].to_numpy()) == np.arange(rows.num_rows)).all()


def test_a_point_counts_what_its_scenario_counts(tmp_path: Path):
    design = two_sliders(structure={"firm": (None, "both-hold-out")})
    folder = SweepFolder.create(design, tmp_path / "s")
    for order in folder.missing():
        folder.put(carry_out(order))
    hits = SweepResult(folder).measured("settlement").hits
    changed = Scenario(VILLAGE).override("both-hold-out").set({PRICE: 0.1, SLUICE: 0.7 * 2.0})
    outcomes: list[Runs] = []

    class Keep:
        def add(self, first_draw: int, runs: Runs) -> None:
            outcomes.append(runs)

    play(changed.encoder(seed=1), (0, 1), Size(4, 2, threads=1), Keep())
    settled = np.concatenate([runs.outcome for runs in outcomes]).reshape(4, 2, 2) == EVENTS.index("settlement")
    assert (hits[11] == settled.sum(axis=-1)).all()


def _without_other_formats(content: dict[str, Any]) -> None:
    content["formats"] = {name: content["formats"][name] for name in ("elder-text", "all-three", "farmers")}
    content["tracks"] = {}


def _with_a_larger_table(content: dict[str, Any]) -> None:
    seats = dict.fromkeys(("upper", "lower", "mill", "county"), "principal")
    content["formats"] = {"all-four": {"seats": seats, "calendar": {"months": 20, "rounds_per_month": 3}}} | {
        **content["formats"],
        "easy-first": {**content["formats"]["easy-first"], "contact_group": 2},
    }


def _in_other_words(content: dict[str, Any]) -> None:
    content["title"] = content["parties"]["mill"]["name"] = content["issues"]["share"]["name"] = "Another"
    content["parties"]["upper"]["price_of_no_settlement"]["now"] = 0.05  # a `value` factor stands in its place
    del content["overrides"]["all-standard"]


@pytest.mark.parametrize("edit", [_without_other_formats, _with_a_larger_table, _in_other_words])
def test_what_a_part_is_not_named_by_changes_no_byte_of_it(edit: Callable[[dict[str, Any]], None], tmp_path: Path):
    content = read_raw(VILLAGE)
    before = sole_order(two_sliders(scenario=Scenario(None, content)), tmp_path / "before")
    edit(changed := copy.deepcopy(content))
    after = sole_order(two_sliders(scenario=Scenario(None, changed)), tmp_path / "after")
    assert after.block.resolved.digest != before.block.resolved.digest
    assert carry_out(after) == carry_out(before)


def test_a_quantile_has_its_value_in_the_rows(tmp_path: Path):
    design = grid(number_factor("price", PRICE, (0.1, 0.5), "quantile"), formats=("farmers",))
    order = sole_order(design, tmp_path / "s")
    (file,) = carry_out(order).values()
    rows = pq.read_table(io.BytesIO(file))
    assert rows["price"].to_pylist() == [0.1] * 4 + [0.5] * 4
    assert np.allclose(rows["price_value"].to_numpy(), [-0.135] * 4 + [-0.075] * 4)  # uniform on -0.15 to 0


def test_single_runs_are_kept_beside_the_part_and_missed(tmp_path: Path):
    folder = SweepFolder.create(two_sliders(keep_runs=True), tmp_path / "s")
    for order in folder.missing():
        folder.put(carry_out(order))
    assert folder.verify() == ()
    first, second = sorted((tmp_path / "s" / "runs").iterdir())
    second.write_bytes(first.read_bytes())
    first.unlink()
    assert folder.verify() == (
        f"The single runs of the part {first.stem} are missing.",
        f"The single runs of the part {second.stem} are those of {first.stem}.",
    )


def test_a_part_says_where_it_comes_from(order: WorkOrder):
    file = pq.read_metadata(io.BytesIO(carry_out(order, 1)[order.keys[0]]))
    stamped = file.metadata[b"parley"].decode()
    assert all(word in stamped for word in (order.keys[0], "numba", "code", "content", "rectangle"))
