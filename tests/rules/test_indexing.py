"""No kernel indexes negatively or out of range, so numba's wraparound can be left out, and is in `sim` alone."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from sim.rules import library
from sim.types.tables import PROTOCOLS

ROOT = Path(__file__).resolve().parents[2]
TRAPPED = ROOT / "tests" / "rules" / "trapped.py"
EXAMPLES = 8


@pytest.mark.slow
def test_no_kernel_indexes_negatively_or_out_of_range() -> None:
    folder = library.cache_dir().parent / f"trapped-{hashlib.blake2b(TRAPPED.read_bytes(), digest_size=4).hexdigest()}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.rules.trapped", str(EXAMPLES)],
        env={**os.environ, "PARLEY_CACHE_DIR": str(folder), "PARLEY_PLAIN_KERNELS": "0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert len(told["on_purpose"]) > 0
    assert all("menu" in what and ": -1 of" in what for what in told["on_purpose"])
    assert set(told["played"]) == {*PROTOCOLS, "track"}
    assert told["caught"] == {}


def last(values: np.ndarray, place: int) -> float:
    return values[place]


def test_functions_of_others_keep_their_negative_indices() -> None:
    assert numba.njit(last)(np.array([1.0, 2.0]), -1) == 2.0
