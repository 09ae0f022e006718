"""A scenario with one issue left: what the same table would settle if the issue were talked about by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.scenario import ResolvedScenario, load_raw
from sim.scenario.sampling.distributions import quantile, support
from sim.scenario.schema.numbers import Number

_SPEAKS_OF_OTHERS = ("tracks", "overrides", "scenarios", "documented", "rivals", "labels", "rules", "shocks")
_QUANTILES = 10_000


def one_issue(resolved: ResolvedScenario, issue: str, format_id: str) -> ResolvedScenario:
    """The scenario with one issue and one format, and without everything that refers to what is gone.

    Saliences on other issues, linkages and rules across issues, red lines, standing, spent levers and beliefs on other
    issues go; so does the price of no settlement if another issue ends it. A party without salience on the issue sits
    as observer if it had a seat, and is gone if it had none; so does a guarantor whom no option names any more. Of
    a contact group larger than the principals that are left, all of them are. An
    issue that is not core becomes the core, settled by any option but the status quo: it is all that the talks are
    about. The numbers that stay keep their streams, so a draw has the same values as in the whole scenario.

    Args:
        resolved: the scenario.
        issue: id of the issue that stays.
        format_id: id of the format that stays.

    Raises:
        ScenarioError: what is left is no scenario, say with fewer than two principals.
    """
    data = resolved.to_data()
    cared = {key for key, one in resolved.parties.items() if _cares(one.salience, issue)}
    seats = resolved.formats[format_id].seats
    kept = [key for key in resolved.parties if key in cared or key in seats]
    made = {key: part for key, part in data.items() if key not in _SPEAKS_OF_OTHERS}
    made["issues"] = {issue: _issue(data["issues"][issue], kept)}
    named = {party for option in made["issues"][issue]["options"].values() for party in option["guarantors"]}
    made["formats"] = {format_id: _format(data["formats"][format_id], issue, cared, named=named)}
    group = resolved.formats[format_id].contact_group
    if group is not None:
        left = made["formats"][format_id]["seats"]
        drawable = {resolved.parties[key].bloc for key, seat in left.items() if seat["role"] == "principal"}
        made["formats"][format_id]["contact_group"] = _at_most(group, len(drawable))
    lines = {key: _red_lines(data["parties"][key], issue) for key in kept}
    made["parties"] = {
        key: _party(data["parties"][key], issue, lines, key=key, cares=key in cared, ends=_ends(resolved, issue))
        for key in kept
    }
    made["rules"] = {key: rule for key, rule in data["rules"].items() if set(_rule_issues(rule)) == {issue}}
    made["behaviour"]["rules"]["core"] = "all"
    name = f"{resolved.id}, {issue} alone"
    calm = load_raw(made, name=name)
    shocks = {key: _shock(shock, calm.numbers) for key, shock in data["shocks"].items()}
    made["shocks"] = {key: shock for key, shock in shocks.items() if shock["set"]}
    return load_raw(made, name=name) if made["shocks"] else calm


def _cares(saliences: Mapping[str, Any], issue: str) -> bool:
    return issue in saliences and support(saliences[issue])[1] > 0


def _ends(resolved: ResolvedScenario, issue: str) -> bool:
    return resolved.issues[issue].ends_price


def _issue(data: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    """The issue as the core of the talks."""
    options = {
        key: {
            **option,
            "enforcement": {party: one for party, one in option["enforcement"].items() if party in kept},
            "guarantors": [party for party in option["guarantors"] if party in kept],
        }
        for key, option in data["options"].items()
    }
    if data["level"] != "core":
        options = {key: {**option, "settles": key != data["status_quo"]} for key, option in options.items()}
    return {**data, "level": "core", "options": options}


def _format(data: dict[str, Any], issue: str, cared: set[str], *, named: set[str]) -> dict[str, Any]:
    """The format on this issue alone; `named` are the guarantors that its options name."""
    seats = {
        key: seat if key in cared and (seat["role"] != "guarantor" or key in named) else {"role": "observer"}
        for key, seat in data["seats"].items()
    }
    vetoes = [key for key in data["consent"]["vetoes"] if key in cared]
    agenda = {"issues": [issue], "order": "package", "stages": []}
    consent = {**data["consent"], "vetoes": vetoes}
    return {**data, "seats": seats, "consent": consent, "agenda": agenda, "only_in_tracks": False}


def _at_most(size: Number, most: int) -> dict[str, Any]:
    """How many are drawn where `most` can be: at each quantile as many as in the whole scenario, or all."""
    if support(size)[1] <= most:
        return size.model_dump(mode="json")
    u = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    sizes = np.minimum(np.rint(quantile(size, u)), most)
    values, counts = np.unique(sizes, return_counts=True)
    form = {"values": values.tolist(), "probabilities": (counts / _QUANTILES).tolist()}
    return {"discrete": form, "basis": size.basis, "sources": size.sources, "together": size.together}


def _party(
    data: dict[str, Any], issue: str, lines: Mapping[str, dict[str, Any]], *, key: str, cares: bool, ends: bool
) -> dict[str, Any]:
    """One party with what it has to do with the issue; `lines` are the red lines left to each party that stays."""

    def of_issue(part: Mapping[str, Any]) -> dict[str, Any]:
        return {name: one for name, one in part.items() if name == issue}

    made = {
        **data,
        "salience": of_issue(data["salience"]) if cares else {},
        "values": of_issue(data["values"]),
        "standing": of_issue(data["standing"]) if cares else {},
        "linkages": {name: one for name, one in data["linkages"].items() if set(one["when"]) == {issue}},
        "red_lines": lines[key],
        "support": {party: one for party, one in data["support"].items() if party in lines},
        "leverage": {
            party: {**one, "spent_by": of_issue(one["spent_by"])}
            for party, one in data["leverage"].items()
            if party in lines
        },
        "beliefs": {
            party: {
                "salience": of_issue(one["salience"]),
                "firmness": {name: firm for name, firm in one["firmness"].items() if name in lines[party]},
            }
            for party, one in data["beliefs"].items()
            if party in lines
        },
    }
    if not ends:
        del made["price_of_no_settlement"]
    return made


def _red_lines(data: dict[str, Any], issue: str) -> dict[str, Any]:
    return {name: one for name, one in data["red_lines"].items() if one["issue"] == issue}


def _rule_issues(rule: dict[str, Any]) -> list[str]:
    needs = rule.get("needs")
    conditions = [needs["if"], needs["then"]] if needs else rule["excludes"]
    return [issue for condition in conditions for issue in condition]


def _shock(data: dict[str, Any], numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "set": {path: shift for path, shift in data["set"].items() if path in numbers}}
