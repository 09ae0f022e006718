"""What the answer rests on where a contact group is drawn: who is in it is chance, as far as it decides."""

from __future__ import annotations

import pytest

from sim.analysis.comparison.accumulate import Accumulator
from sim.analysis.sensitivity.inquiry import LOT, Inquiry, KeptOutcomes, SensitivitySizes
from sim.analysis.sensitivity.variance_shares import CHANCE, RestsOn, rests_on
from sim.engines.batch import run_blocks
from sim.scenario.sampling.distributions import lot_streams
from sim.scenario.sampling.unknowns import PARTITIONS
from tests.analysis.synthetic import CountedRuns
from tests.laws.common import Raw, encode
from tests.laws.made_up import issue, party, talks, world, worth

DRAWS = 2000
BORDER = issue("open", "walled", settles="walled")


def luck(wants: object = 1.0) -> Raw:
    """Three want a wall and c does not: a group of two builds it, by a majority of all, unless c is drawn."""
    parties = {name: party({"border": 1}, {"border": worth(open=0, walled=1)}) for name in "abcd"}
    parties["c"]["values"]["border"] = {"options": {"open": 0.5, "walled": {"uniform": [0, 0.4]}}}
    parties["d"]["values"]["border"] = {"options": {"open": 0.5, "walled": wants}}
    drawn = talks(*parties, months=1, rounds=2, contact_group=2, consent="majority")
    every = talks(*parties, months=1, rounds=2)
    return world({"border": BORDER}, parties, {"drawn": drawn, "every": every})


def found(data: Raw) -> tuple[RestsOn, float]:
    encoder = encode(data)
    counts, endings = Accumulator(encoder.structure, (0, 1), DRAWS, 2), KeptOutcomes(DRAWS, 2, 2)
    for first, runs in run_blocks(encoder, n_draws=DRAWS, replications=2):
        counts.add(first, runs)
        endings.add(first, runs)
    asked, baseline, played = Inquiry(encoder, (0, 1), SensitivitySizes(DRAWS, 20)), counts.result(), CountedRuns()
    answer = rests_on(asked, baseline, endings.outcome, progress=played)
    assert played.runs == asked.runs
    return answer, baseline.format("drawn").measures["settlement"].value


def test_where_the_lot_alone_decides_all_is_chance():
    answer, settled = found(luck())
    assert settled == pytest.approx(0.5, abs=0.05)  # c is one of the two with chance 1/2
    assert set(answer.partitions) == set(PARTITIONS)
    for parts in answer.partitions.values():
        assert LOT not in {part.id for part in parts}
        shares = {part.id: part.shares[0].value for part in parts}
        assert shares.pop(CHANCE) == pytest.approx(1.0)
        assert all(share == pytest.approx(0.0) for share in shares.values())


def test_where_a_number_decides_too_they_share():
    """d wants the wall in half of the draws: it is built if d does, and c is not drawn. Else two are against it."""
    answer, settled = found(luck({"uniform": [0, 1]}))
    assert settled == pytest.approx(0.25, abs=0.04)
    shares = {part.id: part.shares[0] for part in answer.partitions["party"]}
    # Y = X L with X, L independent and both 1 in half of the draws: by symmetry half of the variance each.
    assert shares["d"].low < 0.5 < shares["d"].high
    assert shares[CHANCE].low < 0.5 < shares[CHANCE].high
    assert sum(one.value for one in shares.values()) == pytest.approx(1.0)


def test_lots_are_those_of_principals_by_bloc():
    data = luck()
    data["parties"]["b"]["bloc"] = "a"
    data["formats"]["drawn"]["contact_group"] = 2
    assert lot_streams(encode(data).resolved) == ("parties.a.lot", "parties.c.lot", "parties.d.lot")
    del data["formats"]["drawn"]["contact_group"]
    assert lot_streams(encode(data).resolved) == ()
