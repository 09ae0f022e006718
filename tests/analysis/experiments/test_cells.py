"""Cells: the changed scenario that each means, and that playing one gives the runs of that scenario."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.experiments.cells import (
    BASELINE,
    Case,
    Cell,
    Library,
    RecordDigest,
    count_runs,
    play_cells,
    read_case,
)
from sim.engines.batch import play
from sim.scenario import Encoder, load_scenario
from sim.types import Runs, empty_runs
from sim.types.playing import SILENCE, Size
from tests.analysis.synthetic import CountedRuns

FILE = Path(__file__).resolve().parents[3] / "scenarios" / "well-formats.yaml"
SIZE = Size(6, 2, seed=3)
SHORT = ("horizon_months=7",)


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(FILE)


@pytest.mark.parametrize(
    ("change", "how"),
    [
        ({}, {}),
        ({"variant": "foresight=0"}, {"variant": "foresight=0"}),
        ({"sets": SHORT, "variant": "severable=no"}, {"sets": SHORT, "variant": "severable=no"}),
    ],
    ids=["as it is", "under a variant", "changed and under a variant"],
)  # fmt: skip
def test_a_cell_is_the_scenario_loaded_with_its_changes(case: Case, change: dict, how: dict):
    found = Library({case.id: case}).load(Cell(case.id, (), **change))
    assert found.digest == load_scenario(FILE, **how).digest


def test_a_change_is_read_once_for_all_variants(case: Case, monkeypatch: pytest.MonkeyPatch):
    loads: list[object] = []
    library = Library({case.id: case}, lambda resolved: loads.append(resolved) or resolved)
    cell = Cell(case.id, (), sets=SHORT)
    for variant in (BASELINE, "foresight=0", "hold=once"):
        library.load(cell.under(variant))
    assert len(loads) == 1


def test_playing_a_cell_gives_the_runs_of_its_scenario(case: Case):
    formats = tuple(case.base.formats)[:2]
    cells = [Cell(case.id, formats).under(variant) for variant in (BASELINE, "foresight=0")]
    played = play_cells(dict.fromkeys(cells, SIZE), Library({case.id: case}), lambda *_: (RecordDigest(),), SILENCE)
    for cell in cells:
        digest = RecordDigest()
        play(Encoder(load_scenario(FILE, variant=cell.variant), seed=3), [0, 1], SIZE, digest)
        assert played[cell][0].digest == digest.digest
    assert len({digest.digest for (digest,) in played.values()}) == 2


def test_every_run_is_told_of(case: Case):
    sizes = {Cell(case.id, tuple(case.base.formats)[:2]): SIZE, Cell(case.id, tuple(case.base.formats)[:1]): SIZE}
    progress = CountedRuns()
    play_cells(sizes, Library({case.id: case}), lambda *_: (), progress)
    assert progress.runs == count_runs(sizes) == 3 * 6 * 2


def test_a_party_in_two_seats_and_constants_of_the_design(case: Case):
    library, party = Library({case.id: case}), next(iter(case.base.parties))
    cell = Cell(case.id, tuple(case.base.formats))
    plain, split = library.source(cell, 3), library.source(Cell(case.id, cell.formats, split=party), 3)
    assert len(split.structure.parties) == len(plain.structure.parties) + 1
    designed = library.source(cell.under(BASELINE, designed=True), 3).tables(0, 32).precision.reshape(2, 16, -1)
    np.testing.assert_array_equal(designed[0], designed[1])


def test_a_cell_keeps_a_variant_of_its_own():
    own = Cell("x", ("talks",), variant="hold=once")
    assert own.under("foresight=0").variant == "hold=once"
    assert Cell("x", ("talks",)).under("foresight=0").variant == "foresight=0"
    assert Cell("x", ("talks",)).under(BASELINE).variant is None


def test_digests_do_not_depend_on_blocks():
    runs = empty_runs(6, 3, 2)
    runs.month[:] = np.arange(6)
    whole, cut, other = RecordDigest(), RecordDigest(), RecordDigest()
    whole.add(0, runs)
    for first in (0, 4):
        cut.add(first, Runs(*(array[first : first + 4] for array in runs)))
    runs.month[5] = 0
    other.add(0, runs)
    assert whole.digest == cut.digest != other.digest
