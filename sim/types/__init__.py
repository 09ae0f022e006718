"""Frozen records and enums that every layer may name."""

from sim.types.endings import REASON_SENTENCE, EndReason, Outcome
from sim.types.outcomes import Runs, empty_runs
from sim.types.structure import FormatInfo, IssueInfo, PartyInfo, Structure
from sim.types.tables import Tables

__all__ = [
    "REASON_SENTENCE",
    "EndReason",
    "FormatInfo",
    "IssueInfo",
    "Outcome",
    "PartyInfo",
    "Runs",
    "Structure",
    "Tables",
    "empty_runs",
]
