"""Scenarios for the tests of how much conflict a file holds: values written out, every number a constant."""

from typing import Any

from sim.analysis.theory.conflict import Conflict, conflict
from sim.scenario import Encoder, load_raw

Values = dict[str, dict[str, list[float]]]
"""Party -> issue -> value of each option o0 (the status quo), o1 and so on, in [0, 1]."""


def scenario(values: Values, *, seats: dict[str, list[str]] | None = None, **parties: Any) -> dict[str, Any]:
    """Written data: all issues core and of weight 1; the formats are `seats`, by default one for all parties.

    What is given up counts as much as what is gained, and a part of the core may be agreed. `parties` are further
    entries by party.
    """
    sizes = {issue: len(worth) for own in values.values() for issue, worth in own.items()}
    return {
        "parley": 1,
        "id": "conflict",
        "title": "Conflict",
        "behaviour": {"concession_aversion": 1, "rules": {"single_undertaking": False}},
        "issues": {
            issue: {
                "level": "core",
                "status_quo": "o0",
                "options": {f"o{k}": {"settles": True} if k else {} for k in range(n)},
            }
            for issue, n in sizes.items()
        },
        "parties": {
            party: {
                "salience": dict.fromkeys(own, 1.0),
                "values": {issue: _options(worth) for issue, worth in own.items()},
                **parties.get(party, {}),
            }
            for party, own in values.items()
        },
        "formats": {
            key: {"seats": dict.fromkeys(seated, "principal"), "calendar": {"months": 2, "rounds_per_month": 2}}
            for key, seated in (seats or {"all": list(values)}).items()
        },
    }


def _options(worth: list[float]) -> dict[str, Any]:
    return {"options": {f"o{k}": value for k, value in enumerate(worth)}}


def found_in(data: dict[str, Any], n_draws: int = 1) -> Conflict:
    """How much conflict written data hold."""
    encoder = Encoder(load_raw(data), seed=1)
    return conflict(encoder.tables(0, n_draws), encoder.structure)
