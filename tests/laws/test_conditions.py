"""Laws of conditional red lines: firmer never widens, not meant is not there, and inside one composite it is the same.

Cover `rules.lines` in offers, answers and drafts of every protocol, and the claims and costs of signing beside them.
The runs of a firmer line are compared at equal chance: by which draw a line is meant is common to all firmnesses.
"""

from __future__ import annotations

import copy
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.formats.protocols import PROTOCOL
from sim.types.endings import Outcome
from sim.types.outcomes import Runs
from sim.types.tables import Tables
from tests.laws.common import Raw, differences, encode, play, play_changed
from tests.laws.test_signing import SHARES, acceptable, everybody_comes
from tests.scenario.generate import random_scenario, talk_scenarios

every_protocol = pytest.mark.parametrize("protocol", sorted(PROTOCOL))
FEW = settings(max_examples=8)
SOFT = (0.0, 0.3, 0.7, 1.0)  # firmness


def with_line(data: Raw, firmness: float, line: Raw) -> Raw:
    """The scenario with one conditional line more, of p0."""
    data = copy.deepcopy(data)
    data["parties"]["p0"].setdefault("red_lines", {})["terms"] = line | {"firmness": firmness}
    return data


def something_for_something(data: Raw) -> Raw:
    """No last option of the first issue unless the second moves."""
    first, second = (list(data["issues"][key]["options"]) for key in ("i0", "i1"))
    return {"if": {"i0": [first[-1]]}, "unless": {"i1": second[1:]}}


def crossing(deals: np.ndarray, line: Raw, data: Raw) -> np.ndarray:
    """Which deals, as options of the issues [N, I], meet all of `if` and not all of `unless`."""

    def meets(condition: Raw) -> np.ndarray:
        met = np.ones(len(deals), dtype=bool)
        for key, names in condition.items():
            options = list(data["issues"][key]["options"])
            place = list(data["issues"]).index(key)
            met &= np.isin(deals[:, place], [options.index(name) for name in names])
        return met

    return meets(line["if"]) & ~meets(line["unless"])


def check_kept(data: Raw, runs: Runs, line: Raw, meant: np.ndarray) -> list[str]:
    """Violations: runs [R] in which the table takes a text across p0's line though it is `meant` [R]."""
    wrong = runs.agreed.astype(bool) & crossing(runs.tabled, line, data) & meant
    return [f"run {row}: a text across the line is signed" for row in np.flatnonzero(wrong)]


def check_firmer(softer: Runs, firmer: Runs, crossed: tuple[np.ndarray, np.ndarray], n_draws: int) -> list[str]:
    """Violations: formats in which the firmer line is crossed more often beyond sampling error over draws."""
    rates = [(mask & runs.agreed.astype(bool)) for mask, runs in zip(crossed, (softer, firmer), strict=True)]
    moved = (rates[1].astype(float) - rates[0]).reshape(n_draws, 2, -1).mean(axis=2)
    mean, error = moved.mean(axis=0), moved.std(axis=0, ddof=1) / np.sqrt(n_draws)
    return [f"format {f}: crossed more often by {mean[f]:.3f}" for f in np.flatnonzero(mean > 3.0 * error)]


def seated_talks(data: st.DataObject, protocol: str) -> Raw:
    """Talks of two issues or more whose p0 sits at every table and must agree."""
    fixed: Raw = {"consent": None, "track": False, "contact_group": False, "linked": False, "mediator": ""}
    raw: Raw = data.draw(talk_scenarios(protocol=protocol, **fixed).filter(lambda raw: len(raw["issues"]) > 1))
    raw["behaviour"].pop("line_price", None)  # a price may be paid
    return raw


@every_protocol
@FEW
@given(st.data())
def test_a_line_that_is_meant_is_not_crossed(protocol: str, data: st.DataObject) -> None:
    raw = seated_talks(data, protocol)
    line = something_for_something(raw)
    runs = play_changed(encode(with_line(raw, 1.0, line)), everybody_comes)
    assert check_kept(raw, runs, line, np.ones(len(runs.agreed), dtype=bool)) == []


@every_protocol
@FEW
@given(st.data())
def test_a_line_that_is_never_meant_is_no_line(protocol: str, data: st.DataObject) -> None:
    raw = seated_talks(data, protocol)
    line = something_for_something(raw)
    assert differences(play(encode(raw)), play(encode(with_line(raw, 0.0, line)))) == []


@every_protocol
def test_the_firmer_a_line_the_rarer_it_is_crossed(protocol: str) -> None:
    raw = random_scenario(np.random.default_rng(3), 3, 3, 3, uncertain=1.0, months=6, protocol=protocol)
    line, n_draws = something_for_something(raw), 60
    course = [play_changed(encode(with_line(raw, share, line)), everybody_comes, n_draws=n_draws) for share in SOFT]
    over = [crossing(runs.tabled, line, raw) for runs in course]
    for k in range(len(SOFT) - 1):
        assert check_firmer(course[k], course[k + 1], (over[k], over[k + 1]), n_draws) == []
    assert check_firmer(course[-1], course[0], (over[-1], over[0]), n_draws)  # the line is in the way at all


def open_to_all(t: Tables, line: int) -> np.ndarray:
    """[W, N] deals that are acceptable to all at the second table, by lines and worth."""
    deals = np.array(list(product(*(range(n) for n in t.n_options))))
    place = np.arange(len(t.n_options))
    met = [t_if[line][place, deals] for t_if in (t.line_if, t.line_unless)]
    barred = met[0].all(axis=1) & ~met[1].all(axis=1)
    firm = np.any(t.line_firm[:, : len(t.bloc), line] == 1, axis=1)
    return acceptable(t, 1) & ~(barred & firm[:, None])


def check_zone(soft: Tables, firm: Tables) -> list[str]:
    """Violations: worlds in which a deal is open to all only under the firmer line, the last of the tables."""
    wider = np.any(open_to_all(firm, -1) & ~open_to_all(soft, -1), axis=1)
    return [f"world {world}: the firmer line opens a deal" for world in np.flatnonzero(wider)]


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), SHARES, SHARES)
def test_a_firmer_line_never_widens_what_is_open_to_all(seed: int, one: float, two: float) -> None:
    raw = random_scenario(np.random.default_rng(seed), 3, 3, 3, uncertain=0.3)
    line = something_for_something(raw)
    soft, firm = (encode(with_line(raw, share, line)).tables(0, 6) for share in sorted((one, two)))
    assert check_zone(soft, firm) == []


def test_lines_drawn_afresh_are_noticed() -> None:
    raw = random_scenario(np.random.default_rng(2), 3, 3, 3, uncertain=0.0, red_lines=False)
    for party in raw["parties"].values():  # all want the very text that the line bars
        party["outside_option"] = 0.0
        party["values"] |= {"i0": {"options": {"o0": 0.0, "o1": 0.5, "o2": 1.0}}}
    line = something_for_something(raw)
    soft, firm = (encode(with_line(raw, share, line), seed=1).tables(0, 60) for share in (0.4, 0.5))
    assert check_zone(soft, firm) == []
    assert check_zone(soft, encode(with_line(raw, 0.5, line), seed=2).tables(0, 60))


def test_a_line_that_does_not_bind_is_noticed() -> None:
    raw = random_scenario(np.random.default_rng(3), 3, 3, 3, uncertain=1.0, months=6)
    line = something_for_something(raw)
    encoder = encode(with_line(raw, 1.0, line))
    unbound = play_changed(encoder, lambda t: t._replace(line_firm=np.zeros_like(t.line_firm)), n_draws=40)
    assert check_kept(raw, unbound, line, np.ones(len(unbound.agreed), dtype=bool))
    bound = play(encoder, n_draws=40)
    assert check_kept(raw, bound, line, np.ones(len(bound.agreed), dtype=bool)) == []


# --- one composite or two -------------------------------------------------------------------------------------------


def tied(data: Raw) -> Raw:
    """The two issues of the line in one composite, by a link that is worth nothing to anybody."""
    data = copy.deepcopy(data)
    option = list(data["issues"]["i0"]["options"])[-1]
    data["parties"]["p0"]["linkages"] = {"nothing": {"when": {"i0": option, "i1": "o1"}, "bonus": 0.0}}
    return data


def check_composites(data: Raw, line: Raw, other: Raw, n_draws: int = 20) -> list[str]:
    """Violations: runs that differ where `line` joins two composites, and where `other` lies inside one.

    Who is to blame and why nothing was signed are left out: inside a composite a line is one of what it forbids, and
    what was refused last may be another text.
    """
    two, one = encode(with_line(data, 0.5, line)), encode(tied(with_line(data, 0.5, other)))
    assert (two.tables(0, 1).line_firm.shape[2], one.tables(0, 1).line_firm.shape[2]) == (1, 0)
    blame = ("reason", "decided", "refused")
    return differences(play(two, n_draws=n_draws), play(one, n_draws=n_draws), tolerance=1e-5, skip=blame)


def two_issues(seed: int, protocol: str) -> Raw:
    """Two issues of three options, so few that every search finds the best text."""
    recipe: Raw = {"uncertain": 1.0, "red_lines": False, "standing": False}
    return random_scenario(np.random.default_rng(seed), 2 + seed % 2, 2, 3, protocol=protocol, **recipe)


@every_protocol
def test_a_line_inside_one_composite_is_the_line_over_two(protocol: str) -> None:
    worlds = [two_issues(seed, protocol) for seed in range(8)]
    lines = [something_for_something(raw) for raw in worlds]
    found = [check_composites(raw, line, line) for raw, line in zip(worlds, lines, strict=True)]
    assert [violation for each in found for violation in each] == []


def test_another_line_inside_the_composite_is_noticed() -> None:
    found: list[str] = []
    for seed in range(8):
        raw = two_issues(seed, "alternating_offers")
        line = something_for_something(raw)
        found += check_composites(raw, line, line | {"unless": {"i1": ["o1"]}})
    assert found


def test_who_loses_what_it_asked_in_return_leaves():
    """What makes a line good lapses after two months, and with it the consent of whoever drew the line."""
    values = {"land": {"options": {"quo": 0.2, "given": 1}}, "guard": {"options": {"none": 0.4, "troops": 0.5}}}
    party = {"salience": {"land": 1, "guard": 0.2}, "values": values}
    line = {"if": {"land": "given"}, "unless": {"guard": "troops"}, "firmness": 1}
    land = {
        "level": "core",
        "ends_price": True,
        "status_quo": "quo",
        "options": {"quo": {}, "given": {"settles": True}},
    }
    guard = {"level": "substance", "status_quo": "none", "options": {"none": {}, "troops": {"lasts": 2}}}
    seats = {"seats": {"a": "principal", "b": "principal"}, "calendar": {"months": 3, "rounds_per_month": 2}}
    parts = {"issues": {"land": land, "guard": guard}, "formats": {"talks": seats}}
    data = {"parley": 1, "id": "lapse", "title": "What made the line good lapses", **parts}
    runs = play(encode({**data, "parties": {"a": {**party, "red_lines": {"asks": line}}, "b": party}}))
    signed = runs.agreed == 1
    assert signed.any()
    assert (runs.outcome[signed] == Outcome.COLLAPSED).all()
    assert (runs.held[signed] <= 3).all()
    plain = play(encode({**data, "parties": {"a": party, "b": party}}))
    assert (plain.outcome[plain.agreed == 1] == Outcome.SETTLEMENT).all()
