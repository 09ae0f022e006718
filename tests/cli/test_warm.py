"""`parley warm`: says what was compiled, how long it took and where it lies; the second time nothing is compiled."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.main import app

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_what_is_there_is_loaded_without_the_compiler() -> None:
    code = (
        "import sys; sys.argv[1:] = ['warm', 'scenarios/minimal.yaml']; from sim.cli.main import main; code = main();"
    )
    code += "print('numba' in sys.modules); sys.exit(code)"
    for _ in range(2):  # the first time it may compile
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    said, loaded = done.stdout.strip().splitlines()
    found = re.fullmatch(r"All (\d+) rules were there, and were loaded in [\d.]+ s; they lie in (.+)", said)
    assert found is not None, said
    assert len(list(Path(found[2]).glob("*.object"))) == int(found[1]) > 100
    assert loaded == "False"
    assert done.stderr.splitlines()[0] == "1 of 8: Alternating offers"


def test_it_explains_itself() -> None:
    shown = CliRunner().invoke(app, ["warm", "--help"], env={**os.environ, "COLUMNS": "120"})
    assert "parley warm scenarios/well-formats.yaml" in shown.stdout
    assert "PARLEY_CACHE_DIR=/srv/parley parley warm" in shown.stdout
    assert "parley PARLEY" not in shown.stdout
