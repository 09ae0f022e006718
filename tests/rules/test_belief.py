"""The believed chance that a text passes, by hand, and its slopes."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.rules.belief import all_content, believed_score, score_parts
from sim.rules.kernel import unit
from sim.types.tables import Tables
from sim.types.work import Work
from tests.rules.world import (
    lists,
    make_world,
)


@unit("twi>-")
def slopes_probe(t: Tables, w: Work, n_needed: int) -> None:
    score_parts(t, w, 0, n_needed, w.deal, w.gains, w.gradient)


def pairs(n: int, **places: float) -> np.ndarray:
    """[n, n] by patron and target: `a0on1=0.3`."""
    out = np.zeros((n, n))
    for name, value in places.items():
        patron, target = name[1:].split("on")
        out[int(patron), int(target)] = value
    return out


def log_sigmoid(x: float) -> float:
    return -math.log1p(math.exp(-x))


def score(world, gains: list[float], needed: list[int], weights: list[float], beats: float = -np.inf) -> float:
    world.put([1], gains)
    world.w.needed[: len(needed)] = needed
    world.w.needed_weight[: len(needed)] = weights
    return believed_score(world.tables, world.work, 0, 0, len(needed), beats)


def outsider(standing: float, **changes):
    """p0 and p1 at the table, p2 outside with some standing."""
    owns = np.zeros((3, 1, 2))
    owns[2, 0, 1] = standing
    return make_world(lists(3, 1, 2), seated=[0, 1], standing=owns, precision=[10.0], **changes)


def test_believed_score_by_hand() -> None:
    world = outsider(0.4)
    at_table = log_sigmoid(10.0 * 0.1)
    assert score(world, [0.0, 0.1, -0.2], [1], [1.0]) == pytest.approx(at_table)
    passes = math.exp(log_sigmoid(-2.0))
    expected = at_table + 0.5 * math.log(0.6 + 0.4 * passes)
    assert score(world, [0.0, 0.1, -0.2], [1, 2], [1.0, 0.5]) == pytest.approx(expected)
    assert score(outsider(0.0), [0.0, 0.1, -0.2], [1, 2], [1.0, 0.5]) == pytest.approx(at_table)


@pytest.mark.parametrize("gain", [-0.4, -0.1, 0.05, 0.3])
@pytest.mark.parametrize("needed", [[1], [2], [1, 2]])
def test_a_score_is_the_same_wherever_it_comes_out_above_what_it_has_to_beat(gain: float, needed: list[int]) -> None:
    world, weights = outsider(0.4), [1.0] * len(needed)
    whole = score(world, [0.0, gain, -gain], needed, weights)
    for short in (1e-6, 0.1, 1.0, 20.0):
        assert score(world, [0.0, gain, -gain], needed, weights, whole - short) == whole
        assert score(world, [0.0, gain, -gain], needed, weights, whole + short) in (whole, -np.inf)
    assert score(world, [0.0, gain, -gain], needed, weights, 0.0) == -np.inf


def test_a_firm_line_of_an_owner_outside_is_a_certain_refusal() -> None:
    barred = np.zeros((3, 1, 2), dtype=np.uint8)
    barred[2, 0, 1] = 1
    assert score(outsider(1.0, barred=barred), [0.0, 9.0, 9.0], [2], [0.5]) == pytest.approx(-30.0)
    assert score(outsider(0.5, barred=barred), [0.0, 9.0, 9.0], [2], [1.0]) == pytest.approx(math.log(0.5))


def test_pressure_helps_and_support_hurts_a_text() -> None:
    gains = [0.5, 0.1, -0.2]
    plain = score(outsider(1.0), gains, [1, 2], [1.0, 1.0])
    lever = {"leverage": pairs(3, a0on2=0.3), "motive": pairs(3, a0on2=1.0)}
    assert score(outsider(1.0, **lever), gains, [1, 2], [1.0, 1.0]) > plain
    assert score(outsider(1.0, support=pairs(3, a2on1=0.3)), gains, [1, 2], [1.0, 1.0]) < plain


def test_a_bloc_answers_once_by_its_most_reluctant_member() -> None:
    world = make_world(lists(3, 1, 2), bloc=[0, 1, 1], precision=[10.0])
    assert score(world, [0.0, 0.3, -0.1], [1, 2], [1.0, 1.0]) == pytest.approx(log_sigmoid(-1.0))
    assert score(world, [0.0, 0.3, 0.3], [1, 2], [1.0, 1.0]) == pytest.approx(log_sigmoid(3.0))


def content(world, gains: list[float], foresight: float) -> int:
    world.put([1], gains)
    world.w.needed[:2], world.w.needed_weight[:2] = [1, 2], [1.0, foresight]
    return all_content(world.tables, world.work, 0, 0, 2)


def test_all_content_with_slack_for_the_absent() -> None:
    world = outsider(0.5)
    assert content(world, [0.0, 0.0, -0.5], 1.0) == 1  # slack 1 - 1 * 0.5
    assert content(world, [0.0, 0.0, -0.51], 1.0) == 0
    assert content(world, [0.0, 0.0, -0.7], 0.5) == 1  # slack 0.75
    assert content(world, [0.0, -0.01, 1.0], 1.0) == 0  # at the table there is none


@pytest.mark.parametrize(("party", "standing"), [(1, 0.0), (2, 0.4)])
def test_slopes_are_how_the_score_rises_with_a_gain(party: int, standing: float) -> None:
    """By finite differences; the party outside counts with half of its weight."""
    world, gains, step = outsider(standing), [0.0, 0.1, -0.2], 1e-6
    moved = [gain + step * (q == party) for q, gain in enumerate(gains)]
    plain, more = (score(world, each, [1, 2], [1.0, 0.5]) for each in (gains, moved))
    world.put([1], gains)
    slopes_probe(world.tables, world.work, 2)
    assert world.w.gradient[party - 1] == pytest.approx((more - plain) / step, abs=1e-4)
    assert world.w.term[:2].sum() == pytest.approx(plain)
