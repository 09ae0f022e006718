"""A scenario with one issue left: what the same table would settle if the issue were talked about by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from sim.scenario import ResolvedScenario, load_raw
from sim.scenario.sampling.distributions import quantile, support
from sim.scenario.schema.numbers import Number

Data = dict[str, Any]
_SPEAKS_OF_OTHERS = (
    *("tracks", "overrides", "scenarios", "documented", "reference_class"),
    *("rivals", "labels", "rules", "shocks"),
)
_QUANTILES = 10_000


def one_issue(resolved: ResolvedScenario, issue: str, format_id: str) -> ResolvedScenario:
    """The scenario with one issue and one format, and without everything that refers to what is gone.

    Saliences on other issues, linkages and rules across issues, red lines, standing, spent levers and beliefs on other
    issues go; so does the price of no settlement if another issue ends it. A party without salience on the issue sits
    as observer if it had a seat, and is gone if it had none; so does a guarantor whom no option names any more. Of
    a contact group larger than the principals that are left, all of them are. An issue that is not core becomes the
    core, settled by any option but the status quo: it is all that the talks are about. The numbers that stay keep their
    streams, so a draw has the same values as in the whole scenario.

    Raises:
        ScenarioError: what is left is no scenario, say with fewer than two principals.
    """
    whole = resolved.to_data()
    saliences = {key: party.salience[issue] for key, party in resolved.parties.items() if issue in party.salience}
    cared = {key for key, salience in saliences.items() if support(salience)[1] > 0}
    kept = [key for key in resolved.parties if key in cared or key in resolved.formats[format_id].seats]
    data = {key: part for key, part in whole.items() if key not in _SPEAKS_OF_OTHERS}
    data["issues"] = {issue: _issue(whole["issues"][issue], kept)}
    data["formats"] = {format_id: _format(whole["formats"][format_id], data["issues"], cared)}
    group = resolved.formats[format_id].contact_group
    if group is not None:
        seats = data["formats"][format_id]["seats"]
        drawable = {resolved.parties[key].bloc for key, seat in seats.items() if seat["role"] == "principal"}
        data["formats"][format_id]["contact_group"] = _at_most(group, len(drawable))
    lines = {
        key: {
            name: whole["parties"][key]["red_lines"][name]
            for name, line in resolved.parties[key].red_lines.items()
            if line.issues == (issue,)
        }
        for key in kept
    }
    data["parties"] = {key: _party(whole["parties"][key], key, issue, lines, cares=key in cared) for key in kept}
    if not resolved.issues[issue].ends_price:
        for party in data["parties"].values():
            del party["price_of_no_settlement"]
    data["rules"] = {key: rule for key, rule in whole["rules"].items() if set(_rule_issues(rule)) == {issue}}
    data["behaviour"]["rules"]["core"] = "all"
    name = f"{resolved.id}, {issue} alone"
    calm = load_raw(data, name=name)
    data["shocks"] = {}
    for key, shock in whole["shocks"].items():
        shifts = {path: shift for path, shift in shock["set"].items() if path in calm.numbers}
        if shifts:
            data["shocks"][key] = {**shock, "set": shifts}
    return load_raw(data, name=name) if data["shocks"] else calm


def _of(parts: Mapping[str, Any], keys: Collection[str]) -> Data:
    return {key: part for key, part in parts.items() if key in keys}


def _issue(data: Data, kept: Collection[str]) -> Data:
    """The issue as the core of the talks."""
    options: dict[str, Data] = {
        key: {
            **option,
            "enforcement": _of(option["enforcement"], kept),
            "guarantors": [party for party in option["guarantors"] if party in kept],
        }
        for key, option in data["options"].items()
    }
    if data["level"] != "core":
        options = {key: {**option, "settles": key != data["status_quo"]} for key, option in options.items()}
    return {**data, "level": "core", "options": options}


def _format(data: Data, issues: dict[str, Data], cared: set[str]) -> Data:
    """The format on this issue alone."""
    options = [option for issue in issues.values() for option in issue["options"].values()]
    named = {party for option in options for party in option["guarantors"]}
    seats = {
        key: seat if key in cared and (seat["role"] != "guarantor" or key in named) else {"role": "observer"}
        for key, seat in data["seats"].items()
    }
    consent = {**data["consent"], "vetoes": [key for key in data["consent"]["vetoes"] if key in cared]}
    agenda = {"issues": list(issues), "order": "package", "stages": []}
    return {**data, "seats": seats, "consent": consent, "agenda": agenda, "only_in_tracks": False}


def _at_most(size: Number, most: int) -> Data:
    """How many are drawn where `most` can be: at each quantile as many as in the whole scenario, or all."""
    if support(size)[1] <= most:
        return size.model_dump(mode="json")
    u = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    values, counts = np.unique(np.minimum(np.rint(quantile(size, u)), most), return_counts=True)
    form = {"values": values.tolist(), "probabilities": (counts / _QUANTILES).tolist()}
    return {"discrete": form, "basis": size.basis, "sources": size.sources, "together": size.together}


def _party(data: Data, key: str, issue: str, lines: Mapping[str, Data], *, cares: bool) -> Data:
    """One party with what it has to do with the issue; `lines` are the red lines left to each party that stays."""
    leverage, beliefs = _of(data["leverage"], lines), _of(data["beliefs"], lines)
    return {
        **data,
        "salience": _of(data["salience"], [issue] if cares else []),
        "values": _of(data["values"], [issue]),
        "standing": _of(data["standing"], [issue] if cares else []),
        "linkages": {name: link for name, link in data["linkages"].items() if set(link["when"]) == {issue}},
        "red_lines": lines[key],
        "support": _of(data["support"], lines),
        "leverage": {
            party: {**lever, "spent_by": _of(lever["spent_by"], [issue])} for party, lever in leverage.items()
        },
        "beliefs": {
            party: {"salience": _of(belief["salience"], [issue]), "firmness": _of(belief["firmness"], lines[party])}
            for party, belief in beliefs.items()
        },
    }


def _rule_issues(rule: Data) -> list[str]:
    needs = rule.get("needs")
    conditions = [needs["if"], needs["then"]] if needs else rule["excludes"]
    return [issue for condition in conditions for issue in condition]
