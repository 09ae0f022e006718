"""How rules are compiled: plain compilation agrees, what is unused is not compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import hashlib, sys
import numpy as np
from sim.rules import library
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
print(library.PLAIN, hashlib.sha256(np.array(found, dtype=np.float64).tobytes()).hexdigest())
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
from sim.rules.kernel import Unit
from sim.rules.library import cache_is_cold
from sim.formats import alternating_offers, endgame, table
units = [u for m in list(sys.modules.values()) if getattr(m, "__name__", "").startswith("sim.")
         for u in vars(m).values() if isinstance(u, Unit)]
assert units and all(u.call is None for u in units)
assert cache_is_cold()
from sim.rules.menu import menu_add
menu_add.load()
loaded = {u.__name__ for u in units if u.call is not None}
print(sorted(loaded))
"""
    assert python(code, tmp_path) == "['menu_add']"
