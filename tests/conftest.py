"""What all tests share: hypothesis settings, the scenarios that ship, an empty place to run in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
PLAYING_ROOMS = {"engines", "formats", "laws", "cli", "faults", "validation"}
"""Rooms of tests that play talks at length, or run whole commands."""

# Compiling on first use and shared machines make deadlines lie.
settings.register_profile("parley", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("parley"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "parley")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="the half that is neither marked slow nor compiles rules")


def is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None or bool(PLAYING_ROOMS & set(item.path.parts))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("quick"):
        config.hook.pytest_deselected(items=[item for item in items if is_slow(item)])
        items[:] = [item for item in items if not is_slow(item)]


@pytest.fixture(scope="session", autouse=True)
def compiling(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Rules are compiled by all workers together, and not at all in the quick half."""
    from sim.rules.kernel import Unit
    from tests.compiling import Together, leave_out

    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("quick"):
            patch.setattr(Unit, "load", leave_out)
        elif "PYTEST_XDIST_WORKER" in os.environ:
            together = Together(tmp_path_factory.getbasetemp().parent / "compiled-by")
            patch.setattr(Unit, "load", lambda unit: together.load(unit))
        yield


@pytest.fixture
def minimal() -> Path:
    """The small scenario that ships to be copied."""
    return ROOT / "scenarios" / "minimal.yaml"


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, so that results are written nowhere else."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
