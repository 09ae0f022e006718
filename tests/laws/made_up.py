"""Small made-up scenarios in which one mechanism shows, and quantities of them in the words of question files."""

from __future__ import annotations

import copy
from typing import Any

from sim.analysis.experiments.metrics import MetricCounter
from sim.app.naming import MetricQuestion, Naming
from sim.engines.batch import play
from sim.scenario import load_raw
from sim.types.playing import Size
from tests.laws.common import Raw, encode
from tests.shipped import GAINS_ALONE

PLAIN: Raw = {
    "concession_exponent": 1.0,
    "foresight": 0.0,
    "reciprocity": 0.0,
    "precision": 1000.0,
    "volatility": 0.0,
    "pressure_cap": 1.0,
    "trust_premium": 0.0,
    "misremembering": 0.0,
    "coalition_support": 0.0,
    **GAINS_ALONE,
}
"""Constants under which parties look at the table alone, judge well, and circumstances do not change."""


def issue(*options: str, settles: str = "", level: str = "substance", **more: Any) -> Raw:
    """An issue whose status quo is the first option; a core issue where an option settles."""
    level = "core" if settles else level
    form: Raw = {name: {"settles": True} if name == settles else {} for name in options}
    return {"level": level, "status_quo": options[0], "options": form, **more}


def party(salience: Raw, values: Raw, **more: Any) -> Raw:
    """A party; values as numbers of the options in order."""
    return {"salience": salience, "values": values, **more}


def worth(**values: float) -> Raw:
    """Values of the options of one issue."""
    return {"options": values}


def talks(*seats: str, months: int = 4, rounds: int = 4, **more: Any) -> Raw:
    """A format."""
    calendar = {"months": months, "rounds_per_month": rounds}
    return {"seats": dict.fromkeys(seats, "principal"), "calendar": calendar, **more}


def world(issues: Raw, parties: Raw, formats: Raw, **more: Any) -> Raw:
    """A scenario."""
    head = {"parley": 1, "id": "made-up", "title": "Made up", "behaviour": copy.deepcopy(PLAIN)}
    return head | {"issues": issues, "parties": parties, "formats": formats} | more


def changed(data: Raw, **paths: Any) -> Raw:
    """A copy with values put at paths, written with `__` for a dot."""
    data = copy.deepcopy(data)
    for path, value in paths.items():
        *way, last = path.split("__")
        part = data
        for key in way:
            part = part.setdefault(key, {})
        part[last] = value
    return data


def measure(data: Raw, of: str, *, draws: int = 40, replications: int = 4, **asked: Any) -> float:
    """A quantity of one format, as in a question file: `measure(data, "signed", format="two")`."""
    naming = Naming({"made-up": load_raw(copy.deepcopy(data))})
    term = naming.term(MetricQuestion(of=of, **asked))  # type: ignore[arg-type]
    naming.stop_if_any()
    assert term is not None
    source = encode(data)
    counter = MetricCounter([term.metric], source, term.cell.format, replications)
    formats = [info.id for info in source.structure.formats]
    play(source, [formats.index(term.cell.format)], Size(draws, replications), counter)
    return counter.counts[term.metric].value
