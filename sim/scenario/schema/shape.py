"""Raw data against the written schema: pydantic's findings, told in our words, part by part; the schema for editors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.schema import written
from sim.scenario.schema.numbers import NUMBER_KEYS, Number
from sim.scenario.schema.priors import shared_behaviour
from sim.scenario.schema.resolved import ResolvedScenario, resolve
from sim.scenario.schema.written import LANGUAGE_PATTERN, ScenarioFile
from sim.scenario.source.problems import Path, Report, show
from sim.scenario.source.yaml_text import is_list, is_mapping, is_row, mapping_of

SECTIONS = (
    *("issues", "rules", "parties", "formats", "tracks", "shocks"),
    *("overrides", "scenarios", "documented", "reference_class", "rivals", "references", "labels"),
)
_NEEDED = ("issues", "parties", "formats")
_WANTED = {
    "string_type": "text (put it in quotes)",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "dict_type": "a mapping (`key: value`)",
    "model_type": "a mapping (`key: value`)",
    "model_attributes_type": "a mapping (`key: value`)",
    "tuple_type": "a list",
    "finite_number": "a finite number",
}


@dataclass
class Draft:
    """What could be read of a file: its sound parts by section, and the ids whose parts are broken."""

    parts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    broken: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    behaviour: written.Behaviour | None = None
    whole: ScenarioFile | None = None

    def sound(self, section: str) -> dict[str, Any]:
        """Parts of a section that were read without a problem."""
        return self.parts.get(section, {})

    def ids(self, section: str) -> list[str]:
        """Every id of a section, broken parts included, so that a reference to them is no second problem."""
        return [*self.parts.get(section, {}), *self.broken.get(section, ())]

    @cached_property
    def resolved(self) -> ResolvedScenario:
        """The scenario with every default explicit; only where the file is whole."""
        assert self.whole is not None
        return resolve(self.whole, shared_behaviour())


def read_shape(data: Mapping[str, Any], report: Report) -> Draft:
    """Validates against the written schema; notes every problem, and keeps the parts that are sound."""
    draft = Draft()
    try:
        draft.whole = ScenarioFile.model_validate(data)
    except ValidationError as error:
        note_errors(error, (), ScenarioFile, report)
        _salvage(data, draft)
        return draft
    draft.parts = {name: dict(getattr(draft.whole, name) or {}) for name in SECTIONS}
    draft.behaviour = draft.whole.behaviour
    return draft


def _salvage(data: Mapping[str, Any], draft: Draft) -> None:
    """Reads each part on its own, so that the sound ones can still be checked."""
    for section in SECTIONS:
        for key, raw in mapping_of(data.get(section)).items():
            _read_part(draft, section, key, raw)
    _read_behaviour(draft, data)


def _read_part(draft: Draft, section: str, key: str, raw: object, *, report: Report | None = None) -> None:
    kind, adapter = _part_type(section)
    try:
        draft.parts.setdefault(section, {})[key] = adapter.validate_python(raw)
    except ValidationError as error:
        draft.sound(section).pop(key, None)
        draft.broken.setdefault(section, set()).add(key)
        if report is not None:
            note_errors(error, (section, key), kind, report)


def reread(base: Draft, data: Mapping[str, Any], changed: Iterable[Path], report: Report) -> Draft:
    """The draft of data that differs from a sound draft's only at some paths: only those parts are read again."""
    if any(len(path) < 2 or path[0] not in (*SECTIONS, "behaviour") for path in changed):
        return read_shape(data, report)
    draft = Draft({name: dict(parts) for name, parts in base.parts.items()}, {}, base.behaviour, base.whole)
    if any(path[0] == "behaviour" for path in changed):
        _read_behaviour(draft, data, report)
    for section, key in dict.fromkeys((path[0], path[1]) for path in changed if path[0] != "behaviour"):
        _read_part(draft, section, key, data[section][key], report=report)
    return draft


def _read_behaviour(draft: Draft, data: Mapping[str, Any], report: Report | None = None) -> None:
    try:
        draft.behaviour = written.Behaviour.model_validate(data.get("behaviour", {}))
    except ValidationError as error:
        draft.behaviour = None
        if report is not None:
            note_errors(error, ("behaviour",), written.Behaviour, report)


@cache
def _part_type(section: str) -> tuple[Any, TypeAdapter[Any]]:
    """Type of the parts of a section, and what reads them."""
    members = _alternatives(ScenarioFile.model_fields[section].annotation)
    (kind,) = [get_args(member)[1] for member in members if get_origin(member) is dict]
    return kind, TypeAdapter(kind)


def note_errors(error: ValidationError, path: Path, model: Any, report: Report) -> None:
    """Notes what pydantic found wrong with a part at `path` that should have been a `model`, in our words."""
    for details in error.errors(include_url=False):
        counted = details.get("ctx", {}).get("actual_length", 0)
        if details["type"] == "too_short" and counted < len(details["input"] or ()):
            continue  # too few only because pydantic leaves out the broken ones, which it has told already
        loc, kind = _place(details["loc"], model)
        _note_one(details, (*path, *loc), kind, report)


def _note_one(details: ErrorDetails, path: Path, kind: Any, report: Report) -> None:
    """One of pydantic's findings in our words. `kind` is the schema's type at the path's parent."""
    sort, seen = details["type"], show(details["input"])
    context = details.get("ctx", {})
    if sort == "missing" and path[-1].isdigit():
        report.add(path[:-1], "too few entries", path[-1], "one entry more")
    elif sort == "missing":
        report.add(path, "a required key is missing", allowed=f"'{path[-1]}'")
    elif sort == "extra_forbidden":
        _note_key(path, details["input"], kind, report)
    elif sort == "parley":
        report.add(path, str(context["message"]), seen, str(context["allowed"]))
    elif sort == "string_pattern_mismatch":
        _note_id(path, seen, str(context.get("pattern")), report)
    elif sort == "literal_error":
        _note_literal(path, details, report)
    elif details["input"] is None and sort in _WANTED:
        report.add(path, "nothing is given here", seen, _WANTED[sort] + ", or leave the key out")
    elif sort in _WANTED:
        report.add(path, "the wrong kind of value", seen, _WANTED[sort])
    else:
        _note_size(path, details, report)


def _note_key(path: Path, value: object, kind: Any, report: Report) -> None:
    if value is None and " " in path[-1]:
        quoted = 'a text that holds a comma in quotes, {name: "this, and that"}'
        report.add(path, "unknown key, and nothing after it", f"'{path[-1]}'", quoted)
    else:
        report.add(path, "unknown key", f"'{path[-1]}'", _keys(kind), word=path[-1])


def _note_id(path: Path, seen: str, pattern: str, report: Report) -> None:
    if pattern == LANGUAGE_PATTERN:
        report.add(path, "not a language code", seen, "two lower-case letters, such as vi")
    else:
        marks = "- and _" if "-]" in pattern else "and _"
        report.add(path, "not a valid id", seen, f"lower-case letters, digits, {marks}, beginning with a letter")


def _note_literal(path: Path, details: ErrorDetails, report: Report) -> None:
    expected = str(details.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
    value = details["input"]
    word = value if isinstance(value, str) else ""
    name = next(key for key in reversed(path) if not key.isdigit())  # of a list, its own
    what = f"unknown {name}" if word and name != "parley" else "not a value allowed here"
    report.add(path, what, show(value), expected, word=word)


def _note_size(path: Path, details: ErrorDetails, report: Report) -> None:
    """Too many, too few, too large."""
    context, value = details.get("ctx", {}), details["input"]
    allowed = details["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    if "max_length" in context:
        allowed = f"at most {context['max_length']}"
    elif "min_length" in context:
        allowed = f"at least {context['min_length']}"
    seen = f"{len(value)} entries" if (is_mapping(value) or is_list(value) or is_row(value)) and value else show(value)
    sort = details["type"]
    message = {"too_short": "too few entries", "too_long": "too many entries"}.get(sort, "the value is not allowed")
    report.add(path, message, seen, allowed)


def _keys(kind: Any) -> list[str]:
    if kind is Number:
        return list(NUMBER_KEYS)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [field.alias or name for name, field in kind.model_fields.items()]
    return []


def _alternatives(annotation: Any) -> list[Any]:
    """The members of an annotation, through `Annotated`, unions and `| None`."""
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [each for part in get_args(annotation) if part is not NoneType for each in _alternatives(part)]
    return [annotation]


def _tagged(annotation: Any, tag: object) -> Any:
    """The member of a union, or of a union in it, that carries `tag`; None if there is none."""
    inner = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    members = get_args(inner) if get_origin(inner) in (Union, UnionType) else ()
    here = next((member for member in members if Tag(tag) in get_args(member)[1:]), None)  # pyright: ignore
    return here or next((deeper for member in members if (deeper := _tagged(member, tag))), None)


def _place(loc: tuple[int | str, ...], model: Any) -> tuple[Path, Any]:
    """Path of the file that pydantic's location means (without its union tags), and the type at its parent."""
    path: list[str] = []
    kind, parent = model, model
    for step in loc:
        if step == "[key]":
            break
        member = _tagged(kind, step)
        if member is not None:
            kind = member
            continue
        members = _alternatives(kind)
        parent = next((member for member in members if isinstance(member, type)), None)
        kind = next((child for member in members if (child := _child(member, step)) is not None), None)
        path.append(str(step))
    return tuple(path), parent


def _child(kind: Any, step: int | str) -> Any:
    origin, members = get_origin(kind), get_args(kind)
    if origin is dict:
        return members[1]
    if origin is tuple:
        return members[0] if not isinstance(step, int) or Ellipsis in members else members[min(step, len(members) - 1)]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, each in kind.model_fields.items():
            if step in (each.alias, name):
                return each.annotation
    return None


def schema_json() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file."""
    schema = tidied(ScenarioFile.model_json_schema(by_alias=True, mode="validation"))
    # What a file includes may hold the sections that a scenario needs.
    schema["required"] = [key for key in schema["required"] if key not in _NEEDED]
    schema["anyOf"] = [{"required": ["include"]}, {"required": list(_NEEDED)}]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Parley scenario"}


def tidied(part: Any) -> Any:
    """The schema as the loader reads files.

    No alternative null (a key that is not needed is left out, not left empty), ids by their pattern only, and a number
    or a mapping of numbers told apart by the loader, so that either may fit.
    """
    if is_list(part):
        return [tidied(entry) for entry in part]
    if not is_mapping(part):
        return part
    slim = {key: tidied(entry) for key, entry in part.items() if not (key == "default" and entry is None)}
    if "patternProperties" in slim:
        slim["additionalProperties"] = False
    if "oneOf" in slim and "properties" not in slim:
        slim["anyOf"] = slim.pop("oneOf")
    if {"type": "null"} in slim.get("anyOf", []):
        others = [entry for entry in slim.pop("anyOf") if entry != {"type": "null"}]
        return {**others[0], **slim} if len(others) == 1 else {"anyOf": others, **slim}
    return slim
