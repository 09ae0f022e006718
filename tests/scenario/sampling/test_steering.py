"""A number at a level, as it is written and as a column of values: the same to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.scenario.sampling.distributions import quantile
from sim.scenario.sampling.steering import SteeringKind, column, written_number
from sim.scenario.schema.numbers import Number

NUMBERS: dict[str, Any] = {
    "value": 0.3,
    "infinite": {"value": float("inf")},
    "uniform": {"uniform": [-0.2, 0.6], "together": "weather"},
    "triangular": {"triangular": [-0.1, 0.2, 1.1]},
    "flat": {"triangular": [0.2, 0.2, 0.2]},
    "pert": {"pert": [1.0, 2.0, 5.0], "level": "high"},
    "beta": {"beta": {"a": 0.5, "b": 0.7, "low": -1, "high": 3}},
    "normal": {"normal": {"mean": 1.0, "sd": 0.3}},
    "truncated": {"normal": {"mean": 0.0, "sd": 0.7, "low": -0.5}},
    "discrete": {"discrete": {"values": [3.0, 0.0, 2.0], "probabilities": [0.5, 0.25, 0.25]}},
}
KINDS = ("value", "scale", "shift", "quantile")


def number_of(name: str) -> Number:
    return Number.model_validate(NUMBERS[name])


def loaded(number: Number, kind: SteeringKind, level: float) -> Number:
    """What comes back from a file that holds the number as written."""
    text = yaml.safe_dump(written_number(number, kind, level))
    try:
        return Number.model_validate(yaml.safe_load(text))
    except ValidationError:  # out of its range at this level
        assume(False)
        raise


LEVELS = {
    "quantile": st.floats(0.001, 0.999),
    **dict.fromkeys(KINDS[:3], st.floats(-3.0, 3.0, allow_subnormal=False) | st.sampled_from([0.0, 1.0, -1.0])),
}


@given(st.sampled_from(sorted(NUMBERS)), st.sampled_from(KINDS), st.data())
def test_a_column_holds_what_the_written_numbers_give(name: str, kind: SteeringKind, data: st.DataObject):
    chosen = np.array(data.draw(st.lists(LEVELS[kind], min_size=1, max_size=5)))
    number, n = number_of(name), 12
    numbers = [loaded(number, kind, each) for each in chosen.tolist()]
    u = np.random.default_rng(data.draw(st.integers(0, 99))).random(n)
    which = np.arange(n) % len(chosen)
    found = column(number, kind, chosen[which], lambda: u)
    wanted = np.concatenate([quantile(numbers[k], u[row : row + 1]) for row, k in enumerate(which)])
    assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize(
    ("name", "kind", "level", "written"),
    [
        ("value", "value", 2, 2.0),
        ("value", "scale", 2.0, 0.6),
        ("value", "shift", -0.5, -0.2),
        ("uniform", "value", 1.0, 1.0),
        ("uniform", "scale", 0.5, {"uniform": [-0.1, 0.3], "together": "weather"}),
        ("uniform", "scale", -1.0, {"uniform": [-0.6, 0.2], "together": "weather"}),
        ("uniform", "scale", 0.0, 0.0),
        ("uniform", "quantile", 0.5, 0.2),
        ("pert", "shift", 1.0, {"pert": [2.0, 3.0, 6.0]}),
        ("beta", "shift", 1.0, {"beta": {"a": 0.5, "b": 0.7, "low": 0.0, "high": 4.0}}),
        ("beta", "scale", -2.0, {"beta": {"b": 0.5, "a": 0.7, "low": -6.0, "high": 2.0}}),
        ("normal", "scale", -2.0, {"normal": {"mean": -2.0, "sd": 0.6}}),
        ("truncated", "scale", -2.0, {"normal": {"mean": -0.0, "sd": 1.4, "high": 1.0}}),
        ("truncated", "shift", 1.0, {"normal": {"mean": 1.0, "sd": 0.7, "low": 0.5}}),
        ("discrete", "scale", 2.0, {"discrete": {"values": [6.0, 0.0, 4.0], "probabilities": [0.5, 0.25, 0.25]}}),
    ],
)
def test_all_parameters_move_and_shapes_stay(name: str, kind: SteeringKind, level: float, written: Any):
    assert written_number(number_of(name), kind, level) == written
    assert kind == "quantile" or number_of(name).together is None or "together" in str(written) or written in (0.0, 1.0)


def test_infinity_times_nothing_is_left_to_the_loader():
    with pytest.raises(ValidationError, match="NaN"):
        Number.model_validate(written_number(number_of("infinite"), "scale", 0.0))
