"""Linked issues and what rules leave of their combinations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.sampling import composites
from sim.scenario.schema.written import Rule
from tests.scenario.tiny import tables, tiny


def test_a_linkage_ties_issues_and_counts_before_the_stakes():
    link = {"when": {"peace": ["treaty"], "land": ["kept"]}, "bonus": 0.3}
    found = tables(tiny(parties__a__linkages={"tie": link}))
    assert found.n_options.tolist() == [9]
    raw = np.add.outer([0, 0.15, 0.45], [0, 0.1875, 0.25]).ravel()
    raw[6] += 0.3
    np.testing.assert_allclose(found.contribution[0, 0, 0], raw / raw.max())
    assert found.issue_option[:, 5].tolist() == [1, 2]
    assert found.strike_to[:, 5].tolist() == [2, 3]


def test_rules_leave_out_combinations_and_striking_falls_back_to_the_status_quo():
    rules = {"in-order": {"needs": {"if": {"land": "ceded"}, "then": {"peace": "treaty"}}}}
    found = tables(tiny(rules=rules))
    combos = [tuple(column) for column in found.issue_option.T.tolist()]
    assert combos == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    last = combos.index((2, 2))
    assert found.strike_to[0, last] == combos.index((0, 0))  # (war, ceded) is not feasible
    assert found.strike_to[1, last] == combos.index((2, 0))
    assert found.settles[0].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.ending[0].tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert found.enforcement[0, 0, 0].tolist() == [0, 0, 0, 0, 0.1, 0.1, 0.1]
    assert not found.settles[1].any()


@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_groups_are_the_connected_components_in_file_order(seed: int, n_links: int) -> None:
    """Against the closure of the relation by repeated products of its matrix."""
    rng, names = np.random.default_rng(seed), [f"i{k}" for k in range(7)]
    links = rng.integers(7, size=(n_links, 2))
    linked = np.eye(7, dtype=int)
    linked[links[:, 0], links[:, 1]] = linked[links[:, 1], links[:, 0]] = 1
    connected = np.linalg.matrix_power(linked, 7) > 0
    parts = composites.groups(names, [[names[a], names[b]] for a, b in links])
    assert sorted(issue for part in parts for issue in part) == names
    for part in parts:
        assert list(part) == [name for name, near in zip(names, connected[names.index(part[0])], strict=True) if near]
    assert [part[0] for part in parts] == sorted(part[0] for part in parts)


OPTIONS = {"a": ("x", "y"), "b": ("x", "y", "z")}


@pytest.mark.parametrize(
    ("rule", "left_out"),
    [
        ({"excludes": [{"a": "y"}, {"b": ["y", "z"]}]}, [(1, 1), (1, 2)]),
        ({"needs": {"if": {"a": "y"}, "then": {"b": "z"}}}, [(1, 0), (1, 1)]),
    ],
)
def test_a_rule_takes_combinations_away(rule: dict[str, Any], left_out: list[tuple[int, int]]) -> None:
    composite = composites.build(("a", "b"), OPTIONS, [Rule.model_validate(rule)])
    every = [(i, j) for i in range(2) for j in range(3)]
    assert list(map(tuple, composite.combos.tolist())) == [combo for combo in every if combo not in left_out]
    assert composite.column("b").tolist() == [j for i, j in every if (i, j) not in left_out]
