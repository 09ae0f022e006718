"""A scenario in which every number is a constant, and what is wrong with it when it is changed."""

from __future__ import annotations

from typing import Any

from sim.scenario import Encoder, ScenarioError, load_raw
from sim.types.tables import Tables


def tiny(**changes: Any) -> dict[str, Any]:
    """Two parties, two issues; every number a constant."""
    data: dict[str, Any] = {
        "parley": 1,
        "id": "tiny",
        "title": "Tiny",
        "issues": {
            "peace": {
                "level": "core",
                "ends_price": True,
                "status_quo": "war",
                "options": {"war": {}, "truce": {}, "treaty": {"settles": True, "enforcement": {"a": 0.1}}},
            },
            "land": {
                "level": "substance",
                "status_quo": "kept",
                "scale": {"positions": {"kept": 0.0, "half": 50.0, "ceded": 100.0}},
                "options": {"kept": {}, "half": {}, "ceded": {}},
            },
        },
        "parties": {
            "a": {
                "salience": {"peace": 3, "land": 1},
                "values": {
                    "peace": {"options": {"war": 0.2, "truce": 0.4, "treaty": 0.8}},
                    "land": {"ideal": 100, "loss": 2},
                },
            },
            "b": {
                "salience": {"peace": 1, "land": 1},
                "values": {
                    "peace": {"ranking": ["treaty", ["war", "truce"]]},
                    "land": {"ranking": ["kept", "half", "ceded"], "curve": 2},
                },
            },
        },
        "formats": {
            "both": {"seats": {"a": "principal", "b": "principal"}, "calendar": {"months": 2, "rounds_per_month": 3}}
        },
        "behaviour": {"concession_aversion": 1},
    }
    for path, value in changes.items():
        part = data
        *way, last = path.split("__")
        for key in way:
            part = part.setdefault(key, {})
        part[last] = value
    return data


def tables(data: dict[str, Any], n_draws: int = 1, seed: int = 1) -> Tables:
    return Encoder(load_raw(data), seed=seed).tables(0, n_draws)


def problems(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(path, message) of what is wrong with a scenario, in the order in which it is told."""
    try:
        load_raw(data)
    except ScenarioError as error:
        return [(problem.path, problem.message) for problem in error.problems]
    return []
