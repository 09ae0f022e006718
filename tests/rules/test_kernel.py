"""How rules are compiled: plain compilation agrees, what is unused is not compiled, the cache notices changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim.rules import kernel

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import hashlib, sys
import numpy as np
from sim.rules import kernel
from sim.rules.aspiration import blended_gap, time_share
from sim.rules.chance import logistic, normal, run_key, slot, uniform
from sim.rules.pack import TABLES, WORK, Pack
from sim.rules.utility import crosses
from tests.rules.domains import random_domains
from sim.rules.paths import build_hulls, rank_options
from sim.types.work import make_work

found = []
for k in range(50):
    key, address = np.uint64(run_key(3, k, 1)), np.uint64(slot(2, k, np.uint64(5), np.uint64(k)))
    found += [uniform(key, address), logistic(key, address, 12.0), normal(key, address)]
    found += [time_share(k, 51, 0.4), blended_gap(0.7, k / 50, 0.01 * k, 0.3)]
t = random_domains(1, 3, 4, 5)
work = make_work(t)
rng = np.random.default_rng(1)
work.view_value[:] = rng.random(work.view_value.shape)
work.others[:] = rng.random(work.others.shape)
work.n_seats[0] = 3
work.serial[0] = 1  # a lane that was opened
work.seats[:] = range(3)
tables, pack = Pack(t, TABLES), Pack(work, WORK)
rank_options(tables, pack, 0, 0, 1, 0)
build_hulls(tables, pack, 1)
found += [*work.n_hull, *work.hull.ravel(), *work.ranked.ravel()]
print(kernel.PLAIN, hashlib.sha256(np.array(found, dtype=np.float64).tobytes()).hexdigest())
"""


def python(code: str, cache: Path, **extra: str) -> str:
    """Output of a fresh interpreter with a cache directory of its own."""
    environment = {**os.environ, "PARLEY_CACHE_DIR": str(cache), "PYTHONPATH": str(ROOT), **extra}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.slow
def test_plain_compilation_gives_the_same_numbers(tmp_path: Path) -> None:
    fast = python(RUN, tmp_path / "fast", PARLEY_PLAIN_KERNELS="0").split()
    plain = python(RUN, tmp_path / "plain", PARLEY_PLAIN_KERNELS="1").split()
    assert (fast[0], plain[0]) == ("False", "True")
    assert fast[1] == plain[1]


@pytest.mark.slow
def test_what_a_run_does_not_use_is_not_compiled(tmp_path: Path) -> None:
    code = """
import sys, sim.engines.batch
from sim.rules.kernel import CACHE_DIR, Unit, cache_is_cold
from sim.formats import alternating_offers, endgame, table
units = [u for m in list(sys.modules.values()) if getattr(m, "__name__", "").startswith("sim.")
         for u in vars(m).values() if isinstance(u, Unit)]
assert units and all(u.compiled is None for u in units)
assert cache_is_cold()
from sim.rules.menu import menu_add
menu_add.load()
loaded = {u.__name__ for u in units if u.compiled is not None}
print(sorted(loaded))
"""
    assert python(code, tmp_path) == "['menu_add']"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package, which the digest of sources is taken from."""
    copied = tmp_path / "sim"
    shutil.copytree(ROOT / "sim", copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(kernel, "_PACKAGE", copied)
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
    before = kernel.source_digest()
    with (package / name).open("a", encoding="utf-8") as source:
        source.write("\n# changed\n")
    assert (kernel.source_digest() != before) is changes


def test_a_new_kernel_file_changes_the_name_too(package: Path) -> None:
    before = kernel.source_digest()
    (package / "rules" / "another.py").write_text('"""Another rule."""\n', encoding="utf-8")
    assert kernel.source_digest() != before


def test_plain_kernels_have_a_directory_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kernel.source_digest()
    monkeypatch.setattr(kernel, "PLAIN", not kernel.PLAIN)
    assert kernel.source_digest() != before


DAY, NOW = 86_400, 1e9


def made(folder: Path, days: float) -> Path:
    folder.mkdir()
    os.utime(folder, (NOW - days * DAY,) * 2)
    return folder


def test_caches_that_nobody_used_for_a_month_are_pruned_but_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, days in {"now": 50, "a": 31, "b": 40, "c": 41, "d": 60}.items():
        made(tmp_path / f"kernels-{name}", days)
    monkeypatch.setattr(kernel, "CACHE_DIR", tmp_path / "kernels-now")
    kernel.prune_cache(keep=2, now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-a", "kernels-b", "kernels-now"]


def test_checkouts_that_share_a_cache_leave_each_others_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [made(tmp_path / f"kernels-{name}", 40) for name in "abcde"]
    for folder in (*folders, *folders):
        monkeypatch.setattr(kernel, "CACHE_DIR", folder)
        kernel.prune_cache(keep=len(folders), now=NOW)  # each is used once
    monkeypatch.setattr(kernel, "CACHE_DIR", folders[0])
    kernel.prune_cache(keep=0, now=NOW + 29 * DAY)
    assert all(folder.exists() for folder in folders)
    kernel.prune_cache(keep=0, now=NOW + 31 * DAY)
    assert [path for path in folders if path.exists()] == folders[:1]


def test_what_a_killed_process_was_writing_goes_and_what_another_writes_now_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "CACHE_DIR", made(tmp_path / "kernels-now", 0))
    (tmp_path / "kernels-now" / "rules").mkdir()
    for name, age in {"x.nbi.tmp.12": 61, "y.nbc.tmp.34": 1, "x.nbi": 1000}.items():
        file = tmp_path / "kernels-now" / "rules" / name
        file.touch()
        os.utime(file, (NOW - age,) * 2)
    kernel.prune_cache(now=NOW)
    assert sorted(path.name for path in (tmp_path / "kernels-now" / "rules").iterdir()) == ["x.nbi", "y.nbc.tmp.34"]


def test_a_cache_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "CACHE_DIR", tmp_path / "kernels-now")
    kernel.prune_cache(now=NOW)
    assert list(tmp_path.iterdir()) == []
