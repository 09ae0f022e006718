"""What the command line says where the output lacks letters, or compiled rules have no place to be kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = "from sim.cli.main import main; raise SystemExit(main())"


def parley(*words: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **surroundings}
    command = [sys.executable, "-c", RUN, *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_letters_that_the_output_lacks_are_question_marks_and_that_is_said(tmp_path: Path, minimal: Path):
    file = tmp_path / "minimal.yaml"
    file.write_text(minimal.read_text(encoding="utf-8").replace("title: Two farmers", "title: Hai nông dân"), "utf-8")
    lacking = parley("check", str(file), PYTHONIOENCODING="ascii")
    assert lacking.returncode == 0, lacking.stderr
    assert "Hai n?ng d?n" in lacking.stdout
    assert lacking.stderr.count("? stands for letters that ascii") == 1
    whole = parley("check", str(file), PYTHONIOENCODING="utf-8")
    assert "Hai nông dân" in whole.stdout
    assert whole.stderr == ""


def test_a_place_for_compiled_rules_that_cannot_be_made_is_told(tmp_path: Path, minimal: Path):
    (tmp_path / "taken").write_text("a file")
    place = tmp_path / "taken" / "cache"
    found = parley("check", str(minimal), PARLEY_CACHE_DIR=str(place), TMPDIR=str(tmp_path))
    assert found.returncode == 0, found.stderr
    assert f"{place} cannot be written" in found.stderr.replace("\n", "")
    assert "Set PARLEY_CACHE_DIR" in found.stderr
    assert os.listdir(tmp_path) == ["taken"]
