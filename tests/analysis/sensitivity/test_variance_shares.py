"""What the answer rests on, on small scenarios in which it is known."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.sensitivity.held_numbers import STAYS
from sim.analysis.sensitivity.inquiry import Inquiry, KeptOutcomes, SensitivitySizes
from sim.analysis.sensitivity.variance_shares import CHANCE, RestsOn, rests_on
from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_scenario
from sim.scenario.sampling.distributions import Streams
from sim.scenario.sampling.unknowns import PARTITIONS
from tests.analysis.comparison.test_result_document import result_of, valid
from tests.analysis.synthetic import CountedRuns
from tests.shipped import GAINS_ALONE_SETS

WELL = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"
MILL = "parties.mill.values.sluice.options.open"
IDLE = "parties.upper.patience"  # read, and of no consequence where meeting costs nothing
KNOWN = (
    "parties.upper.values.share.options.even=0.6",
    "parties.lower.salience.sluice=0.25",
    "parties.lower.red_lines.not-by-land.firmness=0",
    "behaviour.precision=25",
    "behaviour.pressure_cap=0.4",
    "behaviour.concession_exponent=0.5",
    "behaviour.foresight=0.5",
    "behaviour.reciprocity=0.25",
    *GAINS_ALONE_SETS,
    "behaviour.next_chance=1",
)
ROUGH = "behaviour.volatility=0.03"
NEEDED = "parties.mill.standing.share=1"  # a mill that loses nothing by the text, and without which it cannot be kept
DRAWS = 160


def found(*sets: str, threads: int = 1) -> tuple[RestsOn, Inquiry, object]:
    encoder = Encoder(load_scenario(WELL, sets=(NEEDED, *sets)), seed=4)
    counts, endings = Accumulator(encoder.structure, (0, 1), DRAWS, 4), KeptOutcomes(DRAWS, 2, 4)
    for first, runs in run_blocks(encoder, n_draws=DRAWS, replications=4, threads=threads):
        counts.add(first, runs)
        endings.add(first, runs)
    asked, played = Inquiry(encoder, (0, 1), SensitivitySizes(120, 60), threads), CountedRuns()
    baseline = counts.result()
    answer = rests_on(asked, baseline, endings.outcome, progress=played)
    assert played.runs == asked.runs
    return answer, asked, baseline


@pytest.fixture(scope="module")
def one_matters():
    return found(*KNOWN, ROUGH, f"{MILL}={{uniform: [0.3, 0.9]}}", f"{IDLE}={{uniform: [0.9, 1]}}")


def test_the_group_that_alone_matters_shares_with_chance_alone(one_matters):
    """The mill leaves the text with chance q if it likes the sluice shut, as in p = 1/2 of the draws, and never if not.

    So the answer is the product of two independent facts, of which the mill's is known to be p; cf.
    `test_sensitivity_indices`.
    """
    answer, asked, baseline = one_matters
    assert (answer.measure, answer.leader, answer.runner_up) == ("settlement", "farmers", "all-three")
    shares = {name: {part.id: part.shares[0] for part in parts} for name, parts in answer.partitions.items()}
    liked_shut = Streams(asked.encoder.seed, first_draw=0, n_draws=DRAWS).uniforms(MILL) < 0.5
    p, q = 0.5, (1.0 - baseline.format("all-three").measures["settlement"].value) / liked_shut.mean()
    variance, own = p * q * (1 - p * q), q * q * p * (1 - p)
    expected = (own + (variance - own - p * p * q * (1 - q)) / 2) / variance
    mill = shares["party"]["mill"]
    assert 0.7 < expected < 0.9
    assert mill.low < expected < mill.high
    assert mill.high - mill.low < 0.25
    assert shares["party"]["upper"].value == shares["parameter"]["patience"].value == 0.0
    for name, group in (("party", "mill"), ("parameter", "values"), ("basis", "assumed")):
        assert shares[name][group].value + shares[name][CHANCE].value == pytest.approx(1.0, abs=1e-9)


def test_the_number_that_alone_matters_comes_first_and_the_idle_one_changes_nothing(one_matters):
    answer, _, _ = one_matters
    first, *_, last = answer.numbers
    assert first.unknown.path == MILL
    assert first.share.low > 0.5
    assert (first.low.leader, first.low.gap.side, first.high.gap.side) == (STAYS, 1, -1)
    assert first.low.value == pytest.approx(0.36)
    assert last.unknown.path == IDLE
    assert {one.value for end in (last.low, last.high) for one in (*end.changes, end.gap)} == {0.0}
    assert not last.distinguishable


def test_shares_add_up_to_one(one_matters):
    noisy, _, _ = found(ROUGH)
    for answer in (one_matters[0], noisy):
        for parts in answer.partitions.values():
            for y in range(len(answer.answers)):
                total = sum(part.shares[y].value for part in parts)
                assert math.isnan(total) or total == pytest.approx(1.0, abs=1e-9)
    assert noisy.partitions["basis"][-1].shares[0].low > 0.1


def test_without_uncertain_numbers_all_is_chance():
    answer, asked, _ = found(*KNOWN, ROUGH, f"{MILL}=0.5")
    assert asked.unknowns == ()
    for parts in answer.partitions.values():
        (part,) = parts
        assert (part.id, part.shares[0].value) == (CHANCE, pytest.approx(1.0, abs=1e-12))
    assert answer.numbers == ()


def test_the_variance_is_that_of_the_runs(one_matters):
    answer, _, baseline = one_matters
    lead, alone = answer.answers
    apart = baseline.format("all-three").measures["settlement"].value
    assert lead.variance == pytest.approx(apart * (1 - apart), abs=0.06)
    assert alone.formats == ("farmers",)


def test_threads_change_nothing():
    assert repr(found(ROUGH, threads=2)[0]) == repr(found(ROUGH, threads=1)[0])


def test_the_document_follows_its_schema(one_matters):
    answer, asked, baseline = one_matters
    document = result_of(baseline, asked.encoder.structure, variance_shares=answer).to_data()
    assert valid(document)
    part = document["variance_shares"]
    assert part["numbers"][0]["unknown"]["path"] == MILL
    assert part["numbers"][0]["low"]["top"] in ("farmers", "all-three")
    assert set(part["numbers"][0]["low"]["changes"]) == {"farmers", "all-three"}
    assert part["answers"][0] == {"measure": "settlement", "formats": ["farmers", "all-three"]} | {
        "variance": part["answers"][0]["variance"],
        "walks": part["answers"][0]["walks"],
    }
    assert set(part["partitions"]) == set(PARTITIONS)
