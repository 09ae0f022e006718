"""`solve` from the command to its words and its JSON."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from sim.analysis.theory.solved_format import at_means
from sim.app.solve import Solution
from sim.bargaining.deal_space import deal_space
from sim.bargaining.table_equilibrium import table_equilibrium
from sim.cli.main import app
from sim.scenario import Encoder, load_scenario
from sim.scenario.sampling.distributions import mean
from sim.types.records import json_schema

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = ROOT / "scenarios" / "ukraine" / "anchorage-2025.yaml"


def solve(*arguments: object):
    return CliRunner().invoke(app, ["solve", *map(str, arguments)])


def test_solve_says_how_much_conflict_its_world_holds(minimal):
    told = " ".join(solve(minimal, "--format", "all-three").stdout.split())
    assert "all-three 0.37 yes" in told
    assert "One set of numbers" in told
    found = solved(minimal, "--format", "all-three")["conflict"]
    assert (found["n_draws"], list(found["formats"])) == (1, ["all-three"])
    assert found["formats"]["all-three"]["share"] == dict.fromkeys(
        ("mean", "low", "high"), pytest.approx(0.372, abs=0.001)
    )


def solved(*arguments: object) -> dict:
    result = solve(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def written(path: Path, n_issues: int, n_options: int, n_parties: int = 3) -> Path:
    """A scenario of issues that are all alike but for random values."""
    rng = np.random.default_rng(7)
    options = [f"o{k}" for k in range(n_options)]
    issues = {
        f"i{k}": {
            "level": "substance" if k else "core",
            "status_quo": "o0",
            "options": {o: {"settles": True} if not k and o != "o0" else {} for o in options},
        }
        for k in range(n_issues)
    }
    parties = {
        f"p{p}": {
            "salience": {key: float(rng.uniform(0.5, 1.5)) for key in issues},
            "values": {key: {"options": {o: float(rng.random()) for o in options}} for key in issues},
            "patience": 0.9,
        }
        for p in range(n_parties)
    }
    data = {
        "parley": 1,
        "id": "made-up",
        "title": "Made up",
        "horizon_months": 12,
        "issues": issues,
        "parties": parties,
        "formats": {
            "table": {
                "protocol": "alternating_offers",
                "seats": dict.fromkeys(parties, "principal"),
                "calendar": {"months": 6, "rounds_per_month": 2},
            }
        },
    }
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


def test_it_says_everything_for_one_world(minimal):
    result = solve(minimal, "--format", "all-three")
    assert result.exit_code == 0, result.output
    for words in (
        "Zone of possible agreement",
        "and absent parties with standing",
        "The core alone",
        "Nash",
        "Kalai-Smorodinsky",
        "Egalitarian",
        "Utilitarian",
        "Pareto efficient",
        "Stationary equilibrium",
        "Who proposes what",
        "Talks end in",
        "Converged: residual",
        "at its mean",
        "no deadline, no absent parties",
    ):
        assert words in result.stdout, words
    assert max(map(len, result.stdout.splitlines())) <= 120


def test_the_numbers_of_the_json_are_those_of_all_deals_by_loops(minimal):
    content = solved(minimal, "--format", "farmers")
    jsonschema.validate(content, json_schema(Solution))
    resolved = at_means(load_scenario(minimal))
    encoder = Encoder(resolved, seed=5)
    structure, tables = encoder.structure, encoder.tables(3, 1)
    space = deal_space(tables, 0, format_index=0)
    gains = {}
    for deal in itertools.product(*(np.flatnonzero(row) for row in space.usable)):
        worth = [sum(space.value[p, c, o] for c, o in enumerate(deal)) - space.floor[p] for p in range(2)]
        names = structure.issue_options_of(np.array(deal))
        key = tuple(issue.options[int(o)] for issue, o in zip(structure.issues, names, strict=True))
        gains[key] = worth
    nash = max((g for g in gains if min(gains[g]) >= 0), key=lambda g: math.prod(gains[g]))
    assert tuple(content["solutions"]["nash"]["deal"].values()) == nash
    assert list(content["solutions"]["nash"]["gains"].values()) == pytest.approx(gains[nash])
    assert content["solutions"]["utilitarian"]["value"] == pytest.approx(max(sum(g) for g in gains.values()))
    assert content["solutions"]["egalitarian"]["value"] == pytest.approx(max(min(g) for g in gains.values()))
    beaten = [
        any(all(b >= a for a, b in zip(x, y, strict=True)) and y != x for y in gains.values()) for x in gains.values()
    ]
    assert content["frontier"] == {"size": beaten.count(False), "exact": True}
    quo = tuple(issue.options[issue.status_quo] for issue in structure.issues)
    fair = [g for g in gains if min(gains[g]) >= -1e-6 and g != quo]
    assert content["zopas"]["package"]["table"]["share"] == pytest.approx(len(fair) / len(gains))
    found = content["equilibrium"]["found"]
    assert found["converged"]
    assert sum(one["chance"] for one in content["equilibrium"]["proposals"]["upper"]) == pytest.approx(1.0, abs=1e-3)


def test_the_means_are_one_world_whatever_the_seed(minimal):
    first, second = (solved(minimal, "--format", "farmers", "--seed", seed) for seed in (1, 2))
    assert first == second
    assert first["world"]["numbers"] == "means"
    assert solved(minimal, "--format", "farmers", "--mean") == first


@pytest.mark.parametrize("name", ["camp-david-1978.yaml", "ukraine/anchorage-2025.yaml"])
def test_at_the_means_every_draw_is_the_same_and_lines_are_firm_or_not(name):
    resolved = load_scenario(ROOT / "scenarios" / name)
    fixed = at_means(resolved)
    assert all(number.kind == "value" for number in fixed.numbers.values())
    first, second = Encoder(fixed, seed=1).tables(0, 3), Encoder(fixed, seed=2).tables(40, 3)
    for field, one, other in zip(first._fields, first, second, strict=True):
        assert np.array_equal(one, other), field
    firm = {path: value.form for path, value in fixed.numbers.items() if path.endswith(".firmness")}
    assert set(firm.values()) <= {0.0, 1.0}
    for path, value in firm.items():
        assert value == (mean(resolved.numbers[path]) >= 0.5), path


def test_thresholds_are_told_by_who_proposes():
    content = solved(ROOT / "scenarios" / "camp-david-1978.yaml", "--format", "egypt-israel", "--draw", 3)
    tables = Encoder(load_scenario(ROOT / "scenarios" / "camp-david-1978.yaml"), seed=1).tables(3, 1)
    found = table_equilibrium(tables, 0, 0).found
    assert found is not None
    asked = [list(row.values()) for row in content["equilibrium"]["found"]["thresholds"].values()]
    np.testing.assert_allclose(asked, found.thresholds, atol=1e-8)
    assert not np.allclose(found.thresholds, found.thresholds.T)


def test_a_draw_is_the_one_of_a_comparison(minimal):
    content = solved(minimal, "--format", "farmers", "--draw", 5, "--seed", 3)
    tables = Encoder(load_scenario(minimal), seed=3).tables(0, 6)
    best = deal_space(tables, 5, format_index=0).highest()
    assert content["world"]["draw"] == 5
    assert content["solutions"]["utilitarian"]["value"] <= best.sum() + 1e-9
    listed = [one["gains"] for one in content["solutions"].values()]
    assert solved(minimal, "--format", "farmers", "--draw", 6, "--seed", 3) != content
    assert all(set(gains) == {"upper", "lower"} for gains in listed)


def test_changes_count(minimal):
    plain, changed = (
        solved(minimal, "--format", "farmers", *extra) for extra in ((), ("--set", "parties.upper.patience=0.2"))
    )
    assert changed["equilibrium"]["seats"]["discount"]["upper"] < plain["equilibrium"]["seats"]["discount"]["upper"]
    assert changed["world"]["digest"] != plain["world"]["digest"]


def test_twenty_thousand_deals_are_solved_exactly(tmp_path):
    content = solved(written(tmp_path / "listed.yaml", 4, 11, 3))
    assert content["listed"]
    assert content["n_deals"] == 10 * 11**3  # a text settles the core
    assert content["frontier"]["exact"]
    assert all(one["gap"] == 0.0 for one in content["solutions"].values())
    assert content["equilibrium"]["found"]["converged"]
    assert content["equilibrium"]["missed"] < 2e-3


def test_a_hundred_million_million_deals_are_searched_with_stated_gaps(tmp_path):
    content = solved(written(tmp_path / "large.yaml", 14, 10, 3))
    assert content["n_deals"] == pytest.approx(9e13)  # a text settles the core
    assert not content["listed"]
    assert not content["frontier"]["exact"]
    assert all(one["gap"] is not None and one["gap"] < 0.05 for one in content["solutions"].values())
    assert content["zopas"]["package"]["table"]["exists"]
    assert content["equilibrium"]["found"]["residual"] < 1e-6


def test_what_is_searched_is_told_as_searched(tmp_path):
    assert "by search" in solve(written(tmp_path / "large.yaml", 14, 3, 3)).stdout
    assert "by search" not in solve(written(tmp_path / "small.yaml", 3, 3, 3)).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Add --format with one of: farmers, all-three"),
        (["--format", "farmer"], 'Did you mean "farmers"?'),
        (["--format", "farmers", "--mean", "--draw", "1"], "leave one out"),
        (["--format", "farmers", "--draw", "-1"], "--draw"),
        (["--format", "farmers", "--set", "parties.uper.patience=1"], "uper"),
    ],
)
def test_wrong_input_says_what_to_do(minimal, arguments, words):
    result = solve(minimal, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_standard_output_is_json_alone_even_where_the_solver_prints(tmp_path):
    """The same in a process of its own, for compiled code writes past Python's streams."""
    import subprocess
    import sys

    made = subprocess.run(
        [sys.executable, "-m", "run", "solve", str(FLAGSHIP), "--format", "russia-us-ukraine", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    content = json.loads(made.stdout)
    assert content["equilibrium"]["found"]["converged"]
    assert made.stderr == ""
