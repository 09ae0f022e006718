"""A retrodiction of one small meeting: scores, twins and orderings from the counts of its cells."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sim.analysis.experiments.cells import BASELINE, Case, Cell
from sim.analysis.experiments.hypotheses import Hypothesis, Term
from sim.analysis.experiments.metrics import Metric
from sim.analysis.experiments.retrodiction import (
    NEAR_FACTOR,
    VARIANT_NAMES,
    Ordering,
    OrderingResult,
    Retrodiction,
    RetrodictionSizes,
    RetrodictionSpec,
    Twin,
    retrodict,
)
from sim.report.retrodiction.retrodiction_tables import ordering_table
from sim.scenario import load_raw, read_raw
from sim.types.playing import Size
from tests.analysis.synthetic import CountedRuns

FILE = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"
SIZES = RetrodictionSizes(Size(8, 2), Size(4, 2), Size(16, 2))


def small_case(**documented: object) -> Case:
    """The village with one coded number and a record of what came of the farmers' talks."""
    raw = dict(read_raw(FILE))
    raw["codebooks"] = {
        name: {"levels": {"price_of_no_settlement": {"bad": {"value": value}}}}
        for name, value in (("first", -0.05), ("second", -3.0))
    }
    raw["codebook"] = "first"
    raw["parties"]["upper"]["price_of_no_settlement"] = {"now": {"level": "bad"}}
    raw["overrides"] = {**raw.get("overrides", {}), "dear": {"set": {"parties.upper.price_of_no_settlement.now": -3}}}
    raw["documented"] = {"farmers": documented}
    raw.pop("scenarios", None)
    base = load_raw(raw)
    return Case(base.id, "village", raw, base)


def spec_of(case: Case) -> RetrodictionSpec:
    plain = Term(Cell(case.id, ("farmers",)), Metric("settlement"), "plain")
    dear = Term(Cell(case.id, ("farmers",), ("dear",)), Metric("settlement"), "dear")
    hypotheses = (Hypothesis("greater", dear, plain), Hypothesis("near", plain, plain, 0.1))
    return RetrodictionSpec(
        id="village",
        title="A village",
        cases=(case,),
        twins=(Twin("dearer", "", plain, dear, None), Twin("no-talks", "", plain, dear, 0.01)),
        orderings=(Ordering("R1", "", False, "", (), hypotheses),),
        codings=("first", "second"),
        labels={},
    )


@pytest.fixture(scope="module")
def found() -> Retrodiction:
    case, progress = small_case(outcome=["settlement"], note="so it is told"), CountedRuns()
    result = retrodict(spec_of(case), SIZES, progress)
    # two cells by both codings, one of them at more draws again, and two cells of the design by every variant
    drawn, near, designed = 2 * (8 + 4) * 2, NEAR_FACTOR * (8 + 4) * 2, 2 * 2 * len(VARIANT_NAMES) * 16 * 2
    assert progress.runs == progress.expected == drawn + near + designed
    return result


def test_shares_are_of_all_classes_and_scored(found: Retrodiction):
    (case,) = found.cases
    for coding, shares in case.shares.items():
        assert sum(one.value for one in shares.values()) == pytest.approx(1.0)
        assert case.scores[coding].given == shares["settlement"].value
    assert case.never_settles is not None
    assert case.never_settles.given == 0.0
    assert set(found.mean_scores["first"]) == {"simulation", "base rate of the other cases", "nothing ever settles"}
    assert set(case.digests) == {"first", "second"}
    assert case.digests["first"] != case.digests["second"]


def test_the_second_coding_is_the_first_with_the_twin(found: Retrodiction):
    """The codebook `second` reads the one coded number as the override has it."""
    dearer, no_talks = found.twins
    assert dearer.by_coding["second"].difference.value == 0.0
    assert not dearer.by_coding["second"].holds
    assert not no_talks.by_coding["first"].holds
    assert (dearer.plain.cell.scenario, dearer.changed.cell.overrides) == ("village-well", ("dear",))


def test_an_ordering_is_read_in_every_cell(found: Retrodiction):
    (ordering,) = found.orderings
    assert ordering.cells == 16 * len(VARIANT_NAMES) * 2
    assert [one.words for one in ordering.readings] == [
        "dear is greater than plain",
        "plain is within 0.1 of plain",
    ]
    assert ordering.by_coding["second"] == 0.0  # nothing is greater than itself
    assert ordering.share == pytest.approx(sum(ordering.by_coding.values()) / 2)


def test_a_meeting_that_was_not_held_is_not_scored():
    (case,) = retrodict(spec_of(small_case(held=False)), SIZES, CountedRuns()).cases
    assert (case.held, case.scores, case.base_rate) == (False, {}, None)


def test_an_undecided_cell_counts_against_an_ordering():
    answers = {("first", BASELINE): (True, None), ("first", "hold=once"): (True, True)}
    ordering = OrderingResult("R", "", False, "", (), (), (), answers, {})
    assert (ordering.share, ordering.undecided) == (0.75, 1)
    assert ordering.by_variant == {BASELINE: 0.5, "hold=once": 1.0}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((True,) * 10, "holds"),
        ((True,) * 8 + (None,) * 2, "cannot be told: too few runs a cell"),
        ((True,) * 8 + (False,) * 2, "does not hold in nine of ten"),
    ],
)
def test_an_ordering_that_cells_cannot_tell_is_not_said_to_fail(answers: tuple[bool | None, ...], words: str):
    ordering = OrderingResult("R", "", False, "", (), (), (), {("first", BASELINE): answers}, {})
    spec = SimpleNamespace(in_language=lambda _: SimpleNamespace(orderings={}))
    found = SimpleNamespace(orderings=(ordering,), codings=("first",), spec=spec)
    assert ordering_table(found).cells[0][-1].words == words
