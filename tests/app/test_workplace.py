"""Hidden folders beside what is written: who leaves them, what comes back, what the next process clears away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.app.workplace import PREFIX, clear_up, leave_all, point_latest, whole_folder, working_on, write_whole


def left_behind(target: Path) -> Path:
    """A workplace of a process that was killed while an earlier result had given way."""
    code = (
        "import os, sys, pathlib; from sim.app.workplace import working_on\n"
        "with working_on(pathlib.Path(sys.argv[1])) as place:\n"
        "    (place / 'new').mkdir(); (place / 'old').mkdir(); (place / 'old' / 'a').write_text('first')\n"
        "    os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(target)], check=False, cwd=Path(__file__).parents[2])
    (place,) = target.parent.glob(f"{PREFIX}*")
    return place


def test_what_a_killed_process_left_is_cleared_and_an_earlier_result_comes_back(tmp_path):
    place = left_behind(tmp_path / "x")
    clear_up(tmp_path)
    assert not place.exists()
    assert (tmp_path / "x" / "a").read_text() == "first"


def test_the_next_that_writes_there_clears_it_too(tmp_path):
    left_behind(tmp_path / "x")
    with whole_folder(tmp_path / "y"):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]


def test_a_workplace_in_use_and_other_hidden_folders_stay(tmp_path):
    (tmp_path / ".parley-notes").mkdir()
    (tmp_path / ".cache-12345678").mkdir()
    with working_on(tmp_path / "x") as place:
        clear_up(tmp_path)
        assert place.exists()
        assert len(list(tmp_path.iterdir())) == 3
    assert not place.exists()


def test_a_link_to_a_folder_stays_a_link_and_the_folder_gives_way(tmp_path):
    for name in ("real", "not-there-yet"):
        (tmp_path / f"to-{name}").symlink_to(tmp_path / name)
    (tmp_path / "real").mkdir()
    for name in ("real", "not-there-yet"):
        with whole_folder(tmp_path / f"to-{name}") as folder:
            (folder / "a").write_text("new")
        assert (tmp_path / f"to-{name}").is_symlink()
        assert (tmp_path / name / "a").read_text() == "new"


def test_what_was_made_meanwhile_is_not_replaced_unasked(tmp_path):
    (tmp_path / "x").mkdir()
    with whole_folder(tmp_path / "x", replace=False) as folder:  # an empty one is
        (folder / "a").write_text("first")
    with pytest.raises(FileExistsError), whole_folder(tmp_path / "x", replace=False) as folder:
        (folder / "a").write_text("second")
    assert (tmp_path / "x" / "a").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("moved", [False, True])
def test_a_signal_between_giving_way_and_taking_the_place_loses_nothing(tmp_path, moved):
    target = tmp_path / "x"
    target.mkdir()
    (target / "a").write_text("first")
    with working_on(target) as place:
        (place / "new").mkdir()
        if moved:
            target.rename(place / "old")
        leave_all()
        assert (target / "a").read_text() == "first"
        assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_folders_made_for_nothing_are_taken_away(tmp_path):
    with working_on(tmp_path / "results" / "s" / "x"):
        leave_all()
        assert list(tmp_path.iterdir()) == []


def test_a_text_takes_its_place_at_once_and_a_link_stays_a_link(tmp_path):
    page, link = tmp_path / "page.md", tmp_path / "link.md"
    write_whole(page, "one")
    link.symlink_to(page)
    write_whole(link, "two")
    assert page.read_text() == "two"
    assert link.is_symlink()
    assert len(list(tmp_path.iterdir())) == 2
    write_whole(Path(os.devnull), "nothing")
    assert not Path(os.devnull).is_file()


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(page, "two \ud800")
    assert page.read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


def test_latest_leads_to_the_newest(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        point_latest(tmp_path / name)
    latest = tmp_path / "latest"
    assert latest.resolve().name == "second" or latest.read_text().strip() == "second"
    assert len(list(tmp_path.iterdir())) == 3
