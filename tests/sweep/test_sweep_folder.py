import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.app.errors import InputError
from sim.app.scenarios import Scenario
from sim.scenario import read_raw
from sim.sweep.design import Design, DesignRuns
from sim.sweep.folders import parts as parts_module
from sim.sweep.folders.folder_files import write_json
from sim.sweep.folders.folder_layout import of_shard
from sim.sweep.folders.parts import carry_out
from sim.sweep.folders.sweep_folder import SweepFolder
from sim.sweep.sweep_result import SweepResult
from tests.sweep.sweeps import PRICE, SLUICE, VILLAGE, counted, grid, number_factor, two_sliders

README = Path(__file__).resolve().parents[2] / "results" / "README.md"


@pytest.fixture(autouse=True)
def counter(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts_module, "play_points", counted)


def finish(folder: SweepFolder) -> SweepFolder:
    for order in folder.missing():
        folder.put(carry_out(order, 1))
    return folder


def played(folder: SweepFolder) -> list[tuple[int, tuple[str, ...], int]]:
    """Cell, formats and points of what is missing."""
    return [(o.cell, tuple(part.format for part in o.parts), o.n_points) for o in folder.missing()]


def whole(design: Design, place: Path) -> SweepFolder:
    return finish(SweepFolder.create(design, place))


def same_results(one: SweepFolder, other: SweepFolder) -> bool:
    columns, others = (SweepResult(folder).columns() for folder in (one, other))
    return all((columns[name] == others[name]).all() or name.startswith("lasted") for name in columns)


def test_a_killed_sweep_resumes_to_the_same_bytes_in_any_order(tmp_path: Path):
    design = two_sliders(structure={"firm": (None, "both-hold-out")})
    digest = whole(design, tmp_path / "a").digest()
    folder = SweepFolder.create(design, tmp_path / "b")
    orders = list(folder.missing())
    assert len(orders) > 1
    random.Random(1).shuffle(orders)
    folder.put(carry_out(orders[0]))
    (folder.place / "parts" / ".parley-killed.parquet-1234abcd").write_bytes(b"half")
    again = SweepFolder.create(design, tmp_path / "b")
    assert [order.number for order in again.missing()] == sorted(order.number for order in orders[1:])
    assert finish(again).digest() == digest
    assert not list(again.place.glob("parts/.*"))


def test_status_counts_what_is_there(tmp_path: Path):
    folder = SweepFolder.create(two_sliders(), tmp_path / "s")
    status = folder.status()
    assert (status.points, status.runs, status.runs_done, status.whole) == (6, 6 * 2 * 8, 0, False)
    with pytest.raises(InputError, match=r"2 of 2 parts .* are missing: parley sweep resume"):
        folder.digest()
    assert finish(folder).status().whole


def test_the_design_comes_back_from_the_folder(tmp_path: Path):
    design = two_sliders(structure={"firm": (None, "both-hold-out")}, keep_runs=False)
    again = SweepFolder.create(design, tmp_path / "s").design
    assert (again.formats, again.structure, again.numbers, again.samples, again.runs) == (
        *(design.formats, design.structure, design.numbers, design.samples, design.runs),
    )
    assert (again.points.levels == design.points.levels).all()
    assert [cell.scenario.resolved.digest for cell in again.cells] == [
        cell.scenario.resolved.digest for cell in design.cells
    ]
    assert SweepFolder.create(again, tmp_path / "s").status().parts == 4  # and is the same to the folder


def test_another_design_into_the_same_folder_is_refused_with_what_differs(tmp_path: Path):
    SweepFolder.create(two_sliders(), tmp_path / "s")
    other = two_sliders(scenario=Scenario(VILLAGE), runs=DesignRuns(draws=6, replications=2, seed=1))
    with pytest.raises(InputError, match=r"runs.draws: was 4, is 6(.|\n)*parley sweep extend .*s DESIGN"):
        SweepFolder.create(other, tmp_path / "s")


def test_one_factor_more_splits_points_of_which_those_that_it_leaves_alone_are_there(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    more = two_sliders(structure={"firm": (None, "both-hold-out")})
    folder = folder.extend(more)
    assert played(folder) == [(1, ("farmers", "all-three"), 6)]
    assert same_results(finish(folder), whole(more, tmp_path / "fresh"))


def test_more_draws_and_replications_run_what_is_missing_of_the_rectangle(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    more = two_sliders(runs=DesignRuns(draws=7, replications=3, seed=1))
    folder = folder.extend(more)
    assert sum(order.n_runs for order in folder.missing()) == 6 * 2 * (7 * 3 - 4 * 2)
    assert same_results(finish(folder), whole(more, tmp_path / "fresh"))
    with pytest.raises(InputError, match="has 7 draws of each point, and the design asks for 4"):
        folder.extend(two_sliders())


def test_a_new_level_or_format_plays_that_alone(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    price = number_factor("price", PRICE, (-0.3, -0.2, 0.1))  # one of three is another
    weight = number_factor("weight", SLUICE, (0.5, 2.0), "scale")
    other = grid(weight, price, formats=("council", "farmers", "all-three"))  # also in another order
    folder = folder.extend(other)
    assert played(folder) == [(0, ("council",), 6), (0, ("farmers", "all-three"), 2)]
    assert same_results(finish(folder), whole(other, tmp_path / "fresh"))


def test_views_add_up_replications_that_were_played_later(tmp_path: Path):
    pytest.importorskip("duckdb")
    folder = whole(two_sliders(), tmp_path / "s")
    folder = finish(folder.extend(two_sliders(runs=DesignRuns(draws=5, replications=3, seed=1))))
    result = SweepResult(folder)
    for view, n in (("draws", 6 * 2 * 5), ("shares", 6 * 2)):
        found = result.duckdb().execute(f"SELECT count(*), sum(runs), min(runs), max(runs) FROM {view}").fetchone()
        assert found == (n, 6 * 2 * 15, *((3, 3) if view == "draws" else (15, 15)))
    hits = result.duckdb().execute("SELECT sum(settlement) FROM draws").fetchone()
    assert hits == (result.measured("settlement").hits.sum(),)


def test_shards_merge_to_the_whole(tmp_path: Path):
    design = two_sliders(structure={"firm": (None, "both-hold-out")})
    one, two = (finish(SweepFolder.create(design, tmp_path / str(k), (k, 2))) for k in (1, 2))
    assert one.status().whole
    assert 0 < one.status().parts < 4
    merged = SweepFolder.merge([one.place, two.place], tmp_path / "c")
    assert merged.digest() == whole(design, tmp_path / "w").digest()
    assert merged.verify() == ()
    other = SweepFolder.create(two_sliders(), tmp_path / "other")
    with pytest.raises(InputError, match="are of different sweeps"):
        SweepFolder.merge([one.place, other.place], tmp_path / "d")


def test_equal_names_must_hold_equal_bytes(tmp_path: Path):
    design = two_sliders()
    one, two = whole(design, tmp_path / "1"), whole(design, tmp_path / "2")
    key = str(two.plan.key[0])
    two.part(key).write_bytes(two.part(key).read_bytes() + b" ")
    with pytest.raises(InputError, match=f"The part {key} has other bytes"):
        SweepFolder.merge([one.place, two.place], tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_verify_says_each_thing_that_is_wrong(tmp_path: Path):
    folder = whole(two_sliders(structure={"firm": (None, "both-hold-out")}), tmp_path / "s")
    assert folder.verify() == ()
    missing, broken, swapped, fine = (folder.part(key) for key in folder.plan.key.tolist())
    missing.unlink()
    broken.write_bytes(b"no Parquet")
    swapped.write_bytes(fine.read_bytes())
    (folder.place / "parts" / "foreign.parquet").write_bytes(b"")
    said = "\n".join(SweepFolder.open(folder.place).verify())
    assert f"The part {missing.stem} is missing." in said
    assert f"The part {broken.stem} cannot be read" in said
    assert f"The part {swapped.stem} holds what belongs to {fine.stem}." in said
    assert "foreign.parquet is of no part" in said
    assert len(said.splitlines()) == 4


def test_verify_finds_a_count_that_was_edited(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    file = folder.part(str(folder.plan.key[0]))
    table, stamped = pq.read_table(file), pq.read_metadata(file).metadata
    edited = table.set_column(table.column_names.index("settlement"), "settlement", table["agreed"])
    pq.write_table(edited.replace_schema_metadata(stamped), file)
    assert folder.verify() == (f"The part {file.stem} has other values than were written.",)


def test_failures_are_rows_that_count_tries_and_go_with_success(tmp_path: Path):
    folder = SweepFolder.create(two_sliders(structure={"firm": (None, "both-hold-out")}), tmp_path / "s")
    _, order = folder.missing()
    for _ in range(2):
        folder.fail(order, "play", "killed by signal 9")
    (row,) = SweepFolder.open(folder.place).failures.rows()
    assert (row.cell, row.factors, row.formats, row.points, row.first_point, row.stage, row.message, row.tries) == (
        *(1, "firm=both-hold-out", "farmers, all-three", 6, 6, "play", "killed by signal 9", 2),
    )
    assert folder.status().failures == 1
    folder.put(carry_out(order))
    assert folder.status().failures == 0


def test_points_that_hang_on_the_same_are_played_once(tmp_path: Path):
    dummy = number_factor("dummy", "", (0.0, 1.0))
    folder = SweepFolder.create(grid(number_factor("price", PRICE, (-0.3, 0.1)), dummy), tmp_path / "s")
    assert [order.n_points for order in folder.missing()] == [2]
    measured = SweepResult(finish(folder)).measured("settlement")
    assert measured.hits.shape[0] == 4
    assert measured.trials.min() == 2
    assert (measured.hits[[0, 2]] == measured.hits[[1, 3]]).all()
    assert (measured.hits[0] != measured.hits[2]).any()


def test_other_words_for_people_go_on_in_the_same_folder(tmp_path: Path):
    digest = whole(two_sliders(), tmp_path / "s").digest()
    content = read_raw(VILLAGE) | {"title": "Another title"}
    folder = SweepFolder.create(two_sliders(scenario=Scenario(None, content)), tmp_path / "s")
    assert folder.status().whole
    assert folder.digest() == digest
    assert SweepFolder.open(tmp_path / "s").design.scenario.resolved.title == "Another title"


def test_another_number_is_refused_with_its_path_and_both_values(tmp_path: Path):
    SweepFolder.create(two_sliders(), tmp_path / "s")
    content = read_raw(VILLAGE)
    content["parties"]["mill"]["salience"]["repair"] = 0.3
    with pytest.raises(InputError, match=r"scenario: parties\.mill\.salience\.repair: was 0\.2, is 0\.3\n"):
        SweepFolder.create(two_sliders(scenario=Scenario(None, content)), tmp_path / "s")


def test_other_code_and_versions_are_refused_by_name(tmp_path: Path):
    folder = SweepFolder.create(two_sliders(), tmp_path / "s")
    record = {**folder.record, "code": "1" * 64, "versions": {**folder.record["versions"], "numba": "0.1"}}
    write_json(tmp_path / "s" / "sweep.json", {**record, "identity": "another"})
    with pytest.raises(InputError, match=r"numba: was '0\.1', is (.|\n)*the code that plays: was 111111111111, is"):
        SweepFolder.create(two_sliders(), tmp_path / "s")


def test_a_folder_without_number_factors(tmp_path: Path):
    folder = whole(grid(structure={"firm": (None, "both-hold-out")}), tmp_path / "s")
    assert SweepResult(folder).inputs()["firm"].tolist() == ["none", "both-hold-out"]
    assert folder.verify() == ()


def test_a_kill_in_the_middle_of_an_extension_leaves_the_folder(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    digest, hidden = folder.digest(), tmp_path / ".parley-s-0123abcd"
    folder.close()
    hidden.mkdir()
    folder.place.rename(hidden / "old")
    assert SweepFolder.open(tmp_path / "s").digest() == digest


def test_who_reads_a_folder_that_is_there_changes_nothing_beside_it(tmp_path: Path):
    whole(two_sliders(), tmp_path / "s").close()
    left = tmp_path / ".parley-other-0123abcd"
    left.mkdir()
    SweepFolder.open(tmp_path / "s").status()
    assert left.is_dir()
    SweepFolder.create(two_sliders(), tmp_path / "s")
    assert not left.exists()


def test_every_part_is_of_one_shard_and_what_was_there_before_of_all():
    orders = np.array([-1, 0, 0, 1, 2, 3, 4])
    shards = [of_shard(orders, (k, 3)) for k in (1, 2, 3)]
    assert np.sum(shards, axis=0).tolist() == [3, 1, 1, 1, 1, 1, 1]
    assert of_shard(orders, None).all()


def test_every_file_and_column_is_told_where_it_says_what_runs_write(tmp_path: Path):
    folder = whole(two_sliders(structure={"firm": (None, "both-hold-out")}, keep_runs=True), tmp_path / "s")
    told = README.read_text(encoding="utf-8")
    files = {path.name if path.is_file() else f"{path.name}/KEY.parquet" for path in folder.place.iterdir()}
    columns = pq.read_schema(folder.part(min(folder.there()))).names
    part = {re.sub("^(stopped_by|gain)_.*", r"\1_<party>", name) for name in columns}
    plan = ("key", "played", "cell", "slot", "block", "order", "rows", "runs")
    names = {*files, *plan, *part} - {factor.name for factor in (*folder.design.structure, *folder.design.numbers)}
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_what_people_put_into_the_folder_stays(tmp_path: Path):
    folder = whole(two_sliders(), tmp_path / "s")
    (folder.place / "notes").mkdir()
    (folder.place / "notes" / "mine.txt").write_text("mine")
    (folder.place / "report.html").write_text("page")
    folder.extend(two_sliders(runs=DesignRuns(draws=6, replications=2, seed=1)))
    assert (tmp_path / "s" / "notes" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "s" / "report.html").read_text() == "page"


def test_one_process_at_a_time_writes(tmp_path: Path):
    folder = SweepFolder.create(two_sliders(), tmp_path / "s")
    code = (
        "from pathlib import Path; from tests.sweep.sweeps import two_sliders; "
        "from sim.sweep.folders.sweep_folder import SweepFolder; "
        f"SweepFolder.create(two_sliders(), Path({str(folder.place)!r}))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "Another process writes to" in other.stderr
    folder.close()
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(InputError, match=r"exists and is not the folder of a sweep"):
        SweepFolder.create(two_sliders(), tmp_path)
    with pytest.raises(InputError, match=r"it has no sweep\.json"):
        SweepFolder.open(tmp_path)
    with pytest.raises(InputError, match="No factor may be called runs"):
        SweepFolder.create(grid(number_factor("runs", PRICE, (0.0, 0.1))), tmp_path / "s")
    with pytest.raises(InputError, match="65,535"):
        SweepFolder.create(two_sliders(runs=DesignRuns(2, 70_000, 1)), tmp_path / "s")


def test_a_part_that_was_kept_from_before_and_is_lost_is_played_again(tmp_path: Path):
    more = two_sliders(runs=DesignRuns(draws=6, replications=2, seed=1))
    folder = finish(whole(two_sliders(), tmp_path / "s").extend(more))
    folder.part(str(folder.plan.key[0])).unlink()
    again = finish(SweepFolder.create(more, tmp_path / "s"))
    assert again.status().whole
    assert same_results(again, whole(more, tmp_path / "fresh"))


def test_going_back_finds_the_parts_that_were_replaced(tmp_path: Path):
    digest = whole(two_sliders(), tmp_path / "s").digest()
    other = replace(two_sliders(), scenario=Scenario(VILLAGE).set({"parties.mill.salience.repair": 0.3}))
    cells = tuple(replace(cell, scenario=other.scenario) for cell in other.cells)
    changed = SweepFolder.open(tmp_path / "s").extend(replace(other, cells=cells))
    assert changed.status().parts_done == 0
    back = changed.extend(two_sliders())
    assert back.status().whole
    assert back.digest() == digest
