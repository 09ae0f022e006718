"""Where results go: a name that follows from the run, whole folders only, nothing of the user's is removed."""

from __future__ import annotations

import json

import pytest

from sim.app import harness
from sim.app.errors import InputError
from sim.app.harness import Keeping
from sim.app.workplace import whole_folder

KEY = {"digest": "ab", "seed": 1, "formats": ["a", "b"]}


def test_the_same_run_has_the_same_id_and_any_other_run_another():
    others = [{**KEY, "digest": "ac"}, {**KEY, "seed": 2}, {**KEY, "formats": ["a"]}, {**KEY, "language": "vi"}]
    ids = {Keeping("s", key).run_id for key in (KEY, *others)}
    assert Keeping("elsewhere", dict(KEY)).run_id in ids
    assert len(ids) == len(others) + 1
    assert all(len(one) == 12 for one in ids)


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
        Keeping("s", KEY, tmp_path)
    with pytest.raises(InputError, match="Name another"):
        Keeping("s", KEY, tmp_path / "thesis.txt")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert Keeping("s", KEY, empty).folder == empty


def test_a_run_is_kept_until_something_that_decides_it_changes(workplace, monkeypatch):
    keeping = Keeping("s", KEY, files={"s.yaml": "12"}, threads=2)
    assert not keeping.kept()
    with keeping.writing() as folder:
        (folder / "x").write_text("1")
    assert keeping.kept()
    assert Keeping("s", dict(KEY), files={"s.yaml": "12"}).kept()
    assert not Keeping("s", KEY, files={"s.yaml": "13"}).kept()
    assert not Keeping("s", {**KEY, "seed": 2}, files={"s.yaml": "12"}).kept()
    monkeypatch.setattr(harness, "code_digest", lambda: "other code")
    assert not Keeping("s", KEY, files={"s.yaml": "12"}).kept()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_a_manifest_that_says_nothing_keeps_nothing(workplace, text):
    keeping = Keeping("s", KEY)
    keeping.folder.mkdir(parents=True)
    (keeping.folder / "manifest.json").write_text(text)
    assert not keeping.kept()


def test_an_interrupted_run_is_not_kept(workplace):
    keeping = Keeping("s", KEY)
    with pytest.raises(KeyboardInterrupt), keeping.writing():
        raise KeyboardInterrupt
    assert not keeping.kept()
    assert list(workplace.iterdir()) == []


def test_what_a_killed_run_left_under_results_goes_with_the_next_run(workplace):
    (workplace / "results" / "other" / ".parley-x-12345678" / "new").mkdir(parents=True)
    (workplace / ".parley-out-12345678").mkdir()
    Keeping("s", KEY).tidy()
    assert [path.name for path in workplace.rglob("*")] == ["results"]


def test_the_manifest_tells_what_was_run_and_sets_apart_what_differs(workplace):
    contents = []
    for threads in (1, 2):
        keeping = Keeping("s", KEY, files={"s.yaml": "12"}, argv=["parley"], threads=threads)
        with keeping.writing():
            pass
        contents.append(json.loads((keeping.folder / "manifest.json").read_text()))
    assert [content.pop("this_run")["threads"] for content in contents] == [1, 2]
    assert contents[0] == contents[1]
    assert {"run_id", "fingerprint", "files", "versions", "code", "platform", "processor"} <= contents[0].keys()
