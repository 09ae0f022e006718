"""What the answer rests on, as a part of the comparison's JSON document."""

from __future__ import annotations

from typing import Any

from sim.analysis.sensitivity.tornado import Swing
from sim.analysis.sensitivity.variance_shares import ExplainedAnswer, KeyNumber, RestsOn, VarianceGroup
from sim.analysis.statistics.json_numbers import estimate, number

Json = dict[str, Any]


def with_rests_on(document: Json, found: RestsOn | None) -> Json:
    """The comparison's document with what the answer rests on, if that was asked."""
    return document if found is None else {**document, "rests_on": rests_on_json(found, tuple(document["formats"]))}


def rests_on_json(found: RestsOn, formats: tuple[str, ...]) -> Json:
    """Answers, then groups with their shares of each answer in the same order, then numbers.

    Args:
        found: what was found.
        formats: ids in the order of the comparison.
    """
    return {
        "measure": found.measure,
        "leader": found.leader,
        "runner_up": found.runner_up,
        "uncertain_numbers": found.n_unknowns,
        "walks": found.sizes.walks,
        "held_draws": found.sizes.held,
        "replications": found.sizes.replications,
        "answers": [_answer(one) for one in found.answers],
        "shares": {name: [_part(one) for one in parts] for name, parts in found.partitions.items()},
        "numbers": [_number(one, formats) for one in found.numbers],
    }


def _answer(found: ExplainedAnswer) -> Json:
    return {"measure": found.measure, "formats": list(found.formats), "variance": number(found.variance)}


def _part(found: VarianceGroup) -> Json:
    return {
        "group": found.id,
        "kind": found.kind,
        "numbers": found.count,
        "shares": [estimate(share) for share in found.shares],
    }


def _number(found: KeyNumber, formats: tuple[str, ...]) -> Json:
    return {
        "path": found.unknown.path,
        "red_line": found.unknown.line,
        "basis": found.unknown.basis,
        "sources": list(found.unknown.sources),
        "share": estimate(found.share),
        "share_of_leader": estimate(found.leader_share),
        "distinguishable": found.told,
        "could_change_leader": found.could_change_leader,
        "low": _swing(found.low, formats),
        "high": _swing(found.high, formats),
    }


def _swing(found: Swing, formats: tuple[str, ...]) -> Json:
    return {
        "value": number(found.value),
        "leader": found.leader,
        "top": formats[found.top],
        "difference": estimate(found.gap),
        "formats": {name: estimate(change) for name, change in zip(formats, found.changes, strict=True)},
    }
