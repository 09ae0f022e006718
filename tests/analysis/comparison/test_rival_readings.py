"""Rival readings: what each does to the order of pairs, and whether one believes it matters."""

from __future__ import annotations

import pytest

from sim.analysis.comparison.rival_readings import RivalReading, RivalReadings
from sim.analysis.comparison.verdict import verdict
from sim.types.message import message
from tests.analysis.comparison.test_verdict import made


def readings(**gaps: float) -> RivalReadings:
    """Readings of two contradictions by name, `strength_...` and `date_...`, each with its gap between the formats."""
    said = message("a change")
    every = tuple(RivalReading(name.partition("_")[0], name, said, made(gap=gap)) for name, gap in gaps.items())
    judged = verdict(made(gap=0.1), {reading.key: reading.comparison for reading in every})
    return RivalReadings({"strength": "How strong?", "date": "When?"}, every, judged)


RIVALS = readings(strength_low=0.2, strength_high=-0.2, date_early=0.01, date_late=0.15)


def test_pairs_are_counted_by_what_becomes_of_them():
    fates = {reading.name: (RIVALS.reversed_pairs(reading), RIVALS.level_pairs(reading)) for reading in RIVALS.readings}
    assert fates == {"strength_low": (0, 0), "strength_high": (1, 0), "date_early": (0, 1), "date_late": (0, 0)}
    assert RIVALS.pairs_reversed["strength", "strength_high"] == 1
    assert RIVALS.pairs_level["date", "date_early"] == 1


def test_a_contradiction_decides_where_a_reading_reverses_a_pair():
    assert RIVALS.decides("strength")
    assert not RIVALS.decides("date")
    assert RIVALS.deciding == ("strength",)


def test_tops_are_named_once_in_the_order_of_the_readings():
    assert RIVALS.tops("strength", "settlement") == ("a", "b")
    assert RIVALS.tops("date", "settlement") == ("a",)


def test_readings_go_by_their_contradiction():
    assert [reading.name for reading in RIVALS.of("date")] == ["date_early", "date_late"]
    assert RIVALS.of("date")[0].key == "date: date_early"
    with pytest.raises(KeyError):
        RIVALS.verdict.fates("date: date_never")
