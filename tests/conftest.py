"""What all tests share: hypothesis settings, the scenarios that ship, an empty place to run in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

# Compiling on first use and shared machines make deadlines lie.
settings.register_profile("parley", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("parley"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "parley")


@pytest.fixture
def minimal() -> Path:
    """The small scenario that ships to be copied."""
    return ROOT / "scenarios" / "minimal.yaml"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, so that results are written nowhere else."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
