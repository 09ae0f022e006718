"""Rule variants: what each changes, and that varying a resolved scenario is loading it under the variant."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario import (
    VARIANTS,
    Encoder,
    ScenarioError,
    load_raw,
    load_scenario,
    parse_variant,
    standard_variants,
)
from sim.scenario.preparation.variants import constant_variant
from sim.types.tables import FORESEEN

BASE = Path(__file__).parents[2] / "scenarios" / "base.yaml"


@pytest.mark.parametrize("name", [*VARIANTS, "core=peace"])
def test_every_variant_changes_the_scenario_or_says_what_it_already_is(name):
    base, changed = load_scenario(BASE), load_scenario(BASE, variant=name)
    Encoder(changed, seed=1).tables(0, 1)
    assert (changed.digest != base.digest) == (name != "core=peace")
    assert parse_variant(name).sentence.endswith(".")


def test_foresight_variants_reach_every_party():
    sets = ["parties.north.behaviour.foresight={uniform: [0.2, 0.4]}"]
    resolved = load_scenario(BASE, sets=sets, variant="foresight=1")
    assert (Encoder(resolved, seed=1).tables(0, 3).foresight == 1).all()


def test_standard_variants_are_those_that_can_matter():
    resolved = load_scenario(BASE)
    names = [variant.name for variant in standard_variants(resolved)]
    assert names == [
        "foresight=0", "foresight=1", "severable=no", "hold=once", "errors=fresh", "learning=on", "stalling=off",
        "undertaking=off", "optimism=off", "consent=unforeseen", "signing=free", "aversion=off", "core=peace",
    ]  # fmt: skip
    plain = load_scenario(BASE, sets=["parties.north.beliefs={}"])
    assert "learning=on" not in [variant.name for variant in standard_variants(plain)]
    early = load_scenario(BASE, sets=["formats.*.harvest=early", "parties.*.standing={}"])
    left = {variant.name for variant in standard_variants(early)}
    assert not {"undertaking=off", "consent=unforeseen"} & left
    assert "aversion=off" in left


def test_variants_without_a_rule_switch_it_off_for_every_party():
    sets = ["parties.north.behaviour.optimism=0.4", "parties.north.behaviour.signing_cost=0.2"]
    off = {"optimism=off": ("optimism", -1.0), "signing=free": ("signing_cost", 0.0)}
    for name, (field, value) in off.items():
        found = Encoder(load_scenario(BASE, sets=sets, variant=name), seed=1).tables(0, 3)
        assert (getattr(found, field) == value).all()
    assert not Encoder(load_scenario(BASE, variant="undertaking=off"), seed=1).tables(0, 1).undertaking.any()
    assert Encoder(load_scenario(BASE), seed=1).tables(0, 1).undertaking.any()
    seen, unseen = (
        Encoder(load_scenario(BASE, variant=name), seed=1).tables(0, 1) for name in (None, "consent=unforeseen")
    )
    assert (seen.switch[FORESEEN], unseen.switch[FORESEEN]) == (1, 0)
    asked = Encoder(load_scenario(BASE, variant="commitment=premium"), seed=1).tables(0, 3).commitment_premium
    assert ((asked > 0) & (asked < 0.1)).all()


def test_unknown_variants():
    with pytest.raises(ScenarioError, match="did you mean 'severable=no'"):
        parse_variant("severable=non")
    with pytest.raises(ScenarioError, match="unknown core issue"):
        load_scenario(BASE, variant="core=land")


ROOT = Path(__file__).parents[3]
FILES = [BASE, ROOT / "scenarios" / "camp-david-1978.yaml"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_variant_of_the_resolved_scenario_is_that_of_its_file(file: Path) -> None:
    own = ["parties.*.behaviour.foresight=0.3"] if file == BASE else []
    plain = load_scenario(file, sets=own)
    for variant in (*VARIANTS.values(), *standard_variants(plain)):
        loaded = load_scenario(file, sets=own, variant=variant)
        varied = load_raw(plain.to_data(), variant=variant)
        assert varied == loaded, variant.name
        assert varied.digest == loaded.digest, variant.name
        assert varied.numbers == loaded.numbers, variant.name


def test_variants_are_joined_by_plus():
    joined = parse_variant("optimism=off + signing=free")
    assert joined.name == "optimism=off+signing=free"
    assert joined.sets == VARIANTS["optimism=off"].sets + VARIANTS["signing=free"].sets
    assert VARIANTS["optimism=off"].sentence in joined.sentence


def test_a_constant_of_every_party_with_a_number_is_a_variant():
    half = parse_variant("foresight=0.5")
    assert half.sentence == 'The constant "foresight" is 0.5 for every party.'
    sets = ["parties.north.behaviour.foresight={uniform: [0.2, 0.4]}"]
    assert (
        Encoder(load_scenario(BASE, sets=sets, variant="foresight=0.5"), seed=1).tables(0, 3).foresight == 0.5
    ).all()
    assert parse_variant("foresight=1.0") == VARIANTS["foresight=1"]
    assert parse_variant("optimism=-0.25+signing_cost=1e-05").name == "optimism=-0.25+signing_cost=1e-05"
    assert constant_variant("signing_cost", 1e20).name == "signing_cost=1e20"
    for text in ("foresight=", "foresight=half", "foresight=nan", "foresight=inf", "line_price=1"):
        with pytest.raises(ScenarioError, match="unknown variant"):
            parse_variant(text)
    with pytest.raises(ScenarioError, match="0 to 1"):
        load_scenario(BASE, variant="foresight=1.5")
