"""What every protocol must do, by being in the register: both drivers alike, and nothing decides but the run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.formats.protocols import PROTOCOL
from sim.scenario import Encoder, load_raw
from sim.types import Outcome, Runs
from sim.types.tables import PROTOCOLS
from tests.engines.test_batch import in_workspace, same, whole
from tests.engines.test_talk import course_differences, differences
from tests.scenario.generate import talk_scenarios

FEW = settings(max_examples=8, suppress_health_check=list(HealthCheck))
every_protocol = pytest.mark.parametrize("protocol", sorted(PROTOCOL))


@st.composite
def encoders(draw: st.DrawFn, protocol: str) -> Encoder:
    """Talks by one protocol with every role, consent rule, agenda order and strategy, sometimes followed as a track."""
    data: dict[str, Any] = draw(talk_scenarios(protocol=protocol))
    return Encoder(load_raw(data), seed=draw(st.integers(0, 2**31)))


def test_every_protocol_of_the_schema_is_registered() -> None:
    assert set(PROTOCOL) == set(PROTOCOLS)
    assert all(PROTOCOL[name].number == place for place, name in enumerate(PROTOCOLS))
    assert all(one.title and one.sentence.endswith(".") and one.source for one in PROTOCOL.values())


@every_protocol
@FEW
@given(data=st.data())
def test_both_drivers_write_the_same_row(protocol: str, data: st.DataObject) -> None:
    assert differences(data.draw(encoders(protocol)), n_draws=2, replications=2) == []


@every_protocol
@FEW
@given(data=st.data())
def test_both_drivers_take_the_same_course(protocol: str, data: st.DataObject) -> None:
    encoder = data.draw(encoders(protocol))
    n_formats = sum(not one.legs for one in encoder.structure.formats)
    for fmt in range(n_formats):
        assert course_differences(encoder, fmt=fmt, draw=1) == []


@every_protocol
@FEW
@given(data=st.data())
def test_blocks_threads_company_and_old_workspaces_change_nothing(protocol: str, data: st.DataObject) -> None:
    encoder = data.draw(encoders(protocol))
    together = whole(encoder, block=9)
    assert same(together, whole(encoder, block=2, threads=2)) == []
    n_formats = len(encoder.structure.formats)
    rows = np.arange(len(together.outcome)).reshape(9, n_formats, 3)
    for fmt in range(n_formats):
        alone = Runs(*(array[rows[:, fmt].ravel()] for array in together))
        assert same(alone, whole(encoder, formats=[fmt])) == []
    assert same(in_workspace(encoder, left_over=0), in_workspace(encoder, left_over=1)) == []


@every_protocol
@FEW
@given(data=st.data())
def test_records_are_in_range(protocol: str, data: st.DataObject) -> None:
    encoder = data.draw(encoders(protocol))
    runs = whole(encoder)
    sizes = np.array([len(issue.options) for issue in encoder.structure.issues])
    assert set(runs.outcome.tolist()) <= {int(one) for one in Outcome}
    assert (runs.deal >= 0).all()
    assert (runs.deal < sizes).all()
    assert np.isfinite(runs.value).all()
    settled = runs.outcome == Outcome.SETTLEMENT
    core = [i for i, issue in enumerate(encoder.structure.issues) if issue.settling]
    for i in core:
        assert np.isin(runs.deal[settled, i], encoder.structure.issues[i].settling).all()
