"""A comparison step by step: every step is a whole, and what stops it keeps what is there."""

from __future__ import annotations

import itertools

import pytest

from sim.analysis.comparison.precision import half_width
from sim.analysis.comparison.verdict import JUDGED
from sim.analysis.statistics.stopping import widest
from sim.app import compare as comparing
from sim.app.compare import compare
from sim.app.compare_request import CompareRequest
from sim.app.families import LOOSER, families_of
from sim.app.scenarios import Scenario
from sim.types.playing import Progress, Size, Stopped
from sim.types.records import Names, to_data

MOST = 20_000


def request(minimal, **changes):
    given = {"size": Size(MOST, 2), "variants": False, "benchmarks": False, **changes}
    return CompareRequest(Scenario(minimal), **given)


def data(found, asked):
    return to_data(found, Names.of(asked.structure, compared=[result.id for result in found.formats]))


class Enough(Progress):
    """Somebody who has seen enough once something is being done, or after so many counts of runs."""

    def __init__(self, *, label: str = "", counts: int = 0) -> None:
        self.label, self.counts, self.doing, self.seen = label, counts, "", 0

    def say(self, label: str) -> None:
        self.doing = label

    def add(self, runs: int) -> None:
        self.seen += 1
        if (self.label and self.doing.startswith(self.label)) or self.seen == self.counts:
            raise Stopped


def test_every_step_is_the_comparison_of_so_many_draws(minimal):
    asked, steps = request(minimal, size=Size(1100, 2)), []
    compare(asked, watch=steps.append)
    assert [step.n_draws for step in steps] == [asked.first_draws, 2 * asked.first_draws, 1100]
    for step in steps:
        alone = []
        compare(request(minimal, size=Size(step.n_draws, 2)), watch=alone.append)
        assert data(alone[-1], asked) == data(step, asked)


@pytest.mark.parametrize("precision", [0.05, 0.03])
def test_it_stops_when_it_is_as_precise_as_asked_for_and_says_so(minimal, precision):
    steps = []
    result = compare(request(minimal, precision=precision), watch=steps.append)
    assert result.ended == "precision"
    assert result.half_width == half_width(result) <= precision
    assert all(half_width(step) > precision for step in steps[:-1])
    assert all(
        result.measures["settlement"].high - result.measures["settlement"].low <= 2 * precision + 1e-9
        for result in result.formats
    )


def test_draws_that_do_not_suffice_are_all_played(minimal):
    result = compare(request(minimal, size=Size(60, 2), precision=0.001))
    assert (result.ended, result.n_draws) == ("draws", 60)


def test_a_budget_of_no_time_gives_the_first_table_and_the_same_draws_give_the_same(minimal):
    short = compare(request(minimal, budget=1e-9, variants=True, benchmarks=True))
    assert (short.ended, short.n_draws) == ("budget", request(minimal).first_draws)
    assert short.left_out["variants"] == short.left_out["benchmarks"] == "budget"
    again = compare(request(minimal, size=Size(short.n_draws, 2)))
    assert [one.measures for one in again.formats] == [one.measures for one in short.formats]


def test_a_budget_is_spent_on_more_draws_than_the_first(minimal, monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr(comparing.time, "monotonic", lambda: 0.01 * next(ticks))
    result = compare(request(minimal, budget=0.1))
    assert result.ended == "budget"
    assert request(minimal).first_draws < result.n_draws < MOST


def test_whoever_stops_it_keeps_whole_draws(minimal):
    first = request(minimal).first_draws
    stopped = compare(request(minimal), progress=Enough(counts=7))
    assert (stopped.ended, stopped.n_draws > first) == ("stopped", True)
    whole = compare(request(minimal, size=Size(stopped.n_draws, 2)))
    assert [one.measures for one in whole.formats] == [one.measures for one in stopped.formats]


def test_before_the_first_table_there_is_nothing_to_keep(minimal):
    with pytest.raises(Stopped):
        compare(request(minimal), progress=Enough(counts=1))


def test_stopped_among_the_variants_it_keeps_those_that_are_whole(minimal):
    asked = request(minimal, size=Size(60, 2), variants=True, benchmarks=True)
    whole = compare(asked)
    third = list(whole.variants)[2]
    stopped = compare(asked, progress=Enough(label=f"variant {third}"))
    assert stopped.ended == "stopped"
    assert list(stopped.variants) == list(whole.variants)[:2]
    assert all(found == whole.variants[name] for name, found in stopped.variants.items())
    assert {part for part, why in stopped.left_out.items() if why == "stopped"} == {"variants", "benchmarks"}
    assert stopped.verdict is not None


def test_stopped_at_the_equilibrium_it_keeps_what_was_possible(minimal):
    asked = request(minimal, size=Size(20, 2), benchmarks=True, theory_draws=2)
    stopped = compare(asked, progress=Enough(label="the stationary equilibrium"))
    assert stopped.benchmarks is not None
    assert {part for part, why in stopped.left_out.items() if why == "stopped"} == {"theory"}


def test_a_variant_takes_as_many_draws_as_it_needs(minimal):
    result = compare(request(minimal, size=Size(1600, 2), variants=True))
    precision = LOOSER * result.half_width
    for variant in result.variants.values():
        leads = [pair for measure in JUDGED for pair in variant.pairs_of(measure, result.top(measure))]
        assert widest(pair.difference for pair in leads) <= precision or variant.n_draws == 1600
    sizes = {name: variant.n_draws for name, variant in result.variants.items()}
    assert min(sizes.values()) < max(sizes.values()) <= 1600


def test_of_one_format_a_variant_is_known_as_well_as_its_settlement_needs(minimal):
    result = compare(request(minimal, formats=("farmers",), size=Size(1600, 2), variants=True))
    assert all(
        half_width(variant) <= LOOSER * result.half_width or variant.n_draws == 1600
        for variant in result.variants.values()
    )


def test_each_part_has_its_families(minimal):
    resolved = Scenario(minimal).resolved
    alone = families_of(resolved, own_variant="foresight=0", variants=True)
    assert "foresight=0" not in {family.variant.name for family in alone}
    assert {family.part for family in alone} == {"variants"}
    constants = families_of(resolved, own_variant=None, constants=True)
    assert [family.part for family in constants] == ["constants"] * 16
