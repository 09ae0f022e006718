"""The resolved schema: a scenario with every default explicit, what a result is computed from and filed under."""

from __future__ import annotations

# Nobody writes to a frozen model, so a field may be of a narrower type than in the written schema, and have no default.
# pyright: reportIncompatibleVariableOverride=false, reportGeneralTypeIssues=false
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

import yaml
from pydantic import BaseModel

from sim.scenario.schema import written, written_formats
from sim.scenario.schema.numbers import NUMBER_KEYS, Model, NoneOrMore, Number, default
from sim.scenario.schema.priors import GLOBAL_CONSTANTS, PARTY_CONSTANTS, Shared
from sim.scenario.schema.written import Issue, Party, RedLine, ScenarioFile, ValuesByOption
from sim.scenario.schema.written_formats import Format
from sim.scenario.source.problems import Path
from sim.scenario.source.yaml_text import core_scalar, is_mapping
from sim.types.tables import BY_LOT, StrategyName


class _PartyBehaviour(written.PartyBehaviour):
    strategy: StrategyName


class ResolvedParty(written.Party):
    """A party with every default explicit."""

    name: str
    summary: str
    bloc: str
    behaviour: _PartyBehaviour


class ResolvedConsent(written_formats.Consent):
    """Whose yes a text needs; shares are 0 where the rule does not ask for them."""

    rule: written_formats.ConsentRule


class _Agenda(written_formats.Agenda):
    issues: written_formats.Issues  # all that is on the agenda; `stages` are only those of a given order
    order: written_formats.AgendaOrder


class _Basket(written_formats.Basket):
    name: str
    members: NoneOrMore


class ResolvedFormat(written_formats.Format):
    """A talk format with every default explicit."""

    name: str
    summary: str
    consent: ResolvedConsent
    agenda: _Agenda
    baskets: dict[str, _Basket]
    group_months: int


class _Track(written_formats.Track):
    name: str
    summary: str


class _Rules(Model):
    severable: bool
    hold: Literal["walk", "once"]
    errors: Literal["once", "fresh"]
    stalling: bool
    single_undertaking: bool
    foreseen_consent: bool
    homes: Literal["margin", "support"]
    core: str


class _Behaviour(written.Behaviour):
    rules: _Rules


class ResolvedScenario(Model):
    """A scenario with every default explicit; also a valid written file that resolves to itself."""

    parley: Literal[1]
    id: str
    title: str
    summary: str
    as_of: str
    horizon_months: int
    notes: str
    codebook: str | None = None
    codebooks: dict[str, written.Codebook]
    references: dict[str, written.Reference] | None = None
    issues: dict[str, Issue]
    rules: dict[str, written.Rule]
    parties: dict[str, ResolvedParty]
    formats: dict[str, ResolvedFormat]
    tracks: dict[str, _Track]
    shocks: dict[str, written.Shock]
    overrides: dict[str, written.Override]
    scenarios: dict[str, written.NamedScenario]
    documented: dict[str, written.Documented]
    reference_class: dict[str, str]
    rivals: dict[str, written.Rival]
    behaviour: _Behaviour
    labels: dict[written.Language, written.Labels] | None = None

    def to_data(self) -> dict[str, Any]:
        """Plain data, in the layout of a written file."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_yaml(self) -> str:
        """The scenario as YAML text that loads again to the same."""
        head = "# A resolved scenario: every default is explicit. It can be run like any other file.\n"
        return head + yaml.dump(self.to_data(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)

    @cached_property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of the canonical JSON of the data, but for what changes no run: labels, and history."""
        data = {key: part for key, part in self.to_data().items() if key not in ("labels", "reference_class")}
        text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def numbers(self) -> dict[str, Number]:
        """Every number by its dotted path, in file order."""
        return {".".join(path): number for path, number in walk_numbers(self)}

    @cached_property
    def shifts(self) -> dict[str, tuple[written.Shift | None, ...]]:
        """For each number that a shock touches, by dotted path: the shift of every shock, None where it has none."""
        shocks = tuple(self.shocks.values())
        paths = {path for shock in shocks for path in shock.set}
        return {path: tuple(shock.set.get(path) for shock in shocks) for path in paths}


def walk_numbers(part: object, path: Path = ()) -> Iterator[tuple[Path, Number]]:
    """Every number below `part`, with its path, in file order."""
    if isinstance(part, Number):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            if name not in ("overrides", "scenarios", "references", "codebooks"):
                yield from walk_numbers(getattr(part, name), (*path, field.alias or name))
    elif is_mapping(part):
        for key, child in part.items():
            yield from walk_numbers(child, (*path, str(key)))


class _Dumper(yaml.CSafeDumper):
    """Writes numbers on one line, floats exactly, and quotes words that YAML 1.1 or 1.2 would read otherwise."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _write_text(dumper: Any, data: str) -> yaml.ScalarNode:
    style = None if core_scalar(data) is data else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style=style)


def _write_float(dumper: Any, data: float) -> yaml.ScalarNode:
    text = {"inf": ".inf", "-inf": "-.inf"}.get(repr(data), repr(data))
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _write_mapping(dumper: Any, data: dict[str, Any]) -> yaml.MappingNode:
    flow = "basis" in data and all(key in NUMBER_KEYS for key in data)
    return dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=flow)


_Dumper.add_representer(str, _write_text)
_Dumper.add_representer(float, _write_float)
_Dumper.add_representer(dict, _write_mapping)


def resolve(scenario: ScenarioFile, shared: Shared) -> ResolvedScenario:
    """The scenario with every default explicit; resolving a resolved scenario changes nothing.

    A number that stands for a whole issue's standing stays one number (it is drawn once), and a seat without its own
    meeting value or talk cost keeps using the party's. Entries absent from a mapping mean zero and stay absent.
    """
    data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
    for key in ("groups", "include", "evidence"):
        data.pop(key, None)
    for key in ("summary", "as_of", "notes"):
        data.setdefault(key, "")
    behaviour = _constants(scenario, shared)
    data["behaviour"] = {**behaviour, "rules": {**shared.rules, **data["behaviour"]["rules"]}}
    for section in _FILLED:
        for key, part in data[section].items():
            _fill(part, section, key, scenario=scenario, behaviour=behaviour)
    return ResolvedScenario.model_validate(data)


_FILLED = ("issues", "parties", "formats", "tracks", "shocks")


def resolve_parts(
    base: ResolvedScenario, scenario: ScenarioFile, shared: Shared, parts: Iterable[tuple[str, str]]
) -> ResolvedScenario:
    """As `resolve`, for a scenario that differs from one resolved before in some parts (section, id) only.

    Sections are issues, parties, formats and shocks. Parts that did not change are those of `base`, the same objects.
    """
    behaviour = _constants(scenario, shared)
    fields = {name: getattr(base, name) for name in ResolvedScenario.model_fields}
    for section, key in parts:
        data = getattr(scenario, section)[key].model_dump(mode="json", by_alias=True, exclude_none=True)
        _fill(data, section, key, scenario=scenario, behaviour=behaviour)
        before: Model = fields[section][key]
        fields[section] = {**fields[section], key: type(before).model_validate(data)}
    return ResolvedScenario.model_construct(**fields)


def _constants(scenario: ScenarioFile, shared: Shared) -> dict[str, Any]:
    """The constants of behaviour: of the file, or else of the shared priors."""
    given = scenario.behaviour
    keys = (*PARTY_CONSTANTS, *GLOBAL_CONSTANTS)
    return {key: _dump(getattr(given, key) or shared.constants[key].prior) for key in keys}


def _fill(data: dict[str, Any], section: str, key: str, *, scenario: ScenarioFile, behaviour: dict[str, Any]) -> None:
    """Makes the defaults of one part of a scenario explicit."""
    if section == "issues":
        _fill_issue(data, key)
    elif section == "parties":
        _fill_party(data, key, scenario.parties[key], behaviour)
    else:
        data.setdefault("name", key)
        data.setdefault("summary", "")
        if section == "formats":
            _fill_format(data, scenario.formats[key], list(scenario.issues))


def _fill_issue(data: dict[str, Any], key: str) -> None:
    data.setdefault("name", key)
    for option_id, option in data["options"].items():
        option.setdefault("name", option_id)
        if "lasts" in option:
            option.setdefault("then", "status_quo")


def _fill_party(data: dict[str, Any], party_id: str, party: Party, behaviour: dict[str, Any]) -> None:
    data.setdefault("name", party_id)
    data.setdefault("summary", "")
    data.setdefault("bloc", party_id)
    constants = {key: data["behaviour"].get(key, behaviour[key]) for key in PARTY_CONSTANTS}
    data["behaviour"] = {**constants, "strategy": party.behaviour.strategy or "standard"}
    for line_id, line in party.red_lines.items():
        if isinstance(line, RedLine):
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
