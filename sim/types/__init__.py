"""Frozen records and enums that every layer may name."""

# pyright: reportUnusedImport=false
from sim.types.endings import (
    COARSE_CLASSES,
    COARSE_OF,
    IMPASSE_OF,
    IMPASSES,
    REASON_SENTENCE,
    CoarseClass,
    EndReason,
    Outcome,
)
from sim.types.outcomes import Runs, empty_runs
from sim.types.positions import Constant, Ensemble, PositionTable, SpatialIssue, Stand
from sim.types.structure import FormatInfo, IssueInfo, PartyInfo, Structure
from sim.types.tables import Tables
from sim.types.transcript import RunRecord, Transcript, record_of
