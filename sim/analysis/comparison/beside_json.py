"""Rational benchmarks and the equilibrium as parts of the comparison's JSON document."""

from __future__ import annotations

from typing import Any

from sim.analysis.statistics.json_numbers import estimate, number
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import LEVEL, REVERSED, SAME, TheoryComparison
from sim.analysis.theory.zopa import SCOPES, SENSES

Json = dict[str, Any]


def benchmarks_json(found: RationalBenchmarks) -> Json:
    """Scopes, senses and measures are keys; shares of draws, then means over texts."""
    return {
        "draws": found.n_draws,
        "exact": found.listed,
        "formats": {
            one.id: {
                "zopa": {
                    scope: {
                        sense: {**estimate(one.zones[scope, sense]), "open": one.open[scope, sense]} for sense in SENSES
                    }
                    for scope in SCOPES
                },
                "texts": one.n_texts,
                "distances": {name: estimate(value) for name, value in one.distances.items()},
            }
            for one in found.formats
        },
    }


def theory_json(found: TheoryComparison) -> Json:
    """Formats by id, then the pairs."""
    return {
        "theory": "stationary equilibrium",
        "draws": found.n_draws,
        "same_ranking": found.same,
        "pairs_same": found.count(SAME),
        "pairs_reversed": found.count(REVERSED),
        "pairs_level": found.count(LEVEL),
        "formats": {
            one.id: {
                "core": estimate(one.core),
                "consented": estimate(one.consented),
                "could": number(one.could),
                "must": number(one.must),
                "equilibria": number(one.n_alike),
                "no_game": one.no_game,
                "not_converged": one.not_converged,
                "missed": number(one.missed),
                "notes": [str(note) for note in one.notes],
            }
            for one in found.formats
        },
        "pairs": [
            {
                "first": pair.first,
                "second": pair.second,
                "theory": estimate(pair.theory),
                "runs": estimate(pair.behaviour),
                "verdict": pair.verdict,
            }
            for pair in found.pairs
        ],
    }
