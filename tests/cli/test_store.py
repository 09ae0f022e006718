"""Where results go: a name that follows from the run, whole folders only, nothing of the user's is removed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sim.cli.console import InputError
from sim.cli.store import RunKey, folder_for, point_latest, whole_folder, write_manifest

KEY = RunKey(digest="ab", seed=1, draws=2, replications=2, formats=("a", "b"), variant=None, variants=True)


def test_the_same_run_has_the_same_id_and_any_other_run_another():
    others = [
        replace(KEY, digest="ac"),
        replace(KEY, seed=2),
        replace(KEY, draws=3),
        replace(KEY, replications=3),
        replace(KEY, formats=("a",)),
        replace(KEY, variant="foresight=0"),
        replace(KEY, variants=False),
        replace(KEY, benchmarks=False),
        replace(KEY, theory_draws=50),
        replace(KEY, language="vi"),
    ]
    assert replace(KEY).run_id == KEY.run_id
    assert len({KEY.run_id, *(one.run_id for one in others)}) == len(others) + 1


def write(target, name, text, error=None):
    with whole_folder(target) as folder:
        (folder / name).write_text(text)
        if error is not None:
            raise error


def test_a_folder_is_whole_or_not_there(tmp_path):
    with pytest.raises(RuntimeError):
        write(tmp_path / "results" / "x", "half", "half", RuntimeError())
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_gives_way_only_when_the_new_one_is_whole(tmp_path):
    target = tmp_path / "x"
    write(target, "a", "first")
    with pytest.raises(KeyboardInterrupt):
        write(target, "a", "broken", KeyboardInterrupt())
    assert (target / "a").read_text() == "first"
    write(target, "b", "second")
    assert [path.name for path in target.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match="Name another"):
        folder_for("s", "id", tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert folder_for("s", "id", empty) == empty


def test_latest_leads_to_the_newest(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        point_latest(tmp_path / name)
    latest = tmp_path / "latest"
    assert latest.resolve().name == "second" or latest.read_text().strip() == "second"


def test_what_differs_from_run_to_run_stands_apart_in_the_manifest(tmp_path):
    contents = []
    for seconds in (1.0, 2.0):
        write_manifest(
            tmp_path, key=KEY, scenario_id="s", argv=["parley"], settings={}, this_run={"wall_seconds": seconds}
        )
        contents.append(json.loads((tmp_path / "manifest.json").read_text()))
    first, second = contents
    assert first.pop("this_run") != second.pop("this_run")
    assert first == second
    assert {"run_id", "digest", "seed", "versions", "argv", "settings"} <= first.keys()
    assert {"python", "numpy", "numba", "pyarrow", "parley"} <= first["versions"].keys()
