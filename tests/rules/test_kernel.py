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


def test_old_caches_are_pruned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "CACHE_DIR", tmp_path / "kernels-now")
    for age, name in enumerate(("now", "a", "b", "c", "d")):
        folder = tmp_path / f"kernels-{name}"
        folder.mkdir()
        os.utime(folder, (1000 - age, 1000 - age))
    kernel.prune_cache(keep=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kernels-a", "kernels-b", "kernels-now"]
