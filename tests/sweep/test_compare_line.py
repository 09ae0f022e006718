"""A design point as a scenario and as a line of the shell: exact, whatever the levels hold."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.app.scenarios import Scenario
from sim.engines.batch import run_blocks
from sim.scenario import Encoder, load_scenario
from sim.scenario.sampling.distributions import quantile
from sim.sweep.design import Design
from sim.sweep.designs.compare_line import cell_scenario, compare_command
from sim.sweep.designs.read_design import make_design, read_design
from sim.sweep.play_points import PointBlock, play_points
from sim.types.outcomes import Runs
from tests.sweep.test_play_points import counted

VILLAGE = Path("scenarios/well-formats.yaml")
OPTIONS = {"--set": "sets", "--override": "overrides", "--scenario": "scenario", "--variant": "variant"}


def design_of(factors: dict[str, Any], **more: Any) -> Design:
    return make_design({"factors": factors, **more}, Scenario(VILLAGE, None), name="test")


def told(line: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Options of a line of the shell: how much is played, and what is changed."""
    words = shlex.split(line)
    assert words[:3] == ["parley", "compare", str(VILLAGE)]
    assert words[-1] == "--no-variants"
    sizes: dict[str, str] = {}
    changes: dict[str, Any] = {"sets": [], "overrides": []}
    for name, value in zip(words[3:-1:2], words[4:-1:2], strict=True):
        kind = OPTIONS.get(name)
        if kind in ("sets", "overrides"):
            changes[kind].append(value)
        elif kind is not None:
            changes[kind] = value
        else:
            sizes[name] = value
    return sizes, changes


def test_the_line_loads_what_the_point_is():
    design = read_design(Path("tests/sweep/designs/valid/village.yaml"))
    for point in (0, 700, 1111, design.n_points - 1):
        sizes, changes = told(compare_command(design, point))
        assert sizes == {
            "--formats": "farmers,all-three,council", "--draws": "20", "--replications": "4", "--seed": "7",
        }  # fmt: skip
        assert load_scenario(VILLAGE, **changes).digest == cell_scenario(design, point).resolved.digest
        levels = dict(zip((f.name for f in design.numbers), design.points.levels[point % 288].tolist(), strict=True))
        numbers = load_scenario(VILLAGE, **changes).numbers
        assert numbers["parties.lower.price_of_no_settlement.now"].form == levels["lower_price"]
        assert numbers["parties.mill.salience.sluice"].form == 0.7 * levels["mill_weight"]
        assert numbers["parties.upper.price_of_no_settlement.drift"].form == -0.01 + levels["drift"]
        assert numbers["parties.elder.behaviour.foresight"].form == levels["foresight"]


def test_every_float_is_written_to_the_last_bit():
    levels = [0.1 + 0.2, 1 / 3, 1.5e-15, 123456789.12345678, -(2.0**-0.5)]
    design = design_of({"price": {"path": "parties.lower.price_of_no_settlement.now", "levels": levels}})
    for point, level in enumerate(levels):
        _, changes = told(compare_command(design, point))
        assert load_scenario(VILLAGE, **changes).numbers["parties.lower.price_of_no_settlement.now"].form == level


def test_a_quantile_is_that_of_the_cells_own_number():
    path = "parties.county.values.dry_years.options.county_fund"
    factors = {"fund": {"path": path, "as": "quantile"}}
    content = {"constants": {path: {"pert": [0.1, 0.2, 0.9]}}, "sample": {"grid": {"points": 3}}}
    design = design_of(factors, **content)
    number = load_scenario(VILLAGE, sets=[f"{path}={{pert: [0.1, 0.2, 0.9]}}"]).numbers[path]
    for point in range(3):
        _, changes = told(compare_command(design, point))
        expected = quantile(number, np.array([(point + 0.5) / 3]))[0]
        assert load_scenario(VILLAGE, **changes).numbers[path].form == expected


def test_distributions_keep_all_their_parameters_when_they_are_scaled_or_shifted():
    factors = {
        "even": {"path": "parties.upper.values.share.options.even", "as": "scale", "levels": [0.5, 1]},
        "fund": {"path": "parties.county.values.dry_years.options.county_fund", "as": "shift", "levels": [0, 0.125]},
    }
    _, changes = told(compare_command(design_of(factors), 1))
    numbers = load_scenario(VILLAGE, **changes).numbers
    assert numbers["parties.upper.values.share.options.even"].triangular == (0.05, 0.15, 0.3)
    assert numbers["parties.county.values.dry_years.options.county_fund"].uniform == (0.125, 0.925)


def test_levels_with_commas_quotes_hyphens_and_blanks_reach_the_shell_whole():
    names = ['it\'s, well - a "name"', "two  blanks; $HOME & `x` \\", "no", "3", "#, [a]: {b}"]
    seats = {"upper": "principal", "lower": "principal"}
    talks = [
        {"name": name, "seats": seats, "calendar": {"months": 3 + n, "rounds_per_month": 2}}
        for n, name in enumerate(names)
    ]
    design = design_of({"talks": {"path": "formats.farmers", "levels": talks}})
    for point, name in enumerate(names):
        _, changes = told(compare_command(design, point))
        assert load_scenario(VILLAGE, **changes).formats["farmers"].name == name


def test_points_of_other_luck_have_seeds_of_their_own():
    factors = {"price": {"path": "parties.lower.price_of_no_settlement.now", "range": [-0.3, 0.1]}}
    design = design_of(factors, sample={"sobol": {"n": 4}}, runs={"seed": 5})
    seeds = [told(compare_command(design, point))[0]["--seed"] for point in range(design.n_points)]
    assert seeds[:3] == ["5"] * 3
    assert len(set(seeds)) == 8  # of each base row, and of its dummy's point
    assert seeds == [str(seed) for seed in design.seeds()]


def test_what_the_design_changes_everywhere_comes_before_its_levels():
    factors = {
        "sight": {"variant": "foresight", "levels": [0, 0.25]},
        "rule": {"variant": ["none", "hold=once"]},
        "firm": {"override": ["none", "both-hold-out"]},
    }
    content = {"constants": {"horizon_months": 6}, "variant": "severable=no", "override": "all-standard"}
    design = design_of(factors, **content)
    _, changes = told(compare_command(design, 7))
    assert changes == {
        "sets": ["horizon_months=6"],
        "overrides": ["all-standard", "both-hold-out"],
        "variant": "severable=no+hold=once+foresight=0.25",
    }


def test_there_is_no_point_beyond_the_last():
    design = design_of({"months": {"path": "horizon_months", "levels": [6, 12]}})
    for point in (-1, 2):
        with pytest.raises(IndexError, match="of 2"):
            compare_command(design, point)


def test_what_the_line_loads_counts_what_the_sweep_counts():
    """Every kind of factor at once, played as a block of the cell and, point by point, as the line says."""
    factors = {
        "price": {"path": "parties.*.price_of_no_settlement.now", "as": "shift", "range": [-0.2, 0.1]},
        "mill": {"path": "parties.mill.salience.sluice", "as": "scale", "range": [0.5, 2]},
        "fund": {"path": "parties.county.values.dry_years.options.county_fund", "as": "quantile"},
        "meant": {"path": "parties.lower.red_lines.not-by-land.firmness", "range": [0, 1]},
        "sight": {"variant": "foresight", "range": [0, 1]},
        "firm": {"override": ["none", "both-hold-out"]},
        "rule": {"variant": ["none", "hold=once"]},
    }
    runs = {"draws": 3, "replications": 2, "seed": 9}
    formats = ["farmers", "council", "one-step-then-all"]
    design = design_of(factors, sample={"sobol": {"n": 2}}, runs=runs, formats=formats, constants={"horizon_months": 9})
    known = [*design.scenario.resolved.formats, *design.scenario.resolved.tracks]
    n = len(design.points.luck)
    for place in (0, 3):
        block = PointBlock(
            resolved=design.cells[place].scenario.resolved,
            steerings=tuple(factor.steering for factor in design.numbers),
            levels=design.points.levels,
            seeds=design.seeds(),
            formats=tuple(map(known.index, design.formats)),
            first_draw=0,
            n_draws=3,
            first_replication=0,
            replications=2,
        )
        counts = play_points(block, threads=1)
        for row in range(0, n, 5):
            sizes, changes = told(compare_command(design, place * n + row))
            encoder = Encoder(load_scenario(VILLAGE, **changes), seed=int(sizes["--seed"]))
            blocks = run_blocks(encoder, n_draws=3, replications=2, formats=block.formats)
            played = Runs(*(np.concatenate(arrays) for arrays in zip(*(each for _, each in blocks), strict=True)))
            for name, wanted in zip(counts._fields[1:], counted(played, (3, 3, 2)), strict=True):
                np.testing.assert_array_equal(getattr(counts, name)[row], wanted, err_msg=f"{name} of {place}, {row}")
