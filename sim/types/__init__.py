"""Frozen records and enums that every layer may name."""

from sim.types.endings import COARSE_CLASSES, COARSE_OF, REASON_SENTENCE, CoarseClass, EndReason, Outcome
from sim.types.ensembles import Constant, Ensemble
from sim.types.outcomes import Runs, empty_runs
from sim.types.positions import PositionTable, SpatialIssue, Stand
from sim.types.structure import FormatInfo, IssueInfo, PartyInfo, Structure
from sim.types.tables import Tables
from sim.types.transcript import RunRecord, Transcript, record_of

__all__ = [
    "COARSE_CLASSES",
    "COARSE_OF",
    "REASON_SENTENCE",
    "CoarseClass",
    "Constant",
    "EndReason",
    "Ensemble",
    "FormatInfo",
    "IssueInfo",
    "Outcome",
    "PartyInfo",
    "PositionTable",
    "RunRecord",
    "Runs",
    "SpatialIssue",
    "Stand",
    "Structure",
    "Tables",
    "Transcript",
    "empty_runs",
    "record_of",
]
