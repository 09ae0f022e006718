"""A variant applied to a resolved scenario is the scenario loaded under that variant."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.analysis.comparison.constant_design import constant_sets
from sim.scenario import VARIANTS, coding_variant, load_scenario, standard_variants
from sim.scenario.preparation.variants import with_variant

ROOT = Path(__file__).parents[3]
BASE = ROOT / "tests" / "scenarios" / "base.yaml"
FILES = [BASE, ROOT / "scenarios" / "camp-david-1978.yaml"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_the_same_as_loading(file: Path) -> None:
    own = ["parties.*.behaviour.foresight=0.3"] if file == BASE else []
    plain = load_scenario(file, sets=own)
    for variant in (*VARIANTS.values(), *standard_variants(plain), *constant_sets(plain)[:3]):
        loaded = load_scenario(file, sets=own, variant=variant)
        varied = with_variant(plain, variant)
        assert varied == loaded, variant.name
        assert varied.digest == loaded.digest, variant.name
        assert varied.numbers == loaded.numbers, variant.name


def test_other_changes_are_refused() -> None:
    with pytest.raises(ValueError, match="no behaviour"):
        with_variant(load_scenario(BASE), coding_variant("x"))
