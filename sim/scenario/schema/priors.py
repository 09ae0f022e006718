"""The shared priors of the behavioural constants (`behaviour.yaml`), and the range each number must stay in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from sim.scenario.schema.numbers import Number
from sim.scenario.source.problems import FileRead, Path, Report
from sim.scenario.source.yaml_text import parse_text, read_text

SHARED_FILE = FilePath(__file__).with_name("behaviour.yaml")
PARTY_CONSTANTS = (
    *("concession_exponent", "foresight", "reciprocity"),
    *("concession_aversion", "optimism", "signing_cost", "trust_at_signing", "commitment_premium"),
)
SHARED_NOTE = "shared prior"
"""Note of a number that comes from the shared file; the file itself gives the reasons."""
TRACK_CONSTANTS = ("trust_premium", "misremembering", "coalition_support")
"""Constants that only scenarios with tracks use."""
GLOBAL_CONSTANTS = (
    *("line_price", "next_chance", "precision", "volatility", "learning_prior", "pressure_cap"),
    *TRACK_CONSTANTS,
)
ENCODED = ("concession_aversion", "trust_at_signing", "line_price")
"""Constants that act on utilities as they are drawn, and are no array of their own."""


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
    words = {key: entry[key] for key in ("name", "unit", "meaning", "source")}
    return BehaviourConstant(**words, low=low, high=high, prior=cited, note=prior.note or "")


TINY = 1e-9


@dataclass(frozen=True)
class Limits:
    """An interval; `low_open` leaves the lower end out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False

    def holds(self, low: float, high: float) -> bool:
        """Whether a support from `low` to `high` lies inside."""
        return (low > self.low if self.low_open else low >= self.low) and high <= self.high

    @property
    def clip(self) -> tuple[float, float]:
        """Bounds for a number that a shock has shifted."""
        return (self.low + TINY if self.low_open else self.low), self.high

    def __str__(self) -> str:
        if math.isinf(self.low) and math.isinf(self.high):
            return "any finite number"
        if math.isinf(self.high):
            return f"above {self.low:g}" if self.low_open else f"{self.low:g} or more"
        return f"above {self.low:g}, at most {self.high:g}" if self.low_open else f"{self.low:g} to {self.high:g}"


ANY = Limits()
SHARE = Limits(0.0, 1.0)
NOT_NEGATIVE = Limits(0.0)


def limits_of(path: Path) -> Limits:
    """The range of the number at a path, by what it is."""
    match path:
        case ("behaviour", *_, key) | ("parties", _, "behaviour", *_, key):
            constant = shared_behaviour().constants.get(key)
            return ANY if constant is None else Limits(constant.low, constant.high)
        case (
            ("issues", *_)  # enforcement
            | ("formats", *_, "talk_cost" | "recognition" | "contact_group")
            | ("parties", _, "capability" | "salience" | "outside_option" | "talk_cost" | "support", *_)
            | ("parties", _, "values", _, "steepness", *_)
            | ("parties", _, "leverage", _, "ability" | "cost")
            | ("parties", _, "beliefs", _, "salience", *_)
        ):
            return NOT_NEGATIVE
        case (
            ("shocks", *_)
            | ("parties", _, "standing" | "red_lines" | "beliefs", *_)
            | ("parties", _, "values", _, "options", *_)
            | ("parties", _, "ratification", "support")
            | ("parties", _, "leverage", _, "motive")
            | ("parties", _, "leverage", _, "spent_by", *_)
        ):
            return SHARE
        case ("parties", _, "values", _, "curve" | "loss"):
            return Limits(0.0, low_open=True)
        case ("parties", _, "patience"):
            return Limits(0.0, 1.0, low_open=True)
        case _:
            return ANY


def may_be_infinite(path: Path) -> bool:
    """Whether .inf is allowed: only where it switches learning off, or makes red lines absolute."""
    return path[-1] in ("learning_prior", "line_price")
