"""The compiled rules on disk: the folder notices every change, is pruned, and survives damage and other processes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sim.rules import library

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which the digest of sources is taken from."""
    copied = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(library, "_PACKAGE", copied)
    return copied


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("rules/acceptance.py", True),
        ("formats/table.py", True),
        ("engines/kernels.py", True),
        ("types/tables.py", True),
        ("types/work.py", True),
        ("rules/kernel.py", True),
        ("analysis/frontier.py", False),
    ],
)
def test_the_cache_directory_is_named_by_every_kernel_source(package: Path, name: str, changes: bool) -> None:
    before = library.source_digest()
    with (package / name).open("a", encoding="utf-8") as source:
        source.write("\n# changed\n")
    assert (library.source_digest() != before) is changes


def test_a_new_kernel_file_changes_the_name_too(package: Path) -> None:
    before = library.source_digest()
    (package / "rules" / "another.py").write_text('"""Another rule."""\n', encoding="utf-8")
    assert library.source_digest() != before


def test_plain_kernels_have_a_directory_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    before = library.source_digest()
    monkeypatch.setattr(library, "PLAIN", not library.PLAIN)
    assert library.source_digest() != before


DAY, NOW = 86_400, 1e9


def made(folder: Path, days: float) -> Path:
    folder.mkdir()
    last = NOW - days * DAY
    os.utime(folder, (last, last))
    return folder


def test_caches_that_nobody_used_for_a_month_are_pruned_but_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, days in {"now": 50, "a": 31, "b": 40, "c": 41, "d": 60}.items():
        made(tmp_path / f"kernels-{name}", days)
    monkeypatch.setattr(library, "cache_dir", lambda: tmp_path / "kernels-now")
    library.prune_cache(keep=2, now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-a", "kernels-b", "kernels-now"]


def test_checkouts_that_share_a_cache_leave_each_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [made(tmp_path / f"kernels-{name}", 40) for name in "abcde"]
    for folder in (*folders, *folders):
        monkeypatch.setattr(library, "cache_dir", lambda folder=folder: folder)
        library.prune_cache(keep=len(folders), now=NOW)  # each is used once
    monkeypatch.setattr(library, "cache_dir", lambda: folders[0])
    library.prune_cache(keep=0, now=NOW + 29 * DAY)
    assert all(folder.exists() for folder in folders)
    library.prune_cache(keep=0, now=NOW + 31 * DAY)
    assert [path for path in folders if path.exists()] == folders[:1]


def test_what_a_killed_process_was_writing_goes_and_what_another_writes_now_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = made(tmp_path / "kernels-now", 0)
    monkeypatch.setattr(library, "cache_dir", lambda: now)
    (now / "rules").mkdir()
    for name, age in {"x12.tmp": 61, "y34.tmp": 1, "x.object": 1000}.items():
        file = now / "rules" / name
        file.touch()
        os.utime(file, (NOW - age, NOW - age))
    library.prune_cache(now=NOW)
    assert sorted(path.name for path in (now / "rules").iterdir()) == ["x.object", "y34.tmp"]


def test_what_a_killed_process_left_in_another_users_folder_stays_and_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = made(tmp_path / "kernels-now", 0)
    monkeypatch.setattr(library, "cache_dir", lambda: now)
    (now / "x12.tmp").touch()
    os.utime(now / "x12.tmp", (NOW - 61, NOW - 61))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refused)
    library.prune_cache(now=NOW)


def test_a_cache_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "cache_dir", lambda: tmp_path / "kernels-now")
    library.prune_cache(now=NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty place for compiled rules, not made yet."""
    monkeypatch.setattr(library, "cache_dir", lambda: tmp_path / "kernels-now")
    return tmp_path / "kernels-now"


def test_machine_code_is_kept_whole_under_its_name(folder: Path) -> None:
    assert library.read_object("menu") is None
    library.write_object("menu", b"code")
    library.write_object("menu", b"other code")  # by another process
    assert library.read_object("menu") == b"other code"
    assert [path.name for path in folder.iterdir()] == ["menu.object"]
    assert not library.cache_is_cold()


@pytest.mark.parametrize("damage", [b"", b"too short", b"x" * 40])
def test_what_is_damaged_is_as_if_it_were_not_there(folder: Path, damage: bytes) -> None:
    library.write_object("menu", b"code")
    kept = folder / "menu.object"
    kept.write_bytes(damage)
    assert library.read_object("menu") is None
    library.write_object("menu", b"code")
    kept.write_bytes(kept.read_bytes()[:-1])
    assert library.read_object("menu") is None


def test_where_nothing_can_be_written_nothing_is_kept(folder: Path) -> None:
    folder.write_text("a file in its place", encoding="utf-8")
    library.write_object("menu", b"code")
    assert library.read_object("menu") is None
    assert folder.is_file()


def test_a_failure_in_a_rule_is_raised_once() -> None:
    library._note_failure(b"parley_menu_menu_add")
    with pytest.raises(RuntimeError, match="parley_menu_menu_add"):
        library.raise_failure()
    library.raise_failure()
