from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.comparison.result_document import ComparisonResult
from sim.analysis.comparison.verdict import verdict
from sim.report.comparison.comparison_files import render
from sim.report.comparison.figures import draw_all
from sim.scenario.schema.written import Reference
from tests.analysis.synthetic import LIKELIHOODS, blocks, structure


@dataclass(frozen=True)
class Number:
    path: str
    distribution: str
    mean: float
    low: float
    high: float
    basis: str
    sources: tuple[str, ...] = ()
    note: str = ""


def compare(*, formats=(0, 1, 2, 3, 4), n_draws=40, **options):
    found = Accumulator(structure(), formats, n_draws, 8)
    for first, runs in blocks(formats=formats, n_draws=n_draws, **options):
        found.add(first, runs)
    return found.result()


def result_of(comparison, **beside) -> ComparisonResult:
    """A comparison with what stands beside it."""
    made = {"digest": "ab" * 32, "seed": 1, "settings": {}, "versions": {"numpy": "2"}, "numbers_by_basis": {}}
    return ComparisonResult(**{**vars(comparison), **made, "structure": structure(), **beside})


@dataclass(frozen=True)
class Given:
    """A result, and what the page says beside it."""

    result: ComparisonResult
    scenario: Any
    numbers: tuple[Number, ...]
    talks: dict[str, list[str]]
    command: str

    def but(self, **changes) -> Given:
        """The same with another result."""
        return replace(self, result=replace(self.result, **changes))

    def page(self) -> str:
        return render(drawings=draw_all(self.result), **vars(self))


@pytest.fixture(scope="session")
def baseline():
    return compare()


@pytest.fixture(scope="session")
def variants():
    turned = np.roll(LIKELIHOODS, 1, axis=0)
    return {"foresight=0": compare(seed=2, n_draws=20), "hold=once": compare(seed=3, n_draws=20, likelihoods=turned)}


@pytest.fixture(scope="session")
def judged(baseline, variants):
    return verdict(baseline, variants)


@pytest.fixture(scope="session")
def given(baseline, variants, judged):
    return Given(
        result=result_of(baseline, settings={"Sets": "none"}, variants=variants, verdict=judged),
        numbers=(
            Number("parties.north.salience.territory", "triangular(1, 2, 4)", 2.3, 1.2, 3.6, "stated", ("E1", "E9")),
            Number("parties.north.patience", "0.97", 0.97, 0.97, 0.97, "assumed", (), "fair <guess>"),
            Number("formats.all-four.seats.north.talk_cost", "uniform(0, 1)", 0.5, 0.05, 0.95, "analyst", ("E1",)),
            Number("behaviour.precision", "uniform(5, 20)", 12.5, 5.75, 19.25, "assumed"),
        ),
        scenario=SimpleNamespace(
            references={
                "E1": Reference(title="Minutes of the river talks", note="Our paraphrase."),
                "E2": Reference(title="Never cited"),
            },
            summary="Four parties & a river.",
            as_of="1999-05",
            notes="",
        ),
        talks={"all-four": ["North offers <b>everything</b>.", "The Hill League refuses."]},
        command="parley compare made-up.yaml --seed 1",
    )
