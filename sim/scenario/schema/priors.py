"""The shared priors of the behavioural constants (`behaviour.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from sim.scenario.schema.numbers import Number
from sim.scenario.source.errors import FileRead, Report
from sim.scenario.source.yaml_text import parse_text, read_text

SHARED_FILE = FilePath(__file__).with_name("behaviour.yaml")
PARTY_CONSTANTS = ("concession_exponent", "foresight", "reciprocity")
SHARED_NOTE = "shared prior"
"""Note of a number that comes from the shared file; the file itself gives the reasons."""
TRACK_CONSTANTS = ("trust_premium", "misremembering", "coalition_support")
"""Constants that only scenarios with tracks use."""
GLOBAL_CONSTANTS = ("precision", "volatility", "learning_prior", "pressure_cap", *TRACK_CONSTANTS)


@dataclass(frozen=True)
class BehaviourConstant:
    """One behavioural constant: what it is, what is assumed of it, and (in `note`) why."""

    name: str
    unit: str
    meaning: str
    low: float
    high: float
    prior: Number
    source: str
    note: str


@dataclass(frozen=True)
class Shared:
    """The shared file: constants by key, and the rule switches."""

    constants: dict[str, BehaviourConstant]
    rules: dict[str, Any]
    file: FileRead


@cache
def shared_behaviour() -> Shared:
    """The shared priors, read once."""
    report = Report(SHARED_FILE.name)
    data = parse_text(read_text(SHARED_FILE, report), report)
    groups: dict[str, dict[str, Any]] = data["constants"]
    constants = {key: _constant(entry) for names in groups.values() for key, entry in names.items()}
    missing = {*PARTY_CONSTANTS, *GLOBAL_CONSTANTS} - set(constants)
    if missing:
        raise ValueError(f"{SHARED_FILE.name} lacks {sorted(missing)}")
    return Shared(constants, dict(data["rules"]), *report.read)


def _constant(entry: dict[str, Any]) -> BehaviourConstant:
    prior = Number.model_validate(entry["prior"])
    cited = prior.model_copy(update={"sources": (entry["source"],), "note": SHARED_NOTE})
    low, high = (float(bound) for bound in entry["range"])
    return BehaviourConstant(
        name=entry["name"],
        unit=entry["unit"],
        meaning=entry["meaning"],
        low=low,
        high=high,
        prior=cited,
        source=entry["source"],
        note=prior.note or "",
    )
