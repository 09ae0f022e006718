"""What theory says of one format as a JSON document (`parley solve --json`): ids as keys, what is not known is null."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from sim.analysis.theory.solutions import Solution
from sim.analysis.theory.solved_format import SolvedFormat
from sim.analysis.theory.zopa import Zopa
from sim.bargaining.deal_space import Floats, Ints
from sim.bargaining.table_equilibrium import TableEquilibrium
from sim.bargaining.table_seats import LIMITS
from sim.types import Structure

SOLUTION_VERSION = "parley/solution/1"
DIGITS = 9
RARE = 1e-4
"""Chance from which a proposal is written down."""

Json = dict[str, Any]


def solved_json(solved: SolvedFormat, structure: Structure, *, world: Json) -> Json:
    """The document.

    Args:
        solved: what was found.
        structure: names of parties, issues and options.
        world: digest of the scenario, seed and draw, or that the numbers stand at their means.
    """
    info = structure.formats[solved.format_index]
    space, parties = solved.marks.space, [structure.parties[p].id for p in solved.marks.space.parties]
    return {
        "schema": SOLUTION_VERSION,
        "scenario": {"id": structure.scenario_id, "title": structure.title},
        "world": world,
        "format": {"id": info.id, "name": info.name, "protocol": info.protocol},
        "parties": parties,
        "deals": space.n_deals,
        "listed": space.listable,
        "zopa": {
            scope: {one.sense: _zopa(one, structure) for one in solved.zopas if one.scope == scope}
            for scope in dict.fromkeys(one.scope for one in solved.zopas)
        },
        "frontier": {"size": solved.frontier.size, "exact": solved.frontier.exact},
        "solutions": {name: _solution(one, structure, parties) for name, one in solved.solutions.items()},
        "without_gain": [p for p, gone in zip(parties, solved.marks.without_gain, strict=True) if gone],
        "equilibrium": _equilibrium(solved.equilibrium, structure, parties),
    }


def number(value: float | None) -> float | None:
    """Rounded to `DIGITS`; None for what is not known or not finite."""
    return round(float(value), DIGITS) + 0.0 if value is not None and math.isfinite(value) else None


def deal_json(deal: Ints | None, structure: Structure) -> dict[str, str] | None:
    """Issue id -> option id; None without a deal."""
    if deal is None:
        return None
    chosen = structure.issue_options_of(deal)
    return {issue.id: issue.options[int(o)] for issue, o in zip(structure.issues, chosen, strict=True)}


def _by_party(parties: Iterable[str], values: Floats) -> Json:
    return {party: number(value) for party, value in zip(parties, values.tolist(), strict=True)}


def _zopa(found: Zopa, structure: Structure) -> Json:
    return {
        "exists": found.exists,
        "share": number(found.share),
        "share_low": number(found.share_low),
        "share_high": number(found.share_high),
        "expected_share": number(found.expected),
        "counted": found.counted,
        "best_smallest_gain": number(found.best),
        "gap": number(found.gap),
        "deal": deal_json(found.deal, structure),
    }


def _solution(found: Solution, structure: Structure, parties: Iterable[str]) -> Json:
    return {
        "deal": deal_json(found.deal, structure),
        "gains": _by_party(parties, found.gains),
        "value": number(found.value),
        "gap": number(found.gap),
    }


def _equilibrium(table: TableEquilibrium, structure: Structure, parties: list[str]) -> Json:
    """The equilibrium; without a solution only the game and the reason."""
    seats = table.seats
    content: Json = {
        "order": seats.order,
        "discount": _by_party(parties, seats.discount),
        "recognition": _by_party(parties, seats.recognition),
        "deals": len(table.deals),
        "deals_are": table.chosen.how,
        "notes": [*map(str, seats.notes), LIMITS],
        "reason": table.reason or None,
        "found": None,
    }
    if table.found is None:
        return content
    found = table.found
    content["found"] = {
        "converged": found.converged,
        "residual": found.residual,
        "regret": found.regret,
        "missed": number(table.missed),
        "values": _by_party(parties, found.values),
        "thresholds": {who: _by_party(parties, found.thresholds[j]) for j, who in enumerate(parties)},
        "agreement": _by_party(parties, found.agreement),
        "passing": _by_party(parties, found.passing),
        "proposals": {who: _proposals(table, found.proposals[j], structure, parties) for j, who in enumerate(parties)},
        "settles": number(found.settles),
        "expected_turns": number(found.expected_rounds),
        "core": number(table.core_chance),
        "alike": int(table.alike.sum()),
        "alike_core": int((table.alike & table.core).sum()),
    }
    return content


def _proposals(table: TableEquilibrium, chance: Floats, structure: Structure, parties: list[str]) -> list[Json]:
    often = [int(n) for n in np.argsort(-chance, kind="stable") if chance[n] > RARE]
    return [
        {
            "chance": number(chance[n]),
            "deal": deal_json(table.deals[n], structure),
            "gains": _by_party(parties, table.gains[n]),
            "core": bool(table.core[n]),
        }
        for n in often
    ]
