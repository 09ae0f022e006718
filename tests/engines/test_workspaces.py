"""Workspaces kept between runs: bounded, never in two hands, and without a trace in the results."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import parley
from sim.engines import workspaces
from sim.engines.batch import play, run_blocks
from sim.engines.workspaces import Workspaces
from sim.types import Runs
from sim.types.playing import Size
from tests.engines.cases import SHIPPED, shipped
from tests.shipped import CAMP_DAVID, SCENARIOS


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Workspaces:
    """An empty store in the place of the process's own."""
    store = Workspaces()
    monkeypatch.setattr("sim.engines.batch.WORKSPACES", store)
    return store


def runs_of(name: str, **how: int) -> bytes:
    size = {"n_draws": 6, "replications": 2, "block": 2, **how}
    blocks = run_blocks(shipped(name), **size)  # type: ignore[arg-type]
    return b"".join(array.tobytes() for _, runs in blocks for array in runs)


def test_a_second_run_takes_what_the_first_made(kept: Workspaces, monkeypatch: pytest.MonkeyPatch):
    first = runs_of(SHIPPED[0], threads=1)
    monkeypatch.setattr(workspaces, "make_work", lambda *_, **__: pytest.fail("a second workspace was made"))
    assert runs_of(SHIPPED[0], threads=1) == first


def test_what_does_not_fit_is_not_lent(kept: Workspaces):
    tables = shipped(SHIPPED[0]).blank()
    with kept.lent(tables, (0,)) as one:
        pass
    for others, formats in ((tables, (1,)), (tables._replace(n_rounds=2 * tables.n_rounds), (0,))):
        with kept.lent(others, formats) as other:
            assert other is not one
    with kept.lent(tables, (0,)) as again, kept.lent(tables, (0,)) as beside:
        assert again is one
        assert beside is not one


def test_idle_workspaces_are_bounded():
    tables = shipped(SHIPPED[0]).blank()
    with Workspaces().lent(tables, (0,)) as work:
        size = sum(array.nbytes for array in work.arrays)
    store = Workspaces(most_bytes=2 * size)
    for fmt in (0, 1, 0, 1):
        with store.lent(tables, (fmt,)), store.lent(tables, (fmt,)):
            assert store.n_bytes <= 2 * size
    assert 0 < store.n_bytes <= 2 * size


def test_a_workspace_in_which_talks_failed_does_not_come_back(kept: Workspaces):
    tables = shipped(SHIPPED[0]).blank()
    with pytest.raises(ZeroDivisionError), kept.lent(tables, (0,)):
        raise ZeroDivisionError
    assert kept.n_bytes == 0


@pytest.mark.parametrize("stops", [KeyboardInterrupt, ValueError])
def test_a_run_that_is_stopped_leaves_no_trace(stops: type[BaseException]):
    before = runs_of(SHIPPED[1])

    class Stopper:
        def add(self, first_draw: int, runs: Runs) -> None:
            raise stops

    with pytest.raises(stops):
        play(shipped(SHIPPED[1]), [0, 1], Size(40, 4, 1, 2), Stopper())
    assert runs_of(SHIPPED[1]) == before


def test_threads_that_compare_at_once_get_what_each_gets_alone():
    scenario = parley.load(SCENARIOS / "minimal.yaml")
    cases = [scenario, scenario.set({"horizon_months": 30}), parley.load(CAMP_DAVID), scenario.under("foresight=0")]

    def compare(case: parley.Scenario) -> list[dict[str, object]]:
        return parley.compare(case, draws=10, replications=2, variants=False, benchmarks=False).rows()

    alone = [repr(compare(case)) for case in cases]
    with ThreadPoolExecutor(max_workers=4) as pool:
        together = [repr(rows) for rows in pool.map(compare, cases * 3)]
    assert together == alone * 3


def test_blanks_have_the_sizes_of_tables():
    for name in SHIPPED:
        encoder = shipped(name)
        for blank, full in zip(encoder.blank(), encoder.tables(0, 1), strict=True):
            assert (blank.shape, blank.dtype) == (full.shape, full.dtype)
    assert np.any(encoder.tables(0, 1).price)
    assert not np.any(encoder.blank().price)
