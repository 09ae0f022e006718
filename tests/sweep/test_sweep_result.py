import csv
import io
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.statistics.intervals import ratios
from sim.app.errors import InputError
from sim.sweep.folders import parts as parts_module
from sim.sweep.folders.exports import export_csv, export_ema
from sim.sweep.folders.parts import carry_out
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.sweep_result import SweepResult
from tests.sweep.sweeps import PRICE, counted, grid, number_factor, two_sliders


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SweepResult:
    """Two sliders and two overrides, of which nothing is there yet in the last block."""
    monkeypatch.setattr(parts_module, "play_points", counted)
    folder = SweepFolder.create(two_sliders(structure={"firm": (None, "both-hold-out")}), tmp_path / "s")
    first, _ = folder.missing()
    folder.put(carry_out(first))
    return SweepResult.open(tmp_path / "s")


def test_inputs_are_those_of_every_point(result: SweepResult):
    inputs = result.inputs()
    assert inputs["firm"].tolist() == ["none"] * 6 + ["both-hold-out"] * 6
    assert inputs["price"].tolist() == [-0.3, -0.3, -0.1, -0.1, 0.1, 0.1] * 2
    assert inputs["weight"].tolist() == [0.5, 2.0] * 6


def test_what_is_missing_has_no_trials(result: SweepResult):
    hits, trials = result.measured("settlement")
    assert result.n_missing == 2
    assert hits.shape == trials.shape == (12, 4, 2)
    assert trials[:6].min() == 2
    assert trials[6:].max() == hits[6:].max() == 0


def test_measures_are_sums_of_what_was_counted(result: SweepResult):
    order = next(iter(SweepFolder.create(result.design, result.folder.place.with_name("again")).missing()))
    counts = counted(order.block).events
    assert (result.measured("in_force").hits[:6] == counts[..., 5] + counts[..., 6]).all()
    lasted = result.measured("lasted")
    assert (lasted.trials[:6] == counts[..., 3:].sum(axis=-1) - counts[..., 4] - counts[..., 7:].sum(axis=-1)).all()
    assert (result.measured("stopped_by_mill").hits[:6] == counted(order.block).stopped_by[..., 2]).all()
    assert (result.gains("mill")[0][:6] == counted(order.block).gain[..., 2]).all()
    with pytest.raises(InputError, match='Did you mean "settlement"'):
        result.measured("setlement")


def test_a_row_is_a_point_and_format_with_intervals_of_its_own(result: SweepResult):
    rows = result.rows(["settlement"])
    assert len(rows) == 24
    hits, trials = (array[3, :, 1] for array in result.measured("settlement"))
    alone = ratios(hits, trials)
    row = rows[3 * 2 + 1]
    assert (row["point"], row["firm"], row["price"], row["weight"], row["format"], row["draws"], row["runs"]) == (
        *(3, "none", -0.1, 2.0, "all-three", 4, 8),
    )
    assert [row["settlement"], row["settlement_low"], row["settlement_high"]] == [alone.value, alone.low, alone.high]
    last = rows[-1]
    assert (last["runs"], last["settlement_low"], last["settlement_high"]) == (0, 0.0, 1.0)
    assert np.isnan(last["settlement"])


def test_frames_and_datasets_say_the_same(result: SweepResult):
    pytest.importorskip("pandas")
    pytest.importorskip("xarray")
    frame, data = result.frame(["settlement"]), result.xarray(["settlement"])
    assert data["settlement"].dims == ("firm", "price", "weight", "format")
    row = frame.query("firm == 'none' and price == 0.1 and weight == 2 and format == 'farmers'")
    at = data["settlement"].sel(firm="none", price=0.1, weight=2.0, format="farmers")
    assert row["settlement"].item() == float(at)


def test_views_are_what_arrays_say(result: SweepResult):
    pytest.importorskip("duckdb")
    connection = result.duckdb()
    rows = connection.execute("SELECT point, format, draw, settlement FROM draws").fetchall()
    hits = result.measured("settlement").hits
    assert len(rows) == 6 * 2 * 4
    assert all(hits[point, draw, ("farmers", "all-three").index(name)] == n for point, name, draw, n in rows)
    assert connection.execute("SELECT count(*), count(DISTINCT firm) FROM points").fetchone() == (12, 2)
    shares = connection.execute("SELECT settlement, runs FROM shares ORDER BY point, format DESC").fetchall()
    assert [share for share, _ in shares] == [row["settlement"] for row in result.rows(["settlement"])[:12]]


def test_views_find_their_files_whatever_the_folder_is_called(result: SweepResult, tmp_path: Path):
    pytest.importorskip("duckdb")
    moved = result.folder.place.rename(tmp_path / "it's a, folder")
    assert SweepResult.open(moved).duckdb().execute("SELECT count(*) FROM shares").fetchone() == (12,)


def test_a_dataset_asks_for_a_grid(tmp_path: Path):
    design = grid(number_factor("price", PRICE, (-0.3, 0.1)))
    two = type(design)(**{**vars(design), "samples": design.samples * 2})
    with pytest.raises(InputError, match="needs one grid, and this is grid, grid"):
        SweepResult(SweepFolder.create(two, tmp_path / "s")).xarray()


def test_the_csv_has_the_rows(result: SweepResult, tmp_path: Path):
    export_csv(result, tmp_path / "long.csv", ["settlement"])
    with (tmp_path / "long.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 24
    assert float(rows[0]["settlement"]) == result.rows(["settlement"])[0]["settlement"]
    assert rows[-1]["settlement"] == ""


def test_the_archive_is_that_of_the_ema_workbench(result: SweepResult, tmp_path: Path):
    """As `load_results` of 2.5 reads it: types by column, and a class, name and file for each outcome."""
    export_ema(result, tmp_path / "ema.tar.gz", ["settlement", "in_force"])
    with tarfile.open(tmp_path / "ema.tar.gz", "r:gz") as archive:
        files = {name: archive.extractfile(name).read().decode() for name in archive.getnames()}  # type: ignore[union-attr]
    metadata = json.loads(files["metadata.json"])
    experiments = list(csv.DictReader(io.StringIO(files["experiments.csv"])))
    assert [*metadata["experiments"]] == [*experiments[0]] == ["firm", "price", "weight", "scenario", "policy", "model"]
    assert metadata["experiments"]["price"] == "float64"
    assert metadata["experiments"]["policy"] == "category"
    assert metadata["outcomes"][0] == ["ScalarOutcome", "settlement", "settlement.cls"]
    values = [float(line) for line in files["settlement.cls"].splitlines()]
    assert np.array_equal(values, [row["settlement"] for row in result.rows(["settlement"])], equal_nan=True)
    assert len(experiments) == 24
