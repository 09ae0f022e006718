"""The comparison as a JSON document, as `comparison.schema.json` beside this module describes it.

Maps are keyed by ids (formats, outcomes, parties, issues), so that a value has a stable address. Numbers are rounded
to six decimals, far below simulation error; what is not known is null. No times, no paths.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.beside_json import benchmarks_json, theory_json
from sim.analysis.comparison.results import (
    CONDITIONAL,
    INTERVAL_NOTE,
    MEASURES,
    PLACES,
    RANGE_NOTE,
    Comparison,
    Deciders,
    FormatResult,
    PairDifference,
    PartyValue,
    Spread,
    Survival,
)
from sim.analysis.comparison.track_results import TrackResult
from sim.analysis.comparison.verdict import MeasureVerdict, PairVerdict, Verdict
from sim.analysis.statistics.intervals import Estimate
from sim.analysis.statistics.json_numbers import estimate, number
from sim.analysis.statistics.split import Split
from sim.analysis.theory.rational import RationalBenchmarks
from sim.analysis.theory.theory_compare import TheoryComparison
from sim.types import EndReason, Outcome, Structure

SCHEMA_VERSION = "parley/comparison/1"

Json = dict[str, Any]


@dataclass(frozen=True)
class RunContext:
    """What was run, beside the file's structure: needed to make the same numbers again."""

    digest: str
    """SHA-256 of the resolved scenario, hexadecimal."""
    seed: int
    settings: Mapping[str, str | int | float | bool | Sequence[str] | None]
    """Overrides, sets, scenario and variant, as given."""
    versions: Mapping[str, str]
    """Library -> version."""
    numbers_by_basis: Mapping[str, int]
    """Basis (stated, reported, analyst, assumed) -> how many numbers of the file rest on it."""


def to_json(
    comparison: Comparison,
    structure: Structure,
    context: RunContext,
    *,
    variants: Mapping[str, Comparison] | None = None,
    judged: Verdict | None = None,
    benchmarks: RationalBenchmarks | None = None,
    theory: TheoryComparison | None = None,
) -> Json:
    """The whole comparison as plain dicts, lists, strings and finite numbers.

    Args:
        comparison: the baseline.
        structure: names of parties, issues and options.
        context: digest, seed, settings.
        variants: comparisons by variant name; only their likelihoods and pairs are written.
        judged: the verdict over the variants; null in the document if not given.
        benchmarks: rational benchmarks over a sample of the draws; null if not given.
        theory: the stationary equilibrium over a sample of the draws; null if not given.
    """
    return {
        "schema": SCHEMA_VERSION,
        "conditional": CONDITIONAL,
        "notes": {"intervals": INTERVAL_NOTE, "ranges": RANGE_NOTE},
        "scenario": {"id": comparison.scenario_id, "title": comparison.title, "digest": context.digest},
        "seed": context.seed,
        "settings": {key: list(v) if isinstance(v, tuple) else v for key, v in context.settings.items()},
        "versions": dict(context.versions),
        "draws": comparison.n_draws,
        "replications": comparison.replications,
        "runs_per_format": comparison.runs_per_format,
        "outcomes": [k.label for k in Outcome],
        "measures": dict(MEASURES),
        "parties": {party.id: party.name for party in structure.parties},
        "issues": {
            issue.id: {"name": issue.name, "options": dict(zip(issue.options, issue.option_names, strict=True))}
            for issue in structure.issues
        },
        "formats": {found.id: _format(found, structure) for found in comparison.formats},
        "pairs": [_pair(pair) for pair in comparison.pairs],
        "variants": {name: _brief(found) for name, found in (variants or {}).items()},
        "verdict": None if judged is None else _verdict(judged),
        "benchmarks": None if benchmarks is None else benchmarks_json(benchmarks),
        "theory": None if theory is None else theory_json(theory),
        "numeric_issues": {},
        "rests_on": None,
        "rivals": None,
        "numbers": {"by_basis": dict(context.numbers_by_basis)},
    }


def schema() -> Json:
    """The JSON schema (draft 2020-12) that the documents follow."""
    return json.loads(files("sim.analysis").joinpath("comparison.schema.json").read_text(encoding="utf-8"))


def _spread(found: Spread) -> Json:
    return {key: number(getattr(found, key)) for key in ("mean", "low", "median", "high")}


def _format(found: FormatResult, structure: Structure) -> Json:
    info = structure.formats[found.index]
    parties, issues = structure.parties, structure.issues
    return {
        "name": found.name,
        "seats": [parties[p].id for p in info.seats],
        "protocol": info.protocol,
        "consent": str(info.consent),
        "mediator": None if info.mediator is None else parties[info.mediator].id,
        "guarantors": [parties[p].id for p in info.guarantors],
        "observers": [parties[p].id for p in info.observers],
        "agenda_order": info.agenda_order,
        "stages": list(info.stages),
        "months": info.months,
        "rounds_per_month": info.rounds_per_month,
        "transparency": info.transparency,
        "outcomes": {k.label: estimate(found.outcomes[k]) for k in Outcome},
        "measures": {name: estimate(value) for name, value in found.measures.items()},
        "core_issues": {name: estimate(value) for name, value in found.core_issues.items()},
        "split": _split(found.split),
        "reasons": {reason.name.lower(): number(found.reasons[reason]) for reason in EndReason},
        "failures": _deciders(found.failures, structure),
        "deciders": {k.label: _deciders(found.deciders[k], structure) for k in Outcome if found.deciders[k].runs},
        "refusals": {
            place: {
                party.id: {issue.id: number(found.refusals[x, p, i]) for i, issue in enumerate(issues)}
                for p, party in enumerate(parties)
            }
            for x, place in enumerate(PLACES)
        },
        "texts": found.n_texts,
        "options": _options(found.deals, structure),
        "tabled_texts": found.n_tabled,
        "tabled_options": _options(found.tabled, structure),
        "values": {party.id: _value(found.values[p]) for p, party in enumerate(parties)},
        "survival": _survival(found.survival),
        "month": _spread(found.month),
        "track": None if found.track is None else _track(found.track),
    }


def _split(found: Split) -> Json:
    return {
        "total": number(found.total),
        "chance": number(found.chance),
        "not_knowing": number(found.not_knowing),
        "chance_share": estimate(found.chance_share),
        "ranges": {
            k.label: {
                "low": number(found.low[k]),
                "high": number(found.high[k]),
                "spread": number(found.spread[k]),
            }
            for k in Outcome
        },
    }


def _deciders(found: Deciders, structure: Structure) -> Json:
    ids = [party.id for party in structure.parties]
    return {
        "runs": found.runs,
        "sets": [
            {"parties": [ids[p] for p in one.parties], "runs": one.runs, "share": number(one.share)}
            for one in found.sets
        ],
        "other_sets": found.others,
        "by_party": {ids[p]: number(share) for p, share in enumerate(found.by_party)},
    }


def _options(shares: NDArray[np.float64], structure: Structure) -> Json:
    return {
        issue.id: {option: number(shares[i, o]) for o, option in enumerate(issue.options)}
        for i, issue in enumerate(structure.issues)
    }


def _value(found: PartyValue) -> Json:
    return {
        "value": _spread(found.value),
        "reservation": _spread(found.reservation),
        "gain": _spread(found.gain),
        "below_reservation": number(found.below),
    }


def _survival(found: Survival) -> Json:
    return {
        "months": found.months.tolist(),
        "share": [number(x) for x in found.share],
        "low": [number(x) for x in found.low],
        "high": [number(x) for x in found.high],
    }


def _pair(pair: PairDifference) -> Json:
    return {
        "measure": pair.measure,
        "first": pair.first,
        "second": pair.second,
        "difference": estimate(pair.difference),
        "first_leads": number(pair.first_leads),
        "second_leads": number(pair.second_leads),
        "ties": number(pair.ties),
    }


def _brief(found: Comparison) -> Json:
    """A variant: likelihoods and pairs only."""
    return {
        "draws": found.n_draws,
        "replications": found.replications,
        "formats": {
            one.id: {
                "outcomes": {k.label: estimate(one.outcomes[k]) for k in Outcome},
                "measures": {name: estimate(value) for name, value in one.measures.items()},
            }
            for one in found.formats
        },
        "pairs": [_pair(pair) for pair in found.pairs],
    }


def _track(found: TrackResult) -> Json:
    """Leg by leg: how often it was held, how often it decided the track, how it ended, and the same format alone."""

    def outcomes(values: Sequence[Estimate]) -> Json:
        return {k.label: estimate(values[k]) for k in Outcome}

    return {
        "legs": [
            {
                "format": leg.format,
                "held": estimate(leg.held),
                "decided": estimate(leg.decided),
                "of_all_runs": outcomes(leg.of_all),
                "if_held": outcomes(leg.if_held),
                "alone": outcomes(leg.alone) if leg.alone else None,
            }
            for leg in found.legs
        ],
        "inherited_settlement": estimate(found.inherited),
    }


def _verdict(found: Verdict) -> Json:
    return {
        "sentence": found.sentence,
        "robust": found.robust,
        "depends_on": list(found.depends_on),
        "constants_decide": found.sets_decide,
        "not_distinguishable_in": list(found.unclear_in),
        "pairs_told_apart": found.n_pairs,
        "pairs_possible": found.n_possible,
        "measures": {one.measure: _measure_verdict(one) for one in found.measures},
    }


def _measure_verdict(found: MeasureVerdict) -> Json:
    return {
        "top": found.top,
        "top_clear": found.top_clear,
        "top_in_variants": dict(found.tops),
        "sets_with_same_top": found.sets_same_top,
        "pairs": [_pair_verdict(pair) for pair in found.pairs],
    }


def _pair_verdict(pair: PairVerdict) -> Json:
    return {
        "first": pair.first,
        "second": pair.second,
        "difference": estimate(pair.difference),
        "robust": pair.robust,
        "variants": dict(pair.variants),
        "sets_held": pair.sets_held,
        "sets": pair.sets,
    }
