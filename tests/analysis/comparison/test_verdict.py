from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import betaincinv, ndtr

from sim.analysis.comparison.results import Comparison, FormatResult, PairDifference
from sim.analysis.comparison.summarise import empty_tally
from sim.analysis.comparison.summarise import likelihoods as likelihoods_of
from sim.analysis.comparison.verdict import FLIPS, HOLDS, TIED, UNCLEAR, RivalReading, RivalReadings, verdict
from sim.analysis.statistics.intervals import Estimate
from sim.types import Outcome
from sim.types.message import message
from tests.analysis.synthetic import structure


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
    p = float(2 * ndtr(-1.96 * abs(gap) / half))
    pairs = (
        PairDifference("settlement", *names, Estimate(gap, gap - half, gap + half), 0.5, 0.3, 0.2, p, p < 0.05),
        PairDifference("in_force", *names, Estimate(0.0, -half, half), 0.5, 0.3, 0.2, 1.0, False),
    )
    return Comparison(scenario_id="s", title="S", n_draws=100, replications=8, formats=formats, pairs=pairs)


def test_robust():
    found = verdict(made(gap=0.1), {"v": made(gap=0.05), "w": made(gap=0.3)}, [made(gap=0.1)] * 9 + [made(gap=0.01)])
    assert found.robust
    assert found.depends_on == ()
    assert found.sentence.startswith("Robust")
    assert (found.n_pairs, found.n_possible) == (1, 2)
    assert (found.n_held, found.n_looks) == (11, 12)
    assert found.measures[0].pairs[0].sets_held == 9


def test_a_flip_is_named():
    found = verdict(made(gap=0.1), {"v": made(gap=0.05), "w": made(gap=-0.1)})
    assert not found.robust
    assert found.depends_on == ("w",)
    assert found.sentence == "Depends on: w."
    assert found.measures[0].pairs[0].variants == {"v": HOLDS, "w": FLIPS}
    assert found.measures[0].tops == {"v": HOLDS, "w": FLIPS}
    assert (found.fates("v"), found.fates("w")) == ({HOLDS: 1}, {FLIPS: 1})


def test_what_no_look_confirms_is_not_robust():
    found = verdict(made(gap=0.1), {"v": made(gap=0.01), "w": made(gap=-0.01)})
    assert not found.robust
    assert found.unclear_in == ("v", "w")
    assert found.measures[0].pairs[0].variants == {"v": UNCLEAR, "w": UNCLEAR}
    assert found.measures[0].tops == {"v": HOLDS, "w": TIED}
    assert found.sentence.startswith("Cannot tell whether the order is robust")
    assert "only 0 of 2 looks" in found.sentence
    assert "cannot be told apart under v; w." in found.sentence


def test_a_bare_sign_says_nothing_of_the_constants():
    """Nine sets keep the order and one turns it, none beyond simulation error: that is no finding either way."""
    found = verdict(made(gap=0.1), {"v": made(gap=0.1)}, [made(gap=0.015)] * 9 + [made(gap=-0.015)])
    assert (found.sets_decide, found.robust) == (False, False)
    assert found.sentence.startswith("Cannot tell")
    assert "behavioural constants (" not in found.sentence


def test_constant_sets_that_reverse_decide():
    found = verdict(made(gap=-0.1), {"v": made(gap=-0.1)}, [made(gap=-0.1)] * 8 + [made(gap=0.1), made(gap=0.0)])
    assert not found.robust
    assert found.sets_decide
    assert "B above A on settlement is reversed in 1 of 10 sets" in found.sentence
    assert found.measures[0].sets_other_top == 1


def test_looks_are_one_family():
    """A look at p = 0.01 alone is a finding; among twenty it is none, though the bare interval excludes zero."""
    weak = made(gap=-0.0263)
    assert weak.pairs[0].p_value == pytest.approx(0.01, abs=5e-4)
    assert verdict(made(gap=0.1), {"w": weak}).depends_on == ("w",)
    others = {f"v{k}": made(gap=0.005) for k in range(19)}
    assert verdict(made(gap=0.1), {**others, "w": weak}).depends_on == ()


def test_no_pair_told_apart_is_no_ranking():
    found = verdict(made(gap=0.01), {"v": made(gap=-0.2)})
    assert not found.robust
    assert found.n_pairs == 0
    assert found.sentence.startswith("No ranking")
    assert not found.measures[0].top_clear


def test_of_one_format_there_is_no_ranking_to_be_told_apart():
    one = made(gap=0.1)
    alone = dataclasses.replace(one, formats=one.formats[:1], pairs=())
    assert verdict(alone, {"v": alone}).sentence == "No ranking: there is one format alone."


def test_where_variants_are_missing_nothing_is_called_robust():
    found = verdict(made(gap=0.1), {"v": made(gap=0.1)}, sets_missing=True, variants_missing=True)
    assert not found.robust
    assert found.sentence.startswith("Holds under the rules that were tried")


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


def world(random, *, shares, n_draws, common=0.7, concentration=1.5):
    """[D, F] likelihoods of settlement by draw: beta distributed, with part of their luck in common."""
    luck = random.random(n_draws)
    own = random.random((n_draws, len(shares)))
    u = np.where(random.random((n_draws, len(shares))) < common, luck[:, None], own)
    mean = np.array(shares)
    return betaincinv(mean * concentration, (1 - mean) * concentration, u)


def played(random, likelihoods, replications=8, *, common=True) -> Comparison:
    """The comparison of runs that settle with these likelihoods [D, F], or come to nothing; chance is common to all."""
    n_draws, n_formats = likelihoods.shape
    chance = random.random((n_draws, 1 if common else n_formats, replications))
    hits = (chance < likelihoods[:, :, None]).sum(axis=-1)
    infos = structure().formats * 3
    ids = [f"f{slot}" for slot in range(n_formats)]
    named = dataclasses.replace(
        structure(), formats=tuple(dataclasses.replace(infos[f], id=name) for f, name in enumerate(ids))
    )
    tally = empty_tally(named, n_draws, n_formats, 2)
    tally.outcomes[:, :, Outcome.SETTLEMENT], tally.outcomes[:, :, Outcome.NO_AGREEMENT] = hits, replications - hits
    found = likelihoods_of(tally, named, range(n_formats), replications)
    blank = {field.name: None for field in dataclasses.fields(FormatResult)}
    formats = tuple(FormatResult(**{**blank, **vars(result), "name": result.id}) for result in found.formats)
    return Comparison(scenario_id="s", title="S", **{**vars(found), "formats": formats})


@pytest.mark.parametrize(("n_formats", "n_draws"), [(12, 300), (5, 60)])
def test_of_equal_formats_no_pair_is_told_apart_in_about_95_percent(n_formats, n_draws):
    """Judged one by one, some pair of twelve equal formats is told apart in most comparisons."""
    random = np.random.default_rng(4)
    together = alone = 0
    for _ in range(60):
        found = played(random, world(random, shares=[0.24] * n_formats, n_draws=n_draws))
        together += any(pair.told_apart for pair in found.pairs)
        alone += any(pair.difference.side for pair in found.pairs if pair.measure == "settlement")
    assert together <= 6
    assert alone >= 10


@pytest.mark.parametrize("anew", [True, False])
def test_constants_that_do_nothing_are_not_named(anew):
    """Every set has the baseline's own likelihoods, on a sixteenth of its draws, with luck anew in each or shared."""
    random = np.random.default_rng(3)
    told = named = bare = robust = 0
    for _ in range(14):
        likelihoods = world(random, shares=(0.20, 0.26), n_draws=400)
        seed = int(random.integers(1 << 30))
        baseline = played(random, likelihoods)
        seeds = [seed + (k if anew else 0) for k in range(16)]
        sets = [played(np.random.default_rng(of_set), likelihoods[:25]) for of_set in seeds]
        found = verdict(baseline, {}, sets)
        told += found.n_pairs > 0
        named += found.sets_decide
        robust += found.robust
        side = baseline.pairs[0].side
        bare += side != 0 and sum(of_set.pairs[0].difference.value * side > 0 for of_set in sets) < 0.9 * 16
    assert told >= 7
    assert bare >= 0.1 * told
    assert named == 0
    assert robust < 0.5 * told


def test_a_set_that_truly_reverses_is_found():
    random = np.random.default_rng(5)
    found = 0
    for _ in range(10):
        baseline = played(random, world(random, shares=(0.2, 0.4), n_draws=400))
        same = [played(random, world(random, shares=(0.2, 0.4), n_draws=50)) for _ in range(12)]
        other = [played(random, world(random, shares=(0.5, 0.1), n_draws=50)) for _ in range(4)]
        found += verdict(baseline, {}, same + other).sets_decide
    assert found == 10


def test_variants_that_do_nothing_reverse_nothing():
    random = np.random.default_rng(6)
    wrong = held = 0
    for _ in range(10):
        shares = (0.15, 0.22, 0.35)
        baseline = played(random, world(random, shares=shares, n_draws=400))
        variants = {f"v{k}": played(random, world(random, shares=shares, n_draws=100)) for k in range(10)}
        found = verdict(baseline, variants)
        wrong += bool(found.depends_on)
        held += found.n_held / found.n_looks
    assert wrong == 0
    assert held / 10 > 0.5
