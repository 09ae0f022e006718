"""Written scenario -> resolved scenario: every default made explicit."""

from __future__ import annotations

from typing import Any

from sim.scenario.schema.numbers import Number, default
from sim.scenario.schema.priors import GLOBAL_CONSTANTS, PARTY_CONSTANTS, Shared
from sim.scenario.schema.resolved import ResolvedScenario
from sim.scenario.schema.written import Party, RedLine, ScenarioFile, ValuesByOption
from sim.scenario.schema.written_formats import Format
from sim.types.tables import BY_LOT


def resolve(scenario: ScenarioFile, shared: Shared) -> ResolvedScenario:
    """The scenario with every default explicit.

    A number that stands for a whole issue's standing stays one number (it is drawn once), and a seat without its own
    meeting value or talk cost keeps using the party's. Entries that are absent from a mapping (salience, leverage,
    support...) mean zero and stay absent. Resolving a resolved scenario changes nothing.
    """
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in ("groups", "include", "evidence"):
        data.pop(key, None)
    for key in ("summary", "as_of", "notes"):
        data.setdefault(key, "")
    for issue_id, issue in data["issues"].items():
        issue.setdefault("name", issue_id)
        for option_id, option in issue["options"].items():
            option.setdefault("name", option_id)
    given = data["behaviour"]
    keys = (*PARTY_CONSTANTS, *GLOBAL_CONSTANTS)
    behaviour = {key: given.get(key) or _dump(shared.constants[key].prior) for key in keys}
    data["behaviour"] = {**behaviour, "rules": {**shared.rules, **given["rules"]}}
    for party_id, party in scenario.parties.items():
        _fill_party(data["parties"][party_id], party_id, party, behaviour)
    for format_id, talks in scenario.formats.items():
        _fill_format(data["formats"][format_id], talks, list(data["issues"]))
    for section in ("formats", "tracks", "shocks"):
        for key, part in data[section].items():
            part.setdefault("name", key)
            part.setdefault("summary", "")
    return ResolvedScenario.model_validate(data)


def _fill_party(data: dict[str, Any], party_id: str, party: Party, behaviour: dict[str, Any]) -> None:
    data.setdefault("name", party_id)
    data.setdefault("summary", "")
    data.setdefault("bloc", party_id)
    constants = {key: data["behaviour"].get(key, behaviour[key]) for key in PARTY_CONSTANTS}
    data["behaviour"] = {**constants, "strategy": party.behaviour.strategy or "standard"}
    for line_id, line in party.red_lines.items():
        data["red_lines"][line_id]["and_worse"] = bars_worse(line, party)


def _fill_format(data: dict[str, Any], talks: Format, issues: list[str]) -> None:
    """Makes consent, agenda, working groups and the chances of the floor explicit.

    A seat's recognition is filled in only where the protocol uses it and the seat speaks.
    """
    data["consent"]["rule"] = talks.consent.rule or "quota"
    data["agenda"] = {
        "issues": talks.agenda.listed(issues),
        "order": talks.agenda.order_word,
        "stages": [list(stage) for stage in talks.agenda.given_stages],
    }
    data["group_months"] = talks.months_in_groups
    for key, basket in data["baskets"].items():
        basket.setdefault("name", key)
        basket.setdefault("members", talks.in_role("principal"))
    if talks.protocol in BY_LOT or talks.contact_group is not None:
        for party in talks.speakers:
            data["seats"][party].setdefault("recognition", _dump(default(1.0)))


def bars_worse(line: RedLine, party: Party) -> bool:
    """Whether the line also bars what the party values less: by default on ranked and numeric values only."""
    if line.and_worse is not None:
        return line.and_worse
    return not isinstance(party.values.get(line.issue), ValuesByOption | None)


def _dump(number: Number) -> dict[str, Any]:
    return number.model_dump(mode="json")
