"""The batch engine: records depend on scenario, seed, draw, replication and format, and on nothing else."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from sim.engines.batch import run_blocks
from sim.engines.kernels import play_block
from sim.rules.pack import RUNS, TABLES, WORK, Pack
from sim.scenario import Encoder
from sim.scenario.sampling.source import Wrapped
from sim.types import Outcome, Runs, empty_runs
from sim.types.tables import Tables
from sim.types.work import Work, make_work
from tests.engines.cases import SHIPPED, encoders, shipped

DRAWS, REPLICATIONS = 9, 3


def whole(encoder: Encoder, **how: object) -> Runs:
    """All blocks of a run as one record; checks that they come in order and without gaps."""
    settings_ = {"n_draws": DRAWS, "replications": REPLICATIONS, "threads": 1, **how}
    blocks = list(run_blocks(encoder, **settings_))  # type: ignore[arg-type]
    per_draw = len(how.get("formats", encoder.structure.formats)) * REPLICATIONS  # type: ignore[arg-type]
    expected = 0
    for first, runs in blocks:
        assert first == expected
        expected += len(runs.outcome) // per_draw
    assert expected == DRAWS
    return Runs(*(np.concatenate(parts) for parts in zip(*(runs for _, runs in blocks), strict=True)))


def same(one: Runs, other: Runs) -> list[str]:
    """Fields that differ, to the byte."""
    return [name for name, a, b in zip(Runs._fields, one, other, strict=True) if a.tobytes() != b.tobytes()]


@cache
def in_one_thread(name: str) -> Runs:
    """Runs of a scenario that ships, to compare others with."""
    return whole(shipped(name))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("how", [{"threads": 2, "block": 2}, {"block": 1}, {"block": 4}, {"threads": 2}])
def test_threads_and_blocks_change_nothing(name: str, how: dict[str, int]):
    assert same(in_one_thread(name), whole(shipped(name), **how)) == []


@dataclass(frozen=True)
class Asked(Wrapped):
    """A source that notes which tables it was asked for."""

    blocks: list[tuple[int, int]] = field(default_factory=list)

    def tables(self, first_draw: int, n_draws: int) -> Tables:
        self.blocks.append((first_draw, n_draws))
        return self.source.tables(first_draw, n_draws)

    def blank(self) -> Tables:
        return self.source.blank()


@pytest.mark.parametrize(("how", "blocks"), [({}, [(2, 7)]), ({"block": 4}, [(2, 4), (6, 3)])])
def test_the_tables_of_few_draws_are_made_once(how: dict[str, int], blocks: list[tuple[int, int]]):
    source = Asked(shipped(SHIPPED[0]))
    list(run_blocks(source, n_draws=7, replications=1, threads=2, first_draw=2, **how))
    assert sorted(source.blocks) == blocks


@pytest.mark.parametrize("name", SHIPPED)
def test_a_format_is_the_same_alone_and_with_others(name: str):
    encoder = shipped(name)
    together = in_one_thread(name)
    n_formats = len(encoder.structure.formats)
    for fmt in range(n_formats):
        rows = np.arange(DRAWS * n_formats * REPLICATIONS).reshape(DRAWS, n_formats, REPLICATIONS)[:, fmt].ravel()
        assert same(Runs(*(array[rows] for array in together)), whole(encoder, formats=[fmt])) == []


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(encoders())
def test_invariance_on_generated_scenarios(encoder: Encoder):
    together = whole(encoder, block=DRAWS)
    assert same(together, whole(encoder, block=2, threads=2)) == []
    rows = np.arange(len(together.outcome)).reshape(DRAWS, -1, REPLICATIONS)[:, [3, 1]].ravel()
    assert same(Runs(*(array[rows] for array in together)), whole(encoder, formats=[3, 1])) == []


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(encoders())
def test_what_is_left_in_a_workspace_changes_nothing(encoder: Encoder):
    assert same(in_workspace(encoder, left_over=0), in_workspace(encoder, left_over=1)) == []


@pytest.mark.parametrize("name", SHIPPED)
def test_junk_in_a_workspace_changes_nothing(name: str):
    encoder = shipped(name)
    assert same(in_workspace(encoder, left_over=0), in_workspace(encoder, left_over=math.nan)) == []


def in_workspace(encoder: Encoder, *, left_over: float) -> Runs:
    """Records of three draws played in a workspace full of `left_over`, as if other runs had left it so."""
    tables = encoder.tables(0, 3)
    work = make_work(tables)
    for name, array in zip(Work._fields, work, strict=True):
        if name != "formats":
            array[:] = left_over if array.dtype.kind == "f" or left_over in (0, 1) else 77
    out = empty_runs(3 * len(work.formats) * 4, len(tables.issue_composite), len(tables.bloc), tables.legs.shape[1])
    packs = Pack(tables, TABLES), Pack(work, WORK), Pack(out, RUNS)
    play_block(*packs, seed=encoder.seed, first=0, count=3, replications=4)
    return out


def test_fewer_replications_are_the_first_of_more():
    encoder = shipped(SHIPPED[1])
    many = in_one_thread(SHIPPED[1])
    ((_, few),) = run_blocks(encoder, n_draws=DRAWS, replications=1, threads=1, block=DRAWS)
    assert same(Runs(*(array[::REPLICATIONS] for array in many)), few) == []


def test_another_seed_gives_other_runs_so_the_comparison_can_fail():
    assert same(in_one_thread(SHIPPED[1]), whole(shipped(SHIPPED[1], seed=2)))


def test_records_are_in_range():
    encoder = shipped(SHIPPED[1])
    runs = in_one_thread(SHIPPED[1])
    sizes = np.array([len(issue.options) for issue in encoder.structure.issues])
    assert set(runs.outcome.tolist()) <= {int(one) for one in Outcome}
    assert (runs.deal >= 0).all()
    assert (runs.deal < sizes).all()
    assert np.isfinite(runs.value).all()
    held = (runs.outcome == Outcome.SETTLEMENT) | (runs.outcome == Outcome.PARTIAL)
    assert (runs.held[held] == encoder.resolved.horizon_months).all()


@pytest.mark.parametrize("wrong", [{"n_draws": 0}, {"replications": 0}, {"formats": []}, {"formats": [99]}])
def test_a_run_of_nothing_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValueError, match=r"at least one|no such format"):
        list(run_blocks(shipped(SHIPPED[0]), **{"n_draws": 1, **wrong}))  # type: ignore[arg-type]
