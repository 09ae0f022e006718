"""Whatever is played can be told: generated talks of every protocol, role, consent rule, agenda order and track."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engines.talk import play
from sim.formats.protocols import PROTOCOL
from sim.report.transcript.talk_text import transcript_lines
from sim.report.transcript.text_turns import against
from sim.scenario import Encoder, load_raw
from sim.types import Outcome, Structure, Transcript
from sim.types.outcomes import NOT_PLAYED
from sim.types.transcript import Turn
from tests.scenario.generate import talk_scenarios

FEW = settings(max_examples=12, suppress_health_check=list(HealthCheck))
MOST_LINES = 75
"""A talk told stage by stage; a track has so many for each leg at most."""


@pytest.mark.parametrize("protocol", sorted(PROTOCOL))
@FEW
@given(data=st.data())
def test_every_generated_talk_is_told(protocol: str, data: st.DataObject):
    raw: dict[str, Any] = data.draw(talk_scenarios(protocol=protocol))
    encoder = Encoder(load_raw(raw), seed=data.draw(st.integers(0, 2**31)))
    for index in range(len(encoder.structure.formats)):
        transcript = play(encoder, format_index=index, draw=1, replication=0)
        lines = transcript_lines(transcript, encoder.structure, track=index)
        check_lines(lines, transcript, encoder.structure)


def outvoted(last: Turn, talk: Transcript) -> tuple[int, ...]:
    """Who voted against what was agreed: at the table, or where a contact group sat, before all if it carried there."""
    if talk.plenary is None:
        return tuple(one.party for one in last.answers if against(one))
    return tuple(one.party for one in talk.plenary.votes if against(one)) if talk.plenary.carried else ()


def check_lines(lines: list[str], transcript: Transcript, structure: Structure) -> None:
    """Clean sentences, the legs that were held, the right ending, and nobody outvoted who was not."""
    bad = [line for line in lines if not line.endswith(".") or "  " in line or " ." in line or ": ." in line]
    assert not bad
    assert not [line for line in lines if ".." in line]
    held = sum(leg != NOT_PLAYED for leg in transcript.record.legs)
    assert sum(line.startswith("Leg ") for line in lines) == held
    assert len(lines) <= MOST_LINES * max(held, 1)
    assert sum(line.startswith(f"Outcome: {transcript.outcome.label.replace('_', ' ')}.") for line in lines) == 1
    for talk in (*transcript.earlier, transcript):
        taken = [turn for turn in talk.turns if turn.agreed]
        if taken and talk.last_resort is None and talk.outcome is not Outcome.NO_AGREEMENT:
            assert outvoted(taken[-1], talk) == talk.outvoted
    carried = [line for line in lines if " carries (" in line and "against the vote" in line]
    names = [party.name for party in structure.parties]
    assert all(any(name in line.split("against the vote")[1] for name in names) for line in carried)
