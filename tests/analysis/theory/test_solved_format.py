"""Everything that theory says of one format: its parts agree with each other, and the means are one world."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.analysis.theory.solutions import benchmarks
from sim.analysis.theory.solved_format import CONCEPTS, STEPS, at_means, named_deals, solve_format
from sim.analysis.theory.zopa import zopas
from sim.scenario import Encoder, load_scenario
from sim.scenario.sampling.distributions import mean
from tests.analysis.made_up_tables import dollar, table_of

MINIMAL = Path(__file__).resolve().parents[3] / "scenarios" / "minimal.yaml"


def test_the_parts_are_those_of_their_modules_and_every_step_is_told():
    tables, steps = Encoder(load_scenario(MINIMAL), seed=1).tables(0, 1), []
    solved = solve_format(tables, 0, 0, before_each=steps.append)
    assert len(steps) == STEPS
    assert [(zone.sense, zone.share) for zone in solved.zopas] == [(z.sense, z.share) for z in zopas(tables, 0)]
    marks = benchmarks(solved.equilibrium.space)
    assert {name: solution.value for name, solution in solved.solutions.items()} == {
        name: getattr(marks, name).value for name in CONCEPTS
    }
    assert solved.frontier.exact
    assert marks.frontier is not None
    assert solved.frontier.size == len(marks.frontier)


def test_a_dollar_is_all_frontier_and_split_evenly():
    """Ten parts between two: eleven efficient deals, and Nash, Kalai-Smorodinsky and egalitarian deal are halves."""
    solved = solve_format(table_of(dollar(10)), 0, 0)
    assert (solved.frontier.size, solved.frontier.exact) == (11, True)
    for name in ("nash", "kalai_smorodinsky", "egalitarian"):
        assert solved.solutions[name].gains.tolist() == [0.5, 0.5]
    distinct = named_deals(solved)
    assert len({tuple(deal.tolist()) for deal in distinct}) == len(distinct)
    assert distinct[0].tolist() == [6]  # the status quo stands first, so half a dollar is option 6


def test_every_number_stands_at_its_mean_and_lines_are_firm_or_not():
    resolved = load_scenario(MINIMAL.with_name("camp-david-1978.yaml"))
    fixed = at_means(resolved)
    firm = {path: number.form for path, number in fixed.numbers.items() if path.endswith(".firmness")}
    assert set(firm.values()) == {0.0, 1.0}
    for path, number in fixed.numbers.items():
        expected = mean(resolved.numbers[path])
        assert number.kind == "value"
        assert number.form == (float(expected >= 0.5) if path in firm else pytest.approx(expected)), path
