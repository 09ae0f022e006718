from __future__ import annotations

import dataclasses

import pytest

from sim.analysis.comparison.results import Comparison, FormatResult, PairDifference
from sim.analysis.comparison.verdict import FLIPS, HOLDS, TIED, UNCLEAR, RivalReading, RivalReadings, verdict
from sim.analysis.statistics.intervals import Estimate
from sim.types.message import message


def made(*, gap: float, half: float = 0.02, names=("a", "b")) -> Comparison:
    """Two formats whose settlement differs by `gap`, with an interval of +-`half`; any text in force the same."""
    shares = dict(zip(names, (0.3 + gap, 0.3), strict=True))
    formats = tuple(
        FormatResult(
            **{field.name: None for field in dataclasses.fields(FormatResult)}
            | {
                "id": name,
                "name": name.upper(),
                "measures": dict.fromkeys(("settlement", "in_force"), Estimate(share, share, share)),
            }
        )
        for name, share in shares.items()
    )
    pairs = (
        PairDifference("settlement", *names, Estimate(gap, gap - half, gap + half), 0.5, 0.3, 0.2),
        PairDifference("in_force", *names, Estimate(0.0, -half, half), 0.5, 0.3, 0.2),
    )
    return Comparison(scenario_id="s", title="S", n_draws=100, replications=8, formats=formats, pairs=pairs)


def test_robust():
    found = verdict(made(gap=0.1), {"v": made(gap=0.05), "w": made(gap=0.3)}, [made(gap=0.01)] * 9 + [made(gap=-0.1)])
    assert found.robust
    assert found.depends_on == ()
    assert found.sentence.startswith("Robust")
    assert (found.n_pairs, found.n_possible) == (1, 2)
    assert found.measures[0].pairs[0].sets_held == 9


def test_a_flip_is_named():
    found = verdict(made(gap=0.1), {"v": made(gap=0.05), "w": made(gap=-0.1)})
    assert not found.robust
    assert found.depends_on == ("w",)
    assert found.sentence == "Depends on: w."
    assert found.measures[0].pairs[0].variants == {"v": HOLDS, "w": FLIPS}
    assert found.measures[0].tops == {"v": HOLDS, "w": FLIPS}
    assert (found.fates("v"), found.fates("w")) == ({HOLDS: 1}, {FLIPS: 1})


def test_not_distinguishable_is_counted_apart():
    found = verdict(made(gap=0.1), {"v": made(gap=0.01), "w": made(gap=-0.01)})
    assert found.robust
    assert found.unclear_in == ("v", "w")
    assert found.measures[0].pairs[0].variants == {"v": UNCLEAR, "w": UNCLEAR}
    assert found.measures[0].tops == {"v": HOLDS, "w": TIED}
    assert "cannot be told apart under v; w." in found.sentence


def test_constant_sets_below_ninety_percent_decide():
    found = verdict(made(gap=-0.1), {"v": made(gap=-0.1)}, [made(gap=-0.01)] * 8 + [made(gap=0.1), made(gap=0.0)])
    assert not found.robust
    assert found.sets_decide
    assert "B above A on settlement holds in 8 of 10 sets" in found.sentence


def test_no_pair_told_apart_is_no_ranking():
    found = verdict(made(gap=0.01), {"v": made(gap=-0.2)})
    assert not found.robust
    assert found.n_pairs == 0
    assert found.sentence.startswith("No ranking")
    assert not found.measures[0].top_clear


def test_without_variants_nothing_is_judged():
    assert verdict(made(gap=0.1), {}).sentence.startswith("Not judged")


def test_a_variant_without_the_pair_is_an_error():
    with pytest.raises(KeyError):
        verdict(made(gap=0.1), {"v": made(gap=0.1, names=("a", "c"))})


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
